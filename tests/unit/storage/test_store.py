"""Transactions hold, readers do not wait for writers, and what a person can mend is said in words."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import apsw
import pytest

from copilot.storage import store as store_module
from copilot.storage.desk_state import get_setting, set_setting
from copilot.storage.store import ReadInterrupted, Store
from copilot.support.errors import BugError, KnownError
from tests.helpers.paths import ROOT


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up on a locked database at once."""
    monkeypatch.setattr(store_module, "BUSY_MS", 20)


def setting(store: Store, key: str = "x") -> object:
    with store.read() as db:
        return get_setting(db, key)


def change(store: Store, *pairs: object) -> None:
    with store.write() as db:
        for key, value in zip(pairs[::2], pairs[1::2], strict=True):
            set_setting(db, str(key), value)


def fail_after_writing(store: Store, error: BaseException) -> None:
    with store.write() as db:
        set_setting(db, "x", "lost")
        raise error


def test_what_is_written_is_read_by_the_next_program(path: Path) -> None:
    first = Store(path)
    with first.write() as db:
        set_setting(db, "x", {"pane": [1, 2]})
    first.close()
    second = Store(path)
    assert setting(second) == {"pane": [1, 2]}
    second.close()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, KnownError])
def test_an_exception_takes_the_whole_transaction_back(store: Store, error: type[BaseException]) -> None:
    with store.write() as db:
        set_setting(db, "x", 1)
    with pytest.raises(error):
        fail_after_writing(store, error("no"))
    assert setting(store) == 1
    with store.write() as db:
        set_setting(db, "x", 3)
    assert setting(store) == 3


