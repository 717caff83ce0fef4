"""The walks of `tests/helpers` find what stands in the way: each is shown a window with just that fault."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QColor, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QListWidget,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.helpers import walk
from tests.helpers.fitting import unfit
from tests.helpers.inks import faint

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen has no window manager
Look = Callable[[QWidget], list[str]]


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> QWidget:
    """A window without a fault: a named field, a button, a list."""
    made = QWidget()
    qtbot.addWidget(made)
    column = QVBoxLayout(made)
    field, rows = QLineEdit("text"), QListWidget()
    field.setAccessibleName("Name")
    rows.setAccessibleName("Rows")
    rows.addItem("a row")
    for part in (field, QPushButton("Go"), QLabel("Words"), rows):
        column.addWidget(part)
    made.resize(400, 300)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def round_of(window: QWidget) -> list[str]:
    stops, lost = walk.tab_round(window)
    return [*lost, *walk.not_reached(window, stops)]


LOOKS: dict[str, Look] = {
    "names": walk.nameless,
    "roles": walk.without_role,
    "rows": walk.silent_rows,
    "tooltips": walk.unexplained,
    "letters": walk.twice_in_a_menu,
    "keys": walk.ambiguous,
    "sight": walk.out_of_sight,
    "round": round_of,
    "ink": faint,
    "room": unfit,
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=list(LOOKS))
def test_a_window_without_a_fault_has_none(window: QWidget, look: Look) -> None:
    assert look(window) == []


def no_name(window: QWidget) -> None:
    QLineEdit(window).show()


def no_role(window: QWidget) -> None:
    part = QWidget(window)
    part.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    part.show()


def silent_row(window: QWidget) -> None:
    rows = window.findChild(QListWidget)
    assert rows is not None
    rows.addItem("")


def no_tooltip(window: QWidget) -> None:
    QPushButton(window).show()


def one_letter_twice(window: QWidget) -> None:
    menu = QMenu(window)
    menu.addAction("&Open")
    menu.addAction("&Order")


def one_key_twice(window: QWidget) -> None:
    for text in ("One", "Other"):
        action = QAction(text, window)
        action.setShortcut("Ctrl+G")
        window.addAction(action)


def outside(window: QWidget) -> None:
    button = QPushButton("Out", window)
    button.move(1000, 0)
    button.show()


def passed_over(window: QWidget) -> None:
    whole = QWidget(window)
    column = QVBoxLayout(whole)
    first, second = QPushButton("First"), QPushButton("Second")
    column.addWidget(first)
    column.addWidget(second)
    whole.setFocusProxy(second)
    whole.show()


def pale(window: QWidget) -> None:
    label = window.findChild(QLabel)
    assert label is not None
    palette = label.palette()
    palette.setColor(QPalette.ColorRole.WindowText, QColor("#bbbbbb"))
    label.setPalette(palette)


def cut(window: QWidget) -> None:
    label = window.findChild(QLabel)
    assert label is not None
    label.setMaximumWidth(12)


def over_each_other(window: QWidget) -> None:
    label = QLabel("More", window)
    button = window.findChild(QPushButton)
    assert button is not None
    label.move(button.pos())
    label.show()


@pytest.mark.parametrize(
    ("look", "spoil"),
    [
        ("names", no_name),
        ("roles", no_role),
        ("rows", silent_row),
        ("tooltips", no_tooltip),
        ("letters", one_letter_twice),
        ("keys", one_key_twice),
        ("sight", outside),
        ("round", passed_over),
        ("ink", pale),
        ("room", cut),
        ("room", over_each_other),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_a_fault_is_found(window: QWidget, look: str, spoil: Callable[[QWidget], None]) -> None:
    spoil(window)
    QApplication.processEvents()
    assert LOOKS[look](window) != []
