"""Searches that a person gave a name."""

from copilot.domain.query import SavedView, View
from copilot.storage.store import Db


def all_views(db: Db) -> list[SavedView]:
    """Return every saved view, in the person's order."""
    rows = db.execute('SELECT id, name, "view", query FROM saved_view ORDER BY position, id')
    return [SavedView(row[0], row[1], View(row[2]), row[3]) for row in rows]


def put(db: Db, name: str, view: View, typed: str) -> None:
    """Store a view under `name`, in place of one that has the same name."""
    db.execute(
        'INSERT INTO saved_view (name, "view", query, position) '
        "VALUES (?, ?, ?, (SELECT coalesce(max(position), 0) + 1 FROM saved_view)) "
        'ON CONFLICT (name) DO UPDATE SET name = excluded.name, "view" = excluded."view", query = excluded.query',
        (name, view, typed),
    )


def delete(db: Db, name: str) -> None:
    """Forget a view."""
    db.execute("DELETE FROM saved_view WHERE name = ?", (name,))
