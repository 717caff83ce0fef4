"""A button that is only an icon."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget

from copilot.ui.theme.icons import icon, square
from copilot.ui.theme.manager import current_tokens, follow
from copilot.ui.theme.tokens import Tokens


class IconButton(QToolButton):
    """An icon with a name: the tooltip, and what screen readers say.

    Args:
        name: Icon name.
        label: What it does, a few words.
        show_label: Whether the words stand beside the icon.
        parent: Parent widget.
    """

    def __init__(
        self, name: str, label: str, show_label: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._colour = "text_quiet"
        self.setText(label)
        self.setToolTip("" if show_label else label)
        self.setAccessibleName(label)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if show_label:
            self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        follow(self._on_theme)

    def set_icon(self, name: str, colour: str = "text_quiet") -> None:
        """Show another icon in the colour token `colour`."""
        self._name, self._colour = name, colour
        self._on_theme(current_tokens())

    def _on_theme(self, tokens: Tokens) -> None:
        self.setIconSize(square(tokens.icon))
        colour = str(getattr(tokens, self._colour))
        self.setIcon(icon(self._name, colour, tokens.text_disabled, tokens.icon))
