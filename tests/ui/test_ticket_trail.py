"""Back and forward, recent and pinned tickets."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from copilot.storage import tickets
from copilot.ui.desk.history import History
from copilot.ui.desk.recent_tickets import RecentTickets
from copilot.ui.desk.row_menu import RowMenu
from copilot.ui.models.ticket_list import TicketRole
from tests.helpers.window import ALT, CONTROL, Page, child, open_page, page_fixture

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen has no window manager

page = page_fixture()


# -- the way


def test_the_way_goes_back_and_forward_and_is_cut_where_one_turns_off() -> None:
    way = History()
    assert [way.visit(ticket) for ticket in (1, 2, 2, 3)] == [True, True, False, True]
    assert way.behind() == (2, 1)
    way.step(2, -1)
    assert (way.behind(), way.ahead()) == ((1,), (3,))
    way.visit(4)
    assert (way.behind(), way.ahead()) == ((2, 1), ())


def test_tickets_that_are_gone_are_passed_by_and_forgotten() -> None:
    way = History()
    for ticket in (1, 2, 3, 4):
        way.visit(ticket)
    way.step(1, -1)  # 3 and 2 are gone
    assert (way.behind(), way.ahead()) == ((), (4,))
    way.step(0, 1)  # and now 4 is, too
    assert (way.behind(), way.ahead()) == ((), ())
    way.visit(5)
    assert way.behind() == (1,)


@given(st.lists(st.tuples(st.sampled_from("vbf"), st.integers(1, 5)), max_size=60))
def test_where_one_stands_is_always_on_the_way(steps: list[tuple[str, int]]) -> None:
    way, current = History(), 0
    for kind, ticket in steps:
        if kind == "v":
            way.visit(ticket)
            current = ticket
        else:
            ahead = way.behind() if kind == "b" else way.ahead()
            if ahead:
                to = ahead[ticket % len(ahead)]
                way.step(to, -1 if kind == "b" else 1)
                current = to
        assert current == 0 or not way.visit(current)


# -- in the window


def go(page: Page, key: Qt.Key) -> None:
    page.sidebar.focus_list()
    page.press(key, ALT)
    page.settle()


def test_back_and_forward_lead_through_the_tickets(page: Page) -> None:
    first = page.ticket
    assert not page.action("Back to the ticket before").isEnabled()
    second, third = page.open("INC-1043"), page.open("INC-1045")
    go(page, Qt.Key.Key_Left)
    assert page.ticket == second == page.sidebar.current_id()
    go(page, Qt.Key.Key_Left)
    assert page.ticket == first
    assert not page.action("Back to the ticket before").isEnabled()
    go(page, Qt.Key.Key_Right)
    go(page, Qt.Key.Key_Right)
    assert page.ticket == third
    assert not page.action("Forward to the next ticket").isEnabled()


def test_a_ticket_that_is_gone_is_skipped_on_the_way_back(page: Page) -> None:
    first = page.ticket
    second = page.open("INC-1043")
    page.open("INC-1045")
    with page.services.store.write() as db:
        tickets.set_hidden(db, second, True)
    go(page, Qt.Key.Key_Left)
    assert page.ticket == first


def test_the_mouse_buttons_at_the_side_go_back_and_forward(page: Page) -> None:
    first = page.ticket
    second = page.open("INC-1043")
    handle = page.window.windowHandle()
    over_the_list = page.sidebar.tickets.mapTo(page.window, QPoint(40, 40))
    QTest.mouseClick(handle, Qt.MouseButton.BackButton, pos=over_the_list)
    page.wait(lambda: page.ticket == first)
    page.settle()
    QTest.mouseClick(handle, Qt.MouseButton.ForwardButton, pos=over_the_list)
    page.wait(lambda: page.ticket == second)
    page.settle()


def popup(page: Page) -> RecentTickets:
    return child(page.window, RecentTickets)


def open_recent(page: Page) -> RecentTickets:
    page.press(Qt.Key.Key_E, CONTROL)
    page.wait(lambda: page.window.findChild(RecentTickets) and popup(page).isVisible())
    return popup(page)


def title(page: Page, ticket: int) -> str:
    return page.services.ticket_list.rows([ticket])[0].title


def test_recent_tickets_come_newest_first_and_enter_goes_to_the_one_before(page: Page) -> None:
    first = page.ticket
    second, third = page.open("INC-1043"), page.open("INC-1045")
    shown = open_recent(page).shown()
    assert shown == ["Recent", title(page, second), title(page, first)]
    page.press(Qt.Key.Key_Return)
    page.wait(lambda: page.ticket == second)
    page.settle()
    assert not popup(page).isVisible()
    open_recent(page)
    assert popup(page).shown() == ["Recent", title(page, third), title(page, first)]
    page.press(Qt.Key.Key_E, CONTROL)
    assert not popup(page).isVisible()


def test_typing_finds_a_recent_ticket_by_number_title_or_name(page: Page) -> None:
    page.open("INC-1043")
    wanted = page.open("INC-1045")
    requester = page.services.ticket_list.rows([wanted])[0].requester
    page.open("INC-1046")
    for words in ("inc-1045", requester.split()[0].upper(), " ".join(title(page, wanted).split()[:2])):
        open_recent(page)
        page.type(words)
        assert title(page, wanted) in popup(page).shown()
        assert title(page, page.ticket) not in popup(page).shown()
        page.press(Qt.Key.Key_Escape)  # empties the field or closes
        popup(page).hide()
    open_recent(page)
    page.type("inc-1045")
    page.press(Qt.Key.Key_Return)
    page.wait(lambda: page.ticket == wanted)
    page.settle()


def test_nothing_found_is_said(page: Page) -> None:
    page.open("INC-1043")
    open_recent(page)
    page.type("zzzz")
    assert popup(page).shown() == []
    assert popup(page).nothing.text() == "None of these tickets has that."
    page.press(Qt.Key.Key_Return)  # does nothing
    assert popup(page).isVisible()


def test_p_in_the_list_pins_and_elsewhere_is_a_letter(page: Page) -> None:
    ticket = page.ticket
    page.sidebar.focus_list()
    page.press(Qt.Key.Key_P)
    page.settle()

    def is_pinned() -> bool:
        (row,) = page.services.ticket_list.rows([ticket])
        return row.is_pinned

    assert is_pinned()
    assert page.told().endswith("pinned")
    place = page.sidebar._model.place(ticket)
    page.wait(lambda: page.sidebar._model.index(place).data(TicketRole.ROW).is_pinned)
    assert "pinned" in page.sidebar._model.index(place).data(Qt.ItemDataRole.AccessibleTextRole)
    page.undo()
    assert not is_pinned()
    page.draft_question("p")
    page.settle()
    assert page.ask_box.toPlainText() == "p"
    assert not is_pinned()


def test_pinned_tickets_stand_above_the_recent_ones_and_are_pinned_by_the_menu(page: Page) -> None:
    first = page.ticket
    pinned = page.services.tickets.resolve_id("INC-1046")
    menu = RowMenu(page.hub, page.services.ticket_list.rows([pinned])[0], page.sidebar)
    next(action for action in menu.actions() if action.text() == "Pin").trigger()
    page.settle()
    page.open("INC-1043")
    box = open_recent(page)
    assert box.shown() == ["Pinned", title(page, pinned), "Recent", title(page, first)]
    assert box.items.currentItem().text() == title(page, first)
    page.press(Qt.Key.Key_Up)
    assert box.items.currentItem().text() == title(page, pinned)  # over the heading
    page.press(Qt.Key.Key_Return)
    page.wait(lambda: page.ticket == pinned)
    page.settle()
    menu.deleteLater()
    again = RowMenu(page.hub, page.services.ticket_list.rows([pinned])[0], page.sidebar)
    assert "Unpin" in [action.text() for action in again.actions()]
    again.deleteLater()


def test_recent_tickets_outlive_the_program_and_the_way_back_does_not(qtbot: QtBot, tmp_path: Path) -> None:
    with open_page(qtbot, tmp_path) as before:
        opened = before.open("INC-1045")
    with open_page(qtbot, tmp_path, samples=False) as page:
        assert not page.action("Back to the ticket before").isEnabled()
        assert title(page, opened) in open_recent(page).shown()
        popup(page).close_picker()
