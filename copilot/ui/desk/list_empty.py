"""What the list says when it has nothing to show: one sentence, and the way on."""

from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from copilot.domain.query import View
from copilot.support.i18n import tr
from copilot.support.text import one_line
from copilot.ui.widgets.icon_label import IconLabel


class WayOn(StrEnum):
    """What a button of the empty list does."""

    NEW = "new"
    IMPORT = "import"
    CLEAR = "clear"
    SHOW_ALL = "show_all"
    SEARCH_ALL = "search_all"


class ListEmpty(QWidget):
    """Icon, sentence and up to two buttons, as narrow as the list may be.

    Signals:
        chosen(WayOn): A button was pressed.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = IconLabel("inbox", scale=2.0)
        self._sentence = QLabel()
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setProperty("kind", "quiet")
        self._sentence.setWordWrap(True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._ways: list[WayOn] = []
        self._first, self._second = QPushButton(), QPushButton()
        self._first.clicked.connect(self._on_first)
        self._second.clicked.connect(self._on_second)
        centre = Qt.AlignmentFlag.AlignHCenter
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addStretch(2)
        column.addWidget(self._icon, alignment=centre)
        column.addWidget(self._sentence)
        column.addWidget(self._first, alignment=centre)
        column.addWidget(self._second, alignment=centre)
        column.addStretch(3)

    @property
    def sentence(self) -> str:
        """What it says."""
        return self._sentence.text()

    @property
    def ways(self) -> list[WayOn]:
        """What its buttons do."""
        return list(self._ways)

    def explain(self, view: View, typed: str, total: int) -> None:
        """Say why nothing is listed.

        Args:
            view: The view that is shown.
            typed: What was searched for.
            total: How many tickets there are at all.
        """
        if not total:
            icon, sentence = "inbox", tr("There are no tickets yet. Write one, or import them from a file.")
            ways = [WayOn.NEW, WayOn.IMPORT]
        elif typed:
            icon = "search"
            sentence = tr("No ticket matches “{text}”.").format(text=one_line(typed, 60))
            ways = [WayOn.CLEAR] if view is View.ALL else [WayOn.CLEAR, WayOn.SEARCH_ALL]
        else:
            icon, ways = "check-circle", [WayOn.SHOW_ALL]
            sentence = {
                View.MY_QUEUE: tr("No open ticket is assigned to you."),
                View.UNASSIGNED: tr("Every open ticket is assigned to somebody."),
                View.SLA_AT_RISK: tr("No open ticket is overdue or close to it."),
                View.ALL: tr("There are no tickets."),
            }[view]
        self._icon.set_icon(icon)
        self._sentence.setText(sentence)
        self.setAccessibleName(sentence)
        self._ways = ways
        words = {
            WayOn.NEW: (tr("New ticket"), "Ctrl+N"),
            WayOn.IMPORT: (tr("Import…"), ""),
            WayOn.CLEAR: (tr("Clear search"), "Esc"),
            WayOn.SHOW_ALL: (tr("Show all tickets"), "Ctrl+4"),
            WayOn.SEARCH_ALL: (tr("Search all tickets"), "Ctrl+4"),
        }
        for place, button in enumerate((self._first, self._second)):
            button.setVisible(place < len(ways))
            if place < len(ways):
                text, key = words[ways[place]]
                button.setText(text)
                button.setToolTip(f"{text} ({key})" if key else text)

    def _on_first(self) -> None:
        self.chosen.emit(self._ways[0])

    def _on_second(self) -> None:
        self.chosen.emit(self._ways[1])
