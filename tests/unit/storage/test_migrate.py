"""The schema is brought up to date once, whole or not at all, whoever else opens the file."""

import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import apsw
import pytest

from copilot.storage import backup, migrate, tickets
from copilot.storage.migrate import migrations, schema_version
from copilot.storage.restore import restore
from copilot.storage.store import Store, connect
from copilot.support.errors import BugError, KnownError
from tests.helpers.paths import ROOT
from tests.helpers.storage_kit import plain_ticket

NEWEST = migrations()[-1][0]
TABLES = {"ticket", "message", "evidence", "question", "suggestion", "decision", "draft", "undo_entry"}


def version_of(path: Path) -> int:
    db = connect(path, read_only=True)
    try:
        return schema_version(db)
    finally:
        db.close()


def tables_of(path: Path) -> set[str]:
    db = connect(path, read_only=True)
    try:
        return {str(row[0]) for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    finally:
        db.close()


@pytest.fixture
def next_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand at a program that knows one migration more; return the file of that one."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    for _, file in migrations():
        shutil.copy(file, folder)
    monkeypatch.setattr(migrate, "_FOLDER", folder)
    return folder / f"{NEWEST + 1:04d}_next.sql"


def test_an_empty_folder_gets_the_newest_schema(path: Path) -> None:
    Store(path).close()
    assert version_of(path) == NEWEST
    assert tables_of(path) >= TABLES


def test_a_file_without_content_becomes_a_desk(path: Path) -> None:
    path.touch()
    Store(path).close()
    assert tables_of(path) >= TABLES


def test_migrations_are_numbered_without_a_gap() -> None:
    assert [number for number, _ in migrations()] == list(range(1, NEWEST + 1))


def test_a_file_of_a_newer_program_is_refused_and_left_alone(path: Path) -> None:
    Store(path).close()
    db = connect(path)
    db.execute("PRAGMA user_version = 999; CREATE TABLE of_the_future (x)").fetchall()
    db.close()
    with pytest.raises(KnownError, match=r"newer version .*schema 999.* left as it is") as caught:
        Store(path)
    assert "\n" not in str(caught.value)
    assert version_of(path) == 999
    assert "of_the_future" in tables_of(path)


def test_an_older_file_is_copied_before_it_is_brought_up_to_date(path: Path, next_step: Path) -> None:
    Store(path).close()
    next_step.write_text("SELECT 1; CREATE TABLE shelf (x TEXT) STRICT;", encoding="utf-8")
    Store(path).close()
    assert version_of(path) == NEWEST + 1
    assert "shelf" in tables_of(path)
    copy = path.with_name(f"desk-before-schema-{NEWEST + 1}.db")
    assert version_of(copy) == NEWEST
    assert "shelf" not in tables_of(copy)
    assert not list(path.parent.glob("*.partial"))


def test_the_copy_before_is_whole_and_takes_no_older_ones_place(path: Path, next_step: Path) -> None:
    store = Store(path)
    with store.write() as db:
        tickets.insert(db, plain_ticket("before"))
    store.close()
    taken = path.with_name(f"desk-before-schema-{NEWEST + 1}.db")
    taken.write_bytes(b"an older copy")
    next_step.write_text("DELETE FROM ticket;", encoding="utf-8")  # a migration that does harm
    Store(path).close()
    assert taken.read_bytes() == b"an older copy"
    copy = path.with_name(f"desk-before-schema-{NEWEST + 1}-2.db")
    assert backup.verify(copy).tickets == 1
    next_step.unlink()
    facts = restore(copy, path.with_name("again.db")).facts
    assert (facts.schema, facts.tickets) == (NEWEST, 1)
    assert backup.verify(path.with_name("again.db")).tickets == 1


def test_a_migration_that_fails_leaves_nothing_behind(path: Path, next_step: Path) -> None:
    Store(path).close()
    next_step.write_text(
        "CREATE TABLE shelf (x TEXT) STRICT; INSERT INTO nowhere VALUES (1);", encoding="utf-8"
    )
    with pytest.raises(BugError, match="nowhere"):
        Store(path)
    assert version_of(path) == NEWEST
    assert "shelf" not in tables_of(path)


def test_many_may_open_a_new_desk_at_once(tmp_path: Path) -> None:
    openers = 6
    for turn in range(5):
        path = tmp_path / f"{turn}" / "desk.db"
        together = threading.Barrier(openers)

        def open_and_write(name: int, path: Path = path, together: threading.Barrier = together) -> None:
            together.wait(30)
            store = Store(path)
            with store.write() as db:
                db.execute("INSERT INTO setting VALUES (?, '1')", (f"s{name}",))
            store.close()

        with ThreadPoolExecutor(openers) as pool:
            list(pool.map(open_and_write, range(openers)))
        db = apsw.Connection(str(path))
        assert db.execute("SELECT count(*) FROM setting").get == openers
        db.close()


def test_two_processes_may_open_a_new_desk_at_once(path: Path, tmp_path: Path) -> None:
    script = (
        "import sys, pathlib; from copilot.storage.store import Store\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "store = Store(pathlib.Path(sys.argv[1]))\n"
        "with store.write() as db: db.execute('INSERT INTO setting VALUES (?, 1)', (sys.argv[2],))\n"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(path), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            text=True,
        )
        for name in "ab"
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (0, "")
    assert version_of(path) == NEWEST
