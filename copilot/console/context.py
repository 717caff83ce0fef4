"""What a command gets: its options, the output and the services, opened when first used."""

import argparse
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from copilot.console.output import Output
from copilot.services.bundle import Services
from copilot.services.opening import Opening, StartRequest
from copilot.services.settings import data_dir

Figure = dict[str, Any]


class Context:
    """One run of one command."""

    def __init__(
        self,
        options: argparse.Namespace,
        output: Output,
        build: Callable[[Path | None, str, str], Services],
        run_window: Callable[[Opening, StartRequest], int],
        run_bench: Callable[[str], list[Figure]],
    ) -> None:
        self.options = options
        self.output = output
        self._build = build
        self._run_window = run_window
        self._run_bench = run_bench
        self._opened: Services | None = None

    @property
    def data_dir(self) -> Path:
        """The data folder of this run."""
        return data_dir(self.options.data_dir)

    @cached_property
    def services(self) -> Services:
        """The services of this desk."""
        self._opened = self._build(self.options.data_dir, self.options.engine, self.options.fake_script)
        return self._opened

    def run_window(self, request: StartRequest) -> int:
        """Open the window and return when it is closed; the desk is opened once no other window has it."""
        return self._run_window(self, request)

    def bench(self, what: str) -> list[Figure]:
        """Measure the window (`ui`) or a large desk (`desk`); needs no data folder."""
        return self._run_bench(what)

    def close(self) -> None:
        """End what was opened."""
        if self._opened:
            self._opened.close()
            self._opened = None
