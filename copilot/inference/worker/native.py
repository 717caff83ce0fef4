"""The thin layer over llama.cpp's C interface: one model, one context, one sequence.

The only importer of llama_cpp. It stays below the library's `Llama` class, which has no load progress, redirects the
whole process's stdout while loading and sets aside hundreds of megabytes for scores that nobody reads.
"""

import ctypes
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import llama_cpp
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from copilot.inference.worker.base import EngineError

VERSION: str = llama_cpp.__version__
CHUNK = 64  # tokens per decode of a prompt: progress and cancel for about 3 % of speed

_CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
_ABORTED = 2  # llama_decode's return value
_LOUD = (3, 4)  # warning and error, of ggml.h's log levels; llama_cpp's own table of them is out of date
_CONTINUED = 5  # goes on from the last line


class NativeLog:
    """Keeps the last lines that llama.cpp logged, and passes warnings and errors on."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._level = 0
        self.lines: deque[str] = deque(maxlen=60)
        self._callback = llama_cpp.llama_log_callback(self._take)  # the library keeps no reference
        llama_cpp.llama_log_set(self._callback, ctypes.c_void_p(0))

    def _take(self, level: int, text: bytes, _data: Any) -> None:
        self._level = self._level if level == _CONTINUED else level
        if self._level not in _LOUD:
            return
        line = text.decode("utf-8", "replace")
        self._write(line)
        self.lines.extend(part.strip() for part in line.splitlines() if part.strip())


class NativeModel:
    """A loaded model with its context."""

    def __init__(
        self, path: Path, n_ctx: int, n_threads: int, log: NativeLog, on_progress: Callable[[float], bool]
    ) -> None:
        """Load it.

        Args:
            path: The GGUF file.
            n_ctx: Context in tokens; cut to what the model was trained for.
            n_threads: To compute with at first.
            log: Where the reason of a failure is found.
            on_progress: Called with 0 to 1 while loading; returning False gives up.

        Raises:
            EngineError: `truncated`, `out_of_memory` or `load_failed`.
        """
        llama_cpp.llama_backend_init()
        log.lines.clear()
        self._model: Any = None
        self._context: Any = None
        self.should_abort: Callable[[], bool] = lambda: False
        params = llama_cpp.llama_model_default_params()
        params.load_mode = llama_cpp.LLAMA_LOAD_MODE_MMAP
        progress = llama_cpp.llama_progress_callback(lambda fraction, _data: on_progress(fraction))
        params.progress_callback = progress
        self._model = llama_cpp.llama_model_load_from_file(str(path).encode(), params)
        if not self._model:
            raise _load_error(log.lines)
        self._vocab = llama_cpp.llama_model_get_vocab(self._model)
        self.n_ctx = max(CHUNK, min(n_ctx, llama_cpp.llama_model_n_ctx_train(self._model) or n_ctx))
        settings = llama_cpp.llama_context_default_params()
        settings.n_ctx = self.n_ctx
        settings.n_batch = settings.n_ubatch = CHUNK
        settings.n_threads = settings.n_threads_batch = n_threads
        settings.flash_attn_type = llama_cpp.LLAMA_FLASH_ATTN_TYPE_DISABLED
        # Asked once per node of the graph on the decoding thread; the reference keeps the callback alive.
        self._abort = llama_cpp.ggml_abort_callback(lambda _data: self.should_abort())
        settings.abort_callback = self._abort
        self._context = llama_cpp.llama_init_from_model(self._model, settings)
        if not self._context:
            error = _load_error(log.lines)
            self.close()
            raise error
        self._memory = llama_cpp.llama_get_memory(self._context)
        self._n_vocab = llama_cpp.llama_vocab_n_tokens(self._vocab)

    def close(self) -> None:
        """Free everything; the context goes before its model."""
        if self._context:
            llama_cpp.llama_free(self._context)
            self._context = None
        if self._model:
            llama_cpp.llama_model_free(self._model)
            self._model = None

    def describe(self) -> str:
        """Return name, kind and quantization, as the file gives them."""
        buffer = ctypes.create_string_buffer(256)
        llama_cpp.llama_model_desc(self._model, buffer, len(buffer))
        kind = buffer.value.decode("utf-8", "replace")
        name = self._metadata("general.name")
        return f"{name} ({kind})" if name else kind

    def bos(self) -> int | None:
        """Return the token that a prompt has to begin with, None where the model wants none."""
        if not llama_cpp.llama_vocab_get_add_bos(self._vocab):
            return None
        token = int(llama_cpp.llama_vocab_bos(self._vocab))
        return token if token >= 0 else None

    def template(self) -> Callable[[list[dict[str, str]], bool], str]:
        """Return the file's chat template as a function, ChatML's where it has none; sandboxed by the library.

        Raises:
            EngineError: It is no valid template.
        """
        source = self._metadata("tokenizer.chat_template") or _CHATML
        loaded_at = datetime.now()  # a template may print the date: it must not change within a conversation
        texts = [
            self._special_text(llama_cpp.llama_vocab_bos(self._vocab)),
            self._special_text(llama_cpp.llama_vocab_eos(self._vocab)),
        ]
        try:
            formatter: Any = Jinja2ChatFormatter(template=source, bos_token=texts[0], eos_token=texts[1])
        except Exception as error:
            raise EngineError("template", f"The model's chat template cannot be read: {error}") from error
        formatter.strftime_now = loaded_at.strftime

        def render(messages: list[dict[str, str]], answer_next: bool) -> str:
            formatter.add_generation_prompt = answer_next
            return str(formatter(messages=messages).prompt)

        return render

    def tokenize(self, text: str, control: bool) -> list[int]:
        """Return the tokens of `text`; control tokens are recognised in it only with `control`. Thread-safe."""
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        tokens = (llama_cpp.llama_token * room)()
        count = llama_cpp.llama_tokenize(self._vocab, data, len(data), tokens, room, False, control)
        if count < 0:
            tokens = (llama_cpp.llama_token * -count)()
            count = llama_cpp.llama_tokenize(self._vocab, data, len(data), tokens, -count, False, control)
        return list(tokens[: max(0, count)])

    def piece(self, token: int) -> bytes:
        """Return the bytes that `token` stands for, none for a control token."""
        size = 64
        while True:
            buffer = ctypes.create_string_buffer(size)
            length = llama_cpp.llama_token_to_piece(self._vocab, token, buffer, size, 0, False)
            if length >= 0:
                return buffer.raw[:length]
            size = -length

    def is_end(self, token: int) -> bool:
        """Tell whether `token` ends the answer."""
        return bool(llama_cpp.llama_vocab_is_eog(self._vocab, token))

    def cut(self, length: int) -> bool:
        """Forget all but the first `length` tokens; False where this kind of model can only forget everything."""
        return bool(llama_cpp.llama_memory_seq_rm(self._memory, 0, length, -1))

    def clear(self) -> None:
        """Forget everything."""
        llama_cpp.llama_memory_clear(self._memory, True)

    def decode(self, tokens: Sequence[int]) -> bool:
        """Read up to `CHUNK` tokens after those in memory; False where `should_abort` ended it.

        Raises:
            EngineError: It failed.
        """
        array = (llama_cpp.llama_token * len(tokens))(*tokens)
        result = llama_cpp.llama_decode(self._context, llama_cpp.llama_batch_get_one(array, len(tokens)))
        if result not in (0, _ABORTED):
            raise EngineError("decode", f"The engine could not read on (llama_decode returned {result}).")
        return bool(result == 0)

    def set_threads(self, n: int) -> None:
        """Compute with `n` threads from the next decode on."""
        llama_cpp.llama_set_n_threads(self._context, n, n)

    def sampler(
        self, *, temperature: float, top_p: float, min_p: float, repeat_penalty: float, seed: int
    ) -> "NativeSampler":
        """Return a sampler for one answer."""
        stages = [llama_cpp.llama_sampler_init_penalties(self._n_vocab, 64, repeat_penalty, 0.0, 0.0)]
        if temperature <= 0:
            stages.append(llama_cpp.llama_sampler_init_greedy())
        else:
            stages += [
                llama_cpp.llama_sampler_init_top_k(40),
                llama_cpp.llama_sampler_init_top_p(top_p, 1),
                llama_cpp.llama_sampler_init_min_p(min_p, 1),
                llama_cpp.llama_sampler_init_temp(temperature),
                llama_cpp.llama_sampler_init_dist(seed & 0xFFFFFFFF),
            ]
        return NativeSampler(self._context, stages)

    def _metadata(self, key: str) -> str:
        size = 4096
        while True:
            buffer = ctypes.create_string_buffer(size)
            raw: Any = buffer  # the library's annotation asks for bytes, the C function for a buffer
            length = llama_cpp.llama_model_meta_val_str(self._model, key.encode(), raw, size)
            if length < size:
                return buffer.value.decode("utf-8", "replace") if length >= 0 else ""
            size = length + 1

    def _special_text(self, token: int) -> str:
        return (
            llama_cpp.llama_vocab_get_text(self._vocab, token).decode("utf-8", "replace")
            if token >= 0
            else ""
        )


class NativeSampler:
    """Chooses the next token; owns its chain until `close`."""

    def __init__(self, context: Any, stages: Sequence[Any]) -> None:
        self._context = context
        self._chain: Any = llama_cpp.llama_sampler_chain_init(llama_cpp.llama_sampler_chain_default_params())
        for stage in stages:
            llama_cpp.llama_sampler_chain_add(self._chain, stage)  # which takes it over

    def accept(self, tokens: Sequence[int]) -> None:
        """Count `tokens` as said, for the repeat penalty."""
        for token in tokens:
            llama_cpp.llama_sampler_accept(self._chain, token)

    def sample(self) -> int:
        """Return the next token after the last one that was read."""
        return int(llama_cpp.llama_sampler_sample(self._chain, self._context, -1))

    def close(self) -> None:
        """Free it."""
        if self._chain:
            llama_cpp.llama_sampler_free(self._chain)
            self._chain = None


def _load_error(lines: Sequence[str]) -> EngineError:
    """Make an error of the log's last words."""
    log = "\n".join(lines)
    if "not within the file bounds" in log or "corrupted or incomplete" in log:
        return EngineError(
            "truncated",
            "The model file is incomplete or damaged. Download it again, or choose another model.",
        )
    if any(
        sign in log for sign in ("failed to allocate", "unable to allocate", "bad_alloc", "out of memory")
    ):
        return EngineError(
            "out_of_memory",
            "The model and its context do not fit into the free memory. Choose a smaller model or close programs.",
        )
    reason = next(
        (line for line in lines if "error" in line.lower()), lines[0] if lines else "no reason was given"
    )
    return EngineError("load_failed", f"The model could not be loaded: {reason[:300]}")
