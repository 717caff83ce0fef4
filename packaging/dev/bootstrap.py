"""Make this checkout ready to run: `.venv` with every pinned package, llama.cpp compiled for this machine.

Run by `make setup`; where there is no make, `python packaging/dev/bootstrap.py` does the same. Needs Python 3.11,
a C++ compiler and the package index, nothing else. What is done is not done again, and a run that was stopped goes on
where it stopped: even the compiler continues at the file it had reached.

`bootstrap.py lock` renews `packaging/requirements.lock` from `pyproject.toml` and `packaging/build-tools.in`.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import engine
import system_libs
from locking import only_one_at_a_time
from places import (
    BIN,
    CACHE,
    LOCK_FILE,
    PIP,
    PYTHON,
    ROOT,
    VENV,
    ask_venv,
    digest,
    pinned_packages,
)
from progress import SetupError, run, say, stop_on_signals

STAMPS = VENV / ".setup"
UV = "uv==0.13.9"


@dataclass(frozen=True)
class Step:
    """One part of the setup.

    Attributes:
        name: the name of its stamp.
        what: says what it does and about how long that takes.
        key: changes whenever the step has to be done again.
        do: does it.
        there: tells whether somebody has done it without leaving a stamp.
    """

    name: str
    what: Callable[[], str]
    key: str
    do: Callable[[], None]
    there: Callable[[], bool] = lambda: False

    @property
    def stamp(self) -> Path:
        """The file that says, by its content, that the step is done."""
        return STAMPS / self.name

    def done(self) -> bool:
        """Tell whether the step is done as it is now."""
        return PYTHON.exists() and self.stamp.is_file() and self.stamp.read_text(encoding="utf-8") == self.key

    def record(self) -> None:
        """Record that the step is done."""
        STAMPS.mkdir(exist_ok=True)
        self.stamp.write_text(self.key, encoding="utf-8")


def steps() -> list[Step]:
    """Return all steps in their order."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return [
        Step(
            "venv", lambda: "create the virtual environment .venv (10 s)", str(VENV), make_venv, venv_is_whole
        ),
        Step(
            "packages",
            lambda: "install the pinned packages (about 200 MB to download, 1 min)",
            digest(*_packages()),
            install_packages,
        ),
        Step("engine", engine.what, engine.key(), engine.install, engine.loads),
        Step("project", lambda: "install the program itself (5 s)", digest(project), install_project),
    ]


def setup() -> None:
    """Do what is not done yet.

    Raises:
        SetupError: something is missing on this machine, or a step did not work.
    """
    if all(step.done() for step in steps()):
        return
    with only_one_at_a_time():
        todo = _to_do()
        if engine.install in [step.do for step in todo]:
            engine.need_a_compiler()
        say(f"Setting up in {VENV}:")
        for number, step in enumerate(todo, 1):
            say(f"  {number}. {step.what()}")
        say("Ctrl+C is safe at any time: the next run goes on from there.")
        for step in todo:
            step.do()
            step.record()
    say("Setup is complete.")


def _to_do() -> list[Step]:
    """Return the steps to do; a step that was done by hand gets its stamp and is left out."""
    venv, *rest = steps()
    if not venv.done():
        if venv.stamp.exists() or not venv.there():
            return [venv, *rest]
        venv.record()
    todo = [step for step in rest if not step.done()]
    for step in [step for step in todo if not step.stamp.exists() and step.there()]:
        step.record()
        todo.remove(step)
    return todo


def make_venv() -> None:
    """Create the virtual environment, first getting Debian's package for it where that is missing."""
    if importlib.util.find_spec("ensurepip") is None:
        package = f"python3.{sys.version_info.minor}-venv"
        if not (sys.platform.startswith("linux") and system_libs.install([package], "Python's venv module")):
            raise SetupError(f"This Python has no venv module. On Debian: sudo apt-get install {package}")
    run(
        [sys.executable, "-m", "venv", "--clear", VENV],
        title="virtual environment",
    )


def venv_is_whole() -> bool:
    """Tell whether the virtual environment was made to its end, pip and all."""
    return ask_venv("import sys, importlib.metadata as m; print(m.files('pip') and sys.prefix)") == str(VENV)


def install_packages() -> None:
    """Install all pinned packages but the engine, each checked against its hash."""
    for half in VENV.rglob("*.dist-info"):
        if not (half / "RECORD").exists():  # a stopped pip left it, and it would pass for installed
            shutil.rmtree(half)
    wanted = CACHE / "packages.txt"
    wanted.write_text("\n".join(_packages()), encoding="utf-8")
    run(
        [*PIP, "install", "--no-deps", "-r", wanted],
        title="pinned packages",
        status=_pip_status,
        hint="Is the package index within reach?",
    )


def install_project() -> None:
    """Install this checkout so that edits take effect at once, and check that all packages fit together."""
    run(
        [*PIP, "install", "--no-deps", "--no-index", "--no-build-isolation", "-e", ROOT],
        title="the program itself",
    )
    run([*PIP, "check"], title="checking that all packages fit")


def _packages() -> list[str]:
    return [entry for entry in pinned_packages() if not entry.startswith(f"{engine.NAME}==")]


def _pip_status(line: str) -> str | None:
    found = re.match(r"\s*(?:(Collecting|Downloading) (\S+)|(Installing) collected)", line)
    if not found:
        return None
    if found[3]:
        return "installing them"
    return re.sub(r"==.*", "", found[2].split("/")[-1]).split("-")[0]


def renew_lock(options: list[str]) -> None:
    """Resolve all dependencies for every system and write the lock file.

    Args:
        options: passed to `uv pip compile`, such as `--upgrade`; without it versions change only where they must.
    """
    place = CACHE / "uv"
    how = "--universal --python-version 3.11 --generate-hashes --no-annotate --system-certs --extra dev"
    header = ("--custom-compile-command", "make lock")
    sources = (ROOT / "pyproject.toml", ROOT / "packaging" / "build-tools.in")
    uv = place / BIN.name / "uv"
    with only_one_at_a_time():
        run(
            [sys.executable, "-m", "venv", place],
            title="environment for uv",
        )
        run(
            [uv.parent / PYTHON.name, "-m", "pip", "install", UV],
            title=UV,
        )
        run(
            [uv, "pip", "compile", *how.split(), *header, *options, "-o", LOCK_FILE, *sources],
            title="resolving",
        )


def main() -> None:
    """Set up, or renew the lock file."""
    os.chdir(ROOT)
    if sys.argv[1:2] == ["lock"]:
        renew_lock(sys.argv[2:])
    else:
        setup()


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever starts this may have an older one
        version = ".".join(map(str, sys.version_info[:2]))
        sys.exit(f"This is Python {version} ({sys.executable}); 3.11 or newer is needed. Please install it.")
    stop_on_signals()
    try:
        main()
    except SetupError as failure:
        sys.exit(str(failure))
    except KeyboardInterrupt:
        say("Stopped. Nothing is lost: start it again and it goes on from here.")
        sys.exit(130)
