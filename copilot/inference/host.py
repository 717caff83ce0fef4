"""The worker process as the rest of the program sees it: one object, safe to call from any thread."""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from pathlib import Path

from copilot.inference.keeper import (
    EngineState,
    HostEvent,
    HostListener,
    Job,
    Keeper,
    Listener,
    Reply,
    StateChanged,
    call,
)
from copilot.inference.protocol import (
    Failed,
    Generate,
    Load,
    Loaded,
    Message,
    Status,
    StatusReport,
    Tokenize,
    Tokenized,
)
from copilot.support.errors import BugError
from copilot.support.i18n import tr
from copilot.support.ids import new_uid

__all__ = ["EngineHost", "EngineState", "HostEvent", "HostListener", "Listener", "StateChanged"]


class EngineHost:
    """The worker process as the rest of the program sees it. Thread-safe; nothing here blocks unless it says so.

    Listeners are called on a thread of the host and should return at once. Each request given to `generate` gets
    exactly one `Done` or `Failed`, whatever becomes of the worker.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        log_path: Path | None = None,
        backoff: Sequence[float] = (0.5, 2, 5),
        silence: float = 120.0,
        cancel_grace: float = 3.0,
    ) -> None:
        """Prepare; no process and no thread is started yet.

        Args:
            command: The worker's argv.
            env: Environment variables for it, on top of this process's own.
            log_path: A file that gets its stderr.
            backoff: Seconds to wait after the first, second, … failure in a row before the next start.
            silence: Seconds without any event, while it has something to do, after which it counts as hung.
            cancel_grace: Seconds that it gets to obey a cancel before it is killed.
        """
        self._keeper = Keeper(command, env, log_path, backoff, silence, cancel_grace)
        self._gate = threading.Lock()  # guards the subscribers and the next two
        self._thread: threading.Thread | None = None
        self._closing = False

    @property
    def state(self) -> EngineState:
        """What the engine is doing."""
        return self._keeper.state

    @property
    def last_error(self) -> str:
        """Why it failed last, for the reader; empty where it has not."""
        return self._keeper.last_error

    @property
    def model_path(self) -> Path | None:
        """The model that was asked for last, loaded or not."""
        model = self._keeper.model
        return None if model is None else Path(model.path)

    @property
    def loaded(self) -> Loaded | None:
        """The model that is loaded now."""
        return self._keeper.loaded

    def subscribe(self, listener: HostListener) -> Callable[[], None]:
        """Have `listener` called on changes of state and while loading; return a function that ends it."""
        with self._gate:
            self._keeper.subscribers = (*self._keeper.subscribers, listener)

        def unsubscribe() -> None:
            with self._gate:
                self._keeper.subscribers = tuple(
                    each for each in self._keeper.subscribers if each is not listener
                )

        return unsubscribe

    def load(self, path: str | Path, n_ctx: int = 4096) -> None:
        """Load a model, starting the worker if need be; after an answer in flight. Restarts load it again.

        Raises:
            BugError: The host is closed.
        """
        request = Load(str(path), n_ctx)
        self._post_or_raise(lambda: self._keeper.load(request))

    def retry(self) -> None:
        """Forget past failures and load the model again.

        Raises:
            BugError: The host is closed.
        """
        self._post_or_raise(self._keeper.restart_afresh)

    def generate(self, request: Generate, listener: Listener) -> None:
        """Answer `request` when its turn comes; `listener` gets `Queued` while it waits, then the answer's events."""
        job = Job(request, listener)
        if not self._post(lambda: self._keeper.submit(job)):
            call(listener, Failed(request.id, "closed", tr("The program is closing.")))

    def cancel(self, request_id: str) -> None:
        """End a request, running or waiting; unknown ids are ignored."""
        self._post(lambda: self._keeper.cancel(request_id))

    def set_threads(self, n: int) -> None:
        """Compute with `n` threads, 0 for a number that follows the machine's load; kept over restarts."""
        self._post(lambda: self._keeper.set_threads(n))

    def count_tokens(
        self, texts: Sequence[str], timeout: float = 2.0, *, chat: bool = False
    ) -> list[int] | None:
        """Return each text's number of tokens; None with no model loaded or no answer in `timeout` seconds. Blocks."""
        answer = self._ask(lambda ask_id: Tokenize(ask_id, tuple(texts), chat), timeout)
        return list(answer.counts) if isinstance(answer, Tokenized) else None

    def status(self, timeout: float = 2.0) -> StatusReport | None:
        """Return the worker's own report, None with no worker or no answer in `timeout` seconds. Blocks."""
        answer = self._ask(Status, timeout)
        return answer if isinstance(answer, StatusReport) else None

    def close(self, timeout: float = 2.0) -> None:
        """End the worker and the host's threads; requests that are left fail. Idempotent. Blocks.

        Args:
            timeout: Seconds that the worker gets to end by itself before it is killed.
        """
        with self._gate:
            thread = self._thread
            if not self._closing:
                self._closing = True
                self._keeper.post(lambda: self._keeper.shut_down(timeout))
        if thread and thread is not threading.current_thread():
            thread.join()

    def _post(self, action: Callable[[], None]) -> bool:
        with self._gate:
            if self._closing:
                return False
            if self._thread is None:
                self._thread = threading.Thread(target=self._keeper.run, name="copilot-engine", daemon=True)
                self._thread.start()
            self._keeper.post(action)
            return True

    def _post_or_raise(self, action: Callable[[], None]) -> None:
        if not self._post(action):
            raise BugError("the engine host is closed")

    def _ask(self, make: Callable[[str], Message], timeout: float) -> Reply:
        if self._thread is None or self._thread is threading.current_thread():
            return None  # nothing runs, or the answer could never arrive
        ask_id = new_uid("ask")
        future: Future[Reply] = Future()
        if not self._post(lambda: self._keeper.ask(ask_id, make(ask_id), future)):
            return None
        try:
            return future.result(timeout)
        except FutureTimeoutError:
            self._post(lambda: self._keeper.forget(ask_id))
            return None
