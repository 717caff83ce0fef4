"""What every use case needs."""

from collections.abc import Callable
from typing import NamedTuple

from copilot.storage.store import Store
from copilot.support.clock import Clock


class Deps(NamedTuple):
    """Store, clock and the name of the person at the desk."""

    store: Store
    clock: Clock
    me: Callable[[], str]
