"""What is being written, on its way to the database: nothing typed is lost while that cannot be written."""

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from copilot.services.bundle import Services
from copilot.support.errors import KnownError
from copilot.ui.bridge.tasks import Tasks

FIRST_WAIT_MS = 1000
LONGEST_WAIT_MS = 15_000

_Place = tuple[int, str]


class _Gate:
    """What runs on the writer's thread; no QObject, which must not live and die there.

    A database that another program holds is waited for, five seconds each time. What was queued meanwhile fails at once
    instead, so that the thread is free for others.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._why = ""

    def write(self, place: _Place, text: str, is_try: bool) -> None:
        """Store a draft; unless it `is_try`, it fails unseen while the last one did."""
        if self._why and not is_try:
            raise KnownError(self._why)
        try:
            self._services.tickets.save_draft(*place, text)
        except KnownError as error:
            self._why = error.what
            raise
        self._why = ""


class DraftStore(QObject):
    """One for all windows. A draft that could not be stored is kept here and tried again, ever less often.

    Signals:
        stored(int, str): A draft is stored: ticket and slot.
        trouble_changed(): `why` has changed.
    """

    stored = Signal(int, str)
    trouble_changed = Signal()

    def __init__(self, services: Services, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._gate = _Gate(services)
        self._tasks = tasks
        self._texts: dict[_Place, str] = {}  # what is not stored yet
        self._why = ""
        self._timer = QTimer(self, singleShot=True, interval=FIRST_WAIT_MS)
        self._timer.timeout.connect(self.retry)

    @property
    def why(self) -> str:
        """Why drafts cannot be stored, a sentence; empty where they can."""
        return self._why

    def save(self, ticket: int, slot: str, text: str, *, now: bool = False) -> None:
        """Store a draft. While there is trouble it waits for the next try, unless it has to be tried `now`."""
        self._texts[ticket, slot] = text
        if not self._why or now:
            self._submit((ticket, slot), is_try=now)

    def drop(self, ticket: int, slot: str) -> None:
        """Do not store this draft any more: it is about to become something else."""
        self._texts.pop((ticket, slot), None)
        self._clear_if_done()

    def forget(self) -> None:
        """Drop everything: the desk that it belongs to was replaced."""
        self._texts.clear()
        self._clear_if_done()

    def newest(self, ticket: int, slot: str, stored: str) -> str:
        """Return the draft that is not stored yet; `stored` where there is none."""
        return self._texts.get((ticket, slot), stored)

    def is_saving(self, ticket: int, slot: str) -> bool:
        """Tell whether a draft is not stored yet."""
        return (ticket, slot) in self._texts

    def retry(self) -> None:
        """Try to store what is not stored, now."""
        self._timer.stop()
        for number, place in enumerate(list(self._texts)):
            self._submit(place, is_try=number == 0)  # where the first one fails the others do not even try

    def _submit(self, place: _Place, *, is_try: bool) -> None:
        text = self._texts[place]
        self._tasks.write(
            self,
            partial(self._gate.write, place, text, is_try),
            partial(self._on_stored, place, text),
            partial(self._on_failed, place),
        )

    def _on_stored(self, place: _Place, text: str, _: None) -> None:
        if self._texts.get(place) == text:
            del self._texts[place]
        if self._why:
            for waiting in list(self._texts):
                self._submit(waiting, is_try=False)
        self._clear_if_done()
        self.stored.emit(*place)

    def _on_failed(self, place: _Place, error: Exception) -> None:
        if place not in self._texts:
            return
        why = error.what if isinstance(error, KnownError) else f"{type(error).__name__}: {error}"
        if not self._timer.isActive():
            longer = min(2 * self._timer.interval(), LONGEST_WAIT_MS)
            self._timer.setInterval(longer if self._why else FIRST_WAIT_MS)
            self._timer.start()
        if why != self._why:
            self._why = why
            self.trouble_changed.emit()

    def _clear_if_done(self) -> None:
        if self._why and not self._texts:
            self._timer.stop()
            self._why = ""
            self.trouble_changed.emit()
