"""An icon that keeps its token's colour when the look changes."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from copilot.ui.theme.icons import pixmap
from copilot.ui.theme.manager import current_tokens, follow
from copilot.ui.theme.tokens import Tokens


class IconLabel(QLabel):
    """Shows one icon; says nothing to screen readers unless given an accessible name.

    Args:
        name: Icon name.
        colour: Name of the colour token.
        scale: Edge as a multiple of the icon token.
        parent: Parent widget.
    """

    def __init__(
        self, name: str, colour: str = "text_quiet", scale: float = 1.0, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._colour = colour
        self._scale = scale
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        follow(self._on_theme)

    def set_icon(self, name: str, colour: str = "text_quiet") -> None:
        """Show another icon in the colour token `colour`."""
        self._name, self._colour = name, colour
        self._on_theme(current_tokens())

    def _on_theme(self, tokens: Tokens) -> None:
        edge = round(tokens.icon * self._scale)
        colour = str(getattr(tokens, self._colour))
        self.setPixmap(pixmap(self._name, colour, edge, self.devicePixelRatioF()))
        self.setFixedSize(edge, edge)
