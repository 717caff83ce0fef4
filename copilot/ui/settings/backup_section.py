"""Backups: the schedule, the next and the last one, and every copy there is."""

import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QComboBox, QFileDialog, QPushButton, QSpinBox, QVBoxLayout, QWidget

from copilot.services.backups import (
    MOST,
    WEEKLY,
    Backup,
    BackupFacts,
    BackupService,
    Every,
    Preview,
    Progress,
    Schedule,
    StoppedError,
)
from copilot.support.errors import KnownError
from copilot.support.i18n import tr, tr_n
from copilot.ui.bridge.hub import Hub
from copilot.ui.bridge.replacing import DeskReplacement
from copilot.ui.format import data_size, short_time
from copilot.ui.settings.appearance import NUMBER
from copilot.ui.settings.backup_row import BackupRow
from copilot.ui.settings.column_page import Section, label, line_of, wrapping_line_of
from copilot.ui.settings.message_line import MessageLine
from copilot.ui.settings.progress_relay import ProgressRelay
from copilot.ui.settings.restore_card import RestoreCard
from copilot.ui.widgets.elided_label import ElidedLabel

AT_ONCE = 5  # rows


class _State(NamedTuple):
    schedule: Schedule
    folder: Path
    last: datetime | None
    following: datetime | None
    now: datetime
    copies: list[Backup]


