"""What stands where nothing is yet: one sentence and the one button that brings it."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from copilot.ui.theme.manager import current_tokens, follow
from copilot.ui.theme.tokens import LIGHT, Tokens
from copilot.ui.widgets.icon_label import IconLabel

_MARGIN = 24
_NARROWEST = 240
_WIDEST = 360  # pixels at normal text size


class EmptyState(QWidget):
    """An icon, a sentence, a button.

    Signals:
        action_requested: The button was pressed.
    """

    action_requested = Signal()

    def __init__(self, icon: str, sentence: str, action: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = IconLabel(icon, "text_quiet", 2.0)
        self._sentence = QLabel()
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setProperty("kind", "quiet")
        self._sentence.setWordWrap(True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._button = QPushButton()
        self._button.clicked.connect(self.action_requested)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        column.setSpacing(12)
        column.addStretch(2)
        centre = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(self._icon, alignment=centre)
        column.addWidget(self._sentence)
        column.setAlignment(self._sentence, centre)
        column.addWidget(self._button, alignment=centre)
        column.addStretch(3)
        self.set_content(icon, sentence, action)
        follow(self._on_look)

    def set_content(self, icon: str, sentence: str, action: str = "") -> None:
        """Say another thing; no button where `action` is empty."""
        self._icon.set_icon(icon)
        self._sentence.setText(sentence)
        self._fit()
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self.setAccessibleName(sentence)

    def _on_look(self, _tokens: Tokens) -> None:
        self._fit()

    def _fit(self) -> None:
        """Give the sentence its room: a wrapping label gives up its width unless it is told how much it wants."""
        widest = round(_WIDEST * current_tokens().font_base / LIGHT.font_base)
        wanted = self._sentence.fontMetrics().horizontalAdvance(self._sentence.text()) + 4
        width = min(widest, wanted, max(_NARROWEST, self.width()) - 2 * _MARGIN)
        self._sentence.setFixedWidth(width)
        self._sentence.setMinimumHeight(self._sentence.heightForWidth(width))

    # -- Qt

    def minimumSizeHint(self) -> QSize:
        """The sentence wraps where it has to."""
        return QSize(_NARROWEST, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
