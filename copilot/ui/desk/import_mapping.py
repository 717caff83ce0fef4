"""Which column of a file is read into which field of a ticket, to be chosen."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from copilot.support.i18n import tr, tr_n
from copilot.support.text import one_line
from copilot.ui.settings.column_page import label
from copilot.ui.theme.manager import follow
from copilot.ui.theme.tokens import LIGHT, Tokens

_WIDTH = 340  # pixels at normal text size
_FIRST = (
    "title",
    "body",
    "number",
    "requester",
    "email",
    "status",
    "priority",
    "created_at",
    "assignee",
    "type",
)


def field_names() -> dict[str, str]:
    """Return our fields with their names for people, the usual ones first."""
    return {
        "title": tr("Title"),
        "body": tr("Description"),
        "number": tr("Number"),
        "requester": tr("Requester"),
        "email": tr("E-mail"),
        "status": tr("Status"),
        "priority": tr("Priority"),
        "created_at": tr("Created"),
        "assignee": tr("Assignee"),
        "type": tr("Type"),
        "updated_at": tr("Last change"),
        "first_response_at": tr("First response"),
        "resolved_at": tr("Resolved"),
        "closed_at": tr("Closed"),
        "impact": tr("Impact"),
        "urgency": tr("Urgency"),
        "vip": tr("VIP"),
        "group": tr("Group"),
        "category": tr("Category"),
        "symptom": tr("Symptom"),
        "service": tr("Service"),
        "site": tr("Site"),
        "channel": tr("Channel"),
        "language": tr("Language"),
        "tags": tr("Tags"),
        "host": tr("Device"),
        "os": tr("Operating system"),
        "model": tr("Device model"),
        "serial": tr("Serial number"),
        "assets": tr("Devices (JSON)"),
        "messages": tr("Messages"),
        "sla_paused_seconds": tr("SLA paused, seconds"),
        "sla_paused_since": tr("SLA paused since"),
    }


class ImportMapping(QFrame):
    """One line a field: its name, and the column that it is read from.

    Signals:
        changed(dict): Our field to their column, as chosen now.
        guess_requested(): Read the columns by their names, not as last time.
    """

    changed = Signal(object)
    guess_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "bar")
        self._headers: list[str] = []
        self._choices: dict[str, _Choice] = {}
        self._labels: dict[str, QLabel] = {}
        self._more_is_open = False
        heading = label(tr("Columns"), "title")
        self._origin = label("", "small", wraps=True)
        self._guess = QPushButton(tr("Use the guess instead"))
        self._guess.setProperty("kind", "link")
        self._guess.clicked.connect(self.guess_requested)
        self._more = QPushButton()
        self._more.setProperty("kind", "quiet")
        self._more.clicked.connect(self._toggle)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._make_fields())
        self._scroll.viewport().setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 8, 8)
        column.setSpacing(4)
        column.addWidget(heading)
        column.addWidget(self._origin)
        column.addWidget(self._guess, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(4)
        column.addWidget(self._scroll, 1)
        follow(self._on_look)

    def show_columns(
        self, headers: Sequence[str], columns: Mapping[str, str], *, is_remembered: bool
    ) -> None:
        """Offer the columns of a file, with these chosen."""
        self._headers = [header for header in dict.fromkeys(headers) if header]
        for field, choice in self._choices.items():
            choice.offer(self._headers, columns.get(field, ""))
        self._origin.setText(
            tr("Read as last time.")
            if is_remembered
            else tr("Guessed by their names. Your choice is kept for the next file like this.")
        )
        self._guess.setVisible(is_remembered)
        self._show_more()

    def columns(self) -> dict[str, str]:
        """Return our field to their column, as chosen now."""
        return {
            field: self._headers[place]
            for field, choice in self._choices.items()
            if (place := choice.currentIndex() - 1) >= 0
        }

    def choice(self, field: str) -> QComboBox:
        """Return the control of a field."""
        return self._choices[field]

    def _make_fields(self) -> QWidget:
        made = QWidget()
        made.setAutoFillBackground(False)
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, 16, 8)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        row = 0
        for field, name in field_names().items():
            if row == len(_FIRST):
                grid.addWidget(self._more, row, 0, 1, 2, Qt.AlignmentFlag.AlignLeft)
                row += 1
            caption, choice = label(name), _Choice(tr("{field} is read from").format(field=name))
            caption.setBuddy(choice)
            choice.activated.connect(self._on_chosen)
            self._choices[field], self._labels[field] = choice, caption
            grid.addWidget(caption, row, 0)
            grid.addWidget(choice, row, 1)
            row += 1
        grid.setRowStretch(row, 1)
        return made

    def _on_chosen(self, _: int) -> None:
        self._show_more()
        self.changed.emit(self.columns())

    def _toggle(self) -> None:
        self._more_is_open = not self._more_is_open
        self._show_more()

    def _show_more(self) -> None:
        used = 0
        for field, choice in self._choices.items():
            if field not in _FIRST:
                used += choice.currentIndex() > 0
                choice.setVisible(self._more_is_open)
                self._labels[field].setVisible(self._more_is_open)
        if self._more_is_open:
            self._more.setText(tr("Fewer fields"))
        elif used:
            self._more.setText(tr_n("More fields ({n} in use)", "More fields ({n} in use)", used))
        else:
            self._more.setText(tr("More fields"))

    def _on_look(self, tokens: Tokens) -> None:
        self.setFixedWidth(round(_WIDTH * tokens.font_base / LIGHT.font_base))


class _Choice(QComboBox):
    """A column or nothing. The wheel scrolls the page: it must not change what is not looked at."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def offer(self, headers: Sequence[str], chosen: str) -> None:
        """Offer these columns; empty means that nothing is read."""
        self.clear()
        self.addItem(tr("not imported"))
        self.addItems([one_line(header, 60) for header in headers])
        self.setCurrentIndex(headers.index(chosen) + 1 if chosen in headers else 0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
