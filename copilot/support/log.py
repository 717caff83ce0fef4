"""Logs: a small rotating file in the data folder; never ticket text."""

import contextlib
import copy
import logging
import traceback
from datetime import datetime
from pathlib import Path
from types import TracebackType

MAX_BYTES = 500_000
_STAMP = "%Y-%m-%d %H:%M:%S"
_MOST_CAUSES = 10


class _Discreet(logging.Formatter):
    """Says of an error what it was and where, not its words: they may quote a ticket."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; what another handler made of the error is not used."""
        own = copy.copy(record)
        own.exc_text = None
        return super().format(own)

    def formatException(  # noqa: N802 - logging's name
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        """Return where the error, and what led to it, came from."""
        parts, error = list[str](), ei[1]
        while error is not None and len(parts) < _MOST_CAUSES:
            frames = traceback.extract_tb(error.__traceback__)
            parts.append(
                "".join(f'  File "{f.filename}", line {f.lineno}, in {f.name}\n' for f in frames)
                + type(error).__qualname__
            )
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(reversed(parts))


class _LogFile(logging.FileHandler):
    """Writes what it can: a disk that is full must not end the program that says so."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, if there is room for it."""
        with contextlib.suppress(OSError):  # where the file cannot even be opened
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Say nothing: the standard handler would print a traceback."""

    def close(self) -> None:
        """Close the file; what is still in memory may find no room."""
        with contextlib.suppress(OSError):
            super().close()


def log_to_file(folder: Path) -> None:
    """Write this program's log to `folder/copilot.log`, and keep the one before it from `MAX_BYTES` on.

    The standard library's rotating handler would do, but it imports the network modules. Does nothing twice.
    """
    logger = logging.getLogger("copilot")
    path = (folder / "copilot.log").absolute()
    for handler in list(logger.handlers):
        if isinstance(handler, logging.FileHandler):
            if Path(handler.baseFilename) == path:
                return
            logger.removeHandler(handler)
            handler.close()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.is_file() and path.stat().st_size > MAX_BYTES:
            path.replace(path.with_suffix(".old.log"))
        handler = _LogFile(path, encoding="utf-8", delay=True)
    except OSError:
        return  # a folder that cannot be written is reported by the database, in words for the user
    handler.setFormatter(_Discreet("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)


def trim_log(folder: Path, before: datetime) -> int:
    """Take out of `folder/copilot.log` what was written before; return how many files changed."""
    path = (folder / "copilot.log").absolute()
    since = before.astimezone().strftime(_STAMP)  # as the log writes local time
    writing = [
        handler
        for handler in logging.getLogger("copilot").handlers
        if isinstance(handler, logging.FileHandler) and Path(handler.baseFilename) == path
    ]
    for handler in writing:
        handler.acquire()
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
        first = next((n for n, line in enumerate(lines) if _is_since(line, since)), len(lines))
        if not first:
            return 0
        for handler in writing:
            if handler.stream:  # it opens its file again when it next has something to say
                handler.stream.close()
                handler.stream = None
        shorter = path.with_suffix(".partial")
        shorter.write_text("".join(lines[first:]), encoding="utf-8")
        shorter.replace(path)
    except OSError:  # no log yet, or another process holds it, on Windows
        return 0
    finally:
        for handler in writing:
            handler.release()
    return 1


def _is_since(line: str, since: str) -> bool:
    return line[:4].isdigit() and line[:19] >= since
