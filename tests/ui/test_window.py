"""The window as a whole: what it opens on, its panes, its palette, its keys, its looks."""

import gc
import threading
import weakref
from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QListWidget, QMenu, QWidget
from pytestqt.qtbot import QtBot

from copilot.domain.query import View
from copilot.ui.bridge.tasks import Tasks
from copilot.ui.widgets.command_palette import CommandPalette
from copilot.ui.widgets.splitter import Splitter
from tests.helpers.desk import desk
from tests.helpers.window import CONTROL, PATIENCE, SHIFT, Page, child, open_page, page_fixture, shown_texts

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen has no window manager

page = page_fixture()


def test_it_opens_on_the_first_ticket_of_my_queue(page: Page) -> None:
    first = page.services.tickets.search(View.MY_QUEUE)[0]
    assert page.ticket == first
    texts = shown_texts(page.case)
    case = page.stored()
    assert case.ticket.number in texts
    assert case.ticket.title in texts
    assert "sample" in texts  # made up, and it says so


def test_choosing_a_ticket_shows_its_thread_evidence_and_header(page: Page) -> None:
    for number in ("INC-1041", "INC-1043", "REQ-2013"):
        page.open(number)
        case = page.stored()
        header, thread = shown_texts(page.case.header), shown_texts(page.case.messages)
        assert number in header
        assert case.ticket.body.strip() in [text.strip() for text in thread]
        for message in case.thread:
            assert message.text.strip() in [text.strip() for text in thread]
        evidence = shown_texts(page.case.evidence)
        assert [text for text in evidence if text in page.facts()] == list(page.facts())
        assert [row.label for row in page.window.inspector._rows.values()] == list(page.facts())


def test_public_and_internal_messages_are_told_apart_in_words(page: Page) -> None:
    page.open("INC-1042")  # a reply by a colleague and a note by a colleague
    texts = shown_texts(page.case.messages)
    assert texts.count("internal") == 1
    assert texts.count("public reply") == 1


def test_f6_goes_round_the_panes_and_shift_f6_back(page: Page) -> None:
    page.sidebar.focus_list()
    panes = [page.sidebar, page.case, page.window.inspector]
    seen = []
    for _ in range(4):
        page.press(Qt.Key.Key_F6)
        seen.append(next(pane for pane in panes if page.has_focus(pane)))
    assert seen == [page.case, page.window.inspector, page.sidebar, page.case]
    page.press(Qt.Key.Key_F6, SHIFT)
    assert page.has_focus(page.sidebar)
    page.press(Qt.Key.Key_F6, SHIFT)
    assert page.has_focus(page.window.inspector)


def test_f6_leaves_out_a_pane_that_is_hidden(page: Page) -> None:
    page.run("Show or hide what the model sees")
    page.sidebar.focus_list()
    page.press(Qt.Key.Key_F6)
    page.press(Qt.Key.Key_F6)
    assert page.has_focus(page.sidebar)


def test_the_next_window_has_the_same_layout(qtbot: QtBot, tmp_path: Path) -> None:
    with open_page(qtbot, tmp_path) as page:
        page.window.resize(880, 700)  # no larger than the screen that tests have
        page.run("Show or hide what the model sees")
        panes = child(page.window, Splitter)
        panes.setSizes([350, 529, 0])
        left = panes.sizes()
    assert left[0] == 350
    with open_page(qtbot, tmp_path, samples=False) as page:
        assert not page.window.inspector.isVisible()
        assert page.window.height() == 700
        assert child(page.window, Splitter).sizes()[0] == left[0]


def test_the_palette_lists_every_action_and_runs_one(page: Page) -> None:
    page.sidebar.focus_list()
    page.press(Qt.Key.Key_K, CONTROL)
    palette = child(page.window, CommandPalette)
    assert palette.isVisible()
    offered = Counter(palette.shown())
    wanted = Counter(action.text().rstrip("…") for action in page.window.all_actions() if action.isEnabled())
    assert offered == wanted
    page.type("theme dark")
    rows = child(palette, QListWidget)
    assert rows.item(0).text() == "Theme: dark"
    page.press(Qt.Key.Key_Return)
    assert not palette.isVisible()
    assert page.window._theme.tokens.is_dark
    page.settle()
    assert page.services.settings.get("theme") == "dark"


def test_every_command_of_the_menus_is_in_the_palette(page: Page) -> None:
    def entries(menu: QMenu) -> list[QAction]:
        return [action for action in menu.actions() if not action.isSeparator()]

    menus = [action.menu() for action in page.window.menuBar().actions()]
    in_menus = [action for menu in menus if isinstance(menu, QMenu) for action in entries(menu)]
    missing = [action.text() for action in in_menus if action not in page.window.all_actions()]
    assert missing == ["Command palette"]  # which is open already


