"""Writes and reads small ticket files."""

from datetime import UTC, datetime
from pathlib import Path

from copilot.desk.importing import ImportResult, read_file

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def read(
    folder: Path, text: str | bytes, name: str = "in.csv", mapping: dict[str, object] | None = None
) -> ImportResult:
    """Write `text` into a file in `folder` and read it as tickets."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_file(path, mapping, NOW)


def titles(result: ImportResult) -> list[str]:
    return [draft.ticket.title for draft in result.drafts]


def rows(result: ImportResult) -> list[int]:
    return [error.row for error in result.errors]
