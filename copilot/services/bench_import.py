"""How long an import takes, beside the least that any program could do."""

import tempfile
import time
from pathlib import Path

from copilot.services.bundle import Services
from copilot.services.made_up_tickets import made_up
from copilot.services.storing import store_all
from copilot.storage.bench_rows import store_bare

_SEED = 20_260_301


def measure_import(services: Services, n: int) -> tuple[float, float]:
    """Import `n` made-up tickets into an empty desk, then store the same rows by a bare `executemany`.

    Returns:
        Seconds of the import (made-up tickets to rows, evidence, index, Undo), and seconds of the control.
    """
    deps = services.deps
    drafts = list(made_up(n, _SEED, deps.clock.now(), deps.me()))
    began = time.perf_counter()
    store_all(deps, drafts, "import")
    ours = time.perf_counter() - began
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        return ours, store_bare(deps.store.path, Path(folder) / "bare.db")
