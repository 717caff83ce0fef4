"""A word in a frame that can be clicked, and taken off by its cross."""

import html

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from copilot.ui.theme.icons import icon, square
from copilot.ui.theme.manager import follow
from copilot.ui.theme.tokens import Tokens
from copilot.ui.widgets.icon_button import IconButton


class RemovableChip(QFrame):
    """Text of any origin, shown as it is.

    Args:
        text: The word or two.
        spoken: What a screen reader says.
        remove_label: What the cross does; without it there is none.
        icon_name: An icon before the text.
        tip: Plain text for the tooltip.
        parent: Parent widget.

    Signals:
        clicked: The text was clicked.
        removed: The cross was clicked, or Delete was pressed.
    """

    clicked = Signal()
    removed = Signal()

    def __init__(
        self,
        text: str,
        spoken: str,
        remove_label: str = "",
        icon_name: str = "",
        tip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "chip")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.text = text
        self._icon_name = icon_name
        self._can_remove = bool(remove_label)
        self._word = QToolButton()
        self._word.setText(text.replace("&", "&&"))  # it is no letter to be underlined
        self._word.setToolButtonStyle(
            Qt.ToolButtonStyle.ToolButtonTextBesideIcon
            if icon_name
            else Qt.ToolButtonStyle.ToolButtonTextOnly
        )
        self._word.setAccessibleName(spoken)
        # A tooltip guesses whether its text is HTML, and a ticket may hold anything.
        self._word.setToolTip(f"<span>{html.escape(tip)}</span>" if tip else "")
        self._word.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._word.clicked.connect(self.clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 0, 2, 0)
        row.setSpacing(0)
        row.addWidget(self._word)
        if remove_label:
            cross = IconButton("close", remove_label)
            cross.setToolTip(f"<span>{html.escape(remove_label)}</span>")
            cross.clicked.connect(self.removed)
            row.addWidget(cross)
        follow(self._on_theme)

    def _on_theme(self, tokens: Tokens) -> None:
        if self._icon_name:
            self._word.setIcon(icon(self._icon_name, tokens.text_quiet, size=tokens.icon - 2))
            self._word.setIconSize(square(tokens.icon - 2))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._can_remove and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        else:
            super().keyPressEvent(event)
