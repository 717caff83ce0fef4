"""Panes parted by a hairline that can be dragged, and moved by the arrow keys."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QWidget

from copilot.support.i18n import tr
from copilot.ui.theme.manager import current_tokens


class Splitter(QSplitter):
    """A splitter whose handle is one pixel to the eye and five to the mouse."""

    def __init__(self, orientation: Qt.Orientation, parent: QWidget | None = None) -> None:
        super().__init__(orientation, parent)
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)

    def createHandle(self) -> QSplitterHandle:
        """Return a handle that takes the focus."""
        return _Handle(self.orientation(), self)


class _Handle(QSplitterHandle):
    STEP = 16  # pixels an arrow key

    def __init__(self, orientation: Qt.Orientation, parent: QSplitter) -> None:
        super().__init__(orientation, parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(tr("Resize panes with the arrow keys"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key
        across = self.orientation() is Qt.Orientation.Horizontal
        back, forth = (key.Key_Left, key.Key_Right) if across else (key.Key_Up, key.Key_Down)
        if event.key() not in (back, forth):
            super().keyPressEvent(event)
            return
        # A thin handle is widened by margins for the mouse: its line, not its edge, is what moves.
        margins = self.contentsMargins()
        now = self.x() + margins.left() if across else self.y() + margins.top()
        self.moveSplitter(now + (self.STEP if event.key() == forth else -self.STEP))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        # Not fillRect: PySide makes the 180 names of QGradient.Preset to tell its forms apart, which a start pays for.
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.focus if self.hasFocus() else tokens.hairline))
        if self.hasFocus():
            painter.drawRect(self.rect())
            return
        across = self.orientation() is Qt.Orientation.Horizontal
        line = self.contentsRect()  # Qt widens a thin handle by margins, for the mouse
        if across:
            line.setWidth(1)
        else:
            line.setHeight(1)
        painter.drawRect(line)
