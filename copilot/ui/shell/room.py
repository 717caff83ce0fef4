"""What room there is for the panes beside each other: for all three or not, and for the list."""

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QWidget

from copilot.ui.desk.view_switch import least_width
from copilot.ui.theme.manager import current_tokens, follow
from copilot.ui.theme.tokens import LIGHT, Tokens

THREE_PANES = 860  # pixels at normal text size


class Room(QObject):
    """Watches the width of the panes.

    Signals:
        changed(): There is room now, or no longer.
    """

    changed = Signal()

    def __init__(self, panes: QWidget, ticket_list: QWidget) -> None:
        super().__init__(panes)
        self._list = ticket_list
        self._panes = panes
        self._needed = THREE_PANES
        self.is_enough = True
        panes.installEventFilter(self)
        follow(self._on_look)

    def _on_look(self, tokens: Tokens) -> None:
        self._needed = round(THREE_PANES * tokens.font_base / LIGHT.font_base)
        self._look()

    def _look(self) -> None:
        wide = self._panes.width()
        self._list.setMinimumWidth(min(least_width(current_tokens()), wide * 2 // 5))
        is_enough = wide >= self._needed
        if is_enough != self.is_enough:
            self.is_enough = is_enough
            self.changed.emit()

    # -- Qt

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            self._look()
        return False
