"""The page that writes tickets into a file: which of them, as what, and where."""

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from copilot.domain.query import View
from copilot.services.bundle import Services
from copilot.services.exchange import Exported
from copilot.services.storing import Cancelled
from copilot.support.errors import KnownError
from copilot.support.i18n import tr, tr_n
from copilot.support.text import one_line
from copilot.ui.bridge.hub import Hub
from copilot.ui.format import data_size, number
from copilot.ui.settings.column_page import label, line_of
from copilot.ui.settings.message_line import MessageLine
from copilot.ui.settings.progress_relay import ProgressRelay
from copilot.ui.widgets.first_focus import begin_at
from copilot.ui.widgets.hairline import Hairline
from copilot.ui.widgets.icon_button import IconButton

Listing = tuple[View, str]


class ExportPanel(QWidget):
    """Two choices and a place; the file can be imported again without loss.

    Signals:
        closed(): The person wants to go back.
    """

    closed = Signal()

    def __init__(self, hub: Hub, listing: Callable[[], Listing]) -> None:
        """Take what tells which view and search line the list shows."""
        super().__init__()
        self._hub = hub
        self._listing = listing
        self._stop = threading.Event()
        self._is_running = False
        self._relay = ProgressRelay(self)
        self._relay.arrived.connect(self._on_progress)
        self.listed, self.all = QRadioButton(), QRadioButton()
        self.json = QRadioButton(tr("JSON: for another desk, or to keep"))
        self.csv = QRadioButton(tr("CSV: for a spreadsheet"))
        self._groups = [_group(self.listed, self.all), _group(self.json, self.csv)]
        self.button = QPushButton(tr("Choose where…"))
        self.button.setProperty("kind", "primary")
        self.button.clicked.connect(self.choose_file)
        self.message = MessageLine()
        self.message.cancelled.connect(self.stop)
        self._actions = [
            self._action(tr("Choose where to export…"), "Ctrl+S", self.choose_file),
            self._action(tr("Close the export"), "Esc", self.close_page),
        ]
        self._lay_out()
        hub.closing.connect(self.stop)

    # -- what can be done

    def choose_file(self) -> None:
        """Ask where to."""
        if self._is_running:
            return
        ending = "json" if self.json.isChecked() else "csv"
        now = self._hub.services.ticket_list.now()
        name = tr("tickets") + f"-{now:%Y-%m-%d}.{ending}"
        dialog = QFileDialog(self, tr("Export tickets"), "", f"{ending.upper()} (*.{ending})")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(ending)
        dialog.selectFile(name)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._on_file)
        dialog.open()

    def export_to(self, path: Path) -> None:
        """Write the file; what lay there is replaced once all is written."""
        if self._is_running:
            return
        self._is_running = True
        self._stop = threading.Event()
        self.button.setEnabled(False)
        self._relay.forget()
        self.message.show_progress(tr("Writing {name}…").format(name=one_line(path.name, 80)), None)
        view, typed = self._listing() if self.listed.isChecked() else (View.ALL, "")
        file_format = "json" if self.json.isChecked() else "csv"
        work = partial(
            _export, self._hub.services, view, typed, path, file_format, self._relay.report, self._stop.is_set
        )
        self._hub.tasks.errand(self, work, self._on_done, self._on_failed)

    def stop(self) -> None:
        """Give the export up; what was written of it is deleted."""
        self._stop.set()

    def close_page(self) -> None:
        """Go back; what is being written is written."""
        self.closed.emit()

    def actions_for_palette(self) -> list[QAction]:
        """Return what can be done on this page."""
        return list(self._actions)

    # -- inner parts

    def _action(self, text: str, key: str, run: Callable[[], None]) -> QAction:
        made = QAction(text, self)
        made.setShortcut(QKeySequence(key))
        made.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        made.triggered.connect(run)
        self.addAction(made)
        return made

    def _lay_out(self) -> None:
        close = IconButton("close", tr("Close (Esc)"))
        close.clicked.connect(self.close_page)
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 12, 8)
        head.addWidget(label(tr("Export tickets"), "title"), 1)
        head.addWidget(close)
        column = QVBoxLayout()
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(8)
        column.addWidget(label(tr("Which tickets"), "strong"))
        column.addWidget(self.listed)
        column.addWidget(self.all)
        column.addSpacing(12)
        column.addWidget(label(tr("As what"), "strong"))
        column.addWidget(self.json)
        column.addWidget(self.csv)
        column.addWidget(
            label(
                tr(
                    "Both hold the whole ticket: every field, the thread with its attachments, devices, tags and links, "
                    "and can be imported again without loss. Evidence, questions and answers are in a backup only."
                ),
                "small",
                wraps=True,
            )
        )
        column.addSpacing(12)
        column.addWidget(line_of(self.button))
        column.addWidget(self.message)
        column.addStretch(1)
        body = QFrame()
        body.setProperty("kind", "pane")
        body.setLayout(column)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addLayout(head)
        page.addWidget(Hairline())
        page.addWidget(body, 1)
        begin_at(self, self.button)

    def _count(self) -> None:
        services = self._hub.services
        self._hub.tasks.read(
            self, partial(_counts, services, *self._listing()), self._on_counted, key="count"
        )

    def _on_counted(self, counts: tuple[int, int]) -> None:
        listed, every = counts
        self.listed.setText(
            tr_n("What the list shows: {{n}} ticket", "What the list shows: {{n}} tickets", listed).format(
                n=number(listed)
            )
        )
        self.all.setText(
            tr_n("All of the desk: {{n}} ticket", "All of the desk: {{n}} tickets", every).format(
                n=number(every)
            )
        )
        self.listed.setEnabled(bool(listed))
        if not listed:
            self.all.setChecked(True)
        self.button.setEnabled(bool(every) and not self._is_running)

    def _on_file(self, name: str) -> None:
        self.export_to(Path(name))

    def _on_progress(self, at: object) -> None:
        done, total = at if isinstance(at, tuple) else (0, 0)
        if self._is_running and total:
            words = tr("{done} of {total} tickets").format(done=number(done), total=number(total))
            self.message.show_progress(words, done / total)

    def _on_done(self, exported: Exported) -> None:
        self._end()
        tickets = tr_n("{n} ticket", "{n} tickets", exported.tickets)
        words = tr("{tickets}, {size}, in {path}").format(
            tickets=tickets, size=data_size(exported.bytes), path=exported.path
        )
        self.message.show_note(words)
        if not self.isVisible():
            self._hub.toast_requested.emit(words, 0)

    def _on_failed(self, error: Exception) -> None:
        self._end()
        if isinstance(error, KnownError):
            self.message.show_problem(str(error))
        else:
            self.message.clear()
        if not isinstance(error, KnownError) or not self.isVisible():
            self._hub.show_error(error)

    def _end(self) -> None:
        self._is_running = False
        self._relay.forget()
        self.button.setEnabled(True)

    # -- Qt

    def showEvent(self, event: QShowEvent) -> None:
        """Count anew."""
        super().showEvent(event)
        if not self._is_running:
            self.message.clear()
        self._count()


def _group(first: QRadioButton, second: QRadioButton) -> QButtonGroup:
    group = QButtonGroup(first)
    group.addButton(first)
    group.addButton(second)
    first.setChecked(True)
    return group


def _counts(services: Services, view: View, typed: str) -> tuple[int, int]:
    return services.ticket_list.count(view, typed), services.ticket_list.count(View.ALL)


def _export(
    services: Services,
    view: View,
    typed: str,
    path: Path,
    file_format: str,
    report: Callable[[object], None],
    cancelled: Cancelled,
) -> Exported:
    ids = services.ticket_list.search(view, typed)
    return services.exchange.export(
        ids, path, file_format, lambda done, total: report((done, total)), cancelled
    )
