"""A line to search with."""

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget

from copilot.support.i18n import tr
from copilot.ui.theme.icons import icon
from copilot.ui.theme.manager import follow
from copilot.ui.theme.tokens import Tokens


class SearchField(QLineEdit):
    """A line edit with a magnifier and a cross; Esc empties it, and is passed on once it is empty."""

    def __init__(self, placeholder: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(placeholder or tr("Search"))
        self.setAccessibleName(placeholder or tr("Search"))
        self._glass = QAction(tr("Search"), self)
        self._glass.setEnabled(False)
        self.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        self._cross = QAction(tr("Clear"), self)
        self._cross.setVisible(False)
        self._cross.triggered.connect(self.clear)
        self.addAction(self._cross, QLineEdit.ActionPosition.TrailingPosition)
        self.textChanged.connect(self._on_text_changed)
        follow(self._on_theme)

    @Slot(str)
    def _on_text_changed(self, text: str) -> None:
        self._cross.setVisible(bool(text))

    def _on_theme(self, tokens: Tokens) -> None:
        self._glass.setIcon(icon("search", tokens.text_quiet, tokens.text_quiet, tokens.icon))
        self._cross.setIcon(icon("close", tokens.text_quiet, size=tokens.icon))

    def event(self, event: QEvent) -> bool:
        # Esc may be a shortcut of the window: while there is text, the field takes it first.
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and self.text()
        ):
            event.accept()
            return True
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_E
            and event.matches(QKeySequence.StandardKey.MoveToEndOfLine)
        ):
            event.ignore()  # Ctrl+E on Linux: the window's; End goes there as well
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        super().keyPressEvent(event)
