"""Drafts on their way to the database, so that an older one never comes back over what was typed."""

from functools import partial

from PySide6.QtCore import QObject

from copilot.ui.bridge.hub import Hub


class DraftKeeper(QObject):
    """Stores drafts on the writer's thread and knows those that are not stored yet.

    Attributes:
        revision: Grows with every key and every save that ends. What was read from the database under another
            revision may be older than what is on screen.
    """

    def __init__(self, hub: Hub, parent: QObject) -> None:
        super().__init__(parent)
        self._hub = hub
        self._under_way: dict[tuple[int, str], str] = {}
        self.revision = 0

    def touch(self) -> None:
        """Say that something was typed."""
        self.revision += 1

    def save(self, ticket: int, slot: str, text: str) -> None:
        """Store a draft."""
        self._under_way[ticket, slot] = text
        self._hub.tasks.write(
            self,
            partial(self._hub.services.tickets.save_draft, ticket, slot, text),
            partial(self._on_saved, (ticket, slot), text),
        )

    def newest(self, ticket: int, slot: str, stored: str) -> str:
        """Return the draft that is not stored yet; `stored` where there is none."""
        return self._under_way.get((ticket, slot), stored)

    def is_saving(self, ticket: int) -> bool:
        """Tell whether a draft of this ticket is not stored yet."""
        return any(place[0] == ticket for place in self._under_way)

    def _on_saved(self, place: tuple[int, str], text: str, _: None) -> None:
        self.revision += 1
        if self._under_way.get(place) == text:
            del self._under_way[place]
