"""A copy is whole, a restore loses nothing, and whatever is no copy is refused in one sentence."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from copilot.storage import backup, migrate, search_index, tickets
from copilot.storage.desk_state import save_draft, set_setting
from copilot.storage.migrate import migrations
from copilot.storage.restore import drafts_left_out, restore
from copilot.storage.store import Store
from copilot.support.errors import KnownError
from tests.fixtures.make_schema_fixture import HERE
from tests.helpers.storage_kit import AT, plain_ticket


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
    facts = restore(copy, path).facts
    assert facts.tickets == 1
    assert titles_in(store) == {"kept in the copy"}
    assert store.changed_elsewhere()
    add(store, "after")
    assert titles_in(store) == {"kept in the copy", "after"}


def test_what_was_there_before_each_restore_is_kept(path: Path, tmp_path: Path) -> None:
    desk(path, "original")
    first, second = desk(tmp_path / "a.db", "first"), desk(tmp_path / "b.db", "second")
    restore(first, path)
    restore(second, path)
    assert titles(path) == {"second"}
    assert titles(tmp_path / "desk-before-restore.db") == {"original"}
    assert titles(tmp_path / "desk-before-restore-2.db") == {"first"}


def test_a_desk_is_restored_where_there_is_none(tmp_path: Path) -> None:
    restore(desk(tmp_path / "copy.db", "x"), tmp_path / "new" / "desk.db")
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
    restore(copy, path)
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
        lambda: restore(tmp_path / "none.db", path),
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


def cut_to_its_head(path: Path) -> Path:
    desk(path, "x")
    path.write_bytes(path.read_bytes()[:100])
    return path


def headless_file(path: Path) -> Path:
    desk(path, "x")
    path.write_bytes(path.read_bytes()[4096:])
    return path


def changed(path: Path, *statements: str) -> Path:
    desk(path, "x")
    db = apsw.Connection(str(path))
    for statement in statements:
        db.execute(statement)
    db.execute("PRAGMA journal_mode = DELETE")
    db.close()
    return path


def without_trigger(path: Path) -> Path:
    return changed(path, "DROP TRIGGER decision_append_only")


def without_table(path: Path) -> Path:
    return changed(path, "DROP TABLE undo_entry")


def with_another_trigger(path: Path) -> Path:
    harmless = "CREATE TRIGGER decision_append_only BEFORE UPDATE ON decision BEGIN SELECT 1; END"
    return changed(path, "DROP TRIGGER decision_append_only", harmless)


def with_an_orphan(path: Path) -> Path:
    return changed(path, "INSERT INTO epoch VALUES ('ep', 4711, '', '', '')")


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
        (empty_file, "is empty"),
        (half_file, r"damaged: it ends after 20,000 of [0-9,]+ bytes"),
        (cut_to_its_head, r"damaged: it ends after 100 of"),
        (headless_file, "not a database of this program"),
        (without_trigger, "lacks decision_append_only"),
        (without_table, "lacks undo_entry"),
        (with_another_trigger, "lacks decision_append_only"),
        (with_an_orphan, "damaged"),
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
    content, beside = source.read_bytes(), set(tmp_path.iterdir())
    desk(path, "mine")
    calls: list[Callable[[], object]] = [lambda: backup.verify(source), lambda: restore(source, path)]
    for call in calls:
        with pytest.raises(KnownError, match=sentence) as caught:
            call()
        assert "source.db" in refused(caught)
    assert titles(path) == {"mine"}
    assert source.read_bytes() == content
    assert set(tmp_path.iterdir()) - beside == {path}


def test_a_folder_is_no_backup(path: Path, tmp_path: Path) -> None:
    desk(path, "mine")
    calls: list[Callable[[], object]] = [
        lambda: backup.verify(tmp_path),
        lambda: restore(tmp_path, path),
    ]
    for call in calls:
        with pytest.raises(KnownError, match="is a folder") as caught:
            call()
        refused(caught)


def test_a_damaged_search_index_is_told_and_made_anew_by_a_restore(path: Path, tmp_path: Path) -> None:
    store = Store(tmp_path / "copy.db")
    with store.write() as db:
        for title in ("Printer offline", "Printer jams"):
            search_index.index(db, tickets.insert(db, plain_ticket(title)).id)
        db.execute("DELETE FROM ticket_fts_data WHERE id > 10")
    store.close()
    with pytest.raises(KnownError, match=r"search index .* damaged.*tickets in it are whole") as caught:
        backup.verify(tmp_path / "copy.db")
    refused(caught)
    restore(tmp_path / "copy.db", path)
    assert backup.verify(path).tickets == 2
    store = Store(path)
    with store.read() as db:
        assert db.execute("SELECT count(*) FROM ticket_fts WHERE ticket_fts MATCH 'printer'").get == 2
    store.close()


def test_a_copy_in_a_folder_that_cannot_be_written_is_verified_and_nothing_is_left_beside_it(
    path: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    desk(path, "x")
    db = apsw.Connection(str(path))  # copied by hand, its head says that it has a log beside it
    assert db.execute("PRAGMA journal_mode").get == "wal"
    db.close()
    (folder / "by hand #1?.db").write_bytes(path.read_bytes())
    assert backup.verify(folder / "by hand #1?.db").tickets == 1
    assert [each.name for each in folder.iterdir()] == ["by hand #1?.db"]


def test_writers_go_on_during_a_copy_and_do_not_begin_it_anew(
    store: Store, path: Path, tmp_path: Path
) -> None:
    for n in range(200):
        add(store, f"ticket {n} " + "x" * 2000)
    steps: list[int] = []

    def write_on(done: int, _total: int) -> None:
        steps.append(done)
        add(store, "made meanwhile")

    facts = backup.create(path, tmp_path / "copy.db", step=write_on, pages=10)
    assert len(steps) > 5
    assert steps == sorted(set(steps))  # never back to the first page
    assert facts.tickets == 200
    assert len(titles_in(store)) == 201


def test_a_copy_that_is_stopped_leaves_nothing(path: Path, tmp_path: Path) -> None:
    store = Store(path)
    for n in range(100):
        add(store, f"ticket {n}")
    store.close()
    looks = iter([False, False, True])
    with pytest.raises(backup.StoppedError):
        backup.create(path, tmp_path / "copy.db", pages=10, cancelled=lambda: next(looks, True))
    with pytest.raises(backup.StoppedError):  # while it is checked
        backup.create(path, tmp_path / "copy.db", cancelled=lambda: not list(tmp_path.glob("*.partial")))
    assert not list(tmp_path.glob("copy*"))


def test_a_restore_that_is_cut_short_changes_nothing(
    store: Store, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(store, "mine")
    copy = desk(tmp_path / "copy.db", "copied")

    def stop(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(copy, path, prepare=stop)
    real = migrate.copy_pages

    def half(target: apsw.Connection, source: apsw.Connection, **_: object) -> None:
        real(target, source, pages=5, step=lambda *_: stop(None))

    monkeypatch.setattr("copilot.storage.restore.copy_pages", half)
    with pytest.raises(KeyboardInterrupt):
        restore(copy, path)
    assert titles_in(store) == {"mine"}
    add(store, "still works")
    assert not list(tmp_path.glob("*restoring*"))


def test_an_older_schema_is_restored_as_one_write_of_the_newest(
    store: Store, path: Path, tmp_path: Path
) -> None:
    seen: set[int] = set()
    facts = restore(HERE / "schema_1.db", path, prepare=lambda db: seen.add(migrate.schema_version(db))).facts
    assert facts.schema == 1
    assert seen == {migrations()[-1][0]}
    assert backup.verify(path).schema == migrations()[-1][0]
    assert not list(tmp_path.glob("*before-schema*"))


def drafts(path: Path) -> dict[tuple[str, str], str]:
    store = Store(path)
    with store.read() as db:
        query = "SELECT coalesce(number, ''), slot, text FROM draft d LEFT JOIN ticket t ON t.id = d.ticket"
        found = {(str(number), str(slot)): str(text) for number, slot, text in db.execute(query)}
    store.close()
    return found


def write(path: Path, number: str, **texts: str) -> None:
    store = Store(path)
    with store.write() as db:
        row = db.execute("SELECT id FROM ticket WHERE number = ?", (number,)).fetchone()
        for slot, text in texts.items():
            save_draft(db, int(row[0]) if row else 0, slot, text, AT)
    store.close()


def test_what_is_being_written_comes_along_by_the_tickets_number(path: Path, tmp_path: Path) -> None:
    desk(path, "older")
    write(path, "T-1", note="from the backup", reply="same", question="a quest")
    write(path, "", new_title="old title", new_body="old body")
    copy = backup.create(path, tmp_path / "copy.db").path
    desk(path, "made later")
    write(path, "T-1", note="newer words", reply="same", question="a question")
    write(path, "T-2", note="belongs to a ticket that the copy has not")
    write(path, "", new_title="A caller", new_body="")
    assert drafts_left_out(copy, path) == 1
    kept = restore(copy, path).kept
    expected = {
        ("T-1", "note"): "newer words\n\nfrom the backup",
        ("T-1", "reply"): "same",
        ("T-1", "question"): "a question",
        ("", "new_title"): "A caller",
    }
    assert drafts(path) == expected
    assert kept is not None
    restore(kept, path)
    expected["T-2", "note"] = "belongs to a ticket that the copy has not"
    assert drafts(path) == expected


def test_the_desk_is_not_copied_over_itself(path: Path) -> None:
    desk(path, "mine")
    calls: list[Callable[[], object]] = [
        lambda: backup.create(path, path),
        lambda: restore(path, path),
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
    restore(copy, path, key="k")
    assert titles_in(store) == {"secret title"}
    store.close()
    assert titles(tmp_path / "desk-before-restore.db", key="k") == {"secret title", "later"}
    with pytest.raises(KnownError, match="another key"):
        backup.verify(copy, key="wrong")
