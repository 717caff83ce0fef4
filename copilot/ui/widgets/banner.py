"""A line across the window that says what is wrong for as long as it is, and goes by itself."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from copilot.ui.theme.manager import follow
from copilot.ui.theme.tokens import Tokens
from copilot.ui.widgets.announce import announce
from copilot.ui.widgets.icon_label import IconLabel


class Banner(QFrame):
    """Quiet: it takes no focus and covers nothing.

    Signals:
        acted(): Its button was pressed.
    """

    acted = Signal()

    def __init__(self, action: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = IconLabel("alert-triangle", "warning_ink")
        self._words = QLabel()
        self._words.setWordWrap(True)
        self.button = QPushButton(action)
        self.button.clicked.connect(self.acted)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 12, 6)
        row.setSpacing(8)
        row.addWidget(self._icon)
        row.addWidget(self._words, 1)
        row.addWidget(self.button)
        self.setObjectName("banner")
        follow(self._on_theme)
        self.hide()

    @property
    def text(self) -> str:
        """What it says; empty while it is hidden."""
        return "" if self.isHidden() else self._words.text()

    def say(self, text: str) -> None:
        """Show `text`, read out once; an empty one hides the banner."""
        if text == self.text:
            return
        self._words.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))
        if text:
            announce(self, text)

    def _on_theme(self, tokens: Tokens) -> None:
        self.setStyleSheet(
            f"QFrame#banner {{ background: {tokens.warning_fill}; border: none;"
            f" border-top: 1px solid {tokens.hairline}; }}"
            f"QFrame#banner > QLabel {{ background: transparent; color: {tokens.text}; }}"
        )
