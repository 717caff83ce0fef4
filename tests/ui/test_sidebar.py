"""The sidebar: views, search, the list and its keys."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, Qt
from PySide6.QtGui import QAction, QFontMetrics, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from copilot.domain.query import View
from copilot.domain.ticket import ChangeSet, Priority, TicketRow
from copilot.services.bundle import Services
from copilot.ui.bridge.hub import Hub
from copilot.ui.desk.list_empty import ListEmpty, WayOn
from copilot.ui.desk.row_delegate import line_count, second_line
from copilot.ui.desk.row_menu import RowMenu
from copilot.ui.desk.sidebar import Sidebar
from copilot.ui.desk.ticket_list_view import TicketListView
from copilot.ui.desk.view_switch import ViewSwitch
from copilot.ui.models.ticket_list import TicketListModel, TicketRole
from copilot.ui.theme.manager import Scheme, ThemeManager
from copilot.ui.widgets.search_field import SearchField
from tests.helpers.desk import desk

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen has no window manager

_NO_INDEX = QModelIndex()
W = TypeVar("W", bound=QWidget)


def child(parent: QWidget, kind: type[W]) -> W:
    found = parent.findChild(kind)
    assert isinstance(found, kind)
    return found


class Page:
    """The sidebar as a person sees it."""

    def __init__(self, qtbot: QtBot, hub: Hub) -> None:
        self.bar = Sidebar(hub)
        qtbot.addWidget(self.bar)
        self.qtbot = qtbot
        self.hub = hub
        self.selected: list[int] = []
        self.activated: list[int] = []
        self.bar.ticket_selected.connect(self.selected.append)
        self.bar.ticket_activated.connect(self.activated.append)
        self.list = child(self.bar, TicketListView)
        self.field = child(self.bar, SearchField)
        self.views = child(self.bar, ViewSwitch)
        self.bar.resize(320, 700)
        with qtbot.waitExposed(self.bar):
            self.bar.show()
        self.bar.activateWindow()
        qtbot.waitUntil(lambda: self.bar._total is not None)  # what comes after the list
        self.settle()

    @property
    def empty(self) -> ListEmpty:
        """What stands where nothing is listed; made when that is first so."""
        return child(self.bar, ListEmpty)

    def settle(self) -> None:
        """Wait until nothing is under way: no timer, no read, no write."""
        timers = (self.bar._rest, self.bar._settle, self.bar._counting)
        self.qtbot.waitUntil(lambda: self.hub.tasks.is_idle and not any(timer.isActive() for timer in timers))

    def ids(self) -> list[int]:
        model = self.list.model()
        return [model.index(row, 0).data(TicketRole.ID) for row in range(model.rowCount())]

    def highlighted(self) -> int:
        """Return the ticket whose row is selected; 0 for none."""
        chosen = self.list.selectionModel().selectedIndexes()
        return int(chosen[0].data(TicketRole.ID)) if chosen else 0

    def row(self, ticket: int) -> TicketRow:
        index = self.list.model().index(self.ids().index(ticket), 0)
        self.qtbot.waitUntil(lambda: index.data(TicketRole.ROW) is not None)
        found = index.data(TicketRole.ROW)
        assert isinstance(found, TicketRow)
        return found

    def foot(self) -> str:
        return next(label.text() for label in self.bar.findChildren(QLabel) if "shown" in label.text())

    def type_search(self, text: str) -> None:
        self.bar.focus_search()
        QTest.keyClicks(self.field, text)
        self.settle()

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.bar, key, modifier)

    def action(self, text: str) -> QAction:
        return next(action for action in self.bar.actions_for_palette() if action.text() == text)


@pytest.fixture
def page(qtbot: QtBot, hub: Hub) -> Page:
    return Page(qtbot, hub)


@pytest.fixture
def bare_hub(qapp: QApplication, tmp_path: Path) -> Iterator[Hub]:
    """A hub on a desk without a single ticket."""
    with desk(tmp_path / "bare", samples=False) as services:
        made = Hub(services)
        yield made
        made.close()
        made.deleteLater()


def test_the_first_ticket_of_my_queue_is_selected_at_the_start(page: Page, services: Services) -> None:
    queue = services.tickets.search(View.MY_QUEUE)
    assert page.ids() == queue
    assert page.selected == [queue[0]]
    assert page.bar.current_id() == queue[0]
    assert page.highlighted() == queue[0]


def test_views_and_foot_show_how_many_tickets_there_are(page: Page, services: Services) -> None:
    counts = services.tickets.counts()
    names = {button.accessibleName() for button in page.views.findChildren(QAbstractButton)}
    assert f"My queue, {counts[View.MY_QUEUE]} tickets" in names
    assert f"All, {counts[View.ALL]} tickets" in names
    assert page.foot() == f"{counts[View.ALL]} tickets, {counts[View.MY_QUEUE]} shown"


def test_choosing_a_view_lists_its_tickets_and_keeps_the_open_one(page: Page, services: Services) -> None:
    before = page.bar.current_id()
    for name, view in (("Unassigned", View.UNASSIGNED), ("All", View.ALL)):
        page.action(f"Show view: {name}").trigger()
        page.settle()
        assert page.ids() == services.tickets.search(view)
        assert page.views.view is view
    assert page.selected == [before]
    assert page.highlighted() == before


def test_a_click_on_a_view_does_the_same_as_its_shortcut(page: Page, services: Services) -> None:
    button = next(b for b in page.views.findChildren(QAbstractButton) if b.text() == "Unassigned")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    page.settle()
    assert page.ids() == services.tickets.search(View.UNASSIGNED)
    page.press(Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    page.settle()
    assert page.ids() == services.tickets.search(View.ALL)


def test_arrow_keys_open_at_once_and_a_held_key_only_where_it_stops(page: Page) -> None:
    ids = page.ids()
    page.bar.focus_list()
    page.press(Qt.Key.Key_Down)
    assert page.selected == ids[:2]
    for _ in range(5):
        page.press(Qt.Key.Key_Down)
    assert page.bar.current_id() == ids[6]
    assert page.selected == ids[:2], "rows that were only passed are not opened"
    page.settle()
    assert page.selected == [ids[0], ids[1], ids[6]]
    page.press(Qt.Key.Key_Up)
    assert page.selected[-1] == ids[5]


def test_enter_activates_the_ticket(page: Page) -> None:
    page.bar.focus_list()
    page.press(Qt.Key.Key_Down)
    page.press(Qt.Key.Key_Return)
    assert page.activated == [page.ids()[1]]


def test_slash_leads_from_the_list_to_the_search_and_down_back(page: Page) -> None:
    page.bar.focus_list()
    assert page.list.hasFocus()
    page.press(Qt.Key.Key_Slash)
    assert page.field.hasFocus()
    assert page.field.text() == ""
    page.press(Qt.Key.Key_Down)
    assert page.list.hasFocus()


def test_a_slash_can_be_typed_into_the_search(page: Page) -> None:
    page.type_search("tcp/ip")
    assert page.field.text() == "tcp/ip"


def test_escape_empties_the_search_then_goes_back_to_the_list(page: Page, services: Services) -> None:
    page.type_search("vpn")
    assert page.ids() == services.tickets.search(View.MY_QUEUE, "vpn")
    page.press(Qt.Key.Key_Escape)
    assert page.field.hasFocus()
    page.settle()
    assert page.ids() == services.tickets.search(View.MY_QUEUE)
    page.press(Qt.Key.Key_Escape)
    assert page.list.hasFocus()


def test_searching_opens_nothing_until_somebody_goes_into_the_list(page: Page, services: Services) -> None:
    first = page.bar.current_id()
    page.type_search("vpn")
    found = services.tickets.search(View.MY_QUEUE, "vpn")
    assert first not in found
    assert page.bar.current_id() == first
    assert page.selected == [first]
    assert page.highlighted() == 0
    page.press(Qt.Key.Key_Down)
    assert page.selected == [first, found[0]]
    assert page.highlighted() == found[0]


@pytest.mark.parametrize(
    "reason",
    [Qt.FocusReason.ShortcutFocusReason, Qt.FocusReason.TabFocusReason, Qt.FocusReason.OtherFocusReason],
)
def test_the_focus_alone_opens_nothing(page: Page, reason: Qt.FocusReason) -> None:
    first = page.bar.current_id()
    page.type_search("vpn")
    page.list.setFocus(reason)
    page.settle()
    assert page.list.hasFocus()
    assert page.selected == [first]
    page.press(Qt.Key.Key_Down)
    assert page.selected == [first, page.ids()[0]]


def test_fast_typing_shows_what_was_typed_last(page: Page, services: Services) -> None:
    page.bar.set_view(View.ALL)
    page.bar.focus_search()
    QTest.keyClicks(page.field, "printer")
    for _ in "inter":
        QTest.keyClick(page.field, Qt.Key.Key_Backspace)
    page.settle()
    assert page.ids() == services.tickets.search(View.ALL, "pr")


def test_next_and_previous_ticket_go_from_where_a_ticket_left_the_list(
    page: Page, services: Services
) -> None:
    ids = page.ids()
    page.action("Next ticket").trigger()
    page.action("Next ticket").trigger()
    page.settle()
    assert page.selected[-1] == ids[2]
    page.hub.change(page.bar, lambda: services.tickets.change(ids[2], "status", "resolved"))
    page.settle()
    assert ids[2] not in page.ids()
    assert page.bar.current_id() == ids[2], "it stays open"
    assert page.highlighted() == 0
    page.action("Next ticket").trigger()
    assert page.bar.current_id() == ids[3]
    page.action("Previous ticket").trigger()
    assert page.bar.current_id() == ids[1]


def test_the_ends_of_the_list_are_ends(page: Page) -> None:
    first = page.bar.current_id()
    page.bar.select_previous()
    assert page.bar.current_id() == first
    page.bar.select(page.ids()[-1])
    page.bar.select_next()
    assert page.bar.current_id() == page.ids()[-1]


def test_select_says_so_also_for_a_ticket_outside_the_view(page: Page, services: Services) -> None:
    other = services.tickets.search(View.UNASSIGNED)[0]
    page.bar.select(other)
    assert page.selected[-1] == other
    assert page.highlighted() == 0
    page.bar.set_view(View.UNASSIGNED)
    page.settle()
    assert page.highlighted() == other
    assert page.selected.count(other) == 1


def test_a_change_updates_its_row_and_keeps_the_selection(page: Page, services: Services) -> None:
    ids = page.ids()
    page.bar.select(ids[1])
    page.hub.change(page.bar, lambda: services.tickets.change(ids[2], "title", "Something else"))
    page.settle()
    page.qtbot.waitUntil(lambda: page.row(ids[2]).title == "Something else")
    assert page.highlighted() == ids[1]
    assert page.selected == [ids[0], ids[1]]


def test_the_list_stays_where_it_was_scrolled_when_a_ticket_joins_it(page: Page, services: Services) -> None:
    page.bar.set_view(View.ALL)
    page.settle()
    bar = page.list.verticalScrollBar()
    bar.setValue(400)
    before = page.ids()

    page.hub.change(
        page.bar, lambda: services.tickets.create("A new one, low on the list", priority=Priority.P4)[1]
    )
    page.settle()
    assert len(page.ids()) == len(before) + 1
    assert bar.value() == 400
    assert page.foot().startswith(f"{len(before) + 1} tickets")


def test_what_another_program_wrote_is_read_again(page: Page, services: Services) -> None:
    ids = page.ids()
    services.tickets.change(ids[1], "title", "Written by the console")
    page.hub.changed.emit(ChangeSet(list_changed=True))
    page.qtbot.waitUntil(lambda: page.row(ids[1]).title == "Written by the console")


def test_a_search_without_a_match_offers_a_way_on(page: Page) -> None:
    page.type_search("zzz <b>nothing</b>")
    assert page.empty.isVisible()
    assert page.empty.sentence == "No ticket matches “zzz <b>nothing</b>”."
    assert page.empty.ways == [WayOn.CLEAR, WayOn.SEARCH_ALL]
    button = next(b for b in page.empty.findChildren(QAbstractButton) if b.text() == "Clear search")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    page.settle()
    assert page.list.isVisible()
    assert page.field.text() == ""


def test_a_search_can_be_widened_to_all_tickets(page: Page, services: Services) -> None:
    closed = next(
        row
        for row in services.tickets.rows(services.tickets.search(View.ALL))
        if row.id not in services.tickets.search(View.MY_QUEUE)
    )
    page.type_search(closed.number)
    assert page.ids() == []
    page.empty.chosen.emit(WayOn.SEARCH_ALL)
    page.settle()
    assert closed.id in page.ids()


def test_an_empty_view_says_so_and_leads_to_all_tickets(page: Page, services: Services) -> None:
    for ticket in services.tickets.search(View.UNASSIGNED):
        services.tickets.change(ticket, "assignee", "Sam")
    page.bar.set_view(View.UNASSIGNED)
    page.settle()
    assert page.empty.sentence == "Every open ticket is assigned to somebody."
    page.empty.chosen.emit(WayOn.SHOW_ALL)
    page.settle()
    assert page.views.view is View.ALL
    assert page.list.isVisible()


def test_a_desk_without_tickets_teaches_how_to_bring_some(qtbot: QtBot, bare_hub: Hub) -> None:
    page = Page(qtbot, bare_hub)
    assert page.selected == []
    assert page.bar.current_id() == 0
    assert page.empty.ways == [WayOn.NEW, WayOn.IMPORT]
    for text, signal in (
        ("New ticket", page.bar.new_ticket_requested),
        ("Import…", page.bar.import_requested),
    ):
        button = next(b for b in page.empty.findChildren(QAbstractButton) if b.text() == text)
        with qtbot.waitSignal(signal):
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    page.bar.focus_list()
    assert page.field.hasFocus(), "there is no list to put the focus on"


def test_the_first_ticket_of_all_is_opened_as_soon_as_there_is_one(qtbot: QtBot, bare_hub: Hub) -> None:
    page = Page(qtbot, bare_hub)
    bare_hub.change(page.bar, lambda: bare_hub.services.tickets.create("The first")[1])
    page.settle()
    assert page.selected == page.ids()
    assert len(page.ids()) == 1


def test_the_clock_runs_only_while_somebody_can_see_it(page: Page) -> None:
    assert page.bar._clock.isActive()
    page.bar.hide()
    assert not page.bar._clock.isActive()
    page.bar.show()
    assert page.bar._clock.isActive()


def test_each_minute_reads_the_times_left_again(page: Page, services: Services) -> None:
    ticket = page.ids()[0]
    services.tickets.change(ticket, "status", "awaiting_user")
    assert not page.row(ticket).sla.paused
    page.bar._clock.timeout.emit()
    page.qtbot.waitUntil(lambda: page.row(ticket).sla.paused)


def test_the_menu_of_a_row_acts_on_that_row(page: Page, services: Services) -> None:
    page.bar.set_view(View.UNASSIGNED)
    page.settle()
    ticket = page.ids()[1]
    row = page.row(ticket)
    page.list.customContextMenuRequested.emit(page.list.visualRect(page.list.model().index(1, 0)).center())
    menu = child(page.bar, RowMenu)
    entries = {action.text(): action for action in menu.actions()}
    entries["Copy number"].trigger()
    assert QGuiApplication.clipboard().text() == row.number
    entries["Copy title"].trigger()
    assert QGuiApplication.clipboard().text() == row.title
    entries["Open"].trigger()
    assert page.activated == [ticket]
    priorities = entries["Priority"].menu()
    assert priorities is not None
    chosen = {action.text(): action for action in priorities.actions()}  # type: ignore[attr-defined]
    assert chosen[row.priority.value].isChecked()
    with page.qtbot.waitSignal(page.hub.toast_requested):
        chosen["P1"].trigger()
    with page.qtbot.waitSignal(page.hub.toast_requested):
        entries["Assign to me"].trigger()
    changed = services.tickets.case(ticket).ticket
    assert changed.priority == "P1"
    assert changed.assignee == services.tickets.known_names()[0]
    menu.close()


def test_no_menu_where_there_is_no_row(page: Page) -> None:
    page.list.customContextMenuRequested.emit(QPoint(5, 100_000))
    assert page.bar.findChild(RowMenu) is None


def test_typing_into_the_list_reads_nothing(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    page.bar.set_view(View.ALL)
    page.settle()
    before = page.bar.current_id()
    page.bar.focus_list()
    QTest.keyClicks(page.list, "zebra")
    assert page.hub.tasks.is_idle
    assert page.bar.current_id() == before


def test_every_control_has_a_name_and_shortcuts_are_unique(page: Page) -> None:
    focusable = [
        widget
        for widget in page.bar.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisibleTo(page.bar)
    ]
    assert len(focusable) >= 8
    nameless = [
        widget
        for widget in focusable
        if not widget.accessibleName() and not (isinstance(widget, QAbstractButton) and widget.text())
    ]
    assert nameless == []
    keys = [action.shortcut().toString() for action in page.bar.actions_for_palette()]
    used = [key for key in keys if key]
    assert len(set(used)) == len(used)
    assert {"Ctrl+N", "/", "Alt+Down", "Alt+Up", "Ctrl+1", "Ctrl+2", "Ctrl+3", "Ctrl+4"} < set(used)


class CountedModel(TicketListModel):
    """Counts how often a view asks."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub, hub)
        self.rows_asked = 0
        self.cells_asked = 0

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NO_INDEX) -> int:
        self.rows_asked += 1
        return super().rowCount(parent)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> object:
        self.cells_asked += 1
        return super().data(index, role)


