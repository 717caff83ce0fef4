"""The watched folder: chosen in the settings, looked at while the window is open."""

from pathlib import Path

import pytest

from copilot.domain.query import View
from copilot.ui.desk import folder_watcher
from copilot.ui.settings.settings_page import SettingsPage
from tests.helpers.window import Page, page_fixture

page = page_fixture()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_watcher, "LOOK_MS", 20)


def watch(page: Page, folder: str) -> SettingsPage:
    page.window.show_settings()
    settings = page.window.findChild(SettingsPage)
    assert settings is not None
    page.settle()  # it has read what is stored
    settings.files.watch(folder)
    return settings


def test_a_file_in_the_watched_folder_becomes_tickets_and_undo_takes_them_back(
    page: Page, tmp_path: Path
) -> None:
    before = page.services.tickets.search(View.ALL)
    folder = tmp_path / "drop"
    folder.mkdir()
    settings = watch(page, str(folder))
    (folder / "export.csv").write_text("number,title\nX-1,one\nX-2,two\n", encoding="utf-8")
    page.wait(lambda: page.toasts())
    assert page.told() == "2 tickets from export.csv"
    assert len(page.services.tickets.search(View.ALL)) == len(before) + 2
    settings.files.watch("")
    page.undo()
    assert page.services.tickets.search(View.ALL) == before


def test_a_failure_is_told_and_the_file_stays(page: Page, tmp_path: Path) -> None:
    folder = tmp_path / "drop"
    folder.mkdir()
    (folder / "bad.json").write_text("{", encoding="utf-8")
    settings = watch(page, str(folder))
    page.wait(lambda: page.toasts())
    assert page.told().startswith("bad.json was not imported. bad.json is not valid JSON")
    assert (folder / "bad.json").is_file()
    settings.files.watch("")
    page.settle()


def test_the_folder_is_kept_shown_and_can_be_given_up(page: Page, tmp_path: Path) -> None:
    settings = watch(page, str(tmp_path))
    page.wait(lambda: page.services.settings.get("watched_folder") == str(tmp_path))
    assert settings.files.stop_button.isVisible()
    settings.files.stop_button.click()
    page.wait(lambda: page.services.settings.get("watched_folder") == "")
    assert not settings.files.stop_button.isVisible()
    watcher = page.window.findChild(folder_watcher.FolderWatcher)
    assert watcher is not None
    assert not watcher._timer.isActive()
