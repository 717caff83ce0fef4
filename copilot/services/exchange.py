"""In and out: importing ticket files, the sample desk, backup."""

from dataclasses import dataclass
from pathlib import Path

from copilot.desk.importing import ImportResult, read_file
from copilot.desk.mapping import load_mapping
from copilot.desk.samples import load_samples
from copilot.domain.ticket import ChangeSet
from copilot.services.deps import Deps
from copilot.services.tickets import TicketService
from copilot.storage import backup, tickets
from copilot.storage.backup import BackupFacts
from copilot.support.errors import KnownError
from copilot.support.i18n import tr, tr_n
from copilot.support.paths import resources

__all__ = ["BackupFacts", "ExchangeService", "ImportResult", "Imported", "restore_backup", "verify_backup"]


@dataclass(frozen=True, slots=True)
class Imported:
    """How an import ended."""

    ids: tuple[int, ...]
    result: ImportResult
    changes: ChangeSet


class ExchangeService:
    """Moves tickets and whole databases in and out of files."""

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

    def backup(self, target: Path | None = None) -> BackupFacts:
        """Copy the database; without a target into the folder `backups` of the data folder."""
        database = self._deps.store.path
        name = f"desk-{self._deps.clock.now():%Y%m%d-%H%M%S}.db"
        return backup.create(database, target or database.parent / "backups" / name)


def restore_backup(source: Path, data_dir: Path) -> BackupFacts:
    """Put a backup in place of the database, which need not be readable; see `storage.backup.restore`."""
    return backup.restore(source, data_dir / "desk.db")


def verify_backup(path: Path | None, data_dir: Path) -> BackupFacts:
    """Check a backup, or the database itself where no path is given."""
    return backup.verify(path or data_dir / "desk.db")
