"""Searching in the window: marks, filters, saved views, and lists longer than a page."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QLineEdit, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from copilot.domain.evidence import EvidenceKind
from copilot.domain.query import View
from copilot.services.ticket_list import PAGE
from copilot.ui.desk.filter_menu import FilterMenu
from copilot.ui.desk.search_tools import SearchTools
from copilot.ui.desk.ticket_list_view import TicketListView
from copilot.ui.models.ticket_list import TicketRole
from copilot.ui.widgets.markdown_view import StreamingMarkdownView
from copilot.ui.widgets.plain_text import PlainTextView
from tests.helpers.window import Page, button, child, children, page_fixture

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen has no window manager
page = page_fixture()
_PASTE = EvidenceKind.PASTE


def listed(page: Page) -> list[int]:
    model = child(page.sidebar, TicketListView).model()
    return [model.index(row, 0).data(TicketRole.ID) for row in range(model.rowCount())]


def search(page: Page, text: str, view: View = View.ALL) -> list[int]:
    page.sidebar.set_view(view)
    page.sidebar.set_search(text)
    page.settle()
    return listed(page)


def filters(page: Page) -> FilterMenu:
    page.sidebar.open_filters()
    page.wait(lambda: page.sidebar.findChildren(FilterMenu))
    return page.sidebar.findChildren(FilterMenu)[-1]


def entry(menu: QMenu, *path: str) -> QAction:
    """Return an action of the menu by the texts that lead to it."""
    first = next(action for action in menu.actions() if action.text().partition(" (")[0] == path[0])
    inner = first.menu()
    return entry(inner, *path[1:]) if isinstance(inner, QMenu) else first


def choose(page: Page, *path: str) -> None:
    menu = filters(page)
    entry(menu, *path).trigger()
    menu.close()
    page.settle()


def test_a_row_says_where_it_was_found(page: Page) -> None:
    ticket = page.open("INC-1001")
    page.hub.change(
        page.window,
        lambda: page.services.tickets.add_evidence(ticket, _PASTE, "The wandering albatross", "clipboard")[1],
    )
    page.settle()
    assert search(page, "albatross") == [ticket]
    model = child(page.sidebar, TicketListView).model()
    page.wait(lambda: model.index(0, 0).data(TicketRole.FINDING))
    finding = model.index(0, 0).data(TicketRole.FINDING)
    assert finding.place.startswith("E")
    assert "wandering albatross" in finding.text
    assert "albatross" in model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    title = page.services.tickets.case(ticket).ticket.title.split()[0]
    search(page, title)
    assert model.index(listed(page).index(ticket), 0).data(TicketRole.FINDING) is None


def test_what_was_found_is_marked_in_the_ticket(page: Page) -> None:
    ticket = page.open("INC-1001")
    word = page.services.tickets.case(ticket).ticket.body.split()[3]
    search(page, word)

    def marked() -> list[str]:
        views = children(page.case.messages, PlainTextView)
        return [each.cursor.selectedText() for view in views for each in view.extraSelections()]

    page.wait(marked)
    assert {text.casefold() for text in marked()} == {word.casefold()}
    search(page, "")
    page.wait(lambda: not marked())


def test_what_was_found_is_marked_in_an_answer(page: Page) -> None:
    page.open("INC-1001")
    card = page.ask()
    word = next(each for each in card.text().split() if len(each) > 5 and each.isalpha())
    search(page, word)

    def marked() -> list[str]:
        views = children(card, StreamingMarkdownView)
        return [each.cursor.selectedText() for view in views for each in view.extraSelections()]

    page.wait(marked)
    assert {text.casefold() for text in marked()} == {word.casefold()}


def test_filters_are_put_into_the_search_line_and_taken_out(page: Page) -> None:
    search(page, "")
    choose(page, "Status", "New")
    assert page.sidebar.search_text == "status:new"
    assert listed(page) == page.services.tickets.search(View.ALL, "status:new")
    menu = filters(page)
    assert entry(menu, "Status", "New").isChecked()
    menu.close()
    choose(page, "Assigned to", "Nobody")
    assert page.sidebar.search_text == "status:new assignee:none"
    choose(page, "Status", "New")
    assert page.sidebar.search_text == "assignee:none"
    choose(page, "Clear search and filters")
    assert page.sidebar.search_text == ""


def test_what_is_no_filter_is_named(page: Page) -> None:
    search(page, "status:lost")
    hint = child(child(page.sidebar, SearchTools), QLabel)
    assert hint.isVisible()
    assert "“lost” is no value of status" in hint.text()
    assert "awaiting_user" in hint.text()
    search(page, "status:new")
    assert not hint.isVisible()


def test_a_search_is_kept_as_a_view_and_forgotten(page: Page) -> None:
    found = search(page, "priority:P1,P2", View.UNASSIGNED)
    choose(page, "Save this search as a view…")
    tools = child(page.sidebar, SearchTools)
    name = child(tools, QLineEdit)
    page.wait(name.isVisible)
    name.setText("Urgent & free")
    button(tools, "Save").click()
    page.settle()
    assert search(page, "") != found
    page.wait(lambda: [each for each in children(tools, QPushButton) if each.text() == "Urgent && free"])
    button(tools, "Show view: Urgent & free").click()
    page.settle()
    assert (page.sidebar.view, page.sidebar.search_text) == (View.UNASSIGNED, "priority:P1,P2")
    assert listed(page) == found
    choose(page, "Delete a view", "Urgent && free")
    page.settle()
    assert not [each for each in children(tools, QPushButton) if "Urgent" in each.text()]
    page.undo()
    page.wait(lambda: [each for each in children(tools, QPushButton) if "Urgent" in each.text()])


def test_naming_a_view_ends_with_escape(page: Page) -> None:
    search(page, "vpn")
    choose(page, "Save this search as a view…")
    name = child(child(page.sidebar, SearchTools), QLineEdit)
    page.wait(name.isVisible)
    page.press(Qt.Key.Key_Escape)
    assert not name.isVisible()
    assert page.sidebar.search_text == "vpn"


@pytest.mark.slow
def test_a_long_list_shows_its_first_page_and_then_the_rest(page: Page, qtbot: QtBot) -> None:
    for n in range(PAGE + 50):
        page.services.tickets.create(f"zebra {n}")
    page.sidebar.set_view(View.ALL)
    with qtbot.waitSignal(page.sidebar.listed):
        page.sidebar.set_search("zebra")
    assert len(listed(page)) == PAGE
    foot = next(each for each in children(page.sidebar, QLabel) if "shown" in each.text())
    assert f"{PAGE}+ shown" in foot.text()
    page.settle()
    assert listed(page) == page.services.tickets.search(View.ALL, "zebra")
    assert f"{PAGE + 50} shown" in foot.text()
    # A change elsewhere keeps the whole list, and the place in it.
    bar = page.sidebar.scroll_bar()
    bar.setValue(bar.maximum())
    end = bar.value()
    page.hub.change(page.window, lambda: page.services.tickets.change(listed(page)[3], "priority", "P1"))
    page.settle()
    assert len(listed(page)) == PAGE + 50
    assert bar.value() == end
