"""The left pane: search, views, the tickets."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QFocusEvent, QHideEvent, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollBar, QStackedWidget, QVBoxLayout, QWidget

from copilot.domain.listing import ChangeSet
from copilot.domain.query import View
from copilot.services.ticket_list import PAGE as MOST_ROWS
from copilot.support.i18n import tr, tr_n
from copilot.ui.bridge.hub import Hub
from copilot.ui.desk.list_reading import Listing, Rest, read_rest, search
from copilot.ui.desk.ticket_list_view import TicketListView
from copilot.ui.desk.view_switch import ViewSwitch, least_width, view_name
from copilot.ui.format import number
from copilot.ui.models.ticket_list import TicketListModel, TicketRole
from copilot.ui.theme.manager import follow
from copilot.ui.theme.tokens import LIGHT, Tokens
from copilot.ui.widgets.announce import announce
from copilot.ui.widgets.hairline import Hairline
from copilot.ui.widgets.icon_button import IconButton
from copilot.ui.widgets.search_field import SearchField

if TYPE_CHECKING:
    from copilot.domain.query import SavedView
    from copilot.services.finding import Marker
    from copilot.ui.desk.list_empty import ListEmpty, WayOn
    from copilot.ui.desk.search_controls import SearchControls

REST_MS = 150  # after the first page; nobody who types waits for the rest of a list
SETTLE_MS = 150  # longer than the pause between two repeats of a held key
COUNT_MS = 250
CLOCK_MS = 60_000
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Sidebar(QWidget):
    """Finds tickets and says which one is wanted.

    Signals:
        ticket_selected(int): Show this ticket. While an arrow key is held only the first and the last are said.
        ticket_activated(int): Enter or a double click: work on it.
        new_ticket_requested(): Somebody wants to write a ticket.
        import_requested(): Somebody wants to bring tickets in from a file.
        filled(): What the first search found is on screen; said once.
        listed(): The first page of what was searched for is in the list.
        marked(Marker): Other words are searched for.
        chosen_changed(int): So many rows are selected.
        chosen_menu_requested(QPoint): A right click on several selected rows, at this point of the screen.
        row_clicked(QModelIndex): A ticket was clicked.
        wanted(): Somebody asked for something in this pane, which may be hidden.
    """

    ticket_selected = Signal(int)
    ticket_activated = Signal(int)
    new_ticket_requested = Signal()
    import_requested = Signal()
    filled = Signal()
    listed = Signal()
    marked = Signal(object)
    chosen_changed = Signal(int)
    chosen_menu_requested = Signal(object)
    row_clicked = Signal(QModelIndex)
    wanted = Signal()

    def __init__(self, hub: Hub, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hub = hub
        self._current = 0
        self._said = 0
        self._listed: tuple[View, str] | None = None
        self._total: int | None = None
        self._was_hidden = False
        self._is_filled = False
        self._is_whole = False
        self._chosen_further: list[
            int
        ] = []  # what was selected before a search, of which only a page is there
        self._model = TicketListModel(hub, self)
        self._marker: Marker | None = None
        self._read(View.MY_QUEUE, "")  # at once: it is read while the rest is built
        # From top to bottom, as Tab goes, and each in its place: what is moved to a new parent is styled once more.
        head = self._make_head()
        self._field = SearchField(tr("Search  /"), self)
        self._filter = IconButton("filter", tr("Filter tickets"), parent=self)
        self._controls: SearchControls | None = None
        self._views = ViewSwitch(self)
        self._stack = QStackedWidget(self)
        self.tickets = self._list = TicketListView(self._model, self._stack)
        self._empty: ListEmpty | None = None
        self._foot = QLabel(self)
        self._lay_out(head)
        self._actions = self._make_actions()
        self._rest = self._timer(REST_MS, self._read_rest)
        self._settle = self._timer(SETTLE_MS, self._on_settled)
        self._counting = self._timer(COUNT_MS, self._read_counts)
        self._clock = self._timer(CLOCK_MS, self._on_minute, single=False)
        self._connect()
        self._list.setFocus(Qt.FocusReason.OtherFocusReason)  # where a start begins

    # -- what can be done

    def current_id(self) -> int:
        """Return the ticket that is selected; 0 where there is none."""
        return self._current

    def select(self, ticket: int) -> None:
        """Select a ticket and say so, also where it is not in the list that is shown."""
        self._current = ticket
        self._show_current()
        self._say()

    def select_next(self) -> None:
        """Go one ticket down."""
        place = self._model.place(self._current)
        self._go(place + 1 if place >= 0 else self._list.resting_place)

    def select_previous(self) -> None:
        """Go one ticket up."""
        place = self._model.place(self._current)
        self._go((place if place >= 0 else self._list.resting_place) - 1)

    def listing(self) -> tuple[View, str]:
        """Return what is listed: the view, and the search line."""
        return self._views.view, self._field.text().strip()

    def set_view(self, view: View) -> None:
        """Show another view; what is typed into the search stays."""
        self.wanted.emit()
        self._views.set_view(view)
        self._reload()

    @property
    def view(self) -> View:
        """The view that is shown."""
        return self._views.view

    @property
    def search_text(self) -> str:
        """What is typed into the search line."""
        return self._field.text().strip()

    def set_search(self, text: str) -> None:
        """Search for `text`, as if it had been typed."""
        if text == self._field.text():
            self._reload()
        else:
            self._field.setText(text)

    def scroll_bar(self) -> QScrollBar:
        """Return the list's scroll bar."""
        return self._list.verticalScrollBar()

    def chosen(self) -> list[int]:
        """Return the tickets whose rows are selected, in the order of the list."""
        return self._list.chosen()

    def choose_one(self) -> None:
        """Select just the ticket that is open."""
        self._show_current(self._list.verticalScrollBar().value())

    def add_bar(self, bar: QWidget) -> None:
        """Put a bar at the foot of the list."""
        self._page.insertWidget(self._page.indexOf(self._stack) + 1, bar)

    def is_filled(self) -> bool:
        """Whether what the first search found is on screen."""
        return self._is_filled

    def focus_search(self) -> None:
        """Put the cursor into the search field."""
        self.wanted.emit()
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._field.selectAll()

    def focus_list(self) -> None:
        """Put the focus on the list; where that is empty, on the search field."""
        target = self._list if self._stack.currentWidget() is self._list else self._field
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def actions_for_palette(self) -> list[QAction]:
        """Return what the command palette and the menu offer."""
        return list(self._actions)

    # -- building

    def _timer(self, wait: int, run: Callable[[], None], *, single: bool = True) -> QTimer:
        timer = QTimer(self, interval=wait, singleShot=single)
        timer.timeout.connect(run)
        return timer

    def _make_head(self) -> QHBoxLayout:
        title = QLabel(tr("Tickets"), self)
        title.setProperty("kind", "title")
        bring = IconButton("download", tr("Import tickets…"), parent=self)
        bring.clicked.connect(self.import_requested)
        new = IconButton("plus", tr("New"), show_label=True, parent=self)
        new.setAccessibleName(tr("New ticket"))
        new.setToolTip(tr("New ticket (Ctrl+N)"))
        new.clicked.connect(self.new_ticket_requested)
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(title, 1)
        head.addWidget(bring)
        head.addWidget(new)
        return head

    def _lay_out(self, head: QHBoxLayout) -> None:
        self._field.setAccessibleName(tr("Search tickets"))
        self._field.setToolTip(
            tr("Words, a ticket number, status:new, priority:P1, assignee:none, from:dana, tag:vpn (/)")
        )
        self._foot.setProperty("kind", "small")
        self._stack.addWidget(self._list)

        top = QVBoxLayout()
        top.setContentsMargins(12, 8, 12, 8)
        top.setSpacing(8)
        top.addLayout(head)
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self._field, 1)
        line.addWidget(self._filter)
        top.addLayout(line)
        self._top = top
        top.addWidget(self._views)
        self.foot = bottom = QHBoxLayout()  # the window adds what it counts
        bottom.setContentsMargins(12, 6, 12, 6)
        bottom.addWidget(self._foot)
        self._page = page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addLayout(top)
        page.addWidget(Hairline(parent=self))
        page.addWidget(self._stack, 1)
        page.addWidget(Hairline(parent=self))
        page.addLayout(bottom)
        follow(self._on_look)

    def _make_actions(self) -> list[QAction]:
        def action(text: str, key: str, run: Callable[..., None]) -> QAction:
            made = QAction(text, self)
            made.setShortcut(QKeySequence(key))
            made.triggered.connect(partial(_call, run))
            return made

        made = [
            action(tr("New ticket"), "Ctrl+N", self.new_ticket_requested.emit),
            action(tr("Import tickets…"), "", self.import_requested.emit),
            action(tr("Search tickets"), "/", self.focus_search),
            action(tr("Filter tickets…"), "Ctrl+Shift+F", self.open_filters),
            action(tr("Save this search as a view…"), "", self._on_save_requested),
            action(tr("Next ticket"), "Alt+Down", self.select_next),
            action(tr("Previous ticket"), "Alt+Up", self.select_previous),
        ]
        for place, view in enumerate(View):
            text = tr("Show view: {name}").format(name=view_name(view))
            made.append(action(text, f"Ctrl+{place + 1}", partial(self.set_view, view)))
        self.addActions(made)
        return made

    def _connect(self) -> None:
        self._field.textChanged.connect(self._on_typed)
        self._filter.clicked.connect(self.open_filters)
        self._filter.setToolTip(tr("Filter tickets, saved views (Ctrl+Shift+F)"))
        self.filled.connect(self._read_saved_views)
        self._field.installEventFilter(self)
        self._views.view_chosen.connect(self.set_view)
        self._list.selectionModel().currentChanged.connect(self._on_current)
        self._list.chosen_changed.connect(self._on_chosen)
        self._list.one_requested.connect(self.choose_one)
        self._list.activated.connect(self._on_activated)
        self._list.clicked.connect(self.row_clicked)
        self._list.painted.connect(self._on_painted)
        self._list.customContextMenuRequested.connect(self._on_menu)
        self._hub.changed.connect(self._on_changed)

    def _on_look(self, tokens: Tokens) -> None:
        self.setMinimumWidth(least_width(tokens))
        self._foot.setWordWrap(tokens.font_base > LIGHT.font_base)

    # -- finding

    def _on_typed(self, _text: str) -> None:
        self._reload()

    def _reload(self) -> None:
        typed = self._field.text().strip()
        is_same = self._listed == (self._views.view, typed)
        self._read(self._views.view, typed, whole=is_same and self._model.rowCount() >= MOST_ROWS)

    def _read(self, view: View, typed: str, *, whole: bool = False) -> None:
        work = partial(search, self._hub.services.ticket_list, view, typed, self._model.version, whole)
        self._hub.tasks.read(self, work, self._on_found, self._on_search_failed, key="search")

    def _read_rest(self) -> None:
        """Read what comes after the first page, and why tickets were found whose rows do not show it."""
        if self._listed is None:
            return
        view, typed = self._listed
        self._hub.tasks.read(
            self,
            partial(
                read_rest,
                self._hub.services.ticket_list,
                view,
                typed,
                self._list.in_view(),
                not self._is_whole,
                self._marker,
            ),
            self._on_rest,
            key="rest",
        )

    def _on_rest(self, rest: Rest) -> None:
        if self._listed != (rest.view, rest.typed):
            return
        if rest.ids is not None:
            scrolled = self._list.verticalScrollBar().value()
            chosen = self._chosen_further or self._list.chosen()
            if len(chosen) == self._model.rowCount() > 1:  # Ctrl+A meant those to come, too
                chosen = rest.ids
            self._model.extend(rest.ids)
            self._is_whole = True
            self._chosen_further = []
            if not self._list.restore(chosen, self._model.place(self._current), scrolled):
                self._show_current(scrolled)
            self._show_foot()
        if rest.marker is not None:
            self._model.set_findings(rest.findings)

    def _on_search_failed(self, error: Exception) -> None:
        self._hub.show_error(error)
        self._say_filled()

    def _on_painted(self) -> None:
        if self._listed is not None:
            self._say_filled()

    def _say_filled(self) -> None:
        if not self._is_filled:
            self._is_filled = True
            self._list.painted.disconnect(self._on_painted)
            QTimer.singleShot(0, self, self._go_on)  # what is on screen can be used before more is begun

    def _go_on(self) -> None:
        self._read_counts()
        self.filled.emit()

    def _on_found(self, found: Listing) -> None:
        is_same = self._listed == (found.view, found.typed)
        self._listed = (found.view, found.typed)
        scrolled = self._list.verticalScrollBar().value() if is_same else None
        if not is_same:
            self._list.resting_place = 0
            self._mark(found)
        self._is_whole = found.is_whole
        chosen = self._list.chosen()
        self._model.set_ids(found.ids, found.page.rows, found.version)
        self._chosen_further = chosen if len(chosen) > 1 and not found.is_whole else []
        if self._list.restore(chosen, self._model.place(self._current), scrolled):
            pass
        elif not self._current and found.ids:
            self.select(found.ids[0])
        else:
            self._show_current(scrolled)
        if found.ids:
            self._stack.setCurrentWidget(self._list)
        else:
            had_focus = self.window().focusWidget() is self._list  # also before the window is active
            self._explain_empty(found)
            if had_focus:
                self._field.setFocus(Qt.FocusReason.OtherFocusReason)
        if len(chosen) > 1:
            self._list.tell_chosen()  # a list that is filled anew says nothing of what was selected in it
        self._show_foot()
        if found.typed and not is_same:
            words = tr_n("{n} ticket found", "{n} tickets found", len(found.ids))
            announce(self._field, words if found.is_whole else tr("More than {words}").format(words=words))
        if not found.is_whole or self._marker:
            self._rest.start()
        if not self._list.isVisible():  # nothing to list, or no window yet
            self._say_filled()
        self.listed.emit()

    def _mark(self, found: Listing) -> None:
        """Mark what is searched for in the rows, and say what of the search line was not understood."""
        if not found.typed and self._marker is None:
            return
        from copilot.services.finding import Marker  # only where something is searched for

        marks = Marker(found.page.query)
        self._marker = marks if marks else None
        self._model.set_marker(self._marker)
        self._list.viewport().update()
        self.marked.emit(marks)
        if found.page.query.unknown or self._controls is not None:
            self._search_controls().tools.show_unknown(found.page.query.unknown)

    def _explain_empty(self, found: Listing) -> None:
        if self._empty is None:
            from copilot.ui.desk.list_empty import ListEmpty  # most starts have something to list

            self._empty = ListEmpty()
            self._empty.chosen.connect(self._on_way_on)
            self._stack.addWidget(self._empty)
        self._empty.explain(found.view, found.typed, found.total)
        self._stack.setCurrentWidget(self._empty)

    def _read_counts(self) -> None:
        self._hub.tasks.read(self, self._hub.services.ticket_list.counts, self._on_counts, key="counts")

    def _on_counts(self, counts: dict[View, int]) -> None:
        self._views.set_counts(counts)
        self._total = counts[View.ALL]
        self._show_foot()

    def _show_foot(self) -> None:
        if self._total is None:
            return
        tickets = tr_n("{n} ticket", "{n} tickets", self._total)
        shown = number(self._model.rowCount()) + ("" if self._is_whole else "+")
        self._foot.setText(tr("{tickets}, {shown} shown").format(tickets=tickets, shown=shown))

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.tickets:
            self._model.refresh(changes.tickets)
        elif changes.list_changed:
            self._model.refresh()
        if changes.list_changed:
            self._reload()
            self._counting.start()
            if not changes.tickets:
                self._read_saved_views()

    def _on_minute(self) -> None:
        """What is left of a resolution target has changed, and with it who is at risk."""
        self._model.refresh()
        self._counting.start()
        if self._views.view is View.SLA_AT_RISK:
            self._reload()

    # -- filters and saved views

    def open_filters(self) -> None:
        """Offer the filters and the saved views."""
        self._search_controls().open_filters()

    def _search_controls(self) -> "SearchControls":
        if self._controls is None:
            from copilot.ui.desk.search_controls import SearchControls

            self._controls = SearchControls(self._hub, self, self._top, self._filter, self.focus_search)
        return self._controls

    def _on_save_requested(self) -> None:
        self._search_controls().ask_name()

    def _read_saved_views(self) -> None:
        from copilot.services.saved_views import all_views

        work = partial(all_views, self._hub.services.deps)
        self._hub.tasks.read(self, work, self._on_saved_views, key="views")

    def _on_saved_views(self, views: "list[SavedView]") -> None:
        if views or self._controls is not None:
            self._search_controls().tools.show_views(views)

    # -- going

    def _go(self, place: int) -> None:
        if 0 <= place < self._model.rowCount():
            self._list.show_place(place)

    def _show_current(self, keep_scroll: int | None = None) -> None:
        place = self._model.place(self._current)
        if place >= 0:
            self._list.resting_place = place
        self._list.show_place(place, keep_scroll=keep_scroll)

    def _on_chosen(self, count: int) -> None:
        if count == 1:
            self._open(self._list.chosen_index())
        elif count == 0 and self._model.place(self._current) >= 0:
            self._show_current(self._list.verticalScrollBar().value())
            return
        self.chosen_changed.emit(count)

    def _on_current(self, index: QModelIndex, _before: QModelIndex) -> None:
        if not self._list.is_extending:
            self._open(index)

    def _open(self, index: QModelIndex) -> None:
        ticket = index.data(TicketRole.ID)
        if ticket is None or ticket == self._current:
            return
        self._current = ticket
        self._list.resting_place = index.row()
        if not self._settle.isActive():
            self._say()
        self._settle.start()

    def _on_settled(self) -> None:
        if self._said != self._current:
            self._say()

    def _say(self) -> None:
        self._said = self._current
        self._list.mark_opened(self._current)
        self.ticket_selected.emit(self._current)

    def _on_activated(self, index: QModelIndex) -> None:
        self._settle.stop()
        self._open(index)  # where several are selected, another one may be open
        self._settle.stop()
        self._said = self._current
        self._show_current(self._list.verticalScrollBar().value())
        self.ticket_activated.emit(self._current)

    def _enter_list(self) -> None:
        if self._stack.currentWidget() is not self._list:
            return
        self.focus_list()
        if self._model.place(self._current) < 0:
            self._go(0)

    # -- slots of menus and buttons

    def _on_way_on(self, way: "WayOn") -> None:
        from copilot.ui.desk.list_empty import WayOn

        match way:
            case WayOn.NEW:
                self.new_ticket_requested.emit()
            case WayOn.IMPORT:
                self.import_requested.emit()
            case WayOn.CLEAR:
                self._field.clear()
                self._field.setFocus(Qt.FocusReason.OtherFocusReason)
            case WayOn.SHOW_ALL | WayOn.SEARCH_ALL:
                self.set_view(View.ALL)

    def _on_menu(self, at: QPoint) -> None:
        row = self._list.indexAt(at).data(TicketRole.ROW)
        if self._list.chosen_count() > 1:
            self.chosen_menu_requested.emit(self._list.viewport().mapToGlobal(at))
        elif row is not None:
            from copilot.ui.desk.row_menu import open_row_menu  # when it is first asked for

            menu = open_row_menu(self._hub, row, self._list, self._list.viewport().mapToGlobal(at))
            menu.open_requested.connect(self.ticket_activated)

    # -- Qt

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys that lead from the search field into the list."""
        if watched is self._field and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            is_empty = not self._field.text()
            if event.key() == Qt.Key.Key_Down or event.key() in _ENTER:
                self._enter_list()
                return True
            if event.key() == Qt.Key.Key_Escape and is_empty:  # with text in it, the field empties itself
                self.focus_list()
                return True
        return super().eventFilter(watched, event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin at the list; a focus proxy would let Tab pass over all that stands above it."""
        self.focus_list()

    def showEvent(self, event: QShowEvent) -> None:
        """Let the clock run."""
        super().showEvent(event)
        self._clock.start()
        if self._was_hidden:
            self._on_minute()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody reads the times left."""
        super().hideEvent(event)
        self._clock.stop()
        self._was_hidden = True


def _call(run: Callable[[], object], *_: object) -> None:
    run()
