"""What of the answers under way wants somebody's attention."""

from typing import NamedTuple

from copilot.services.deps import Deps
from copilot.storage import attention


class News(NamedTuple):
    """Tickets by what became of their questions.

    Attributes:
        under_way: One for each answer that is being written or waits.
        ready: Those with an answer that nobody has seen, the first to end first.
    """

    under_way: tuple[int, ...] = ()
    ready: tuple[int, ...] = ()


class AttentionService:
    """Looks over all tickets at once."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    def news(self) -> News:
        """Return what there is now."""
        with self._deps.store.read() as db:
            return News(tuple(attention.under_way(db)), tuple(attention.ready(db)))
