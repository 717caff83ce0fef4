"""Runs the whole program as its users do: another process, arguments in, text and an exit status out."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import psutil

from tests.helpers.paths import ROOT

PATIENCE = 60.0  # seconds until a test gives up waiting; never an assertion on speed
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Run:
    """How one run ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The JSON document that stdout consists of."""
        return json.loads(self.out)

    @property
    def sentence(self) -> str:
        """The one line of an error that the user can mend."""
        assert self.code == 2, self
        lines = [line for line in self.err.splitlines() if line.startswith("technician-copilot")]
        assert len(lines) == 1, self.err
        assert "Traceback" not in self.err
        return lines[0]


class Program:
    """The program on one data folder, with the fake engine."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir

    def command(self, *arguments: str | bytes, script: str = "default") -> Sequence[str | bytes]:
        """Return the argv of a run."""
        options = ("--data-dir", str(self.data_dir), "--engine", "fake", "--fake-script", script)
        return [sys.executable, "-m", "copilot", *options, *arguments]

    def run(self, *arguments: str | bytes, script: str = "default", env: dict[str, str] | None = None) -> Run:
        """Run a command to its end."""
        done = subprocess.run(
            self.command(*arguments, script=script),
            env=environment(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE * 2,
            check=False,
        )
        return Run(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))

    def json(self, *arguments: str, script: str = "default") -> Any:
        """Run a command that succeeds and return its document."""
        done = self.run(*arguments, "--json", script=script)
        assert done.code == 0, done.err
        return done.document

    @contextmanager
    def started(self, *arguments: str, script: str = "default") -> Iterator["subprocess.Popen[bytes]"]:
        """Start a command; whatever is left of it at the end of the block is killed."""
        process = subprocess.Popen(
            self.command(*arguments, script=script),
            env=environment(None),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,  # what is read of stdout by hand must not take more along
        )
        try:
            yield process
        finally:
            for worker in workers_of(process.pid):
                worker.kill()
            process.kill()
            process.communicate()


def environment(more: dict[str, str] | None) -> dict[str, str]:
    """Return the environment of a run: this one, with the checkout on the path."""
    return {**os.environ, "PYTHONPATH": str(ROOT), **(more or {})}


def workers_of(pid: int) -> list[psutil.Process]:
    """Return the worker processes of a program; none where it is gone."""
    try:
        return [child for child in psutil.Process(pid).children() if "--worker" in child.cmdline()]
    except psutil.NoSuchProcess:
        return []


def until(look: Callable[[], _T]) -> _T:
    """Look until there is something to see, and return it."""
    give_up = time.monotonic() + PATIENCE
    while not (seen := look()):
        assert time.monotonic() < give_up, "it did not come"
        time.sleep(0.02)
    return seen
