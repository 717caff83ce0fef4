"""Links between tickets."""

import pytest

from copilot.domain.link import LinkKind
from copilot.services.bundle import Services
from copilot.support.errors import KnownError


@pytest.fixture
def three(services: Services) -> list[int]:
    return [services.tickets.create(f"Printer {n}")[0].id for n in range(3)]


def seen(services: Services, ticket: int) -> list[tuple[int, str, bool]]:
    return [(link.id, link.kind.value, link.is_first) for link in services.tickets.case(ticket).links]


def test_both_ends_show_a_link_and_undo_takes_it_away(services: Services, three: list[int]) -> None:
    a, b, _ = three
    changes = services.links.link([a], b, LinkKind.DUPLICATE_OF)
    assert changes.tickets == {a, b}
    assert seen(services, a) == [(b, "duplicate_of", True)]
    assert seen(services, b) == [(a, "duplicate_of", False)]
    assert services.tickets.case(a).events[-1].field == "link"
    services.tickets.undo(changes.undo_id)
    assert seen(services, a) == seen(services, b) == []
    services.tickets.redo(changes.undo_id)
    assert seen(services, b) == [(a, "duplicate_of", False)]


def test_a_pair_has_one_link_and_the_last_one_holds(services: Services, three: list[int]) -> None:
    a, b, _ = three
    services.links.link([a], b, LinkKind.RELATED)
    assert services.links.link([b], a, LinkKind.RELATED).undo_id == 0  # it is the same from both sides
    changes = services.links.link([b], a, LinkKind.CAUSED_BY)
    assert seen(services, a) == [(b, "caused_by", False)]
    services.tickets.undo(changes.undo_id)
    assert seen(services, a) == [(b, "related", True)]


def test_many_are_linked_to_one_at_once(services: Services, three: list[int]) -> None:
    changes = services.links.link(three, three[0], LinkKind.CAUSED_BY)
    assert [link[0] for link in seen(services, three[0])] == three[1:]
    services.tickets.undo(changes.undo_id)
    assert seen(services, three[0]) == []


def test_taking_a_link_away_can_be_undone(services: Services, three: list[int]) -> None:
    a, b, _ = three
    services.links.link([a], b, LinkKind.CAUSED_BY)
    changes = services.links.unlink(b, a)
    assert seen(services, a) == []
    services.tickets.undo(changes.undo_id)
    assert seen(services, a) == [(b, "caused_by", True)]
    services.links.unlink(a, b)
    with pytest.raises(KnownError, match="not linked"):
        services.links.unlink(a, b)


def test_what_cannot_be_linked(services: Services, three: list[int]) -> None:
    with pytest.raises(KnownError, match="with itself"):
        services.links.link([three[0]], three[0], LinkKind.RELATED)
    with pytest.raises(KnownError, match="no longer there"):
        services.links.link([three[0]], 4711, LinkKind.RELATED)


def test_a_link_that_was_changed_since_is_not_overwritten(services: Services, three: list[int]) -> None:
    a, b, _ = three
    first = services.links.link([a], b, LinkKind.RELATED)
    services.links.link([a], b, LinkKind.CAUSED_BY)
    with pytest.raises(KnownError, match="has been changed since"):
        services.tickets.undo(first.undo_id)
    assert seen(services, a) == [(b, "caused_by", True)]
