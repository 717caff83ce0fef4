"""The page that brings tickets in from a file: choose, look, import."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from copilot.services.exchange import Imported
from copilot.support.errors import KnownError
from copilot.support.i18n import tr, tr_n
from copilot.support.text import one_line
from copilot.ui.bridge.hub import Hub
from copilot.ui.desk.import_preview import ImportPreview, ImportStart, TicketFile, read_ticket_file
from copilot.ui.widgets.hairline import Hairline
from copilot.ui.widgets.icon_button import IconButton
from copilot.ui.widgets.progress_line import ProgressLine


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
        self._file: TicketFile | None = None
        self._reading = 0  # counts files, so that only the last one chosen is shown
        self._is_storing = False
        self.start = ImportStart()
        self.preview = ImportPreview()
        self._progress = ProgressLine()
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
        self.start_over()

    # -- what can be done

    def choose_file(self) -> None:
        """Ask for a file."""
        names = tr("Tickets (*.csv *.tsv *.tab *.txt *.json *.jsonl *.ndjson);;All files (*)")
        self._ask(tr("Import tickets"), names).fileSelected.connect(self._on_file)

    def choose_map_file(self) -> None:
        """Ask for a map file, which says which column is which field, and read the file again by it."""
        names = tr("Map files (*.yaml *.yml *.json);;All files (*)")
        self._ask(tr("Use a map file"), names).fileSelected.connect(self._on_map_file)

    def read_file(self, path: Path, map_file: Path | None = None) -> None:
        """Read a file and show what it holds; nothing is stored."""
        self._path, self._file = path, None
        self._reading += 1
        name = one_line(path.name, 80)
        self._progress.set_progress(tr("Reading {name}…").format(name=name), None)
        self._stack.setCurrentIndex(1)
        self._hub.tasks.errand(
            self,
            partial(read_ticket_file, self._hub.services.exchange, path, map_file),
            partial(self._on_read, self._reading),
            partial(self._on_unreadable, self._reading),
        )

    def import_now(self) -> None:
        """Store what was read; rows with trouble are left out."""
        if self._file is None or not self._file.count or self._is_storing:
            return
        self._is_storing = True
        self.preview.set_busy(True)
        self._hub.tasks.write(self, self._file.store, self._on_stored, self._on_not_stored)

    def start_over(self, trouble: str = "") -> None:
        """Show the first step; `trouble` says what went wrong with the file before."""
        self._reading += 1
        self._file = None
        if trouble:
            self.start.complain(trouble)
        else:
            self.start.invite()
        self.setFocusProxy(self.start)
        self._stack.setCurrentIndex(0)

    def close_page(self) -> None:
        """Go back; what was read is forgotten, what is being stored is stored."""
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

    def _on_read(self, reading: int, file: TicketFile) -> None:
        if reading != self._reading:
            return
        if not file.count and not file.troubles:
            self.start_over(tr("{name} holds no tickets.").format(name=file.name))
            return
        self._file = file
        self.preview.show_file(file)
        self._stack.setCurrentIndex(2)
        self.setFocusProxy(self.preview)
        self.preview.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_unreadable(self, reading: int, error: Exception) -> None:
        if reading != self._reading:
            return
        if isinstance(error, KnownError):
            self.start_over(str(error))
        else:
            self.start_over()
            self._hub.show_error(error)

    def _on_stored(self, imported: Imported) -> None:
        self._is_storing = False
        self.start_over()
        count = len(imported.ids)
        self._hub.announce_change(imported.changes)
        self._hub.toast_requested.emit(tr_n("{n} ticket imported", "{n} tickets imported", count), 0)
        self.imported.emit(count)

    def _on_not_stored(self, error: Exception) -> None:
        self._is_storing = False
        if self._file is not None:
            self.preview.show_file(self._file)
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
