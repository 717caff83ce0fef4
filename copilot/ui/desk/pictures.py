"""Decodes and encodes pictures within limits; runs off the GUI thread. Nothing is opened outside the program."""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from copilot.services.intake import MAX_IMAGE, StoredImage
from copilot.support.errors import KnownError
from copilot.support.i18n import tr

MAX_PIXELS = 50_000_000  # 200 MB decoded; a 5K screen has 15 million
_LARGEST_DECODED = 256  # MB
_FORMATS = {
    "image/png": b"png",
    "image/jpeg": b"jpg",
    "image/gif": b"gif",
    "image/bmp": b"bmp",
    "image/webp": b"webp",
}


def size_of(image: StoredImage) -> QSize:
    """Return the size of a picture after decoding it once.

    Raises:
        KnownError: It is damaged, of another format, or too large to be decoded.
    """
    found = decode(image).size()
    return found


def decode(image: StoredImage, within: QSize | None = None) -> QImage:
    """Return a picture, no larger than `within`.

    Raises:
        KnownError: It is damaged, of another format, or too large to be decoded.
    """
    QImageReader.setAllocationLimit(_LARGEST_DECODED)
    data = QByteArray(image.data)
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(_FORMATS.get(image.media_type, b"png")))
    reader.setAutoDetectImageFormat(False)  # the name of a file says nothing; its first bytes did
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and size.width() * size.height() > MAX_PIXELS:
        raise KnownError(
            tr("{name} is too large: {w} × {h} pixels.").format(
                name=image.name, w=size.width(), h=size.height()
            ),
            tr("Nothing was added."),
            tr("Crop it to what matters."),
        )
    if (
        within is not None
        and size.isValid()
        and (size.width() > within.width() or size.height() > within.height())
    ):
        reader.setScaledSize(size.scaled(within, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1)))
    found = reader.read()
    if found.isNull():
        raise KnownError(
            tr("{name} cannot be shown: it is damaged or of an unknown format.").format(name=image.name),
            tr("Nothing was added."),
        )
    return found


def encode(image: QImage, name: str) -> StoredImage:
    """Return a pasted picture as PNG.

    Raises:
        KnownError: It is too large.
    """
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if image.width() * image.height() > MAX_PIXELS or not image.save(buffer, "PNG"):  # type: ignore[call-overload]
        data.clear()
    if not 0 < data.size() <= MAX_IMAGE:
        raise KnownError(
            tr("The picture is too large: {w} × {h} pixels.").format(w=image.width(), h=image.height()),
            tr("Nothing was added."),
            tr("Crop it to what matters."),
        )
    return StoredImage(name, "image/png", bytes(data.data()))
