"""What floats above the window: a raised body with a soft shadow, painted cheaply."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from copilot.ui.theme.manager import current_tokens

SHADOW = 12  # pixels around the body


class Overlay(QWidget):
    """Base of toast and command palette; leave `SHADOW` pixels of margin around the content."""

    def __init__(self, parent: QWidget, inverse: bool = False) -> None:
        super().__init__(parent)
        self._inverse = inverse

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        body = QRectF(self.rect()).adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)
        painter.setBrush(QColor(0, 0, 0, 14 if tokens.is_dark else 5))
        for step in range(SHADOW, 0, -2):
            radius = tokens.radius_large + step
            painter.drawRoundedRect(
                body.adjusted(-step, -step + 3, step, step).intersected(self.rect()), radius, radius
            )
        painter.setBrush(QColor(tokens.inverse if self._inverse else tokens.raised))
        if not self._inverse:
            painter.setPen(QColor(tokens.line))
            body.adjust(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(body, tokens.radius_large, tokens.radius_large)
