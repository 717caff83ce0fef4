"""What was changed today, in any order back and again."""

from datetime import timedelta

import pytest

from copilot.domain.evidence import EvidenceKind
from copilot.domain.query import View
from copilot.domain.ticket import Priority, Status, TicketDraft, Visibility
from copilot.services import saved_views, storing
from copilot.services.bundle import Services
from copilot.storage import desk_state
from copilot.support.clock import FixedClock
from copilot.support.errors import KnownError
from tests.helpers.storage_kit import plain_ticket


def labels(services: Services) -> list[str]:
    return [change.label for change in services.tickets.changes_today()]


def test_they_are_listed_newest_first_with_their_tickets(services: Services, ticket: int) -> None:
    other = services.tickets.create("VPN drops")[0]
    bulk = services.bulk.change_many([ticket, other.id], "priority", "P1")
    newest, second, _ = services.tickets.changes_today()
    assert (newest.id, newest.label) == (bulk.undo_id, "Priority is now P1: 2 tickets")
    assert newest.tickets == (ticket, other.id)
    assert newest.numbers == ("T-1", other.number)
    assert (second.label, second.is_undone, second.can_redo) == (f"Made {other.number}", False, False)


def test_a_field_that_was_changed_since_is_not_overwritten(services: Services, ticket: int) -> None:
    service = services.tickets
    first = service.change(ticket, "status", "in_progress")
    second = service.change(ticket, "status", "resolved")
    with pytest.raises(KnownError) as caught:
        service.undo(first.undo_id)
    assert str(caught.value) == (
        "T-1's status has been changed since (to resolved). Undo that first, or set it by hand."
    )
    assert service.case(ticket).ticket.status is Status.RESOLVED
    service.undo(second.undo_id)
    service.undo(first.undo_id)
    assert service.case(ticket).ticket.status is Status.NEW


def test_there_and_back_is_a_change_since(services: Services, ticket: int) -> None:
    service = services.tickets
    first = service.change(ticket, "priority", "P1")
    second = service.change(ticket, "priority", "P3")
    with pytest.raises(KnownError, match="changed since"):
        service.undo(first.undo_id)
    service.undo(second.undo_id)
    assert service.case(ticket).ticket.priority is Priority.P1


def test_the_same_status_with_another_pause_is_a_change_since(
    services: Services, clock: FixedClock, ticket: int
) -> None:
    service = services.tickets
    first = service.change(ticket, "status", "awaiting_user")
    clock.advance(timedelta(minutes=5))
    service.change(ticket, "status", "in_progress")
    clock.advance(timedelta(minutes=5))
    service.change(ticket, "status", "awaiting_user")
    with pytest.raises(KnownError, match="status has been changed since"):
        service.undo(first.undo_id)


def test_of_many_those_in_the_way_are_left_and_named(services: Services) -> None:
    ids = [services.tickets.create(f"Printer {n}")[0].id for n in range(4)]
    bulk = services.bulk.change_many(ids, "status", "in_progress")
    services.tickets.change(ids[1], "status", "resolved")
    undone = services.tickets.undo(bulk.undo_id)
    assert undone.tickets == {ids[0], ids[2], ids[3]}
    assert undone.undo_label == (
        "Taken back for 3 of 4 tickets. T-2's status has been changed since (to resolved)."
    )
    statuses = [services.tickets.case(each).ticket.status for each in ids]
    assert statuses == [Status.NEW, Status.RESOLVED, Status.NEW, Status.NEW]
    services.tickets.redo(bulk.undo_id)
    assert [services.tickets.case(each).ticket.status.value for each in ids] == [
        "in_progress", "resolved", "in_progress", "in_progress",
    ]  # fmt: skip


def test_what_was_taken_back_can_be_done_again(services: Services, ticket: int) -> None:
    service = services.tickets
    note = service.post(ticket, "Restarted it.", Visibility.INTERNAL)
    service.undo(note.undo_id)
    (change, _) = service.changes_today()
    assert (change.is_undone, change.can_redo) == (True, True)
    again = service.redo(change.id)
    assert again.undo_label == "Done again"
    case = service.case(ticket)
    assert [m.text for m in case.thread] == ["Restarted it."]
    assert case.drafts == {}
    assert case.evidence[-1].text == "Restarted it."
    service.undo()  # what was done again is the newest
    assert service.case(ticket).thread == ()
    with pytest.raises(KnownError, match="nothing to undo"):
        service.undo(note.undo_id)


def test_doing_again_does_not_overwrite_either(services: Services, ticket: int) -> None:
    service = services.tickets
    change = service.change(ticket, "assignee", "Priya")
    service.undo(change.undo_id)
    with pytest.raises(KnownError, match="nothing to do again"):
        service.redo(4711)
    service.change(ticket, "assignee", "Lee")
    with pytest.raises(KnownError, match="assignee has been changed since"):
        service.redo(change.undo_id)


