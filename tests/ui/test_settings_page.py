from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from copilot.services.bundle import Services
from copilot.services.settings import data_dir
from copilot.support.paths import default_data_dir
from copilot.ui.bridge.hub import Hub
from copilot.ui.settings.settings_page import SettingsPage
from copilot.ui.theme.manager import Scheme, ThemeManager

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen has no window manager


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[ThemeManager]:
    made = ThemeManager(qapp)
    yield made
    made.setParent(None)
    made.deleteLater()


@pytest.fixture
def page(hub: Hub, theme: ThemeManager, qtbot: QtBot) -> SettingsPage:
    made = SettingsPage(hub, theme)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    idle(qtbot, hub)
    return made


def idle(qtbot: QtBot, hub: Hub) -> None:
    qtbot.waitUntil(lambda: hub.tasks.is_idle)


def test_theme_is_applied_at_once_and_stored(
    page: SettingsPage, hub: Hub, theme: ThemeManager, qtbot: QtBot
) -> None:
    page.appearance.scheme_buttons[Scheme.DARK].click()
    assert theme.tokens.is_dark
    idle(qtbot, hub)
    assert hub.services.settings.get("theme") == "dark"


def test_theme_chosen_in_the_menu_shows_on_the_page(page: SettingsPage, theme: ThemeManager) -> None:
    theme.set_scheme(Scheme.DARK)
    assert page.appearance.scheme_buttons[Scheme.DARK].isChecked()


def test_text_size_by_slider_or_number_is_applied_and_stored(
    page: SettingsPage, hub: Hub, theme: ThemeManager, qtbot: QtBot
) -> None:
    look = page.appearance
    look.size_slider.setValue(150)
    assert look.size_box.value() == 150
    with qtbot.waitSignal(theme.theme_changed):
        pass
    assert theme.text_factor == 1.5
    with qtbot.waitSignal(theme.theme_changed):
        look.size_box.setValue(125)
    assert look.size_slider.value() == 125
    idle(qtbot, hub)
    assert hub.services.settings.get("text_size") == 1.25


def test_name_is_stored_on_one_line_and_used_by_the_desk(
    page: SettingsPage, hub: Hub, services: Services, qtbot: QtBot
) -> None:
    page.name_field.setText("  Ada   Lovelace ")
    page.name_field.editingFinished.emit()
    idle(qtbot, hub)
    assert services.settings.get("me") == "Ada Lovelace"
    assert "Ada Lovelace" in services.tickets.known_names()


def test_name_being_typed_is_kept_when_the_page_is_left(
    page: SettingsPage, hub: Hub, services: Services, qtbot: QtBot
) -> None:
    page.name_field.setText("Grace")
    page.hide()
    idle(qtbot, hub)
    assert services.settings.get("me") == "Grace"


def test_context_window_is_stored_and_everybody_is_told(
    page: SettingsPage, hub: Hub, services: Services, qtbot: QtBot
) -> None:
    box = page.model.window_box
    assert box.currentData() == 4096
    with qtbot.waitSignal(hub.model_changed):
        box.setCurrentIndex(box.findData(8192))
        box.activated.emit(box.currentIndex())
    assert services.models.window() == 8192


def test_another_data_folder_applies_at_the_next_start_and_moves_nothing(
    page: SettingsPage, hub: Hub, qtbot: QtBot, tmp_path: Path
) -> None:
    other = tmp_path / "elsewhere"
    try:
        page.data.use_folder(other)
        idle(qtbot, hub)
        assert data_dir(None) == other
        assert not other.exists()
        assert "next start" in page.data.folder_message.text
        assert str(other) in page.data.folder_message.text
    finally:
        (default_data_dir() / "location.json").unlink()


def test_data_folder_path_is_copied(page: SettingsPage, services: Services) -> None:
    page.data.copy_button.click()
    assert QGuiApplication.clipboard().text() == str(services.data_dir)


def test_check_of_the_machine_gives_a_report_to_copy(page: SettingsPage, qtbot: QtBot) -> None:
    page.machine.check_button.click()
    assert page.machine.message.is_running
    qtbot.waitUntil(lambda: page.machine.message.text == "Everything works.", timeout=30_000)
    page.machine.copy_button.click()
    report = QGuiApplication.clipboard().text()
    assert "Database: whole" in report
    assert "fake engine: 20 tokens" in report


def test_escape_and_back_close_the_page(page: SettingsPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.closed):
        QTest.keyClick(page.name_field, Qt.Key.Key_Escape)
    back = next(each for each in page.findChildren(QAbstractButton) if each.text() == "Back")
    with qtbot.waitSignal(page.closed):
        QTest.keyClick(back, Qt.Key.Key_Space)


def test_models_button_asks_for_the_models_page(page: SettingsPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.models_requested):
        page.model.models_button.click()


def test_nothing_is_cut_off_sideways_at_twice_the_text_size(
    page: SettingsPage, theme: ThemeManager, qtbot: QtBot
) -> None:
    page.resize(880, 560)
    theme.set_text_factor(2.0)
    QApplication.processEvents()
    assert page.scroll_area.horizontalScrollBar().maximum() == 0
