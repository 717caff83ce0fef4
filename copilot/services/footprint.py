"""Every place where ticket text can lie: what deletes or clears something walks this list."""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from stat import S_ISREG

from copilot.domain.personal_data import declared
from copilot.storage import desk_state
from copilot.storage.store import Store


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


def footprint(data_dir: Path, backups: Path | None = None) -> tuple[Place, ...]:
    """Return every file of the data folder but the models', by path, and what lies in another folder for backups.

    Exports, printouts and copies that a person made lie outside and are not known to the program.
    """
    paths = [path for path in sorted(data_dir.rglob("*")) if path.relative_to(data_dir).parts[0] != _MODELS]
    if backups is not None and not backups.resolve().is_relative_to(data_dir.resolve()):
        paths += sorted(backups.glob("desk-*.db"))
    found = []
    for path in paths:
        try:
            stat = path.stat()
        except OSError:
            continue  # gone since
        if S_ISREG(stat.st_mode):
            at = datetime.fromtimestamp(stat.st_mtime, UTC)
            found.append(Place(path, kind_of(inner_path(path, data_dir)), stat.st_size, at))
    return tuple(found)


def inner_path(path: Path, data_dir: Path) -> str:
    """Return a path below the data folder, written with `/`; another folder for backups stands for the usual one."""
    if path.is_relative_to(data_dir):
        return path.relative_to(data_dir).as_posix()
    return f"backups/{path.name}"


def backup_folder(store: Store) -> Path | None:
    """Return the folder that a person has chosen for backups; None where it is the usual one."""
    with store.read() as db:
        schedule = desk_state.get_setting(db, "backup_schedule", {})
    folder = schedule.get("folder") if isinstance(schedule, dict) else ""
    return Path(folder) if folder else None


def copies(data_dir: Path, backups: Path | None = None) -> tuple[Place, ...]:
    """Return the copies of the database, newest first; their write-ahead logs belong to them."""
    found = (place for place in footprint(data_dir, backups) if place.kind is PlaceKind.COPY)
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
