"""The one thread that owns the worker process: what it does next depends on nothing but its own state and its inbox.

Callers and the worker's reader thread only post to the inbox, so nothing here takes a lock, and the events of a request
reach its listener in order, on one thread.
"""

import logging
import queue
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from copilot.inference.child import Child
from copilot.inference.exits import explain, last_line, sentence
from copilot.inference.protocol import (
    PROTOCOL,
    Cancel,
    Done,
    Event,
    Failed,
    Generate,
    Hello,
    Load,
    Loaded,
    LoadProgress,
    Message,
    PromptProgress,
    ProtocolError,
    Queued,
    SetThreads,
    StatusReport,
    Token,
    Tokenized,
    encode,
)
from copilot.support.i18n import tr

_MAX_FAILURES = 3
_logger = logging.getLogger(__name__)
_T = TypeVar("_T")


class EngineState(StrEnum):
    """What the engine is doing."""

    STOPPED = "stopped"
    STARTING = "starting"
    LOADING = "loading"
    READY = "ready"
    BUSY = "busy"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StateChanged:
    """The engine is in another state; `detail` says why where it failed."""

    state: EngineState
    detail: str = ""


HostEvent = StateChanged | LoadProgress | Loaded
Listener = Callable[[Event], None]
HostListener = Callable[[HostEvent], None]
Reply = Tokenized | StatusReport | None


@dataclass(slots=True)
class Job:
    """A request on its way, and who hears of it."""

    request: Generate
    listener: Listener
    place: int = 0
    tokens: int = 0
    cancelled_at: float | None = None


