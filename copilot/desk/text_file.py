"""Reads a file that becomes evidence: a log in any of the usual encodings, or a picture by its first bytes."""

from dataclasses import dataclass
from pathlib import Path

from copilot.support.errors import KnownError
from copilot.support.i18n import tr

_IMAGES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
)
_BINARY = (
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"%PDF",
    b"SQLite format 3\x00",
    b"\x1f\x8b",
    b"MZ",
    b"\x7fELF",
    b"7z\xbc\xaf",
)
_LARGEST = 200_000_000  # bytes of a log that is looked at
_HEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text file; `text` is its end where it is longer than was wanted, `total` its length in characters."""

    name: str
    text: str
    total: int


@dataclass(frozen=True, slots=True)
class ImageFile:
    """A file that begins like a picture."""

    name: str
    media_type: str
    data: bytes


def read_any(path: Path, longest: int, largest_image: int) -> TextFile | ImageFile:
    """Read a text file or a picture.

    Args:
        path: The file.
        longest: Characters of text that are wanted at most; of a longer file the end is kept.
        largest_image: Bytes of a picture that are taken at most.

    Raises:
        KnownError: It is neither, too large, or cannot be read.
    """
    name = path.name
    not_text = KnownError(
        tr("{name} is neither text nor a picture.").format(name=name),
        tr("Nothing was added."),
        tr("Copy the text out of it and paste that."),
    )
    try:
        if path.exists() and not path.is_file():  # a folder; a pipe would never end
            raise not_text
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_HEAD)
            media_type = image_type(head)
            if media_type or _is_binary(head):
                if not media_type:
                    raise not_text
                if size > largest_image:
                    raise _too_large(name, largest_image)
                return ImageFile(name, media_type, head + file.read(largest_image))
            if size > _LARGEST:
                raise _too_large(name, _LARGEST)
            data = head + file.read(_LARGEST)
    except OSError as error:
        raise KnownError(
            tr("{name} cannot be read: {reason}.").format(
                name=name, reason=error.strerror or type(error).__name__
            ),
            tr("Nothing was added."),
        ) from error
    text = _decode(data)
    if "\x00" in text:
        raise not_text
    return TextFile(name, text[-longest:], len(text))


def image_type(head: bytes) -> str:
    """Return the media type of a picture by its first bytes; empty for anything else."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next(
        (kind for mark, kind in _IMAGES if head.startswith(mark) and (mark != b"BM" or b"\x00" in head)), ""
    )


def _is_binary(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False  # UTF-16 is full of zeros
    return head.startswith(_BINARY) or b"\x00" in head


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _too_large(name: str, limit: int) -> KnownError:
    return KnownError(
        tr("{name} is larger than {limit:.0f} MB.").format(name=name, limit=limit / 1_000_000),
        tr("Nothing was added."),
    )
