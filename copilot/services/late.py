"""What could not be stored at once is tried again, ever less often, until it is or the program ends."""

import logging
import threading
from collections.abc import Callable

from copilot.support.errors import KnownError

FIRST_WAIT, LONGEST_WAIT = 1.0, 15.0  # seconds
_logger = logging.getLogger(__name__)


class LateWork:
    """A thread that lives only while something waits."""

    def __init__(self) -> None:
        self._waiting: list[Callable[[], None]] = []
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, work: Callable[[], None]) -> None:
        """Call `work` until it no longer raises a KnownError."""
        with self._lock:
            self._waiting.append(work)
            if self._thread is None and not self._closing.is_set():
                self._thread = threading.Thread(target=self._run, name="copilot-late", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Give up what still waits; safe to call twice."""
        self._closing.set()
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        wait = FIRST_WAIT
        while not self._closing.wait(wait):
            with self._lock:
                work = self._waiting[0]
            try:
                work()
            except KnownError:
                wait = min(2 * wait, LONGEST_WAIT)
                continue
            except Exception:
                _logger.exception("what was put off failed")
            wait = 0.0
            with self._lock:
                self._waiting.pop(0)
                if not self._waiting:
                    self._thread = None
                    return
