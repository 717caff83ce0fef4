"""Small things the desk keeps: settings, drafts and what can be undone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from copilot.storage.rows import dump, load
from copilot.storage.store import Db
from copilot.support.clock import to_text

UNFINISHED_IMPORT = "import:"  # + uid: names of settings that say which imports are under way


def get_setting(db: Db, key: str, default: Any = None) -> Any:
    """Return a setting (any JSON value)."""
    row = db.execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
    return load(row[0]) if row else default


def set_setting(db: Db, key: str, value: Any) -> None:
    """Store a setting (any JSON value)."""
    db.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (key, dump(value)))


def settings_from(db: Db, prefix: str) -> dict[str, Any]:
    """Return every setting whose name begins with `prefix`."""
    rows = db.execute(
        "SELECT key, value FROM setting WHERE key >= ?1 AND key < ?1 || char(1114111)", (prefix,)
    )
    return {row[0]: load(row[1]) for row in rows}


def drop_setting(db: Db, key: str) -> None:
    """Forget a setting."""
    db.execute("DELETE FROM setting WHERE key = ?", (key,))


def save_draft(
    db: Db, ticket: int, slot: str, text: str, at: datetime, suggestion: str | None = None
) -> None:
    """Keep what is being written; an empty text clears the slot. `suggestion` None leaves the link as it is.

    What is written for a ticket that has been deleted is not kept: the next ticket may get its id.
    """
    if not text:
        db.execute("DELETE FROM draft WHERE ticket = ? AND slot = ?", (ticket, slot))
        return
    db.execute(
        "INSERT INTO draft (ticket, slot, text, suggestion, updated_at) SELECT ?1,?2,?3,?4,?5 "
        "WHERE ?1 = 0 OR EXISTS (SELECT 1 FROM ticket WHERE id = ?1) "
        "ON CONFLICT (ticket, slot) DO UPDATE SET text = excluded.text, updated_at = excluded.updated_at, "
        "suggestion = CASE WHEN ?6 THEN suggestion ELSE excluded.suggestion END",
        (ticket, slot, text, suggestion or "", to_text(at), suggestion is None),
    )


def drafts(db: Db, ticket: int) -> dict[str, tuple[str, str]]:
    """Return slot -> (text, uid of the suggestion it came from)."""
    rows = db.execute("SELECT slot, text, suggestion FROM draft WHERE ticket = ?", (ticket,))
    return {row[0]: (row[1], row[2]) for row in rows}


def add_undo(
    db: Db,
    ticket: int,
    label: str,
    inverse: list[list[Any]],
    at: datetime,
    tickets: Sequence[int] = (),
) -> int:
    """Store how to take a change back; return its id.

    `tickets` lists them where the change touched more than one (`ticket` is 0 then); `storage/undo.py` reads it.
    """
    db.execute(
        "INSERT INTO undo_entry (ticket, label, inverse, at, tickets) VALUES (?,?,?,?,?)",
        (ticket, label, dump(inverse), to_text(at), dump(list(tickets))),
    )
    return db.last_insert_rowid()
