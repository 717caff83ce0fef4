"""What a restore would take, bring and set back, before anything is done."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from copilot.services.backups import Named, Preview
from copilot.support.i18n import tr, tr_n
from copilot.ui.format import data_size, short_time
from copilot.ui.settings.column_page import label
from copilot.ui.widgets.announce import announce


class RestoreCard(QFrame):
    """Asks; nothing was changed yet.

    Signals:
        accepted(): Restore was pressed.
        cancelled(): Cancel was pressed, or Esc.
    """

    accepted = Signal()
    cancelled = Signal()

    def __init__(self, preview: Preview) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        facts = preview.facts
        title = tr("Restore the backup of {when}?").format(when=short_time(preview.when))
        self.setAccessibleName(title)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 12, 16, 12)
        self._column.setSpacing(4)
        self._column.addWidget(label(title, "strong", wraps=True))
        parts = [tr_n("{n} ticket", "{n} tickets", facts.tickets)]
        if preview.newest:
            parts.append(tr("last changed {when}").format(when=short_time(preview.newest)))
        parts += [data_size(facts.bytes), tr("schema {n}").format(n=facts.schema)]
        self._column.addWidget(
            label(tr("It holds {facts}.").format(facts=", ".join(parts)), "small", wraps=True)
        )
        self._add_difference(preview)
        self._column.addSpacing(8)
        kept = tr("What is on the desk now is kept as a backup first, so you can go back.")
        along = tr("Notes, replies and questions that you are writing come along.")
        self._column.addWidget(label(f"{kept} {along}", "small", wraps=True))
        if preview.drafts_apart:
            text = tr_n(
                "{n} of them belongs to a ticket that the backup does not hold, and stays in the backup of now.",
                "{n} of them belong to tickets that the backup does not hold, and stay in the backup of now.",
                preview.drafts_apart,
            )
            self._column.addWidget(label(text, "small", wraps=True))
        self.restore_button = QPushButton(tr("Restore"))
        self.restore_button.setProperty("kind", "primary")
        self.restore_button.clicked.connect(self.accepted)
        self.cancel_button = QPushButton(tr("Cancel"))
        self.cancel_button.setToolTip(tr("Leave everything as it is (Esc)"))
        self.cancel_button.clicked.connect(self.cancelled)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.restore_button)
        buttons.addWidget(self.cancel_button)
        buttons.addStretch(1)
        self._column.addSpacing(8)
        self._column.addLayout(buttons)
        announce(self, title)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def _add_difference(self, preview: Preview) -> None:
        apart = preview.difference
        if apart is None:
            words = tr("The desk as it is now cannot be read, so the two cannot be compared.")
            self._column.addWidget(label(words, wraps=True))
            return
        if not any(group.total for group in apart):
            self._column.addSpacing(8)
            self._column.addWidget(label(tr("It holds the same tickets as the desk does now."), wraps=True))
            return
        self._add_group(
            apart.only_here,
            tr_n(
                "{n} ticket that only the desk has would go",
                "{n} tickets that only the desk has would go",
                apart.only_here.total,
            ),
        )
        self._add_group(
            apart.only_there,
            tr_n(
                "{n} ticket that only the backup has would come back",
                "{n} tickets that only the backup has would come back",
                apart.only_there.total,
            ),
        )
        self._add_group(
            apart.changed,
            tr_n(
                "{n} ticket that differs would be set back",
                "{n} tickets that differ would be set back",
                apart.changed.total,
            ),
        )

    def _add_group(self, group: Named, heading: str) -> None:
        if not group.total:
            return
        self._column.addSpacing(8)
        self._column.addWidget(label(heading, "strong", wraps=True))
        self._column.addWidget(_Tickets(group))


class _Tickets(QWidget):
    """Number and title of the first ones; five at once, the rest on demand."""

    _AT_ONCE = 5

    def __init__(self, group: Named) -> None:
        super().__init__()
        self._group = group
        self._lines = label("", "small", wraps=True)
        self._lines.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.more_button = QPushButton(tr("Show {n} of them").format(n=len(group.first)))
        self.more_button.setProperty("kind", "link")
        self.more_button.clicked.connect(self.show_all)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._lines)
        column.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._show(self._AT_ONCE)

    def show_all(self) -> None:
        """Show all that are known by name."""
        self._show(len(self._group.first))

    def _show(self, most: int) -> None:
        lines = [f"{number}  {title}" for number, title in self._group.first[:most]]
        left = self._group.total - len(lines)
        if left:
            lines.append(tr_n("and {n} more", "and {n} more", left))
        self._lines.setText("\n".join(lines))
        self.more_button.setVisible(most < len(self._group.first))
