"""A start that failed, in a window: what happened, what was kept, what to do; for a damaged desk its newest backup."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from copilot.services import backups
from copilot.services.backups import BackupFacts, Restored
from copilot.support.clock import SystemClock
from copilot.support.errors import DamagedError, KnownError
from copilot.support.i18n import tr, tr_n
from copilot.ui.bridge.tasks import Tasks
from copilot.ui.format import data_size
from copilot.ui.theme.manager import Scheme, ThemeManager
from copilot.ui.widgets.icon_label import IconLabel

_LOOKED_AT = 5  # backups that are checked until one is whole
_WIDTH = 520


def explain(error: KnownError, folder: Path | None, program: str) -> bool:
    """Show what went wrong; return whether to start once more."""
    from copilot.ui.application import application
    from copilot.ui.shell.endings import Endings

    app = application([program])
    theme = ThemeManager(app, Scheme.SYSTEM)
    window = StartErrorWindow(error, folder)
    endings = Endings(window)
    endings.wanted.connect(window.reject)
    try:
        return window.exec() == QDialog.DialogCode.Accepted
    finally:
        endings.close()
        window.close_tasks()
        window.deleteLater()
        theme.setParent(None)  # the main window makes one of its own
        theme.deleteLater()


class StartErrorWindow(QDialog):
    """Closed by Quit (rejected), Try again or Start (accepted)."""

    def __init__(self, error: KnownError, folder: Path | None) -> None:
        super().__init__()
        self._error = error
        self._folder = folder
        self._tasks = Tasks(self)
        self._tasks.failed.connect(self._on_failed)
        self.setWindowTitle(tr("Technician Copilot cannot start"))
        self.setAccessibleDescription(str(error))

        heading = _words(error.what, "strong")
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(heading)
        can_restore = isinstance(error, DamagedError) and folder is not None
        todo = (
            tr("Restore a backup, or start with another folder (--data-dir).") if can_restore else error.todo
        )
        for text in (error.kept, todo):
            if text:
                column.addWidget(_words(text))
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(IconLabel("alert-triangle", "danger_ink", 2.0), 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(column, 1)

        self.copy_button = QPushButton(tr("Copy"))
        self.copy_button.setToolTip(tr("Copy this text"))
        self.copy_button.clicked.connect(self._copy)
        self.again_button = QPushButton(tr("Try again"))
        self.again_button.clicked.connect(self.accept)
        self.quit_button = QPushButton(tr("Quit"))
        self.quit_button.clicked.connect(self.reject)
        self.restore_button = QPushButton(tr("Restore a backup…"))
        self.restore_button.clicked.connect(self.look_for_backup)
        self.restore_button.setVisible(can_restore)
        self.again_button.setVisible(not can_restore)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.copy_button)
        buttons.addStretch(1)
        buttons.addWidget(self.restore_button)
        buttons.addWidget(self.again_button)
        buttons.addWidget(self.quit_button)

        self.offer = _Offer()
        self.offer.hide()
        self.offer.file_requested.connect(self._choose_file)
        self.offer.restore_requested.connect(self.restore)
        self.offer.start_requested.connect(self.accept)
        page = QVBoxLayout(self)
        page.setContentsMargins(24, 24, 24, 16)
        page.setSpacing(20)
        page.addLayout(head)
        page.addWidget(self.offer)
        page.addStretch(1)
        page.addLayout(buttons)
        self.setFixedWidth(_WIDTH)
        self._fit()
        self.quit_button.setDefault(True)
        self.quit_button.setFocus()

    def look_for_backup(self) -> None:
        """Find the newest backup that is whole, and offer it."""
        assert self._folder is not None
        self.restore_button.hide()
        self._say(tr("Looking at the backups…"))
        self._tasks.errand(self, partial(newest_backup, self._folder), self._on_found)

    def restore(self, file: Path) -> None:
        """Put a backup in place; what was there is kept beside it."""
        assert self._folder is not None
        self._say(tr("Restoring {name}…").format(name=file.name))
        self.quit_button.setEnabled(False)
        self._tasks.errand(
            self, partial(backups.restore_backup, file, self._folder, SystemClock()), self._on_restored
        )

    def close_tasks(self) -> None:
        """End the threads; a copy that is under way is finished first."""
        self._tasks.shutdown()

    def _on_found(self, facts: BackupFacts | None) -> None:
        self.offer.offer(facts)
        self._fit()

    def _on_restored(self, restored: Restored) -> None:
        self.quit_button.setEnabled(True)
        self.offer.done(restored)
        self._fit()

    def _on_failed(self, error: Exception) -> None:
        self.quit_button.setEnabled(True)
        self.offer.offer(None, str(error))
        self._fit()

    def _say(self, text: str) -> None:
        self.offer.say(text)
        self._fit()

    def _fit(self) -> None:
        """Be as high as the words want; a dialog does not grow by itself."""
        page = self.layout()
        if page is not None:
            page.activate()
            self.setFixedHeight(page.totalHeightForWidth(_WIDTH))

    def _choose_file(self) -> None:
        assert self._folder is not None
        dialog = QFileDialog(self, tr("Restore a backup"), str(self._folder / "backups"))
        dialog.setNameFilters([tr("Backups (*.db)"), tr("All files (*)")])
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._on_file)
        dialog.open()

    def _on_file(self, path: str) -> None:
        self.restore(Path(path))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(str(self._error))

    def reject(self) -> None:
        """Do not leave while a backup is put in place."""
        if self.quit_button.isEnabled():
            super().reject()


class _Offer(QWidget):
    """Which backup there is. Signals: restore_requested(Path), file_requested(), start_requested()."""

    restore_requested = Signal(object)
    file_requested = Signal()
    start_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._facts: BackupFacts | None = None
        self.words = _words("")
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.take = QPushButton(tr("Restore this backup"))
        self.take.setProperty("kind", "primary")
        self.take.clicked.connect(self._on_take)
        self.other = QPushButton(tr("Another file…"))
        self.other.clicked.connect(self.file_requested)
        self.start = QPushButton(tr("Start"))
        self.start.setProperty("kind", "primary")
        self.start.clicked.connect(self.start_requested)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.take, self.other, self.start):
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.words)
        column.addLayout(row)

    def say(self, text: str) -> None:
        """Say what is being done."""
        self._show(text)

    def offer(self, facts: BackupFacts | None, trouble: str = "") -> None:
        """Offer a backup; without one, any other file."""
        self._facts = facts
        if facts is None:
            self._show(trouble or tr("There is no whole backup in the folder “backups”."), self.other)
            return
        self._show(
            tr(
                "Newest backup: {name}, {tickets}, {size}. It was checked and is whole. "
                "What is there now is kept beside it."
            ).format(
                name=facts.path.name,
                tickets=tr_n("{n} ticket", "{n} tickets", facts.tickets),
                size=data_size(facts.bytes),
            ),
            self.take,
            self.other,
        )
        self.take.setFocus()

    def done(self, restored: Restored) -> None:
        """Say what was restored, and where the damaged file is."""
        words = tr("Restored: {tickets}.").format(
            tickets=tr_n("{n} ticket", "{n} tickets", restored.facts.tickets)
        )
        if restored.kept is not None:
            words += " " + tr("What was there before is kept as {name}.").format(name=restored.kept.name)
        self._show(words, self.start)
        self.start.setFocus()

    def _on_take(self) -> None:
        if self._facts is not None:
            self.restore_requested.emit(self._facts.path)

    def _show(self, text: str, *buttons: QPushButton) -> None:
        self.words.setText(text)
        for button in (self.take, self.other, self.start):
            button.setVisible(button in buttons)
        self.show()


def newest_backup(folder: Path) -> BackupFacts | None:
    """Return the newest backup in the data folder's `backups` that is whole; None where there is none."""
    files = [path for path in (folder / "backups").glob("*.db") if path.is_file()]
    for path in sorted(files, key=lambda file: file.stat().st_mtime, reverse=True)[:_LOOKED_AT]:
        try:
            return backups.verify_backup(path, folder)
        except KnownError:
            continue  # the one before it may be whole
    return None


def _words(text: str, kind: str = "") -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    if kind:
        label.setProperty("kind", kind)
    return label
