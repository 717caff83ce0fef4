"""The window: what runs without a command."""

import os
import sys

from copilot.console.context import Context
from copilot.support.errors import KnownError
from copilot.support.i18n import tr


def window(context: Context) -> int:
    """Open the window."""
    if not has_display():
        raise KnownError(
            tr("This machine has no display, so the window cannot open."),
            todo=tr("Use the commands (--help), or `start` to work one sample ticket in the console."),
        )
    return context.run_window(sys.argv[:1])


def has_display() -> bool:
    """Tell whether a window can be opened."""
    if sys.platform in ("win32", "darwin"):
        return True
    if os.environ.get("QT_QPA_PLATFORM", "") in ("offscreen", "minimal", "vnc"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
