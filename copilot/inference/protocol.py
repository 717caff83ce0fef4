"""The wire protocol between the program and its worker process.

Newline-delimited JSON in UTF-8, one message a line, each with its kind in the field `type`. Requests go to the
worker's stdin, events come back on its stdout. The first event is `Hello`, which names the protocol's version.

Token counts are in the model's own tokens, times in seconds.
"""

from typing import Literal

import msgspec

from copilot.domain.prompt import ChatMessage

PROTOCOL = 1

Finish = Literal["stop", "length", "cancelled"]


class ProtocolError(ValueError):
    """A line that is no message of this protocol."""


class Message(msgspec.Struct, frozen=True, tag_field="type"):
    """What every message is."""


class Load(Message, frozen=True, tag="load"):
    """Load a model file in place of the one that is loaded.

    Attributes:
        path: The GGUF file; the fake engine takes any name.
        n_ctx: Size of the context in tokens; cut to what the model was trained for.
        n_threads: Threads to compute with; 0 lets the worker choose and follow the machine's load.
    """

    path: str
    n_ctx: int = 4096
    n_threads: int = 0


class Generate(Message, frozen=True, tag="generate"):
    """Answer a conversation.

    Attributes:
        id: Chosen by the sender, unique; every event of this answer carries it.
        messages: The conversation, system message first.
        max_tokens: The longest answer in tokens.
        temperature: 0 takes the most probable token each time.
        top_p: Nucleus sampling's share of probability.
        min_p: Least probability of a token, relative to the most probable one.
        repeat_penalty: Penalty on what was said in the last 64 tokens of the answer; 1 is none.
        seed: Of the sampling; None takes a new one each time. The same seed on the same prompt gives the same answer
            only where the same part of it was cached: rounding depends on how many tokens are read at once.
        stop: Texts that end the answer; they are not part of it.
        continue_text: An answer so far; it is read after the prompt and the answer goes on from its end.
    """

    id: str
    messages: tuple[ChatMessage, ...]
    max_tokens: int = 160
    temperature: float = 0.2
    top_p: float = 0.95
    min_p: float = 0.05
    repeat_penalty: float = 1.05
    seed: int | None = None
    stop: tuple[str, ...] = ()
    continue_text: str = ""


class Cancel(Message, frozen=True, tag="cancel"):
    """End the answer `id`, running or waiting; unknown ids are ignored."""

    id: str


class Tokenize(Message, frozen=True, tag="tokenize"):
    """Count the tokens of each text; with `chat`, as a user message with the template's wrapping."""

    id: str
    texts: tuple[str, ...]
    chat: bool = False


class Status(Message, frozen=True, tag="status"):
    """Ask for a `StatusReport`."""

    id: str


class SetThreads(Message, frozen=True, tag="set_threads"):
    """Compute with `n` threads from the next token on; 0 lets the worker choose again."""

    n: int


class Shutdown(Message, frozen=True, tag="shutdown"):
    """End the process; an answer in flight is cancelled first."""


class Hello(Message, frozen=True, tag="hello"):
    """The worker is up; `engine` is `llama` or `fake`, `version` that of its library."""

    protocol: int
    engine: str
    version: str
    pid: int


class LoadProgress(Message, frozen=True, tag="load_progress"):
    """How much of the model is loaded, 0 to 1."""

    fraction: float


class Loaded(Message, frozen=True, tag="loaded"):
    """The model is ready; `n_ctx` is what was granted."""

    path: str
    n_ctx: int
    description: str
    load_seconds: float


class PromptProgress(Message, frozen=True, tag="prompt_progress"):
    """How much of the prompt is read: `done` of `total` tokens, of which `cached` needed no reading."""

    id: str
    done: int
    total: int
    cached: int


class Token(Message, frozen=True, tag="token"):
    """The next piece of the answer: whole characters, never empty."""

    id: str
    text: str


class Done(Message, frozen=True, tag="done"):
    """The answer has ended.

    Attributes:
        id: Of the request.
        finish: `stop` where the model ended it, `length` at `max_tokens` or a full context, `cancelled` on request.
        prompt_tokens: Size of the whole prompt.
        cached_tokens: How much of it needed no reading.
        prompt_seconds: Time from the start to the first token.
        answer_tokens: Size of the answer.
        answer_seconds: Time from the first token to the end.
    """

    id: str
    finish: Finish
    prompt_tokens: int = 0
    cached_tokens: int = 0
    prompt_seconds: float = 0.0
    answer_tokens: int = 0
    answer_seconds: float = 0.0


class Failed(Message, frozen=True, tag="failed"):
    """A request could not be carried out; `id` is empty where it was a load or a line that could not be read.

    The worker's codes: `protocol`, `no_model`, `context_full`, `template`, `decode`, `out_of_memory`, and on loading
    `not_found`, `not_gguf`, `truncated`, `load_failed`. The host adds those of `exits`, `no_model`,
    `engine_failed` and `closed`. `detail` is a sentence for the reader.
    """

    id: str
    code: str
    detail: str


class Tokenized(Message, frozen=True, tag="tokenized"):
    """The number of tokens of each text of a `Tokenize`."""

    id: str
    counts: tuple[int, ...]


class StatusReport(Message, frozen=True, tag="status_report"):
    """What the worker is doing: `n_used` of `n_ctx` tokens of context are taken."""

    id: str
    loaded: bool
    busy: bool
    n_ctx: int
    n_used: int
    n_threads: int


class Queued(Message, frozen=True, tag="queued"):
    """The request waits at `place`, 1 being next. Made by the host; it never crosses the wire."""

    id: str
    place: int


Request = Load | Generate | Cancel | Tokenize | Status | SetThreads | Shutdown
Event = (
    Hello | LoadProgress | Loaded | PromptProgress | Token | Done | Failed | Tokenized | StatusReport | Queued
)


def encode(message: Message) -> bytes:
    """Return the line, with its line end.

    Raises:
        ProtocolError: A text holds half of a surrogate pair, which UTF-8 cannot carry.
    """
    try:
        return msgspec.json.encode(message) + b"\n"
    except UnicodeEncodeError as error:
        raise ProtocolError(f"not encodable: {error.reason}") from error


def decode_request(line: bytes) -> Request:
    """Read one line sent to the worker.

    Raises:
        ProtocolError: The line is no request.
    """
    try:
        request: Request = msgspec.json.decode(line, type=Request)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ProtocolError(f"not a request: {error}") from error
    return request


def decode_event(line: bytes) -> Event:
    """Read one line sent by the worker.

    Raises:
        ProtocolError: The line is no event.
    """
    try:
        event: Event = msgspec.json.decode(line, type=Event)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ProtocolError(f"not an event: {error}") from error
    return event
