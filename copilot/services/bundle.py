"""All services of one world, made when first used: a window shows its list before the model's side is imported."""

import threading
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copilot.services.deps import Deps
from copilot.services.settings import SettingsService
from copilot.services.ticket_list import TicketList
from copilot.storage.store import Store

if TYPE_CHECKING:
    from copilot.inference.host import EngineHost
    from copilot.services.ask import AskService
    from copilot.services.attention import AttentionService
    from copilot.services.backups import BackupService
    from copilot.services.bulk import BulkService
    from copilot.services.clippings import ClippingService
    from copilot.services.decisions import DecisionService
    from copilot.services.doctor import DoctorService
    from copilot.services.exchange import ExchangeService
    from copilot.services.intake import IntakeService
    from copilot.services.links import LinkService
    from copilot.services.merging import MergeService
    from copilot.services.models import ModelService
    from copilot.services.privacy import PrivacyService
    from copilot.services.removal import RemovalService
    from copilot.services.ticket_marks import TicketMarks
    from copilot.services.tickets import TicketService


class Services:
    """Everything a screen or a command may call; thread-safe."""

    def __init__(self, data_dir: Path, deps: Deps, makers: Mapping[str, Callable[["Services"], Any]]) -> None:
        """Take what every screen needs, and a maker for each of the rest (by the property's name)."""
        self.data_dir = data_dir
        self.store: Store = deps.store
        self.deps = deps
        self.settings = SettingsService(deps)
        self.ticket_list = TicketList(deps, self._waiting)
        self._makers = makers
        self._made = dict[str, Any]()
        self._lock = threading.RLock()

    @cached_property
    def tickets(self) -> "TicketService":
        """Tickets, their thread and their evidence."""
        from copilot.services.tickets import TicketService

        return TicketService(self.deps)

    @cached_property
    def marks(self) -> "TicketMarks":
        """Pinned and recent tickets."""
        from copilot.services.ticket_marks import TicketMarks

        return TicketMarks(self.deps, self.ticket_list)

    @cached_property
    def attention(self) -> "AttentionService":
        """Answers under way, and those that nobody has seen."""
        from copilot.services.attention import AttentionService

        return AttentionService(self.deps)

    @cached_property
    def clippings(self) -> "ClippingService":
        """Text in from elsewhere and out to elsewhere."""
        from copilot.services.clippings import ClippingService

        return ClippingService(self.deps, lambda: self.ask)

    @cached_property
    def intake(self) -> "IntakeService":
        """Evidence from files, pictures and pasted text."""
        from copilot.services.intake import IntakeService

        return IntakeService(self.deps)

    @cached_property
    def bulk(self) -> "BulkService":
        """The same change to many tickets."""
        from copilot.services.bulk import BulkService

        return BulkService(self.deps)

    @cached_property
    def merging(self) -> "MergeService":
        """Merging tickets."""
        from copilot.services.merging import MergeService

        return MergeService(self.deps)

    @cached_property
    def links(self) -> "LinkService":
        """Links between tickets."""
        from copilot.services.links import LinkService

        return LinkService(self.deps)

    @property
    def engine(self) -> "EngineHost":
        """The worker's host."""
        engine: EngineHost = self._get("engine")
        return engine

    @property
    def models(self) -> "ModelService":
        """Model files."""
        models: ModelService = self._get("models")
        return models

    @property
    def ask(self) -> "AskService":
        """Questions and answers."""
        ask: AskService = self._get("ask")
        return ask

    @property
    def decisions(self) -> "DecisionService":
        """What was done with answers."""
        decisions: DecisionService = self._get("decisions")
        return decisions

    @property
    def exchange(self) -> "ExchangeService":
        """Files in and out."""
        exchange: ExchangeService = self._get("exchange")
        return exchange

    @property
    def backups(self) -> "BackupService":
        """Copies of the desk."""
        backups: BackupService = self._get("backups")
        return backups

    @property
    def doctor(self) -> "DoctorService":
        """The report on this machine."""
        doctor: DoctorService = self._get("doctor")
        return doctor

    @property
    def privacy(self) -> "PrivacyService":
        """What is recorded about people."""
        privacy: PrivacyService = self._get("privacy")
        return privacy

    @property
    def removal(self) -> "RemovalService":
        """Deleting tickets for good."""
        removal: RemovalService = self._get("removal")
        return removal

    def stop_answers(self) -> None:
        """End every answer that this process is receiving, and wait until its words are stored."""
        if "ask" in self._made:
            self.ask.stop_all()

    def close(self) -> None:
        """End the worker and close the database; safe to call twice."""
        with self._lock:
            ask = self.ask if "ask" in self._made else None
            engine = self.engine if "engine" in self._made else None
        if ask:
            ask.close()
        if engine:
            engine.close()
        if ask:
            ask.join()
        self.store.close()

    def _waiting(self) -> dict[int, int]:
        """Return the place of each ticket whose question waits; nothing waits before the first was asked."""
        return self.ask.places() if "ask" in self._made else {}

    def _get(self, name: str) -> Any:
        with self._lock:
            if name not in self._made:
                self._made[name] = self._makers[name](self)
            return self._made[name]
