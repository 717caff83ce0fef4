"""A block of code in an answer, marked by what its commands do."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QGuiApplication,
    QPaintEvent,
    QResizeEvent,
    QTextCursor,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from copilot.domain.conversation import CommandRisk
from copilot.support.i18n import tr
from copilot.ui.theme.manager import follow, mono_font
from copilot.ui.theme.tokens import Tokens
from copilot.ui.widgets.announce import announce
from copilot.ui.widgets.chip import Chip
from copilot.ui.widgets.focus_ring import came_by_keyboard, paint_ring
from copilot.ui.widgets.icon_button import IconButton
from copilot.ui.widgets.marks import risk_mark
from copilot.ui.widgets.plain_text import content_height

Rate = Callable[[str, str], tuple[str, str]]
_COPIED_MS = 1500
_FOOT = 8  # pixels below the last line
_MOST_LINES = 10_000


class CodeBlock(QFrame):
    """Code in monospace under a bar: language, risk, Copy, and why it is rated so.

    It can be copied, and is rated, only once it is complete: half a command may do something else.

    Signals:
        copied(str): The code that was copied.
    """

    copied = Signal(str)

    def __init__(self, language: str, rate: Rate, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._language = language
        self._rate = rate
        self.setProperty("kind", "code")
        self._risk = Chip()
        self._why = QLabel()
        self._why.setTextFormat(Qt.TextFormat.PlainText)
        self._why.setProperty("kind", "small")
        self._why.setWordWrap(True)
        self._why.setContentsMargins(12, 0, 12, 6)
        self._why.hide()
        self._copy = IconButton("copy", tr("Copy"), show_label=True)
        self._copy.setAccessibleName(tr("Copy code"))
        self._copy.setEnabled(False)
        self._copy.clicked.connect(self.copy)
        self._reset = QTimer(self, singleShot=True, interval=_COPIED_MS)
        self._reset.timeout.connect(self._show_copy)
        name = QLabel(language or tr("text"))
        name.setTextFormat(Qt.TextFormat.PlainText)
        name.setProperty("kind", "mono")

        bar = QHBoxLayout()
        bar.setContentsMargins(12, 4, 4, 4)
        bar.setSpacing(8)
        bar.addWidget(name)
        bar.addWidget(self._risk)
        bar.addStretch(1)
        bar.addWidget(self._copy)
        self._body = _Code(tr("Code, {language}").format(language=language or tr("text")))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self._why)
        column.addWidget(self._body)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def code(self) -> str:
        """Return the code without the last line end."""
        return self._body.toPlainText().rstrip("\n")

    def append(self, text: str) -> None:
        """Add `text`."""
        self._body.add(text)

    def complete(self) -> None:
        """Say that the code is complete: rate it and offer Copy."""
        self._body.drop_last_line_end()
        risk, why = self._rate(self.code(), self._language)
        if risk:
            self._risk.set_mark(risk_mark(CommandRisk(risk)))
        self._why.setText(why)
        self._why.setVisible(bool(why))
        self._copy.setEnabled(True)

    @Slot()
    def copy(self) -> None:
        """Put the code on the clipboard."""
        QGuiApplication.clipboard().setText(self.code())
        self._copy.setText(tr("Copied"))
        self._copy.set_icon("check", "success_ink")
        self._reset.start()
        announce(self._copy, tr("Copied"))
        self.copied.emit(self.code())

    @Slot()
    def _show_copy(self) -> None:
        self._copy.setText(tr("Copy"))
        self._copy.set_icon("copy")


class _Code(QPlainTextEdit):
    """Read-only code as tall as its lines.

    Long lines wrap: what a command destroys must not stand out of sight behind a scroll bar.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setProperty("kind", "text")
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        flag = Qt.TextInteractionFlag
        self.setTextInteractionFlags(flag.TextSelectableByMouse | flag.TextSelectableByKeyboard)
        self.document().setDocumentMargin(0)
        self.setViewportMargins(12, 0, 12, _FOOT)
        self._ring = False
        self.textChanged.connect(self._fit)
        follow(self._on_theme)

    def add(self, text: str) -> None:
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(text)

    def drop_last_line_end(self) -> None:
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        if cursor.atBlockStart() and not cursor.atStart():
            cursor.deletePreviousChar()

    def _on_theme(self, tokens: Tokens) -> None:
        self.setFont(mono_font(tokens))
        self._fit()

    @Slot()
    def _fit(self) -> None:
        height, _ = content_height(self, _MOST_LINES)
        self.setFixedHeight(height + _FOOT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = came_by_keyboard(event)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._ring = False
        super().focusOutEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._ring:
            paint_ring(self.viewport())

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the pane around it scrolls

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._fit()