def test_no_two_actions_share_a_key(page: Page) -> None:
    actions = {id(action): action for action in page.window.findChildren(QAction)}.values()
    keys = Counter(
        key.toString()
        for action in actions
        for key in action.shortcuts()
        if action.shortcutContext() is Qt.ShortcutContext.WindowShortcut
    )
    assert {key for key, count in keys.items() if count > 1} == set()
    for key in ("Alt+R", "Alt+A", "Ctrl+R", "F6", "Ctrl+K", "Esc"):
        assert keys[key] == 1, key


def test_every_window_key_works_from_the_list(page: Page) -> None:
    """A key that is in no menu and on no widget of the window would be dead."""
    for action in page.window.all_actions():
        if action.shortcuts():
            assert action.associatedObjects(), f"{action.text()} has a key that nothing listens to"


def test_text_grows_and_shrinks_by_keys_and_is_remembered(page: Page) -> None:
    base = page.window._theme.tokens.font_base
    page.sidebar.focus_list()
    page.press(Qt.Key.Key_Equal, CONTROL)
    page.press(Qt.Key.Key_Equal, CONTROL)
    assert page.window._theme.text_factor == pytest.approx(1.2)
    assert page.window._theme.tokens.font_base > base
    page.press(Qt.Key.Key_Minus, CONTROL)
    page.settle()
    assert page.services.settings.get("text_size") == pytest.approx(1.1)
    page.press(Qt.Key.Key_0, CONTROL)
    assert page.window._theme.tokens.font_base == base


def test_themes_are_chosen_by_action(page: Page) -> None:
    seen = []
    for name in ("Theme: dark", "Theme: light"):
        page.run(name)
        seen.append(page.window._theme.tokens.is_dark)
    assert seen == [True, False]
    page.run("Theme: follow the system")
    page.settle()
    assert page.services.settings.get("theme") == "system"


def test_esc_leads_from_a_page_back_to_the_desk(page: Page) -> None:
    for name in ("New ticket", "Import tickets…", "Settings", "Models"):
        page.run(name)
        assert not page.case.isVisible()
        page.settle()
        page.press(Qt.Key.Key_Escape)
        assert page.case.isVisible(), name
        assert page.has_focus(page.sidebar)


def test_a_write_of_another_process_shows(page: Page) -> None:
    page.wait(lambda: page.services.store._last_seen_version)  # it has begun to look
    with desk(page.services.data_dir, samples=False) as other:
        other.tickets.change(page.ticket, "title", "Changed by the console")
    page.wait(lambda: "Changed by the console" in shown_texts(page.case.header))


class StrayWindows(QObject):
    """Notes parts that are shown before they have a parent: on a desktop each is a window that flashes."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(type(watched).__name__)
        return False


def test_no_part_flashes_up_as_a_window_of_its_own(page: Page, qapp: QApplication) -> None:
    spy = StrayWindows()
    qapp.installEventFilter(spy)
    try:
        page.open("INC-1042")
        page.draft_question("my password is Sommer2024!")
        page.settle()
        page.ask_box.clear()
        page.ask()
        page.run("Override the answer…")
        for name in ("Write a reply", "New ticket", "Import tickets…", "Settings", "Models"):
            page.run(name)
            page.settle()
    finally:
        qapp.removeEventFilter(spy)
    assert spy.seen == []
    assert page.window.isActiveWindow()


def test_what_is_left_of_a_part_goes_on_the_gui_thread_though_its_work_ran_elsewhere(
    qapp: QApplication,
) -> None:
    """A widget that is destroyed on another thread takes the program along."""

    class Part(QObject):
        def work(self) -> None:
            assert may_end.wait(PATIENCE / 1000)

    may_end, tasks, ends = threading.Event(), Tasks(), list[int]()
    part = Part()
    weakref.finalize(part, lambda: ends.append(threading.get_ident()))
    tasks.errand(part, part.work)
    del part
    threading.Timer(0.05, may_end.set).start()
    tasks.shutdown()  # the window closes while the work runs
    gc.collect()
    assert ends == [threading.get_ident()]


def test_work_that_has_ended_leaves_nothing_of_its_part_on_the_thread(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Part(QObject):
        def work(self) -> None:
            pass

    class Lingering:
        """Says that the work is done, and holds the thread until the window has dealt with it."""

        def emit(self, *said: object) -> None:
            arrived.emit(*said)
            assert dealt_with.wait(PATIENCE / 1000)

    tasks, ends, dealt_with = Tasks(), list[int](), threading.Event()
    arrived = tasks._arrived
    monkeypatch.setattr(tasks, "_arrived", Lingering())
    part = Part()
    weakref.finalize(part, lambda: ends.append(threading.get_ident()))
    tasks.errand(part, part.work)
    del part
    while not tasks.is_idle:
        QCoreApplication.processEvents()
    dealt_with.set()
    tasks.shutdown()
    gc.collect()
    assert ends == [threading.get_ident()]
