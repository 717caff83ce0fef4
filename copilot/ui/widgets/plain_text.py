"""Shows text from outside as what it is: text."""

import math

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QFocusEvent,
    QKeySequence,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QMenu, QPlainTextEdit, QSizePolicy, QWidget

from copilot.support.i18n import tr
from copilot.support.text import clean
from copilot.ui.theme.icons import icon
from copilot.ui.theme.manager import current_tokens, follow, mono_font
from copilot.ui.theme.tokens import Tokens
from copilot.ui.widgets.focus_ring import came_by_keyboard, paint_ring


class PlainTextView(QPlainTextEdit):
    """Read-only plain text as tall as its content, up to `max_lines`; beyond that it scrolls.

    Never rich text. Escapes, control characters and characters that change the order of text are taken out.

    Args:
        name: What screen readers call it.
        monospace: For logs and output.
        max_lines: Height limit, so that a long log is not laid out as a whole.
        parent: Parent widget.

    Signals:
        evidence_requested(str): The selection shall become evidence.
    """

    evidence_requested = Signal(str)

    def __init__(
        self, name: str, monospace: bool = False, max_lines: int = 200, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._monospace = monospace
        self._max_lines = max_lines
        self._ring = False
        self.setProperty("kind", "text")
        self.setAccessibleName(name)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        flag = Qt.TextInteractionFlag
        self.setTextInteractionFlags(flag.TextSelectableByMouse | flag.TextSelectableByKeyboard)
        self.document().setDocumentMargin(0)

        self.evidence_action = QAction(tr("Use as evidence"), self)
        self.evidence_action.setEnabled(False)
        self.evidence_action.triggered.connect(self._on_evidence)
        self.copyAvailable.connect(self.evidence_action.setEnabled)
        follow(self._on_theme)

    def set_text(self, text: str) -> None:
        """Show `text`, cleaned."""
        self.setPlainText(clean(text))
        self._fit()

    def selected_text(self) -> str:
        """Return the selection with ordinary line ends; empty where nothing is selected."""
        return self.textCursor().selectedText().replace("\u2029", "\n").replace("\u2028", "\n")

    @Slot()
    def _on_evidence(self) -> None:
        text = self.selected_text().strip()
        if text:
            self.evidence_requested.emit(text)

    def _on_theme(self, tokens: Tokens) -> None:
        if self._monospace:
            self.setFont(mono_font(tokens))
        self.evidence_action.setIcon(icon("evidence", tokens.text_quiet, tokens.text_disabled))
        self._fit()

    def _fit(self) -> None:
        height, fits = content_height(self, self._max_lines)
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(policy.ScrollBarAlwaysOff if fits else policy.ScrollBarAsNeeded)
        self.setFixedHeight(height)

    def context_menu(self) -> QMenu:
        """Return a new menu for what is selected; it deletes itself when it closes."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        has_selection = self.textCursor().hasSelection()
        copy = menu.addAction(tr("Copy"))
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.setIcon(icon("copy", current_tokens().text_quiet, current_tokens().text_disabled))
        copy.setEnabled(has_selection)
        copy.triggered.connect(self.copy)
        menu.addAction(self.evidence_action)
        menu.addSeparator()
        everything = menu.addAction(tr("Select all"))
        everything.setShortcut(QKeySequence(QKeySequence.StandardKey.SelectAll))
        everything.triggered.connect(self.selectAll)
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.context_menu().popup(event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.verticalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAsNeeded:
            super().wheelEvent(event)
        else:
            event.ignore()  # the pane around it scrolls

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


def content_height(edit: QPlainTextEdit, max_lines: int) -> tuple[int, bool]:
    """Return the height of the text in pixels, at most that of `max_lines` wrapped lines, and whether all of it fits."""
    height = 0.0
    lines = 0
    block = edit.document().begin()
    while block.isValid() and lines < max_lines:
        height += edit.blockBoundingRect(block).height()  # lays the block out
        lines += max(1, block.layout().lineCount())
        block = block.next()
    limit = max_lines * edit.fontMetrics().lineSpacing()
    fits = not block.isValid() and height <= limit
    # One pixel more: QPlainTextEdit counts a last line that just fits as one to scroll to.
    return math.ceil(height if fits else min(height, limit)) + 1, fits
