"""Where a window comes back: where it was, as far as that is still on a screen. In device-independent pixels."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

TITLE = 32  # about the height of a title bar, by which a window is moved
GRIP = 120  # so much of its width must be on a screen
_FARTHEST = 1_000_000  # pixels
_MOST = 8  # screen configurations that are remembered for a window


class Screen(NamedTuple):
    """A screen: its name, what windows may use of it, and its scale."""

    name: str
    area: QRect
    scale: float = 1.0


class Place(NamedTuple):
    """Where a window was: the corner of its frame, the size inside, and the screen that held its title bar."""

    rect: QRect
    maximized: bool = False
    screen: Screen | None = None


def place_window(saved: Place, screens: Sequence[Screen]) -> QRect:
    """Return where a window goes: its old place, moved and shrunk only as far as the screens ask for.

    Args:
        saved: Where it was.
        screens: The screens of now, the primary one first.
    """
    rect, was = saved.rect, saved.screen
    holder = _holder(rect, screens)
    if holder is not None and holder == was:
        return rect
    if holder is None:  # its screen has gone, has moved among the others, or has become smaller
        same = next((screen for screen in screens if was and screen.name == was.name), None)
        holder = same or screens[0]
        if same and was:
            rect = rect.translated(same.area.topLeft() - was.area.topLeft())
    return _clamped(rect, holder.area)


def _holder(rect: QRect, screens: Sequence[Screen]) -> Screen | None:
    """Return the screen with the most of the title bar, if a hand finds enough of it there."""
    strip = QRect(rect.topLeft(), QSize(rect.width(), TITLE))

    def seen(screen: Screen) -> QRect:
        return screen.area.intersected(strip)

    best = max(screens, key=lambda screen: seen(screen).width() * seen(screen).height())
    enough = seen(best).width() >= min(GRIP, rect.width()) and seen(best).height() >= TITLE // 2
    return best if enough else None


def _clamped(rect: QRect, area: QRect) -> QRect:
    width = min(rect.width(), area.width())
    height = rect.height() if rect.height() <= area.height() - TITLE else area.height() - TITLE
    x = min(max(rect.x(), area.x()), area.x() + area.width() - width)
    y = min(max(rect.y(), area.y()), area.y() + area.height() - height - TITLE)
    return QRect(x, max(y, area.y()), width, height)


class Places:
    """The places of one window, one for each configuration of screens; to and from JSON."""

    def __init__(self, stored: object = None) -> None:
        self._known: dict[str, Place] = {}
        for name, value in stored.items() if isinstance(stored, dict) else ():
            place = _from_json(value)
            if place is not None:
                self._known[str(name)] = place

    def find(self, screens: Sequence[Screen]) -> Place | None:
        """Return the place under these screens; where they are new, the one that was kept last."""
        same = self._known.get(_signature(screens))
        return same or next(reversed(self._known.values()), None)

    def keep(self, place: Place, screens: Sequence[Screen]) -> None:
        """Remember a place under these screens."""
        name = _signature(screens)
        self._known.pop(name, None)
        self._known[name] = place
        while len(self._known) > _MOST:
            del self._known[next(iter(self._known))]

    def stored(self) -> dict[str, Any]:
        """Return them as JSON values."""
        return {name: _to_json(place) for name, place in self._known.items()}


def current_screens() -> list[Screen]:
    """Return the screens of now, the primary one first."""
    primary = QGuiApplication.primaryScreen()
    screens = sorted(QGuiApplication.screens(), key=lambda screen: screen is not primary)
    return [
        Screen(screen.name(), screen.availableGeometry(), screen.devicePixelRatio()) for screen in screens
    ]


def place_of(window: QWidget, before: Place | None) -> Place:
    """Return where a window is; of one that is maximized, where it would be otherwise (`before`)."""
    screens = current_screens()
    if window.isMaximized() or window.isFullScreen():
        rect = before.rect if before else window.normalGeometry()
        return Place(rect, maximized=True, screen=_holder(window.frameGeometry(), screens) or screens[0])
    rect = QRect(window.pos(), window.size())
    return Place(rect, screen=_holder(rect, screens))


def put(window: QWidget, place: Place) -> None:
    """Put a window where it was, as far as the screens allow."""
    rect = place_window(place, current_screens())
    window.resize(rect.size())
    window.move(rect.topLeft())
    if place.maximized:
        window.setWindowState(window.windowState() | Qt.WindowState.WindowMaximized)


def beside(width: int, area: QRect) -> QRect:
    """Return a narrow place at the right edge of a screen, as high as it is."""
    height = area.height() - TITLE
    return QRect(QPoint(area.right() + 1 - width, area.y()), QSize(width, height))


def _signature(screens: Sequence[Screen]) -> str:
    parts = (
        f"{s.name} {s.area.width()}x{s.area.height()}{s.area.x():+}{s.area.y():+} @{s.scale:g}"
        for s in screens
    )
    return " | ".join(sorted(parts))


def _to_json(place: Place) -> dict[str, Any]:
    screen = place.screen
    return {
        "rect": _numbers(place.rect),
        "maximized": place.maximized,
        "screen": [screen.name, _numbers(screen.area), screen.scale] if screen else None,
    }


def _numbers(rect: QRect) -> list[int]:
    return [rect.x(), rect.y(), rect.width(), rect.height()]


def _rect(numbers: Any) -> QRect:
    x, y, width, height = (int(number) for number in numbers)
    if max(abs(number) for number in (x, y, width, height)) > _FARTHEST:
        raise ValueError("no place on a screen")
    return QRect(x, y, width, height)


def _from_json(value: Any) -> Place | None:
    """Return a place; None where it is none, so that no setting can hide a window."""
    try:
        rect = _rect(value["rect"])
        screen = value.get("screen")
        seen = Screen(str(screen[0]), _rect(screen[1]), float(screen[2])) if screen else None
    except (TypeError, KeyError, ValueError, IndexError, AttributeError):
        return None
    if rect.width() < 100 or rect.height() < 100:
        return None
    return Place(rect, bool(value.get("maximized")), seen)