def test_ten_thousand_tickets_are_not_visited_one_by_one(qtbot: QtBot, hub: Hub) -> None:
    model = CountedModel(hub)
    view = TicketListView(model)
    qtbot.addWidget(view)
    view.resize(320, 700)
    with qtbot.waitExposed(view):
        view.show()
    model.set_ids(range(1, 10_001))
    model.refresh()
    view.show_place(9_999)
    view.grab()
    qtbot.waitUntil(lambda: hub.tasks.is_idle)
    assert view.rowAt(view.viewport().height() - 1) == 9_999, "it scrolled to the end"
    assert model.rows_asked < 1_000
    assert 0 < model.cells_asked < 1_000


def test_home_and_end_go_to_the_ends_of_the_list(page: Page) -> None:
    page.bar.focus_list()
    page.press(Qt.Key.Key_End)
    assert page.bar.current_id() == page.ids()[-1]
    page.press(Qt.Key.Key_Home)
    assert page.bar.current_id() == page.ids()[0]


def test_a_row_that_changed_is_painted_anew(page: Page, services: Services) -> None:
    ticket = page.ids()[2]
    page.row(ticket)
    before = page.list.grab().toImage()
    assert page.list.grab().toImage() == before
    services.tickets.change(ticket, "title", "Quite another title")
    page.hub.changed.emit(ChangeSet(frozenset({ticket})))
    page.qtbot.waitUntil(lambda: page.row(ticket).title == "Quite another title")
    assert page.list.grab().toImage() != before


