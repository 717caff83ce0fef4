"""What a command prints: text for people, or one JSON document."""

import contextlib
import json
import os
import sys
import time
from typing import Any, TextIO

from copilot.support.errors import KnownError
from copilot.support.i18n import tr
from copilot.support.text import clean


class OutputError(KnownError):
    """What was to be printed cannot be written where stdout leads."""


class Output:
    """With `as_json` nothing but the final document goes to stdout."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self._is_terminal = sys.stderr is not None and sys.stderr.isatty()
        self._progress_at = 0.0
        self._progress_open = False

    def text(self, text: str = "", end: str = "\n") -> None:
        """Print for a person; terminal escapes in `text` are taken out."""
        if not self.as_json:
            self._end_progress()
            write(clean(text) + end, sys.stdout)

    def document(self, value: Any) -> None:
        """Print the JSON document."""
        if self.as_json:
            import msgspec  # the window prints no document

            text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False, indent=2)
            write(f"{text}\n", sys.stdout)

    def error(self, sentence: str) -> None:
        """Print one readable line (or a short list) on stderr."""
        self._end_progress()
        self.beside(f"technician-copilot: {clean(sentence)}\n")

    def note(self, sentence: str) -> None:
        """Print something beside the result, on stderr."""
        self._end_progress()
        self.beside(f"{clean(sentence)}\n")

    def progress(self, sentence: str, *, last: bool = False) -> None:
        """Show progress on stderr: in place on a terminal, else a line every 10 seconds."""
        now = time.monotonic()
        if self._is_terminal:
            if last or now - self._progress_at > 0.1:
                self._progress_at = now
                self.beside(f"\r{clean(sentence):<78}")
                self._progress_open = True
                if last:
                    self._end_progress()
        elif last or now - self._progress_at > 10:
            self._progress_at = now
            self.beside(f"{clean(sentence)}\n")

    def _end_progress(self) -> None:
        if self._progress_open:
            self.beside("\n")
            self._progress_open = False

    @staticmethod
    def beside(text: str) -> None:
        """Write on stderr; where that cannot be written nobody can be told."""
        try:
            write(text, sys.stderr)
        except (BrokenPipeError, OutputError):
            forget(sys.stderr)


def write(text: str, stream: TextIO | None) -> None:
    """Write on `stream` at once.

    Raises:
        BrokenPipeError: Whoever read it has gone.
        OutputError: It cannot be written, as on a full disk.
    """
    if stream is None:  # a program without a console
        return
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(
            tr("The output cannot be written: {reason}.").format(reason=error.strerror or error),
            tr("What the command did is done."),
            tr("Make room there, or send the output elsewhere."),
        ) from error


def forget(stream: TextIO) -> None:
    """Lead a stream nowhere, or the interpreter complains at exit of what it could not write."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
