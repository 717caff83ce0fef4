"""An import is all or nothing, whatever stops it, and one Undo takes it back."""

import os

import pytest

from copilot.domain.query import View
from copilot.domain.ticket import TicketDraft, Visibility
from copilot.services import storing
from copilot.services.bench_import import measure_import
from copilot.services.bundle import Services
from copilot.services.made_up_tickets import made_up
from copilot.services.recovery import owner_of, recover
from copilot.services.storing import StoppedError, store_all
from copilot.storage import desk_state, ticket_batch
from copilot.support.errors import KnownError


def drafts(services: Services, n: int = 120) -> list[TicketDraft]:
    return list(made_up(n, 1, services.deps.clock.now(), "Robin"))


def numbers(services: Services) -> set[str]:
    with services.store.read() as db:
        return set(ticket_batch.all_numbers(db))


def rows(services: Services, table: str) -> int:
    with services.store.read() as db:
        return int(db.execute(f"SELECT count(*) FROM {table}").get)


TABLES = ("ticket", "message", "evidence", "ticket_event", "ticket_fts")


def is_empty(services: Services) -> bool:
    with services.store.read() as db:
        unfinished = desk_state.settings_from(db, desk_state.UNFINISHED_IMPORT)
    return not unfinished and not any(rows(services, table) for table in TABLES)


def test_ids_come_in_the_order_of_the_tickets_and_progress_is_told(services: Services) -> None:
    made = drafts(services)
    told: list[tuple[int, int]] = []
    ids, changes = store_all(services.deps, made, "120 tickets", lambda *at: told.append(at))
    assert [services.tickets.case(i).ticket.number for i in ids] == [d.ticket.number for d in made]
    assert services.tickets.search(View.ALL, "number:INC-100119") == [ids[-1]]
    assert changes.tickets == set(ids)
    assert told == sorted(told)
    assert told[-1] == (120, 120)


def test_one_undo_takes_the_whole_import_back_and_it_can_come_again(services: Services, ticket: int) -> None:
    before = {table: rows(services, table) for table in TABLES}
    _, changes = store_all(services.deps, drafts(services), "120 tickets")
    services.tickets.undo(changes.undo_id)
    assert {table: rows(services, table) for table in TABLES} == before
    assert services.tickets.search(View.ALL) == [ticket]
    ids, _ = store_all(services.deps, drafts(services), "120 tickets")
    assert len(services.tickets.search(View.ALL)) == len(ids) + 1


def test_undo_keeps_what_somebody_has_worked_on(services: Services) -> None:
    ids, changes = store_all(services.deps, drafts(services), "120 tickets")
    services.tickets.post(ids[5], "Called her.", Visibility.INTERNAL)
    assert "119 of 120" in services.tickets.undo(changes.undo_id).undo_label
    assert services.tickets.search(View.ALL) == [ids[5]]


def test_what_was_asked_about_goes_out_of_sight_and_gives_its_number_back(services: Services) -> None:
    ids, changes = store_all(services.deps, drafts(services), "120 tickets")
    services.tickets.save_draft(ids[5], "question", "Why does")
    services.tickets.undo(changes.undo_id)
    assert services.tickets.search(View.ALL) == []
    assert rows(services, "ticket") == 1
    assert drafts(services)[5].ticket.number not in numbers(services)


@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_stopped_import_leaves_nothing(
    services: Services, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    monkeypatch.setattr(storing, "_FIRST", 20)
    monkeypatch.setattr(storing, "_LARGEST", 40)
    asked: list[None] = []

    def cancelled() -> bool:
        asked.append(None)
        return len(asked) > after

    with pytest.raises(StoppedError):
        store_all(services.deps, drafts(services), "120 tickets", cancelled=cancelled)
    assert is_empty(services)


def test_an_import_that_fails_half_way_leaves_nothing(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[None] = []
    show = ticket_batch.show

    def fail(*given: object) -> None:
        calls.append(None)
        if len(calls) == 2:
            raise KnownError("The disk is full.")
        show(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(storing, "_LARGEST", 40)
    monkeypatch.setattr(ticket_batch, "show", fail)
    with pytest.raises(KnownError, match="disk is full"):
        store_all(services.deps, drafts(services), "120 tickets")
    assert is_empty(services)


@pytest.mark.parametrize("owner", ["gone", "mine"])
def test_what_a_killed_import_left_is_taken_out(
    services: Services, monkeypatch: pytest.MonkeyPatch, owner: str
) -> None:
    """At the next start where its process is gone, before the next import where it is this one."""
    with monkeypatch.context() as patch:
        patch.setattr(storing, "take_out", lambda *_: None)
        with pytest.raises(StoppedError):
            store_all(services.deps, drafts(services), "x", cancelled=lambda: rows(services, "ticket") > 0)
    assert rows(services, "ticket") > 0
    recover(services.deps)
    assert rows(services, "ticket") > 0, "its process is alive"
    if owner == "mine":
        storing.take_out_leftovers(services.deps)
    else:
        with services.store.write() as db:
            for key, state in desk_state.settings_from(db, desk_state.UNFINISHED_IMPORT).items():
                assert state["owner"] == owner_of(os.getpid())
                desk_state.set_setting(db, key, {**state, "owner": "4194304:1.00"})
        recover(services.deps)
    assert is_empty(services)


def test_a_number_is_taken_whatever_its_case(services: Services) -> None:
    store_all(services.deps, drafts(services, 3))
    with pytest.raises(KnownError, match=r"INC-100000, INC-100001, INC-100002.*Nothing was imported"):
        store_all(services.deps, drafts(services, 5))
    assert rows(services, "ticket") == 3


def test_the_control_stores_the_same_rows(services: Services) -> None:
    ours, bare = measure_import(services, 50)
    assert ours > 0
    assert bare > 0
    assert rows(services, "ticket") == 50
