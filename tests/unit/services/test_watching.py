"""Files that land in the watched folder are imported once, when they are whole."""

import shutil
from pathlib import Path

import pytest

from copilot.domain.query import View
from copilot.services.bundle import Services
from copilot.services.watching import Arrival, FolderWatch
from copilot.storage import import_memory

ROWS = "number,title\nINC-1,one\nINC-2,two\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "drop"
    made.mkdir()
    return made


@pytest.fixture
def watch(services: Services, folder: Path) -> FolderWatch:
    return FolderWatch(services.deps, services.exchange, folder)


def count(services: Services) -> int:
    return len(services.tickets.search(View.ALL))


def look_twice(watch: FolderWatch) -> list[Arrival]:
    return watch.look() + watch.look()


def test_a_file_is_imported_when_it_is_the_same_at_two_looks(
    services: Services, watch: FolderWatch, folder: Path
) -> None:
    file = folder / "export.csv"
    file.write_text("number,title\nINC-1,o", encoding="utf-8")
    assert watch.look() == []
    file.write_text(ROWS, encoding="utf-8")
    assert watch.look() == []
    (arrival,) = watch.look()
    assert (arrival.text, arrival.tickets, arrival.failed) == ("2 tickets from export.csv", 2, False)
    assert count(services) == 2
    assert file.is_file()
    services.tickets.undo(arrival.changes.undo_id)
    assert count(services) == 0
    assert look_twice(watch) == []


def test_the_same_content_is_not_imported_twice_whatever_its_name(
    services: Services, watch: FolderWatch, folder: Path
) -> None:
    (folder / "export.csv").write_text(ROWS, encoding="utf-8")
    look_twice(watch)
    shutil.copy(folder / "export.csv", folder / "again.csv")
    assert look_twice(watch) == []
    assert look_twice(FolderWatch(services.deps, services.exchange, folder)) == []
    assert count(services) == 2


def test_known_tickets_are_left_out_and_said_so(services: Services, watch: FolderWatch, folder: Path) -> None:
    (folder / "a.csv").write_text(ROWS, encoding="utf-8")
    look_twice(watch)
    (folder / "b.csv").write_text(ROWS + "INC-3,three\n", encoding="utf-8")
    (arrival,) = look_twice(watch)
    assert arrival.text == "1 ticket from b.csv; 2 were on the desk already"
    (folder / "c.csv").write_text(ROWS + "\n\n", encoding="utf-8")
    (arrival,) = look_twice(watch)
    assert arrival.text == "c.csv: all its tickets are on the desk already"
    assert (arrival.tickets, arrival.failed) == (0, False)
    assert count(services) == 3


def test_a_file_that_fails_is_told_once_and_tried_again_when_it_changes(
    services: Services, watch: FolderWatch, folder: Path
) -> None:
    file = folder / "bad.csv"
    file.write_text(ROWS + "INC-3,\n", encoding="utf-8")
    (arrival,) = look_twice(watch)
    assert arrival.failed
    assert arrival.text.startswith("bad.csv was not imported: 1 row cannot be read. Row 4, title:")
    assert look_twice(watch) == []
    assert count(services) == 0
    assert file.is_file()
    file.write_text(ROWS + "INC-3,three\n", encoding="utf-8")
    (arrival,) = look_twice(watch)
    assert arrival.tickets == 3


def test_what_is_no_ticket_file_is_left_alone(services: Services, watch: FolderWatch, folder: Path) -> None:
    for name in ("notes.docx", ".hidden.csv", "~$open.csv", "export.csv.part"):
        (folder / name).write_text(ROWS, encoding="utf-8")
    (folder / "folder.csv").mkdir()
    assert look_twice(watch) == []
    assert count(services) == 0


def test_a_folder_that_is_gone_is_said_once_until_it_is_back(watch: FolderWatch, folder: Path) -> None:
    folder.rmdir()
    (arrival,) = look_twice(watch)
    assert arrival.failed
    assert str(folder) in arrival.text
    folder.mkdir()
    assert watch.look() == []
    folder.rmdir()
    assert len(watch.look()) == 1


def test_a_watch_that_was_stopped_imports_nothing_and_forgets_nothing(
    services: Services, watch: FolderWatch, folder: Path
) -> None:
    (folder / "export.csv").write_text(ROWS, encoding="utf-8")
    watch.look()
    watch.stop()
    assert watch.look() == []
    assert count(services) == 0
    assert len(look_twice(FolderWatch(services.deps, services.exchange, folder))) == 1


def test_columns_chosen_at_an_import_are_used_for_the_folder_too(
    services: Services, watch: FolderWatch, folder: Path
) -> None:
    with services.store.write() as db:
        import_memory.remember_mapping(db, ["Kurztext"], {"title": "Kurztext"}, services.deps.clock.now())
    (folder / "export.csv").write_text("Kurztext\nDrucker klemmt\n", encoding="utf-8")
    (arrival,) = look_twice(watch)
    assert arrival.tickets == 1
