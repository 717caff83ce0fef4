"""The line before the model: one question is under way, the others wait in the order in which they were asked.

A prompt is prepared when its turn comes, not when it was asked: by then the answer before it is part of the ticket.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from copilot.services.receiving import Receiver
from copilot.support.errors import KnownError
from copilot.support.i18n import tr

_logger = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Asked:
    """A question in the line.

    Attributes:
        receiver: Who receives its answer.
        prepare: Writes the prompt, on the thread of its turn; returns what sends it. Raises where it cannot be asked.
        withdraw: Ends it unasked, for the reason given.
        place: 1 for the next one.
    """

    receiver: Receiver
    prepare: Callable[[], Callable[[], None]]
    withdraw: Callable[[str], None]
    place: int = 0
    is_sent: bool = False
    is_stopped: bool = False


class Line:
    """Who is next. Thread-safe; a receiver must not call back while it holds the database."""

    def __init__(self, cancel: Callable[[str], None]) -> None:
        """Take what stops an answer that the model has begun."""
        self._cancel = cancel
        self._lock = threading.RLock()
        self._waiting = deque[Asked]()
        self._now: Asked | None = None
        self._turn: threading.Thread | None = None
        self._closed = False

    def enter(self, asked: Asked) -> None:
        """Ask at once, on this thread, where nobody is before it; raises what `prepare` raises."""
        with self._lock:
            is_closed, is_first = self._closed, self._now is None
            if is_first and not is_closed:
                self._now = asked
            elif not is_closed:
                self._waiting.append(asked)
                self._tell_places()
        if is_closed:
            asked.withdraw(closing())
        elif is_first:
            self._ask(asked)

    def leave(self, uid: str) -> None:
        """Say that an answer has ended; the next one's turn begins on a thread of its own."""
        with self._lock:
            if self._now is None or self._now.receiver.uid != uid:
                return
            self._now = asked = self._waiting.popleft() if self._waiting else None
            if asked is None:
                return
            self._tell_places()
            asked.receiver.wait_at(0)
            self._turn = threading.Thread(
                target=self._take_turn, args=(asked,), name="copilot-turn", daemon=True
            )
            self._turn.start()

    def stop(self, uid: str) -> None:
        """Take a question out of the line, or stop its answer; unknown ones are left alone."""
        with self._lock:
            asked = next((each for each in self._waiting if each.receiver.uid == uid), None)
            if asked:
                self._waiting.remove(asked)
                self._tell_places()
            elif self._now and self._now.receiver.uid == uid and not self._now.is_sent:
                self._now.is_stopped = True
            else:
                self._cancel(uid)
        if asked:
            asked.withdraw(tr("Stopped before it was asked."))

    def places(self) -> dict[int, int]:
        """Return the place of each ticket that has a question waiting, and none under way."""
        with self._lock:
            found = dict[int, int]()
            for asked in self._waiting:
                found.setdefault(asked.receiver.ticket, asked.place)
            if self._now:
                found.pop(self._now.receiver.ticket, None)
            return found

    def waits(self, uid: str) -> bool:
        """Tell whether an answer's question waits."""
        with self._lock:
            return any(asked.receiver.uid == uid for asked in self._waiting)

    def close(self) -> None:
        """Send everybody home; what is under way ends with the engine."""
        with self._lock:
            self._closed = True
            left, self._waiting = self._waiting, deque()
            if self._now and not self._now.is_sent:
                self._now.is_stopped = True
        for asked in left:
            asked.withdraw(closing())

    def join(self) -> None:
        """Wait for a turn that has begun; after the engine is closed."""
        if self._turn:
            self._turn.join()

    def _take_turn(self, asked: Asked) -> None:
        try:
            self._ask(asked)
        except KnownError as error:  # its card says so
            _logger.info("a question was not asked when its turn came: %s", error)
        except Exception:
            _logger.exception("a question was not asked when its turn came")

    def _ask(self, asked: Asked) -> None:
        try:
            send = asked.prepare()
            with self._lock:  # who stops it now either comes before it is sent, or cancels what was sent
                if not asked.is_stopped:
                    asked.is_sent = True
                    send()
            if asked.is_stopped:
                asked.receiver.stopped()
        except BaseException as error:
            asked.receiver.fail(
                str(error) if isinstance(error, KnownError) else tr("The question could not be sent.")
            )
            raise

    def _tell_places(self) -> None:
        for place, asked in enumerate(self._waiting, 1):
            if asked.place != place:
                asked.place = place
                asked.receiver.wait_at(place)


def closing() -> str:
    """Return why a question was not asked that still waited at the end of the program."""
    return tr("The program was closed before it was asked.")
