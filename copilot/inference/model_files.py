"""Large files on disk: copy, hash, lock, and the small record beside each model. All of it survives a kill."""

import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from copilot.support.errors import KnownError
from copilot.support.i18n import tr

Advance = Callable[[int], None]
Cancelled = Callable[[], bool]
_CHUNK = 1 << 20
# Room that stays free on the disk, and that fetchers use for what they unpack.
_RESERVE = 300_000_000


class CancelledError(KnownError):
    """The user stopped the work; nothing is wrong."""


@dataclass(frozen=True)
class Record:
    """What is known of a model file; trusted only while size and time of the file are the same.

    Attributes:
        bytes: Size of the file when it was hashed.
        mtime_ns: Its time of change, nanoseconds.
        sha256: Its hash.
        verified_at: When it was hashed, ISO 8601 in UTC.
        origin: Where it came from, for people.
    """

    bytes: int
    mtime_ns: int
    sha256: str
    verified_at: str
    origin: str = ""


def record_path(model: Path) -> Path:
    """Return the file of the record that belongs to `model`."""
    return model.with_name(model.name + ".json")


def record_of(model: Path, sha256: str, verified_at: str, origin: str) -> Record:
    """Return the record of a file that was just hashed."""
    stat = model.stat()
    return Record(stat.st_size, stat.st_mtime_ns, sha256, verified_at, origin)


def write_record(model: Path, record: Record) -> None:
    """Store `record` beside `model`."""
    write_atomic(record_path(model), msgspec.json.format(msgspec.json.encode(record)))


def read_record(model: Path) -> Record | None:
    """Return the record of `model`, or None if there is none, or the file has changed since."""
    try:
        record = msgspec.json.decode(record_path(model).read_bytes(), type=Record)
        stat = model.stat()
    except (OSError, msgspec.DecodeError):
        return None
    return record if (stat.st_size, stat.st_mtime_ns) == (record.bytes, record.mtime_ns) else None


def write_atomic(path: Path, data: bytes) -> None:
    """Write a small file so that a reader sees the old content or the new one, never a part."""
    new = path.with_name(path.name + ".new")
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def hash_file(path: Path, advance: Advance, cancelled: Cancelled) -> str:
    """Return the SHA-256 of `path`; `advance` is told the bytes read so far.

    Raises:
        CancelledError: `cancelled` became true.
    """
    digest = hashlib.sha256()
    buffer = memoryview(bytearray(_CHUNK))
    done = 0
    with path.open("rb", buffering=0) as file:
        while length := file.readinto(buffer):
            digest.update(buffer[:length])
            done += length
            advance(done)
            if cancelled():
                raise CancelledError(tr("The check of {file} was stopped.").format(file=path.name))
    return digest.hexdigest()


def copy_on(source: Path, part: Path, advance: Advance, cancelled: Cancelled) -> None:
    """Copy `source` to `part`, going on where an earlier copy stopped; returns early when cancelled."""
    with source.open("rb", buffering=0) as reader, part.open("ab") as writer:
        done = writer.tell()
        reader.seek(done)
        while not cancelled() and (chunk := reader.read(_CHUNK)):
            writer.write(chunk)
            done += len(chunk)
            advance(done)


def publish(part: Path, path: Path) -> None:
    """Give a complete file its final name; after a crash there is the whole file or none."""
    with (
        suppress(PermissionError),
        part.open("rb+") as file,
    ):  # a link to a read-only file is on the disk already
        os.fsync(file.fileno())
    part.replace(path)


def size_of(path: Path) -> int:
    """Return the size of `path`, 0 if there is none."""
    with suppress(OSError):
        return path.stat().st_size
    return 0


def size_text(size: int) -> str:
    """Return `size` bytes as people write it, in powers of ten."""
    if size >= 10**9:
        return tr("{n:.2f} GB").format(n=size / 10**9)
    return tr("{n:.0f} MB").format(n=size / 10**6) if size >= 10**6 else tr("{n:,} bytes").format(n=size)


def check_room(folder: Path, wanted: int) -> None:
    """See that `wanted` bytes fit on the disk of `folder`.

    Raises:
        KnownError: They do not; the sum is in the sentence.
    """
    free = shutil.disk_usage(folder).free
    if wanted + _RESERVE > free:
        raise KnownError(
            tr(
                "There is not enough room: {wanted} + {reserve} in reserve = {sum} needed, {free} free."
            ).format(
                wanted=size_text(wanted),
                reserve=size_text(_RESERVE),
                sum=size_text(wanted + _RESERVE),
                free=size_text(free),
            ),
            todo=tr("Free some room on the disk of {folder}.").format(folder=folder),
        )


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold `path` as a lock between processes; the system opens it when its holder dies.

    Raises:
        KnownError: Another process holds it.
    """
    with path.open("a+b") as file:
        try:
            _lock(file.fileno())
        except OSError as error:
            raise KnownError(
                tr("Another window or command is changing the models in {folder}.").format(
                    folder=path.parent
                ),
                todo=tr("Wait until it has finished, then try again."),
            ) from error
        try:
            yield
        finally:
            _unlock(file.fileno())


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

    def _unlock(descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
