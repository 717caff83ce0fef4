"""The real engine: reads prompts with as much reuse as possible and answers token by token."""

import random
import sys
import threading
import time
from pathlib import Path

from copilot.inference.protocol import (
    Done,
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
from copilot.inference.worker.chat import PromptBuilder
from copilot.inference.worker.native import CHUNK, VERSION, NativeLog, NativeModel
from copilot.inference.worker.text import AnswerText
from copilot.inference.worker.threads import ThreadCount

_MAGIC = b"GGUF"


class LlamaEngine:
    """llama.cpp behind the worker's two lanes."""

    name = "llama"
    version = VERSION

    def __init__(self) -> None:
        self._log = NativeLog(sys.stderr.write)
        self._threads = ThreadCount()
        self._threads.watch()
        # The control lane counts tokens while the work lane decodes, but never while a model is swapped.
        self._swapping = threading.Lock()
        self._session: Session | None = None

    def load(self, request: Load, emit: Emit, stop: threading.Event) -> Loaded:
        """Load a model file in place of the present one."""
        started = time.monotonic()
        path = Path(request.path)
        _check_magic(path)
        self._threads.fix(request.n_threads)
        shown = -1.0

        def on_progress(fraction: float) -> bool:
            nonlocal shown
            if fraction - shown >= 0.02 or fraction >= 1 > shown:
                shown = fraction
                emit(LoadProgress(round(fraction, 3)))
            return not stop.is_set()

        with self._swapping:
            if self._session:
                self._session.model.close()  # first, because both would not fit
                self._session = None
            model = NativeModel(path, request.n_ctx, self._threads.current(), self._log, on_progress)
            try:
                self._session = Session(model)
            except EngineError:
                model.close()
                raise
        return Loaded(request.path, model.n_ctx, model.describe(), time.monotonic() - started)

    def generate(self, request: Generate, emit: Emit, stop: threading.Event) -> Done:
        """Answer one request."""
        if self._session is None:
            raise EngineError("no_model", "No model is loaded.")
        return self._session.answer(request, emit, stop, self._threads)

    def count_tokens(self, texts: tuple[str, ...], chat: bool) -> tuple[int, ...]:
        """Count with the model's own vocabulary."""
        if not self._swapping.acquire(blocking=False):
            raise EngineError("no_model", "A model is being loaded.")
        try:
            if self._session is None:
                raise EngineError("no_model", "No model is loaded.")
            session = self._session
            if chat:
                return tuple(session.prompts.message_size(text) for text in texts)
            return tuple(len(session.model.tokenize(text, False)) for text in texts)
        finally:
            self._swapping.release()

    def status(self, request_id: str, busy: bool) -> StatusReport:
        """Tell how full the context is."""
        session = self._session
        n_ctx, n_used = (session.model.n_ctx, len(session.held)) if session else (0, 0)
        return StatusReport(request_id, session is not None, busy, n_ctx, n_used, self._threads.current())

    def set_threads(self, n: int) -> None:
        """Take effect at the next token."""
        self._threads.fix(n)


class Session:
    """A loaded model and what its context holds. Saving and restoring a ticket's context would go here.

    Attributes:
        model: The model.
        prompts: Lays conversations out for it.
        held: The tokens in its memory, in order; kept true after every decode.
    """

    def __init__(self, model: NativeModel) -> None:
        self.model = model
        self.prompts = PromptBuilder(model.template(), model.tokenize, model.bos())
        self.held: list[int] = []
        self._used_threads = 0

    def answer(self, request: Generate, emit: Emit, stop: threading.Event, threads: ThreadCount) -> Done:
        """Read the prompt and answer it.

        Raises:
            EngineError: The prompt does not fit, or the engine failed.
        """
        started = time.monotonic()
        prompt = self.prompts.build(request.messages, request.continue_text)
        total = len(prompt)
        if total >= self.model.n_ctx:
            raise EngineError(
                "context_full",
                f"The prompt has {total} tokens and the context holds {self.model.n_ctx}, answer included.",
            )
        cached = self.keep_prefix(prompt)
        emit(PromptProgress(request.id, cached, total, cached))
        self.model.should_abort = stop.is_set
        while len(self.held) < total:
            if not self._read(prompt[len(self.held) : len(self.held) + CHUNK], stop, threads):
                return Done(request.id, "cancelled", total, cached, time.monotonic() - started)
            emit(PromptProgress(request.id, len(self.held), total, cached))
        read_at = time.monotonic()
        finish, count = self._write(request, total, emit, stop, threads)
        return Done(request.id, finish, total, cached, read_at - started, count, time.monotonic() - read_at)

    def keep_prefix(self, prompt: list[int]) -> int:
        """Cut the context back to what `prompt` begins with; return how many tokens that leaves."""
        keep = 0
        # The last token is always read again: sampling needs its output.
        for old, new in zip(self.held, prompt[:-1], strict=False):
            if old != new:
                break
            keep += 1
        if keep < len(self.held) and not self.model.cut(keep):
            self.model.clear()  # recurrent and hybrid models cannot forget a part
            keep = 0
        del self.held[keep:]
        return keep

    def _write(
        self, request: Generate, total: int, emit: Emit, stop: threading.Event, threads: ThreadCount
    ) -> tuple[Finish, int]:
        """Sample until the answer ends; return why it did and its length in tokens."""
        seed = random.getrandbits(32) if request.seed is None else request.seed
        sampler = self.model.sampler(
            temperature=request.temperature,
            top_p=request.top_p,
            min_p=request.min_p,
            repeat_penalty=request.repeat_penalty,
            seed=seed,
        )
        before = self.prompts.continued(request.continue_text)
        sampler.accept(before[-64:])
        text = AnswerText(request.stop)
        said: list[int] = []
        sure = 0  # how many of the tokens say exactly the text that was handed out
        finish: Finish = "length"
        try:
            limit = min(request.max_tokens, self.model.n_ctx - total)
            while len(said) < limit:
                if stop.is_set():
                    finish = "cancelled"
                    break
                token = sampler.sample()
                if self.model.is_end(token):
                    finish = "stop"
                    break
                said.append(token)
                if out := text.feed(self.model.piece(token)):
                    emit(Token(request.id, out))
                if text.stopped:
                    finish = "stop"
                    break
                if text.is_clean:
                    sure = len(said)
                if len(said) < limit and not self._read([token], stop, threads):
                    finish = "cancelled"
                    break
        finally:
            sampler.close()
        if rest := text.finish():
            emit(Token(request.id, rest))
            sure = len(said) if text.is_clean else sure
        if sure == len(said):
            # Cut in the middle of a character or at a stop text, tokens and text would not say the same.
            self.prompts.remember(request.continue_text + text.text, [*before, *said])
        return finish, len(said)

    def _read(self, tokens: list[int], stop: threading.Event, threads: ThreadCount) -> bool:
        """Read tokens after those held; False where `stop` came first, with the context as it was before."""
        if stop.is_set():
            return False
        wanted = threads.current()
        if wanted != self._used_threads:
            self.model.set_threads(wanted)
            self._used_threads = wanted
        if self.model.decode(tokens):
            self.held += tokens
            return True
        if not self.model.cut(len(self.held)):
            self.model.clear()
            self.held.clear()
        return False


def _check_magic(path: Path) -> None:
    """Look before the library does, whose parser says less.

    Raises:
        EngineError: `not_found` or `not_gguf`.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except FileNotFoundError as error:
        raise EngineError(
            "not_found", f"There is no model file {path.name}. Choose a model again."
        ) from error
    except OSError as error:
        detail = f"The model file {path.name} cannot be read: {error.strerror}."
        raise EngineError("not_found", detail) from error
    if magic != _MAGIC:
        raise EngineError("not_gguf", f"{path.name} is not a GGUF model file. Choose another file.")
