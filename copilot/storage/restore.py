"""Putting a copy in place of the database, whole or not at all, while windows have it open."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import apsw

from copilot.storage import search_index
from copilot.storage.backup import BackupFacts, examine, open_copy, refuse_itself, translated_places
from copilot.storage.migrate import copy_database, copy_pages, free_name, migrate, schema_version, snapshot
from copilot.storage.store import Db, connect, translated_errors


class Restored(NamedTuple):
    """How a restore ended.

    Attributes:
        facts: Of the copy that is in place now.
        kept: What was there before; None where there was nothing. A damaged file is kept as it is.
    """

    facts: BackupFacts
    kept: Path | None


class DraftText(NamedTuple):
    """Text that is being written, by the number of its ticket (empty for a ticket not made yet)."""

    number: str
    slot: str
    text: str
    suggestion: str
    updated_at: str


def restore(
    source: Path, database: Path, key: str | None = None, prepare: Callable[[Db], None] | None = None
) -> Restored:
    """Put the content of `source` in place of the database, which need not be readable.

    What was there is kept beside it: as a copy, or, where it cannot be read, as the file it is. What is being written
    is carried over. `source` is brought up to date in a copy of its own, so that a window sees one write and never an
    older schema.

    Args:
        source: A copy.
        database: What it replaces.
        key: What both are encrypted with.
        prepare: Called with the new content before it is in place.

    Raises:
        KnownError: `source` is no whole database of this program, or the database cannot be written.
    """
    facts = examine(source, key)
    with translated_errors(database), translated_places(database):
        refuse_itself(source, database)
        database.parent.mkdir(parents=True, exist_ok=True)
        new = database.with_name(f"{database.stem}-restoring.{os.getpid()}.partial")
        try:
            _copy(source, new, key)
            db, kept = _open_and_keep(database, key)
            try:
                content = connect(new, key)
                try:
                    content.execute(
                        "PRAGMA journal_mode = MEMORY"
                    )  # nothing beside it, should this be cut short
                    migrate(content, new, key, keeps_copy=False)
                    if not facts.is_searchable:
                        search_index.rebuild(content)
                    carry_drafts(_drafts(db) if schema_version(db) else [], content)
                    if prepare:
                        prepare(content)
                    with snapshot(content):
                        copy_pages(db, content)
                finally:
                    content.close()
            finally:
                db.close()
        finally:
            for ending in ("", "-wal", "-shm"):
                new.with_name(new.name + ending).unlink(missing_ok=True)
    return Restored(facts, kept)


def _copy(source: Path, target: Path, key: str | None) -> None:
    db = open_copy(source, key)
    try:
        copy_database(db, target, key)
    finally:
        db.close()


def _open_and_keep(database: Path, key: str | None) -> tuple[Db, Path | None]:
    """Open the database that is about to be replaced, once its content is kept."""
    db, was_there = None, database.exists()
    try:
        db = connect(database, key)
        if not schema_version(db):
            return db, None
        kept = free_name(database.with_name(f"{database.stem}-before-restore.db"))
        copy_database(db, kept, key)
        _drafts(db)  # a damaged one may let itself be copied
        return db, kept
    except (apsw.NotADBError, apsw.CorruptError):
        if db:
            db.close()
        aside = free_name(database.with_name(f"{database.stem}-damaged.db"))
        for ending in ("", "-wal", "-shm"):
            part = database.with_name(database.name + ending)
            if part.exists():
                part.replace(aside.with_name(aside.name + ending))
        return connect(database, key), aside if was_there else None


# -- what is being written


def _drafts(db: Db) -> list[DraftText]:
    query = (
        "SELECT coalesce(t.number, ''), d.slot, d.text, d.suggestion, d.updated_at "
        "FROM draft d LEFT JOIN ticket t ON t.id = d.ticket WHERE d.ticket = 0 OR t.id IS NOT NULL"
    )
    return [DraftText(*map(str, row)) for row in db.execute(query)]


def carry_drafts(drafts: list[DraftText], db: Db) -> None:
    """Put drafts into another content of the desk; where both hold one, both stay, the newer words first.

    Those of tickets that it does not hold are left out. A new ticket that is being written takes the place of an
    older one as a whole.
    """
    if any(draft.number == "" for draft in drafts):
        db.execute("DELETE FROM draft WHERE ticket = 0")
    for draft in drafts:
        ticket = db.execute("SELECT id FROM ticket WHERE number = ?", (draft.number,)).fetchone()
        if draft.number and not ticket:
            continue
        place = (ticket[0] if draft.number and ticket else 0, draft.slot)
        there = db.execute("SELECT text FROM draft WHERE ticket = ? AND slot = ?", place).fetchone()
        suggestion = db.execute("SELECT uid FROM suggestion WHERE uid = ?", (draft.suggestion,)).fetchone()
        db.execute(
            "INSERT OR REPLACE INTO draft (ticket, slot, text, suggestion, updated_at) VALUES (?,?,?,?,?)",
            (
                *place,
                _both(draft.text, str(there[0]) if there else ""),
                draft.suggestion if suggestion else "",
                draft.updated_at,
            ),
        )


def drafts_left_out(source: Path, database: Path, key: str | None = None) -> int:
    """Return how many drafts belong to tickets that `source` does not hold."""
    with translated_errors(database):
        old, new = open_copy(database, key, is_live=True), open_copy(source, key)
        try:
            found = "SELECT 1 FROM ticket WHERE number = ?"
            return sum(
                bool(draft.number and not new.execute(found, (draft.number,)).fetchone())
                for draft in _drafts(old)
            )
        finally:
            old.close()
            new.close()


def _both(newer: str, older: str) -> str:
    if older in newer:
        return newer
    return older if newer in older else f"{newer.rstrip()}\n\n{older}"
