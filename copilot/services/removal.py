"""Deleting tickets for good: from the desk, from what the model remembers and, where wanted, from the copies."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from copilot.domain.ticket import ChangeSet
from copilot.services.deps import Deps
from copilot.services.footprint import Place, backup_folder, copies, delete_copy, forget_memory
from copilot.services.recovery import recover
from copilot.storage import purge
from copilot.storage.store import Db
from copilot.support.clock import to_text
from copilot.support.errors import KnownError
from copilot.support.i18n import tr

_logger = logging.getLogger(__name__)
Progress = Callable[[int, int], object]


@dataclass(frozen=True, slots=True)
class Removed:
    """A ticket that is gone.

    Attributes:
        number: Its number.
        created_at: When it was made, as text; with the number, what it is known by in copies.
        changes: For the window.
        copies: Copies of the desk that still hold it, newest first.
    """

    number: str
    created_at: str
    changes: ChangeSet
    copies: tuple[Place, ...]


class RemovalService:
    """Deletes tickets and walks the footprint after them."""

    def __init__(self, deps: Deps, data_dir: Path, stop: Callable[[str], bool]) -> None:
        """Take what deletes.

        Args:
            deps: Store, clock, name.
            data_dir: The data folder.
            stop: Ends an answer under way and waits for its end; False where another process receives it.
        """
        self._deps = deps
        self._data_dir = data_dir
        self._stop = stop

    def delete(self, ticket: int) -> Removed:
        """Delete a ticket with everything that belongs to it. This cannot be undone.

        Raises:
            KnownError: There is no such ticket, or another process is receiving an answer for it.
        """
        recover(self._deps)  # what a process that is gone was receiving
        with self._deps.store.read() as db:
            known = purge.identity(db, ticket)
            live = [row[0] for row in db.execute(_LIVE, (ticket,))]
        if known is None:
            raise KnownError(tr("This ticket is no longer there."))
        if not all(self._stop(answer) for answer in live):
            raise KnownError(
                tr("An answer for {number} is being written by another window or command.").format(
                    number=known[0]
                ),
                tr("The ticket was not deleted."),
                tr("Wait for its end, or stop it there."),
            )
        with self._deps.store.write() as db:
            purge.delete_ticket(db, ticket)
        forget_memory(self._data_dir, ticket)
        purge.forget(self._deps.store)
        _logger.info("1 ticket deleted")
        number, created_at = known[0], to_text(known[1])
        return Removed(
            number,
            created_at,
            ChangeSet(frozenset({ticket}), True),
            tuple(place for place in self._copies() if holds(place.path, number, created_at)),
        )

    def scrub(self, removed: Removed, progress: Progress = lambda done, total: None) -> list[str]:
        """Take a deleted ticket out of the copies that hold it; return what could not be done, one sentence each."""
        work = partial(_delete_from_copy, removed.number, removed.created_at)
        return self._each(
            [place.path for place in removed.copies], lambda path: purge.scrub(path, work), progress
        )

    def delete_copies(
        self, paths: Sequence[Path], progress: Progress = lambda done, total: None
    ) -> list[str]:
        """Delete copies of the desk; return what could not be done, one sentence each."""
        return self._each(paths, delete_copy, progress)

    def _copies(self) -> tuple[Place, ...]:
        return copies(self._data_dir, backup_folder(self._deps.store))

    def _each(self, paths: Sequence[Path], work: Callable[[Path], None], progress: Progress) -> list[str]:
        problems = []
        for done, path in enumerate(paths):
            progress(done, len(paths))
            try:
                work(path)
            except KnownError as error:
                problems.append(str(error))
            except OSError as error:
                problems.append(
                    tr("{path} cannot be changed: {reason}.").format(path=path, reason=error.strerror)
                )
        progress(len(paths), len(paths))
        return problems


def holds(path: Path, number: str, created_at: str) -> bool:
    """Tell whether a copy of the desk holds a ticket; one that cannot be read may."""
    try:
        with purge.opened_copy(path, read_only=True) as db:
            return bool(purge.find(db, number, created_at))
    except Exception:  # noqa: BLE001 - damaged, encrypted or foreign: nobody can tell
        return True


def _delete_from_copy(number: str, created_at: str, db: Db) -> None:
    ticket = purge.find(db, number, created_at)
    if ticket:
        purge.delete_ticket(db, ticket)


_LIVE = "SELECT uid FROM suggestion WHERE ticket = ? AND state IN ('queued', 'streaming')"
