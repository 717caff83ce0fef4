"""Backup, restore and verify, with SQLite's online backup; the program may be running meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import apsw

from copilot.storage.migrate import copy_database, migrate, migrations, schema_version
from copilot.storage.store import Db, connect, translated_errors
from copilot.support.errors import KnownError
from copilot.support.i18n import tr


@dataclass(frozen=True, slots=True)
class BackupFacts:
    """What a database file holds."""

    path: Path
    schema: int
    tickets: int
    bytes: int


def create(database: Path, target: Path, key: str | None = None) -> BackupFacts:
    """Copy the database to `target` and check the copy.

    Raises:
        KnownError: There is no database, or `target` cannot be written or is the database itself.
    """
    if not database.is_file():
        raise KnownError(tr("There is no database at {path} yet.").format(path=database))
    with translated_errors(target), _translated_places(target):
        _refuse_itself(target, database)
        target.parent.mkdir(parents=True, exist_ok=True)
        db = connect(database, key)
        try:
            copy_database(db, target, key)
        finally:
            db.close()
    return verify(target, key)


def verify(path: Path, key: str | None = None) -> BackupFacts:
    """Check that `path` is a whole database of this program.

    Raises:
        KnownError: It is missing, damaged, not ours or newer than this program.
    """
    if not path.is_file():
        raise KnownError(tr("There is no file {path}.").format(path=path))
    with translated_errors(path):
        db = connect(path, key, read_only=True)
        try:
            result = str(db.execute("PRAGMA integrity_check").get)
            version = schema_version(db)
            if result != "ok":
                raise apsw.CorruptError(result)
            if not version or not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'ticket'").fetchone():
                raise apsw.NotADBError("no ticket table")
            tickets = int(db.execute("SELECT count(*) FROM ticket").get)
        finally:
            db.close()
    if version > migrations()[-1][0]:
        raise KnownError(
            tr("{path} was written by a newer version of Technician Copilot.").format(path=path),
            todo=tr("Install the newer version first."),
        )
    return BackupFacts(path, version, tickets, path.stat().st_size)


def restore(source: Path, database: Path, key: str | None = None) -> BackupFacts:
    """Put the content of `source` in place of the database, which need not be readable.

    What was there is kept beside it: as a backup, or, where it cannot be read, as the file it is.

    Raises:
        KnownError: `source` is no whole database of this program, or the database cannot be written.
    """
    facts = verify(source, key)
    with translated_errors(database), _translated_places(database):
        _refuse_itself(source, database)
        database.parent.mkdir(parents=True, exist_ok=True)
        db = _open_and_keep(database, key)
        try:
            copy = connect(source, key, read_only=True)
            try:
                # In place, so that an open window sees it as a write.
                with db.backup("main", copy, "main") as backup:
                    while not backup.done:
                        backup.step(500)
            finally:
                copy.close()
            migrate(db, database, key)
        finally:
            db.close()
    return facts


def _open_and_keep(database: Path, key: str | None) -> Db:
    """Open the database that is about to be replaced, once its content is kept."""
    db = None
    try:
        db = connect(database, key)
        if schema_version(db):
            copy_database(db, _free_name(database, "before-restore"), key)
        return db
    except (apsw.NotADBError, apsw.CorruptError):
        if db:
            db.close()
        aside = _free_name(database, "damaged")
        for ending in ("", "-wal", "-shm"):
            part = database.with_name(database.name + ending)
            if part.exists():
                part.replace(aside.with_name(aside.name + ending))
        return connect(database, key)


def _free_name(database: Path, what: str) -> Path:
    """Return a name beside the database that nothing has; the first restore may be the mistaken one."""
    path, n = database.with_name(f"{database.stem}-{what}.db"), 1
    while path.exists():
        n += 1
        path = database.with_name(f"{database.stem}-{what}-{n}.db")
    return path


def _refuse_itself(path: Path, database: Path) -> None:
    if path.exists() and database.exists() and path.samefile(database):
        raise KnownError(
            tr("{path} is the desk's own database.").format(path=path),
            tr("It was left as it is."),
            tr("Name another file."),
        )


@contextmanager
def _translated_places(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise KnownError(
            tr("{path} cannot be written: {reason}.").format(path=path, reason=error.strerror or error),
            tr("Your tickets are as they were."),
            tr("Check the name and the rights on that folder, or name another place."),
        ) from error
