"""The page that brings tickets in from a file: choose, look, import."""

import threading
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from copilot.services.exchange import Imported, OpenedFile, StoppedError
from copilot.support.errors import KnownError
from copilot.support.i18n import tr
from copilot.support.text import one_line
from copilot.ui.bridge.hub import Hub
from copilot.ui.desk.import_file import (
    FIRST_ROWS,
    TicketFile,
    open_ticket_file,
    read_ticket_file,
    store_ticket_file,
)
from copilot.ui.desk.import_preview import ImportPreview, ImportStart
from copilot.ui.settings.message_line import MessageLine
from copilot.ui.settings.progress_relay import ProgressRelay
from copilot.ui.widgets.first_focus import begin_at
from copilot.ui.widgets.hairline import Hairline
from copilot.ui.widgets.icon_button import IconButton

_LOOK_FIRST = 2000  # rows; a larger file shows its first rows before all are read


class ImportPanel(QWidget):
    """Choose or drop a file, see what it holds, take it in. Nothing is stored before the last step.

    Signals:
        imported(int): So many tickets were stored.
        closed(): The person wants to go back.
    """

    imported = Signal(int)
    closed = Signal()

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self._hub = hub
        self._path: Path | None = None
        self._map_file: Path | None = None
        self._opened: OpenedFile | None = None
        self._file: TicketFile | None = None
        self._reading = 0  # counts readings, so that only the last one is shown
        self._stop_reading = threading.Event()
        self._stop_storing = threading.Event()
        self._is_storing = False
        self.start = ImportStart()
        self.preview = ImportPreview()
        self._progress = MessageLine()
        self._relay = ProgressRelay(self)
        self._stack = QStackedWidget()
        self._actions = [
            self._action(tr("Choose a file to import…"), "Ctrl+O", self.choose_file),
            self._action(tr("Close the import"), "Esc", self.close_page),
        ]
        self._lay_out()
        self.start.file_requested.connect(self.choose_file)
        self.start.map_requested.connect(self.choose_map_file)
        self.preview.file_requested.connect(self.choose_file)
        self.preview.map_requested.connect(self.choose_map_file)
        self.preview.accepted.connect(self.import_now)
        self.preview.cancelled.connect(self.close_page)
        self.preview.columns_changed.connect(self._read_rows)
        self.preview.guess_requested.connect(self._use_guess)
        self._progress.cancelled.connect(self.stop)
        self._relay.arrived.connect(self._on_progress)
        hub.closing.connect(self.stop)
        self.start_over()

    # -- what can be done

    def choose_file(self) -> None:
        """Ask for a file."""
        if self._is_storing:
            return
        names = tr("Tickets (*.csv *.tsv *.tab *.txt *.json *.jsonl *.ndjson);;All files (*)")
        self._ask(tr("Import tickets"), names).fileSelected.connect(self._on_file)

    def choose_map_file(self) -> None:
        """Ask for a map file, which says which column is which field, and read the file again by it."""
        names = tr("Map files (*.yaml *.yml *.json);;All files (*)")
        self._ask(tr("Use a map file"), names).fileSelected.connect(self._on_map_file)

    def read_file(self, path: Path, map_file: Path | None = None, *, use_guess: bool = False) -> None:
        """Read a file and show what it holds; nothing is stored."""
        if self._is_storing:
            return
        self._path, self._map_file = path, map_file
        self._let_go(file=True, table=True)
        reading = self._next_reading()
        self._show_progress(tr("Opening {name}…").format(name=one_line(path.name, 80)), None)
        self._hub.tasks.errand(
            self,
            partial(open_ticket_file, self._hub.services.exchange, path, map_file, use_guess),
            partial(self._on_opened, reading),
            partial(self._on_unreadable, reading),
        )

    def import_now(self) -> None:
        """Store what was read; rows with trouble are left out, and what is known where the person says so."""
        file = self._file
        if file is None or not file.is_whole or not file.count or self._is_storing:
            return
        self._is_storing = True
        self._stop_storing = stopped = threading.Event()
        self._relay.forget()
        self._show_progress(tr("Importing {name}…").format(name=file.name), 0.0)
        service = self._hub.services.exchange
        work = partial(store_ticket_file, service, file, stopped.is_set, self._relay.report)
        self._hub.tasks.errand(self, work, self._on_stored, self._on_not_stored)

    def stop(self) -> None:
        """Stop reading or storing; what was stored of the file is taken out again."""
        self._stop_storing.set()
        if not self._is_storing:
            self.start_over()

    def start_over(self, trouble: str = "") -> None:
        """Show the first step; `trouble` says what went wrong with the file before."""
        self._next_reading()
        self._let_go(file=True, table=True)
        if trouble:
            self.start.complain(trouble)
        else:
            self.start.invite()
        begin_at(self, self.start)
        self._stack.setCurrentIndex(0)

    def close_page(self) -> None:
        """Go back; what was read is forgotten, what is being stored goes on."""
        if not self._is_storing:
            self.start_over()
        self.closed.emit()

    def actions_for_palette(self) -> list[QAction]:
        """Return what can be done on this page."""
        return list(self._actions)

    # -- building

    def _action(self, text: str, key: str, run: object) -> QAction:
        made = QAction(text, self)
        made.setShortcut(QKeySequence(key))
        made.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        made.triggered.connect(run)
        self.addAction(made)
        return made

    def _lay_out(self) -> None:
        heading = QLabel(tr("Import tickets"))
        heading.setProperty("kind", "title")
        close = IconButton("close", tr("Close (Esc)"))
        close.clicked.connect(self.close_page)
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 12, 8)
        head.addWidget(heading, 1)
        head.addWidget(close)
        waiting = QWidget()
        column = QVBoxLayout(waiting)
        column.setContentsMargins(24, 16, 24, 16)
        column.addWidget(self._progress)
        column.addStretch(1)
        for page in (self.start, waiting, self.preview):
            self._stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(Hairline())
        layout.addWidget(self._stack, 1)
        self.setAcceptDrops(True)

    def _ask(self, title: str, names: str) -> QFileDialog:
        folder = str(self._path.parent) if self._path else ""
        dialog = QFileDialog(self, title, folder, names)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    # -- inner parts

    def _on_file(self, name: str) -> None:
        self.read_file(Path(name))

    def _on_map_file(self, name: str) -> None:
        if self._path is not None:
            self.read_file(self._path, Path(name))

    def _next_reading(self) -> int:
        self._stop_reading.set()
        self._stop_reading = threading.Event()
        self._relay.forget()
        self._reading += 1
        return self._reading

    def _let_go(self, *, file: bool = False, table: bool = False) -> None:
        """Forget what was read; on another thread, for to free a hundred thousand tickets takes a while."""
        held = [
            each for each, is_it in ((self._file, file), (self._opened, table)) if is_it and each is not None
        ]
        self._file = None if file else self._file
        self._opened = None if table else self._opened
        if held:
            self.preview.let_go()
            self._hub.tasks.errand(self, held.clear)

    def _show_progress(self, text: str, share: float | None) -> None:
        self._progress.clear()
        self._progress.show_progress(text, share)
        self._stack.setCurrentIndex(1)

    def _on_opened(self, reading: int, opened: OpenedFile) -> None:
        if reading != self._reading:
            return
        if not len(opened.table) and not opened.table.content.errors:
            self.start_over(tr("{name} holds no tickets.").format(name=one_line(opened.table.name, 80)))
            return
        self._opened = opened
        self.preview.show_opened(opened)
        self._stack.setCurrentIndex(2)
        begin_at(self, self.preview)
        self._read_rows(opened.columns)

    def _use_guess(self) -> None:
        if self._path is not None:
            self.read_file(self._path, self._map_file, use_guess=True)

    def _read_rows(self, columns: Mapping[str, str]) -> None:
        """Read the rows by these columns: of a large file the first of them, and then all."""
        if self._opened is None:
            return
        self._let_go(file=True)
        self.preview.show_reading(0.0)
        is_large = len(self._opened.table) > _LOOK_FIRST
        self._read_part(self._next_reading(), columns, FIRST_ROWS if is_large else None)

    def _read_part(self, reading: int, columns: Mapping[str, str], first: int | None) -> None:
        assert self._opened is not None
        read = partial(read_ticket_file, self._hub.services.exchange, self._opened.table, columns, first)
        self._hub.tasks.errand(
            self,
            partial(read, self._stop_reading, self._relay.report),
            partial(self._on_read, reading, columns),
            partial(self._on_unfit, reading),
        )

    def _on_read(self, reading: int, columns: Mapping[str, str], file: TicketFile) -> None:
        if reading != self._reading:
            return
        self._file = file
        self.preview.show_file(file)
        if not file.is_whole:
            self._read_part(reading, columns, None)
        elif self.isVisible() and not self.preview.mapping.isAncestorOf(self.focusWidget() or self):
            self.preview.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_unfit(self, reading: int, error: Exception) -> None:
        """Show why the columns do not make tickets; other ones may."""
        if reading != self._reading or isinstance(error, StoppedError):
            return
        if isinstance(error, KnownError):
            self.preview.show_unfit(tr("Choose the column of the title or of the description."))
        else:
            self.start_over()
            self._hub.show_error(error)

    def _on_unreadable(self, reading: int, error: Exception) -> None:
        if reading != self._reading:
            return
        if isinstance(error, KnownError):
            self.start_over(str(error))
        else:
            self.start_over()
            self._hub.show_error(error)

    def _on_progress(self, at: object) -> None:
        done, total = at if isinstance(at, tuple) else (0, 0)
        share = done / total if total else None
        if self._is_storing and self._file is not None:
            text = tr("Importing {name}…").format(name=self._file.name)
            self._progress.show_progress(text, share)
        elif not self._is_storing and share is not None and share < 1:
            self.preview.show_reading(share)

    def _on_stored(self, imported: Imported) -> None:
        self._is_storing = False
        self.start_over()
        if imported.ids:
            self._hub.changed.emit(imported.changes)
        self._hub.toast_requested.emit(imported.summary, imported.changes.undo_id)
        self.imported.emit(len(imported.ids))

    def _on_not_stored(self, error: Exception) -> None:
        self._is_storing = False
        self._relay.forget()
        if self._file is not None:
            self.preview.show_file(self._file)
            self._stack.setCurrentIndex(2)
        self._hub.show_error(error)

    # -- Qt

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one file of this machine."""
        if _dropped(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Read the file."""
        path = _dropped(event)
        if path is not None:
            event.acceptProposedAction()
            self.read_file(path)


def _dropped(event: QDropEvent) -> Path | None:
    urls = event.mimeData().urls()
    return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None
