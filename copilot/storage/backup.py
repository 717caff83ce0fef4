"""Copying the database while it is in use, and telling whether a file is a whole copy."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import apsw

from copilot.storage.migrate import PAGES, Step, copy_database, migrations, schema_version
from copilot.storage.store import Db, connect, translated_errors
from copilot.support.errors import KnownError
from copilot.support.i18n import tr

_WATCH = 1000  # of SQLite's instructions between two looks at whether to stop
_INDEX_TROUBLE = "fts5"  # in SQLite's words where the search index disagrees with the text it was made of


class StoppedError(KnownError):
    """The user stopped it; nothing is wrong."""

    def __init__(self) -> None:
        super().__init__(tr("Stopped."), tr("Everything is as it was."))


@dataclass(frozen=True, slots=True)
class BackupFacts:
    """What a database file holds.

    Attributes:
        path: Where it lies.
        schema: The number of its last migration.
        tickets: How many tickets it holds.
        bytes: Its size.
        newest: When a ticket in it was changed last, as stored; empty without tickets.
        is_searchable: Whether its search index is whole; a restore makes another one.
    """

    path: Path
    schema: int
    tickets: int
    bytes: int
    newest: str = ""
    is_searchable: bool = True


def never() -> bool:
    """Do not stop."""
    return False


def create(
    database: Path,
    target: Path,
    key: str | None = None,
    *,
    step: Step | None = None,
    pages: int = PAGES,
    cancelled: Callable[[], bool] = never,
) -> BackupFacts:
    """Copy the database to `target` and check the copy; one that is stopped or not whole is not left behind.

    Raises:
        KnownError: There is no database, or `target` cannot be written or is the database itself.
        StoppedError: `cancelled` said so.
    """
    if not database.is_file():
        raise KnownError(tr("There is no database at {path} yet.").format(path=database))

    def between(done: int, total: int) -> None:
        if cancelled():
            raise StoppedError
        if step:
            step(done, total)

    with translated_errors(target), translated_places(target):
        refuse_itself(target, database)
        target.parent.mkdir(parents=True, exist_ok=True)
        is_new = not target.exists()
        db = connect(database, key, read_only=True)
        try:
            copy_database(db, target, key, step=between, pages=pages)
        finally:
            db.close()
    try:
        return verify(target, key, cancelled=cancelled)
    except StoppedError:
        if is_new:
            target.unlink(missing_ok=True)
        raise


def verify(
    path: Path, key: str | None = None, *, cancelled: Callable[[], bool] = never, is_live: bool = False
) -> BackupFacts:
    """Check that `path` is a whole database of this program.

    Raises:
        KnownError: It is missing, damaged, not ours or newer than this program.
        StoppedError: `cancelled` said so.
    """
    facts = examine(path, key, cancelled=cancelled, is_live=is_live)
    if not facts.is_searchable:
        raise KnownError(
            tr("The search index in {path} is damaged.").format(path=path),
            tr("The tickets in it are whole."),
            tr("Restoring it makes the index anew."),
        )
    return facts


def examine(
    path: Path, key: str | None = None, *, cancelled: Callable[[], bool] = never, is_live: bool = False
) -> BackupFacts:
    """Check like `verify`, but let a damaged search index pass.

    Args:
        path: A file that may be anything.
        key: What it is encrypted with.
        cancelled: Asked now and then whether to stop.
        is_live: Whether a program may be working on it, so that its log has to be read along.
    """
    _refuse_what_is_no_file(path)
    with translated_errors(path), translated_places(path):
        db = open_copy(path, key, is_live=is_live)
        try:
            db.set_progress_handler(cancelled, _WATCH)
            return _facts(db, path)
        except apsw.InterruptError as error:
            raise StoppedError from error
        finally:
            db.close()


def count(path: Path) -> int | None:
    """Return how many tickets a copy holds, without checking it; None where it cannot be read."""
    try:
        db = open_copy(path)
        try:
            return int(str(db.execute("SELECT count(*) FROM ticket").get))
        finally:
            db.close()
    except (apsw.Error, OSError):
        return None


def open_copy(path: Path, key: str | None = None, *, is_live: bool = False) -> Db:
    """Open a copy for reading, also where nothing can be written beside it, and leave nothing beside it."""
    if is_live or path.with_name(path.name + "-wal").exists():
        return connect(path, key, read_only=True)
    flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
    where = path.resolve().as_posix()  # `as_uri` would make a host of a Windows share, which SQLite refuses
    slash = "" if where.startswith("/") else "/"
    db = apsw.Connection(f"file://{slash}{quote(where)}?immutable=1", flags=flags)
    if key is not None:
        db.pragma("key", key)
    return db


def _facts(db: Db, path: Path) -> BackupFacts:
    version = schema_version(db)
    tables = {str(row[0]) for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if not version or "ticket" not in tables:
        raise apsw.NotADBError("no ticket table")
    if version > migrations()[-1][0]:
        raise KnownError(
            tr("{path} was written by a newer version of Technician Copilot.").format(path=path),
            tr("It was left as it is."),
            tr("Install the newer version first."),
        )
    trouble = [str(row[0]) for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
    of_index = [line for line in trouble if _INDEX_TROUBLE in line.lower()]
    if len(of_index) < len(trouble):
        raise apsw.CorruptError(trouble[0])
    if db.execute("PRAGMA foreign_key_check").fetchone():
        raise apsw.CorruptError("rows without the ticket that they belong to")
    if missing := _expected(version) - _made(db):
        names = ", ".join(sorted(name for name, _ in missing))
        raise KnownError(
            tr("{path} is damaged: it lacks {names}.").format(path=path, names=names),
            tr("It was left as it is."),
            tr("Use another backup."),
        )
    tickets, newest = db.execute("SELECT count(*), max(updated_at) FROM ticket").fetchall()[0]
    return BackupFacts(path, version, int(str(tickets)), path.stat().st_size, str(newest or ""), not of_index)


def _made(db: Db) -> set[tuple[str, str]]:
    """Return name and SQL of tables and triggers: decisions are append-only by a trigger."""
    query = "SELECT name, sql FROM sqlite_schema WHERE type IN ('table', 'trigger') AND sql IS NOT NULL"
    return {
        (str(name), str(sql) if "TRIGGER" in str(sql)[:20].upper() else "") for name, sql in db.execute(query)
    }


@functools.cache
def _expected(version: int) -> frozenset[tuple[str, str]]:
    """Return what the migrations up to `version` make."""
    db = apsw.Connection(":memory:")
    try:
        for number, file in migrations():
            if number <= version:
                db.execute(file.read_text(encoding="utf-8")).fetchall()
        return frozenset(_made(db))
    finally:
        db.close()


def _refuse_what_is_no_file(path: Path) -> None:
    left = tr("It was left as it is.")
    if path.is_dir():
        raise KnownError(
            tr("{path} is a folder.").format(path=path), todo=tr("Name the file of the backup in it.")
        )
    if not path.is_file():
        raise KnownError(tr("There is no file {path}.").format(path=path))
    with translated_places(path), path.open("rb") as file:
        head = file.read(100)
    size = path.stat().st_size
    if not size:
        raise KnownError(
            tr("{path} is empty: nothing was ever written into it.").format(path=path),
            left,
            tr("Use another backup."),
        )
    should = _size_by_head(head)
    if size < should and not path.with_name(path.name + "-wal").exists():
        raise KnownError(
            tr("{path} is damaged: it ends after {n} of {total} bytes.").format(
                path=path, n=f"{size:,}", total=f"{should:,}"
            ),
            left,
            tr("Copy it again from where it came from, or use another backup."),
        )


def _size_by_head(head: bytes) -> int:
    """Return the size that a database's first 100 bytes tell; 0 where they tell none (the SQLite file format, 1.3)."""
    if not head.startswith(b"SQLite format 3\0") or len(head) < 100 or head[24:28] != head[92:96]:
        return 0
    page = int.from_bytes(head[16:18], "big")
    return (65536 if page == 1 else page) * int.from_bytes(head[28:32], "big")


def refuse_itself(path: Path, database: Path) -> None:
    """Raise where `path` is the database itself."""
    if path.exists() and database.exists() and path.samefile(database):
        raise KnownError(
            tr("{path} is the desk's own database.").format(path=path),
            tr("It was left as it is."),
            tr("Name another file."),
        )


@contextmanager
def translated_places(path: Path) -> Iterator[None]:
    """Turn what the system says of a file or folder into a sentence."""
    try:
        yield
    except OSError as error:
        raise KnownError(
            tr("{path} cannot be written: {reason}.").format(path=path, reason=error.strerror or error),
            tr("Your tickets are as they were."),
            tr("Check the name and the rights on that folder, or name another place."),
        ) from error
