"""Where notes and replies are written; every key is kept."""

from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from copilot.domain.ticket import ChangeSet, Visibility
from copilot.services.tickets import Draft, TicketCase
from copilot.support.i18n import tr
from copilot.ui.ask.drafts import DraftKeeper
from copilot.ui.bridge.hub import Hub
from copilot.ui.widgets.growing_edit import GrowingEdit
from copilot.ui.widgets.toast import KEEP_CLEAR

SAVE_MS = 40  # nothing typed a quarter of a second ago may be lost


class MessageEditor(QWidget):
    """One box for two slots, `note` and `reply`, each with a draft of its own."""

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self.setObjectName(KEEP_CLEAR)
        self._hub = hub
        self._ticket = 0
        self._slot = "note"
        self._keeper = DraftKeeper(hub, self)
        self._drafts: dict[str, Draft] = {}
        self._input = GrowingEdit(tr("Internal note"))
        self._input.textChanged.connect(self._on_typed)
        self._input.submitted.connect(self.post)
        self._origin = QLabel()
        self._origin.setProperty("kind", "small")
        self._post = QPushButton()
        self._post.setToolTip(tr("Ctrl+Enter"))
        self._post.clicked.connect(self.post)
        row = QHBoxLayout()
        row.addWidget(self._origin, 1)
        row.addWidget(self._post)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 8, 20, 12)
        column.setSpacing(8)
        column.addWidget(self._input)
        column.addLayout(row)
        self._timer = QTimer(self, singleShot=True, interval=SAVE_MS)
        self._timer.timeout.connect(partial(self._save))
        send = QAction(tr("Add the note or reply to the thread"), self)
        send.triggered.connect(self.post)
        self._actions = [send]
        self._name()

    @property
    def revision(self) -> int:
        """Grows with what is typed; to be taken before a ticket is read, and handed to `show_case`."""
        return self._keeper.revision

    def show_case(self, case: TicketCase, revision: int) -> None:
        """Show the drafts of a ticket; what was typed since it was read is not overwritten."""
        ticket = case.ticket.id
        if ticket != self._ticket:
            self.flush()
            self._ticket = ticket
        elif revision != self._keeper.revision or self._timer.isActive() or self._keeper.is_saving(ticket):
            return
        self._drafts = {}
        for slot in ("note", "reply"):
            stored = case.drafts.get(slot, Draft())
            self._drafts[slot] = Draft(self._keeper.newest(ticket, slot, stored.text), stored.suggestion)
        self._show_draft()

    def release(self) -> None:
        """Hold no ticket any more; what was typed is stored."""
        self.flush()
        self._ticket = 0
        self._drafts = {}
        self._show_draft()

    def show_slot(self, slot: str) -> None:
        """Switch between note and reply."""
        if slot != self._slot:
            self.flush()
            self._slot = slot
        self._name()
        self._show_draft()

    def focus_input(self) -> None:
        """Put the cursor at the end of the text."""
        self._input.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._input.moveCursor(self._input.textCursor().MoveOperation.End)

    def flush(self) -> None:
        """Store the draft now, if it is not stored yet."""
        if self._timer.isActive() or (self._keeper.is_stuck and self._keeper.is_saving(self._ticket)):
            self._save(now=True)

    def forget(self) -> None:
        """Show nothing and store nothing: what is here belongs to a desk that was replaced."""
        self._timer.stop()
        self._ticket = 0
        self._drafts = {}
        self._show_draft()

    def _save(self, *, now: bool = False) -> None:
        self._timer.stop()
        text = self._input.toPlainText()
        self._drafts[self._slot] = Draft(
            text, self._drafts.get(self._slot, Draft()).suggestion if text else ""
        )
        if self._ticket:
            self._keeper.save(self._ticket, self._slot, text, now=now)

    def post(self) -> None:
        """Add the text to the thread."""
        text = self._input.toPlainText()
        if not self._ticket or not text.strip():
            self.focus_input()
            return
        self.flush()
        self._keeper.drop(self._ticket, self._slot)  # tried once more above; after this it must not come back
        visibility = Visibility.INTERNAL if self._slot == "note" else Visibility.PUBLIC
        self._hub.change(
            self,
            partial(self._hub.services.tickets.post, self._ticket, text, visibility),
            partial(self._on_posted, self._ticket, self._slot, text),
            partial(self._on_not_posted, self._ticket, self._slot, text),
        )

    def actions_for_palette(self) -> list[QAction]:
        """Return this part's actions."""
        return self._actions

    def _on_posted(self, ticket: int, slot: str, text: str, _changes: ChangeSet) -> None:
        if ticket != self._ticket:
            return
        self._drafts[slot] = Draft()
        if slot == self._slot:
            typed_since = self._input.toPlainText().removeprefix(text)
            self._show_draft()
            if typed_since.strip():
                self._input.setPlainText(typed_since)
                self.focus_input()

    def _on_not_posted(self, ticket: int, slot: str, text: str, error: Exception) -> None:
        is_here = (ticket, slot) == (self._ticket, self._slot)
        self._keeper.save(ticket, slot, self._input.toPlainText() if is_here else text)
        self._hub.show_error(error)

    def _on_typed(self) -> None:
        self._keeper.touch()
        if not self._timer.isActive():  # no restart: a fast typist is stored all the same
            self._timer.start()
        self._post.setEnabled(bool(self._input.toPlainText().strip()))

    def _show_draft(self) -> None:
        draft = self._drafts.get(self._slot, Draft())
        if self._input.toPlainText() != draft.text:
            self._input.blockSignals(True)
            self._input.setPlainText(draft.text)
            self._input.blockSignals(False)
        self._post.setEnabled(bool(draft.text.strip()))
        self._origin.setText(
            tr("From an answer of the model: what you change is stored as an edit.")
            if draft.suggestion
            else ""
        )

    def _name(self) -> None:
        is_note = self._slot == "note"
        self._input.setAccessibleName(tr("Internal note") if is_note else tr("Reply"))
        self._input.setPlaceholderText(
            tr("A note for colleagues; the requester does not see it.")
            if is_note
            else tr("A reply for the requester. It is kept in this desk's thread; nothing is sent by mail.")
        )
        self._post.setText(tr("Add note") if is_note else tr("Add reply"))
