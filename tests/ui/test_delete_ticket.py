"""Deleting a ticket in the window: asked in place, gone for good, backups asked about."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction

from copilot.domain.listing import Status
from copilot.domain.query import View
from copilot.support.errors import KnownError
from copilot.ui.bridge import housekeeping
from copilot.ui.bridge.housekeeping import Closing, Housekeeping
from copilot.ui.desk.delete_bar import DeleteBar
from copilot.ui.desk.row_menu import RowMenu
from copilot.ui.models.ticket_list import TicketRole
from tests.helpers.window import Page, button, child, page_fixture

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen has no window manager

page = page_fixture()


def bar(page: Page) -> DeleteBar:
    return child(page.case, DeleteBar)


def ask(page: Page) -> int:
    """Ask to delete the ticket that is shown."""
    page.run("Delete the ticket…")
    page.settle()
    assert bar(page).isVisible()
    return page.ticket


def is_there(page: Page, ticket: int) -> bool:
    try:
        page.services.tickets.case(ticket)
    except KnownError:
        return False
    return True


def test_it_is_asked_in_place_and_keeping_is_the_default(page: Page) -> None:
    ticket = ask(page)
    number = page.stored().ticket.number
    assert bar(page).text.startswith(f"Delete {number} “")
    assert "This cannot be undone." in bar(page).text
    assert bar(page).keep_button.hasFocus()
    page.press(Qt.Key.Key_Space)
    assert bar(page).isHidden()
    ask(page)
    page.press(Qt.Key.Key_Escape)
    assert bar(page).isHidden()
    assert is_there(page, ticket)


def test_what_a_merge_took_over_is_said_to_stay(page: Page) -> None:
    ticket, into = page.ticket, page.services.tickets.search(View.ALL)[5]
    page.hub.change(page.window, lambda: page.services.merging.merge(into, [ticket]))
    page.settle()
    page.open(str(ticket))
    ask(page)
    assert "the ticket it was merged into stays there" in bar(page).text


def test_going_to_another_ticket_withdraws_the_question(page: Page) -> None:
    ask(page)
    page.sidebar.select_next()
    page.settle()
    assert bar(page).isHidden()


def test_a_deleted_ticket_is_gone_and_the_next_one_is_shown(page: Page) -> None:
    ticket = ask(page)
    number = page.stored().ticket.number
    button(bar(page), "Delete").click()
    page.settle()
    assert not is_there(page, ticket)
    assert page.told() == f"{number} is deleted."
    assert bar(page).isHidden()
    assert page.ticket not in (0, ticket)
    assert page.case.is_showing()
    assert page.sidebar._model.place(ticket) < 0


def test_text_that_was_being_typed_for_it_is_not_kept(page: Page) -> None:
    ticket = page.ticket
    page.draft_question("half a question")
    ask(page)
    button(bar(page), "Delete").click()
    page.settle()
    with page.services.store.read() as db:
        assert db.execute("SELECT count(*) FROM draft WHERE ticket = ?", (ticket,)).get == 0


def test_the_last_ticket_leaves_an_empty_desk(page: Page) -> None:
    wanted = page.open("INC-1001")
    for ticket in page.services.tickets.search(View.ALL):
        if ticket != wanted:
            page.services.removal.delete(ticket)
    ask(page)
    button(bar(page), "Delete").click()
    page.settle()
    assert not page.case.is_showing()


def test_backups_that_hold_it_are_named_and_cleaned(page: Page) -> None:
    backup = page.services.backups.create().path
    ask(page)
    number = page.stored().ticket.number.encode()
    button(bar(page), "Delete").click()
    page.settle()
    assert backup.name in bar(page).copies.text
    assert number in backup.read_bytes()
    page.sidebar.select_next()
    page.settle()
    assert bar(page).isVisible()  # a result is not withdrawn
    button(bar(page), "Take it out of the backup").click()
    page.settle()
    assert "does not hold it any more" in bar(page).copies.message.text
    assert number not in backup.read_bytes()
    button(bar(page), "Close").click()
    assert bar(page).isHidden()


def test_a_ticket_that_cannot_be_deleted_stays_and_it_is_told(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = ask(page)

    def refuse(_: int) -> None:
        raise KnownError("No.", "Kept.")

    monkeypatch.setattr(page.services.removal, "delete", refuse)
    button(bar(page), "Delete").click()
    page.settle()
    assert page.told() == "No. Kept."
    assert bar(page).isHidden()
    assert is_there(page, ticket)


def test_the_list_offers_it_for_the_row_that_was_clicked(page: Page) -> None:
    index = page.sidebar._model.index(1, 0)
    row = index.data(TicketRole.ROW)
    menu = RowMenu(page.hub, row, page.window)
    action = next(a for a in menu.actions() if isinstance(a, QAction) and a.text() == "Delete…")
    action.trigger()
    page.settle()
    assert page.ticket == row.id
    assert row.number in bar(page).text
    menu.deleteLater()


def test_what_is_past_its_time_is_removed_a_minute_after_the_start_and_daily(page: Page) -> None:
    keeper = child_of_hub(page)
    assert keeper.timer.isActive()
    assert keeper.timer.interval() == housekeeping.FIRST_MS
    ticket = page.ticket
    page.services.settings.set("retention", {"closed_months": 1})
    page.services.tickets.change(ticket, "status", Status.CLOSED.value)
    with page.services.store.write() as db:
        db.execute("UPDATE ticket SET closed_at = '2020-01-01T00:00:00.000Z' WHERE id = ?", (ticket,))
    keeper.timer.setInterval(0)
    page.wait(lambda: not is_there(page, ticket))
    page.settle()
    assert keeper.timer.isActive()
    assert keeper.timer.interval() == housekeeping.AGAIN_MS


def child_of_hub(page: Page) -> Housekeeping:
    found = page.hub.findChild(Housekeeping)
    assert isinstance(found, Housekeeping)
    return found


def test_a_closing_window_does_not_wait_for_it(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page.hub.tasks, "_closed", True)
    with pytest.raises(Closing):
        housekeeping._go_on(page.hub.tasks)
    monkeypatch.setattr(page.hub.tasks, "_closed", False)
    housekeeping._go_on(page.hub.tasks)
