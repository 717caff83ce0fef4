"""What a ticket file holds and how it is read, before anything of it is stored."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
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
from copilot.services.exchange import OpenedFile
from copilot.support.i18n import tr, tr_n
from copilot.support.text import one_line
from copilot.ui.desk.import_file import FIRST_ROWS, TicketFile
from copilot.ui.desk.import_mapping import ImportMapping, field_names
from copilot.ui.format import number, short_time
from copilot.ui.models.text_table import TextTableModel
from copilot.ui.widgets.first_focus import begin_at
from copilot.ui.widgets.hairline import Hairline
from copilot.ui.widgets.icon_label import IconLabel
from copilot.ui.widgets.marks import status_text
from copilot.ui.widgets.progress_line import ProgressLine


class ImportPreview(QWidget):
    """Which columns are read, how many tickets that makes, the first of them, and what is wrong.

    Signals:
        accepted(): Import what is shown.
        file_requested(): Take another file.
        map_requested(): Read the columns by a map file.
        cancelled(): Do nothing.
        columns_changed(dict): Our field to their column, chosen anew.
        guess_requested(): Read the columns by their names, not as last time.
    """

    accepted = Signal()
    file_requested = Signal()
    map_requested = Signal()
    cancelled = Signal()
    columns_changed = Signal(object)
    guess_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._file: TicketFile | None = None
        self.mapping = ImportMapping()
        self._side = Hairline(Qt.Orientation.Vertical)
        self._summary, self._notes = _label("title"), _label("quiet")
        self._reading = ProgressLine()
        self.skip_known = QCheckBox()
        self._mark = IconLabel("alert-triangle", "danger_ink")
        self._trouble_heading, self._first_heading = _label(""), _label("")
        self._troubles = TextTableModel((tr("Row"), tr("Field"), tr("What is wrong")), self)
        self._first = TextTableModel(
            (tr("Number"), tr("Title"), tr("Requester"), tr("Status"), tr("Priority"), tr("Created")), self
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
        self.skip_known.toggled.connect(self._name_button)
        self.mapping.changed.connect(self.columns_changed)
        self.mapping.guess_requested.connect(self.guess_requested)

    def _lay_out(self) -> None:
        trouble_head = QHBoxLayout()
        trouble_head.setSpacing(4)
        trouble_head.addWidget(self._mark)
        trouble_head.addWidget(self._trouble_heading, 1)
        column = QVBoxLayout()
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(8)
        column.addWidget(self._summary)
        column.addWidget(self._reading)
        column.addWidget(self._notes)
        column.addWidget(self.skip_known)
        column.addSpacing(8)
        column.addLayout(trouble_head)
        column.addWidget(self._trouble_table, 1)
        column.addSpacing(8)
        column.addWidget(self._first_heading)
        column.addWidget(self._first_table, 2)
        column.addStretch(1)
        result = QFrame()
        result.setProperty("kind", "pane")
        result.setLayout(column)
        body = QHBoxLayout()
        body.setSpacing(0)
        for part, stretch in ((self.mapping, 0), (self._side, 0), (result, 1)):
            body.addWidget(part, stretch)
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
        page.addLayout(body, 1)
        page.addWidget(Hairline())
        page.addLayout(buttons)
        begin_at(self, self._take)

    def show_opened(self, opened: OpenedFile) -> None:
        """Show which columns are read; what they make comes with `show_file`."""
        is_mapped = not opened.table.is_ours
        for part in (self.mapping, self._side, self._map):
            part.setVisible(is_mapped)
        if is_mapped:
            self.mapping.show_columns(
                opened.table.headers, opened.columns, is_remembered=opened.is_remembered
            )
        self._file = None
        self._summary.setText(one_line(opened.table.name, 80))
        self.show_reading(0.0)

    def let_go(self) -> None:
        """Hold nothing of the file any more; what is shown of it stays."""
        self._file = None

    def show_reading(self, share: float) -> None:
        """Say that rows are being read; what is shown stays until they are."""
        self._reading.set_progress(tr("Reading the rows…"), share)
        self._reading.show()
        self._take.setEnabled(False)

    def show_unfit(self, sentence: str) -> None:
        """Say why these columns do not make tickets."""
        self._file = None
        self._reading.hide()
        self._summary.setText(sentence)
        hidden: tuple[QWidget, ...] = (self._notes, self.skip_known, self._take)
        hidden += (self._mark, self._trouble_heading, self._trouble_table)
        for part in (*hidden, self._first_heading, self._first_table):
            part.hide()

    def show_file(self, file: TicketFile) -> None:
        """Show what was read."""
        self._file = file
        tickets = tr_n("{n} ticket", "{n} tickets", file.count)
        if file.is_whole:
            self._reading.hide()
            faulty = tr_n("{n} faulty row", "{n} faulty rows", file.faulty_rows)
            form = tr("{file}: {tickets}, {faulty}") if file.faulty_rows else tr("{file}: {tickets}")
            self._summary.setText(form.format(file=file.name, tickets=tickets, faulty=faulty))
        self._notes.setText("\n".join([*self._origin(file), *file.notes]))
        self._notes.setVisible(bool(self._notes.text()))
        self.skip_known.setVisible(bool(file.known))
        self.skip_known.setText(
            tr_n(
                "Leave out the {n} ticket that is on the desk already",
                "Leave out the {n} tickets that are on the desk already",
                file.known,
            )
        )
        self.skip_known.setChecked(True)
        names = field_names()
        self._troubles.set_rows([(row, names.get(field, field), what) for row, field, what in file.troubles])
        self._trouble_heading.setText(
            tr_n("{n} row cannot be imported", "{n} rows cannot be imported", file.faulty_rows)
        )
        for part in (self._mark, self._trouble_heading, self._trouble_table):
            part.setVisible(bool(file.troubles))
        self._first.set_rows([_cells(draft) for draft in file.first])
        if file.count > len(file.first):
            text = tr("The first {n} of {all}").format(n=number(len(file.first)), all=tickets)
        else:
            text = tr("As they will be read") if file.is_whole else tr("The first rows")
        self._first_heading.setText(text)
        for part in (self._first_heading, self._first_table):
            part.setVisible(bool(file.count))
        self._name_button()

    def _origin(self, file: TicketFile) -> list[str]:
        return (
            [tr("Exported by Technician Copilot; every field is read as it was.")]
            if file.result.is_ours
            else []
        )

    def _name_button(self) -> None:
        """Say on the button what it does; where tickets are known, either they stay out or nothing goes in."""
        file = self._file
        if file is None:
            return
        is_refused = bool(file.known) and not self.skip_known.isChecked()
        count = file.count - file.known
        self._take.setVisible(bool(file.count))
        self._take.setEnabled(file.is_whole and count > 0 and not is_refused)
        text = tr_n("Import {n} ticket", "Import {n} tickets", count)
        if file.faulty_rows:
            text = tr_n(
                "Import without the {n} faulty row", "Import without the {n} faulty rows", file.faulty_rows
            )
        self._take.setText(text)
        self._take.setToolTip(tr("Two tickets cannot have one number") if is_refused else "")


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
        begin_at(self, self._choose)
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
        status_text(ticket.status),
        ticket.priority.value,
        short_time(ticket.created_at),
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
    table.setProperty("kind", "table")
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