def test_yesterday_is_settled(services: Services, clock: FixedClock, ticket: int) -> None:
    change = services.tickets.change(ticket, "priority", "P1")
    clock.advance(timedelta(days=1))
    assert labels(services) == []
    with pytest.raises(KnownError, match="nothing to undo"):
        services.tickets.undo()
    with pytest.raises(KnownError, match="earlier day"):
        services.tickets.undo(change.undo_id)
    assert services.tickets.case(ticket).ticket.priority is Priority.P1


def test_a_ticket_that_was_worked_on_is_not_unmade(services: Services) -> None:
    made, change = services.tickets.create("VPN drops")
    services.tickets.post(made.id, "Called Dana.", Visibility.INTERNAL)
    with pytest.raises(KnownError, match=r"has been worked on since \(Note added\)"):
        services.tickets.undo(change.undo_id)
    services.tickets.undo()
    services.tickets.undo(change.undo_id)
    assert services.tickets.search(View.ALL) == []
    services.tickets.redo(change.undo_id)
    assert services.tickets.search(View.ALL) == [made.id]


def test_a_fact_that_was_removed_since_is_not_unmade(services: Services, ticket: int) -> None:
    fact, added = services.tickets.add_evidence(ticket, EvidenceKind.PASTE, "spooler stopped", "paste")
    services.tickets.remove_evidence(fact.uid)
    with pytest.raises(KnownError, match="E2 of T-1 has been removed since"):
        services.tickets.undo(added.undo_id)


def test_an_import_of_thousands_is_taken_back_but_for_what_was_worked_on(
    services: Services, clock: FixedClock
) -> None:
    ids = [services.tickets.create(f"Printer {n}")[0].id for n in range(300)]
    with services.store.write() as db:
        db.execute("DELETE FROM undo_entry")
        steps = [["ticket.hidden", each, True] for each in ids]
        entry = desk_state.add_undo(db, 0, "Imported 300 tickets", steps, clock.now(), ids)
    services.tickets.change(ids[7], "priority", "P1")
    undone = services.tickets.undo(entry)
    assert services.tickets.search(View.ALL) == [ids[7]]
    assert undone.undo_label.startswith("Taken back for 299 of 300 tickets.")
    services.tickets.redo(entry)
    assert len(services.tickets.search(View.ALL)) == 300


def test_steps_of_an_earlier_version_are_taken_unchecked(
    services: Services, clock: FixedClock, ticket: int
) -> None:
    services.tickets.change(ticket, "priority", "P1")
    with services.store.write() as db:
        steps = [["ticket", ticket, {"priority": "P4"}], ["evidence.switched", "ev-none", False]]
        entry = desk_state.add_undo(db, ticket, "an old one", steps, clock.now())
    services.tickets.undo(entry)
    assert services.tickets.case(ticket).ticket.priority is Priority.P4


def test_an_import_is_taken_back_but_for_what_was_worked_on(services: Services) -> None:
    drafts = [TicketDraft(plain_ticket(number=f"INC-{n}")) for n in range(6)]
    ids, change = storing.store_all(services.deps, drafts, label="Imported 6 tickets")
    services.tickets.change(ids[2], "priority", "P1")
    undone = services.tickets.undo(change.undo_id)
    assert services.tickets.search(View.ALL) == [ids[2]]
    assert undone.undo_label == (
        "Taken back for 5 of 6 tickets. INC-2 has been worked on since (INC-2: priority is now P1)."
    )
    (_, listed) = services.tickets.changes_today()
    assert (listed.is_undone, listed.can_redo) == (True, False)
    with pytest.raises(KnownError, match="cannot be done again"):
        services.tickets.redo(change.undo_id)


def test_an_import_of_which_all_was_worked_on_stays(services: Services) -> None:
    ids, change = storing.store_all(services.deps, [TicketDraft(plain_ticket())], label="Imported 1 ticket")
    worked = services.tickets.change(ids[0], "priority", "P1")
    with pytest.raises(KnownError, match="has been worked on since"):
        services.tickets.undo(change.undo_id)
    services.tickets.undo(worked.undo_id)
    services.tickets.undo(change.undo_id)
    assert services.tickets.search(View.ALL) == []


def test_a_saved_view_comes_and_goes(services: Services) -> None:
    saved_views.save(services.deps, "Printers", View.ALL, "printer")
    change = saved_views.save(services.deps, "Printers", View.UNASSIGNED, "print")
    services.tickets.undo(change.undo_id)
    (view,) = saved_views.all_views(services.deps)
    assert (view.view, view.typed) == (View.ALL, "printer")
    services.tickets.redo(change.undo_id)
    (view,) = saved_views.all_views(services.deps)
    assert (view.view, view.typed) == (View.UNASSIGNED, "print")
