"""The doctor: what this machine is, and whether everything works here."""

import platform
import queue
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from copilot import __version__
from copilot.domain.prompt import ChatMessage
from copilot.inference import protocol
from copilot.inference.host import EngineHost
from copilot.inference.machine import MachineFacts, machine_facts
from copilot.services.deps import Deps
from copilot.services.models import ModelService
from copilot.storage import backup
from copilot.support.errors import KnownError
from copilot.support.i18n import tr

SPEED_TOKENS = 20


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report; `ok` None means it does not apply here."""

    name: str
    ok: bool | None
    detail: str


@dataclass(frozen=True, slots=True)
class Report:
    """The whole report; holds nothing about tickets or people."""

    version: str
    python: str
    machine: MachineFacts
    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing failed."""
        return all(check.ok is not False for check in self.checks)


class DoctorService:
    """Examines machine, database, model and engine."""

    def __init__(self, deps: Deps, models: ModelService, engine: EngineHost) -> None:
        self._deps = deps
        self._models = models
        self._engine = engine

    def examine(self, *, timeout: float = 120.0) -> Report:
        """Run all checks; takes as long as loading the model and reading its file once."""
        checks = [
            _checked(tr("Database"), self._database),
            _checked(tr("Model file"), self._model_file),
            _checked(tr("Memory"), self._memory),
            _checked(tr("Engine"), lambda: self._speed(timeout)),
        ]
        return Report(
            __version__, platform.python_version(), machine_facts(self._deps.store.path.parent), tuple(checks)
        )

    def _database(self) -> str:
        facts = backup.verify(self._deps.store.path)
        return tr("whole; schema {schema}, {tickets} tickets, {size:.1f} MB").format(
            schema=facts.schema, tickets=facts.tickets, size=facts.bytes / 1e6
        )

    def _model_file(self) -> str:
        if self._models.is_fake:
            return tr("fake engine, no file")
        info = self._models.verify(self._models.chosen(), progress=lambda _: None, cancelled=lambda: False)
        return f"{info.id}: {info.state}, SHA-256 {info.sha256}"

    def _memory(self) -> str:
        if self._models.is_fake:
            return tr("the fake engine needs none")
        card = self._models.card(self._models.chosen())
        if not card.fits:
            raise KnownError(card.memory)
        return card.memory

    def _speed(self, timeout: float) -> str:
        name = self._models.ensure_loaded()
        events: queue.Queue[protocol.Event] = queue.Queue()
        question = ChatMessage("user", "Count from one to thirty in words.")
        self._engine.generate(protocol.Generate("doctor", (question,), max_tokens=SPEED_TOKENS), events.put)
        done: protocol.Event | None = None
        try:
            while not isinstance(done, protocol.Done):
                done = events.get(timeout=timeout)
                if isinstance(done, protocol.Failed):
                    raise KnownError(done.detail)
        except queue.Empty as error:
            self._engine.cancel("doctor")
            raise KnownError(tr("The engine gave no sign for {n:.0f} seconds.").format(n=timeout)) from error
        return tr("{model}: {n} tokens at {speed:.1f} tokens a second").format(
            model=name, n=done.answer_tokens, speed=done.answer_tokens / max(done.answer_seconds, 1e-9)
        )


def without_desk(data_dir: Path, error: KnownError) -> Report:
    """Return the report on a machine whose desk cannot be opened."""
    check = Check(tr("Database"), False, str(error))
    folder = next(path for path in (data_dir, *data_dir.parents) if path.exists())
    return Report(__version__, platform.python_version(), machine_facts(folder), (check,))


def _checked(name: str, check: Callable[[], str]) -> Check:
    try:
        return Check(name, True, check())
    except KnownError as error:
        return Check(name, False, str(error))
