"""A desk to test on: real services, the fake engine, sample tickets."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from copilot.app import World, build
from copilot.services.bundle import Services
from copilot.support.clock import Clock, SystemClock


@contextmanager
def desk(
    folder: Path,
    *,
    script: str = "fast",
    samples: bool = True,
    clock: Clock | None = None,
    engine: str = "fake",
) -> Iterator[Services]:
    """Open a desk in `folder` with the fake engine playing `script`; close it afterwards."""
    services = build(World(folder, engine, script, clock or SystemClock()))
    try:
        if samples:
            services.exchange.make_samples()
        yield services
    finally:
        services.close()
