"""The database file: one writing connection, one reading connection, errors sorted by who can mend them."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from copilot.storage import search_index
from copilot.storage.migrate import migrate
from copilot.support.errors import BugError, DamagedError, KnownError
from copilot.support.i18n import tr

Db = apsw.Connection
BUSY_MS = 5000


class Store:
    """An open database.

    Writes are serialised by a lock on one connection, reads by another lock on a second, read-only one, so that
    a reader never waits for a writer (WAL). The window calls both from its own two threads.

    Attributes:
        give_way: Called by long work between two of its steps; a window lets it wait while somebody waits for a read.
    """

    def __init__(self, path: Path, key: str | None = None) -> None:
        """Open or create the file and bring its schema up to date.

        Raises:
            KnownError: The folder cannot be written, the disk is full, the file is no database, is encrypted with
                another key, or was written by a newer version.
        """
        self.path = path
        self.give_way: Callable[[], None] = _go_on
        self._key = key
        self._write_lock = threading.RLock()
        self._read_lock = threading.RLock()
        self._last_seen_version = 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise KnownError(
                tr("The data folder {folder} cannot be made: {reason}.").format(
                    folder=path.parent, reason=error.strerror
                ),
                todo=tr("Choose another folder with --data-dir."),
            ) from error
        with translated_errors(path):
            self._writer = connect(path, key)
            migrate(self._writer, path, key)
            self._reader = connect(path, key, read_only=True)

    @contextmanager
    def write(self) -> Iterator[Db]:
        """Give the writing connection inside one transaction; an exception rolls it back."""
        with self._write_lock, translated_errors(self.path):
            if _in_transaction(self._writer):  # nested use joins the outer transaction
                yield self._writer
                return
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                if _in_transaction(self._writer):  # a full disk has already rolled it back
                    self._writer.execute("ROLLBACK")
                raise

    @contextmanager
    def read(self) -> Iterator[Db]:
        """Give the reading connection inside one consistent snapshot."""
        with self._read_lock, translated_errors(self.path):
            if _in_transaction(self._reader):
                yield self._reader
                return
            self._reader.execute("BEGIN")
            try:
                yield self._reader
            finally:
                if _in_transaction(self._reader):
                    self._reader.execute("COMMIT")

    @contextmanager
    def closed_to_others(self) -> Iterator[None]:
        """Let nothing be read or written through this object meanwhile: all of it is about to be replaced."""
        with self._write_lock, self._read_lock:
            yield

    def interrupt_read(self) -> None:
        """Stop the read that is under way; it raises `ReadInterrupted`."""
        self._reader.interrupt()

    def changed_elsewhere(self) -> bool:
        """Tell whether another process has written since the last call (PRAGMA data_version)."""
        with self._write_lock, translated_errors(self.path):
            version = int(self._writer.execute("PRAGMA data_version").get)
        changed = self._last_seen_version not in (0, version)
        self._last_seen_version = version
        return changed

    def empty_log(self) -> bool:
        """Move everything from the write-ahead log into the file and empty it; False while somebody reads from it."""
        with self._write_lock, translated_errors(self.path):
            self._writer.set_busy_timeout(100)
            try:
                busy, _, _ = self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()[0]
            finally:
                self._writer.set_busy_timeout(BUSY_MS)
        return not busy

    def close(self) -> None:
        """Close both connections; safe to call twice."""
        with self._write_lock, self._read_lock:
            self._reader.close()
            self._writer.close()


class ReadInterrupted(Exception):  # noqa: N818 - it is a signal, not a fault
    """A newer search took the place of this one."""


def connect(path: Path, key: str | None = None, *, read_only: bool = False) -> Db:
    """Open `path` with the settings that every connection shares."""
    flags = apsw.SQLITE_OPEN_READONLY if read_only else apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    db = apsw.Connection(str(path), flags=flags)
    try:
        if key is not None:
            db.pragma("key", key)
        db.set_busy_timeout(BUSY_MS)
        if not read_only:
            _use_wal(db)
            search_index.add_functions(db)
            # NORMAL survives a killed process; a power cut costs the last moment.
            db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA secure_delete = ON")  # a draft that held a secret leaves nothing in the file
    except BaseException:
        db.close()  # Windows cannot move a file that is open
        raise
    return db


def _use_wal(db: Db) -> None:
    """Switch to WAL; when two programs open a new file at once, SQLite gives up on one of them without waiting."""
    give_up = time.monotonic() + BUSY_MS / 1000
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except apsw.BusyError:
            if time.monotonic() >= give_up:
                raise
            time.sleep(0.02)
        else:
            return


def _go_on() -> None:
    """Nobody waits."""


def _in_transaction(db: Db) -> bool:
    return bool(db.in_transaction)


@contextmanager
def translated_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ones that say what happened, what was kept and what to do."""
    kept = tr("What was stored before is kept.")
    try:
        yield
    except apsw.InterruptError as error:
        raise ReadInterrupted from error
    except apsw.FullError as error:
        raise KnownError(
            tr("The disk is full, so this could not be stored."), kept, tr("Free some space and try again.")
        ) from error
    except apsw.BusyError as error:
        raise KnownError(
            tr("Another program holds the database {path}.").format(path=path),
            kept,
            tr("Close that program (a backup or a sync tool, perhaps) and try again."),
        ) from error
    except (apsw.ReadOnlyError, apsw.CantOpenError, apsw.PermissionsError) as error:
        raise KnownError(
            tr("The database {path} cannot be opened for writing.").format(path=path),
            kept,
            tr("Check the rights on that folder or choose another with --data-dir."),
        ) from error
    except apsw.NotADBError as error:
        raise DamagedError(
            tr("{path} is not a database of this program, or it is encrypted with another key.").format(
                path=path
            ),
            tr("It was left as it is."),
            tr("Restore a backup with `backup restore`, or choose another folder with --data-dir."),
        ) from error
    except apsw.CorruptError as error:
        raise DamagedError(
            tr("The database {path} is damaged.").format(path=path),
            tr("It was left as it is."),
            tr("Restore the latest backup with `backup restore`."),
        ) from error
    except apsw.IOError as error:
        raise KnownError(
            tr("The disk reported an error while the database was used."),
            kept,
            tr("Check the disk and try again."),
        ) from error
    except apsw.Error as error:
        raise BugError(f"{type(error).__name__}: {error}") from error
