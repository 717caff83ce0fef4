"""What holds on every screen for everyone: names, keys, the focus, Esc."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from copilot.ui.desk.picture_view import PictureOverlay
from copilot.ui.shell.answer_window import AnswerWindow
from copilot.ui.shell.ticket_window import TicketWindow
from copilot.ui.theme.manager import Scheme
from copilot.ui.widgets.picker import Picker
from tests.helpers import walk
from tests.helpers.fitting import unfit
from tests.helpers.inks import faint
from tests.helpers.screens import BY_NAME, SCREENS, Screen, every_screen, picture_at_rest, shown
from tests.helpers.window import Page, children

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen has no window manager


@every_screen
def test_it_is_used_without_a_mouse_and_without_eyes(
    qtbot: QtBot, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, screen: Screen
) -> None:
    with shown(qtbot, tmp_path, tmp_path_factory, screen) as (page, widget):
        part = top = looked_at(page, widget)
        complaints = [
            *walk.nameless(top),
            *walk.without_role(top),
            *walk.silent_rows(top),
            *walk.unexplained(top),
            *walk.twice_in_a_menu(top),
            *walk.ambiguous(top.window()),
            *walk.out_of_sight(top),
        ]
        if not isinstance(widget, QMenu):
            stops, lost = walk.tab_round(part)
            complaints += [*lost, *walk.not_reached(part, stops)]
            if part is not page.window:
                complaints += [
                    f"Tab leads behind to {walk.described(stop)}"
                    for stop in stops
                    if stop is not part and not part.isAncestorOf(stop)
                ]
        assert complaints == []


def looked_at(page: Page, widget: QWidget) -> QWidget:
    return in_front(page) if widget is page.window else widget


def is_there(part: QWidget) -> bool:
    return isValid(part) and part.isVisible()


def in_front(page: Page) -> QWidget:
    """Return what covers the rest and has to be left first; the window where there is no such thing."""
    for overlay in (*children(page.window, Picker), *children(page.window, PictureOverlay)):
        return overlay
    return page.window


@every_screen
def test_escape_leaves_it(
    qtbot: QtBot, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, screen: Screen
) -> None:
    with shown(qtbot, tmp_path, tmp_path_factory, screen) as (page, widget):
        desk = page.window._panes
        part = looked_at(page, widget)
        if (part is page.window and desk.isVisible()) or type(part) in (TicketWindow, AnswerWindow):
            return  # the desk is where one comes from; those windows stay, Esc stops the answer in them
        part = part if part is not page.window else page.window._stack.currentWidget() or part
        for _ in range(2):  # the first may close what is open on the page
            if is_there(part):
                focused = None if isinstance(part, QMenu) else page.focused()
                QTest.keyClick(focused or part, Qt.Key.Key_Escape)
                page.settle()
        assert not is_there(part)
        assert desk.isVisible()
        if isinstance(part, QDialog):
            return
        focused = page.focused() or page.window.focusWidget()  # where it is as soon as the window is active
        assert focused is not None
        assert desk.isAncestorOf(focused)


@every_screen
def test_its_words_stand_out(
    qtbot: QtBot, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, screen: Screen
) -> None:
    with shown(qtbot, tmp_path, tmp_path_factory, screen) as (page, widget):
        part = looked_at(page, widget)
        for scheme in (Scheme.LIGHT, Scheme.DARK):
            page.window._theme.set_scheme(scheme)
            page.settle()
            assert faint(part) == [], scheme


@pytest.mark.parametrize("screen", [each for each in SCREENS if each.grows], ids=lambda each: each.name)
def test_it_fits_at_twice_the_text(
    qtbot: QtBot, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, screen: Screen
) -> None:
    with shown(qtbot, tmp_path, tmp_path_factory, screen) as (page, widget):
        page.window._theme.set_text_factor(2.0)
        picture_at_rest(page, widget)
        part = looked_at(page, widget)
        if not page.window._layout.is_compact:
            assert page.window.size() == QSize(1280, 800)
        assert unfit(part) == []


@pytest.mark.slow
@pytest.mark.parametrize("screen", ["desk", "desk-answer", "desk-coach", "settings"])
def test_it_fits_at_twice_the_text_in_a_small_window(
    qtbot: QtBot, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, screen: str
) -> None:
    with shown(qtbot, tmp_path, tmp_path_factory, BY_NAME[screen]) as (page, widget):
        page.window.resize(900, 600)
        page.window._theme.set_text_factor(2.0)
        picture_at_rest(page, widget)
        assert page.window.size() == QSize(900, 600)
        assert not page.window.inspector.isVisible()
        assert unfit(widget) == []
