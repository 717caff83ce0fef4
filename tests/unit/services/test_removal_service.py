"""A ticket that is deleted is gone: from every byte of the desk's files and, when wanted, from its copies."""

import os
from datetime import timedelta
from pathlib import Path

import apsw
import pytest

from copilot.domain.query import View
from copilot.domain.ticket import ChangeSet, TicketDraft
from copilot.services import storing
from copilot.services.bundle import Services
from copilot.services.footprint import Place, PlaceKind, footprint
from copilot.services.recovery import owner_of
from copilot.services.removal import Removed
from copilot.storage import desk_state, purge
from copilot.storage.migrate import migrations
from copilot.support.clock import FixedClock
from copilot.support.errors import KnownError
from tests.helpers.desk import desk
from tests.helpers.played_engine import PlayedEngine
from tests.helpers.storage_kit import plain_ticket
from tests.helpers.whole_day import REQUESTER, play, traces

pytestmark = pytest.mark.logs("^unexpected")
MARKERS = [m.encode() for m in ("quaggazebra", "QUAGGAZEBRA", "quaggaz")]


def secret_ticket(services: Services) -> int:
    """Make a ticket whose words occur nowhere else, among others, with its text changed once."""
    for n in range(30):
        services.tickets.create(f"Printer {n} offline", "Paper jam. " * 20)
    made, _ = services.tickets.create("Quiet title", "The word is quaggazebra. " * 50)
    services.tickets.change(made.id, "title", "QUAGGAZEBRA title")
    services.tickets.change(made.id, "title", "Quiet again")
    services.tickets.save_draft(made.id, "note", "quaggazebra draft")
    return made.id


