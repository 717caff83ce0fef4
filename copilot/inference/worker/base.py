"""What the two lanes of the worker ask of an engine, real or fake."""

import threading
from collections.abc import Callable
from typing import Protocol

from copilot.inference.protocol import Done, Event, Generate, Load, Loaded, StatusReport

Emit = Callable[[Event], None]


class EngineError(Exception):
    """A request that could not be carried out; the worker lives on.

    Attributes:
        code: One of those that `protocol.Failed` lists.
        detail: A sentence for the reader.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class Engine(Protocol):
    """Runs a model. `load` and `generate` are called on the work lane, the rest on the control lane meanwhile."""

    name: str
    version: str

    def load(self, request: Load, emit: Emit, stop: threading.Event) -> Loaded:
        """Load a model; gives up when `stop` is set.

        Raises:
            EngineError: It cannot be loaded.
        """
        ...

    def generate(self, request: Generate, emit: Emit, stop: threading.Event) -> Done:
        """Answer, emitting progress and tokens; ends soon after `stop` is set with `cancelled`.

        Raises:
            EngineError: There is no model, or it could not answer.
        """
        ...

    def count_tokens(self, texts: tuple[str, ...], chat: bool) -> tuple[int, ...]:
        """Return the number of tokens of each text.

        Raises:
            EngineError: There is no model.
        """
        ...

    def status(self, request_id: str, busy: bool) -> StatusReport:
        """Return what is loaded and how full the context is."""
        ...

    def set_threads(self, n: int) -> None:
        """Compute with `n` threads, 0 for a number that follows the machine's load."""
        ...
