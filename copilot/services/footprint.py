"""Every place where ticket text can lie: what deletes or clears something walks this list."""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from copilot.domain.personal_data import declared


class PlaceKind(StrEnum):
    """What lies there."""

    DATABASE = "database"
    COPY = "copy"  # of the database: backups, and what was set aside before a restore or a migration
    MEMORY = "memory"  # what the model has read of tickets
    LOG = "log"
    CRASH = "crash"
    LOCK = "lock"
    UNKNOWN = "unknown"  # a file that the program does not know


_MODELS = "models"


@dataclass(frozen=True, slots=True)
class Place:
    """One file or, for the model's memory, one ticket's folder.

    Attributes:
        path: Where it is.
        kind: See PlaceKind.
        bytes: How large it is.
        at: When it was last written, UTC.
    """

    path: Path
    kind: PlaceKind
    bytes: int
    at: datetime


def footprint(data_dir: Path) -> tuple[Place, ...]:
    """Return every file of the data folder but the models', by path.

    Exports, printouts and copies that a person made lie outside and are not known to the program.
    """
    found = []
    for path in sorted(data_dir.rglob("*")):
        inner = path.relative_to(data_dir)
        if inner.parts[0] == _MODELS or not path.is_file():
            continue
        try:
            stat = path.stat()
        except OSError:
            continue  # gone since
        at = datetime.fromtimestamp(stat.st_mtime, UTC)
        found.append(Place(path, kind_of(inner.as_posix()), stat.st_size, at))
    return tuple(found)


def copies(data_dir: Path) -> tuple[Place, ...]:
    """Return the copies of the database, newest first; their write-ahead logs belong to them."""
    found = (place for place in footprint(data_dir) if place.kind is PlaceKind.COPY)
    return tuple(
        sorted((p for p in found if p.path.suffix == ".db"), key=lambda p: (p.at, p.path), reverse=True)
    )


def kind_of(inner: str) -> PlaceKind:
    """Return what lies at a path below the data folder, written with `/`, by the register's patterns."""
    if inner.startswith("desk.db"):
        return PlaceKind.DATABASE
    if inner.startswith("cache/kv/"):
        return PlaceKind.MEMORY
    field = declared(inner)
    if field is None:
        return PlaceKind.UNKNOWN
    if "backups/*" in field.where:
        return PlaceKind.COPY
    if inner.startswith("logs/"):
        return PlaceKind.CRASH if "crash" in inner else PlaceKind.LOG
    return PlaceKind.LOCK


def forget_memory(data_dir: Path, ticket: int) -> bool:
    """Delete what the model has read of a ticket; return whether there was anything."""
    folder = data_dir / "cache" / "kv" / str(ticket)
    was_there = folder.exists()
    shutil.rmtree(folder, ignore_errors=True)
    return was_there


def delete_copy(path: Path) -> None:
    """Delete a copy of the database with what lies beside it."""
    for ending in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
