"""The model files on this machine: what is there, how one gets there, whether it is what its publisher made."""

import functools
import re
import shutil
import zlib
from collections.abc import Callable, Iterator, MutableSequence, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from glob import escape
from pathlib import Path

from copilot.inference import gguf
from copilot.inference import model_files as files
from copilot.inference.catalogue import Catalogue, ModelEntry, unknown_model
from copilot.inference.model_files import Advance, Cancelled, CancelledError, size_text
from copilot.inference.model_info import Fetcher, ModelInfo, ModelState, Phase, Progress, Report
from copilot.support import clock as times
from copilot.support.errors import KnownError
from copilot.support.i18n import tr

__all__ = ["CancelledError", "Fetcher", "ModelInfo", "ModelLibrary", "ModelState", "Progress"]


@dataclass(frozen=True)
class _Source:
    name: str
    phase: Phase
    part: Path
    total: int
    fill: Callable[[Path, Advance, Cancelled], None]


def _quiet(_: Progress) -> None: ...


def _never() -> bool:
    return False


class ModelLibrary:
    """The models in one folder.

    Calls block, some for minutes: use a worker thread. A second process that changes the same folder is turned away.
    """

    def __init__(
        self,
        folder: Path,
        catalogue: Catalogue,
        fetchers: Sequence[Fetcher] = (),
        clock: times.Clock | None = None,
    ) -> None:
        self.folder = folder
        self.catalogue = catalogue
        self._fetchers = tuple(fetchers)
        self._clock = clock or times.SystemClock()

    @property
    def default_id(self) -> str:
        """Id of the model for who has not chosen."""
        return self.catalogue.default

    def list(self) -> list[ModelInfo]:
        """Return the catalogue's models in its order, then the imported ones by name; nothing is hashed."""
        return [
            self.info(model_id) for model_id in (*(e.id for e in self.catalogue.models), *self._imported())
        ]

    def info(self, model_id: str) -> ModelInfo:
        """Return what is known of one model; nothing is hashed.

        Raises:
            KnownError: It is neither in the catalogue nor imported.
        """
        if self.catalogue.find(model_id) is None and model_id not in self._imported():
            raise unknown_model(model_id, (*(e.id for e in self.catalogue.models), *self._imported()))
        return self._info(model_id, files.read_record(self._path(model_id)))

    def path_of(self, model_id: str, progress: Report = _quiet, cancelled: Cancelled = _never) -> Path:
        """Return the file to load; one that was not checked yet, or has changed, is hashed first.

        Raises:
            KnownError: It is missing, incomplete or damaged.
        """
        info = self.info(model_id)
        if info.state is ModelState.UNVERIFIED and not info.sha256:
            info = self.verify(model_id, progress, cancelled)
        name = info.entry.name if info.entry else info.id
        if info.state in (ModelState.MISSING, ModelState.PARTIAL):
            raise KnownError(
                tr("The model {name} is not installed.").format(name=name),
                todo=tr(
                    "Install it under Settings › Models, or run: technician-copilot models install {id}"
                ).format(id=model_id),
            )
        if info.state is ModelState.DAMAGED:
            raise KnownError(
                tr("The file of the model {name} is damaged: it is not what its publisher made.").format(
                    name=name
                ),
                todo=tr("Install it again: technician-copilot models install {id}").format(id=model_id),
            )
        return info.path

    def resolve(self, id_or_path: str) -> Path:
        """Return the file to load for an id, or for the path of a GGUF file outside the library.

        Raises:
            KnownError: There is no such model, or the file is not one.
        """
        path = Path(id_or_path)
        if id_or_path.lower().endswith(".gguf") and path.is_file():
            gguf.inspect(path)
            return path
        return self.path_of(id_or_path)

    def verify(self, model_id: str, progress: Report = _quiet, cancelled: Cancelled = _never) -> ModelInfo:
        """Hash the whole file and remember the result until the file changes.

        Raises:
            KnownError: There is no such file.
            CancelledError: It was stopped.
        """
        info = self.info(model_id)
        if not info.path.is_file():
            raise KnownError(tr("There is no file of the model {id} to check.").format(id=model_id))
        known = files.read_record(info.path)
        origin = known.origin if known else ""
        sha256 = self._hash(info.path, progress, cancelled)
        try:
            record = self._record(info.path, sha256, origin)
        except OSError:  # a folder that only an administrator may write to: it is hashed again next time
            record = files.record_of(info.path, sha256, times.to_text(self._clock.now()), origin)
        return self._info(model_id, record)

    def install(
        self,
        model_id: str,
        *,
        source: Path | None = None,
        progress: Report = _quiet,
        cancelled: Cancelled = _never,
    ) -> Path:
        """Bring a model of the catalogue here, going on where an earlier attempt stopped.

        Tried in order: `source` (the file, or a folder or stick that holds it), packages, the publisher's site.

        Raises:
            KnownError: No source could give it; each is named with its reason.
            CancelledError: It was stopped; what came so far is kept.
        """
        entry = self.catalogue.get(model_id)
        path = self._path(model_id)
        with self._changing():
            if path.is_file() and self._is_good(entry, progress, cancelled):
                return path
            failures: MutableSequence[str] = []
            for place in self._sources(entry, source, failures):
                try:
                    self._fill(entry, place, progress, cancelled)
                except CancelledError:
                    raise
                except KnownError as error:
                    failures.append(tr("Tried {place}: {problem}").format(place=place.name, problem=error))
                except OSError as error:
                    problem = f"{error.strerror or error}."
                    failures.append(tr("Tried {place}: {problem}").format(place=place.name, problem=problem))
                else:
                    return path
        raise KnownError(
            tr("The model {name} could not be installed. {reasons}").format(
                name=entry.name, reasons=" ".join(failures)
            ),
            todo=tr("You can fetch {file} from {page} with a browser and import it.").format(
                file=entry.file, page=entry.page
            ),
        )

    def import_file(self, path: Path, progress: Report = _quiet, cancelled: Cancelled = _never) -> ModelInfo:
        """Take a GGUF file into the library, as a link where the disk allows it, as a copy otherwise.

        A file of the catalogue is recognised by its hash; any other stays `unverified`. The same file a second time
        changes nothing.

        Raises:
            KnownError: It is no model, it is cut off, or there is no room for it.
            CancelledError: It was stopped.
        """
        gguf.inspect(path)
        with self._changing():
            sha256 = self._hash(path, progress, cancelled)
            entry = self.catalogue.by_hash(sha256)
            same = next((info for info in self.list() if info.sha256 == sha256 and info.path.is_file()), None)
            if same:
                return same
            if path.resolve().parent == self.folder.resolve():
                model_id = entry.id if entry else path.stem
                self._place(path, model_id, sha256, str(path))
            else:
                model_id = entry.id if entry else self._free_name(path.stem)
                self._take(path, model_id, sha256, progress, cancelled)
        return self.info(model_id)

    def remove(self, model_id: str) -> None:
        """Delete a model's file and what an installation left; one that is not there is no error.

        Raises:
            KnownError: It is unknown, or another program holds the file open.
        """
        info = self.info(model_id)
        with self._changing():
            try:
                info.path.unlink(missing_ok=True)
                files.record_path(info.path).unlink(missing_ok=True)
                self._forget(model_id)
            except OSError as error:
                raise KnownError(
                    tr("{file} cannot be deleted: {problem}.").format(
                        file=info.path.name, problem=error.strerror or error
                    ),
                    todo=tr("Stop the model, then try again."),
                ) from error

    @property
    def _partial(self) -> Path:
        return self.folder / "partial"

    def _path(self, model_id: str) -> Path:
        return self.folder / f"{model_id}.gguf"

    def _imported(self) -> tuple[str, ...]:
        known = {f"{entry.id}.gguf" for entry in self.catalogue.models}
        return tuple(sorted(file.stem for file in self.folder.glob("*.gguf") if file.name not in known))

    def _info(self, model_id: str, record: files.Record | None) -> ModelInfo:
        entry, path = self.catalogue.find(model_id), self._path(model_id)
        size = files.size_of(path)
        if not path.is_file():
            size = max((files.size_of(part) for part in self._parts(model_id)), default=0)
            state = ModelState.PARTIAL if size else ModelState.MISSING
        elif entry is None or not entry.hash_known:
            state = ModelState.UNVERIFIED
        elif size != entry.bytes or (record and record.sha256 != entry.sha256):
            state = ModelState.DAMAGED
        else:
            state = ModelState.INSTALLED if record else ModelState.UNVERIFIED
        sha256 = record.sha256 if record else ""
        verified_at = times.from_text(record.verified_at) if record else None
        return ModelInfo(model_id, entry, path, state, size, sha256, verified_at)

    def _parts(self, model_id: str) -> tuple[Path, ...]:
        return tuple(self._partial.glob(f"{escape(model_id)}@*.part"))

    def _part(self, model_id: str, bytes_key: str) -> Path:
        # Bytes of the same key continue one another; no id contains the separator.
        return self._partial / f"{model_id}@{bytes_key}.part"

    @contextmanager
    def _changing(self) -> Iterator[None]:
        try:
            self._partial.mkdir(parents=True, exist_ok=True)
            with files.exclusive(self._partial / "lock"):
                yield
        except OSError as error:
            raise KnownError(
                tr("The folder {folder} cannot be used: {problem}.").format(
                    folder=self.folder, problem=error.strerror or error
                ),
                kept=tr("What came so far is kept."),
            ) from error

    def _is_good(self, entry: ModelEntry, progress: Report, cancelled: Cancelled) -> bool:
        info = self.info(entry.id)
        if info.state is ModelState.UNVERIFIED and not info.sha256:
            info = self.verify(entry.id, progress, cancelled)
        return info.state in (ModelState.INSTALLED, ModelState.UNVERIFIED)

    def _sources(
        self, entry: ModelEntry, source: Path | None, failures: MutableSequence[str]
    ) -> Iterator[_Source]:
        if source is not None:
            file = _file_in(source, entry)
            if file is None:
                failures.append(
                    tr("Tried {place}: there is no {file}.").format(place=source, file=entry.file)
                )
            elif entry.hash_known and files.size_of(file) != entry.bytes:
                failures.append(
                    tr("Tried {place}: the file has {size:,} bytes and should have {expected:,}.").format(
                        place=file, size=files.size_of(file), expected=entry.bytes
                    )
                )
            else:
                yield self._copy_of(file, entry.id)
        if not entry.hash_known:
            failures.append(tr("Its publisher's hash is not known, so a download could not be verified."))
            return
        part = self._part(entry.id, entry.sha256[:16])
        for fetcher in self._fetchers:
            if fetcher.available(entry):
                fill = functools.partial(fetcher.fetch, entry)
                yield _Source(fetcher.name, "downloading", part, entry.bytes, fill)

    def _copy_of(self, file: Path, model_id: str) -> _Source:
        stat = file.stat()
        key = zlib.crc32(f"{file.resolve()} {stat.st_size} {stat.st_mtime_ns}".encode())
        part = self._part(model_id, f"copy-{key:08x}")
        return _Source(str(file), "copying", part, stat.st_size, functools.partial(files.copy_on, file))

    def _fill(self, entry: ModelEntry, place: _Source, progress: Report, cancelled: Cancelled) -> None:
        """Fill the part, check it, and give it its name."""
        sha256 = self._complete(place, progress, cancelled)
        if entry.hash_known and sha256 != entry.sha256:
            self._discard(place.part)
            raise KnownError(
                tr(
                    "The file is not the one its publisher made: its SHA-256 is {found}… instead of {wanted}…."
                ).format(found=sha256[:12], wanted=entry.sha256[:12]),
                kept=tr("It was deleted."),
            )
        gguf.inspect(place.part)
        self._place(place.part, entry.id, sha256, place.name)

    def _complete(self, place: _Source, progress: Report, cancelled: Cancelled) -> str:
        """Fill the part and return its hash."""
        part, total = place.part, place.total
        done = files.size_of(part)
        files.check_room(self.folder, total - done)
        progress(Progress(done, total, place.name, place.phase))
        if done < total:
            place.fill(part, lambda size: progress(Progress(size, total, place.name, place.phase)), cancelled)
        done = files.size_of(part)
        if cancelled():
            raise CancelledError(
                tr("The installation was stopped."),
                kept=tr("{done} of {total} are kept.").format(done=size_text(done), total=size_text(total)),
                todo=tr("Start it again to go on from there."),
            )
        if done < total:
            raise KnownError(
                tr("It ended after {done} of {total}.").format(done=size_text(done), total=size_text(total)),
                kept=tr("What came so far is kept."),
            )
        return self._hash(part, progress, cancelled, place.name)

    def _take(self, path: Path, model_id: str, sha256: str, progress: Report, cancelled: Cancelled) -> None:
        """Bring a file of the user's here; the file itself stays where it is."""
        place = self._copy_of(path, model_id)
        try:
            place.part.hardlink_to(path)
        except OSError:  # another volume, a file system without links, or a copy that was begun
            if self._complete(place, progress, cancelled) != sha256:
                self._discard(place.part)
                raise KnownError(
                    tr("{file} reads differently each time: the disk or stick may be failing.").format(
                        file=path.name
                    )
                ) from None
        self._place(place.part, model_id, sha256, str(path))

    def _place(self, part: Path, model_id: str, sha256: str, origin: str) -> None:
        path = self._path(model_id)
        files.record_path(path).unlink(missing_ok=True)
        files.publish(part, path)
        self._record(path, sha256, origin)
        self._forget(model_id)

    def _record(self, path: Path, sha256: str, origin: str) -> files.Record:
        record = files.record_of(path, sha256, times.to_text(self._clock.now()), origin)
        files.write_record(path, record)
        return record

    def _hash(self, path: Path, progress: Report, cancelled: Cancelled, name: str = "") -> str:
        total = files.size_of(path)
        return files.hash_file(
            path, lambda done: progress(Progress(done, total, name or path.name, "checking")), cancelled
        )

    def _forget(self, model_id: str) -> None:
        for left in self._partial.glob(f"{escape(model_id)}@*"):
            self._discard(left)

    def _discard(self, part: Path) -> None:
        """Delete a part and what a fetcher keeps beside it."""
        for path in self._partial.glob(f"{escape(part.name)}*"):
            with suppress(OSError):
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def _free_name(self, stem: str) -> str:
        """Return a name that no model has, safe on every file system."""
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip(".-") or "model"
        taken = {info.id.lower() for info in self.list()}
        return next(
            choice
            for choice in (name, *(f"{name}-{n}" for n in range(2, len(taken) + 3)))
            if choice.lower() not in taken
        )


def _file_in(source: Path, entry: ModelEntry) -> Path | None:
    if source.is_dir():
        return next(
            (source / name for name in (entry.file, f"{entry.id}.gguf") if (source / name).is_file()), None
        )
    return source if source.is_file() else None
