"""In and out: importing ticket files, the sample desk."""

from dataclasses import dataclass
from pathlib import Path

from copilot.desk.importing import ImportResult, read_file
from copilot.desk.mapping import load_mapping
from copilot.desk.samples import load_samples
from copilot.domain.ticket import ChangeSet
from copilot.services.deps import Deps
from copilot.services.tickets import TicketService
from copilot.storage import tickets
from copilot.support.errors import KnownError
from copilot.support.i18n import tr, tr_n
from copilot.support.paths import resources

__all__ = ["ExchangeService", "ImportResult", "Imported"]


@dataclass(frozen=True, slots=True)
class Imported:
    """How an import ended."""

    ids: tuple[int, ...]
    result: ImportResult
    changes: ChangeSet


class ExchangeService:
    """Moves tickets in and out of files."""

    def __init__(self, deps: Deps, ticket_service: TicketService) -> None:
        self._deps = deps
        self._tickets = ticket_service

    def read(self, file: Path, mapping: Path | None = None) -> ImportResult:
        """Read a ticket file without storing anything."""
        return read_file(file, load_mapping(mapping) if mapping else None, self._deps.clock.now())

    def store(self, result: ImportResult, *, skip_errors: bool = False) -> Imported:
        """Store what was read: all of it or nothing, unless told to leave faulty rows out.

        Raises:
            KnownError: There are faulty rows, or a number is taken; nothing was stored.
        """
        if result.errors and not skip_errors:
            rows = "\n".join(f"  {error}" for error in result.errors[:10])
            more = len(result.errors) - 10
            rest = "\n  " + tr_n("and {n} more", "and {n} more", more) if more > 0 else ""
            raise KnownError(
                tr_n("{n} row cannot be read:", "{n} rows cannot be read:", len(result.errors))
                + f"\n{rows}{rest}\n",
                tr("Nothing was imported."),
                tr("Mend the file, or leave these rows out with --skip-errors."),
            )
        if not result.drafts:
            raise KnownError(tr("The file holds no tickets."), tr("Nothing was imported."))
        stored = tuple(ticket.id for ticket in self._tickets.store_all(result.drafts))
        return Imported(stored, result, ChangeSet(frozenset(stored), True))

    def make_samples(self) -> int:
        """Fill an empty desk with the sample tickets; return how many were made (0 where there are tickets)."""
        with self._deps.store.read() as db:
            if tickets.count(db):
                return 0
        drafts = load_samples(resources() / "samples", self._deps.clock.now(), self._deps.me())
        return len(self._tickets.store_all(drafts))
