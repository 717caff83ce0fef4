"""A copy is whole, a restore loses nothing, and whatever is no copy is refused in one sentence."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from copilot.storage import backup, tickets
from copilot.storage.desk_state import set_setting
from copilot.storage.migrate import migrations
from copilot.storage.store import Store
from copilot.support.errors import KnownError
from tests.helpers.storage_kit import plain_ticket


def add(store: Store, title: str) -> None:
    with store.write() as db:
        tickets.insert(db, plain_ticket(title))


def titles(path: Path, key: str | None = None) -> set[str]:
    store = Store(path, key)
    try:
        return titles_in(store)
    finally:
        store.close()


def titles_in(store: Store) -> set[str]:
    with store.read() as db:
        return {str(row[0]) for row in db.execute("SELECT title FROM ticket")}


def desk(path: Path, title: str, key: str | None = None) -> Path:
    store = Store(path, key)
    add(store, title)
    store.close()
    return path


def refused(error: pytest.ExceptionInfo[KnownError]) -> str:
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_copy_is_made_while_the_desk_is_open(store: Store, path: Path, tmp_path: Path) -> None:
    add(store, "first")
    with store.read(), store.write() as db:
        set_setting(db, "x", 1)
        facts = backup.create(path, tmp_path / "made" / "copy.db")
    add(store, "second")
    assert (facts.schema, facts.tickets) == (migrations()[-1][0], 1)
    assert facts.bytes == facts.path.stat().st_size
    assert titles(tmp_path / "made" / "copy.db") == {"first"}
    assert backup.verify(tmp_path / "made" / "copy.db").tickets == 1


def test_a_copy_takes_the_place_of_an_older_one(path: Path, tmp_path: Path) -> None:
    target = desk(tmp_path / "copy.db", "old")
    backup.create(desk(path, "new"), target)
    assert titles(target) == {"new"}
    assert not list(tmp_path.glob("*.partial"))


def test_an_open_desk_sees_what_was_restored(store: Store, path: Path, tmp_path: Path) -> None:
    add(store, "kept in the copy")
    copy = backup.create(path, tmp_path / "copy.db").path
    add(store, "made later")
    store.changed_elsewhere()
    facts = backup.restore(copy, path)
    assert facts.tickets == 1
    assert titles_in(store) == {"kept in the copy"}
    assert store.changed_elsewhere()
    add(store, "after")
    assert titles_in(store) == {"kept in the copy", "after"}


def test_what_was_there_before_each_restore_is_kept(path: Path, tmp_path: Path) -> None:
    desk(path, "original")
    first, second = desk(tmp_path / "a.db", "first"), desk(tmp_path / "b.db", "second")
    backup.restore(first, path)
    backup.restore(second, path)
    assert titles(path) == {"second"}
    assert titles(tmp_path / "desk-before-restore.db") == {"original"}
    assert titles(tmp_path / "desk-before-restore-2.db") == {"first"}


def test_a_desk_is_restored_where_there_is_none(tmp_path: Path) -> None:
    backup.restore(desk(tmp_path / "copy.db", "x"), tmp_path / "new" / "desk.db")
    assert titles(tmp_path / "new" / "desk.db") == {"x"}


@pytest.mark.parametrize("damage", ["foreign", "header", "middle", "cut"])
def test_a_damaged_desk_is_restored_and_the_damaged_file_is_kept(
    path: Path, tmp_path: Path, damage: str
) -> None:
    copy = desk(tmp_path / "copy.db", "whole")
    desk(path, "damaged")
    content = bytearray(path.read_bytes())
    match damage:
        case "foreign":
            content = bytearray(b"PK\x03\x04" * 5000)
        case "header":
            content[:100] = b"\xff" * 100
        case "middle":
            content[100:8192] = b"\xee" * (8192 - 100)
        case "cut":
            del content[5000:]
    path.write_bytes(content)
    backup.restore(copy, path)
    assert titles(path) == {"whole"}
    assert backup.verify(path).tickets == 1
    kept = list(tmp_path.glob("desk-*.db"))
    assert len(kept) == 1
    if damage in ("foreign", "header"):
        assert kept[0].read_bytes() == content


def test_a_missing_file_is_said_so(tmp_path: Path, path: Path) -> None:
    desk(path, "mine")
    calls: list[Callable[[], object]] = [
        lambda: backup.verify(tmp_path / "none.db"),
        lambda: backup.restore(tmp_path / "none.db", path),
        lambda: backup.create(tmp_path / "none.db", tmp_path / "copy.db"),
    ]
    for call in calls:
        with pytest.raises(KnownError, match=r"There is no .*none\.db") as caught:
            call()
        refused(caught)
    assert titles(path) == {"mine"}


def foreign_database(path: Path) -> Path:
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE cookie (x)")
    db.close()
    return path


def plain_file(path: Path) -> Path:
    path.write_text("id;title\n" * 1000, encoding="utf-8")
    return path


def empty_file(path: Path) -> Path:
    path.touch()
    return path


def half_file(path: Path) -> Path:
    desk(path, "x")
    path.write_bytes(path.read_bytes()[:20_000])
    return path


def scribbled_file(path: Path) -> Path:
    store = Store(path)
    for n in range(200):
        add(store, f"ticket {n} " + "x" * 500)
    store.close()
    content = bytearray(path.read_bytes())
    content[80_000:120_000] = b"\xaa" * 40_000
    path.write_bytes(content)
    return path


def encrypted_file(path: Path) -> Path:
    return desk(path, "x", key="secret")


def newer_file(path: Path) -> Path:
    desk(path, "x")
    db = apsw.Connection(str(path))
    db.execute("PRAGMA user_version = 999")
    db.close()
    return path


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (foreign_database, "not a database of this program"),
        (plain_file, "not a database of this program"),
        (empty_file, "not a database of this program"),
        (half_file, "damaged"),
        (scribbled_file, "damaged"),
        (encrypted_file, "encrypted with another key"),
        (newer_file, "newer version"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_no_whole_copy_is_refused_and_the_desk_stays(
    path: Path, tmp_path: Path, make: Callable[[Path], Path], sentence: str
) -> None:
    source = make(tmp_path / "source.db")
    content = source.read_bytes()
    desk(path, "mine")
    calls: list[Callable[[], object]] = [lambda: backup.verify(source), lambda: backup.restore(source, path)]
    for call in calls:
        with pytest.raises(KnownError, match=sentence) as caught:
            call()
        assert "source.db" in refused(caught)
    assert titles(path) == {"mine"}
    assert source.read_bytes() == content
    assert not list(tmp_path.glob("desk-*.db"))


def test_the_desk_is_not_copied_over_itself(path: Path) -> None:
    desk(path, "mine")
    calls: list[Callable[[], object]] = [
        lambda: backup.create(path, path),
        lambda: backup.restore(path, path),
    ]
    for call in calls:
        with pytest.raises(KnownError, match="own database") as caught:
            call()
        refused(caught)
    assert titles(path) == {"mine"}


def test_a_place_that_cannot_be_written_is_said_so(path: Path, tmp_path: Path) -> None:
    desk(path, "mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    for target in (tmp_path / "folder", tmp_path / "file" / "copy.db"):
        with pytest.raises(KnownError, match="cannot be written") as caught:
            backup.create(path, target)
        refused(caught)
    assert not list(tmp_path.glob("*.partial"))


def test_an_encrypted_desk_is_copied_and_restored_under_its_key(path: Path, tmp_path: Path) -> None:
    desk(path, "secret title", key="k")
    copy = backup.create(path, tmp_path / "copy.db", key="k").path
    assert b"secret title" not in copy.read_bytes()
    store = Store(path, key="k")
    add(store, "later")
    backup.restore(copy, path, key="k")
    assert titles_in(store) == {"secret title"}
    store.close()
    assert titles(tmp_path / "desk-before-restore.db", key="k") == {"secret title", "later"}
    with pytest.raises(KnownError, match="another key"):
        backup.verify(copy, key="wrong")
