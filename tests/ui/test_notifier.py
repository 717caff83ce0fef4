"""Notifications: only while one works elsewhere, never with a word of a ticket, and silent when that is wished."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget
from pytestqt.qtbot import QtBot

from copilot.domain.conversation import Answer, AnswerState
from copilot.services.bundle import Services
from copilot.ui.bridge.hub import Hub
from copilot.ui.settings.attention_section import AttentionSection
from copilot.ui.shell import notifier as module
from copilot.ui.shell.notifier import Notifier, SystemDelivery
from tests.helpers.window import Page, page_fixture

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen has no window manager

page = page_fixture()

ANSWER = Answer(
    uid="ans_1",
    ticket=7,
    question="q_1",
    text="Reset Dana Whitfield's password in INC-1007.",
    state=AnswerState.COMPLETE,
    model="m",
    prompt_hash="",
    evidence=(),
    created_at=datetime(2026, 3, 2, tzinfo=UTC),
)


class Desk:
    """A notifier whose window is in front or not, as the test says; and what it told."""

    def __init__(self, hub: Hub) -> None:
        self.told: list[tuple[str, str]] = []
        self.is_in_front = False
        self.asked: list[int] = []
        self.hub = hub
        self.notifier = Notifier(
            hub, lambda title, text: self.told.append((title, text)), lambda: self.is_in_front
        )
        self.notifier.ticket_requested.connect(self.asked.append)

    def end(self, *answers: Answer) -> None:
        for answer in answers:
            self.hub.answer_ended.emit(answer)

    def look(self, wait: Callable[[Callable[[], bool]], None]) -> None:
        """Let the pause pass in which answers are gathered."""
        assert self.notifier._timer.interval() == 2000
        self.notifier._timer.stop()
        self.notifier._look()
        wait(lambda: self.hub.tasks.is_idle)


@pytest.fixture
def elsewhere(hub: Hub) -> Iterator[Desk]:
    made = Desk(hub)
    yield made
    made.notifier._timer.stop()
    made.notifier.deleteLater()


def test_an_answer_is_told_to_one_who_works_elsewhere(elsewhere: Desk, qtbot: QtBot) -> None:
    elsewhere.end(ANSWER)
    assert elsewhere.notifier._timer.isActive()
    elsewhere.look(qtbot.waitUntil)
    assert elsewhere.told == [("Technician Copilot", "An answer is ready")]


def test_several_answers_are_one_notification(elsewhere: Desk, qtbot: QtBot) -> None:
    elsewhere.end(ANSWER, replace(ANSWER, ticket=8), replace(ANSWER, ticket=9))
    elsewhere.look(qtbot.waitUntil)
    assert elsewhere.told == [("Technician Copilot", "3 answers are ready")]
    elsewhere.look(qtbot.waitUntil)
    assert len(elsewhere.told) == 1


def test_nothing_of_a_ticket_stands_in_it(elsewhere: Desk, qtbot: QtBot) -> None:
    elsewhere.end(ANSWER)
    elsewhere.look(qtbot.waitUntil)
    words = " ".join(elsewhere.told[0])
    for secret in (*ANSWER.text.split(), "INC", "7", ANSWER.uid):
        assert secret not in words


def test_a_window_in_front_needs_none(elsewhere: Desk, qtbot: QtBot) -> None:
    elsewhere.is_in_front = True
    elsewhere.end(ANSWER)
    assert not elsewhere.notifier._timer.isActive()
    elsewhere.is_in_front = False
    elsewhere.look(qtbot.waitUntil)
    elsewhere.end(ANSWER)
    elsewhere.is_in_front = True  # somebody came back before it was told
    elsewhere.look(qtbot.waitUntil)
    elsewhere.is_in_front = False
    elsewhere.look(qtbot.waitUntil)
    assert elsewhere.told == []


@pytest.mark.parametrize(("name", "value"), [("do_not_disturb", True), ("notifications", False)])
def test_it_is_silent_when_that_is_wished(
    elsewhere: Desk, services: Services, qtbot: QtBot, name: str, value: bool
) -> None:
    services.settings.set(name, value)
    elsewhere.end(ANSWER)
    elsewhere.look(qtbot.waitUntil)
    assert elsewhere.told == []
    services.settings.set(name, not value)
    elsewhere.look(qtbot.waitUntil)
    assert elsewhere.told == []  # what was silenced does not come later
    elsewhere.end(ANSWER)
    elsewhere.look(qtbot.waitUntil)
    assert len(elsewhere.told) == 1


@pytest.mark.parametrize("state", [AnswerState.INTERRUPTED, AnswerState.FAILED])
def test_what_is_not_ready_is_not_told(elsewhere: Desk, state: AnswerState) -> None:
    elsewhere.end(replace(ANSWER, state=state))
    assert not elsewhere.notifier._timer.isActive()


def test_a_click_asks_for_the_newest_answer_once(elsewhere: Desk, qtbot: QtBot) -> None:
    elsewhere.notifier.open()
    elsewhere.end(ANSWER, replace(ANSWER, ticket=8))
    elsewhere.look(qtbot.waitUntil)
    elsewhere.notifier.open()
    elsewhere.notifier.open()  # a later click on the icon's other messages is about something else
    assert elsewhere.asked == [8]


class FakeTray(QSystemTrayIcon):
    """A tray icon on a desktop that shows messages."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.shown: list[tuple[str, str]] = []

    def isVisible(self) -> bool:
        return True

    def showMessage(self, title: str, text: str) -> None:  # type: ignore[override]
        self.shown.append((title, text))


