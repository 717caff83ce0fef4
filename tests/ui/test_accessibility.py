"""The window by keyboard and by ear: names, ways through, the ring, large text."""

import itertools
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent, QImage
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QTabBar, QWidget

from copilot.support.errors import DamagedError
from copilot.ui.shell.start_error import StartErrorWindow
from tests.helpers.walk import described, focusable, name
from tests.helpers.window import Page, button, children, page_fixture

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen has no window manager

page = page_fixture()

PAGES = ("Settings", "Models", "Your data", "New ticket", "Import tickets…")
SIGHT = (1280, 800)


def fill(page: Page) -> None:
    """Bring every part of the ticket on screen: evidence open, an answer, a reason asked for, a finding."""
    page.open("INC-1043")
    page.ask()
    page.run("Override the answer…")
    page.case.show_evidence("E1")
    page.draft_question("my password is Sommer2024!")
    page.settle()


def test_everything_that_takes_the_focus_has_a_name(page: Page) -> None:
    fill(page)
    assert len(focusable(page.window)) > 40
    nameless = [described(widget) for widget in focusable(page.window) if not name(widget).strip()]
    for entry in PAGES:
        page.run(entry)
        page.settle()
        current = page.window._stack.currentWidget()
        assert current is not None
        assert focusable(current)
        nameless += [
            f"{entry}: {described(widget)}" for widget in focusable(current) if not name(widget).strip()
        ]
    assert nameless == []


def picture(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def test_the_focus_can_be_seen_wherever_it_is(page: Page) -> None:
    fill(page)
    unseen = []
    for widget in focusable(page.window):
        if not widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value:
            continue  # one who clicked knows where they are
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        if QApplication.focusWidget() is not widget:
            continue
        focused = picture(widget)
        widget.clearFocus()
        if picture(widget) == focused:
            unseen.append(described(widget))
    assert unseen == []


def test_tab_leads_through_every_part_of_the_window_and_round(page: Page) -> None:
    page.open("INC-1043")
    page.sidebar.focus_list()
    start = page.focused()
    parts = {
        "list": page.sidebar,
        "header": page.case.header,
        "thread": page.case.messages,
        "evidence": page.case.evidence,
        "composer": page.composer,
        "inspector": page.window.inspector,
    }
    reached: set[str] = set()
    for _ in range(200):
        page.press(Qt.Key.Key_Tab)
        reached |= {part for part, widget in parts.items() if page.has_focus(widget)}
        if page.focused() is start:
            break
    assert page.focused() is start, "Tab is caught somewhere"
    assert reached == set(parts)


def test_tab_goes_from_top_to_bottom_in_the_middle(page: Page) -> None:
    page.open("INC-1043")
    heights = []
    children(page.case.header, QAbstractButton)[0].setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(60):
        focused = page.focused()
        if focused is None or not page.case.isAncestorOf(focused):
            break
        heights.append(focused.mapTo(page.case, QPoint(0, focused.height() // 2)).y())
        page.press(Qt.Key.Key_Tab)
    jumps = [(a, b) for a, b in itertools.pairwise(heights) if b < a - 40]
    assert jumps == []


def cut(page: Page) -> list[str]:
    """Return what of the middle pane is narrower than its words, or sticks out of it."""
    found = []
    for widget in (
        *children(page.case, QAbstractButton),
        *children(page.case, QComboBox),
        *children(page.case, QTabBar),
    ):
        place = widget.mapTo(page.case, QPoint(0, 0)).x()
        words = getattr(widget, "text", widget.accessibleName)()
        if widget.width() < widget.sizeHint().width():
            found.append(f"{words}: {widget.width()} of {widget.sizeHint().width()} pixels")
        if place < 0 or place + widget.width() > page.case.width():
            found.append(f"{words}: ends at {place + widget.width()} of {page.case.width()} pixels")
    return found


def test_at_twice_the_text_no_button_is_cut(page: Page) -> None:
    page.window.resize(*SIGHT)
    fill(page)
    assert cut(page) == []
    page.window._theme.set_text_factor(2.0)
    page.settle()
    assert page.window.width() == SIGHT[0]
    assert cut(page) == []
    page.run("Resolve the ticket")
    page.settle()
    button(page.conversation, "Partly")
    for tab in ("Write an internal note", "Write a reply"):
        page.run(tab)
        page.settle()
        assert cut(page) == []
    assert page.window.width() == SIGHT[0]


def test_what_happens_is_announced(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    for module in ("conversation", "composer", "reason_bar"):
        monkeypatch.setattr(f"copilot.ui.ask.{module}.announce", lambda _widget, text: said.append(text))
    monkeypatch.setattr("copilot.ui.desk.answer_news.announce", lambda _widget, text: said.append(text))
    page.draft_question("my password is Sommer2024!")
    page.settle()
    assert said == ["The question holds a secret."]
    page.ask_box.clear()
    page.ask()
    assert said[1:] == [f"Answer ready: {page.stored().ticket.number}"]
    page.run("Override the answer…")
    assert said[2:] == ["Why do it differently?"]


def test_the_other_windows_and_the_narrow_one_have_names_too(page: Page) -> None:
    page.open("INC-1043")
    page.ask()
    page.run("Open the answer in a window of its own")
    page.run("Open the ticket in a window of its own")
    page.wait(lambda: len(page.window.popouts.windows()) == 2)
    page.settle()
    page.run("Compact window")
    failed = StartErrorWindow(DamagedError("It is damaged.", "It is kept.", "Restore it."), Path())
    failed.show()
    parts = [page.window, *page.window.popouts.windows(), failed]
    found = [widget for part in parts for widget in focusable(part)]
    nameless = [described(widget) for widget in found if not name(widget).strip()]
    failed.close_tasks()
    failed.close()
    failed.deleteLater()
    assert len(found) > 30
    assert nameless == []


@pytest.mark.parametrize("factor", [1.0, 2.0])
def test_in_the_narrow_window_no_button_is_cut(page: Page, factor: float) -> None:
    page.run("Compact window")
    page.window._theme.set_text_factor(factor)
    fill(page)
    page.wait(lambda: cut(page) == [])
    for tab in ("Write an internal note", "Write a reply"):
        page.run(tab)
        page.settle()
        assert cut(page) == []


def test_an_answer_of_another_ticket_is_announced_to_screen_readers(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[object, str]] = []

    def hear(event: QAccessibleEvent) -> None:
        if isinstance(event, QAccessibleAnnouncementEvent):
            heard.append((event.object(), event.message()))

    monkeypatch.setattr(QAccessible, "updateAccessibility", staticmethod(hear))
    number = page.stored().ticket.number
    page.ask(until="text")
    page.open("INC-1045")
    page.wait(lambda: heard)
    assert heard == [(page.window, f"Answer ready: {number}")]
    assert page.stored().ticket.number != number


def test_a_start_begins_in_the_list(page: Page) -> None:
    assert page.focused() is page.sidebar.tickets