def held(folder: Path) -> list[str]:
    """Return the files whose bytes hold a marker."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and any(marker in path.read_bytes() for marker in MARKERS)
    )


def test_no_byte_of_a_deleted_ticket_stays(services: Services, data_dir: Path) -> None:
    ticket = secret_ticket(services)
    assert "desk.db-wal" in held(data_dir)
    services.store.empty_log()
    assert "desk.db" in held(data_dir)
    number = services.tickets.case(ticket).ticket.number
    removed = services.removal.delete(ticket)
    assert held(data_dir) == []
    assert (removed.number, removed.copies) == (number, ())
    with pytest.raises(KnownError, match="no longer there"):
        services.tickets.case(ticket)
    with pytest.raises(KnownError, match="no longer there"):
        services.removal.delete(ticket)


def test_the_other_tickets_are_found_as_before(services: Services) -> None:
    ticket = secret_ticket(services)
    before = services.tickets.search(View.ALL, "printer")
    services.removal.delete(ticket)
    assert services.tickets.search(View.ALL, "printer") == before
    assert len(before) == 30
    assert services.tickets.search(View.ALL, "quaggazebra") == []


def test_everything_that_belongs_to_the_ticket_goes_along(
    services: Services, engine: PlayedEngine, tmp_path: Path
) -> None:
    engine.text = f"Ask {REQUESTER} [E1]."
    ticket = play(services, tmp_path)
    services.removal.delete(ticket)
    with services.store.read() as db:
        left = dict[str, int]()
        for table in ("message", "ticket_event", "evidence", "epoch", "question", "suggestion", "draft",
                      "undo_entry", "visit", "pin", "ticket_link", "attachment"):  # fmt: skip
            count = db.execute(f"SELECT count(*) FROM {table} WHERE ticket = ?", (ticket,)).get
            if count:
                left[table] = count
        for table in ("decision", "outcome"):
            if count := db.execute(f"SELECT count(*) FROM {table}").get:
                left[table] = count
    assert left == {}
    assert not (services.data_dir / "cache" / "kv" / str(ticket)).exists()


def test_what_is_typed_for_a_deleted_ticket_is_not_kept_for_the_next_with_its_id(services: Services) -> None:
    ticket = secret_ticket(services)
    services.removal.delete(ticket)
    services.tickets.save_draft(ticket, "note", "typed when it was gone already")
    again, _ = services.tickets.create("Another", "")
    assert again.id == ticket  # ids are given again
    assert services.tickets.case(again.id).drafts == {}


def test_undo_does_not_reach_the_next_ticket_with_the_id(services: Services) -> None:
    ticket = secret_ticket(services)
    services.removal.delete(ticket)
    with services.store.read() as db:
        inverse = [row[0] for row in db.execute("SELECT inverse FROM undo_entry")]
    assert len(inverse) == 30
    assert not any(f'hidden",{ticket},' in step for step in inverse)


def test_undoing_an_import_does_not_reach_a_ticket_that_got_a_deleted_ones_id(services: Services) -> None:
    drafts = [TicketDraft(plain_ticket(f"Imported {n}")) for n in range(3)]
    ids, _ = storing.store_all(services.deps, drafts, "3 tickets imported")
    services.removal.delete(ids[-1])
    mine, _ = services.tickets.create("My own")
    assert mine.id == ids[-1]
    with services.store.read() as db:
        (entry,) = [row[0] for row in db.execute("SELECT id FROM undo_entry WHERE ticket = 0")]
    services.tickets.undo(entry)
    assert services.tickets.search(View.ALL) == [mine.id]


def test_an_import_of_which_every_ticket_is_deleted_has_no_undo(services: Services) -> None:
    drafts = [TicketDraft(plain_ticket(f"Imported {n}")) for n in range(2)]
    ids, _ = storing.store_all(services.deps, drafts, "2 tickets imported")
    for ticket in ids:
        services.removal.delete(ticket)
    with pytest.raises(KnownError, match="nothing to undo"):
        services.tickets.undo()


def test_copies_that_hold_the_ticket_are_named_and_can_be_scrubbed(
    services: Services, data_dir: Path
) -> None:
    early = services.backups.create(data_dir / "backups" / "desk-early.db").path
    ticket = secret_ticket(services)
    late = services.backups.create(data_dir / "backups" / "desk-late.db").path
    os.utime(late, (1_700_000_000, 1_700_000_000))
    aside = services.backups.create(data_dir / "desk-before-restore.db").path
    removed = services.removal.delete(ticket)
    assert {place.path for place in removed.copies} == {late, aside}
    assert held(data_dir) == ["backups/desk-late.db", "desk-before-restore.db"]
    seen = list[tuple[int, int]]()
    assert services.removal.scrub(removed, lambda *step: seen.append(step)) == []
    assert seen == [(0, 2), (1, 2), (2, 2)]
    assert held(data_dir) == []
    assert late.stat().st_mtime == 1_700_000_000  # backups are sorted and thinned out by their date
    for path, tickets in ((early, 0), (late, 30), (aside, 30)):
        db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        assert db.execute("PRAGMA integrity_check").get == "ok"
        assert db.execute("SELECT count(*) FROM ticket").get == tickets
        db.close()


def test_backups_in_another_folder_are_found(services: Services, data_dir: Path, tmp_path: Path) -> None:
    ticket = secret_ticket(services)
    elsewhere = tmp_path / "usb"
    copy = services.backups.create(elsewhere / "desk-auto-1.db").path
    (elsewhere / "holiday.db").write_bytes(b"somebody else's")
    with services.store.write() as db:
        desk_state.set_setting(db, "backup_schedule", {"folder": str(elsewhere)})
    removed = services.removal.delete(ticket)
    assert [place.path for place in removed.copies] == [copy]
    assert services.removal.scrub(removed) == []
    assert held(tmp_path) == []
    backups = {c.field.name: c.records for c in services.privacy.counts()}["Backups"]
    assert backups == 1


def test_another_ticket_with_the_same_number_is_not_scrubbed(
    services: Services, data_dir: Path, clock: FixedClock
) -> None:
    """After a deletion, number and id are given again: only with the time of making they name a ticket."""
    first = secret_ticket(services)
    services.backups.create(data_dir / "backups" / "old.db")
    services.removal.delete(first)
    clock.advance(timedelta(minutes=1))
    second, _ = services.tickets.create("Another")
    assert second.id == first
    assert services.removal.delete(second.id).copies == ()


def test_copies_can_be_deleted_and_a_damaged_one_is_told(services: Services, data_dir: Path) -> None:
    ticket = secret_ticket(services)
    copy = services.backups.create(data_dir / "backups" / "desk-a.db").path
    damaged = data_dir / "desk-damaged.db"
    damaged.write_bytes(b"no database at all, quaggazebra" * 200)
    removed = services.removal.delete(ticket)
    assert {place.path for place in removed.copies} == {copy, damaged}  # nobody can tell what it holds
    (problem,) = services.removal.scrub(removed)
    assert "desk-damaged.db" in problem
    assert held(data_dir) == ["desk-damaged.db"]
    assert services.removal.delete_copies([place.path for place in removed.copies]) == []
    assert held(data_dir) == []
    assert not copy.exists()


def test_an_answer_under_way_is_stopped_first(services: Services, engine: PlayedEngine, ticket: int) -> None:
    engine.waits = True
    services.ask.ask(ticket, "Why?", lambda _: None)
    services.removal.delete(ticket)
    with services.store.read() as db:
        assert db.execute("SELECT count(*) FROM suggestion").get == 0


def test_an_answer_that_another_process_receives_is_waited_for(services: Services, ticket: int) -> None:
    with services.store.write() as db:
        db.execute(
            "INSERT INTO suggestion (uid, ticket, kind, question, payload, state, model, prompt_hash, epoch, "
            "policy_version, evidence, created_at, owner) VALUES ('a', ?, 'answer', '', '', 'queued', '', '', '', "
            "0, '[]', '', ?)",
            (ticket, owner_of(os.getpid())),
        )
    with pytest.raises(KnownError, match="another window or command"):
        services.removal.delete(ticket)
    assert services.tickets.case(ticket)


def test_the_footprint_knows_every_file_of_a_used_desk(
    data_dir: Path, tmp_path: Path, services: Services, engine: PlayedEngine
) -> None:
    play(services, tmp_path)
    (data_dir / "models").mkdir(exist_ok=True)
    (data_dir / "models" / "big.gguf").write_bytes(b"GGUF")
    (data_dir / "desk-damaged.db").write_bytes(b"x")
    (data_dir / "logs" / "worker.log").write_bytes(b"x")
    (data_dir / "logs" / "crash-last.log").write_bytes(b"x")
    (data_dir / "stray.txt").write_bytes(b"x")
    kinds = {p.path.relative_to(data_dir).as_posix(): p.kind for p in footprint(data_dir)}
    assert kinds["desk.db"] is kinds["desk.db-wal"] is PlaceKind.DATABASE
    assert kinds["desk-damaged.db"] is PlaceKind.COPY
    assert kinds["cache/kv/2/prefix.kv"] is PlaceKind.MEMORY
    assert kinds["logs/worker.log"] is kinds["logs/copilot.log"] is PlaceKind.LOG
    assert kinds["logs/crash-last.log"] is PlaceKind.CRASH
    assert [path for path, kind in kinds.items() if kind is PlaceKind.UNKNOWN] == ["stray.txt"]
    assert not [path for path in kinds if path.startswith("models/")]
    assert set(traces(data_dir)) <= set(kinds)


def test_deleting_tickets_of_a_desk_of_schema_one_is_scrubbed_from_its_copy(tmp_path: Path) -> None:
    """A copy from before the update, as `migrate` makes it, has another search index."""
    path = tmp_path / "desk-before-schema-2.db"
    db = apsw.Connection(str(path))
    db.execute(migrations()[0][1].read_text(encoding="utf-8")).fetchall()
    db.execute("PRAGMA user_version = 1")
    names = [row[1] for row in db.execute("PRAGMA table_info(ticket)")]
    made = "2026-03-02T09:00:00.000Z"
    for uid, text in ((1, "quaggazebra"), (2, "other")):
        values = {
            "id": uid,
            "number": f"T-{uid}",
            "title": text,
            "body": text,
            "created_at": made,
            "type": "incident",
        }
        row = [
            values.get(n, None if n.endswith(("_at", "_since")) and n not in ("updated_at",) else 0
                if n in ("requester_vip", "sla_paused_seconds", "is_sample", "last_label", "hidden") else "")
            for n in names
        ]  # fmt: skip
        db.execute(f"INSERT INTO ticket VALUES ({','.join('?' * len(row))})", row)
        db.execute("INSERT INTO ticket_fts (rowid, title) VALUES (?, ?)", (uid, text))
    db.close()
    with desk(tmp_path / "data", samples=False) as services:
        place = Place(path, PlaceKind.COPY, 0, services.tickets.now())
        removed = Removed("T-1", made, ChangeSet(), (place,))
        assert services.removal.scrub(removed) == []
    assert held(tmp_path) == []
    with purge.opened_copy(path, read_only=True) as copy:
        assert copy.execute("SELECT number FROM ticket").get == "T-2"
