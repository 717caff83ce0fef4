"""Drafts of one box, so that an older one never comes back over what was typed."""

from PySide6.QtCore import QObject

from copilot.ui.bridge.hub import Hub


class DraftKeeper(QObject):
    """Stores drafts and knows those that are not stored yet.

    Attributes:
        revision: Grows with every key and every save that ends. What was read from the database under another
            revision may be older than what is on screen.
    """

    def __init__(self, hub: Hub, parent: QObject) -> None:
        super().__init__(parent)
        self._store = hub.drafts
        self._store.stored.connect(self._on_stored)
        self._slots: set[str] = set()  # of this box
        self.revision = 0

    @property
    def is_stuck(self) -> bool:
        """Whether drafts cannot be stored right now."""
        return bool(self._store.why)

    def touch(self) -> None:
        """Say that something was typed."""
        self.revision += 1

    def save(self, ticket: int, slot: str, text: str, *, now: bool = False) -> None:
        """Store a draft; `now` where something is about to be built on it."""
        self._slots.add(slot)
        self._store.save(ticket, slot, text, now=now)

    def drop(self, ticket: int, slot: str) -> None:
        """Do not store this draft any more: it is about to become something else."""
        self._store.drop(ticket, slot)
        self.revision += 1

    def newest(self, ticket: int, slot: str, stored: str) -> str:
        """Return the draft that is not stored yet; `stored` where there is none."""
        return self._store.newest(ticket, slot, stored)

    def is_saving(self, ticket: int) -> bool:
        """Tell whether a draft of this ticket is not stored yet."""
        return any(self._store.is_saving(ticket, slot) for slot in self._slots)

    def _on_stored(self, _ticket: int, slot: str) -> None:
        if slot in self._slots:
            self.revision += 1