class BackupSection(Section):
    """One thing at a time is done to the copies."""

    def __init__(self, hub: Hub, parent: QWidget | None = None) -> None:
        super().__init__(tr("Backups"), parent)
        self._hub = hub
        self._replacement = DeskReplacement(hub)
        self._stop = threading.Event()
        self._state: _State | None = None
        self._shows_all = False
        self._card: RestoreCard | None = None
        self.rows: list[BackupRow] = []
        self._relay = ProgressRelay(self)
        self._relay.arrived.connect(self._on_progress)
        self.destroyed.connect(self._stop.set)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self._stop.set)
        self._add_schedule()
        self._add_folder()
        self._add_now()
        self._list = QWidget()
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.more_button = QPushButton()
        self.more_button.setProperty("kind", "link")
        self.more_button.clicked.connect(self._show_all)
        self.add_wide(self._list)
        self.add_wide(line_of(self.more_button))
        self.more_button.hide()

    # -- what can be done

    def refresh(self) -> None:
        """Read schedule and copies again."""
        self._hub.tasks.errand(self, partial(_read, self._hub.services.backups), self._show)

    def back_up(self) -> None:
        """Make a copy into the data folder's backups."""
        work = partial(self._hub.services.backups.create, None, self._relay.report, self._begin())
        self.message.show_progress(tr("Copying the desk…"), None)
        self._hub.tasks.errand(self, work, self._on_backed_up, partial(self._on_failed, self.message))

    def choose_folder(self) -> None:
        """Let a person pick where scheduled copies go."""
        dialog = QFileDialog(self, tr("Where backups are put"), self._folder.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.use_folder)
        dialog.open()

    def use_folder(self, folder: str) -> None:
        """Put scheduled copies there; an empty one is the data folder's own."""
        if self._state is not None:
            self._set(self._state.schedule._replace(folder=folder))

    def restore_file(self, path: Path) -> None:
        """Look at a copy that lies anywhere, then offer to restore it."""
        self.message.show_progress(tr("Reading the backup…"), None)
        self._look(path, self.message, None)

    # -- building

    def _add_schedule(self) -> None:
        self.every_box = QComboBox()
        for every, words in (
            (Every.DAY, tr("Every day")),
            (Every.WEEK, tr("Every week")),
            (Every.OFF, tr("Never")),
        ):
            self.every_box.addItem(words, every)
        self.every_box.setAccessibleName(tr("A backup by itself"))
        self.every_box.activated.connect(self._on_schedule)
        self.keep_box = QSpinBox()
        self.keep_box.setRange(1, MOST)
        self.keep_box.setStyleSheet(NUMBER)
        self.keep_box.lineEdit().setTextMargins(8, 0, 8, 0)
        self.keep_box.setKeyboardTracking(False)
        self.keep_box.setAccessibleName(tr("How many to keep"))
        self.keep_box.valueChanged.connect(self._on_schedule)
        self._keep_label = label(tr("Keep"))
        self._keep_label.setBuddy(self.keep_box)
        line = line_of(self.every_box, self._keep_label, self.keep_box)
        line.setFocusProxy(self.every_box)
        self._times = self.add_line(
            tr("By itself"),
            line,
            " ",
        )
        self.keep_box.setToolTip(
            tr("Beside these, one of each of the {n} weeks before. Backups made by hand stay.").format(
                n=WEEKLY
            )
        )

    def _add_folder(self) -> None:
        self._folder = ElidedLabel()
        self._folder.setProperty("kind", "mono")
        self._folder.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.add_line(tr("Folder"), self._folder)
        self.folder_button = QPushButton(tr("Choose another folder…"))
        self.folder_button.setToolTip(tr("Best on another disk: a backup beside the desk goes with the disk"))
        self.folder_button.clicked.connect(self.choose_folder)
        self.own_button = QPushButton(tr("Use the data folder"))
        self.own_button.clicked.connect(partial(self._use_own_folder))
        self.schedule_message = MessageLine(can_cancel=False)
        self.add_wide(wrapping_line_of(self.folder_button, self.own_button))
        self.add_wide(self.schedule_message)
        self.add_gap()

    def _add_now(self) -> None:
        self.backup_button = QPushButton(tr("Back up now"))
        self.backup_button.clicked.connect(self.back_up)
        self.file_button = QPushButton(tr("Restore from a file…"))
        self.file_button.clicked.connect(self._choose_file)
        line = wrapping_line_of(self.backup_button, self.file_button)
        line.setFocusProxy(self.backup_button)
        self.add_line(
            tr("By hand"), line, tr("Copies the whole desk into one file while you work, without the models.")
        )
        self.message = MessageLine()
        self.message.cancelled.connect(self._cancel)
        self.add_wide(self.message)
        self._card_place = QVBoxLayout()
        holder = QWidget()
        holder.setLayout(self._card_place)
        self._card_place.setContentsMargins(0, 0, 0, 0)
        self.add_wide(holder)

    # -- showing

    def _show(self, state: _State) -> None:
        self._state = state
        schedule = state.schedule
        for box in (self.every_box, self.keep_box):
            box.blockSignals(True)
        self.every_box.setCurrentIndex(self.every_box.findData(schedule.every))
        self.keep_box.setValue(schedule.keep)
        for box in (self.every_box, self.keep_box):
            box.blockSignals(False)
        for part in (self._keep_label, self.keep_box):
            part.setVisible(schedule.every is not Every.OFF)
        self._folder.setText(str(state.folder))
        self._folder.setAccessibleName(tr("Folder of the backups: {path}").format(path=state.folder))
        self.own_button.setVisible(bool(schedule.folder))
        self._times.setText(_times(state))
        self._times.show()
        self._show_rows()

    def _show_rows(self) -> None:
        assert self._state is not None
        copies = self._state.copies
        shown = copies if self._shows_all else copies[:AT_ONCE]
        if [row.backup for row in self.rows] != shown:
            self._close_card()
            for row in self.rows:
                self._column.removeWidget(row)
                row.hide()
                row.deleteLater()
            self.rows = [self._make_row(backup) for backup in shown]
        self.more_button.setVisible(len(copies) > len(shown))
        self.more_button.setText(tr_n("Show the {n} backup", "Show all {n} backups", len(copies)))

    def _make_row(self, backup: Backup) -> BackupRow:
        row = BackupRow(backup)
        row.verify_requested.connect(partial(self._verify, row))
        row.restore_requested.connect(partial(self._preview, row))
        row.delete_requested.connect(partial(self._delete, row))
        row.cancelled.connect(self._cancel)
        self._column.addWidget(row)
        return row

    def _show_all(self) -> None:
        self._shows_all = True
        self._show_rows()
        if len(self.rows) > AT_ONCE:
            self.rows[AT_ONCE].verify_button.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- the schedule

    def _on_schedule(self, *_: object) -> None:
        if self._state is not None:
            every = Every(self.every_box.currentData())
            self._set(self._state.schedule._replace(every=every, keep=self.keep_box.value()))

    def _use_own_folder(self, *_: object) -> None:
        self.use_folder("")

    def _set(self, schedule: Schedule) -> None:
        self.schedule_message.clear()
        self._hub.tasks.write(
            self, partial(self._hub.services.backups.set_schedule, schedule), self._on_set, self._on_not_set
        )

    def _on_set(self, _: None) -> None:
        self.refresh()

    def _on_not_set(self, error: Exception) -> None:
        self.schedule_message.show_problem(_words(error))
        self.refresh()

    # -- one thing at a time

    def _begin(self) -> Callable[[], bool]:
        self._stop.clear()  # nothing else is under way
        self._close_card()
        self._set_busy(True)
        return self._stop.is_set

    def _set_busy(self, busy: bool) -> None:
        for button in (self.backup_button, self.file_button):
            button.setEnabled(not busy)
        for row in self.rows:
            row.set_busy(busy)

    def _cancel(self) -> None:
        self._stop.set()

    def _end(self) -> None:
        self._relay.forget()
        self._set_busy(False)
        self.refresh()

    def _on_progress(self, progress: Progress) -> None:
        if self.message.is_running and progress.share is not None:
            is_copied = progress.share >= 1.0
            words = tr("Checking the copy…") if is_copied else tr("Copying the desk…")
            self.message.show_progress(words, None if is_copied else progress.share)

    def _on_backed_up(self, facts: BackupFacts) -> None:
        self._end()
        tickets = tr_n("{n} ticket", "{n} tickets", facts.tickets)
        self.message.show_note(
            tr("Backed up and checked: {tickets}, {size}, in {path}").format(
                tickets=tickets, size=data_size(facts.bytes), path=facts.path
            )
        )

    def _on_failed(self, message: MessageLine, error: Exception) -> None:
        self._end()
        if isinstance(error, StoppedError):
            message.show_note(tr("Stopped. Nothing was changed."))
        else:
            message.show_problem(_words(error))

    def _verify(self, row: BackupRow) -> None:
        work = partial(self._hub.services.backups.verify, row.backup.path, self._begin())
        row.message.show_progress(tr("Reading the backup…"), None)
        self._hub.tasks.errand(
            row, work, partial(self._on_verified, row), partial(self._on_failed, row.message)
        )

    def _on_verified(self, row: BackupRow, facts: BackupFacts) -> None:
        self._end()
        tickets = tr_n("{n} ticket", "{n} tickets", facts.tickets)
        row.message.show_note(tr("Whole: {tickets}.").format(tickets=tickets))

    def _delete(self, row: BackupRow) -> None:
        self._begin()
        work = partial(self._hub.services.backups.delete, row.backup.path)
        self._hub.tasks.errand(row, work, self._on_deleted, partial(self._on_failed, row.message))

    def _on_deleted(self, _: None) -> None:
        self._end()

    # -- restore

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, tr("Restore from a backup"), self._folder.text())
        dialog.setNameFilter(tr("Backups (*.db);;All files (*)"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._on_file)
        dialog.open()

    def _on_file(self, path: str) -> None:
        self.restore_file(Path(path))

    def _preview(self, row: BackupRow) -> None:
        row.message.show_progress(tr("Reading the backup…"), None)
        self._look(row.backup.path, row.message, row)

    def _look(self, path: Path, message: MessageLine, row: BackupRow | None) -> None:
        work = partial(self._hub.services.backups.preview, path, self._begin())
        self._hub.tasks.errand(
            row or self,
            work,
            partial(self._on_preview, message, row),
            partial(self._on_failed, message),
        )

    def _on_preview(self, message: MessageLine, row: BackupRow | None, preview: Preview) -> None:
        self._set_busy(False)
        message.clear()
        self._close_card()
        self._card = card = RestoreCard(preview)
        card.accepted.connect(partial(self._restore, preview.facts.path, message))
        card.cancelled.connect(self._close_card)
        if row is None:
            self._card_place.addWidget(card)
        else:
            row.insert(card)
        card.show()  # now: what is not shown yet takes no focus
        card.cancel_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _close_card(self) -> None:
        card, self._card = self._card, None
        if card is not None:
            card.hide()
            card.deleteLater()

    def _restore(self, path: Path, message: MessageLine) -> None:
        self._begin()
        message.show_progress(tr("Restoring…"), None)
        self._replacement.restore(
            path, partial(self._on_restored, message), partial(self._on_failed, message)
        )

    def _on_restored(self, message: MessageLine) -> None:
        message.clear()
        self._end()

    @property
    def card(self) -> RestoreCard | None:
        """The question that is open."""
        return self._card


def _read(backups: BackupService) -> _State:
    return _State(
        backups.schedule(),
        backups.folder(),
        backups.last(),
        backups.next_at(),
        backups.now(),
        backups.copies(),
    )


def _times(state: _State) -> str:
    last = short_time(state.last) if state.last else tr("none yet")
    text = tr("Last one: {when}.").format(when=last)
    if state.following is None:
        return tr("{last} Nothing is copied unless you do it.").format(last=text)
    if state.following <= state.now:
        return tr("{last} The next one is due: within the hour, while you work.").format(last=text)
    return tr("{last} Next one: {when} or soon after, while you work.").format(
        last=text, when=short_time(state.following)
    )


def _words(error: Exception) -> str:
    return str(error) if isinstance(error, KnownError) else f"{type(error).__name__}: {error}"
