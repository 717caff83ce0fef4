"""A desk with one ticket, and an engine that plays what a test tells it to, without a worker process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from copilot.inference.host import EngineHost
from copilot.services.bundle import Services
from copilot.support.clock import FixedClock
from tests.helpers.desk import desk
from tests.helpers.played_engine import PlayedEngine


@pytest.fixture
def services(data_dir: Path, clock: FixedClock) -> Iterator[Services]:
    """Open an empty desk on a clock that stands still."""
    with desk(data_dir, samples=False, clock=clock) as opened:
        yield opened


@pytest.fixture
def ticket(services: Services) -> int:
    """Return the id of a ticket with one fact."""
    made, _ = services.tickets.create(
        "Printer offline", "The printer on floor 2 says 0x0000011b since Monday."
    )
    return made.id


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> PlayedEngine:
    """Put an engine without a process in place of the worker."""
    played = PlayedEngine()
    monkeypatch.setattr(EngineHost, "load", lambda *_: None)
    monkeypatch.setattr(EngineHost, "count_tokens", lambda *_, **__: None)
    monkeypatch.setattr(EngineHost, "cancel", lambda _, uid: played.cancel(uid))
    monkeypatch.setattr(
        EngineHost, "generate", lambda _, request, listener: played.generate(request, listener)
    )
    return played
