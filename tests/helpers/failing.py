"""A database that cannot be written for a while, as a window or a service meets it."""

from collections.abc import Iterator
from contextlib import contextmanager

import apsw

from copilot.storage import store as store_module
from copilot.storage.store import Store


@contextmanager
def full_disk(store: Store) -> Iterator[None]:
    """Let the database not grow by a single page, and have none free within."""
    writer = store._writer  # the limit is the connection's own
    with store.write() as db:
        db.execute("CREATE TABLE filler (x)")
        free = int(str(db.execute("PRAGMA freelist_count").get))
        db.execute("INSERT INTO filler VALUES (zeroblob(?))", ((free + 2) * 4096,))
    with store._write_lock:
        writer.execute(f"PRAGMA max_page_count = {writer.execute('PRAGMA page_count').get}")
    try:
        yield
    finally:
        with store._write_lock:
            writer.execute("PRAGMA max_page_count = 1000000")


@contextmanager
def held_by_another(store: Store) -> Iterator[None]:
    """Let another program hold the database, and this one lose patience soon."""
    _set_patience(store, 20)
    other = apsw.Connection(str(store.path))
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()
        _set_patience(store, store_module.BUSY_MS)


def _set_patience(store: Store, milliseconds: int) -> None:
    with store._write_lock:
        store._writer.set_busy_timeout(milliseconds)
