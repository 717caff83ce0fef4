"""The list of the sidebar."""

from collections.abc import Collection

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from copilot.support.i18n import tr
from copilot.ui.desk.row_delegate import TicketRowDelegate, row_height
from copilot.ui.models.ticket_list import TicketListModel, TicketRole
from copilot.ui.theme.manager import follow
from copilot.ui.theme.tokens import Tokens

_Cursor = QAbstractItemView.CursorAction
_Select = QItemSelectionModel.SelectionFlag
_EXTENDS = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier


class TicketListView(QTableView):
    """One ticket is selected, or several; where its place is lost, arrow keys go on from where it was.

    A table of one column: a QListView asks the model twice for every row whenever the list or a row changes, which
    takes 40 ms for 10,000 tickets; a table whose rows have a fixed height does not ask at all.

    Attributes:
        resting_place: Row to go to when an arrow key is pressed while nothing is selected.
        is_extending: Whether what is pressed now adds to the selection: the row that it leads to is not opened.

    Signals:
        painted(): What is in view was painted.
        chosen_changed(int): So many rows are selected.
        one_requested(): Esc was pressed while several rows are selected.
    """

    painted = Signal()
    chosen_changed = Signal(int)
    one_requested = Signal()

    def __init__(self, model: TicketListModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.resting_place = 0
        self.is_extending = False
        self._tickets = model
        self._rows = TicketRowDelegate(self, model)
        self.setModel(model)
        self.setItemDelegate(self._rows)
        self.setAccessibleName(tr("Tickets"))
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setMouseTracking(True)  # for the hover colour
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.selectionModel().selectionChanged.connect(self.tell_chosen)
        follow(self._on_theme)

    # -- several rows: ranges of places, so that a hundred thousand are no more than one

    def chosen_count(self) -> int:
        """Return how many rows are selected."""
        return sum(last - first + 1 for first, last in self._ranges())

    def chosen(self) -> list[int]:
        """Return the ids of the selected rows, in the order of the list."""
        ids = self._tickets.ids
        return [ticket for first, last in self._ranges() for ticket in ids[first : last + 1]]

    def choose(self, tickets: Collection[int]) -> int:
        """Select the rows of these tickets; return how many are in the list."""
        wanted = set(tickets)
        selection = QItemSelection()
        count, first = 0, -1
        for place, ticket in enumerate((*self._tickets.ids, None)):
            if ticket in wanted:
                count += 1
                if first < 0:
                    first = place
            elif first >= 0:
                top, bottom = self._tickets.index(first), self._tickets.index(place - 1)
                selection.append(QItemSelectionRange(top, bottom))  # `select` compares it with all the others
                first = -1
        self.selectionModel().reset()  # or each old range would be compared with each new one
        self.selectionModel().select(selection, _Select.Select)
        self.viewport().update()
        return count

    def restore(self, tickets: Collection[int], current: int, keep_scroll: int | None) -> bool:
        """Select the rows of several tickets after the list has changed, with the cursor on the row `current`.

        Returns:
            False where not even two of them are in the list: then nothing is selected.
        """
        if sum(self._tickets.place(ticket) >= 0 for ticket in tickets) < 2:
            return False
        self.executeDelayedItemsLayout()
        self.choose(tickets)
        self.is_extending = True
        self.selectionModel().setCurrentIndex(self._tickets.index(current), _Select.NoUpdate)
        self.is_extending = False
        if keep_scroll is not None:
            self.verticalScrollBar().setValue(keep_scroll)
        return True

    def chosen_index(self) -> QModelIndex:
        """Return the first selected row."""
        return self._tickets.index(self._ranges()[0][0])

    def mark_opened(self, ticket: int) -> None:
        """Tell apart the one of several selected rows whose ticket is open."""
        self._rows.opened = ticket
        if self._rows.are_several:
            self.viewport().update()

    def _ranges(self) -> list[tuple[int, int]]:
        """Return the first and last places of what is selected, in order and without overlaps."""
        selection = self.selectionModel().selection()
        found = list[tuple[int, int]]()
        for first, last in sorted((part.top(), part.bottom()) for part in selection.toList()):
            if found and first <= found[-1][1]:
                found[-1] = found[-1][0], max(last, found[-1][1])
            else:
                found.append((first, last))
        return found

    def tell_chosen(self) -> None:
        """Say how many rows are selected."""
        count = self.chosen_count()
        self._rows.are_several = count > 1
        self.chosen_changed.emit(count)

    def show_place(self, place: int, *, keep_scroll: int | None = None) -> None:
        """Select a row (-1 for none); scroll to it, or to the pixel `keep_scroll` where that is given."""
        self.executeDelayedItemsLayout()  # after a reset the scroll bar knows its range only then
        if place >= 0:
            # Not `setCurrentIndex` of the view: that looks at the keys that are held.
            index = self.model().index(place, 0)
            self.selectionModel().setCurrentIndex(index, _Select.ClearAndSelect | _Select.Rows)
        else:
            self.setCurrentIndex(QModelIndex())
            self.clearSelection()
        if keep_scroll is not None:
            self.verticalScrollBar().setValue(keep_scroll)

    def in_view(self) -> list[int]:
        """Return the tickets whose rows are on screen, and some below them."""
        first = max(self.rowAt(0), 0)
        last = min(
            first + 2 * (self.viewport().height() // max(self.rowHeight(0), 1) + 1), self.model().rowCount()
        )
        return [self.model().index(row, 0).data(TicketRole.ID) for row in range(first, last)]

    def _on_theme(self, tokens: Tokens) -> None:
        self.verticalHeader().setMinimumSectionSize(row_height(tokens))
        self.verticalHeader().setDefaultSectionSize(row_height(tokens))

    def _is_ringed(self) -> bool:
        """Whether the focus is shown around the list, as no row has it."""
        return self._tickets.rowCount() > 0 and not self.currentIndex().isValid()

    def _mark_focus(self) -> None:
        if self._is_ringed():  # the viewport is not asked for in a start: see `TicketRowDelegate._look`
            self.viewport().update()

    # -- Qt

    def event(self, event: QEvent) -> bool:
        """Take Esc before a shortcut of the window does, while several rows are selected."""
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and self._rows.are_several
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Shift and Ctrl extend the selection; Esc goes back to one."""
        if event.key() == Qt.Key.Key_Escape and self._rows.are_several:
            self.one_requested.emit()
            return
        self.is_extending = bool(event.modifiers() & _EXTENDS)
        super().keyPressEvent(event)
        self.is_extending = False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Shift and Ctrl extend the selection; the right button keeps one that it is pressed in."""
        index = self.indexAt(event.position().toPoint())
        is_menu = event.button() == Qt.MouseButton.RightButton and self.selectionModel().isSelected(index)
        self.is_extending = bool(event.modifiers() & _EXTENDS) or (is_menu and self._rows.are_several)
        super().mousePressEvent(event)
        self.is_extending = False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Dragging over rows selects them and opens none."""
        self.is_extending = event.buttons() != Qt.MouseButton.NoButton
        super().mouseMoveEvent(event)
        self.is_extending = False

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._mark_focus()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._mark_focus()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show the focus where no row does; say when it is done."""
        super().paintEvent(event)
        if self.hasFocus() and self._is_ringed():
            from copilot.ui.widgets.focus_ring import paint_ring  # not in a start, which has a row

            paint_ring(self.viewport())
        self.painted.emit()

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: Qt would read every row to find one, and the search field is better at it."""

    def moveCursor(self, action: _Cursor, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Home and End mean the list, not the row; where nothing is selected, keys begin at `resting_place`."""
        last = self.model().rowCount() - 1
        if action in (_Cursor.MoveHome, _Cursor.MoveEnd):
            return self.model().index(0 if action is _Cursor.MoveHome else last, 0)
        if not self.currentIndex().isValid():
            if (
                action is _Cursor.MoveNext
            ):  # what Qt asks for when the list gets the focus: that opens nothing
                return QModelIndex()
            return self.model().index(min(self.resting_place, last), 0)
        return super().moveCursor(action, modifiers)
