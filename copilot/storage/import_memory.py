"""What imports leave behind for the next one: how a file's columns were read, and which files were taken in."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from copilot.storage.rows import dump, load
from copilot.storage.store import Db
from copilot.support.clock import to_text


def mapping(db: Db, headers: Sequence[str]) -> dict[str, str] | None:
    """Return how a file with these columns was read last: our field to their column; None where it never was."""
    row = db.execute(
        "SELECT mapping FROM import_mapping WHERE columns = ?", (dump(list(headers)),)
    ).fetchone()
    if row is None:
        return None
    return {str(field): str(column) for field, column in load(row[0]).items() if column in headers}


def remember_mapping(db: Db, headers: Sequence[str], columns: Mapping[str, str], at: datetime) -> None:
    """Keep how a file with these columns is read."""
    db.execute(
        "INSERT OR REPLACE INTO import_mapping VALUES (?, ?, ?)",
        (dump(list(headers)), dump(dict(columns)), to_text(at)),
    )


def forget_mapping(db: Db, headers: Sequence[str]) -> None:
    """Go back to the guess for files with these columns."""
    db.execute("DELETE FROM import_mapping WHERE columns = ?", (dump(list(headers)),))


def is_imported(db: Db, sha256: str) -> bool:
    """Tell whether a file with this content was taken in."""
    return bool(db.execute("SELECT 1 FROM imported_file WHERE sha256 = ?", (sha256,)).fetchone())


def remember_file(db: Db, sha256: str, name: str, tickets: int, at: datetime) -> None:
    """Keep that a file was taken in."""
    db.execute(
        "INSERT OR REPLACE INTO imported_file VALUES (?, ?, ?, ?)", (sha256, name, tickets, to_text(at))
    )