@pytest.mark.parametrize("factor", [1.0, 2.0])
def test_rows_grow_with_the_text(qtbot: QtBot, qapp: QApplication, hub: Hub, factor: float) -> None:
    theme = ThemeManager(qapp, Scheme.DARK, factor)
    try:
        page = Page(qtbot, hub)
        assert (
            page.list.visualRect(page.list.model().index(0, 0)).height()
            == round(44 * factor) * line_count(theme.tokens) // 2
        )
        assert not page.list.grab().isNull()
    finally:
        theme.setParent(None)
        theme.deleteLater()


def test_the_name_gives_way_before_number_and_status(page: Page) -> None:
    row = replace(page.row(page.ids()[0]), requester="A rather long name", is_sample=True, answer_state="")
    measure = QFontMetrics(page.bar.font())

    def shown(width: int, row: TicketRow) -> str:
        quiet, news = second_line(measure, row, width)
        assert measure.horizontalAdvance(quiet + news) <= width
        return quiet + news

    whole = shown(2000, row)
    assert whole == f"{row.number} · A rather long name · sample · In progress"
    room = measure.horizontalAdvance(f"{row.number} · A rather long name · In progress") + 2
    assert shown(room, row) == f"{row.number} · A rather long name · In progress"
    assert shown(room - 20, row).startswith(f"{row.number} · A rather")
    assert shown(room // 2, row).startswith(row.number)
    ready = replace(row, answer_state="ready")
    assert second_line(measure, ready, 2000) == (
        f"{row.number} · A rather long name · sample · ",
        "Answer ready",
    )
    assert shown(measure.horizontalAdvance("Answer ready") + 2, ready) == "Answer ready"
