"""Paints a mark: as a widget, or by a delegate in a row."""

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from copilot.ui.theme.icons import pixmap
from copilot.ui.theme.manager import current_tokens, follow
from copilot.ui.theme.tokens import Tokens
from copilot.ui.widgets.marks import Mark

_PAD = 6  # left and right of the content; a plain mark has none
_GAP = 4


def chip_font(base: QFont, tokens: Tokens) -> QFont:
    """Return the font of chips."""
    font = QFont(base)
    font.setPixelSize(tokens.font_small)
    return font


def chip_size(mark: Mark, font: QFont, tokens: Tokens) -> QSize:
    """Return the size that `paint_chip` needs with `font` from `chip_font`."""
    return _size(mark, QFontMetrics(font), tokens)


def _size(mark: Mark, metrics: QFontMetrics, tokens: Tokens) -> QSize:
    pad = 0 if mark.plain else 2 * _PAD
    words = metrics.horizontalAdvance(mark.text) + 1 if mark.text else 0  # Qt rounds down
    return QSize(pad + _icon(tokens) + (_GAP + words if words else 0), metrics.height() + 4)


def paint_chip(painter: QPainter, where: QRect, mark: Mark, font: QFont, tokens: Tokens) -> None:
    """Paint `mark` into `where`, at its left edge and in its vertical middle."""
    metrics = QFontMetrics(font)
    size = _size(mark, metrics, tokens)
    size.setWidth(min(size.width(), where.width()))
    box = QRect(where.x(), where.y() + (where.height() - size.height()) // 2, size.width(), size.height())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if not mark.plain:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.fill(mark.tone)))
        painter.drawRoundedRect(QRectF(box), tokens.radius_small, tokens.radius_small)
    inner = box if mark.plain else box.adjusted(_PAD, 0, -_PAD, 0)
    edge = _icon(tokens)
    device = painter.device()
    ratio = device.devicePixelRatioF() if device is not None else 1.0
    painter.drawPixmap(
        QPointF(inner.x(), inner.y() + (inner.height() - edge) / 2),
        pixmap(mark.icon, tokens.ink(mark.tone), edge, ratio),
    )
    painter.setPen(QColor(tokens.ink(mark.tone)))
    painter.setFont(font)
    words = inner.adjusted(edge + _GAP, 0, 0, 0)
    text = metrics.elidedText(mark.text, Qt.TextElideMode.ElideRight, words.width())
    painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
    painter.restore()


def _icon(tokens: Tokens) -> int:
    return tokens.icon - 2


class Chip(QWidget):
    """A mark as a widget. Not focusable: it only tells."""

    def __init__(self, mark: Mark | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mark = mark
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_mark(mark)
        follow(self._on_theme)

    @property
    def mark(self) -> Mark | None:
        """What it shows."""
        return self._mark

    def set_mark(self, mark: Mark | None) -> None:
        """Show `mark`; None hides the chip."""
        was_empty, self._mark = self._mark is None, mark
        self.setAccessibleName((mark.spoken or mark.text) if mark else "")
        if mark is None:
            self.hide()
        elif was_empty:
            self.show()
        self.updateGeometry()
        self.update()

    def _on_theme(self, _tokens: Tokens) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        if self._mark is None:
            return QSize(0, 0)
        tokens = current_tokens()
        return chip_size(self._mark, chip_font(self.font(), tokens), tokens)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._mark is not None:
            tokens = current_tokens()
            paint_chip(QPainter(self), self.rect(), self._mark, chip_font(self.font(), tokens), tokens)
