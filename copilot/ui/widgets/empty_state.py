"""What stands where nothing is yet: one sentence and the one button that brings it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from copilot.ui.widgets.icon_label import IconLabel


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
        self._sentence.setMaximumWidth(360)
        self._button = QPushButton()
        self._button.clicked.connect(self.action_requested)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addStretch(2)
        centre = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(self._icon, alignment=centre)
        column.addWidget(self._sentence)
        column.setAlignment(self._sentence, centre)
        column.addWidget(self._button, alignment=centre)
        column.addStretch(3)
        self.set_content(icon, sentence, action)

    def set_content(self, icon: str, sentence: str, action: str = "") -> None:
        """Say another thing; no button where `action` is empty."""
        self._icon.set_icon(icon)
        self._sentence.setText(sentence)
        # A wrapping label gives up its width unless it is told how much the sentence wants.
        wanted = self._sentence.fontMetrics().horizontalAdvance(sentence) + 4
        width = min(360, wanted)
        self._sentence.setMinimumWidth(width)
        self._sentence.setMinimumHeight(self._sentence.heightForWidth(width))
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self.setAccessibleName(sentence)
