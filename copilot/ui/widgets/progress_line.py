"""A thin bar with a sentence above it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from copilot.ui.format import percent
from copilot.ui.widgets.elided_label import ElidedLabel


class ProgressLine(QWidget):
    """Shows how far a task is, or only that it runs."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ElidedLabel()
        self._text.setProperty("kind", "small")
        self._figure = QLabel()
        self._figure.setTextFormat(Qt.TextFormat.PlainText)
        self._figure.setProperty("kind", "small")
        self._figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(4)
        self._bar.setRange(0, 1000)
        words = QHBoxLayout()
        words.addWidget(self._text, 1)
        words.addWidget(self._figure)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(words)
        column.addWidget(self._bar)
        self.set_progress(text, None)

    def set_progress(self, text: str, share: float | None) -> None:
        """Show `text` and a share of 0 to 1; None where the end is not known."""
        self._text.setText(text)
        self._bar.setAccessibleName(text)
        self._bar.setRange(0, 0 if share is None else 1000)
        self._figure.setText("" if share is None else percent(share))
        if share is not None:
            self._bar.setValue(round(min(1.0, max(0.0, share)) * 1000))
