"""What every use case needs."""

from collections.abc import Callable
from dataclasses import dataclass

from copilot.storage.store import Store
from copilot.support.clock import Clock


@dataclass(frozen=True, slots=True)
class Deps:
    """Store, clock and the name of the person at the desk."""

    store: Store
    clock: Clock
    me: Callable[[], str]
