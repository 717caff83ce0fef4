"""A focus ring for read-only text, which has no frame of its own."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from copilot.ui.theme.manager import current_tokens

_BY_KEYBOARD = frozenset(
    {
        Qt.FocusReason.TabFocusReason,
        Qt.FocusReason.BacktabFocusReason,
        Qt.FocusReason.ShortcutFocusReason,
        Qt.FocusReason.OtherFocusReason,
    }
)


def came_by_keyboard(event: QFocusEvent) -> bool:
    """Tell whether a ring should show: a person who clicked knows where they are."""
    return event.reason() in _BY_KEYBOARD


def paint_ring(surface: QWidget) -> None:
    """Draw the ring just inside `surface`."""
    tokens = current_tokens()
    painter = QPainter(surface)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(tokens.focus), 1.5))
    edge = QRectF(surface.rect()).adjusted(0.75, 0.75, -0.75, -0.75)
    painter.drawRoundedRect(edge, tokens.radius_small, tokens.radius_small)
    painter.end()
