"""Work off the GUI thread: one writer, one reader, one that asks, two for long errands; results are queued signals."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

T = TypeVar("T")
Failed = Callable[[Exception], None]


@dataclass(frozen=True, slots=True)
class _Call:
    owner: QObject
    work: Callable[[], Any]
    done: Callable[[Any], None] | None
    failed: Failed | None
    key: str
    is_read: bool


_LONGEST_WAIT = 0.1  # seconds between two steps of long work
_PAINTING = 0.015  # seconds that a result takes to be on screen


class Tasks(QObject):
    """Runs callables on worker threads and hands results to callbacks on the GUI thread.

    A callback is dropped when its owner has been deleted, or when a newer call with the same key was made.
    Owners and callbacks stay on the GUI thread: a widget whose last reference goes on another one is destroyed there.

    Signals:
        failed(Exception): Work without a `failed` callback raised this.
    """

    failed = Signal(object)
    _arrived = Signal(object)  # int: of Python, which does not end

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="copilot-writer")
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="copilot-reader")
        self._errands = ThreadPoolExecutor(2, thread_name_prefix="copilot-errand")
        self._asking = ThreadPoolExecutor(1, thread_name_prefix="copilot-asking")
        self._calls: dict[int, _Call] = {}
        self._results: dict[int, tuple[Any, Exception | None]] = {}
        self._newest: dict[tuple[int, str], int] = {}
        self._serial = 0
        self._pending = 0
        self._reads = 0
        self._quiet_at = 0.0
        self._closed = False
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def write(
        self,
        owner: QObject,
        work: Callable[[], T],
        done: Callable[[T], None] | None = None,
        failed: Failed | None = None,
    ) -> None:
        """Run `work` on the writer's thread, in order."""
        self._submit(self._writer, owner, work, done, failed, "")

    def read(
        self,
        owner: QObject,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Failed | None = None,
        *,
        key: str = "",
    ) -> None:
        """Run `work` on the reader's thread; with `key`, only the newest call's result is delivered."""
        self._submit(self._reader, owner, work, done, failed, key)

    def errand(
        self,
        owner: QObject,
        work: Callable[[], T],
        done: Callable[[T], None] | None = None,
        failed: Failed | None = None,
    ) -> None:
        """Run something long (a download, a check) beside everything else."""
        self._submit(self._errands, owner, work, done, failed, "")

    def ask(
        self,
        owner: QObject,
        work: Callable[[], T],
        done: Callable[[T], None] | None = None,
        failed: Failed | None = None,
    ) -> None:
        """Run what asks the model, in order, and not behind a download or a check."""
        self._submit(self._asking, owner, work, done, failed, "")

    def give_way(self) -> None:
        """Wait, on a thread with long work, while somebody waits for a read or has just got one to look at."""
        longest = time.monotonic() + _LONGEST_WAIT
        while time.monotonic() < longest and (self._reads > 0 or time.monotonic() < self._quiet_at):
            time.sleep(0.002)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way; for tests."""
        return self._pending == 0

    @property
    def is_closing(self) -> bool:
        """Whether long work should come to its end; may be asked on any thread."""
        return self._closed

    def shutdown(self) -> None:
        """Finish what is queued for writing, drop the rest, and end the threads."""
        self._closed = True
        self._reader.shutdown(wait=True, cancel_futures=True)
        self._errands.shutdown(wait=True, cancel_futures=True)
        self._asking.shutdown(wait=True, cancel_futures=True)
        self._writer.shutdown(wait=True)
        self._calls.clear()
        self._results.clear()
        self._reads = 0

    def _submit(
        self,
        pool: ThreadPoolExecutor,
        owner: QObject,
        work: Callable[[], Any],
        done: Callable[[Any], None] | None,
        failed: Failed | None,
        key: str,
    ) -> None:
        if self._closed:
            return
        self._serial += 1
        serial = self._serial
        if key:
            self._newest[id(owner), key] = serial
        self._pending += 1
        self._reads += pool is self._reader
        self._calls[serial] = _Call(owner, work, done, failed, key, pool is self._reader)
        pool.submit(self._run, serial)

    def _run(self, serial: int) -> None:
        """Do the work; on one of the threads, which has let go of all of it before the GUI thread hears of it."""
        self._results[serial] = self._result(serial)
        if not self._closed and shiboken6.isValid(self):
            self._arrived.emit(serial)

    def _result(self, serial: int) -> tuple[Any, Exception | None]:
        call = self._calls[serial]
        if not self._is_newest(call, serial):
            return None, None
        try:
            return call.work(), None
        except Exception as error:  # noqa: BLE001 - handed to the GUI thread
            return None, error

    def _is_newest(self, call: _Call, serial: int) -> bool:
        return not call.key or self._newest.get((id(call.owner), call.key)) == serial

    def _deliver(self, serial: int) -> None:
        self._pending -= 1
        result, error = self._results.pop(serial, (None, None))
        call = self._calls.pop(serial, None)
        try:
            self._hand_over(serial, call, result, error)
        finally:
            if call is not None and call.is_read:
                self._reads -= 1
                self._quiet_at = time.monotonic() + _PAINTING

    def _hand_over(self, serial: int, call: _Call | None, result: Any, error: Exception | None) -> None:
        if call is None or not shiboken6.isValid(call.owner) or not self._is_newest(call, serial):
            return
        if error is not None:
            if not getattr(error, "what", ""):
                logging.getLogger(__name__).error("work failed", exc_info=error)
            (call.failed or self.failed.emit)(error)
        elif call.done is not None:
            call.done(result)
