"""Pictures of screens, and whether two of them show the same.

Both are made smaller to one pixel for each block of 8 × 8, which is the block's mean. A block differs where a channel of
its mean is off by more than `TOLERANCE`; two pictures differ where more than `MOST` blocks do. Another way to smooth
the edges of letters moves a mean by less; a button moved by four pixels or a chip in another colour by far more.
"""

from collections import Counter
from pathlib import Path

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter

BLOCK = 8  # pixels
TOLERANCE = 10  # of 255
MOST = 4  # blocks; a text cursor has two
NEAR = 8  # of 255
MOST_COLOURS = 256


def differing(one: QImage, other: QImage) -> list[tuple[int, int]]:
    """Return the blocks that differ; of pictures of two sizes, every block of the larger one."""
    wide, high = (
        (max(a, b) + BLOCK - 1) // BLOCK
        for a, b in ((one.width(), other.width()), (one.height(), other.height()))
    )
    if one.size() != other.size():
        return [(x, y) for y in range(high) for x in range(wide)]
    first, second = _means(one, wide, high), _means(other, wide, high)
    return [
        (at // 4 % wide, at // 4 // wide)
        for at in range(0, len(first), 4)
        if any(abs(first[at + n] - second[at + n]) > TOLERANCE for n in range(3))
    ]


def is_same(one: QImage, other: QImage) -> bool:
    """Whether two pictures show the same."""
    return len(differing(one, other)) <= MOST


def difference(one: QImage, other: QImage) -> QImage:
    """Return `one`, pale, with a frame around every block that differs."""
    image = one.convertToFormat(QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.fillRect(image.rect(), QColor(255, 255, 255, 140))
    painter.setPen(QColor("#d1007a"))
    for x, y in differing(one, other):
        painter.drawRect(QRect(x * BLOCK, y * BLOCK, BLOCK, BLOCK).adjusted(-1, -1, 0, 0))
    painter.end()
    return image


def save_small(image: QImage, path: Path) -> None:
    """Write a PNG of few colours: the commonest ones exactly, others as one of these that is near."""
    whole = image.convertToFormat(QImage.Format.Format_RGB32)
    pixels = memoryview(whole.constBits()).cast("I")
    table: list[int] = []
    place: dict[int, int] = {}
    for colour, _ in Counter(pixels).most_common():
        nearest = min(range(len(table)), key=lambda at: _apart(colour, table[at]), default=-1)
        if len(table) < MOST_COLOURS and (nearest < 0 or _apart(colour, table[nearest]) > NEAR):
            nearest = len(table)
            table.append(colour)
        place[colour] = nearest
    indexes = bytes(map(place.__getitem__, pixels))
    small = QImage(indexes, image.width(), image.height(), image.width(), QImage.Format.Format_Indexed8)
    small.setColorTable(table)
    path.parent.mkdir(parents=True, exist_ok=True)
    smallest = 0  # of quality, which for a PNG is how little it is packed
    assert small.save(str(path), "PNG", smallest), path  # type: ignore[call-overload]


def _apart(one: int, other: int) -> int:
    return max(abs((one >> shift & 255) - (other >> shift & 255)) for shift in (0, 8, 16))


def _means(image: QImage, wide: int, high: int) -> bytes:
    whole = image.convertToFormat(QImage.Format.Format_RGB32).copy(0, 0, wide * BLOCK, high * BLOCK)
    small = whole.scaled(
        QSize(wide, high), Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    return bytes(small.convertToFormat(QImage.Format.Format_RGB32).constBits())
