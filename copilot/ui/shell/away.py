"""What stands in the main window where a ticket would be that has a window of its own."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from copilot.support.i18n import tr
from copilot.ui.widgets.first_focus import begin_at
from copilot.ui.widgets.icon_label import IconLabel


class AwayNotice(QWidget):
    """Says where the ticket is.

    Signals:
        back_requested(int): The ticket is wanted here.
        go_requested(int): The person wants to its window.
    """

    back_requested = Signal(int)
    go_requested = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._ticket = 0
        sentence = QLabel(tr("This ticket is open in a window of its own."))
        sentence.setTextFormat(Qt.TextFormat.PlainText)
        sentence.setProperty("kind", "quiet")
        sentence.setWordWrap(True)
        sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        back = QPushButton(tr("Bring it here"))
        back.clicked.connect(self._on_back)
        go = QPushButton(tr("Go there"))
        go.clicked.connect(self._on_go)
        begin_at(self, go)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(back)
        row.addWidget(go)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addStretch(2)
        column.addWidget(IconLabel("external", "text_quiet", 2.0), alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(sentence)
        column.addLayout(row)
        column.addStretch(3)
        self.setAccessibleName(sentence.text())

    def show_ticket(self, ticket: int) -> None:
        """Say it of this ticket."""
        self._ticket = ticket

    def _on_back(self) -> None:
        self.back_requested.emit(self._ticket)

    def _on_go(self) -> None:
        self.go_requested.emit(self._ticket)
