"""Choosing one ticket: of a few that are offered, or by number or words."""

import itertools
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QButtonGroup, QLabel, QRadioButton, QVBoxLayout, QWidget

from copilot.domain.listing import TicketRow
from copilot.domain.query import View
from copilot.services.ticket_list import TicketList
from copilot.support.i18n import tr, tr_n
from copilot.support.text import one_line
from copilot.ui.bridge.hub import Hub
from copilot.ui.widgets.marks import status_text
from copilot.ui.widgets.search_field import SearchField

MOST_OFFERED = 12
MOST_FOUND = 6
TYPING_MS = 150


class TicketPicker(QWidget):
    """A radio button for each ticket on offer, and a field that finds others.

    Signals:
        picked(int): This ticket is meant; 0 for none yet.
    """

    picked = Signal(int)

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self._hub = hub
        self._left_out: frozenset[int] = frozenset()
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self.picked)
        self._offered = QVBoxLayout()
        self._found = QVBoxLayout()
        self._field = SearchField(tr("Another ticket: number or words"))
        self._field.setAccessibleName(tr("Find another ticket by number or words"))
        self._field.textChanged.connect(self._on_typed)
        self._nothing = QLabel()
        self._nothing.setProperty("kind", "small")
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._typing.timeout.connect(self._search)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for layout in (self._offered, self._found):
            layout.setSpacing(4)
        column.addLayout(self._offered)
        column.addWidget(self._field)
        column.addLayout(self._found)
        column.addWidget(self._nothing)

    def offer(self, rows: list[TicketRow], left_out: frozenset[int] = frozenset()) -> None:
        """Offer these tickets; `left_out` are not found either."""
        self._left_out = left_out
        self._field.clear()
        self._typing.stop()
        self._empty(self._found)
        self._empty(self._offered)
        self._nothing.hide()
        for row in rows[:MOST_OFFERED]:
            self._add(self._offered, row)
        self._order()

    def ticket(self) -> int:
        """Return the ticket that is picked; 0 for none."""
        return max(0, self._group.checkedId())

    def pick(self, ticket: int) -> None:
        """Pick one that is on offer."""
        button = self._group.button(ticket)
        if button is not None:
            button.setChecked(True)
            self.picked.emit(ticket)

    def _on_typed(self, _text: str) -> None:
        self._typing.start()

    def _search(self) -> None:
        typed = self._field.text().strip()
        if not typed:
            self._show_found([])
            self._nothing.hide()
            return
        work = partial(_find, self._hub.services.ticket_list, typed, self._left_out)
        self._hub.tasks.read(self, work, self._show_found, key="find")

    def _show_found(self, rows: list[TicketRow]) -> None:
        before = self.ticket()
        self._empty(self._found)
        rows = [row for row in rows if self._group.button(row.id) is None]
        for row in rows:
            self._add(self._found, row)
        self._order()
        self._nothing.setText(
            tr_n("{n} ticket found", "{n} tickets found", len(rows))
            if rows
            else tr("No other ticket has this.")
        )
        self._nothing.setVisible(bool(self._field.text().strip()))
        if before != self.ticket():
            if self._group.button(before) is not None:
                self.pick(before)
            else:
                self.picked.emit(0)

    def _add(self, layout: QVBoxLayout, row: TicketRow) -> None:
        title = one_line(row.title, 70)
        text = f"{row.number}  {title}  ·  {status_text(row.status)}"
        button = QRadioButton(text.replace("&", "&&"))  # a title may hold what would underline a letter
        button.setAccessibleName(text)
        self._group.addButton(button, row.id)
        layout.addWidget(button, alignment=Qt.AlignmentFlag.AlignLeft)

    def _empty(self, layout: QVBoxLayout) -> None:
        while layout.count():
            item = layout.takeAt(0)
            button = item.widget() if item is not None else None
            if isinstance(button, QRadioButton):
                self._group.removeButton(button)
                button.hide()
                button.deleteLater()

    def _order(self) -> None:
        """Let Tab go from top to bottom: what is added last would come last, after the page's buttons."""
        offered, found = _buttons(self._offered), _buttons(self._found)
        for one, after in itertools.pairwise((self, *offered, self._field, *found)):
            QWidget.setTabOrder(one, after)

    # -- Qt

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin at what is picked."""
        buttons = self._group.buttons()
        (self._group.checkedButton() or (buttons[0] if buttons else self._field)).setFocus(event.reason())


def _buttons(layout: QVBoxLayout) -> list[QWidget]:
    items = (layout.itemAt(place) for place in range(layout.count()))
    return [button for item in items if item is not None and (button := item.widget()) is not None]


def _find(service: TicketList, typed: str, left_out: frozenset[int]) -> list[TicketRow]:
    ids = [ticket for ticket in service.search(View.ALL, typed) if ticket not in left_out]
    return service.rows(ids[:MOST_FOUND])
