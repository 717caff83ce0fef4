"""Writes tickets into a file that can be imported again without loss."""

import contextlib
import csv
import errno
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from copilot.desk import own_format
from copilot.services.deps import Deps
from copilot.services.storing import Cancelled, Progress, StoppedError, never, no_progress
from copilot.storage import ticket_pages
from copilot.support.clock import to_text
from copilot.support.errors import KnownError
from copilot.support.i18n import tr
from copilot.support.ids import new_uid

FORMATS = ("csv", "json")
_PAGE = 200  # tickets


@dataclass(frozen=True, slots=True)
class Exported:
    """How an export ended."""

    path: Path
    tickets: int
    bytes: int


def format_of(path: Path, told: str = "") -> str:
    """Return the format: the one told, else the one of the file's ending.

    Raises:
        KnownError: The ending says neither.
    """
    found = told or path.suffix.casefold().removeprefix(".")
    if found not in FORMATS:
        raise KnownError(
            tr("{name} does not say in which format to export.").format(name=path.name or "“”"),
            tr("Nothing was written."),
            tr("End the name in .json or .csv, or say --format json or --format csv."),
        )
    return found


def export(
    deps: Deps,
    ids: Sequence[int],
    path: Path,
    file_format: str = "",
    progress: Progress = no_progress,
    cancelled: Cancelled = never,
) -> Exported:
    """Write tickets into a file, a page at a time, beside its place first: what lay there stays until all is written.

    Raises:
        KnownError: The file cannot be written, the disk is full, or the format is not known.
        StoppedError: `cancelled` said so.
    """
    file_format = format_of(path, file_format)
    unfinished = path.with_name(f".{new_uid('export')}.part")
    try:
        encoding = "utf-8-sig" if file_format == "csv" else "utf-8"
        with unfinished.open("x", encoding=encoding, newline="") as file:
            written = _write(deps, ids, file, file_format, progress, cancelled)
            file.flush()
            os.fsync(file.fileno())
        size = unfinished.stat().st_size
        unfinished.replace(path)
    except OSError as error:
        raise _unwritten(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return Exported(path, written, size)


class _JsonFile:
    """One object a line in a list, so that it can be looked at with any tool."""

    def __init__(self, file: IO[str], deps: Deps) -> None:
        self._file = file
        head = {
            "format": own_format.FORMAT,
            "version": own_format.VERSION,
            "exported_at": to_text(deps.clock.now()),
        }
        file.write(json.dumps(head)[:-1] + ', "tickets": [')
        self._before = "\n"

    def add(self, record: dict[str, Any]) -> None:
        self._file.write(self._before + json.dumps(record, ensure_ascii=False))
        self._before = ",\n"

    def end(self) -> None:
        self._file.write("\n]}\n")


class _CsvFile:
    """Every cell in quotation marks; begins with a byte order mark, by which spreadsheets know UTF-8."""

    def __init__(self, file: IO[str]) -> None:
        self._writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        self._writer.writerow(own_format.COLUMNS)

    def add(self, record: dict[str, Any]) -> None:
        self._writer.writerow(own_format.cells(record))

    def end(self) -> None:
        """Nothing is left to write."""


def _write(
    deps: Deps, ids: Sequence[int], file: IO[str], file_format: str, progress: Progress, cancelled: Cancelled
) -> int:
    out = _JsonFile(file, deps) if file_format == "json" else _CsvFile(file)
    written = 0
    for start in range(0, len(ids), _PAGE):
        progress(start, len(ids))
        if cancelled():
            raise StoppedError(tr("The export was stopped."), tr("Nothing was written."))
        with deps.store.read() as db:
            drafts = ticket_pages.read(db, ids[start : start + _PAGE])
        for draft in drafts:
            out.add(own_format.record(draft))
        written += len(drafts)
    out.end()
    progress(len(ids), len(ids))
    return written


def _unwritten(path: Path, error: OSError) -> KnownError:
    kept = tr("Nothing was written; a file that lay there before is as it was.")
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return KnownError(
            tr("The disk is full, so {name} could not be written.").format(name=path.name),
            kept,
            tr("Free some space, or choose another folder."),
        )
    return KnownError(
        tr("{path} cannot be written: {why}.").format(path=path, why=error.strerror or type(error).__name__),
        kept,
        tr("Choose a folder that you may write to."),
    )
