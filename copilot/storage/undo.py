"""What was changed, and how to take it back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from copilot.storage.rows import AMONG, dump, load, stamp, when
from copilot.storage.store import Db
from copilot.support.clock import from_text, to_text

Steps = list[list[Any]]


class UndoEntry(NamedTuple):
    """One change.

    Attributes:
        id: Its id.
        label: What it was, in words.
        tickets: Ids of the tickets that it touched.
        steps: What takes it back; once it was taken back, what does it again (none where that is not possible).
        at: When it was made, or made again.
        undone_at: When it was taken back.
    """

    id: int
    label: str
    tickets: tuple[int, ...]
    steps: Steps
    at: datetime
    undone_at: datetime | None


_COLUMNS = "id, ticket, label, tickets, inverse, at, undone_at"


def get(db: Db, entry: int) -> UndoEntry | None:
    """Return a change."""
    row = db.execute(f"SELECT {_COLUMNS} FROM undo_entry WHERE id = ?", (entry,)).fetchone()
    return _from_row(row) if row else None


def since(db: Db, at: datetime, limit: int) -> list[UndoEntry]:
    """Return changes from `at` on, newest first."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM undo_entry WHERE at >= ? ORDER BY at DESC, id DESC LIMIT ?",
        (to_text(at), limit),
    )
    return [_from_row(row) for row in rows]


def newest(db: Db, since: datetime) -> int:
    """Return the id of the newest change that can be taken back; 0 where there is none."""
    row = db.execute(
        "SELECT id FROM undo_entry WHERE undone_at IS NULL AND at >= ? ORDER BY at DESC, id DESC LIMIT 1",
        (to_text(since),),
    ).fetchone()
    return int(row[0]) if row else 0


def newest_with(db: Db, since: datetime, step: str, ticket: int) -> int:
    """Return the newest change that can be taken back and took the step `step` for a ticket; 0 for none."""
    rows = db.execute(
        "SELECT id FROM undo_entry u WHERE undone_at IS NULL AND at >= ? AND EXISTS ("
        "SELECT 1 FROM json_each(u.inverse) s WHERE s.value ->> 0 = ? AND s.value ->> 1 = ?) "
        "ORDER BY at DESC, id DESC LIMIT 1",
        (to_text(since), step, ticket),
    ).fetchone()
    return int(rows[0]) if rows else 0


def later(db: Db, entry: UndoEntry) -> dict[int, str]:
    """Return the tickets that were changed after `entry`, each with the newest such change's label."""
    rows = db.execute(
        "SELECT ticket, label, tickets FROM undo_entry WHERE undone_at IS NULL AND (at, id) > (?, ?) ORDER BY at, id",
        (to_text(entry.at), entry.id),
    )
    found = dict[int, str]()
    for ticket, label, tickets in rows:
        for each in (ticket, *load(tickets)):
            found[each] = label
    return found


def settle(db: Db, entry: int, steps: Steps, at: datetime, undone_at: datetime | None) -> None:
    """Say that a change was taken back or made again, and what does the opposite."""
    db.execute(
        "UPDATE undo_entry SET inverse = ?, at = ?, undone_at = ? WHERE id = ?",
        (dump(steps), to_text(at), stamp(undone_at), entry),
    )


def join(db: Db, entries: Sequence[int], label: str, tickets: Sequence[int]) -> int:
    """Make one change of several that were stored one after the other; return its id."""
    first, *rest = entries
    if rest:
        rows = db.execute(
            f"SELECT inverse FROM undo_entry WHERE id IN ({AMONG}) ORDER BY id", (dump(list(entries)),)
        )
        steps = [step for row in rows for step in load(row[0])]
        db.execute("UPDATE undo_entry SET inverse = ? WHERE id = ?", (dump(steps), first))
        db.execute(f"DELETE FROM undo_entry WHERE id IN ({AMONG})", (dump(rest),))
    db.execute(
        "UPDATE undo_entry SET label = ?, tickets = ? WHERE id = ?", (label, dump(list(tickets)), first)
    )
    return int(first)


def _from_row(row: tuple[Any, ...]) -> UndoEntry:
    tickets = tuple(load(row[3])) or ((row[1],) if row[1] else ())
    return UndoEntry(row[0], row[2], tickets, load(row[4]), from_text(row[5]), when(row[6]))
