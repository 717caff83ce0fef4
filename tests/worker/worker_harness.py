"""Starts real worker processes and collects what they say."""

import queue
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from copilot.domain.prompt import ChatMessage
from copilot.inference.host import EngineHost
from copilot.inference.protocol import Done, Event, Failed, Generate, PromptProgress, Queued, Token

REPO = Path(__file__).resolve().parents[2]
PATIENCE = 60.0  # seconds until a test gives up waiting; never an assertion on speed


def worker_command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "copilot.inference.worker", *arguments]


def worker_environment() -> dict[str, str]:
    return {"PYTHONPATH": str(REPO)}


class Answer:
    """A listener that keeps the events of one request."""

    def __init__(self, host: EngineHost, request: Generate) -> None:
        self.host = host
        self.request = request
        self.events: list[Event] = []
        self._arrived: queue.SimpleQueue[Event] = queue.SimpleQueue()
        host.generate(request, self._arrived.put)

    def until(self, wanted: Callable[[Event], bool]) -> Event:
        while True:
            event = self._arrived.get(timeout=PATIENCE)
            self.events.append(event)
            if wanted(event):
                return event

    def until_token(self, count: int = 1) -> None:
        for _ in range(count):
            self.until(lambda event: isinstance(event, Token))

    def end(self) -> Done | Failed:
        event = self.until(lambda event: isinstance(event, Done | Failed))
        assert isinstance(event, Done | Failed)
        return event

    def done(self) -> Done:
        event = self.end()
        assert isinstance(event, Done), event
        return event

    def failed(self) -> Failed:
        event = self.end()
        assert isinstance(event, Failed), event
        return event

    def late_events(self) -> list[Event]:
        late = []
        while not self._arrived.empty():
            late.append(self._arrived.get())
        return late

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, Token))

    @property
    def progress(self) -> list[PromptProgress]:
        return [event for event in self.events if isinstance(event, PromptProgress)]

    @property
    def places(self) -> list[int]:
        return [event.place for event in self.events if isinstance(event, Queued)]


def messages(*contents: str) -> tuple[ChatMessage, ...]:
    """A system message, then user and assistant in turn."""
    roles = ("system", *("user", "assistant") * len(contents))
    return tuple(ChatMessage(role, content) for role, content in zip(roles, contents, strict=False))


class Hosts:
    """Makes hosts, and closes them at the end of the test."""

    def __init__(self) -> None:
        self._hosts: list[EngineHost] = []
        self._numbers = iter(range(1_000_000))

    def __call__(self, *arguments: str, load: str | Path | None = "fake", **options: Any) -> EngineHost:
        host = EngineHost(
            worker_command(*arguments), env=worker_environment(), backoff=(0.0, 0.0, 0.0), **options
        )
        self._hosts.append(host)
        if load is not None:
            host.load(load)
        return host

    def fake(self, script: str, **options: Any) -> EngineHost:
        return self("--engine", "fake", "--fake-script", script, **options)

    def ask(self, host: EngineHost, *contents: str, **options: Any) -> Answer:
        conversation: Sequence[str] = contents or ("Be short.", "Why is the printer [E1] offline since [E2]?")
        request = Generate(f"r{next(self._numbers)}", messages(*conversation), **options)
        return Answer(host, request)

    def close(self) -> None:
        for host in self._hosts:
            host.close()
