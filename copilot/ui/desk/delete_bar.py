"""Deleting a ticket for good: asked in place, done, and what is to become of the copies."""

from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from copilot.domain.ticket import ChangeSet
from copilot.services.footprint import Place
from copilot.services.removal import Removed
from copilot.services.tickets import TicketCase
from copilot.support.i18n import tr
from copilot.support.text import one_line
from copilot.ui.bridge.hub import Hub
from copilot.ui.desk.copies_bar import CopiesBar
from copilot.ui.settings.column_page import label, wrapping_line_of
from copilot.ui.widgets.announce import announce
from copilot.ui.widgets.hairline import Hairline
from copilot.ui.widgets.icon_button import IconButton
from copilot.ui.widgets.icon_label import IconLabel


class DeleteBar(QFrame):
    """Above the ticket; hidden until a ticket is to be deleted.

    Signals:
        deleting(int): This ticket is about to go; whoever shows it should go on to another.
    """

    deleting = Signal(int)

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self._hub = hub
        self._ticket = 0
        self._return_to: QWidget | None = None
        self.setProperty("kind", "bar")
        self._icon = IconLabel("alert-triangle", "danger_ink")
        self._words = label(wraps=True)
        self.keep_button = QPushButton(tr("Keep"))
        self.keep_button.setToolTip(tr("Delete nothing (Esc)"))
        self.keep_button.clicked.connect(self.withdraw)
        self.delete_button = QPushButton(tr("Delete"))
        self.delete_button.setProperty("kind", "danger")
        self.delete_button.clicked.connect(self._delete)
        self._buttons = wrapping_line_of(self.delete_button, self.keep_button)
        self.copies = CopiesBar(hub)
        self.copies.closed.connect(self._on_copies_done)
        self._close = IconButton("close", tr("Close"))
        self._close.clicked.connect(self.withdraw)

        inner = QVBoxLayout()
        inner.setSpacing(8)
        for part in (self._words, self._buttons, self.copies):
            inner.addWidget(part)
        row = QHBoxLayout()
        row.setContentsMargins(20, 12, 12, 12)
        row.setSpacing(8)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(inner, 1)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(Hairline())
        self.setAccessibleName(tr("Delete the ticket"))
        self.hide()
        hub.delete_requested.connect(self.ask)

    @property
    def text(self) -> str:
        """What it says."""
        return self._words.text()

    def ask(self, ticket: int) -> None:
        """Ask whether this ticket is to go for good."""
        work = partial(self._hub.services.tickets.case, ticket)
        self._hub.tasks.read(self, work, self._ask, key="case")

    def leave(self, ticket: int) -> None:
        """Another ticket is shown now: a question about the one before is withdrawn, a result stays."""
        if self._ticket and self._ticket != ticket:
            self.withdraw()

    def withdraw(self) -> None:
        """Go away; nothing is deleted."""
        self._ticket = 0
        had_focus = self.isAncestorOf(self.focusWidget() or self)
        self.hide()
        target, self._return_to = self._return_to, None
        if had_focus and target is not None and target.isVisible():
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask(self, case: TicketCase) -> None:
        ticket = case.ticket
        self._ticket = ticket.id
        self._icon.set_icon("alert-triangle", "danger_ink")
        self._icon.show()
        self._words.show()
        question = tr(
            "Delete {number} “{title}” for good? Its thread, evidence, questions, answers and decisions go along. "
            "This cannot be undone."
        ).format(number=ticket.number, title=one_line(ticket.title, 80))
        if ticket.merged_into:
            question += " " + tr("What was taken over by the ticket it was merged into stays there.")
        self._words.setText(question)
        self.delete_button.setEnabled(True)
        self._buttons.show()
        self._close.hide()
        self.copies.hide()
        focused = self.window().focusWidget()
        if focused is not None and not self.isAncestorOf(focused):
            self._return_to = focused
        self.show()
        self.keep_button.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self, self._words.text())

    def _delete(self) -> None:
        ticket, self._ticket = self._ticket, 0  # from here on it is no question that could be withdrawn
        self.delete_button.setEnabled(False)
        self._buttons.hide()
        self._words.setText(tr("Deleting…"))
        self.deleting.emit(ticket)
        self._hub.tasks.errand(
            self, partial(_delete, self._hub, ticket), self._on_deleted, self._on_not_deleted
        )

    def _on_deleted(self, removed: Removed) -> None:
        self._hub.announce_change(removed.changes)
        said = tr("{number} is deleted.").format(number=removed.number)
        if not removed.copies:
            self.withdraw()
            self._hub.toast_requested.emit(said, 0)
            return
        self._icon.set_icon("info")
        self._words.setText(said)
        self._close.show()
        self.copies.offer(removed.copies, partial(_scrub, self._hub, removed))
        announce(self, f"{said} {self.copies.text}")

    def _on_not_deleted(self, error: Exception) -> None:
        self.withdraw()
        self._hub.announce_change(ChangeSet(list_changed=True))
        self._hub.show_error(error)

    def _on_copies_done(self) -> None:
        if self.copies.isHidden():
            self.withdraw()
        else:  # what became of the backups says it all
            self._icon.hide()
            self._words.hide()

    def event(self, event: QEvent) -> bool:
        """Take Esc before a shortcut of the window does."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and not self._buttons.isHidden():
            if event.type() is QEvent.Type.KeyPress:
                self.withdraw()
            event.accept()
            return True
        return super().event(event)


def _delete(hub: Hub, ticket: int) -> Removed:
    return hub.services.removal.delete(ticket)


def _scrub(hub: Hub, removed: Removed, place: Place) -> list[str]:
    one = Removed(removed.number, removed.created_at, removed.changes, (place,))
    return hub.services.removal.scrub(one)