class Keeper:
    """Starts the worker, feeds it one request at a time and restarts it.

    All methods but `post` run on the thread that `run` was called on; the attributes may be read from any.

    Attributes:
        state: What the engine is doing.
        last_error: Why it failed last, for the reader.
        model: The model that was asked for last.
        loaded: The model that is loaded now.
    """

    def __init__(
        self,
        command: Sequence[str],
        env: Mapping[str, str] | None,
        log_path: Path | None,
        backoff: Sequence[float],
        silence: float,
        cancel_grace: float,
    ) -> None:
        self.state = EngineState.STOPPED
        self.last_error = ""
        self.model: Load | None = None
        self.loaded: Loaded | None = None
        self.subscribers: tuple[HostListener, ...] = ()
        self._command = tuple(command)
        self._env = env
        self._log_path = log_path
        self._backoff = tuple(backoff) or (0.0,)
        self._silence = silence
        self._cancel_grace = cancel_grace
        self._inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._over = False
        self._child: Child | None = None
        self._greeted = False
        self._load_due = False  # the worker has yet to be told to load the model
        self._start_due = False  # it is to be started even if no request waits
        self._refusal: tuple[str, str] | None = None  # what every request fails with until load or retry
        self._failures = 0
        self._not_before = 0.0
        self._heard = 0.0
        self._n_threads = 0
        self._job: Job | None = None
        self._waiting: deque[Job] = deque()
        self._asked: dict[str, Future[Reply]] = {}

    def post(self, action: Callable[[], None]) -> None:
        """Have `action` called on the keeper's thread."""
        self._inbox.put(action)

    def load(self, model: Load) -> None:
        """Make `model` the one to run, in place of any other."""
        self.model = model
        self.restart_afresh()

    def set_threads(self, n: int) -> None:
        """Tell the worker, this one and those to come."""
        self._n_threads = n
        if self._greeted:
            self._send(SetThreads(n))

    def ask(self, ask_id: str, message: Message, future: "Future[Reply]") -> None:
        """Send a question to the control lane; `future` gets the answer, None where there is no worker."""
        if self._greeted:
            self._asked[ask_id] = future
            self._send(message)
        else:
            future.set_result(None)

    def forget(self, ask_id: str) -> None:
        """Nobody waits for this answer any more."""
        self._asked.pop(ask_id, None)

    def run(self) -> None:
        """Keep the worker until `shut_down`."""
        while not self._over:
            try:
                action = self._inbox.get(timeout=self._patience())
            except queue.Empty:
                action = self._check_deadlines
            action()
            self._check_deadlines()  # even if actions keep coming
            self._advance()

    def _patience(self) -> float | None:
        """Return the seconds to the next deadline."""
        now = time.monotonic()
        deadlines = []
        if self.state in (EngineState.STARTING, EngineState.LOADING, EngineState.BUSY):
            deadlines.append(self._heard + self._silence)
        if self._job and self._job.cancelled_at is not None:
            deadlines.append(self._job.cancelled_at + self._cancel_grace)
        if self._child is None and self._wants_child():
            deadlines.append(self._not_before)
        return max(0.0, min(deadlines) - now) if deadlines else None

    def _check_deadlines(self) -> None:
        now = time.monotonic()
        job = self._job
        disobedient = job and job.cancelled_at is not None and now >= job.cancelled_at + self._cancel_grace
        working = self.state in (EngineState.STARTING, EngineState.LOADING, EngineState.BUSY)
        if disobedient or (working and now >= self._heard + self._silence):
            self._lost("hung", sentence("hung"))

    def _wants_child(self) -> bool:
        return self._refusal is None and self.model is not None and (self._start_due or bool(self._waiting))

    def _advance(self) -> None:
        """Take the next step that is possible."""
        if self._over:
            return
        if self._child is None and self._wants_child() and time.monotonic() >= self._not_before:
            self._start()
        if self._greeted and self._job is None:
            may_load = self._refusal is None and self.state is not EngineState.LOADING
            if self._load_due and self.model and may_load:
                self._load_due = False
                self.loaded = None
                self._heard = time.monotonic()
                self._enter(EngineState.LOADING)
                self._send(self.model)
            elif self.state is EngineState.READY and self._waiting:
                self._begin(self._waiting.popleft())
        for place, job in enumerate(self._waiting, 1):
            if job.place != place:
                job.place = place
                call(job.listener, Queued(job.request.id, place))

    def _start(self) -> None:
        self._start_due = False
        self._load_due = True
        self._heard = time.monotonic()
        self._enter(EngineState.STARTING)
        try:
            self._child = Child(
                self._command,
                self._env,
                self._log_path,
                lambda child, line: self._inbox.put(lambda: self._hear(child, line)),
                lambda child, status, tail: self._inbox.put(lambda: self._exited(child, status, tail)),
            )
        except OSError as error:
            self._lost("start_failed", f"{sentence('start_failed')} ({error})")

    def _begin(self, job: Job) -> None:
        try:
            encode(job.request)
        except ProtocolError as error:
            call(job.listener, Failed(job.request.id, "protocol", str(error)))
            return
        self._job = job
        self._heard = time.monotonic()
        self._enter(EngineState.BUSY)
        self._send(job.request)

    def _send(self, message: Message) -> None:
        if self._child:
            try:
                self._child.send(encode(message))
            except ProtocolError as error:
                _logger.warning("a request was not sent: %s", error)

    def submit(self, job: Job) -> None:
        """Take a request in, or fail it at once."""
        if self.model is None:
            detail = tr("No model is loaded. Choose a model in the settings, then ask again.")
            call(job.listener, Failed(job.request.id, "no_model", detail))
        elif self._refusal:
            call(job.listener, Failed(job.request.id, *self._refusal))
        else:
            self._waiting.append(job)
            if self.state is EngineState.READY and len(self._waiting) == 1:
                job.place = 1  # it starts at once and has not waited

    def cancel(self, request_id: str) -> None:
        """End a request; a waiting one never reaches the worker."""
        if self._job and self._job.request.id == request_id:
            if self._job.cancelled_at is None:
                self._job.cancelled_at = time.monotonic()
                self._send(Cancel(request_id))
            return
        for job in [job for job in self._waiting if job.request.id == request_id]:
            self._waiting.remove(job)
            call(job.listener, Done(request_id, "cancelled"))

    def restart_afresh(self) -> None:
        """Forget past failures and load the model again."""
        self._refusal = None
        self._failures = 0
        self._not_before = 0.0
        self._load_due = self._start_due = self.model is not None

    def _hear(self, child: Child, event: Event | ProtocolError) -> None:
        if child is not self._child:
            return  # words of a worker that was given up
        if not isinstance(event, Tokenized | StatusReport):
            self._heard = time.monotonic()  # the control lane may talk while the work lane hangs
        job = self._job
        match event:
            case ProtocolError():
                _logger.warning("the worker sent %s", event)
                self._lost("protocol", sentence("protocol"))
            case Hello():
                self._greet(event)
            case LoadProgress():
                self._publish(event)
            case Loaded():
                self.loaded = event
                self.last_error = ""
                self._publish(event)
                self._enter(EngineState.READY)
            case PromptProgress() | Token():
                if job and job.request.id == event.id:
                    job.tokens += isinstance(event, Token)
                    call(job.listener, event)
            case Done() | Failed() if job and job.request.id == event.id:
                self._failures = 0
                self._job = None
                self._enter(EngineState.READY)
                call(job.listener, event)
            case Tokenized() | StatusReport():
                _settle(self._asked.pop(event.id, None), event)
            case Failed():
                if event.id in self._asked:
                    _settle(self._asked.pop(event.id), None)
                elif self.state is EngineState.LOADING and event.code != "protocol":
                    self._load_failed(event)
                else:
                    _logger.warning("the worker failed: %s: %s", event.code, event.detail)
            case _:
                _logger.debug("event out of turn: %r", event)

    def _load_failed(self, event: Failed) -> None:
        if self._load_due:  # another model was asked for meanwhile
            self._enter(EngineState.STARTING)
        else:
            self._refuse("no_model", event.detail)

    def _greet(self, hello: Hello) -> None:
        if hello.protocol != PROTOCOL:
            self._lost("protocol", sentence("protocol"))
            return
        self._greeted = True
        if self._n_threads:
            self._send(SetThreads(self._n_threads))

    def _exited(self, child: Child, returncode: int, tail: Sequence[str]) -> None:
        if child is self._child:
            _logger.warning("the worker ended with %d: %s", returncode, last_line(tail))
            self._lost(*explain(returncode, tail))

    def _lost(self, code: str, detail: str) -> None:
        """Clear up after a worker that ended, hangs or talks nonsense."""
        self._drop_child(0.0)
        self._failures += 1
        pause = self._backoff[min(self._failures, len(self._backoff)) - 1]
        self._not_before = time.monotonic() + pause
        self.last_error = detail
        self._enter(EngineState.FAILED, detail)
        job, self._job = self._job, None
        if job and job.cancelled_at is not None:
            call(job.listener, Done(job.request.id, "cancelled", answer_tokens=job.tokens))
        elif job:
            call(job.listener, Failed(job.request.id, code, detail))
        if self._failures >= _MAX_FAILURES:
            advice = tr("It failed {count} times in a row and is not started again by itself.")
            self._refuse("engine_failed", f"{detail} {advice.format(count=self._failures)}")

    def _refuse(self, code: str, detail: str) -> None:
        """Fail all that waits and all that comes, until `load` or `retry`."""
        self._refusal = (code, detail)
        self.last_error = detail
        self._start_due = self._load_due = False
        self._enter(EngineState.FAILED, detail)
        self._fail_waiting(code, detail)

    def _fail_waiting(self, code: str, detail: str) -> None:
        while self._waiting:
            job = self._waiting.popleft()
            call(job.listener, Failed(job.request.id, code, detail))

    def _drop_child(self, timeout: float) -> None:
        child, self._child = self._child, None
        self._greeted = False
        self.loaded = None
        if child:
            child.close(timeout)
        for future in self._asked.values():
            _settle(future, None)
        self._asked.clear()

    def shut_down(self, timeout: float) -> None:
        """End the worker, fail what is left, and let `run` return."""
        self._over = True
        detail = tr(
            "The program is closing; your question and the part of the answer that had arrived are kept."
        )
        job, self._job = self._job, None
        self._drop_child(timeout)
        if job:
            call(job.listener, Failed(job.request.id, "closed", detail))
        self._fail_waiting("closed", detail)
        self._enter(EngineState.STOPPED)

    def _enter(self, state: EngineState, detail: str = "") -> None:
        if state is not self.state or detail:
            self.state = state
            self._publish(StateChanged(state, detail))

    def _publish(self, event: HostEvent) -> None:
        for listener in self.subscribers:
            call(listener, event)


def call(listener: Callable[[_T], None], event: _T) -> None:
    """Call a listener, whatever it does."""
    try:
        listener(event)
    except Exception:  # whatever a listener does, the others and the worker go on
        _logger.exception("a listener failed on %r", type(event).__name__)


def _settle(future: "Future[Reply] | None", answer: Reply) -> None:
    if future:
        try:
            future.set_result(answer)
        except InvalidStateError:
            _logger.debug("answered twice")
