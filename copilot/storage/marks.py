"""Tickets that a person pinned, and those they opened last."""

from collections.abc import Sequence
from datetime import datetime

from copilot.storage.rows import AMONG, dump
from copilot.storage.store import Db
from copilot.support.clock import to_text


def pin(db: Db, ticket: int, at: datetime) -> None:
    """Pin a ticket; one that is pinned stays where it is."""
    db.execute("INSERT OR IGNORE INTO pin VALUES (?, ?)", (ticket, to_text(at)))


def unpin(db: Db, ticket: int) -> None:
    """Take the pin away."""
    db.execute("DELETE FROM pin WHERE ticket = ?", (ticket,))


def pinned_ids(db: Db) -> list[int]:
    """Return the pinned tickets, the last pinned first."""
    rows = db.execute(
        "SELECT ticket FROM pin JOIN ticket ON ticket.id = pin.ticket WHERE hidden = 0 ORDER BY at DESC, ticket DESC"
    )
    return [row[0] for row in rows]


def pinned_among(db: Db, tickets: Sequence[int]) -> set[int]:
    """Return those of `tickets` that are pinned."""
    rows = db.execute(f"SELECT ticket FROM pin WHERE ticket IN ({AMONG})", (dump(list(tickets)),))
    return {row[0] for row in rows}


def visit(db: Db, ticket: int, at: datetime) -> None:
    """Say that a ticket was opened; one that is gone is not."""
    db.execute(
        "INSERT OR REPLACE INTO visit SELECT id, ? FROM ticket WHERE id = ?",
        (to_text(at), ticket),
    )


def recent(db: Db, limit: int) -> list[int]:
    """Return the tickets opened last, newest first."""
    rows = db.execute(
        "SELECT ticket FROM visit JOIN ticket ON ticket.id = visit.ticket WHERE hidden = 0 "
        "ORDER BY at DESC, visit.rowid DESC LIMIT ?",
        (limit,),
    )
    return [row[0] for row in rows]


def first_there(db: Db, tickets: Sequence[int]) -> int:
    """Return the first of `tickets` that is neither gone nor hidden; 0 where none is left."""
    rows = db.execute(f"SELECT id FROM ticket WHERE id IN ({AMONG}) AND hidden = 0", (dump(list(tickets)),))
    there = {row[0] for row in rows}
    return next((ticket for ticket in tickets if ticket in there), 0)
