"""The same change to many tickets, and taking it back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copilot.domain.query import View
from copilot.domain.ticket import Priority, Status, Ticket
from copilot.services.bulk import BULK_FIELDS
from copilot.services.bundle import Services
from copilot.support.clock import FixedClock
from copilot.support.errors import KnownError


def make(services: Services, count: int) -> list[int]:
    return [services.tickets.create(f"Printer {n} offline", "since Monday")[0].id for n in range(count)]


def tickets(services: Services, ids: list[int]) -> list[Ticket]:
    """Return tickets as they stand, but for when they were last changed."""
    found = [services.tickets.case(each).ticket for each in ids]
    return [replace(each, updated_at=each.created_at) for each in found]


def tags(services: Services, ticket: int) -> tuple[str, ...]:
    return services.tickets.case(ticket).ticket.tags


def test_one_change_for_all_with_one_undo_for_all(services: Services) -> None:
    ids = make(services, 12)
    services.bulk.change_many(ids[:3], "priority", "P1")
    before = tickets(services, ids)
    changes = services.bulk.change_many(ids, "priority", "P1")
    assert changes.tickets == frozenset(ids[3:])  # the first three have it already
    assert changes.undo_label == "Priority is now P1: 9 of 12 changed"
    assert all(each.priority is Priority.P1 for each in tickets(services, ids))
    assert [e.field for e in services.tickets.case(ids[0]).events] == ["created", "priority"]
    assert [(e.field, e.old, e.new) for e in services.tickets.case(ids[5]).events][-1] == (
        "priority",
        "P3",
        "P1",
    )
    undone = services.tickets.undo(changes.undo_id)
    assert undone.tickets == frozenset(ids[3:])
    assert tickets(services, ids) == before


def test_where_nothing_would_change_there_is_nothing_to_undo(services: Services) -> None:
    ids = make(services, 3)
    changes = services.bulk.change_many(ids, "status", "new")
    assert (changes.undo_id, changes.tickets) == (0, frozenset())
    assert changes.undo_label == "Nothing to change: all 3 have it so already"


def test_the_sla_clock_follows_as_in_a_single_change(services: Services, clock: FixedClock) -> None:
    one, *rest = make(services, 4)
    services.tickets.change(one, "status", "awaiting_user")
    services.bulk.change_many(rest, "status", "awaiting_user")
    clock.advance(timedelta(minutes=30))
    services.tickets.change(one, "status", "resolved")
    services.bulk.change_many(rest, "status", "resolved")
    alone = services.tickets.case(one).ticket
    assert alone.sla_paused_seconds == 1800
    for each in rest:
        ticket = services.tickets.case(each).ticket
        assert (ticket.sla_paused_seconds, ticket.resolved_at) == (1800, alone.resolved_at)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", "x", "cannot be changed for many"),
        ("status", "sideways", "sideways is not a status"),
        ("status", "merged", "by being merged"),
        ("priority", "P9", "P9 is not a priority"),
    ],
)
def test_what_no_ticket_can_have_changes_none(services: Services, field: str, value: str, words: str) -> None:
    ids = make(services, 3)
    before = tickets(services, ids)
    with pytest.raises(KnownError, match=words):
        services.bulk.change_many(ids, field, value)
    assert tickets(services, ids) == before


def test_a_ticket_that_is_gone_is_left_out(services: Services) -> None:
    ids = make(services, 2)
    services.tickets.undo()  # the second was never made
    changes = services.bulk.change_many([*ids, 4711], "priority", "P1")
    assert changes.tickets == {ids[0]}
    assert changes.undo_label == "Priority is now P1: 1 of 3 changed"


def test_stopping_keeps_what_was_changed_and_it_can_be_undone(services: Services) -> None:
    ids = make(services, 400)
    before = tickets(services, ids)
    told: list[tuple[int, int]] = []
    changes = services.bulk.change_many(
        ids,
        "assignee",
        "Priya",
        tell=lambda done, of: told.append((done, of)),
        stop=lambda: bool(told),
    )
    assert len(told) == 1
    done, of = told[0]
    assert of == 400
    changed = [each for each in tickets(services, ids) if each.assignee == "Priya"]
    assert len(changed) == len(changes.tickets) == done
    if done < of:  # a very fast machine does all of it in one transaction
        assert changes.undo_label == f"Assignee is now Priya: {done} of 400 changed, then stopped"
    services.tickets.undo(changes.undo_id)
    assert tickets(services, ids) == before


def test_a_change_in_many_transactions_is_one_entry(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("copilot.services.steps.MOST", 1)  # one ticket a transaction
    ids = make(services, 7)
    before, known = tickets(services, ids), len(services.tickets.changes_today())
    told: list[tuple[int, int]] = []
    changes = services.bulk.change_many(
        ids, "status", "closed", tell=lambda done, of: told.append((done, of))
    )
    assert told == [(n, 7) for n in range(1, 8)]
    assert len(services.tickets.changes_today()) == known + 1
    services.tickets.undo(changes.undo_id)
    assert tickets(services, ids) == before
    services.tickets.redo(changes.undo_id)
    assert all(each.status is Status.CLOSED for each in tickets(services, ids))
    services.tickets.undo(changes.undo_id)
    assert tickets(services, ids) == before


def test_what_was_done_before_a_crash_can_be_undone(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("copilot.services.steps.MOST", 1)
    ids = make(services, 4)
    before = tickets(services, ids)

    def crash(done: int, _of: int) -> None:
        if done == 2:
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        services.bulk.change_many(ids, "priority", "P1", tell=crash)
    assert [each.priority for each in tickets(services, ids)] == [
        Priority.P1, Priority.P1, Priority.P3, Priority.P3,
    ]  # fmt: skip
    services.tickets.undo()
    services.tickets.undo()
    assert tickets(services, ids) == before


# -- tags


def test_tags_come_and_go_whatever_the_case_of_their_letters(services: Services) -> None:
    a, b = make(services, 2)
    services.bulk.tag_many([a], ["VPN", " #laptop\n"])
    assert tags(services, a) == ("VPN", "laptop")
    changes = services.bulk.tag_many([a, b], ["vpn", "urgent"], ["LAPTOP"])
    assert tags(services, a) == ("VPN", "urgent")
    assert tags(services, b) == ("vpn", "urgent")
    assert changes.undo_label == "Tagged vpn, urgent, no longer LAPTOP: 2 tickets"
    assert services.tickets.search(View.ALL, "tag:urgent") == [b, a]
    assert {tag.casefold() for tag in services.bulk.known_tags()} == {"urgent", "vpn"}
    services.tickets.undo(changes.undo_id)
    assert (tags(services, a), tags(services, b)) == (("VPN", "laptop"), ())


def test_nothing_to_tag_is_said_so(services: Services) -> None:
    ids = make(services, 1)
    with pytest.raises(KnownError, match="no tag"):
        services.bulk.tag_many(ids, [" ", "#"], [])
    with pytest.raises(KnownError, match="at once"):
        services.bulk.tag_many(ids, ["VPN"], ["vpn"])


def test_undoing_tags_keeps_those_that_came_later(services: Services) -> None:
    (ticket,) = make(services, 1)
    services.bulk.tag_many([ticket], ["old"])
    changes = services.bulk.tag_many([ticket], ["vpn"], ["old"])
    services.bulk.tag_many([ticket], ["later"])
    services.tickets.undo(changes.undo_id)
    assert tags(services, ticket) == ("later", "old")


def test_a_tag_is_one_clean_line_of_some_length(services: Services) -> None:
    (ticket,) = make(services, 1)
    services.bulk.tag_many([ticket], ["<b>a\nb\x1b[0m", "x" * 200])
    first, second = tags(services, ticket)
    assert first == "<b>a b"
    assert len(second) == 40


# -- any sequence, and all of it taken back

NAMES = st.sampled_from(["", "Priya", "Dana", "me"])
TAGS = st.lists(st.sampled_from(["vpn", "VPN", "laptop", "urgent", "x"]), max_size=2)
CHANGES = st.one_of(
    st.tuples(st.just("status"), st.sampled_from([s.value for s in Status if s is not Status.MERGED])),
    st.tuples(st.just("priority"), st.sampled_from(["P1", "P2", "P4"])),
    st.tuples(st.just("assignee"), NAMES),
    st.tuples(st.just("tags"), st.tuples(TAGS, TAGS)),
    st.tuples(st.just("merge"), st.integers(0, 3)),
    st.tuples(st.just("wait"), st.integers(1, 30)),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.lists(st.tuples(CHANGES, st.sets(st.integers(0, 3))), max_size=8))
def test_undoing_everything_in_reverse_restores_every_field(
    services: Services, clock: FixedClock, plan: list[tuple[tuple[str, object], set[int]]]
) -> None:
    clock.advance(clock.now().astimezone().replace(hour=12, minute=0) - clock.now())
    ids = make(services, 4)
    states, entries = [tickets(services, ids)], list[int]()
    for (what, value), places in plan:
        chosen = [ids[place] for place in places]
        entry = apply(services, clock, what, value, chosen, ids)
        if entry:
            entries.append(entry)
            states.append(tickets(services, ids))
    for entry in reversed(entries):
        assert tickets(services, ids) == states.pop()
        services.tickets.undo(entry)
    assert tickets(services, ids) == states.pop()
    for entry in entries:  # and all of it once more
        services.tickets.redo(entry)
    for entry in reversed(entries):
        services.tickets.undo(entry)
    threads = [services.tickets.case(each).thread for each in ids]
    assert not any(threads)


def apply(
    services: Services, clock: FixedClock, what: str, value: object, chosen: list[int], ids: list[int]
) -> int:
    """Make one change; return its undo entry, 0 where it came to nothing."""
    try:
        if what == "wait":
            assert isinstance(value, int)
            clock.advance(timedelta(minutes=value))
        elif what in BULK_FIELDS:
            return services.bulk.change_many(chosen, what, str(value)).undo_id
        elif what == "tags":
            assert isinstance(value, tuple)
            return services.bulk.tag_many(chosen, *value).undo_id
        else:
            assert isinstance(value, int)
            return services.merging.merge(ids[value], chosen).undo_id
    except KnownError:
        pass
    return 0
