"""The worker process: a control lane that reads stdin at any time and a work lane that does one thing at a time."""

import argparse
import contextlib
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable
from typing import BinaryIO

import psutil

from copilot.inference.protocol import (
    PROTOCOL,
    Cancel,
    Done,
    Event,
    Failed,
    Generate,
    Hello,
    Load,
    ProtocolError,
    Request,
    SetThreads,
    Shutdown,
    Status,
    Tokenize,
    Tokenized,
    decode_request,
    encode,
)
from copilot.inference.worker.base import Engine, EngineError

_LINGER = 1.5  # seconds that a decode gets to notice the end of stdin before the process ends under it


def run(argv: list[str]) -> int:
    """Run the worker until its stdin closes; return the exit status."""
    parser = argparse.ArgumentParser(prog="worker")
    parser.add_argument("--engine", choices=("llama", "fake"), default="llama")
    parser.add_argument("--fake-script", default="default", metavar="NAME")
    options = parser.parse_args(argv)
    events = _claim_stdout()
    _be_modest()
    os.environ["HF_HUB_OFFLINE"] = "1"
    engine: Engine
    if options.engine == "fake":
        from copilot.inference.worker.fake import FakeEngine  # each process needs only one of the two

        engine = FakeEngine(options.fake_script, events)
    else:
        from copilot.inference.worker.engine import LlamaEngine

        engine = LlamaEngine()
    worker = Worker(engine, events)
    worker.emit(Hello(PROTOCOL, engine.name, engine.version, os.getpid()))
    threading.Thread(target=worker.control, args=(_lines(0),), name="control", daemon=True).start()
    worker.work()
    return 0


class Worker:
    """The two lanes around one engine."""

    def __init__(self, engine: Engine, events: BinaryIO) -> None:
        self._engine = engine
        self._events = events
        self._writing = threading.Lock()
        self._changed = threading.Condition()
        self._waiting: deque[Load | Generate] = deque()
        self._current: Load | Generate | None = None
        self._stop = threading.Event()
        self._closing = False

    def emit(self, event: Event) -> None:
        """Send one event; with nobody left to read it the process ends itself."""
        line = encode(event)
        try:
            with self._writing:
                self._events.write(line)
                self._events.flush()
        except OSError:
            self._close()

    def work(self) -> None:
        """Carry out loads and answers in order of arrival until the end."""
        while (job := self._next()) is not None:
            event: Event
            try:
                if isinstance(job, Load):
                    event = self._engine.load(job, self.emit, self._stop)
                else:
                    event = self._engine.generate(job, self.emit, self._stop)
            except EngineError as error:
                event = Failed(job.id if isinstance(job, Generate) else "", error.code, error.detail)
            with self._changed:
                self._current = None  # before the end is told, so that a status asked for then is true
            self.emit(event)

    def control(self, lines: "LineSource") -> None:
        """Answer what can be answered while a decode runs, and hand the rest to the work lane."""
        while not self._closing and (line := lines()) is not None:
            if not line.strip():
                continue
            try:
                self._take(decode_request(line))
            except ProtocolError as error:
                self.emit(Failed("", "protocol", str(error)))
        self._close()
        # A decode that does not come back must not outlive the program.
        threading.Event().wait(_LINGER)
        os._exit(0)

    def _take(self, request: Request) -> None:
        match request:
            case Load() | Generate():
                with self._changed:
                    self._waiting.append(request)
                    self._changed.notify()
            case Cancel():
                self._cancel(request.id)
            case Tokenize():
                try:
                    counts = self._engine.count_tokens(request.texts, request.chat)
                except EngineError as error:
                    self.emit(Failed(request.id, error.code, error.detail))
                else:
                    self.emit(Tokenized(request.id, counts))
            case Status():
                self.emit(self._engine.status(request.id, self._current is not None))
            case SetThreads():
                self._engine.set_threads(request.n)
            case Shutdown():
                self._close()

    def _cancel(self, request_id: str) -> None:
        with self._changed:
            current = self._current
            if isinstance(current, Generate) and current.id == request_id:
                self._stop.set()
                return
            waiting = [job for job in self._waiting if isinstance(job, Generate) and job.id == request_id]
            for job in waiting:
                self._waiting.remove(job)
        for job in waiting:
            self.emit(Done(job.id, "cancelled"))

    def _next(self) -> Load | Generate | None:
        with self._changed:
            while not self._waiting and not self._closing:
                self._changed.wait()
            if self._closing:
                return None
            self._current = self._waiting.popleft()
            self._stop.clear()
            return self._current

    def _close(self) -> None:
        with self._changed:
            self._closing = True
            self._stop.set()
            self._changed.notify()


LineSource = Callable[[], bytes | None]


def _lines(fd: int) -> LineSource:
    """Return a function that gives the next line of `fd`, or None at its end.

    On `os.read`, because a buffered reader keeps a lock that a daemon thread would hold at interpreter exit.
    """
    pending = bytearray()
    scanned = 0

    def next_line() -> bytes | None:
        nonlocal scanned
        while (end := pending.find(b"\n", scanned)) < 0:
            scanned = len(pending)
            try:
                data = os.read(fd, 65536)
            except OSError:
                return None
            if not data:
                return None
            pending.extend(data)
        line = bytes(pending[:end])
        del pending[: end + 1]
        scanned = 0
        return line

    return next_line


def _claim_stdout() -> BinaryIO:
    """Keep fd 1 for events alone: stray output of any library goes to stderr from here on."""
    fd = os.dup(1)
    os.dup2(2, 1)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(fd, os.O_BINARY)
        msvcrt.setmode(0, os.O_BINARY)
    return os.fdopen(fd, "wb")


def _be_modest() -> None:
    """Give the window and the person's other programs the right of way; leave Ctrl+C to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(OSError, psutil.Error):
        if sys.platform == "win32":
            psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
        else:
            os.nice(5)
