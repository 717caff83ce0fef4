"""The list of the sidebar."""

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from copilot.support.i18n import tr
from copilot.ui.desk.row_delegate import TicketRowDelegate
from copilot.ui.models.ticket_list import TicketListModel, TicketRole
from copilot.ui.theme.manager import follow
from copilot.ui.theme.tokens import Tokens

_Cursor = QAbstractItemView.CursorAction


class TicketListView(QTableView):
    """One ticket is selected at most; where its place is lost, arrow keys go on from where it was.

    A table of one column: a QListView asks the model twice for every row whenever the list or a row changes, which
    takes 40 ms for 10,000 tickets; a table whose rows have a fixed height does not ask at all.

    Attributes:
        resting_place: Row to go to when an arrow key is pressed while nothing is selected.

    Signals:
        painted(): What is in view was painted.
    """

    painted = Signal()

    def __init__(self, model: TicketListModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.resting_place = 0
        self.setModel(model)
        self.setItemDelegate(TicketRowDelegate(self, model))
        self.setAccessibleName(tr("Tickets"))
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
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
        follow(self._on_theme)

    def show_place(self, place: int, *, keep_scroll: int | None = None) -> None:
        """Select a row (-1 for none); scroll to it, or to the pixel `keep_scroll` where that is given."""
        self.executeDelayedItemsLayout()  # after a reset the scroll bar knows its range only then
        if place >= 0:
            self.setCurrentIndex(self.model().index(place, 0))
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
        self.verticalHeader().setMinimumSectionSize(tokens.row)
        self.verticalHeader().setDefaultSectionSize(tokens.row)

    # -- Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        """Say when it is done."""
        super().paintEvent(event)
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
