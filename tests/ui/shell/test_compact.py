"""The narrow window beside a browser: everything one works with is in it, and the full one comes back as it was."""

from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from copilot.domain.query import View
from copilot.ui.desk.ticket_list_view import TicketListView
from copilot.ui.shell import layout
from copilot.ui.shell.compact import CompactBar
from copilot.ui.widgets.splitter import Splitter
from tests.helpers.window import NO_KEY, Page, button, child, open_page, page_fixture

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen has no window manager

page = page_fixture()


def bar(page: Page) -> CompactBar:
    return child(page.window, CompactBar)


def is_wide_enough(area: QScrollArea) -> bool:
    return area.horizontalScrollBar().maximum() == 0


def is_inside(page: Page, part: QWidget) -> bool:
    """Tell whether the whole part is on screen within the window."""
    place = QRect(part.mapTo(page.window, part.rect().topLeft()), part.size())
    return page.window.rect().contains(place) and part.isVisible()


def test_f9_makes_the_window_narrow_with_the_ticket_and_its_ask_box(page: Page) -> None:
    ticket = page.ticket
    page.press(Qt.Key.Key_F9)
    page.settle()
    assert page.window.width() == layout.COMPACT_WIDTH
    assert page.ticket == ticket
    assert not page.sidebar.isVisible()
    assert not page.window.inspector.isVisible()
    assert is_inside(page, page.ask_box)
    assert is_inside(page, page.composer._send)
    assert page.has_focus(page.ask_box)
    card = page.ask()
    assert is_inside(page, page.composer._send)
    assert card.text()


def test_f9_brings_the_full_window_back_as_it_was(page: Page) -> None:
    page.window.move(30, 20)
    page.window.resize(900, 700)
    child(page.window, Splitter).setSizes([300, 600, 0])
    before = (page.window.geometry(), child(page.window, Splitter).sizes())
    shown = page.window.inspector.isVisible()
    page.press(Qt.Key.Key_F9)
    page.press(Qt.Key.Key_F9)
    page.settle()
    assert (page.window.geometry(), child(page.window, Splitter).sizes()) == before
    assert page.window.inspector.isVisible() is shown
    assert page.sidebar.isVisible()
    assert not bar(page).isVisible()


def test_another_ticket_is_chosen_from_the_list_with_one_click(page: Page) -> None:
    page.run("Compact window")
    button(bar(page), "Tickets").click()
    assert page.sidebar.isVisible()
    assert not page.case.isVisible()
    view = child(page.sidebar, TicketListView)
    wanted = page.services.tickets.search(View.MY_QUEUE)[2]
    at = view.visualRect(view.model().index(2, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, NO_KEY, at)
    page.settle()
    assert page.case.isVisible()
    assert not page.sidebar.isVisible()
    assert page.ticket == wanted


def test_the_next_ticket_is_one_click_away(page: Page) -> None:
    page.run("Compact window")
    queue = page.services.tickets.search(View.MY_QUEUE)
    assert page.ticket == queue[0]
    button(bar(page), "Next ticket (Alt+Down)").click()
    page.settle()
    assert page.ticket == queue[1]
    button(bar(page), "Previous ticket (Alt+Up)").click()
    page.settle()
    assert page.ticket == queue[0]


def test_searching_shows_the_list_and_puts_the_cursor_into_the_field(page: Page) -> None:
    page.run("Compact window")
    page.run("Search tickets")
    assert page.sidebar.isVisible()
    assert page.has_focus(page.sidebar)
    page.run("Show view: All")
    page.settle()
    assert page.sidebar.isVisible()


def test_a_ticket_that_somebody_asks_for_is_shown_also_from_the_list(page: Page) -> None:
    page.run("Compact window")
    page.run("Search tickets")
    other = page.services.tickets.search(View.MY_QUEUE)[3]
    page.hub.ticket_requested.emit(other)
    page.settle()
    assert page.case.isVisible()
    assert page.ticket == other


def test_what_is_typed_stays_while_the_window_changes(page: Page) -> None:
    page.draft_question("half a ques")
    page.press(Qt.Key.Key_F9)
    page.type("tion")
    page.press(Qt.Key.Key_F9)
    assert page.ask_box.toPlainText() == "half a question"


def test_it_stays_on_top_until_told_otherwise(page: Page) -> None:
    def on_top() -> bool:
        return bool(page.window.windowFlags() & Qt.WindowType.WindowStaysOnTopHint)

    assert not on_top()
    page.run("Compact window")
    assert on_top()
    button(bar(page), "Keep on top of other windows").click()
    assert not on_top()
    button(bar(page), "Keep on top of other windows").click()
    assert on_top()
    assert page.window.isVisible()
    button(bar(page), "Back to the full window (F9)").click()
    assert not on_top()
    assert not page.action("Compact window").isChecked()


def test_it_is_narrow_again_at_the_next_start(qtbot: QtBot, tmp_path: Path) -> None:
    with open_page(qtbot, tmp_path) as page:
        page.window.resize(900, 650)
        page.run("Compact window")
        page.window.resize(450, 600)
        bar(page)._on_top.click()  # off
    with open_page(qtbot, tmp_path, samples=False) as page:
        assert page.window.size().toTuple() == (450, 600)
        assert page.case.isVisible()
        assert not page.sidebar.isVisible()
        assert not page.window.windowFlags() & Qt.WindowType.WindowStaysOnTopHint
        assert page.action("Compact window").isChecked()
        page.press(Qt.Key.Key_F9)
        assert page.window.size().toTuple() == (900, 650)
        assert page.sidebar.isVisible()
        assert page.window.inspector.isVisible()


def test_text_of_twice_the_size_is_not_cut(page: Page) -> None:
    page.run("Compact window")
    page.window._theme.set_text_factor(2.0)
    page.settle()
    page.wait(lambda: page.window.width() >= page.case.minimumSizeHint().width())
    assert page.window.width() <= layout.COMPACT_MOST
    assert is_inside(page, page.ask_box)
    assert is_inside(page, page.composer._send)


def test_a_page_that_needs_more_width_gets_it_while_it_is_open(page: Page) -> None:
    page.run("Compact window")
    before = (page.window.pos(), page.window.size())
    for name in ("New ticket", "Settings"):
        page.run(name)
        page.settle()
        opened = page.window._stack.currentWidget()
        assert opened is not None
        area = next(a for a in opened.findChildren(QScrollArea) if a.isVisible())
        page.wait(partial(is_wide_enough, area))
        assert page.window.geometry().right() <= 805  # the screen that tests have, and a frame
        page.press(Qt.Key.Key_Escape)
        assert (page.window.pos(), page.window.size()) == before, name


def test_what_the_model_sees_needs_the_full_window(page: Page) -> None:
    page.run("Compact window")
    page.run("Show the exact text that the model gets")
    assert page.window.inspector.isVisible()
    assert page.sidebar.isVisible()
    assert not page.action("Compact window").isChecked()


def test_an_empty_desk_shows_its_list_which_says_what_to_do(qtbot: QtBot, tmp_path: Path) -> None:
    with open_page(qtbot, tmp_path, samples=False) as page:
        page.run("Compact window")
        assert page.sidebar.isVisible()
        assert button(page.sidebar, "New ticket").isVisible()
    with open_page(qtbot, tmp_path, samples=False) as page:
        assert page.sidebar.isVisible()
