"""A ticket file as the import page shows it; everything here runs off the GUI thread."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from copilot.domain.ticket import TicketDraft
from copilot.services.exchange import (
    ExchangeService,
    Imported,
    ImportResult,
    OpenedFile,
    StoppedError,
    TicketTable,
)
from copilot.support.i18n import tr
from copilot.support.text import one_line

FIRST_ROWS = 20
Report = Callable[[tuple[int, int]], None]


@dataclass(frozen=True, slots=True)
class TicketFile:
    """A file that was read, or its first rows.

    Attributes:
        name: Its name.
        count: How many tickets can be taken.
        first: The first of them.
        troubles: Row, field and what is wrong, as texts.
        faulty_rows: How many rows have trouble.
        notes: Remarks for the person who imports.
        known: How many of the tickets are on the desk already.
        is_whole: Whether all rows were read.
        result: What to store.
    """

    name: str
    count: int
    first: tuple[TicketDraft, ...]
    troubles: tuple[tuple[str, str, str], ...]
    faulty_rows: int
    notes: tuple[str, ...]
    known: int
    is_whole: bool
    result: ImportResult


def open_ticket_file(
    service: ExchangeService, file: Path, map_file: Path | None, use_guess: bool
) -> OpenedFile:
    """Take a file apart.

    Raises:
        KnownError: The file or the map file cannot be read.
    """
    return service.open(file, map_file, use_guess=use_guess)


def read_ticket_file(
    service: ExchangeService,
    table: TicketTable,
    columns: Mapping[str, str],
    first: int | None,
    stopped: threading.Event,
    report: Report,
) -> TicketFile:
    """Read rows by these columns, all of them or the `first` few.

    Raises:
        KnownError: The columns do not make tickets.
        StoppedError: `stopped` was set.
    """

    def go_on(done: int, total: int) -> None:
        if stopped.is_set():
            raise StoppedError(tr("The import was stopped."))
        if first is None:
            report((done, total))

    result = service.read_rows(table, columns, go_on, first=first)
    is_whole = first is None or first >= len(table)
    return TicketFile(
        name=one_line(table.name, 80),
        count=len(result.drafts),
        first=result.drafts[:FIRST_ROWS],
        troubles=tuple((str(e.row), e.field, one_line(e.message, 500)) for e in result.errors),
        faulty_rows=len({e.row for e in result.errors}),
        notes=tuple(one_line(note, 400) for note in result.notes),
        known=service.count_known(result) if is_whole else 0,
        is_whole=is_whole,
        result=result,
    )


def store_ticket_file(
    service: ExchangeService, file: TicketFile, cancelled: Callable[[], bool], report: Report
) -> Imported:
    """Store what was read, without faulty and known tickets; what comes back no longer holds the tickets.

    Raises:
        KnownError: It could not be stored; nothing was.
        StoppedError: `cancelled` said so; nothing was stored.
    """
    imported = service.store(
        file.result,
        skip_errors=bool(file.troubles),
        skip_known=bool(file.known),
        progress=lambda done, total: report((done, total)),
        cancelled=cancelled,
    )
    return replace(imported, result=replace(imported.result, drafts=(), errors=()))
