"""The window: what runs without a command."""

import argparse
import os
import sys
from pathlib import Path

from copilot.console.context import Context
from copilot.services.opening import StartRequest, request
from copilot.support.errors import KnownError
from copilot.support.i18n import tr


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be asked of the window, whether it is open already or not."""
    parser.add_argument("--show", default="", metavar="NUMBER", help=tr("open the window on this ticket"))
    parser.add_argument(
        "--new-from-clipboard",
        action="store_true",
        help=tr("open the window on a new ticket, made from what is on the clipboard"),
    )
    parser.add_argument(
        "--compact", action="store_true", help=tr("open the window narrow, to stand beside another one")
    )


def is_file_name(word: str) -> bool:
    """Tell a file from a command that is misspelt: a file has an ending or a folder."""
    return not word.startswith("-") and (bool(Path(word).suffix) or os.sep in word or "/" in word)


def window(context: Context) -> int:
    """Open the window, or have the one that is open do what was asked."""
    if not has_display():
        raise KnownError(
            tr("This machine has no display, so the window cannot open."),
            todo=tr("Use the commands (--help), or `start` to work one sample ticket in the console."),
        )
    return context.run_window(_request(context))


def _request(context: Context) -> StartRequest:
    options = context.options
    try:
        return request(
            options.show,
            os.path.abspath(options.file) if options.file else "",  # as typed: links are not followed
            from_clipboard=options.new_from_clipboard,
            compact=options.compact,
            token=os.environ.get("XDG_ACTIVATION_TOKEN", ""),
        )
    except ValueError as error:
        raise KnownError(tr("What was asked for is too long or no name of a file.")) from error


def has_display() -> bool:
    """Tell whether a window can be opened."""
    if sys.platform in ("win32", "darwin"):
        return True
    if os.environ.get("QT_QPA_PLATFORM", "") in ("offscreen", "minimal", "vnc"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
