"""In and out: importing and exporting ticket files, the sample desk."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from copilot.desk import importing
from copilot.desk.importing import ImportResult, TicketTable
from copilot.desk.mapping import guess_columns, load_mapping
from copilot.desk.samples import load_samples
from copilot.domain.ticket import ChangeSet
from copilot.services import exporting, storing
from copilot.services.deps import Deps
from copilot.services.exporting import Exported
from copilot.services.storing import Cancelled, Progress, StoppedError, never, no_progress
from copilot.storage import import_memory, tickets
from copilot.support.errors import KnownError
from copilot.support.i18n import tr, tr_n
from copilot.support.paths import resources

__all__ = [
    "ExchangeService",
    "Exported",
    "ImportResult",
    "Imported",
    "OpenedFile",
    "StoppedError",
    "TicketTable",
]


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A ticket file before its rows are read.

    Attributes:
        table: Its rows.
        columns: Our field to their column, to begin with.
        guess: The same, by the columns' names alone.
        is_remembered: Whether `columns` are those of an earlier import of such a file.
    """

    table: TicketTable
    columns: Mapping[str, str]
    guess: Mapping[str, str]
    is_remembered: bool


@dataclass(frozen=True, slots=True)
class Imported:
    """How an import ended; `known` counts the tickets left out because they are on the desk."""

    ids: tuple[int, ...]
    result: ImportResult
    changes: ChangeSet
    known: int = 0

    @property
    def summary(self) -> str:
        """One line for people."""
        if not self.ids:
            name = self.result.name or tr("a file")
            return tr("{name}: all its tickets are on the desk already").format(name=name)
        if not self.known:
            return self.changes.undo_label
        known = tr_n("{n} was on the desk already", "{n} were on the desk already", self.known)
        return f"{self.changes.undo_label}; {known}"


class ExchangeService:
    """Moves tickets in and out of files."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._importing = threading.Lock()  # one import at a time

    def open(self, file: Path, mapping: Path | None = None, *, use_guess: bool = False) -> OpenedFile:
        """Take a ticket file apart; its columns are read as a map file says, as last time, or as their names tell.

        Raises:
            KnownError: The file or the map file cannot be read.
        """
        table = importing.open_table(file, load_mapping(mapping) if mapping else None)
        guess = importing.guess(table)
        if mapping is None and not use_guess and not table.is_ours:
            with self._deps.store.read() as db:
                remembered = import_memory.mapping(db, table.headers)
            if remembered is not None:
                return OpenedFile(table, remembered, guess, is_remembered=True)
        return OpenedFile(table, guess, guess, is_remembered=False)

    def read_rows(
        self,
        table: TicketTable,
        columns: Mapping[str, str],
        progress: Progress = no_progress,
        *,
        first: int | None = None,
    ) -> ImportResult:
        """Read the rows of an opened file, or the `first` few; nothing is stored."""
        return importing.read_rows(table, columns, self._deps.clock.now(), progress, first=first)

    def read(
        self,
        file: Path,
        mapping: Path | None = None,
        progress: Progress = no_progress,
        *,
        use_guess: bool = False,
    ) -> ImportResult:
        """Read a ticket file without storing anything."""
        opened = self.open(file, mapping, use_guess=use_guess)
        result = self.read_rows(opened.table, opened.columns, progress)
        if opened.is_remembered:
            result = replace(result, notes=(*result.notes, tr("The columns are read as last time.")))
        return result

    def count_known(self, result: ImportResult) -> int:
        """Return how many of the tickets are on the desk already, by their numbers."""
        known = storing.known_numbers(self._deps)
        return sum(storing.fold(draft.ticket.number) in known for draft in result.drafts)

    def store(
        self,
        result: ImportResult,
        *,
        skip_errors: bool = False,
        skip_known: bool = False,
        progress: Progress = no_progress,
        cancelled: Cancelled = never,
    ) -> Imported:
        """Store what was read: all of it or nothing, unless told to leave faulty or known tickets out.

        Raises:
            KnownError: There are faulty rows, or a number is taken; nothing was stored.
            StoppedError: `cancelled` said so; nothing was stored.
        """
        if result.errors and not skip_errors:
            raise _faulty(result)
        if not result.drafts:
            raise KnownError(tr("The file holds no tickets."), tr("Nothing was imported."))
        with self._importing:
            storing.take_out_leftovers(self._deps)
            drafts = result.drafts
            if skip_known:
                known = storing.known_numbers(self._deps)
                drafts = tuple(d for d in drafts if storing.fold(d.ticket.number) not in known)
            count = len(result.drafts) - len(drafts)
            if not drafts:
                return Imported((), result, ChangeSet(), count)
            label = tr_n("{n} ticket from {{file}}", "{n} tickets from {{file}}", len(drafts)).format(
                file=result.name or tr("a file")
            )
            ids, changes = storing.store_all(self._deps, drafts, label, progress, cancelled)
            self._remember(result)
        return Imported(tuple(ids), result, changes, count)

    def export(
        self,
        ids: Sequence[int],
        path: Path,
        file_format: str = "",
        progress: Progress = no_progress,
        cancelled: Cancelled = never,
    ) -> Exported:
        """Write tickets into a file that can be imported again without loss; see `exporting.export`."""
        return exporting.export(self._deps, ids, path, file_format, progress, cancelled)

    def _remember(self, result: ImportResult) -> None:
        """Keep how the columns were read, where a person chose other ones than the guess."""
        if result.is_ours or result.by_map_file or not result.headers:
            return
        with self._deps.store.write() as db:
            if dict(result.mapping) == guess_columns(result.headers, {}):
                import_memory.forget_mapping(db, result.headers)
            else:
                import_memory.remember_mapping(db, result.headers, result.mapping, self._deps.clock.now())

    def make_samples(self) -> int:
        """Fill an empty desk with the sample tickets; return how many were made (0 where there are tickets)."""
        with self._deps.store.read() as db:
            if tickets.count(db):
                return 0
        drafts = load_samples(resources() / "samples", self._deps.clock.now(), self._deps.me())
        with self._importing:
            return len(storing.store_all(self._deps, drafts)[0])


def _faulty(result: ImportResult) -> KnownError:
    rows = "\n".join(f"  {error}" for error in result.errors[:10])
    more = len(result.errors) - 10
    rest = "\n  " + tr_n("and {n} more", "and {n} more", more) if more > 0 else ""
    return KnownError(
        tr_n("{n} row cannot be read:", "{n} rows cannot be read:", len(result.errors)) + f"\n{rows}{rest}\n",
        tr("Nothing was imported."),
        tr("Mend the file, or leave these rows out with --skip-errors."),
    )
