"""The system tray: a short way to the window, never the only one."""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QApplication, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from copilot.services.settings import DEFAULTS
from copilot.ui.settings.settings_page import SettingsPage
from copilot.ui.shell.tray import Tray
from tests.helpers.window import Page, child, page_fixture, shown_texts

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", "systemTrayWindowChanged")

page = page_fixture()


class Desktop:
    """Has a tray, until it has none."""

    has_tray = True

    def available(self) -> bool:
        return self.has_tray


@pytest.fixture
def desktop() -> Desktop:
    return Desktop()


@pytest.fixture
def tray(page: Page, desktop: Desktop) -> Iterator[Tray]:
    made = Tray(page.window, desktop.available)
    made._watch.setInterval(20)
    made.begin(dict(DEFAULTS))
    page.window.stays_hidden = made.holds_the_window
    yield made
    made.close()


def entry(tray: Tray, text: str) -> QAction:
    return next(action for action in tray.menu.actions() if action.text() == text)


def test_closing_the_window_ends_the_program_unless_told_otherwise(
    page: Page, tray: Tray, qtbot: QtBot
) -> None:
    assert tray.is_shown
    with qtbot.waitSignal(page.window.left, timeout=1000):
        page.window.close()
    assert not page.window.isVisible()


def test_with_the_setting_it_hides_and_comes_back_with_show(page: Page, tray: Tray, qtbot: QtBot) -> None:
    page.hub.set_setting("tray_keeps_running", True)
    with qtbot.assertNotEmitted(page.window.left):
        page.window.close()
    assert not page.window.isVisible()
    entry(tray, "Show").trigger()
    assert page.window.isVisible()
    page.settle()
    assert page.services.settings.get("tray_keeps_running") is True


def test_quit_ends_it_all_the_same(page: Page, tray: Tray, qtbot: QtBot) -> None:
    page.hub.set_setting("tray_keeps_running", True)
    page.window.close()
    with qtbot.waitSignal(page.window.left, timeout=1000):
        entry(tray, "Quit").trigger()


def test_the_window_comes_back_where_the_tray_goes_away(page: Page, tray: Tray, desktop: Desktop) -> None:
    page.hub.set_setting("tray_keeps_running", True)
    page.window.close()
    assert not page.window.isVisible()
    desktop.has_tray = False
    page.wait(page.window.isVisible)
    assert not tray._watch.isActive()


def test_without_a_tray_the_setting_does_nothing(
    page: Page, tray: Tray, desktop: Desktop, qtbot: QtBot
) -> None:
    page.hub.set_setting("tray_keeps_running", True)
    desktop.has_tray = False
    with qtbot.waitSignal(page.window.left, timeout=1000):
        page.window.close()


def test_switching_the_icon_off_while_the_window_is_hidden_shows_it(page: Page, tray: Tray) -> None:
    page.hub.set_setting("tray_keeps_running", True)
    page.window.close()
    page.hub.set_setting("tray", False)
    assert page.window.isVisible()
    assert not tray.is_shown
    page.hub.set_setting("tray", True)
    assert tray.is_shown


def test_a_new_ticket_is_two_clicks_away(page: Page, tray: Tray) -> None:
    entry(tray, "New ticket").trigger()
    assert not page.case.isVisible()
    page.settle()


def test_a_ticket_from_the_clipboard_too(page: Page, tray: Tray) -> None:
    QGuiApplication.clipboard().setText("Printer offline\n\nIt says 0x0000011b since Monday.")
    page.window.hide()
    entry(tray, "New ticket from clipboard").trigger()
    page.wait(lambda: any("0x0000011b" in text for text in shown_texts(page.window)))
    assert not page.case.isVisible()
    page.settle()


def test_notifications_come_by_the_icon_while_there_is_one(page: Page, tray: Tray) -> None:
    assert isinstance(page.window.tray, QSystemTrayIcon)
    page.hub.set_setting("tray", False)
    assert page.window.tray is None


def test_do_not_disturb_is_stored_and_shown(page: Page, tray: Tray) -> None:
    mark = entry(tray, "Do not disturb")
    assert not mark.isChecked()
    mark.trigger()
    page.settle()
    assert page.services.settings.get("do_not_disturb") is True
    page.hub.set_setting("do_not_disturb", False)  # by another part of the program
    assert not mark.isChecked()


def test_the_settings_page_offers_it_where_there_is_a_tray(
    page: Page, tray: Tray, monkeypatch: pytest.MonkeyPatch, qapp: QApplication
) -> None:
    from copilot.ui.settings import window_section

    class WithTray:
        @staticmethod
        def isSystemTrayAvailable() -> bool:
            return True

    monkeypatch.setattr(window_section, "QSystemTrayIcon", WithTray)
    page.run("Settings")
    page.settle()
    section = child(page.window, SettingsPage).window_section
    assert section.tray_box.isChecked()
    section.stay_box.click()
    assert tray.holds_the_window()
    section.tray_box.click()
    assert not tray.is_shown
    assert not section.stay_box.isEnabled()
    page.settle()
    assert page.services.settings.get("tray") is False


def test_the_settings_page_says_where_there_is_none(page: Page) -> None:
    page.run("Settings")
    page.settle()
    section = child(page.window, SettingsPage).window_section
    assert not section.tray_box.isEnabled()
    assert section._why.text() == "This desktop has no system tray."