def test_a_nested_write_is_part_of_the_outer_one(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.write():
        fail_after_writing(store, ZeroDivisionError())
    with store.write():
        change(store, "y", 1)
    assert setting(store, "y") == 1
    assert setting(store) is None


def test_a_reader_keeps_its_snapshot_and_does_not_wait_for_a_writer(store: Store) -> None:
    with store.write() as db:
        set_setting(db, "x", 1)
    with store.read() as reader:
        assert get_setting(reader, "x") == 1
        with store.write() as writer:
            set_setting(writer, "x", 2)
            assert get_setting(reader, "x") == 1
        assert get_setting(reader, "x") == 1
    assert setting(store) == 2


def test_the_reading_connection_cannot_write(store: Store) -> None:
    with pytest.raises(KnownError, match="cannot be opened for writing"), store.read() as db:
        set_setting(db, "x", 1)


def test_a_mistake_in_our_own_sql_is_a_bug(store: Store) -> None:
    with pytest.raises(BugError, match="nowhere"), store.write() as db:
        db.execute("SELECT * FROM nowhere")


def test_foreign_keys_are_enforced(store: Store) -> None:
    with pytest.raises(BugError, match="FOREIGN KEY"), store.write() as db:
        db.execute("INSERT INTO epoch VALUES ('ep', 4711, '', '', '')")


def test_a_newer_search_stops_the_one_under_way(store: Store) -> None:
    under_way = threading.Event()
    outcome: list[BaseException] = []

    def tell(*values: Any) -> Any:
        under_way.set()
        return values[0]

    def search() -> None:
        try:
            with store.read() as db:
                db.create_scalar_function("tell", tell)
                endless = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT max(tell(n)) FROM c"
                db.execute(endless).fetchall()
        except ReadInterrupted as error:
            outcome.append(error)

    thread = threading.Thread(target=search)
    thread.start()
    assert under_way.wait(30)
    store.interrupt_read()
    thread.join(30)
    assert len(outcome) == 1
    assert setting(store) is None  # the connection goes on


def test_writes_of_another_process_are_noticed_once(store: Store, path: Path) -> None:
    store.changed_elsewhere()
    with store.write() as db:
        set_setting(db, "x", 1)
    assert not store.changed_elsewhere()
    other = Store(path)
    with other.write() as db:
        set_setting(db, "x", 2)
    other.close()
    assert store.changed_elsewhere()
    assert not store.changed_elsewhere()


def test_closing_twice_does_no_harm(path: Path) -> None:
    store = Store(path)
    store.close()
    store.close()


# -- what a person can mend


@pytest.mark.usefixtures("impatient")
def test_a_database_that_another_program_holds_is_said_so_and_works_afterwards(path: Path) -> None:
    store = Store(path)
    other = apsw.Connection(str(path))
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(KnownError, match="Another program holds the database"), store.write():
        pytest.fail("the transaction must not begin")
    assert setting(store) is None  # reading goes on
    other.execute("ROLLBACK")
    with store.write() as db:
        set_setting(db, "x", 1)
    assert setting(store) == 1
    other.close()
    store.close()


@pytest.mark.usefixtures("impatient")
def test_a_database_that_is_locked_whole_cannot_be_opened_in_words(path: Path) -> None:
    Store(path).close()
    other = apsw.Connection(str(path))
    other.execute("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE").fetchall()
    with pytest.raises(KnownError, match="Another program holds the database"):
        Store(path)
    other.execute("ROLLBACK")
    other.close()
    Store(path).close()


class Colliding:
    """Stands in for a connection that SQLite refuses `times` times to switch to WAL."""

    def __init__(self, times: int) -> None:
        self.times = times

    def execute(self, _: str) -> None:
        self.times -= 1
        if self.times >= 0:
            raise apsw.BusyError("database is locked")


def test_a_collision_with_another_program_that_opens_the_same_new_file_is_waited_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    colliding = Colliding(3)
    store_module._use_wal(cast(store_module.Db, colliding))  # no two real programs collide on demand
    assert colliding.times == -1
    monkeypatch.setattr(store_module, "BUSY_MS", 50)
    with pytest.raises(apsw.BusyError):
        store_module._use_wal(cast(store_module.Db, Colliding(10**9)))


def test_a_full_disk_costs_the_change_and_nothing_else(store: Store) -> None:
    with store.write() as db:
        set_setting(db, "x", "kept")
    writer = store._writer  # the limit is the connection's own
    writer.execute(f"PRAGMA max_page_count = {writer.execute('PRAGMA page_count').get + 4}")
    with pytest.raises(KnownError, match="disk is full") as caught, store.write():
        change(store, "x", "half of the change", "big", "x" * 1_000_000)
    assert caught.value.kept
    assert setting(store) == "kept"
    writer.execute("PRAGMA max_page_count = 1000000")
    with store.write() as db:
        set_setting(db, "x", "room again")
    assert setting(store) == "room again"


@pytest.mark.skipif(sys.platform == "win32", reason="a limit on the size of files is POSIX")
def test_a_disk_that_takes_no_more_bytes_is_said_so(path: Path) -> None:
    script = """
import pathlib, resource, sys
from copilot.storage.desk_state import get_setting, set_setting
from copilot.storage.store import Store
from copilot.support.errors import KnownError
store = Store(pathlib.Path(sys.argv[1]))
with store.write() as db:
    set_setting(db, "x", "kept")
limits = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, limits[1]))
try:
    with store.write() as db:
        set_setting(db, "x", "lost")
        set_setting(db, "big", "x" * 5_000_000)
except KnownError as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, limits)
with store.read() as db:
    print(get_setting(db, "x"))
with store.write() as db:
    set_setting(db, "x", "room again")
with store.read() as db:
    print(get_setting(db, "x"))
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    sentence, *values = done.stdout.splitlines()
    assert "What was stored before is kept." in sentence
    assert values == ["kept", "room again"]


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 a zip file" * 500, b"\x00" * 5000, b"id;title\n1;x\n" * 300]
)
def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(KnownError, match="not a database of this program"):
        Store(path)
    assert path.read_bytes() == content


def test_a_key_encrypts_the_file_and_another_key_does_not_open_it(path: Path) -> None:
    store = Store(path, key="correct horse")
    with store.write() as db:
        set_setting(db, "x", "the landlord's telephone number")
    store.close()
    assert b"landlord" not in path.read_bytes()
    assert not path.read_bytes().startswith(b"SQLite format 3")
    for key in (None, "wrong"):
        with pytest.raises(KnownError, match="encrypted with another key"):
            Store(path, key=key)
    store = Store(path, key="correct horse")
    assert setting(store) == "the landlord's telephone number"
    store.close()


def test_a_file_in_place_of_the_data_folder_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file", encoding="utf-8")
    with pytest.raises(KnownError, match=r"data folder .* cannot be made.*--data-dir"):
        Store(tmp_path / "data" / "desk.db")


def test_a_folder_in_place_of_the_database_is_said_so(path: Path) -> None:
    path.mkdir()
    with pytest.raises(KnownError, match="cannot be opened"):
        Store(path)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Take the right to write away, also from root, who has it everywhere: root becomes another user meanwhile."""
    ancestors = [folder, *folder.parents][:-2]
    modes = {each: each.stat().st_mode for each in ancestors}
    is_root = os.name == "posix" and os.geteuid() == 0
    for each in ancestors if is_root else ():
        each.chmod(modes[each] | 0o755)
    for each in [*folder.iterdir(), folder]:
        each.chmod(0o555 if each.is_dir() else 0o444)
    if is_root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        for each in ancestors:
            each.chmod(modes[each])


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such right on Windows")
def test_a_folder_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    with read_only(folder), pytest.raises(KnownError, match="cannot be opened for writing"):
        Store(folder / "desk.db")


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such right on Windows")
def test_a_desk_that_cannot_be_written_is_said_so_and_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    store = Store(folder / "desk.db")
    with store.write() as db:
        set_setting(db, "x", 1)
    store.close()
    with read_only(folder), pytest.raises(KnownError, match="cannot be opened for writing"):
        Store(folder / "desk.db")
    store = Store(folder / "desk.db")
    assert setting(store) == 1
    store.close()
