"""Ways from one ticket to another: back and forward, recent, pinned."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from copilot.services.ticket_marks import Marked
from copilot.support.i18n import tr
from copilot.ui.bridge.hub import Hub
from copilot.ui.desk.history import History

if TYPE_CHECKING:
    from copilot.ui.desk.recent_tickets import RecentTickets

_BACK, _FORWARD = -1, 1
_BUTTONS = {Qt.MouseButton.BackButton: _BACK, Qt.MouseButton.ForwardButton: _FORWARD}


class TicketTrail(QObject):
    """Remembers which tickets a window showed.

    Attributes:
        back, forward, recent, pin: The actions.
    """

    def __init__(self, hub: Hub, window: QMainWindow, tickets: QWidget, go: Callable[[int], None]) -> None:
        """Take the list, on which P pins, and what shows a ticket."""
        super().__init__(window)
        self._hub = hub
        self._window = window
        self._go = go
        self._history = History()
        self._current = 0
        self._popup: RecentTickets | None = None
        self.back = self._action(tr("Back to the ticket before"), partial(self._step, _BACK), "Alt+Left")
        self.back.setShortcuts([QKeySequence("Alt+Left"), QKeySequence(Qt.Key.Key_Back)])
        self.forward = self._action(tr("Forward to the next ticket"), partial(self._step, _FORWARD), "")
        self.forward.setShortcuts([QKeySequence("Alt+Right"), QKeySequence(Qt.Key.Key_Forward)])
        self.recent = self._action(tr("Recent tickets…"), self.show_recent, "Ctrl+E")
        self.pin = self._action(tr("Pin or unpin the ticket"), self._toggle_pin, "P")
        self.pin.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)  # elsewhere P is a letter
        tickets.addAction(self.pin)
        self._show_ways()
        hub.desk_replaced.connect(self._forget)
        handle = window.windowHandle()
        if handle is not None:  # before any widget: lists and text boxes take every button for themselves
            handle.installEventFilter(self)

    def actions_for_palette(self) -> list[QAction]:
        """Return this part's actions."""
        return [self.back, self.forward, self.recent, self.pin]

    def visited(self, ticket: int) -> None:
        """Remember that a ticket is shown."""
        self._current = ticket
        if self._history.visit(ticket):
            self._show_ways()
        # A list of what was opened is not worth a complaint where it cannot be stored.
        self._hub.tasks.write(
            self, partial(self._hub.services.marks.visit, ticket), None, lambda _error: None
        )

    def show_recent(self) -> None:
        """Open the list of recent tickets, or close it."""
        if self._popup is not None and self._popup.isVisible():
            self._popup.close_picker()
            return
        self._hub.tasks.read(self, self._hub.services.marks.at_hand, self._on_marked, key="recent")

    # -- inner parts

    def _forget(self) -> None:
        """Begin anew: on another desk the ids belong to other tickets."""
        self._history = History()
        self._current = 0
        self._show_ways()

    def _on_marked(self, marked: Marked) -> None:
        if self._popup is None:
            from copilot.ui.desk.recent_tickets import RecentTickets  # when it is first asked for

            self._popup = RecentTickets(self._window)
            self._popup.chosen.connect(self._go)
        if not self._popup.isVisible():
            self._popup.open(marked, self._current)

    def _step(self, by: int) -> None:
        way = self._history.behind() if by < 0 else self._history.ahead()
        if way:
            self._hub.tasks.read(
                self,
                partial(self._hub.services.marks.first_there, way),
                partial(self._on_there, by, way),
                key="step",
            )

    def _on_there(self, by: int, way: Sequence[int], ticket: int) -> None:
        if tuple(way) != (self._history.behind() if by < 0 else self._history.ahead()):
            return  # another ticket was opened meanwhile
        self._history.step(ticket, by)
        self._show_ways()
        if ticket:
            self._go(ticket)

    def _show_ways(self) -> None:
        self.back.setEnabled(bool(self._history.behind()))
        self.forward.setEnabled(bool(self._history.ahead()))

    def _toggle_pin(self) -> None:
        if self._current:
            self._hub.change(self._hub, partial(self._hub.services.marks.toggle_pin, self._current))

    def _action(self, text: str, run: Callable[[], None], key: str) -> QAction:
        made = QAction(text, self._window)
        if key:
            made.setShortcut(QKeySequence(key))
        made.triggered.connect(lambda: run())
        return made

    # -- Qt

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the two buttons that a mouse has for the way back and forward."""
        if event.type() is QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            by = _BUTTONS.get(event.button())
            if by:
                self._step(by)
                return True
        return super().eventFilter(watched, event)
