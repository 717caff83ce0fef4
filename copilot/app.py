"""Composition root: the only place that knows every room. Rooms are imported when they are first needed."""

import gc
import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from copilot.services.bundle import Services
from copilot.services.deps import Deps
from copilot.services.opening import Opening, StartRequest
from copilot.services.recovery import recover
from copilot.services.settings import data_dir, language, my_name
from copilot.storage.store import Store
from copilot.support import i18n, paths
from copilot.support.clock import Clock, SystemClock
from copilot.support.log import log_to_file

if TYPE_CHECKING:
    from copilot.coach.coach import Coach
    from copilot.inference.host import EngineHost
    from copilot.services.ask import AskService
    from copilot.services.backups import BackupService
    from copilot.services.decisions import DecisionService
    from copilot.services.doctor import DoctorService
    from copilot.services.exchange import ExchangeService
    from copilot.services.models import ModelService
    from copilot.services.privacy import PrivacyService
    from copilot.services.removal import RemovalService


class World(NamedTuple):
    """Where the program works: the real desk, or one made for a test.

    Attributes:
        data_dir: The data folder.
        engine: `llama` or `fake`.
        fake_script: What the fake engine plays.
        clock: The time.
    """

    data_dir: Path
    engine: str = "llama"
    fake_script: str = "default"
    clock: Clock = SystemClock()


def build_desk(chosen_dir: Path | None, engine: str, fake_script: str) -> Services:
    """Open the real desk."""
    return build(World(data_dir(chosen_dir), engine, fake_script))


def build(world: World) -> Services:
    """Open a world: its database at once, the rest when it is used. The first question starts the worker process."""
    store = Store(world.data_dir / "desk.db")
    log_to_file(world.data_dir / "logs")
    i18n.install(paths.resources() / "i18n", language(store))
    deps = Deps(store, world.clock, partial(my_name, store))
    recover(deps)
    makers: Mapping[str, Callable[[Services], Any]] = {
        "engine": partial(_engine, world),
        "models": partial(_models, world),
        "ask": _ask,
        "decisions": _decisions,
        "exchange": _exchange,
        "backups": _backups,
        "doctor": _doctor,
        "privacy": _privacy,
        "removal": _removal,
    }
    return Services(world.data_dir, deps, makers)


def run_window(opening: Opening, request: StartRequest, *, probe: bool = False) -> int:
    """Open the window; return the exit status when it is closed.

    With `probe` it says on stdout when it can be used, and closes itself.

    Raises:
        KnownError: The desk cannot be opened; where there is a screen, a window has said so.
    """
    gc.disable()  # a start makes no garbage, but looks for it forty times; collected once the window is complete
    from copilot.ui.shell.start import run

    return run(opening, request, sys.argv[0], probe=probe)


def bench_window(what: str) -> list[dict[str, Any]]:
    """Measure the window (`ui`) or a large desk in it (`desk`), each figure beside its control."""
    if what == "desk":
        from copilot.ui.bench_desk import measure
    else:
        from copilot.ui.bench import measure
    return measure(build, World)


def _engine(world: World, _: Services) -> "EngineHost":
    from copilot.inference.host import EngineHost

    command = paths.program_command("--worker", "--engine", world.engine)
    if world.engine == "fake":
        command += ["--fake-script", world.fake_script]
    return EngineHost(command, env=_worker_environment(), log_path=world.data_dir / "logs" / "worker.log")


def _models(world: World, services: Services) -> "ModelService":
    from copilot.connectors.download import UrlFetcher
    from copilot.connectors.package_parts import PackagePartsFetcher
    from copilot.inference.catalogue import load_catalogue
    from copilot.inference.library import ModelLibrary
    from copilot.services.models import ModelService

    catalogue = load_catalogue(paths.catalogue())
    library = ModelLibrary(
        world.data_dir / "models", catalogue, [PackagePartsFetcher(), UrlFetcher()], world.clock
    )
    return ModelService(library, services.engine, services.settings, is_fake=world.engine == "fake")


def _ask(services: Services) -> "AskService":
    from copilot.services.ask import AskService

    return AskService(services.deps, services.engine, _coach, services.models)


def _coach() -> "Coach":
    from copilot.coach.coach import Coach

    return Coach.load(paths.resources() / "coach")


def _decisions(services: Services) -> "DecisionService":
    from copilot.services.decisions import DecisionService

    return DecisionService(services.deps)


def _exchange(services: Services) -> "ExchangeService":
    from copilot.services.exchange import ExchangeService

    return ExchangeService(services.deps)


def _backups(services: Services) -> "BackupService":
    from copilot.services.backups import BackupService

    return BackupService(services.deps, services.settings, services.stop_answers)


def _doctor(services: Services) -> "DoctorService":
    from copilot.services.doctor import DoctorService

    return DoctorService(services.deps, services.models, services.engine)


def _privacy(services: Services) -> "PrivacyService":
    from copilot.services.privacy import PrivacyService

    return PrivacyService(services.deps, services.data_dir)


def _removal(services: Services) -> "RemovalService":
    from copilot.services.removal import RemovalService

    def stop(answer: str) -> bool:
        ask = services.ask
        if not ask.is_live(answer):
            return False
        ask.stop(answer)
        ask.wait(answer, 10)
        return not ask.is_live(answer)

    return RemovalService(services.deps, services.data_dir, stop)


def _worker_environment() -> dict[str, str]:
    """The child finds this package wherever it is started from, and never asks a hub for anything."""
    package_parent = str(Path(__file__).resolve().parent.parent)
    known = os.environ.get("PYTHONPATH", "")
    return {
        "HF_HUB_OFFLINE": "1",
        "PYTHONPATH": os.pathsep.join(part for part in (package_parent, known) if part),
    }
