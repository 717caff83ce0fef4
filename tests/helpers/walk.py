"""Walks over a screen as those do who use no mouse, or no eyes, and says what stands in their way."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAction, QImage, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QMenu,
    QRadioButton,
    QScrollArea,
    QTableView,
    QWidget,
)

ALL_ROUND = 400  # presses of Tab; no screen has as many stops
_WINDOW_WIDE = (Qt.ShortcutContext.WindowShortcut, Qt.ShortcutContext.ApplicationShortcut)


def focusable(parent: QWidget) -> list[QWidget]:
    """Return what on screen can take the focus."""
    return [
        widget
        for widget in (parent, *parent.findChildren(QWidget))
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() is not Qt.FocusPolicy.NoFocus
        and widget.focusProxy() is None
        and not widget.isWindow()
    ]


def is_tab_stop(widget: QWidget) -> bool:
    """Whether Tab may give a widget the focus."""
    return bool(widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value)


def name(widget: QWidget) -> str:
    """Return what a screen reader calls a widget."""
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name) if interface else ""


def described(widget: QWidget) -> str:
    """Return words by which a person finds a widget in the code."""
    return f"{type(widget).__name__} “{name(widget)}” in {type(widget.parent()).__name__}"


# -- what a screen reader hears


def nameless(parent: QWidget) -> list[str]:
    """Return what takes the focus and has no name."""
    return [f"no name: {described(widget)}" for widget in focusable(parent) if not name(widget).strip()]


def without_role(parent: QWidget) -> list[str]:
    """Return what Tab stops at and does not say what it is."""
    found = []
    for widget in focusable(parent):
        if not is_tab_stop(widget) or isinstance(widget, QScrollArea):  # Qt has no word for what scrolls
            continue
        interface = QAccessible.queryAccessibleInterface(widget)
        if interface is None or interface.role() in (QAccessible.Role.NoRole, QAccessible.Role.Client):
            found.append(f"no role: {described(widget)}")
    return found


def silent_rows(parent: QWidget) -> list[str]:
    """Return lists with a row that says nothing."""
    found = []
    for view in parent.findChildren(QAbstractItemView):
        model = view.model()
        if not view.isVisible() or model is None:
            continue
        wide = view.horizontalHeader().count() if isinstance(view, QTableView) else 1
        for row in range(min(model.rowCount(), 50)):
            cells = [model.index(row, column) for column in range(wide)]
            roles = (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.DisplayRole)
            if not any(str(cell.data(role) or "").strip() for cell in cells for role in roles):
                found.append(f"row {row} says nothing: {described(view)}")
    return found


def unexplained(parent: QWidget) -> list[str]:
    """Return buttons without words and without a tooltip."""
    return [
        f"no tooltip: {described(button)}"
        for button in parent.findChildren(QAbstractButton)
        if button.isVisible() and not button.text().strip() and not button.toolTip().strip()
    ]


# -- keys


def twice_in_a_menu(parent: QWidget) -> list[str]:
    """Return menus in which a letter stands for two entries."""
    menus = [parent, *parent.findChildren(QMenu)] if isinstance(parent, QMenu) else parent.findChildren(QMenu)
    found = []
    for menu in menus:
        assert isinstance(menu, QMenu)
        letters = Counter(_letter(action) for action in menu.actions() if not action.isSeparator())
        found += [
            f"{key} stands for {count} entries of a menu"
            for key, count in letters.items()
            if key and count > 1
        ]
    return found


def ambiguous(window: QWidget) -> list[str]:
    """Return the keys that two commands want at the same time."""
    found = []
    for (key, one, words), (other_key, other, other_words) in combinations(_shortcuts(window), 2):
        if key == other_key and words != other_words and _both_hear(one, other):
            found.append(f"{key.toString()}: “{words}” and “{other_words}”")
    return sorted(set(found))


def _letter(action: QAction) -> str:
    return QKeySequence.mnemonic(action.text()).toString()


def _shortcuts(window: QWidget) -> Iterator[tuple[QKeySequence, tuple[bool, list[QWidget]], str]]:
    """Give each key with where it is heard: in the whole window, or within widgets."""
    for action in window.findChildren(QAction):
        homes = [home for home in action.associatedObjects() if isinstance(home, QWidget)]
        if action.isEnabled() and action.isVisible() and homes:
            is_wide = action.shortcutContext() in _WINDOW_WIDE
            for key in action.shortcuts():
                yield key, (is_wide and any(map(_is_live, homes)), homes), action.text()
    for shortcut in window.findChildren(QShortcut):
        home = shortcut.parent()
        if shortcut.isEnabled() and isinstance(home, QWidget):
            is_wide = shortcut.context() in _WINDOW_WIDE
            for key in shortcut.keys():  # noqa: SIM118 - a QShortcut is no dict
                yield key, (is_wide and _is_live(home), [home]), described(home)


def _is_live(home: QWidget) -> bool:
    """Whether keys of the window reach this widget; those of a closed menu do."""
    return isinstance(home, QMenu) or home.isVisible()


def _both_hear(one: tuple[bool, list[QWidget]], other: tuple[bool, list[QWidget]]) -> bool:
    (wide, homes), (other_wide, other_homes) = one, other
    if wide and other_wide:
        return True
    shown = [home for home in homes if home.isVisible()]
    other_shown = [home for home in other_homes if home.isVisible()]
    if wide or other_wide:
        return bool(other_shown if wide else shown)
    return any(a is b or a.isAncestorOf(b) or b.isAncestorOf(a) for a in shown for b in other_shown)


# -- the way of the focus


def tab_round(start: QWidget) -> tuple[list[QWidget], list[str]]:
    """Press Tab until the focus is back; return its stops, and those on which it cannot be seen."""
    stops: list[QWidget] = []
    unseen: list[str] = []
    at = QApplication.focusWidget() or start
    before: QImage | None = None
    last = at
    for _ in range(ALL_ROUND):
        QTest.keyClick(at, Qt.Key.Key_Tab)
        now = QApplication.focusWidget()
        if before is not None and last.isVisible() and last is not now and _picture(last) == before:
            unseen.append(f"focus not seen: {described(last)}")
        if now is None:
            return stops, [*unseen, f"the focus is lost after {described(at)}"]
        if stops and now is stops[-1]:
            continue  # Tab goes on within a widget, from link to link
        if now in stops:
            if now is not stops[0]:
                unseen.append(f"Tab goes round in a part: back to {described(now)}")
            return stops, unseen
        stops.append(now)
        before, last, at = _picture(now), now, now
    if len(stops) == 1:
        return stops, unseen  # Tab has a meaning of its own there
    return stops, [*unseen, "Tab does not come back"]


def not_reached(parent: QWidget, stops: Iterable[QWidget]) -> list[str]:
    """Return what Tab should stop at and does not; of buttons of which one is chosen, one is enough."""
    reached = set(stops)
    found = []
    for widget in focusable(parent):
        if widget in reached or not is_tab_stop(widget):
            continue
        if isinstance(widget, QRadioButton) and any(_in_a_group(widget, other) for other in reached):
            continue
        if any(other.focusProxy() is widget for other in reached):
            continue
        found.append(f"Tab does not reach {described(widget)}")
    return found


def out_of_sight(parent: QWidget) -> list[str]:
    """Return what takes the focus and has no place on screen, and none to which one could scroll."""
    found = []
    for widget in focusable(parent):
        if widget.width() <= 0 or widget.height() <= 0:
            found.append(f"no size: {described(widget)}")
        elif not _is_in_sight(widget):
            found.append(f"out of sight: {described(widget)}")
    return found


def _picture(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def _in_a_group(one: QWidget, other: QWidget) -> bool:
    return (
        isinstance(other, QRadioButton)
        and isinstance(one, QRadioButton)
        and (one.group() is other.group() if one.group() else one.parent() is other.parent())
    )


def _is_in_sight(widget: QWidget) -> bool:
    """Whether a part of it is within all that is around it; where that scrolls it can be brought there."""
    place, inner = widget.rect(), widget
    while not inner.isWindow() and (around := inner.parentWidget()) is not None:
        if isinstance(around.parentWidget(), QScrollArea):  # it is the viewport
            place = around.rect()
        else:
            place = place.translated(inner.pos()).intersected(around.rect())
        if place.isEmpty():
            return False
        inner = around
    return True
