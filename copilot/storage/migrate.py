"""Numbered SQL migrations, applied in order, all in one transaction; the file is copied before."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from copilot.storage import search_index
from copilot.support.errors import KnownError
from copilot.support.i18n import tr

_FOLDER = Path(__file__).parent / "migrations"
PAGES = 500  # copied in one step

Step = Callable[[int, int], None]
"""Called after each step with the pages copied and the pages in all; may wait, or raise to stop."""


def migrations() -> list[tuple[int, Path]]:
    """Return (number, file) of every migration, in order."""
    return sorted((int(path.name[:4]), path) for path in _FOLDER.glob("[0-9][0-9][0-9][0-9]_*.sql"))


def schema_version(db: apsw.Connection) -> int:
    """Return the number of the last migration that the file has seen."""
    return int(db.execute("PRAGMA user_version").get)


def migrate(db: apsw.Connection, path: Path, key: str | None = None, *, keeps_copy: bool = True) -> None:
    """Bring the schema up to date; an older file is copied before, under a name that nothing has.

    Raises:
        KnownError: The file was written by a newer version of the program.
    """
    newest = migrations()[-1][0]
    version = schema_version(db)
    if version == newest:
        return
    if version > newest:
        db.close()
        raise KnownError(
            tr(
                "{path} was written by a newer version of Technician Copilot (schema {theirs}, this one knows {ours})."
            ).format(path=path, theirs=version, ours=newest),
            tr("It was left as it is."),
            tr("Install the newer version, or choose another folder with --data-dir."),
        )
    db.execute("BEGIN IMMEDIATE")  # another process may be migrating: look again once we hold the lock
    try:
        version = schema_version(db)
        if 0 < version < newest and keeps_copy:
            _keep(path, free_name(path.with_name(f"{path.stem}-before-schema-{newest}.db")), key)
        for number, file in migrations():
            if number > version:
                db.execute(file.read_text(encoding="utf-8")).fetchall()  # to the end: a row would pause it
                db.execute(f"PRAGMA user_version = {number}")
        search_index.complete(db)
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _keep(path: Path, target: Path, key: str | None) -> None:
    """Copy the file over a connection of its own: one with a write under way cannot be copied from."""
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        if key is not None:
            db.pragma("key", key)
        copy_database(db, target, key)
    finally:
        db.close()


def copy_database(
    db: apsw.Connection,
    target: Path,
    key: str | None = None,
    *,
    step: Step | None = None,
    pages: int = PAGES,
) -> None:
    """Copy the open database to `target`, under the same key, with SQLite's online backup and a temporary file.

    The copy is the database as it was at the first step, whoever writes meanwhile; no writer waits for it.
    """
    partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
    partial.unlink(missing_ok=True)
    try:
        copy = apsw.Connection(str(partial))
        try:
            if key is not None:
                copy.pragma("key", key)
            with snapshot(db):
                copy_pages(copy, db, step=step, pages=pages)
            copy.execute("PRAGMA journal_mode = DELETE")
        finally:
            copy.close()
        partial.replace(target)
    except BaseException:
        partial.unlink(missing_ok=True)  # on a full disk its room is needed
        raise


@contextmanager
def snapshot(db: apsw.Connection) -> Iterator[None]:
    """Hold what `db` sees: without it, every write of somebody else would begin a copy anew."""
    db.execute("BEGIN")
    try:
        db.execute("SELECT 1 FROM sqlite_schema").fetchall()  # a snapshot is taken with the first read
        yield
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")


def copy_pages(
    target: apsw.Connection, source: apsw.Connection, *, step: Step | None = None, pages: int = PAGES
) -> None:
    """Put the content of `source` in place of that of `target`: all of it, or nothing where `step` raises."""
    with target.backup("main", source, "main") as backup:
        while not backup.done:
            backup.step(pages)
            if step and not backup.done:
                step(backup.page_count - backup.remaining, backup.page_count)


def free_name(path: Path) -> Path:
    """Return `path`, numbered where something has that name already: no copy takes the place of an older one."""
    free, n = path, 1
    while free.exists():
        n += 1
        free = path.with_name(f"{path.stem}-{n}{path.suffix}")
    return free
