"""A start that fails says so in a window: what happened, what was kept, what to do, and the newest backup."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from copilot.services.bundle import Services
from copilot.services.opening import StartRequest
from copilot.support.errors import DamagedError, KnownError
from copilot.ui.shell import start, start_error
from copilot.ui.shell.start_error import StartErrorWindow, newest_backup
from tests.helpers.desk import desk
from tests.helpers.window import PATIENCE, button, shown_texts

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen has no window manager

DAMAGED = DamagedError("The database is damaged.", "It was left as it is.", "Restore the latest backup.")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Have a desk with two backups, of which the newer one is damaged; then the desk is damaged too."""
    with desk(tmp_path, samples=False) as services:
        services.tickets.create("Kept in the backup")
        services.backups.create(tmp_path / "backups" / "desk-1.db")
    shutil.copy(tmp_path / "backups" / "desk-1.db", tmp_path / "backups" / "desk-2.db")
    (tmp_path / "backups" / "desk-2.db").write_bytes(b"no database at all, " * 500)
    os.utime(tmp_path / "backups" / "desk-1.db", (1_000_000, 1_000_000))
    (tmp_path / "desk.db").write_bytes(b"this is not a database, " * 500)
    return tmp_path


@pytest.fixture
def window(qtbot: QtBot, folder: Path) -> Iterator[StartErrorWindow]:
    made = StartErrorWindow(DAMAGED, folder)
    made.show()
    yield made
    made.close_tasks()
    made.deleteLater()


def test_it_says_what_happened_what_was_kept_and_what_to_do(window: StartErrorWindow) -> None:
    texts = shown_texts(window)
    todo = "Restore a backup, or start with another folder (--data-dir)."  # a button does it here, no command
    assert [text for text in texts if text in (DAMAGED.what, DAMAGED.kept, todo)] == [
        DAMAGED.what,
        DAMAGED.kept,
        todo,
    ]
    button(window, "Copy").click()
    assert QGuiApplication.clipboard().text() == str(DAMAGED)
    button(window, "Quit").click()
    assert window.result() == QDialog.DialogCode.Rejected


def test_the_newest_backup_that_is_whole_is_offered_and_restored(
    window: StartErrorWindow, folder: Path, qtbot: QtBot
) -> None:
    button(window, "Restore a backup…").click()
    qtbot.waitUntil(lambda: window.offer.take.isVisible(), timeout=PATIENCE)
    words = window.offer.words.text()
    assert "desk-1.db" in words
    assert "1 ticket" in words
    assert (folder / "desk.db").read_bytes().startswith(b"this is not")  # offered, not done
    assert window.rect().contains(window.offer.geometry())
    button(window, "Restore this backup").click()
    qtbot.waitUntil(lambda: window.offer.start.isVisible(), timeout=PATIENCE)
    button(window, "Start").click()
    assert window.result() == QDialog.DialogCode.Accepted
    with desk(folder, samples=False) as services:
        assert [row.title for row in services.tickets.rows([1])] == ["Kept in the backup"]
    assert list(folder.glob("desk-damaged*.db"))


def test_without_a_backup_it_says_so_and_lets_one_choose(
    window: StartErrorWindow, folder: Path, qtbot: QtBot
) -> None:
    shutil.rmtree(folder / "backups")
    button(window, "Restore a backup…").click()
    qtbot.waitUntil(lambda: window.offer.other.isVisible(), timeout=PATIENCE)
    assert "no whole backup" in window.offer.words.text()
    assert not window.offer.take.isVisible()
    window.restore(folder / "none.db")
    qtbot.waitUntil(lambda: "There is no file" in window.offer.words.text(), timeout=PATIENCE)
    assert window.quit_button.isEnabled()


def test_what_a_backup_cannot_mend_offers_to_try_again(qtbot: QtBot, tmp_path: Path) -> None:
    window = StartErrorWindow(KnownError("Another program holds the database.", todo="Close it."), tmp_path)
    window.show()
    assert not window.restore_button.isVisible()
    assert "Close it." in shown_texts(window)
    button(window, "Try again").click()
    assert window.result() == QDialog.DialogCode.Accepted
    window.close_tasks()
    window.deleteLater()


def test_a_folder_without_backups_has_no_newest(tmp_path: Path) -> None:
    assert newest_backup(tmp_path) is None


# -- the way there


class Opening:
    """A desk that cannot be opened at first."""

    def __init__(self, folder: Path, *outcomes: Exception) -> None:
        self.data_dir = folder
        self._outcomes = list(outcomes)
        self.asked = 0

    @property
    def services(self) -> Services:
        self.asked += 1
        raise self._outcomes.pop(0)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Have a screen, and collect what is shown on it; the first one is answered with Try again."""
    said: list[str] = []

    def explain(error: KnownError, _folder: Path | None, _program: str) -> bool:
        said.append(str(error))
        return len(said) == 1

    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    monkeypatch.setattr(start_error, "explain", explain)
    return said


def test_trying_again_opens_again_and_quit_leaves_the_error_to_the_console(
    told: list[str], tmp_path: Path
) -> None:
    opening = Opening(tmp_path, DAMAGED, KnownError("Still not."))
    with pytest.raises(KnownError, match=r"Still not\."):
        start.run(opening, StartRequest(), "program")
    assert told == [str(DAMAGED), "Still not."]
    assert opening.asked == 2
    assert not (tmp_path / "window.lock").exists()


def test_a_fault_of_ours_is_shown_too(told: list[str], tmp_path: Path) -> None:
    told.append("earlier")
    with pytest.raises(ZeroDivisionError):
        start.run(Opening(tmp_path, ZeroDivisionError("x")), StartRequest(), "program")
    assert "ZeroDivisionError" in told[1]


def test_where_nobody_can_see_a_window_none_waits(told: list[str], tmp_path: Path) -> None:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with pytest.raises(DamagedError):
        start.run(Opening(tmp_path, DAMAGED), StartRequest(), "program")
    assert told == []


@pytest.mark.parametrize("kind", ["damaged", "no database", "newer", "locked", "folder"])
def test_every_way_a_desk_cannot_be_opened_is_a_sentence(kind: str, tmp_path: Path) -> None:
    """What reaches the window for each: a KnownError, and a DamagedError only where a backup helps."""
    import apsw

    from copilot.storage import store
    from copilot.storage.store import Store

    folder = tmp_path / "desk"
    with desk(folder, samples=False):
        pass
    file = folder / "desk.db"
    if kind == "damaged":
        data = bytearray(file.read_bytes())
        data[100:4096] = os.urandom(3996)
        file.write_bytes(data)
    elif kind == "no database":
        file.write_bytes(b"x" * 5000)
    elif kind == "newer":
        db = apsw.Connection(str(file))
        db.execute("PRAGMA user_version = 9999")
        db.close()
    elif kind == "folder":
        (tmp_path / "file").touch()
        file = tmp_path / "file" / "desk" / "desk.db"
    else:
        holder = apsw.Connection(str(file))
        holder.execute("PRAGMA locking_mode = EXCLUSIVE")
        holder.execute("BEGIN EXCLUSIVE")
    patch = pytest.MonkeyPatch()
    patch.setattr(store, "BUSY_MS", 50)
    try:
        with pytest.raises(KnownError) as caught:
            Store(file)
    finally:
        patch.undo()
        if kind == "locked":
            holder.close()
    assert isinstance(caught.value, DamagedError) is (kind in ("damaged", "no database"))
    assert caught.value.what.endswith(".")
    assert caught.value.todo
