"""The page on what is recorded about people, and what it does."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from copilot.domain.personal_data import About, personal_data
from copilot.services.bundle import Services
from copilot.ui.bridge.hub import Hub
from copilot.ui.settings.privacy_page import PrivacyPage
from copilot.ui.settings.settings_page import SettingsPage
from copilot.ui.theme.manager import ThemeManager
from copilot.ui.widgets.full_table import FullTable
from tests.helpers.window import button

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen has no window manager
DANA, MAIL = "Dana Whitfield", "dana.whitfield@harbourline.example"


@pytest.fixture
def page(hub: Hub, qtbot: QtBot) -> PrivacyPage:
    made = PrivacyPage(hub)
    qtbot.addWidget(made)
    made.resize(1100, 800)
    made.show()
    idle(qtbot, hub)
    return made


def idle(qtbot: QtBot, hub: Hub) -> None:
    qtbot.waitUntil(lambda: hub.tasks.is_idle, timeout=30_000)


def test_the_whole_register_is_shown_with_counts(page: PrivacyPage) -> None:
    shown = {
        tuple(str(model.index(row, column).data()) for column in range(6))
        for model in page.register.models.values()
        for row in range(model.rowCount())
    }
    assert {row[:5] for row in shown} == {(f.name, f.what, f.why, f.kept, f.seen_by) for f in personal_data()}
    (requesters,) = [row[5] for row in shown if row[0] == "Requester"]
    assert int(requesters) > 40


def test_every_cell_has_room_for_its_text(page: PrivacyPage) -> None:
    for table in page.findChildren(FullTable):
        model = table.model()
        assert model.rowCount() > 3
        assert table.horizontalScrollBar().maximum() == table.verticalScrollBar().maximum() == 0
        for row in range(model.rowCount()):
            for column in range(model.columnCount()):
                assert table.rowHeight(row) >= table.sizeHintForIndex(model.index(row, column)).height()


def test_a_row_that_is_gone_to_by_key_comes_into_sight(page: PrivacyPage, qtbot: QtBot) -> None:
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    table = page.findChildren(FullTable)[0]
    bar = page.scroll_area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 1000)  # the page has taken the tables' height
    table.setFocus()
    table.setCurrentIndex(table.model().index(0, 0))
    for _ in range(table.model().rowCount() - 1):
        QTest.keyClick(table, Qt.Key.Key_Down)
    row = table.visualRect(table.currentIndex())
    at = table.viewport().mapTo(page.scroll_area.viewport(), row.center())
    assert bar.value() > 0
    assert page.scroll_area.viewport().rect().contains(at)


def test_the_data_folder_can_be_copied_and_its_content_is_told(
    page: PrivacyPage, services: Services, hub: Hub, qtbot: QtBot
) -> None:
    page.places.copy_button.click()
    assert QGuiApplication.clipboard().text() == str(services.data_dir)
    assert "The desk: 3 files" in page.places.content.text()
    assert "Copies" not in page.places.content.text()
    services.backups.create()
    page.refresh()
    idle(qtbot, hub)
    assert "Copies of the desk: 1 file" in page.places.content.text()


def test_a_rule_is_kept_as_it_is_chosen(
    page: PrivacyPage, services: Services, hub: Hub, qtbot: QtBot
) -> None:
    box = page.retention.boxes["closed_months"]
    assert box.currentText() == "For good"
    box.setCurrentIndex(box.findText("1 year"))
    box.activated.emit(box.currentIndex())
    idle(qtbot, hub)
    stored = services.settings.get("retention")
    assert stored == {"closed_months": 12, "draft_days": 30, "undo_days": 1, "visit_days": 90, "log_days": 30}


def test_a_rule_that_was_set_elsewhere_is_shown(
    page: PrivacyPage, services: Services, hub: Hub, qtbot: QtBot
) -> None:
    services.settings.set("retention", {"visit_days": 45})
    page.refresh()
    idle(qtbot, hub)
    assert page.retention.boxes["visit_days"].currentText() == "45 days"
    assert page.retention.boxes["draft_days"].currentText() == "30 days"


def test_what_is_past_its_time_is_removed_on_request(
    page: PrivacyPage, services: Services, hub: Hub, qtbot: QtBot
) -> None:
    page.retention.apply_button.click()
    idle(qtbot, hub)
    assert page.retention.message.text == "Nothing was past its time."
    assert page.retention.apply_button.isEnabled()


def test_left_empty_it_is_about_oneself(page: PrivacyPage, hub: Hub, qtbot: QtBot, tmp_path: Path) -> None:
    person = page.person
    assert person.export_button.text() == "Export my data…"
    file = tmp_path / "me.json"
    person.export_to(file)
    idle(qtbot, hub)
    assert json.loads(file.read_text(encoding="utf-8"))["person"]["is_me"]
    assert str(file) in person.message.text
    person.field.setText(DANA)
    assert person.export_button.text() == "Export…"
    assert person.message.text == ""


def test_an_export_that_fails_says_why(page: PrivacyPage, hub: Hub, qtbot: QtBot, tmp_path: Path) -> None:
    page.person.export_to(tmp_path / "no" / "where.json")
    idle(qtbot, hub)
    assert "cannot be written" in page.person.message.text
    assert page.person.export_button.isEnabled()


def test_what_is_recorded_about_one_person_is_shown(page: PrivacyPage, hub: Hub, qtbot: QtBot) -> None:
    page.person.field.setText(MAIL)
    page.person.show_button.click()
    idle(qtbot, hub)
    assert page.person.result.text().startswith(f"Recorded about {DANA}, {MAIL}:")
    assert "× Requester" in page.person.result.text()
    page.person.field.setText("Nobody Known")
    assert page.person.result.isHidden()
    page.person.show_button.click()
    idle(qtbot, hub)
    assert page.person.message.text == "Nothing is recorded about Nobody Known."


def test_deleting_counts_asks_and_can_be_kept(
    page: PrivacyPage, services: Services, hub: Hub, qtbot: QtBot
) -> None:
    person = page.person
    person.field.setText(DANA)
    person.delete_button.click()
    idle(qtbot, hub)
    assert "This cannot be undone." in person.result.text()
    assert person.keep_button.hasFocus()
    person.keep_button.click()
    assert person.sure_button.isHidden() or not person.sure_button.isVisible()
    person.delete()  # nothing is asked about any more
    idle(qtbot, hub)
    assert services.privacy.summary(services.privacy.find(MAIL))


def test_who_is_deleted_is_gone_and_the_backups_are_asked_about(
    page: PrivacyPage, services: Services, hub: Hub, qtbot: QtBot
) -> None:
    backup = services.backups.create().path
    person = page.person
    person.field.setText(DANA)
    person.delete_button.click()
    idle(qtbot, hub)
    with qtbot.waitSignal(hub.changed):
        person.sure_button.click()
    idle(qtbot, hub)
    assert "is deleted" in person.message.text
    assert services.privacy.summary(services.privacy.find(MAIL)) == ()
    assert backup.name in person.copies.text
    assert MAIL.encode() in backup.read_bytes()
    button(person, "Take it out of the backup").click()
    idle(qtbot, hub)
    assert "1 backup does not hold it any more." in person.copies.message.text
    assert MAIL.encode() not in backup.read_bytes()


def test_backups_can_be_deleted_or_left(
    page: PrivacyPage, services: Services, hub: Hub, qtbot: QtBot
) -> None:
    backup = services.backups.create().path
    copies = page.person.copies
    copies.offer(services.removal.delete(1).copies, lambda _: [])
    copies.leave_button.click()
    assert copies.isHidden()
    assert backup.exists()
    copies.offer(services.removal.delete(2).copies, lambda _: [])
    copies.delete_button.click()
    idle(qtbot, hub)
    assert not backup.exists()


def test_what_could_not_be_done_is_told(
    page: PrivacyPage, services: Services, hub: Hub, qtbot: QtBot
) -> None:
    services.backups.create()
    copies = page.person.copies
    copies.offer(services.removal.delete(1).copies, lambda place: [f"{place.path.name} is locked."])
    copies.clean_button.click()
    idle(qtbot, hub)
    assert "is locked." in copies.message.text


def test_the_settings_lead_to_the_page(hub: Hub, qapp: QApplication, qtbot: QtBot) -> None:
    theme = ThemeManager(qapp)
    settings = SettingsPage(hub, theme)
    qtbot.addWidget(settings)
    with qtbot.waitSignal(settings.privacy_requested):
        settings.data.privacy_button.click()
    idle(qtbot, hub)
    theme.setParent(None)
    theme.deleteLater()


def test_nothing_is_cut_off_sideways_at_twice_the_text_size(
    page: PrivacyPage, hub: Hub, qapp: QApplication, qtbot: QtBot
) -> None:
    theme = ThemeManager(qapp)
    page.resize(880, 560)
    theme.set_text_factor(2.0)
    QApplication.processEvents()
    assert page.scroll_area.horizontalScrollBar().maximum() == 0
    theme.setParent(None)
    theme.deleteLater()


def test_the_three_groups_are_there() -> None:
    assert {field.about for field in personal_data()} == set(About)
