"""From the arguments to the window: one window for a desk, and a start that fails says so in a window."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from copilot.services.opening import Opening, StartRequest
from copilot.support.errors import KnownError
from copilot.support.i18n import tr
from copilot.ui.shell import instance

if TYPE_CHECKING:
    from PySide6.QtCore import QLockFile

    from copilot.services.bundle import Services


def run(opening: Opening, request: StartRequest, program: str, *, probe: bool = False) -> int:
    """Open the window and return the exit status when it is closed; or hand over to the one that is open.

    With `probe` it says on stdout when it can be used, and closes itself.

    Raises:
        KnownError: The window cannot be opened; a person at a screen has been told.
    """
    while True:
        folder: Path | None = None
        held: QLockFile | None = None
        try:
            folder = opening.data_dir
            held = instance.lock(folder) or _pass_on(folder, request)
            if held is None:
                return 0
            services: Services = opening.services
        except Exception as error:
            again = _has_eyes() and _explain(error, folder, program)
            if held is not None:
                held.unlock()  # not before: a backup may have been put in place
            if not again:
                raise
            continue
        try:
            return _run_window(services, program, request, probe=probe)
        finally:
            held.unlock()


def _run_window(services: "Services", program: str, request: StartRequest, *, probe: bool) -> int:
    if probe:
        from copilot.ui.start_probe import run as run_probe

        return run_probe(services, [program])
    from copilot.ui.application import run

    return run(services, [program], request)


def _pass_on(folder: Path, request: StartRequest) -> "QLockFile | None":
    """Let the window that is open do it; return the lock where there turns out to be none."""
    try:
        instance.hand_over(folder, request)
    except KnownError:
        held = instance.take_over(folder)
        if held is None:
            raise
        return held
    return None


def _explain(error: Exception, folder: Path | None, program: str) -> bool:
    from copilot.ui.shell.start_error import explain

    if not isinstance(error, KnownError):
        name = f"{type(error).__name__}: {error}"
        error = KnownError(
            tr("This should not have happened ({error}).").format(error=name),
            tr("What was stored before is kept."),
        )
    return explain(error, folder, program)


def _has_eyes() -> bool:
    """Tell whether somebody can see and close a window."""
    return os.environ.get("QT_QPA_PLATFORM", "") not in ("offscreen", "minimal")
