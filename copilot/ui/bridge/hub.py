"""What every screen gets: services, threads, and the news of what changed."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from copilot.domain.listing import ChangeSet
from copilot.services.bundle import Services
from copilot.support.errors import KnownError
from copilot.support.i18n import tr, tr_n
from copilot.ui.bridge.tasks import Tasks

if TYPE_CHECKING:
    from copilot.domain.conversation import Answer
    from copilot.ui.bridge.answers import AnswerFeed
    from copilot.ui.bridge.draft_store import DraftStore

POLL_MS = 1000
LONG_UNDO = 1000  # tickets


class Hub(QObject):
    """One for a window.

    Signals:
        changed(ChangeSet): Something was written, here or by another process (then `tickets` is empty and
            `list_changed` is set: refresh what is shown).
        toast_requested(str, int): A short message, and the id to undo (0 for none).
        model_changed(): A model was installed, chosen or removed.
        ticket_requested(int): Somebody wants this ticket shown.
        delete_requested(int): Somebody wants this ticket deleted; it is asked about first.
        closing(): The window goes; what is long must end.
        action_offered(str, str, object): A short message, what can be done about it, and a callable that does it.
        desk_replacing(bool): Another content is about to be put in place of the desk (then the windows take no input
            and have everything stored), or that is over.
        desk_replaced(): It is in place: no id of a ticket, an answer or a change means what it meant.
        ticket_window_requested(int): Somebody wants it in a window of its own.
        answer_window_requested(str): Somebody wants the answer with this uid in a window of its own.
        answer_ended(Answer): An answer of this process is complete, interrupted or failed, and stored so.
        setting_changed(str, object): A setting that a part of the program acts on at once: name and value.
        answer_moved(int): What a list says of this ticket's answer has changed: its place, its end, or it was seen.
    """

    changed = Signal(object)
    toast_requested = Signal(str, int)
    action_offered = Signal(str, str, object)
    desk_replacing = Signal(bool)
    desk_replaced = Signal()
    model_changed = Signal()
    ticket_requested = Signal(int)
    delete_requested = Signal(int)
    ticket_window_requested = Signal(int)
    answer_window_requested = Signal(str)
    answer_ended = Signal(object)
    setting_changed = Signal(str, object)
    answer_moved = Signal(int)
    closing = Signal()

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.services = services
        self.tasks = Tasks(self)
        services.store.give_way = self.tasks.give_way
        self._answers: AnswerFeed | None = None
        self._drafts: DraftStore | None = None
        self.restored: str | None = None  # tells whether the desk was replaced, here or by another process
        self.tasks.failed.connect(self.show_error)
        self._poll = QTimer(self, interval=POLL_MS)
        self._poll.timeout.connect(self._look_elsewhere)

    @property
    def answers(self) -> "AnswerFeed":
        """Where answers arrive; made with the first part of the window that shows one."""
        if self._answers is None:
            from copilot.ui.bridge.answers import AnswerFeed

            self._answers = AnswerFeed(self)
            self._answers.waiting.connect(self._on_waiting)
            self._answers.ended.connect(self._on_ended)
        return self._answers

    @property
    def drafts(self) -> "DraftStore":
        """What is being written; made with the first box that something is written into."""
        if self._drafts is None:
            from copilot.ui.bridge.draft_store import DraftStore

            self._drafts = DraftStore(self.services, self.tasks, self)
        return self._drafts

    def start(self) -> None:
        """Begin to notice what other processes write."""
        self._poll.start()

    def change(
        self,
        owner: QObject,
        work: Callable[[], ChangeSet],
        done: Callable[[ChangeSet], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Run a write that returns a ChangeSet; tell everybody, offer Undo, then call `done`."""
        self.tasks.write(owner, work, partial(self._on_change, done), failed)

    def announce_change(self, changes: ChangeSet) -> None:
        """Tell everybody about a change that was made already."""
        self._on_change(None, changes)

    def set_setting(self, name: str, value: object) -> None:
        """Store a setting, and tell those who act on it."""
        self.tasks.write(self, partial(self.services.settings.set, name, value))
        self.setting_changed.emit(name, value)

    def undo(self, entry: int = 0) -> None:
        """Take back a change; 0 means the newest."""
        self.tasks.write(self, partial(self.services.tickets.undo_size, entry), self._undo)

    def show_error(self, error: Exception) -> None:
        """Show what happened, what was kept and what to do."""
        if isinstance(error, KnownError):
            self.toast_requested.emit(str(error), 0)
        else:
            text = tr("This should not have happened ({error}). What was stored before is kept.")
            self.toast_requested.emit(text.format(error=f"{type(error).__name__}: {error}"), 0)

    def close(self) -> None:
        """Stop timers and threads; queued writes are finished first."""
        self._poll.stop()
        self.closing.emit()
        if self._answers is not None:
            self._answers.close()
        self.tasks.shutdown()

    def _on_change(self, done: Callable[[ChangeSet], None] | None, changes: ChangeSet) -> None:
        if changes.tickets or changes.list_changed:
            self.changed.emit(changes)
        if changes.undo_label:
            self.toast_requested.emit(changes.undo_label, changes.undo_id)
        if done is not None:
            done(changes)

    def _on_waiting(self, _uid: str, ticket: int, _place: int) -> None:
        self.answer_moved.emit(ticket)

    def _on_ended(self, answer: "Answer") -> None:
        self.answer_ended.emit(answer)
        self.answer_moved.emit(answer.ticket)

    def _undo(self, change: tuple[int, int]) -> None:
        entry, size = change
        work = partial(self.services.tickets.undo, entry)
        if size > LONG_UNDO:  # what is typed meanwhile is stored beside it
            self.toast_requested.emit(
                tr_n("Taking back the change of {n} ticket…", "Taking back the change of {n} tickets…", size),
                0,
            )
            self.tasks.errand(self, work, self._on_undone)
        else:
            self.tasks.write(self, work, self._on_undone)

    def _on_undone(self, changes: ChangeSet) -> None:
        self.changed.emit(changes)
        self.toast_requested.emit(changes.undo_label or tr("Taken back"), 0)

    def _look_elsewhere(self) -> None:
        self.tasks.write(self, self.services.store.changed_elsewhere, self._on_looked, _nothing)

    def _on_looked(self, has_changed: bool) -> None:
        if has_changed:
            self.tasks.read(
                self, partial(self.services.settings.get, "restored"), self._on_restored, _nothing
            )

    def _on_restored(self, restored: str) -> None:
        was, self.restored = self.restored, restored
        if was not in (None, restored):
            self.desk_replaced.emit()
        self.changed.emit(ChangeSet(list_changed=True))


def _nothing(_: Exception) -> None:
    """Say nothing: the next look is a second away, and what is wrong shows wherever something is done."""
