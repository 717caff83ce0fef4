"""A window that stays above the others."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from copilot.support.i18n import tr
from copilot.ui.widgets.icon_button import IconButton

_FLAG = Qt.WindowType.WindowStaysOnTopHint


def can_stay_on_top() -> bool:
    """Tell whether a program can ask for it: under Wayland only the person can."""
    return not QGuiApplication.platformName().startswith("wayland")


def set_on_top(window: QWidget, on: bool) -> None:
    """Keep a window above the others, or no longer; it is neither hidden nor made anew for it."""
    flags = window.windowFlags()
    wanted = flags | _FLAG if on else flags & ~_FLAG
    if wanted == flags:
        return
    handle = window.windowHandle()
    window.overrideWindowFlags(wanted)
    if handle is not None:
        handle.setFlags(wanted)


class OnTopButton(IconButton):
    """Turns it on and off for a window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("on-top", tr("Keep on top of other windows"), parent=parent)
        self.setCheckable(True)
        if not can_stay_on_top():
            self.setEnabled(False)
            self.setToolTip(
                tr("This desktop lets no program do it; the menu of the title bar may offer “Always on top”.")
            )
