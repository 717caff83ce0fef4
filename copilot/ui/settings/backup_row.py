"""One backup in the list: when, why and how large, and what can be done with it."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from copilot.services.backups import Backup, Kind
from copilot.support.i18n import tr, tr_n
from copilot.ui.format import absolute_time, data_size, short_time
from copilot.ui.settings.column_page import label
from copilot.ui.settings.message_line import MessageLine
from copilot.ui.widgets.hairline import Hairline
from copilot.ui.widgets.icon_button import IconButton


def kind_name(kind: Kind) -> str:
    """Return why a backup was made."""
    return {
        Kind.HAND: tr("by hand"),
        Kind.SCHEDULE: tr("by schedule"),
        Kind.RESTORE: tr("before a restore"),
        Kind.MIGRATION: tr("before an update"),
        Kind.DAMAGED: tr("damaged database"),
    }[kind]


class BackupRow(QWidget):
    """It only asks; the section acts.

    Signals:
        verify_requested(), restore_requested(), delete_requested(): A button was pressed, and Delete confirmed.
        cancelled(): Cancel was pressed beside the progress.
    """

    verify_requested = Signal()
    restore_requested = Signal()
    delete_requested = Signal()
    cancelled = Signal()

    def __init__(self, backup: Backup) -> None:
        super().__init__()
        self.backup = backup
        when = short_time(backup.when)
        name = tr("Backup of {when}").format(when=when)
        self.setAccessibleName(name)
        heading = label(when, "strong", wraps=True)
        heading.setToolTip(f"{absolute_time(backup.when)}\n{backup.path}")
        facts = [kind_name(backup.kind), data_size(backup.bytes)]
        if backup.tickets is not None:
            facts.append(tr_n("{n} ticket", "{n} tickets", backup.tickets))
        elif backup.kind is not Kind.DAMAGED:
            facts.append(tr("cannot be read"))
        details = label(", ".join(facts), "small", wraps=True)
        details.setToolTip(str(backup.path))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(heading)
        words.addWidget(details)

        self.verify_button = QPushButton(tr("Verify"))
        self.verify_button.setToolTip(tr("Read all of it and check that it is whole"))
        self.verify_button.setAccessibleName(tr("Verify: {name}").format(name=name))
        self.verify_button.clicked.connect(self.verify_requested)
        self.restore_button = QPushButton(tr("Restore…"))
        self.restore_button.setToolTip(tr("See what would change, then decide"))
        self.restore_button.setAccessibleName(tr("Restore: {name}").format(name=name))
        self.restore_button.clicked.connect(self.restore_requested)
        self.delete_button = IconButton("trash", tr("Delete this backup…"))
        self.delete_button.setAccessibleName(tr("Delete: {name}").format(name=name))
        self.delete_button.clicked.connect(self.ask_to_delete)
        self._buttons = _line(self.verify_button, self.restore_button, self.delete_button)
        if backup.kind is Kind.DAMAGED:  # kept as it was found: there is nothing to read in it
            self.verify_button.hide()
            self.restore_button.hide()

        self.yes_button = QPushButton(tr("Delete"))
        self.yes_button.setProperty("kind", "danger")
        self.yes_button.setAccessibleName(tr("Yes, delete {name}").format(name=name))
        self.yes_button.clicked.connect(partial(self._close_confirm, delete=True))
        self.no_button = QPushButton(tr("Keep"))
        self.no_button.setToolTip(tr("Keep the backup (Esc)"))
        self.no_button.setAccessibleName(tr("No, keep {name}").format(name=name))
        self.no_button.clicked.connect(partial(self._close_confirm, delete=False))
        self._confirm = _line(label(tr("Delete for good?")), self.yes_button, self.no_button)
        self._confirm.hide()

        self.message = MessageLine()
        self.message.cancelled.connect(self.cancelled)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addLayout(words, 1)
        row.addWidget(self._buttons)
        row.addWidget(self._confirm)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 6, 0, 0)
        self._column.setSpacing(4)
        self._column.addLayout(row)
        self._column.addWidget(self.message)
        self._column.addSpacing(2)
        self._column.addWidget(Hairline())

    def set_busy(self, busy: bool) -> None:
        """Hold back what would get in the way of what is under way."""
        for part in (self.verify_button, self.restore_button, self.delete_button):
            part.setEnabled(not busy)

    def ask_to_delete(self) -> None:
        """Turn the buttons into the question."""
        self._buttons.hide()
        self._confirm.show()
        self.no_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def insert(self, card: QWidget) -> None:
        """Show `card` under the line."""
        self._column.insertWidget(2, card)

    def _close_confirm(self, *_: object, delete: bool) -> None:
        self._confirm.hide()
        self._buttons.show()
        self.delete_button.setFocus(Qt.FocusReason.OtherFocusReason)
        if delete:
            self.delete_requested.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and not self._confirm.isHidden():
            self._close_confirm(delete=False)
        else:
            super().keyPressEvent(event)


def _line(*parts: QWidget) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(4)
    for part in parts:
        row.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
    return made
