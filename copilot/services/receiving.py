"""Receives one answer on the engine's thread: stores it in steps and passes it on."""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from copilot.domain.conversation import Answer, AnswerState, Timings
from copilot.inference import protocol
from copilot.services.answer_events import Chunk, Ended, Listener, Reading, Waiting
from copilot.services.deps import Deps
from copilot.storage import conversation, search_index
from copilot.storage.store import Db
from copilot.support.errors import KnownError
from copilot.support.i18n import tr

FLUSH_SECONDS = 0.4
_logger = logging.getLogger(__name__)


class Receiver:
    """One answer under way."""

    def __init__(
        self,
        deps: Deps,
        answer: Answer,
        listener: Listener,
        on_end: Callable[[str], None],
        later: Callable[[Callable[[], None]], None] = lambda _: None,
    ) -> None:
        """Take what to tell of each event and at the end, and what stores that end once it can be stored."""
        self._deps = deps
        self._answer = answer
        self._tell = listener
        self._on_end = on_end
        self._later = later
        self._parts = [answer.text] if answer.text else []
        self._length = len(answer.text)
        self._keeping: threading.Thread | None = None
        self._over = threading.Event()
        self.ended = threading.Event()

    @property
    def uid(self) -> str:
        """The answer's uid."""
        return self._answer.uid

    @property
    def ticket(self) -> int:
        """The ticket it belongs to."""
        return self._answer.ticket

    @property
    def text(self) -> str:
        """What was received so far."""
        return "".join(self._parts)

    def on_event(self, event: protocol.Event) -> None:
        """Take one event of the engine."""
        uid = self._answer.uid
        match event:
            case protocol.Queued():  # nothing else of ours is before it: the model is loading, or is being tested
                self.wait_at(0)
            case protocol.PromptProgress():
                self._tell(Reading(uid, event.done, event.total, event.cached))
            case protocol.Token():
                self._on_token(event.text)
            case protocol.Done():
                timings = Timings(
                    event.prompt_tokens,
                    event.cached_tokens,
                    event.prompt_seconds,
                    event.answer_tokens,
                    event.answer_seconds,
                )
                if event.finish == "cancelled":
                    self.stopped(timings)
                else:
                    self._end(AnswerState.COMPLETE, "", event.finish, timings)
            case protocol.Failed():
                state = AnswerState.INTERRUPTED if self._parts else AnswerState.FAILED
                self._end(state, event.detail, "", Timings())

    def wait_at(self, place: int) -> None:
        """Say that the question waits; `place` is 1 for the next one, 0 once it waits for nothing but the model."""
        self._tell(Waiting(self._answer.uid, self._answer.ticket, place))

    def stopped(self, timings: Timings | None = None) -> None:
        """End an answer because somebody wanted it."""
        self._end(AnswerState.INTERRUPTED, tr("Stopped."), "cancelled", timings or Timings())

    def withdraw(self, answer: Answer, also: Callable[[Db], None]) -> None:
        """End an answer that was never begun as `answer` says, and do `also` in the same transaction."""
        self._finish(answer, also)

    def fail(self, sentence: str) -> None:
        """End an answer that could not be asked for."""
        self._end(AnswerState.FAILED, sentence, "", Timings())

    def _on_token(self, text: str) -> None:
        start = self._length
        self._length += len(text)
        self._parts.append(text)
        if self._keeping is None:
            self._keeping = threading.Thread(target=self._keep, name="copilot-answer", daemon=True)
            self._keeping.start()
        self._tell(Chunk(self._answer.uid, start, text))

    def _keep(self) -> None:
        """Store what has come in steps of `FLUSH_SECONDS`, also while the next word is long in coming."""
        stored = 0
        while True:
            received = len(self._parts)
            if received != stored:
                try:
                    with self._deps.store.write() as db:
                        conversation.save_answer_text(db, self._answer.uid, self.text)
                    stored = received
                except KnownError as error:  # it is tried again, and told at the end
                    _logger.warning("an answer could not be stored so far: %s", error)
            if self._over.wait(FLUSH_SECONDS):
                return

    def _end(self, state: AnswerState, error: str, finish: str, timings: Timings) -> None:
        self._finish(
            replace(self._answer, state=state, error=error, finish=finish, timings=timings), lambda _: None
        )

    def _finish(self, answer: Answer, also: Callable[[Db], None]) -> None:
        if self.ended.is_set():
            return
        self._over.set()
        if self._keeping:
            self._keeping.join()
        ended = replace(answer, text=self.text, finished_at=self._deps.clock.now())
        try:
            self._store(ended, also)
        except KnownError as problem:
            _logger.warning("the end of an answer could not be stored: %s", problem)
            self._later(partial(self._store_late, ended, also))
            ended = replace(ended, state=AnswerState.INTERRUPTED, error=str(problem))
        finally:
            self._on_end(self._answer.uid)
            self.ended.set()
            self._tell(Ended(ended))

    def _store(self, ended: Answer, also: Callable[[Db], None]) -> None:
        with self._deps.store.write() as db:
            conversation.finish_answer(db, ended)
            search_index.index(db, ended.ticket)
            also(db)

    def _store_late(self, ended: Answer, also: Callable[[Db], None]) -> None:
        """Store the end that could not be stored in its time, unless the answer has gone on since."""
        with self._deps.store.write() as db:
            stored = conversation.answer(db, ended.uid)
            if stored is None or stored.state not in (AnswerState.QUEUED, AnswerState.STREAMING):
                return
            self._store(ended, also)
        self._tell(Ended(ended))
