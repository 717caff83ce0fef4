"""Line icons, recoloured by token. Qt's own pixmap cache holds them per name, colour, size and pixel ratio."""

import math
import re

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from copilot.support import paths

_NAME = r"[a-z][a-z-]*"


def pixmap(name: str, colour: str, size: int = 16, ratio: float = 1.0) -> QPixmap:
    """Return icon `name` in `colour` (`#rrggbb`).

    Args:
        name: File name in `resources/icons`, without the ending.
        colour: What `currentColor` becomes.
        size: Edge in device-independent pixels.
        ratio: Device pixels for each of them.

    Raises:
        KeyError: There is no such icon.
    """
    key = f"copilot:{name}:{colour}:{size}:{ratio}"
    made = QPixmap()
    if QPixmapCache.find(key, made):
        return made
    file = paths.resources() / "icons" / f"{name}.svg"
    if not re.fullmatch(_NAME, name) or not file.is_file():
        raise KeyError(name)
    svg = file.read_text(encoding="utf-8").replace("currentColor", colour)
    edge = max(1, round(size * ratio))
    made = QPixmap(edge, edge)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, edge, edge))
    painter.end()
    made.setDevicePixelRatio(ratio)
    QPixmapCache.insert(key, made)
    return made


def icon(name: str, colour: str, disabled: str = "", size: int = 16) -> QIcon:
    """Return icon `name` for buttons and menus, sharp on every screen that is connected now.

    Args:
        name: See `pixmap`.
        colour: Normal colour.
        disabled: Colour while disabled; the same where empty.
        size: Edge in device-independent pixels.
    """
    made = QIcon()
    for ratio in sorted({math.ceil(screen.devicePixelRatio()) for screen in QGuiApplication.screens()}):
        made.addPixmap(pixmap(name, colour, size, ratio))
        if disabled:
            made.addPixmap(pixmap(name, disabled, size, ratio), QIcon.Mode.Disabled)
    return made


def square(size: int) -> QSize:
    """Return `size` by `size`, for `setIconSize`."""
    return QSize(size, size)
