"""The scripted engine: speaks the whole protocol without a model. Always labelled as what it is.

For tests, for demonstrations, and for simulated incidents, where a repeatable answer is wanted.
"""

import os
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from copilot.inference.protocol import (
    Done,
    Event,
    Finish,
    Generate,
    Load,
    Loaded,
    LoadProgress,
    PromptProgress,
    StatusReport,
    Token,
)
from copilot.inference.worker.base import Emit, EngineError
from copilot.inference.worker.scripts import ENDLESS, Script, answer_text, script_named
from copilot.inference.worker.transcript import Transcript, read_transcript

_CHUNK = 64
_PIECES = re.compile(r"\s*\S{1,6}|\s+")  # joined, the pieces give the text again


class FakeEngine:
    """Plays a script by name, or a recorded transcript by path."""

    name = "fake"
    version = "1"

    def __init__(self, script: str, events: BinaryIO) -> None:
        self._transcript: Transcript | None = None
        if script.endswith(".jsonl"):
            self._transcript = read_transcript(Path(script))
        self._script = script_named("default" if self._transcript else script)
        self._events = events
        self._context: list[str] = []
        self._loaded: Loaded | None = None
        self._n_threads = 0

    def load(self, request: Load, emit: Emit, stop: threading.Event) -> Loaded:
        """Take any path for a model."""
        for step in range(1, 5):
            emit(LoadProgress(step / 4))
        description = "fake engine"
        if self._transcript:
            description += f", replaying {self._transcript.label}"
        self._context = []
        self._loaded = Loaded(request.path, request.n_ctx, description, 0.0)
        return self._loaded

    def generate(self, request: Generate, emit: Emit, stop: threading.Event) -> Done:
        """Play the script, or the transcript with this request's id."""
        if self._loaded is None:
            raise EngineError("no_model", "No model is loaded.")
        if self._transcript:
            return self._replay(self._transcript, request, emit, stop)
        return _Play(self._script, request, emit, stop, self._events).run(self._context, self._loaded.n_ctx)

    def count_tokens(self, texts: tuple[str, ...], chat: bool) -> tuple[int, ...]:
        """Count pieces of up to six characters; a chat message takes four more."""
        if self._loaded is None:
            raise EngineError("no_model", "No model is loaded.")
        return tuple(len(pieces(text)) + (4 if chat else 0) for text in texts)

    def status(self, request_id: str, busy: bool) -> StatusReport:
        """Return the state of the make-believe context."""
        n_ctx = self._loaded.n_ctx if self._loaded else 0
        return StatusReport(
            request_id, self._loaded is not None, busy, n_ctx, len(self._context), self._n_threads or 1
        )

    def set_threads(self, n: int) -> None:
        """Remember the number, for the status."""
        self._n_threads = n

    @staticmethod
    def _replay(transcript: Transcript, request: Generate, emit: Emit, stop: threading.Event) -> Done:
        started = time.monotonic()
        answered = 0
        for moment in transcript.moments:
            if stop.wait(max(0.0, started + moment.at - time.monotonic())):
                return Done(request.id, "cancelled", answer_tokens=answered)
            event: Event = moment.event
            if isinstance(event, Done):
                return Done(
                    request.id,
                    event.finish,
                    event.prompt_tokens,
                    event.cached_tokens,
                    event.prompt_seconds,
                    event.answer_tokens,
                    event.answer_seconds,
                )
            if isinstance(event, PromptProgress):
                emit(PromptProgress(request.id, event.done, event.total, event.cached))
            elif isinstance(event, Token):
                answered += 1
                emit(Token(request.id, event.text))
        raise EngineError("decode", "The transcript ends without an end of the answer.")


class _Play:
    """One answer by a script."""

    def __init__(
        self, script: Script, request: Generate, emit: Emit, stop: threading.Event, events: BinaryIO
    ) -> None:
        self._script = script
        self._request = request
        self._emit = emit
        self._stop = stop
        self._events = events
        self._started = time.monotonic()

    def run(self, context: list[str], n_ctx: int) -> Done:
        """Read the prompt into `context` and answer; `context` holds what a real engine would have in its KV cache."""
        request, script = self._request, self._script
        if script.name == "oom":
            raise EngineError("out_of_memory", "The model and its context do not fit into the free memory.")
        prompt = [
            piece for message in request.messages for piece in (f"<{message.role}>", *pieces(message.content))
        ]
        prompt += ["<assistant>", *pieces(request.continue_text)]
        total = len(prompt)
        if total >= n_ctx:
            raise EngineError(
                "context_full",
                f"The prompt has {total} tokens and the context holds {n_ctx}, answer included.",
            )
        cached = min(_common(context, prompt), total - 1)
        del context[cached:]
        self._emit(PromptProgress(request.id, cached, total, cached))
        while len(context) < total:
            chunk = prompt[len(context) : len(context) + _CHUNK]
            if self._stop.wait(script.prompt_seconds * len(chunk) / _CHUNK):
                return self._done("cancelled", total, cached, 0, 0.0)
            context += chunk
            self._emit(PromptProgress(request.id, len(context), total, cached))
        return self._answer(context, n_ctx, total, cached)

    def _answer(self, context: list[str], n_ctx: int, total: int, cached: int) -> Done:
        script, request = self._script, self._request
        first = time.monotonic()
        limit = n_ctx - total if script.ignores_limit else min(request.max_tokens, n_ctx - total)
        count = 0
        finish: Finish = "stop"
        for piece in self._text():
            if count >= limit:
                finish = "length"
                break
            # Against a schedule rather than by naps, which would add up the overhead of each.
            wait = first + count * script.token_seconds - time.monotonic()
            if self._stop.wait(wait) if wait > 0 else self._stop.is_set():
                finish = "cancelled"
                break
            context.append(piece)
            count += 1
            self._emit(Token(request.id, piece))
            self._misbehave(count)
        return self._done(finish, total, cached, count, first)

    def _text(self) -> Iterator[str]:
        yield from pieces(answer_text(self._script, self._request))

    def _misbehave(self, count: int) -> None:
        """Do what the script's name says, right after the twentieth token."""
        if count != 20:
            return
        match self._script.name:
            case "crash":
                os.abort()
            case "exit":
                os._exit(3)
            case "hang":
                time.sleep(ENDLESS)
            case "garbage":
                self._events.write(b"\xff\x00 this is no message {]\n")
                self._events.flush()

    def _done(self, finish: Finish, total: int, cached: int, count: int, first: float) -> Done:
        now = time.monotonic()
        read_until = first or now
        answering = now - first if first else 0.0
        return Done(self._request.id, finish, total, cached, read_until - self._started, count, answering)


def pieces(text: str) -> list[str]:
    """Return `text` in the fake engine's tokens."""
    return _PIECES.findall(text)


def _common(a: list[str], b: list[str]) -> int:
    length = 0
    for left, right in zip(a, b, strict=False):
        if left != right:
            break
        length += 1
    return length
