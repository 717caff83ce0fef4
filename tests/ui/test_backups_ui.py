"""Backups in the settings: the schedule, the list, a look before a restore, and the way back."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from copilot.domain.query import View
from copilot.services.backups import Every, Kind, restore_backup
from copilot.services.bundle import Services
from copilot.support.clock import SystemClock
from copilot.support.errors import KnownError
from copilot.ui.bridge.backup_watch import BackupWatch
from copilot.ui.bridge.hub import Hub
from copilot.ui.desk.new_ticket import NewTicketPanel
from copilot.ui.settings.backup_row import BackupRow
from copilot.ui.settings.backup_section import AT_ONCE, BackupSection
from copilot.ui.settings.settings_page import SettingsPage
from tests.helpers.window import Page, button, child, page_fixture, shown_texts

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen has no window manager

page = page_fixture()
slow_page = page_fixture(script="slow")


def section_of(page: Page) -> BackupSection:
    page.window.show_settings()
    page.settle()
    return child(page.window, SettingsPage).backups


def act(page: Page, row: BackupRow, name: str) -> None:
    button(row, name).click()
    page.settle()


def titles(page: Page) -> set[str]:
    ids = page.services.tickets.search(View.ALL)
    return {row.title for row in page.services.tickets.rows(ids)}


def is_asked(section: BackupSection) -> bool:
    return section.card is not None


@pytest.fixture
def section(hub: Hub, qtbot: QtBot) -> BackupSection:
    made = BackupSection(hub)
    qtbot.addWidget(made)
    made.resize(700, 900)
    made.show()
    made.refresh()
    idle(qtbot, hub)
    return made


def idle(qtbot: QtBot, hub: Hub) -> None:
    qtbot.waitUntil(lambda: hub.tasks.is_idle, timeout=30_000)


# -- the section


def test_back_up_now_says_where_it_went_and_lists_it(
    section: BackupSection, hub: Hub, services: Services, qtbot: QtBot
) -> None:
    section.backup_button.click()
    assert not section.backup_button.isEnabled()
    idle(qtbot, hub)
    (made,) = (services.data_dir / "backups").glob("*.db")
    assert str(made) in section.message.text
    assert section.backup_button.isEnabled()
    (row,) = section.rows
    assert (row.backup.path, row.backup.kind) == (made, Kind.HAND)
    qtbot.waitUntil(lambda: any(text.endswith(" 60 tickets") for text in shown_texts(row)))


def test_a_backup_that_fails_says_why(
    section: BackupSection, hub: Hub, services: Services, qtbot: QtBot
) -> None:
    (services.data_dir / "backups").write_text("in the way", encoding="utf-8")
    section.backup_button.click()
    qtbot.waitUntil(lambda: bool(section.message.text))
    assert "backups" in section.message.text
    idle(qtbot, hub)
    assert section.backup_button.isEnabled()


def test_a_backup_can_be_cancelled(
    section: BackupSection, hub: Hub, services: Services, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("copilot.services.backups.BackupService.create", wait_for_cancel)
    section.backup_button.click()
    assert section.message.is_running
    section.message.cancel_button.click()
    idle(qtbot, hub)
    assert section.message.text == "Stopped. Nothing was changed."
    assert section.rows == []


def wait_for_cancel(_self: object, _target: object, _progress: object, cancelled: object) -> None:
    from copilot.storage.backup import StoppedError

    assert callable(cancelled)
    while not cancelled():
        pass
    raise StoppedError


def test_the_schedule_is_kept(
    section: BackupSection, hub: Hub, services: Services, qtbot: QtBot, tmp_path: Path
) -> None:
    assert section.every_box.currentData() is Every.DAY or section.every_box.currentData() == "day"
    section.every_box.setCurrentIndex(1)
    section.every_box.activated.emit(1)
    idle(qtbot, hub)
    section.keep_box.setValue(3)
    idle(qtbot, hub)
    folder = tmp_path / "stick"
    folder.mkdir()
    section.use_folder(str(folder))
    idle(qtbot, hub)
    assert services.backups.schedule() == (Every.WEEK, 3, str(folder))
    assert section.own_button.isVisible()
    section.use_folder(str(tmp_path / "gone"))
    qtbot.waitUntil(lambda: bool(section.schedule_message.text))
    assert "is not there" in section.schedule_message.text
    idle(qtbot, hub)
    section.own_button.click()
    idle(qtbot, hub)
    assert services.backups.schedule().folder == ""
    section.every_box.setCurrentIndex(2)
    section.every_box.activated.emit(2)
    idle(qtbot, hub)
    assert services.backups.next_at() is None
    assert not section.keep_box.isVisible()
    assert any("unless you do it" in text for text in shown_texts(section))


def test_a_copy_is_verified_in_place(
    section: BackupSection, hub: Hub, services: Services, qtbot: QtBot
) -> None:
    whole, cut = services.backups.create().path, services.backups.create().path
    cut.write_bytes(cut.read_bytes()[:50_000])
    section.refresh()
    idle(qtbot, hub)
    by_path = {row.backup.path: row for row in section.rows}
    by_path[whole].verify_button.click()
    idle(qtbot, hub)
    assert by_path[whole].message.text.startswith("Whole:")
    by_path[cut].verify_button.click()
    idle(qtbot, hub)
    assert "damaged" in by_path[cut].message.text
    assert by_path[whole].verify_button.isEnabled()


def test_a_copy_is_deleted_only_after_a_yes(
    section: BackupSection, hub: Hub, services: Services, qtbot: QtBot
) -> None:
    copy = services.backups.create().path
    section.refresh()
    idle(qtbot, hub)
    (row,) = section.rows
    row.delete_button.click()
    row.no_button.click()
    idle(qtbot, hub)
    assert copy.is_file()
    row.delete_button.click()
    row.yes_button.click()
    idle(qtbot, hub)
    assert not copy.exists()
    assert section.rows == []


def test_a_long_list_shows_the_newest_and_the_rest_on_demand(
    section: BackupSection, hub: Hub, services: Services, qtbot: QtBot
) -> None:
    for _ in range(AT_ONCE + 2):
        services.backups.create()
    section.refresh()
    idle(qtbot, hub)
    assert len(section.rows) == AT_ONCE
    section.more_button.click()
    assert len(section.rows) == AT_ONCE + 2
    assert not section.more_button.isVisible()


# -- by itself


def test_the_window_makes_the_backup_that_is_due_and_no_second_one(
    hub: Hub, services: Services, qtbot: QtBot, qapp: object
) -> None:
    watch = BackupWatch(hub)
    assert 30_000 <= watch.timer.interval() <= 120_000
    with qtbot.waitSignal(watch.made, timeout=30_000):
        watch.look()
    assert watch.timer.interval() == 3_600_000
    watch.look()
    idle(qtbot, hub)
    assert len(services.backups.copies()) == 1


def test_a_backup_that_fails_is_told_once_a_day_and_tried_again(
    hub: Hub, services: Services, qtbot: QtBot, qapp: object
) -> None:
    in_the_way = services.data_dir / "backups"
    in_the_way.write_text("x", encoding="utf-8")
    said: list[str] = []
    hub.toast_requested.connect(lambda text, _: said.append(text))
    watch = BackupWatch(hub)
    for _ in range(3):
        watch.look()
        idle(qtbot, hub)
    assert len(said) == 1
    assert said[0].startswith("Today's backup could not be made.")
    in_the_way.unlink()
    with qtbot.waitSignal(watch.made, timeout=30_000):
        watch.look()


# -- going back


def test_a_restore_is_looked_at_cancelled_done_and_taken_back(page: Page) -> None:
    shown = page.open("INC-1003")
    copy = page.services.backups.create().path
    later, _ = page.services.tickets.create("made later")
    page.run("Write an internal note")
    page.type("half a note")
    section = section_of(page)
    row = next(row for row in section.rows if row.backup.path == copy)
    act(page, row, "Restore…")
    card = section.card
    assert card is not None
    assert "1 ticket that only the desk has would go" in shown_texts(card)
    assert any(text.startswith(f"{later.number}  made later") for text in shown_texts(card))
    card.cancel_button.click()
    assert not is_asked(section)
    assert "made later" in titles(page)

    act(page, row, "Restore…")
    assert section.card is not None
    section.card.restore_button.click()
    page.wait(lambda: page.told().startswith("Restored: 60 tickets."))
    page.settle()
    assert page.window.isEnabled()
    assert "made later" not in titles(page)
    assert page.ticket == shown  # the same number; here it has the same id, too
    assert page.write_box.toPlainText() == "half a note"
    assert page.stored().drafts["note"].text == "half a note"

    button_of = page.toasts()[-1].action_button
    assert button_of is not None
    assert button_of.text() == "Go back"
    button_of.click()
    page.wait(lambda: "made later" in titles(page))
    page.wait(lambda: page.told().startswith("Restored: 61 tickets."))
    page.settle()
    assert page.stored().drafts["note"].text == "half a note"


def other_desk(page: Page, tmp_path: Path) -> Path:
    """Return a backup of another desk, where every id belongs to another ticket."""
    from tests.helpers.desk import desk

    with desk(tmp_path / "other", samples=False) as other:
        for n in range(30):
            other.tickets.create(f"of the other desk {n}")
        with other.deps.store.write() as db:
            db.execute("UPDATE ticket SET number = 'INC-1003', title = 'the same number' WHERE id = 20")
        return other.backups.create().path


def test_on_another_desk_the_ticket_is_found_by_its_number_and_no_draft_goes_astray(
    page: Page, tmp_path: Path
) -> None:
    page.open("INC-1002")
    page.open("INC-1003")
    assert page.action("Back to the ticket before").isEnabled()
    page.draft_question("a question for 1003")
    page.run("New ticket")
    page.type("A caller just now")
    section = section_of(page)
    section.restore_file(other_desk(page, tmp_path))
    page.wait(lambda: section.card)
    assert section.card is not None
    section.card.restore_button.click()
    page.wait(lambda: page.told().startswith("Restored: 30 tickets."))
    page.settle()
    assert page.ticket == 20
    assert page.stored().ticket.title == "the same number"
    assert not page.action("Back to the ticket before").isEnabled()
    assert page.ask_box.toPlainText() == "a question for 1003"
    for ticket in page.services.tickets.search(View.ALL):
        drafts = page.services.tickets.case(ticket).drafts
        assert set(drafts) == ({"question"} if ticket == 20 else set()), ticket
    page.run("New ticket")
    page.settle()
    assert child(page.window, NewTicketPanel).values()["title"] == "A caller just now"
    assert page.services.tickets.new_ticket_draft()["new_title"].text == "A caller just now"


def test_a_restore_by_another_program_makes_the_window_read_everything_anew(
    page: Page, tmp_path: Path
) -> None:
    page.open("INC-1003")
    page.run("Write an internal note")
    page.type("for 1003")
    page.settle()
    number_of_undo = page.services.tickets.change(page.ticket, "priority", "P1")
    page.hub.announce_change(number_of_undo)
    page.wait(page.toasts)
    page.wait(lambda: page.services.store._last_seen_version)  # it looks once a second
    restore_backup(other_desk(page, tmp_path), page.services.data_dir, SystemClock())
    page.wait(lambda: page.ticket == 20)
    page.settle()
    assert page.toasts() == []  # its Undo would take back somebody else's change
    assert page.write_box.toPlainText() == "for 1003"


def test_where_the_ticket_is_gone_the_first_one_is_shown(page: Page, tmp_path: Path) -> None:
    page.open("INC-1002")
    restored = other_desk(page, tmp_path)
    section = section_of(page)
    section.restore_file(restored)
    page.wait(lambda: section.card)
    assert section.card is not None
    section.card.restore_button.click()
    page.wait(lambda: page.told().startswith("Restored"))
    page.settle()
    assert page.stored().ticket.title.startswith("of the other desk")
    assert page.sidebar.current_id() == page.ticket


def test_an_answer_under_way_is_stopped_for_a_restore_and_comes_back_with_it(slow_page: Page) -> None:
    page = slow_page
    copy = page.services.backups.create().path
    card = page.ask(until="text")
    section = section_of(page)
    act(page, next(row for row in section.rows if row.backup.path == copy), "Restore…")
    assert section.card is not None
    section.card.restore_button.click()
    page.wait(lambda: page.told().startswith("Restored"))
    page.settle()
    assert page.conversation.last_card() is None
    action = page.toasts()[-1].action_button
    assert action is not None
    action.click()
    page.wait(lambda: page.conversation.card(card.uid))
    assert page.stored_answer(card.uid).answer.text


def test_a_restore_waits_for_text_that_is_not_stored(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = page.services.backups.create().path
    real = page.services.tickets.save_draft

    def full(*_: object) -> None:
        raise KnownError("The disk is full, so this could not be stored.")

    monkeypatch.setattr(page.services.tickets, "save_draft", full)
    page.run("Write an internal note")
    page.type("half a note")
    page.wait(lambda: page.hub.drafts.why)
    section = section_of(page)
    row = next(row for row in section.rows if row.backup.path == copy)
    act(page, row, "Restore…")
    assert section.card is not None
    section.card.restore_button.click()
    page.wait(lambda: row.message.text)
    assert "is not stored yet" in row.message.text
    assert page.window.isEnabled()
    assert [each.kind for each in page.services.backups.copies()] == [Kind.HAND]
    monkeypatch.setattr(page.services.tickets, "save_draft", real)
    page.hub.drafts.retry()
    page.wait(lambda: not page.hub.drafts.why)


def test_escape_closes_the_question_and_not_the_page(page: Page) -> None:
    page.services.backups.create()
    section = section_of(page)
    act(page, section.rows[0], "Restore…")
    assert section.card is not None
    card = section.card
    page.wait(lambda: page.has_focus(card.cancel_button))
    page.press(Qt.Key.Key_Escape)
    assert not is_asked(section)
    assert section.isVisible()


def test_nothing_is_cut_off_sideways_at_twice_the_text_size(page: Page) -> None:
    page.services.backups.create()
    section = section_of(page)
    page.window.resize(880, 560)
    page.window._theme.set_text_factor(2.0)
    act(page, section.rows[0], "Restore…")
    page.qtbot.wait(100)
    assert child(page.window, SettingsPage).scroll_area.horizontalScrollBar().maximum() == 0
