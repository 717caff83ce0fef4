"""Removing tickets so that nothing of them stays in the file, and the same for a copy of the file."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import apsw

from copilot.storage import search_index
from copilot.storage.rows import dump, load, when
from copilot.storage.store import Db, Store, translated_errors
from copilot.support.errors import KnownError
from copilot.support.i18n import tr

_PAGES = 32  # of the search index, in one step: a few milliseconds
_TRIES = 20  # of a tenth of a second each, to empty the log while others read


def delete_ticket(db: Db, ticket: int) -> None:
    """Delete a ticket with all that belongs to it; ids are given again, so nothing may keep its id either."""
    if "facets" in columns(db, "ticket_fts"):
        search_index.remove(db, ticket)
    else:  # a copy from before schema 2
        db.execute("DELETE FROM ticket_fts WHERE rowid = ?", (ticket,))
    db.execute("DELETE FROM draft WHERE ticket = ?", (ticket,))
    among = (
        " OR EXISTS (SELECT 1 FROM json_each(tickets) WHERE value = ?1)"
        if "tickets" in columns(db, "undo_entry")
        else ""
    )
    db.execute(f"DELETE FROM undo_entry WHERE ticket = ?1{among}", (ticket,))
    db.execute("DELETE FROM ticket WHERE id = ?", (ticket,))
    _leave_imports(db, ticket)


def _leave_imports(db: Db, ticket: int) -> None:
    """Take a ticket out of the ranges of ids that the undo of an import would delete."""
    found = db.execute(
        "SELECT id, inverse FROM undo_entry WHERE instr(inverse, '\"tickets.gone\"')"
    ).fetchall()
    for entry, inverse in found:
        before, after = load(str(inverse)), list[object]()
        for step in before:
            if step[0] == "tickets.gone" and step[1] <= ticket <= step[2]:
                parts = ((step[1], ticket - 1), (ticket + 1, step[2]))
                after += [["tickets.gone", first, last] for first, last in parts if first <= last]
            else:
                after.append(step)
        if not after:
            db.execute("DELETE FROM undo_entry WHERE id = ?", (entry,))
        elif after != before:
            db.execute("UPDATE undo_entry SET inverse = ? WHERE id = ?", (dump(after), entry))


def forget(store: Store, between: Callable[[], object] = lambda: None) -> bool:
    """Let what was deleted leave search index and write-ahead log; in small steps, `between` is called after each.

    SQLite's search index only marks deleted words; they go when it merges its parts. It does not merge what is one
    part already, so an entry is added and deleted first. Returns whether the log could be emptied: not while another
    process reads.
    """
    with store.write() as db:
        db.execute("INSERT INTO ticket_fts (rowid, number) VALUES (-1, 'x')")
    with store.write() as db:
        db.execute("DELETE FROM ticket_fts WHERE rowid = -1")
    pages, more = -_PAGES, True  # negative: from the beginning
    while more:
        with store.write() as db:
            before = db.total_changes()
            db.execute("INSERT INTO ticket_fts (ticket_fts, rank) VALUES ('merge', ?)", (pages,))
            more = db.total_changes() - before >= 2  # the statement itself counts as one
        pages = _PAGES
        between()
    return any(store.empty_log() for _ in range(_TRIES))


def identity(db: Db, ticket: int) -> tuple[str, datetime] | None:
    """Return what a ticket is known by in copies of the database: number and time of making."""
    row = db.execute("SELECT number, created_at FROM ticket WHERE id = ?", (ticket,)).fetchone()
    at = when(row[1]) if row else None
    return (row[0], at) if row and at else None


def find(db: Db, number: str, created_at: str) -> int:
    """Return the id of the ticket with this number and time of making; 0 where there is none."""
    row = db.execute(
        "SELECT id FROM ticket WHERE number = ? AND created_at = ?", (number, created_at)
    ).fetchone()
    return int(row[0]) if row else 0


@contextmanager
def opened_copy(path: Path, key: str | None = None, *, read_only: bool = False) -> Iterator[Db]:
    """Open a copy of the database that nobody else uses, without a write-ahead log beside it."""
    flags = apsw.SQLITE_OPEN_READONLY if read_only else apsw.SQLITE_OPEN_READWRITE
    with translated_errors(path):
        db = apsw.Connection(str(path), flags=flags)
        try:
            if key is not None:
                db.pragma("key", key)
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("PRAGMA secure_delete = ON")
            search_index.add_functions(db)
            yield db
        finally:
            db.close()


def scrub(path: Path, work: Callable[[Db], object], key: str | None = None) -> None:
    """Do `work` in a copy of the database and leave no trace of what it removed; the file's date stays.

    Raises:
        KnownError: The file is damaged, not ours, or cannot be written.
    """
    stat = path.stat()
    with opened_copy(path, key) as db:
        if str(db.execute("PRAGMA integrity_check").get) != "ok":
            raise KnownError(tr("{path} is damaged.").format(path=path), tr("It was left as it is."))
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("BEGIN IMMEDIATE")
        try:
            work(db)
            db.execute("INSERT INTO ticket_fts (ticket_fts) VALUES ('optimize')")
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
        db.execute("VACUUM")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def columns(db: Db, table: str) -> list[str]:
    """Return the names of a table's columns; empty where there is no such table."""
    return [row[1] for row in db.execute(f'PRAGMA table_info("{table}")')]
