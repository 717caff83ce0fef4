"""One run of the worker process: its pipes and the threads that serve them."""

import logging
import os
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from copilot.inference.job import Job
from copilot.inference.protocol import Event, ProtocolError, decode_event

_TAIL_LINES = 40
_LOG_LIMIT = 1_000_000  # bytes; a longer log starts anew with the next worker
_logger = logging.getLogger(__name__)


class Child:
    """A started worker.

    Three threads serve it: one reads events, one drains stderr, one writes requests, so that a worker that has
    stopped reading can block none of its callers.
    """

    def __init__(
        self,
        command: Sequence[str],
        env: Mapping[str, str] | None,
        log_path: Path | None,
        on_line: "Callable[[Child, Event | ProtocolError], None]",
        on_exit: "Callable[[Child, int, Sequence[str]], None]",
    ) -> None:
        """Start it.

        Args:
            command: The argv.
            env: Variables on top of this process's own.
            log_path: Where its stderr goes as well; None for nowhere.
            on_line: Called on the reader thread with each event, or with what a line failed as.
            on_exit: Called once on the reader thread after the last event, with exit status and tail of stderr.

        Raises:
            OSError: The process cannot be started.
        """
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.CREATE_NO_WINDOW
        self._process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=None if env is None else {**os.environ, **env},
            creationflags=flags,
        )
        self._job = Job(self._process)
        self._log_path = log_path
        self._on_line = on_line
        self._on_exit = on_exit
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._tail: deque[str] = deque(maxlen=_TAIL_LINES)
        self._drain = threading.Thread(target=self._read_stderr, name="copilot-worker-stderr", daemon=True)
        self._threads = (
            self._drain,  # first: whoever reads events waits for it when the worker ends at once
            threading.Thread(target=self._read_events, name="copilot-worker-events", daemon=True),
            threading.Thread(target=self._write_requests, name="copilot-worker-requests", daemon=True),
        )
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def send(self, line: bytes) -> None:
        """Queue an encoded request; never blocks."""
        self._outbox.put(line)

    def close(self, timeout: float) -> None:
        """Close its stdin, give it `timeout` seconds to end, then kill it; join the threads and close the pipes."""
        self._outbox.put(None)
        if timeout > 0:
            try:
                self._process.wait(timeout)
            except subprocess.TimeoutExpired:
                _logger.warning("worker %d did not end in time and is killed", self.pid)
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join()
        for pipe in (self._process.stdout, self._process.stderr):
            _pipe(pipe).close()
        self._job.close()

    def _read_events(self) -> None:
        for line in _pipe(self._process.stdout):
            try:
                self._on_line(self, decode_event(line))
            except ProtocolError as error:
                self._on_line(self, error)
        returncode = self._process.wait()
        self._drain.join(1.0)  # its last words, unless a grandchild keeps the pipe open
        self._on_exit(self, returncode, tuple(self._tail))

    def _write_requests(self) -> None:
        stdin = _pipe(self._process.stdin)
        try:
            while (line := self._outbox.get()) is not None:
                stdin.write(line)
                stdin.flush()
        except OSError:
            pass  # it is gone; the reader thread notices and tells
        finally:
            try:
                stdin.close()
            except OSError:
                _logger.debug("requests were left unread by worker %d", self.pid)

    def _read_stderr(self) -> None:
        log = self._open_log()
        try:
            for line in _pipe(self._process.stderr):
                self._tail.append(line.decode("utf-8", "replace").rstrip())
                if log:
                    try:
                        log.write(line)
                        log.flush()
                    except OSError as error:  # a full disk must not stop the draining, or the worker blocks
                        _logger.warning("worker log ends here: %s", error)
                        log = None
        finally:
            if log:
                log.close()

    def _open_log(self) -> IO[bytes] | None:
        if self._log_path is None:
            return None
        try:
            self._log_path.parent.mkdir(parents=True, exist_ok=True)
            too_long = self._log_path.exists() and self._log_path.stat().st_size > _LOG_LIMIT
            return self._log_path.open("wb" if too_long else "ab")
        except OSError as error:
            _logger.warning("no worker log: %s", error)
            return None


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None  # all three were asked for
    return pipe
