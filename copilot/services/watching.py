"""A folder whose ticket files are imported by themselves, once they are completely written."""

import hashlib
import threading
from dataclasses import dataclass
from pathlib import Path

from copilot.domain.ticket import ChangeSet
from copilot.services.deps import Deps
from copilot.services.exchange import ExchangeService, StoppedError
from copilot.storage import import_memory
from copilot.support.errors import KnownError
from copilot.support.i18n import tr, tr_n
from copilot.support.text import one_line

_ENDINGS = {".csv", ".json", ".jsonl"}
_BLOCK = 1 << 20  # bytes
_Signature = tuple[int, int]  # size, time of the last change


@dataclass(frozen=True, slots=True)
class Arrival:
    """What became of one file.

    Attributes:
        name: Its name.
        text: One sentence for people.
        tickets: How many tickets came of it.
        known: How many were left out, because the desk has them.
        changes: What was stored, to tell the rest of the window and to undo.
        failed: Whether it could not be imported; the file stays, and is tried again when it changes.
    """

    name: str
    text: str
    tickets: int = 0
    known: int = 0
    changes: ChangeSet = ChangeSet()  # noqa: RUF009 - frozen
    failed: bool = False


class FolderWatch:
    """Looks at a folder when it is told to. Not for two threads at once, but for `stop`."""

    def __init__(self, deps: Deps, exchange: ExchangeService, folder: Path) -> None:
        self._deps = deps
        self._exchange = exchange
        self.folder = folder
        self._seen: dict[Path, _Signature] = {}
        self._settled: dict[Path, _Signature] = {}  # what is not looked at again until it changes
        self._is_missing = False
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End what is under way; what the file at hand has stored is taken out again."""
        self._stopped.set()

    def look(self) -> list[Arrival]:
        """Import the files that are as they were at the last look; return what became of them."""
        try:
            found = {
                path: _signature(path) for path in sorted(self.folder.iterdir()) if _is_ticket_file(path)
            }
        except OSError as error:
            return self._missing(error)
        self._is_missing = False
        whole = [
            path for path, now in found.items() if self._seen.get(path) == now != self._settled.get(path)
        ]
        self._seen = found
        arrivals = []
        for path in whole:
            if self._stopped.is_set():
                break
            arrival = self._take(path, found[path])
            if arrival is not None:
                arrivals.append(arrival)
        return arrivals

    def _missing(self, error: OSError) -> list[Arrival]:
        if self._is_missing:
            return []
        self._is_missing = True
        text = tr(
            "The watched folder {folder} cannot be read: {why}. It is looked at again until it is there."
        )
        why = error.strerror or type(error).__name__
        return [Arrival(self.folder.name, text.format(folder=self.folder, why=why), failed=True)]

    def _take(self, path: Path, signature: _Signature) -> Arrival | None:
        name = one_line(path.name, 80)
        try:
            sha256 = self._hash(path)
            with self._deps.store.read() as db:
                is_known = import_memory.is_imported(db, sha256)
            arrival = None if is_known else self._import(path, name, sha256, signature)
        except StoppedError:
            return None
        except KnownError as error:
            arrival = Arrival(
                name, tr("{name} was not imported. {error}").format(name=name, error=error), failed=True
            )
        except OSError as error:
            text = tr("{name} was not imported: it cannot be read ({why}).")
            why = error.strerror or type(error).__name__
            arrival = Arrival(name, text.format(name=name, why=why), failed=True)
        self._settled[path] = signature
        return arrival

    def _import(self, path: Path, name: str, sha256: str, signature: _Signature) -> Arrival | None:
        result = self._exchange.read(path, progress=self._go_on)
        if _signature(path) != signature:
            raise StoppedError(tr("The file is still being written."))
        if result.errors:
            count = tr_n("{n} row cannot be read", "{n} rows cannot be read", len(result.errors))
            text = tr(
                "{name} was not imported: {count}. {first} To leave such rows out, import the file by hand."
            )
            return Arrival(name, text.format(name=name, count=count, first=result.errors[0]), failed=True)
        imported = self._exchange.store(
            result, skip_known=True, progress=self._go_on, cancelled=self._stopped.is_set
        )
        with self._deps.store.write() as db:
            import_memory.remember_file(db, sha256, name, len(imported.ids), self._deps.clock.now())
        return Arrival(name, imported.summary, len(imported.ids), imported.known, imported.changes)

    def _hash(self, path: Path) -> str:
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                self._go_on(0, 0)
                digest.update(block)
        return digest.hexdigest()

    def _go_on(self, _done: int, _total: int) -> None:
        if self._stopped.is_set():
            raise StoppedError(tr("The import was stopped."), tr("Nothing was imported."))


def _is_ticket_file(path: Path) -> bool:
    is_hidden = path.name.startswith((".", "~$"))  # what programs put there while they write
    return path.suffix.casefold() in _ENDINGS and not is_hidden and path.is_file()


def _signature(path: Path) -> _Signature:
    facts = path.stat()
    return facts.st_size, facts.st_mtime_ns
