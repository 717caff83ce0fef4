"""Run a long command behind one line of progress, and stop it cleanly when the person stops us."""

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, NoReturn

from places import LOG

GUARD = Path(__file__).with_name("guard.py")
QUIET_SECONDS = 20.0  # between two lines where the output is not a terminal
TAIL_LINES = 25


class SetupError(Exception):
    """A step that did not work, in one sentence for the person at the keyboard."""


def say(text: str = "") -> None:
    """Print one line at once, also into a pipe."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def stop_on_signals() -> None:
    """Let a polite kill and a closed terminal end a run in the same way as Ctrl+C."""

    def stop(_number: int, _frame: object) -> NoReturn:
        raise KeyboardInterrupt

    for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), stop)


def run(
    command: Sequence[str | Path],
    *,
    title: str,
    status: Callable[[str], str | None] = lambda _line: None,
    env: Mapping[str, str] | None = None,
    hint: str = "",
) -> None:
    """Run `command`; its whole output goes to the log file, the essence of it to one line of progress.

    Args:
        command: the argv.
        title: what is being done, for the progress line.
        status: turns a line of output into a few words of progress, or None to keep the last ones.
        env: variables on top of this process's own.
        hint: what to do if it fails.

    Raises:
        SetupError: the command ended with another status than 0; the end of its output has been printed.
    """
    arguments = [str(part) for part in command]
    line = _Line(title)
    tail: list[str] = []
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("a", encoding="utf-8") as record:
        record.write("\n$ " + " ".join(arguments) + "\n")
        record.flush()
        process = subprocess.Popen(
            [sys.executable, str(GUARD), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, **(env or {})},
            start_new_session=True,  # Ctrl+C is for us; the guard ends the rest
        )
        try:
            for text in _Lines(process, line):
                record.write(text + "\n")
                tail = [*tail[1 - TAIL_LINES :], text]
                line.show(status(text))
            code = process.wait()
        except BaseException:
            _end(process)
            line.close("stopped")
            raise
    if code:
        line.close("failed")
        say("\n".join("    " + text[:200] for text in tail))
        raise SetupError(
            f"{title} did not work (the whole output is in {LOG})." + (f" {hint}" if hint else "")
        )
    line.close("done")


class _Lines:
    """The lines of a pipe; while none comes, the progress line keeps its clock going."""

    def __init__(self, process: subprocess.Popen[str], line: _Line) -> None:
        assert process.stdout is not None
        self._line = line
        self._queue: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, args=(process.stdout,), daemon=True).start()

    def _read(self, pipe: IO[str]) -> None:
        with contextlib.suppress(ValueError):  # the pipe was closed under us: we are being stopped
            for text in pipe:
                self._queue.put(text.rstrip())
        self._queue.put(None)

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        while True:
            try:
                text = self._queue.get(timeout=0.5)
            except queue.Empty:
                self._line.show(None)
                continue
            if text is None:
                raise StopIteration
            return text


class _Line:
    """One line of progress: rewritten in a terminal, repeated now and then elsewhere."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._status = ""
        self._began = time.monotonic()
        self._shown = self._began
        self._terminal = sys.stdout.isatty()
        say(f"  {title} ...") if not self._terminal else self._write()

    def show(self, status: str | None) -> None:
        """Take new words, if any, and show them when it is time to."""
        self._status = status or self._status
        now = time.monotonic()
        if now - self._shown >= (0.2 if self._terminal else QUIET_SECONDS):
            self._shown = now
            self._write()

    def close(self, word: str) -> None:
        """Leave the line behind with how it ended."""
        self._status = word
        self._write("\n")

    def _write(self, end: str = "") -> None:
        seconds = int(time.monotonic() - self._began)
        text = f"  {self._title}: {self._status} ({seconds // 60}:{seconds % 60:02})"
        if self._terminal:
            sys.stdout.write("\r\x1b[K" + text[: shutil.get_terminal_size().columns - 1] + end)
        else:
            sys.stdout.write(text + "\n")
        sys.stdout.flush()


def _end(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.close()  # the guard sees it
    process.wait()
