"""The whole window on a desk of its own, and what a person sees and does there."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAction, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from copilot.domain.conversation import AnswerState
from copilot.domain.evidence import Evidence
from copilot.domain.query import View
from copilot.services.ask import AnswerView
from copilot.services.tickets import TicketCase
from copilot.support.clock import Clock
from copilot.support.i18n import tr
from copilot.ui.application import make_window
from copilot.ui.ask.answer_card import AnswerCard
from copilot.ui.ask.composer import AskComposer
from copilot.ui.ask.conversation import ConversationView
from copilot.ui.desk.case_pane import CasePane
from copilot.ui.desk.message_editor import MessageEditor
from copilot.ui.main_window import MainWindow
from copilot.ui.widgets.chip import Chip
from copilot.ui.widgets.growing_edit import GrowingEdit
from copilot.ui.widgets.toast import Toast
from tests.helpers.desk import desk

PATIENCE = 30_000  # ms; how long a busy machine may take before a test gives up

W = TypeVar("W", bound=QWidget)
NO_KEY = Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


class Page:
    """The window as a person sees and uses it."""

    def __init__(self, qtbot: QtBot, window: MainWindow) -> None:
        self.qtbot = qtbot
        self.window = window
        self.hub = window.hub
        self.services = window.hub.services
        self.sidebar = window.sidebar

    # -- its parts

    @property
    def case(self) -> CasePane:
        return self.window.case

    @property
    def composer(self) -> AskComposer:
        return self.case.composer

    @property
    def editor(self) -> MessageEditor:
        return self.case.editor

    @property
    def conversation(self) -> ConversationView:
        return self.case.conversation

    @property
    def ask_box(self) -> GrowingEdit:
        return child(self.composer, GrowingEdit)

    @property
    def write_box(self) -> GrowingEdit:
        return child(self.editor, GrowingEdit)

    @property
    def tabs(self) -> QTabBar:
        return child(self.case, QTabBar)

    # -- waiting

    def wait(self, condition: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE)

    def hurry(self) -> None:
        """Shorten the pauses that only spare the machine; tests would sit through them again and again."""
        for timer in (self.composer._coach_timer, self.window.inspector._timer, self.sidebar._counting):
            timer.setInterval(20)

    def settle(self) -> None:
        """Wait until nothing is under way: no read, no write, no draft, no search."""
        timers = (
            *(self.composer._save_timer, self.composer._coach_timer, self.editor._timer),
            *(self.window.inspector._timer, self.sidebar._rest, self.sidebar._settle),
        )
        self.wait(lambda: self.hub.tasks.is_idle and not any(timer.isActive() for timer in timers))
        QCoreApplication.processEvents()  # new parts show themselves in the next turn of the loop

    def wait_for_reads(self) -> None:
        """Wait for what is being read now, also while nothing can be written."""
        done: list[None] = []
        self.hub.tasks.read(self.window, lambda: None, done.append)
        self.wait(lambda: done)

    # -- tickets

    @property
    def ticket(self) -> int:
        """The ticket that is shown."""
        return self.case._ticket

    def stored(self) -> TicketCase:
        return self.services.tickets.case(self.ticket)

    def open(self, number: str) -> int:
        """Choose a ticket by its number, as a click in the list does."""
        ticket = self.services.tickets.resolve_id(number)
        self.sidebar.select(ticket)
        self.settle()
        assert self.ticket == ticket
        return ticket

    def facts(self) -> dict[str, Evidence]:
        return {fact.label: fact for fact in self.stored().evidence}

    # -- keys

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NO_KEY) -> None:
        QTest.keyClick(self.focused() or self.window, key, modifier)

    def type(self, text: str) -> None:
        focused = self.focused()
        assert focused is not None
        QTest.keyClicks(focused, text)

    @staticmethod
    def focused() -> QWidget | None:
        return QApplication.focusWidget()

    def has_focus(self, part: QWidget) -> bool:
        focused = self.focused()
        return focused is not None and (part is focused or part.isAncestorOf(focused))

    def action(self, text: str) -> QAction:
        return next(action for action in self.window.all_actions() if action.text() == tr(text))

    def run(self, text: str) -> None:
        action = self.action(text)
        assert action.isEnabled(), f"{text} is off"
        action.trigger()

    # -- notes

    def toasts(self) -> list[Toast]:
        return [toast for toast in self.window.findChildren(Toast) if toast.isVisible()]

    def told(self) -> str:
        """Return what the newest toast says; empty without one."""
        return self.toasts()[-1].text if self.toasts() else ""

    def undo(self) -> None:
        """Press Undo on the newest toast."""
        button = self.toasts()[-1].action_button
        assert button is not None
        button.click()
        self.settle()

    # -- asking

    def draft_question(self, text: str) -> None:
        self.case._open_tab(0)
        self.ask_box.setFocus()
        self.type(text)

    def send(self) -> None:
        self.ask_box.setFocus()
        self.press(Qt.Key.Key_Return, CONTROL)

    def ask(self, text: str = "What is the likely cause?", *, until: str = "whole") -> AnswerCard:
        """Ask; wait until the answer's card is there (`until="card"`), writes (`"text"`), or has ended (`"whole"`)."""
        before = set(self.conversation._cards)
        self.draft_question(text)
        self.send()
        self.wait(lambda: set(self.conversation._cards) - before)
        uid = (set(self.conversation._cards) - before).pop()
        card = self.conversation.card(uid)
        assert card is not None
        if until == "text":
            self.wait(card.text)
        elif until == "whole":
            self.wait_for_end(uid)
        return card

    def wait_for_end(self, uid: str) -> None:
        passing = (AnswerState.QUEUED, AnswerState.STREAMING)
        self.wait(lambda: self.stored_answer(uid).answer.state not in passing)
        self.wait(lambda: (card := self.conversation.card(uid)) is None or not card.is_streaming)
        self.settle()

    def stored_answer(self, uid: str) -> AnswerView:
        return self.services.ask.view(uid)

    def card(self) -> AnswerCard:
        """Return the newest answer's card."""
        newest = self.conversation.last_card()
        assert newest is not None
        return newest


