"""What a ticket file holds, before anything of it is stored."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from copilot.domain.ticket import TicketDraft
from copilot.services.exchange import ExchangeService, Imported
from copilot.support.i18n import tr, tr_n
from copilot.support.text import one_line
from copilot.ui.format import number
from copilot.ui.models.text_table import TextTableModel
from copilot.ui.widgets.hairline import Hairline
from copilot.ui.widgets.icon_label import IconLabel
from copilot.ui.widgets.marks import status_text

FIRST_ROWS = 20


@dataclass(frozen=True, slots=True)
class TicketFile:
    """A file that was read.

    Attributes:
        name: Its name.
        count: How many tickets can be taken.
        first: The first of them.
        troubles: Row, field and what is wrong, as texts.
        faulty_rows: How many rows have trouble.
        columns: Our field and the column it is read from.
        notes: Remarks for the person who imports.
        store: Stores the tickets; rows with trouble are left out.
    """

    name: str
    count: int
    first: tuple[TicketDraft, ...]
    troubles: tuple[tuple[str, str, str], ...]
    faulty_rows: int
    columns: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    store: Callable[[], Imported]


def read_ticket_file(service: ExchangeService, file: Path, map_file: Path | None) -> TicketFile:
    """Read a file; call it off the GUI thread.

    Raises:
        KnownError: The file or the map file cannot be read.
    """
    result = service.read(file, map_file)
    return TicketFile(
        name=one_line(file.name, 80),
        count=len(result.drafts),
        first=result.drafts[:FIRST_ROWS],
        troubles=tuple((str(e.row), e.field, one_line(e.message, 500)) for e in result.errors),
        faulty_rows=len({e.row for e in result.errors}),
        columns=tuple((ours, one_line(theirs, 60)) for ours, theirs in result.mapping.items()),
        notes=tuple(one_line(note, 400) for note in result.notes),
        store=partial(service.store, result, skip_errors=bool(result.errors)),
    )


class ImportPreview(QWidget):
    """How many tickets, the first of them, what is wrong, which columns were used.

    Signals:
        accepted(): Import what is shown.
        file_requested(): Take another file.
        map_requested(): Read the columns by a map file.
        cancelled(): Do nothing.
    """

    accepted = Signal()
    file_requested = Signal()
    map_requested = Signal()
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._summary, self._notes, self._columns = _label("title"), _label("quiet"), _label("quiet")
        self._mark = IconLabel("alert-triangle", "danger_ink")
        self._trouble_heading, self._first_heading = _label(""), _label("")
        self._troubles = TextTableModel((tr("Row"), tr("Field"), tr("What is wrong")), self)
        self._first = TextTableModel(
            (tr("Number"), tr("Title"), tr("Requester"), tr("Priority"), tr("Status")), self
        )
        self._trouble_table = _table(self._troubles, tr("Rows that cannot be imported"), 2)
        self._first_table = _table(self._first, tr("First tickets of the file"), 1)
        self._take, self._cancel = QPushButton(), QPushButton(tr("Cancel"))
        self._other, self._map = QPushButton(tr("Choose another file…")), QPushButton(tr("Use a map file…"))
        self._lay_out()
        self._take.clicked.connect(self.accepted)
        self._cancel.clicked.connect(self.cancelled)
        self._other.clicked.connect(self.file_requested)
        self._map.clicked.connect(self.map_requested)

    def _lay_out(self) -> None:
        trouble_head = QHBoxLayout()
        trouble_head.setSpacing(4)
        trouble_head.addWidget(self._mark)
        trouble_head.addWidget(self._trouble_heading, 1)
        column = QVBoxLayout()
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(8)
        column.addWidget(self._summary)
        column.addWidget(self._columns)
        column.addWidget(self._notes)
        column.addSpacing(8)
        column.addLayout(trouble_head)
        column.addWidget(self._trouble_table, 1)
        column.addSpacing(8)
        column.addWidget(self._first_heading)
        column.addWidget(self._first_table, 2)
        body = QFrame()
        body.setProperty("kind", "pane")
        body.setLayout(column)
        self._take.setProperty("kind", "primary")
        self._other.setProperty("kind", "quiet")
        self._map.setProperty("kind", "quiet")
        self._map.setToolTip(_map_help())
        self._cancel.setToolTip(tr("Import nothing (Esc)"))
        self._other.setToolTip(tr("Choose another file (Ctrl+O)"))
        buttons = QHBoxLayout()
        buttons.setContentsMargins(24, 8, 24, 8)
        buttons.setSpacing(8)
        for button in (self._take, self._cancel):
            buttons.addWidget(button)
        buttons.addStretch(1)
        for button in (self._map, self._other):
            buttons.addWidget(button)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(body, 1)
        page.addWidget(Hairline())
        page.addLayout(buttons)
        self.setFocusProxy(self._take)

    def show_file(self, file: TicketFile) -> None:
        """Show what was read."""
        tickets = tr_n("{n} ticket", "{n} tickets", file.count)
        faulty = tr_n("{n} faulty row", "{n} faulty rows", file.faulty_rows)
        if file.faulty_rows:
            summary = tr("{file}: {tickets}, {faulty}").format(file=file.name, tickets=tickets, faulty=faulty)
        else:
            summary = tr("{file}: {tickets}").format(file=file.name, tickets=tickets)
        self._summary.setText(summary)
        columns = ", ".join(f"{ours} ← {theirs}" for ours, theirs in file.columns)
        self._columns.setText(tr("Columns used: {columns}").format(columns=columns))
        self._columns.setVisible(bool(columns))
        self._notes.setText("\n".join(file.notes))
        self._notes.setVisible(bool(file.notes))
        self._troubles.set_rows(file.troubles)
        self._trouble_heading.setText(
            tr_n("{n} row cannot be imported", "{n} rows cannot be imported", file.faulty_rows)
        )
        for part in (self._mark, self._trouble_heading, self._trouble_table):
            part.setVisible(bool(file.troubles))
        self._first.set_rows([_cells(draft) for draft in file.first])
        if file.count > len(file.first):
            text = tr("The first {n} of {all}").format(n=number(len(file.first)), all=tickets)
        else:
            text = tickets
        self._first_heading.setText(text)
        for part in (self._first_heading, self._first_table):
            part.setVisible(bool(file.count))
        self._take.setVisible(bool(file.count))
        self._take.setText(
            tr_n("Import {n} ticket", "Import {n} tickets", file.count)
            if not file.faulty_rows
            else tr_n(
                "Import without the {n} faulty row", "Import without the {n} faulty rows", file.faulty_rows
            )
        )
        self.set_busy(False)

    def set_busy(self, busy: bool) -> None:
        """Say whether the tickets are being stored now."""
        for button in (self._take, self._other, self._map):
            button.setEnabled(not busy)
        if busy:
            self._take.setText(tr("Importing…"))


class ImportStart(QFrame):
    """Before a file is read, and where it could not be: one sentence and the buttons that lead on.

    Signals:
        file_requested(): Choose a file.
        map_requested(): Read the same file by a map file.
    """

    file_requested = Signal()
    map_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "pane")
        self._icon = IconLabel("file", scale=2.0)
        self._sentence = _label("quiet")
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._sentence.setMaximumWidth(480)
        self._choose, self._map = QPushButton(tr("Choose a file…")), QPushButton(tr("Use a map file…"))
        self._choose.setToolTip(tr("Choose a file (Ctrl+O)"))
        self._map.setToolTip(_map_help())
        self._choose.clicked.connect(self.file_requested)
        self._map.clicked.connect(self.map_requested)
        centre = Qt.AlignmentFlag.AlignHCenter
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self._choose)
        buttons.addWidget(self._map)
        buttons.addStretch(1)
        words = QHBoxLayout()  # a layout's alignment would cut a wrapping label to one line
        words.addStretch(1)
        words.addWidget(self._sentence, 1000)
        words.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(2)
        column.addWidget(self._icon, alignment=centre)
        column.addLayout(words)
        column.addLayout(buttons)
        column.addStretch(3)
        self.setFocusProxy(self._choose)
        self.invite()

    @property
    def sentence(self) -> str:
        """What it says."""
        return self._sentence.text()

    def invite(self) -> None:
        """Say what can be brought here."""
        self._icon.set_icon("file")
        self._sentence.setText(
            tr("Drop a CSV, JSON or JSON Lines file here. Nothing is imported before you have seen it.")
        )
        self._map.hide()

    def complain(self, trouble: str) -> None:
        """Say why the file could not be read; a map file may mend it."""
        self._icon.set_icon("alert-triangle", "danger_ink")
        self._sentence.setText(trouble)
        self._map.show()


def _map_help() -> str:
    return tr("A YAML or JSON file that says which column is which field, such as “title: Short text”")


def _cells(draft: TicketDraft) -> tuple[str, ...]:
    ticket = draft.ticket
    return (
        one_line(ticket.number, 60),
        one_line(ticket.title),
        one_line(ticket.requester.name, 80),
        ticket.priority.value,
        status_text(ticket.status),
    )


def _label(kind: str) -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setProperty("kind", kind)
    return label


def _table(model: TextTableModel, name: str, widest: int) -> QTableView:
    table = QTableView()
    table.setModel(model)
    table.setAccessibleName(name)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.verticalHeader().hide()
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    table.setStyleSheet("QTableView::item { padding: 0 5px; }")  # as far in as the headings
    head = table.horizontalHeader()
    head.setHighlightSections(False)
    head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    head.setResizeContentsPrecision(FIRST_ROWS)
    head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    head.setSectionResizeMode(widest, QHeaderView.ResizeMode.Stretch)
    return table
