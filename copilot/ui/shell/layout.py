"""How the main window stands: its place on the screens, its panes, and whether it is narrow."""

import base64
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QObject, QRect, QSize, QTimer, Signal
from PySide6.QtWidgets import QScrollArea, QWidget

from copilot.ui.shell.placing import TITLE, Place, Places, beside, current_screens, place_of, put
from copilot.ui.shell.room import Room
from copilot.ui.theme.manager import follow
from copilot.ui.theme.tokens import Tokens
from copilot.ui.widgets.splitter import Splitter

if TYPE_CHECKING:
    from copilot.ui.main_window import MainWindow
    from copilot.ui.shell.compact import CompactBar

FULL_SIZE = (880, 560)  # the least
COMPACT_SIZE = (360, 480)
COMPACT_WIDTH = 420
COMPACT_MOST = 640  # for text of twice the size
_SCROLL_BAR = 16
_TICKET, _INSPECTOR = 1, 2  # places of the panes


class WindowLayout(QObject):
    """Restores both forms of the window, the full one and the narrow one, and goes from one to the other.

    Signals:
        changed(): Something is to be stored.
    """

    changed = Signal()

    def __init__(self, window: "MainWindow", panes: Splitter, stored: dict[str, Any]) -> None:
        super().__init__(window)
        self._window = window
        self._panes = panes
        self._bar: CompactBar | None = None
        self.is_compact = bool(stored.get("compact"))
        self.on_top = bool(stored.get("on_top", True))
        self._shows_inspector = bool(stored.get("inspector", True))
        self._panes_state = str(stored.get("panes", ""))
        self._places = {False: Places(stored.get("places")), True: Places(stored.get("compact_places"))}
        self._room: Room | None = None
        self._now: Place | None = None
        self._before_page: Place | None = None  # where the narrow window was before a page was opened in it
        self._fitting = QTimer(self, singleShot=True, interval=0)
        self._fitting.timeout.connect(self._fit)

    # -- a start

    def begin(self) -> None:
        """Put the window where it was, before it is shown."""
        if self.is_compact:
            self._narrow()
            if self.on_top:
                self._set_on_top(True)
        else:
            self._panes.restoreState(from_text(self._panes_state))
        self._go_to_place()

    def complete(self) -> None:
        """The ticket's parts are in place."""
        if self.is_compact:
            self._narrow()
            self._show_bar()
            self._show_first()
            self._fitting.start()
        self._room = Room(self._panes, self._pane(0))
        if not self.is_compact:
            self._widen()
        self._room.changed.connect(self._on_room)
        follow(self._on_look)

    # -- what can be done

    def set_compact(self, compact: bool) -> None:
        """Take the other form; each form comes back where it was."""
        if compact == self.is_compact:
            return
        self._remember()
        if compact:
            self._panes_state = to_text(self._panes.saveState())
        self.is_compact = compact
        self._before_page = None
        self._now = None
        self._window.showNormal() if self._window.isVisible() else None
        if compact:
            self._narrow()
            self._show_bar()
            self._show_first()
        else:
            if self._bar is not None:
                self._bar.hide()
            self._widen()
        self._set_on_top(compact and self.on_top)
        self._fit()
        self._go_to_place()
        self.changed.emit()

    def show_list(self) -> None:
        """Show the tickets where there is room for one pane only."""
        self._choose(0)

    def show_ticket(self) -> None:
        """Show the ticket where there is room for one pane only."""
        self._choose(_TICKET)

    def set_inspector_visible(self, visible: bool) -> None:
        """Show or hide the right pane; in the narrow form there is no room for it.

        Where the window is too small for it, it is shown until its size changes.
        """
        self._shows_inspector = visible
        if visible:
            self.set_compact(False)
        self._pane(_INSPECTOR).setVisible(visible)
        self.changed.emit()

    def make_room(self, page: QWidget | None) -> None:
        """Be wide enough for a page beside the desk while it is open (None for the desk), if narrow."""
        if not self.is_compact:
            return
        before = self._before_page or place_of(self._window, None)
        self._before_page = before if page is not None else None
        self._fit(page)
        rect = QRect(before.rect)
        rect.setWidth(max(rect.width(), self._window.minimumWidth()))
        # Without a screen it is put wholly on one: what grows at the right edge moves to the left.
        put(self._window, Place(rect) if page is not None else before)

    def set_on_top(self, on: bool) -> None:
        """Keep the narrow window above the others, or not."""
        self.on_top = on
        self._set_on_top(on)
        self.changed.emit()

    def stored(self) -> dict[str, Any]:
        """Return what `__init__` takes."""
        self._remember()
        if not self.is_compact:
            self._panes_state = to_text(self._panes.saveState())
        return {
            "compact": self.is_compact,
            "on_top": self.on_top,
            "inspector": self._shows_inspector,
            "panes": self._panes_state,
            "places": self._places[False].stored(),
            "compact_places": self._places[True].stored(),
        }

    # -- inner parts

    def _pane(self, index: int) -> QWidget:
        pane = self._panes.widget(index)
        assert pane is not None
        return pane

    def _on_look(self, _tokens: Tokens) -> None:
        self._fitting.start()  # when the parts have taken their new sizes

    def _on_room(self) -> None:
        if not self.is_compact:
            self._show_inspector()

    def _show_inspector(self) -> None:
        has_room = self._room is None or self._room.is_enough
        self._pane(_INSPECTOR).setVisible(self._shows_inspector and has_room)

    def _fit(self, page: QWidget | None = None) -> None:
        """Large text needs more width, or it would be cut."""
        if self.is_compact:
            needed = self._pane(_TICKET).minimumSizeHint().width()
            scroll = page.findChild(QScrollArea) if page is not None else None
            inner = scroll.widget() if scroll is not None else None
            if inner is not None:
                needed = max(needed, inner.minimumSizeHint().width() + _SCROLL_BAR)
            self._window.setMinimumWidth(min(max(COMPACT_SIZE[0], needed), COMPACT_MOST))

    def _narrow(self) -> None:
        self._window.setMinimumSize(*COMPACT_SIZE)
        self._pane(_TICKET).hide()
        self._pane(_INSPECTOR).hide()

    def _widen(self) -> None:
        self._window.setMinimumSize(*FULL_SIZE)
        for index in (0, _TICKET):
            self._pane(index).show()
        self._show_inspector()
        self._panes.restoreState(from_text(self._panes_state))

    def _choose(self, index: int) -> None:
        if not self.is_compact or self._bar is None:
            return
        for each in (0, _TICKET):
            if each == index:
                self._pane(each).show()
        self._pane(_TICKET if index == 0 else 0).hide()
        self._bar.set_list_shown(index == 0)

    def _show_first(self) -> None:
        """Show the ticket; the list where there is none."""
        self._choose(_TICKET if self._window.ticket else 0)

    def _show_bar(self) -> None:
        if self._bar is None:
            from copilot.ui.shell.compact import CompactBar

            self._bar = CompactBar(self._window, self)
        self._bar.set_on_top(self.on_top)
        self._bar.show()

    def _set_on_top(self, on: bool) -> None:
        from copilot.ui.shell.on_top import set_on_top

        set_on_top(self._window, on)

    def _go_to_place(self) -> None:
        screens = current_screens()
        place = self._places[self.is_compact].find(screens)
        if place is None and self.is_compact:
            screen = self._window.screen() or self._window.windowHandle().screen()
            width = max(COMPACT_WIDTH, self._window.minimumWidth())
            place = Place(beside(width, screen.availableGeometry()))
        if place is None:
            place = Place(self._window.geometry()) if self._window.isVisible() else None
        if place is not None:
            self._now = place
            put(self._window, place)
        else:  # the desktop chooses the place, but not on every one the size
            self._window.resize(self._window.size().boundedTo(screens[0].area.size() - QSize(0, TITLE)))

    def _remember(self) -> None:
        self._now = self._before_page or place_of(self._window, self._now)
        self._places[self.is_compact].keep(self._now, current_screens())


def to_text(data: QByteArray) -> str:
    """Return bytes as text for a setting."""
    return base64.b64encode(bytes(data.data())).decode("ascii")


def from_text(text: str) -> QByteArray:
    """Return the bytes of such a text."""
    return QByteArray(base64.b64decode(text.encode("ascii")))