@contextmanager
def open_page(
    qtbot: QtBot,
    folder: Path,
    *,
    script: str = "default",
    engine: str = "fake",
    samples: bool = True,
    clock: Clock | None = None,
) -> Iterator[Page]:
    """Open the window on a desk in `folder`, wait for its first ticket, and close it afterwards."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    with desk(folder, script=script, engine=engine, samples=samples, clock=clock) as services:
        window = make_window(application, services)
        page = Page(qtbot, window)
        with qtbot.waitSignal(window.completed, timeout=PATIENCE):
            window.show()
        try:
            page.hurry()
            window.activateWindow()
            page.wait(window.isActiveWindow)
            page.wait(window.shows_list)
            if services.tickets.search(View.MY_QUEUE):
                page.wait(window.shows_ticket)
            page.settle()
            yield page
        finally:
            window.close()
            window.shut_down()
            theme = window._theme
            window.deleteLater()
            theme.deleteLater()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def sample_desk(factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a sample desk that was made once for the whole run, to be copied."""
    folder = factory.getbasetemp() / "sample-desk"
    if not folder.exists():
        with desk(folder):
            pass
    return folder


def page_fixture(script: str = "default") -> Any:
    """Return a fixture that opens the window on the sample desk; to be assigned to the fixture's name."""

    @pytest.fixture
    def window_page(qtbot: QtBot, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
        folder = tmp_path / "data"
        shutil.copytree(sample_desk(tmp_path_factory), folder)
        with open_page(qtbot, folder, script=script, samples=False) as page:
            yield page

    return window_page


def child(parent: QWidget, kind: type[W]) -> W:
    found = parent.findChild(kind)
    assert isinstance(found, kind)
    return found


def children(parent: QWidget, kind: type[W]) -> list[W]:
    """Return the widgets of `kind` that are on screen."""
    return [widget for widget in parent.findChildren(kind) if widget.isVisible()]


def button(parent: QWidget, text: str) -> QAbstractButton:
    """Return the visible button with this text (a number key may stand before it) or accessible name."""
    text = tr(text)
    return next(
        each
        for each in children(parent, QAbstractButton)
        if text in (each.text(), each.accessibleName()) or each.text().endswith(f"  {text}")
    )


def shown_texts(parent: QWidget) -> list[str]:
    """Return every text on screen under `parent`: labels, chips, text boxes, fields."""
    texts = [label.text() for label in children(parent, QLabel)]
    texts += [chip.mark.text for chip in children(parent, Chip) if chip.mark]
    texts += [edit.toPlainText() for edit in children(parent, QPlainTextEdit)]
    texts += [edit.toPlainText() for edit in children(parent, QTextEdit)]
    texts += [field.text() for field in children(parent, QLineEdit)]
    return [text for text in texts if text]


def select_text(view: QPlainTextEdit, text: str) -> None:
    """Select `text` where it first stands."""
    start = view.toPlainText().index(text)
    cursor = view.textCursor()
    cursor.setPosition(start)
    cursor.setPosition(start + len(text), QTextCursor.MoveMode.KeepAnchor)
    view.setTextCursor(cursor)