def test_it_comes_by_the_tray_where_there_is_one(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    alerted: list[QWidget] = []
    monkeypatch.setattr(QApplication, "alert", alerted.append)
    monkeypatch.setattr(QSystemTrayIcon, "supportsMessages", staticmethod(lambda: True))
    window = QWidget()
    qtbot.addWidget(window)
    delivery = SystemDelivery(window)
    delivery("Technician Copilot", "An answer is ready")
    assert alerted == [window]
    tray = FakeTray(window)
    window.tray = tray  # type: ignore[attr-defined]
    clicks: list[None] = []
    delivery.clicked.connect(lambda: clicks.append(None))
    for _ in range(2):
        delivery("Technician Copilot", "An answer is ready")
    assert (len(alerted), len(tray.shown)) == (1, 2)
    tray.messageClicked.emit()
    assert len(clicks) == 1


def test_a_click_brings_the_window_and_the_ticket(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    raised: list[QWidget] = []
    monkeypatch.setattr(module, "bring_to_front", raised.append)
    ticket = page.ticket
    monkeypatch.setattr(page.window.notifier, "_is_in_front", lambda: False)
    told: list[str] = []
    monkeypatch.setattr(page.window.notifier, "_deliver", lambda _title, text: told.append(text))
    page.ask(until="text")
    page.open("INC-1043")
    page.window.show_settings()
    page.wait(lambda: told)
    assert told == ["An answer is ready"]
    monkeypatch.setattr(page.window, "isActiveWindow", lambda: False)
    page.window.notifier.open()
    page.wait(lambda: page.ticket == ticket)
    page.settle()
    assert raised == [page.window]
    assert page.case.isVisible()
    page.wait(lambda: not page.card().visibleRegion().isEmpty())


def test_the_settings_are_kept_and_follow_the_tray(qtbot: QtBot, hub: Hub, services: Services) -> None:
    section = AttentionSection(hub)
    qtbot.addWidget(section)
    section.show_settings(services.settings.all())
    assert section.notifications.isChecked()
    assert not section.do_not_disturb.isChecked()
    section.notifications.click()
    section.do_not_disturb.click()
    qtbot.waitUntil(lambda: hub.tasks.is_idle)
    assert services.settings.get("notifications") is False
    assert services.settings.get("do_not_disturb") is True
    hub.set_setting("do_not_disturb", False)  # as the tray's menu does
    assert not section.do_not_disturb.isChecked()
    qtbot.waitUntil(lambda: hub.tasks.is_idle)
