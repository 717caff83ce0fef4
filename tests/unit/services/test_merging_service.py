"""Merging tickets, and taking it back."""

from dataclasses import replace

import pytest

from copilot.domain.evidence import EvidenceKind
from copilot.domain.link import LinkKind
from copilot.domain.query import View
from copilot.domain.ticket import Person, Status, Visibility
from copilot.services.bundle import Services
from copilot.services.tickets import TicketCase
from copilot.support.errors import KnownError


@pytest.fixture
def pair(services: Services) -> tuple[int, int]:
    """Two tickets about one printer; the second has a note, a reply and a fact that the first has, too."""
    service = services.tickets
    one = service.create("Printer offline", "It says 0x0000011b.", requester=Person("Dana"))[0].id
    two = service.create("Cannot print", "Nothing comes out.", requester=Person("Lee"))[0].id
    for ticket in (one, two):
        service.add_evidence(ticket, EvidenceKind.PASTE, "spooler stopped", "paste")
    service.post(two, "Restarted it.", Visibility.INTERNAL)
    service.post(two, "Please try again.", Visibility.PUBLIC)
    return one, two


def whole(services: Services, ticket: int) -> TicketCase:
    """Return a ticket but for its history and the time of its last change."""
    case = services.tickets.case(ticket)
    return replace(case, events=(), ticket=replace(case.ticket, updated_at=case.ticket.created_at))


def test_texts_and_facts_go_over_and_undo_takes_all_of_it_back(
    services: Services, pair: tuple[int, int]
) -> None:
    one, two = pair
    before = whole(services, one), whole(services, two)
    changes = services.merging.merge(one, [two])
    assert changes.undo_label == f"{before[1].ticket.number} merged into {before[0].ticket.number}"
    number = before[1].ticket.number
    into, gone = services.tickets.case(one), services.tickets.case(two)
    assert [(m.author, m.origin, m.from_requester) for m in into.thread] == [
        (f"Lee (from {number})", "merge", True),
        (f"{services.tickets.my_name()} (from {number})", "merge", False),
        (f"{services.tickets.my_name()} (from {number})", "merge", False),
        (services.tickets.my_name(), "merge", False),
    ]
    assert into.thread[0].text == "Cannot print\n\nNothing comes out."
    assert into.thread[1].visibility is Visibility.INTERNAL
    assert into.thread[3].text == f"Merged from {number}: Cannot print"
    new = into.evidence[len(before[0].evidence) :]
    assert [(f.label, f.text) for f in new] == [
        ("E3", "Cannot print\n\nNothing comes out."),
        ("E4", "Restarted it."),
    ]  # not "spooler stopped", which is there already
    assert new[1].source_ref == into.thread[1].uid
    assert (gone.ticket.status, gone.ticket.merged_into, gone.merged_into) == (
        Status.MERGED,
        one,
        into.ticket.number,
    )
    assert into.merged_here == ((two, number),)
    assert gone.thread == before[1].thread  # it keeps its own
    assert services.tickets.search(View.ALL, "comes out") == [one, two]

    services.tickets.undo(changes.undo_id)
    assert (whole(services, one), whole(services, two)) == before
    assert services.tickets.search(View.ALL, "comes out") == [two]
    services.tickets.redo(changes.undo_id)
    assert len(services.tickets.case(one).thread) == 4
    assert services.tickets.case(two).ticket.merged_into == one


def test_the_preview_counts_what_goes_over_and_changes_nothing(
    services: Services, pair: tuple[int, int]
) -> None:
    one, two = pair
    before = whole(services, one), whole(services, two)
    preview = services.merging.preview(one, [one, two])
    assert (preview.target, preview.refused) == (one, "")
    (part,) = preview.accepted
    assert (part.id, part.messages, part.facts, part.links) == (two, 3, 2, 0)
    assert (whole(services, one), whole(services, two)) == before


def test_a_ticket_is_never_merged_into_itself_twice_or_in_a_circle(
    services: Services, pair: tuple[int, int]
) -> None:
    one, two = pair
    three = services.tickets.create("Third")[0].id
    merge = services.merging.merge
    with pytest.raises(KnownError, match="into itself"):
        merge(one, [one])
    merge(one, [two])
    with pytest.raises(KnownError, match="merged already"):
        merge(three, [two])
    with pytest.raises(KnownError, match="is itself merged"):
        merge(two, [one])
    with pytest.raises(KnownError, match="is itself merged"):
        merge(two, [three])
    merge(three, [one])  # one stays merged into by two, and leads on
    with pytest.raises(KnownError, match="is itself merged"):
        merge(one, [three])
    assert services.merging.preview(three, [two, 4711]).accepted == ()
    with pytest.raises(KnownError, match="no longer there"):
        merge(4711, [one])


def test_many_are_merged_with_one_undo(services: Services, pair: tuple[int, int]) -> None:
    one, two = pair
    others = [services.tickets.create(f"Printer {n}")[0].id for n in range(3)]
    before = [whole(services, each) for each in (one, two, *others)]
    services.merging.merge(others[1], [others[2]])
    changes = services.merging.merge(one, [two, *others])
    assert changes.undo_label.endswith("(3 of 4)")  # one of them was merged already
    assert changes.tickets == {one, two, others[0], others[1]}
    services.tickets.undo(changes.undo_id)
    services.tickets.undo()
    assert [whole(services, each) for each in (one, two, *others)] == before


def test_a_merge_is_not_taken_back_under_another_one(services: Services, pair: tuple[int, int]) -> None:
    one, two = pair
    three = services.tickets.create("Third")[0].id
    first = services.merging.merge(one, [two])
    second = services.merging.merge(three, [one])
    with pytest.raises(KnownError, match="has itself been merged since"):
        services.tickets.undo(first.undo_id)
    assert services.merging.undo_id(two) == first.undo_id
    services.tickets.undo(second.undo_id)
    services.tickets.undo(first.undo_id)
    assert services.merging.undo_id(two) == 0
    assert services.tickets.case(three).thread == ()


def test_links_go_over_and_come_back(services: Services, pair: tuple[int, int]) -> None:
    one, two = pair
    cause, both = (services.tickets.create(name)[0].id for name in ("Server down", "Both"))
    services.links.link([two], cause, LinkKind.CAUSED_BY)
    services.links.link([one, two], both, LinkKind.RELATED)
    services.links.link([two], one, LinkKind.DUPLICATE_OF)
    before = [services.links.of_ticket(each) for each in (one, two, cause, both)]
    changes = services.merging.merge(one, [two])
    assert {(link.id, link.kind, link.is_first) for link in services.links.of_ticket(one)} == {
        (cause, LinkKind.CAUSED_BY, True),
        (both, LinkKind.RELATED, True),
    }
    assert services.links.of_ticket(two) == []
    services.tickets.undo(changes.undo_id)
    assert [services.links.of_ticket(each) for each in (one, two, cause, both)] == before


def test_opening_a_merged_ticket_again_by_hand_ends_the_merge(
    services: Services, pair: tuple[int, int]
) -> None:
    one, two = pair
    merged = services.merging.merge(one, [two])
    services.tickets.change(two, "status", "in_progress")
    assert services.tickets.case(two).merged_into == ""
    with pytest.raises(KnownError, match=r"status has been changed since \(to in progress\)"):
        services.tickets.undo(merged.undo_id)
    services.tickets.undo()
    services.tickets.undo(merged.undo_id)
    assert services.tickets.case(two).ticket.status is Status.NEW
