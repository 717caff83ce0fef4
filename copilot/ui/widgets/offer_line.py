"""One line that offers another way, where one is working; it never takes the focus."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from copilot.ui.widgets.announce import announce
from copilot.ui.widgets.flow_layout import FlowLayout
from copilot.ui.widgets.icon_label import IconLabel


class OfferLine(QFrame):
    """A sentence and two buttons; hidden until there is something to offer, and after either was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "marked")
        self._run: Callable[[], None] | None = None
        self._words = QLabel()
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self._yes = QPushButton()
        self._yes.clicked.connect(self._accept)
        self._no = QPushButton()
        self._no.setProperty("kind", "quiet")
        self._no.clicked.connect(self.withdraw)
        buttons = QWidget()
        flow = FlowLayout(buttons)
        flow.addWidget(self._yes)
        flow.addWidget(self._no)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(self._words)
        column.addWidget(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(IconLabel("info", "accent_ink"), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        self.hide()

    @property
    def text(self) -> str:
        """What is offered; empty while nothing is."""
        return "" if self.isHidden() else self._words.text()

    def offer(self, words: str, yes: str, no: str, run: Callable[[], None]) -> None:
        """Offer `run` behind the button `yes`; the one before is withdrawn."""
        self._words.setText(words)
        self._yes.setText(yes)
        self._no.setText(no)
        self._run = run
        self.show()
        announce(self, words)

    def withdraw(self) -> None:
        """Offer nothing any more."""
        self._run = None
        self.hide()

    def _accept(self) -> None:
        run = self._run
        self.withdraw()
        if run is not None:
            run()
