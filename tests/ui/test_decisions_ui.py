"""What is done with an answer, and what is stored of it."""

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QMenu, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from copilot.domain.conversation import Decision, DecisionKind, Reason
from copilot.domain.query import View
from copilot.domain.ticket import Status
from copilot.storage import conversation
from copilot.ui.ask.reason_bar import ReasonBar
from tests.helpers.desk import desk
from tests.helpers.window import (
    ALT,
    CONTROL,
    Page,
    button,
    child,
    children,
    open_page,
    page_fixture,
    shown_texts,
)

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen has no window manager

fresh_page = page_fixture()


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk on which the first ticket of the queue has one answer, which nothing was decided about."""
    folder = tmp_path_factory.mktemp("answered")
    with desk(folder, script="default") as services:
        ticket = services.tickets.search(View.MY_QUEUE)[0]
        services.ask.wait(services.ask.ask(ticket, "What is the likely cause?", lambda event: None))
    return folder


@pytest.fixture
def page(qtbot: QtBot, answered: Path, tmp_path: Path) -> Iterator[Page]:
    folder = tmp_path / "data"
    shutil.copytree(answered, folder)
    with open_page(qtbot, folder, samples=False) as opened:
        opened.wait(opened.conversation.last_card)
        opened.settle()
        yield opened


def decisions(page: Page) -> list[Decision]:
    return page.services.decisions.history(page.card().uid)


def holds(page: Page) -> Decision | None:
    """Return the decision that holds now."""
    return page.stored_answer(page.card().uid).decision


def answer(page: Page) -> str:
    return page.stored_answer(page.card().uid).answer.text


def test_no_button_of_an_answer_is_the_primary_one(page: Page) -> None:
    kinds = {each.text(): each.property("kind") for each in children(page.card(), QAbstractButton)}
    assert {"Accept", "Copy", "Override…", "Escalate…"} <= set(kinds)
    assert "primary" not in kinds.values()
    assert decisions(page) == []  # to look is no decision


# -- accept


def test_accept_fills_the_note_and_undo_takes_both_back(page: Page) -> None:
    page.sidebar.focus_list()
    page.press(Qt.Key.Key_A, ALT)
    page.settle()
    assert page.tabs.tabText(page.tabs.currentIndex()) == "Internal note"
    assert page.write_box.toPlainText() == answer(page).strip()
    assert page.has_focus(page.write_box)
    assert [decision.kind for decision in decisions(page)] == [DecisionKind.ACCEPT]
    assert "accepted" in shown_texts(page.card())
    page.undo()
    assert page.write_box.toPlainText() == ""
    assert holds(page) is None
    assert "accepted" not in shown_texts(page.card())
    assert [decision.kind for decision in decisions(page)] == [DecisionKind.ACCEPT, DecisionKind.UNDO]


def test_accept_by_the_button_offers_note_and_reply(page: Page) -> None:
    accept = button(page.card(), "Accept")
    assert isinstance(accept, QToolButton)
    menu = accept.menu()
    assert isinstance(menu, QMenu)
    assert [action.text() for action in menu.actions()] == ["Into the internal note", "Into the reply"]
    menu.actions()[1].trigger()
    page.settle()
    assert page.tabs.tabText(page.tabs.currentIndex()) == "Reply"
    assert "Likely cause" in page.write_box.toPlainText()
    assert "[E" not in page.write_box.toPlainText()  # a requester has no evidence list
    assert page.stored().thread == page.services.tickets.case(page.ticket).thread


def test_an_answer_goes_behind_what_is_being_typed(page: Page) -> None:
    page.run("Write an internal note")
    page.type("My own words.")
    page.press(Qt.Key.Key_A, ALT)  # before the draft was stored
    page.settle()
    text = page.write_box.toPlainText()
    assert text.startswith("My own words.\n\n")
    assert text.endswith(answer(page).strip())
    page.settle()
    assert page.stored().drafts["note"].text == text


def test_what_is_changed_before_it_is_posted_is_an_edit_with_its_difference(page: Page) -> None:
    page.run("Accept the answer into the note")
    page.settle()
    page.type(" Checked on site.")
    page.press(Qt.Key.Key_Return, CONTROL)
    page.settle()
    decision = holds(page)
    assert decision is not None
    assert decision.kind is DecisionKind.EDIT
    assert "Checked on site." in decision.diff
    assert decision.edit_similarity is not None
    assert 0.5 < decision.edit_similarity < 1
    assert "accepted with changes" in shown_texts(page.card())
    assert "drafted with AI" in shown_texts(page.case.messages)
    page.undo()
    assert holds(page) is not None
    assert page.write_box.toPlainText().endswith(" Checked on site.")


def test_what_is_posted_unchanged_stays_an_accept(page: Page) -> None:
    page.run("Accept the answer into the note")
    page.settle()
    page.press(Qt.Key.Key_Return, CONTROL)
    page.settle()
    assert [decision.kind for decision in decisions(page)] == [DecisionKind.ACCEPT]
    assert page.stored().thread[-1].text == answer(page).strip()


def test_copying_counts_as_used_and_does_not_weaken_a_decision(page: Page) -> None:
    page.run("Copy the answer")
    page.settle()
    assert QGuiApplication.clipboard().text() == answer(page)
    assert "used" in shown_texts(page.card())
    page.run("Accept the answer into the note")
    page.settle()
    page.run("Copy the answer")
    page.settle()
    assert [decision.kind for decision in decisions(page)] == [DecisionKind.USED, DecisionKind.ACCEPT]


# -- override and escalate


def test_esc_stores_nothing_and_gives_the_focus_back(page: Page) -> None:
    page.ask_box.setFocus()
    page.press(Qt.Key.Key_O, ALT)
    bar = child(page.card(), ReasonBar)
    assert bar.isVisible()
    assert page.has_focus(bar)
    page.press(Qt.Key.Key_Escape)
    page.settle()
    assert not bar.isVisible()
    assert decisions(page) == []
    assert page.has_focus(page.ask_box)


def test_one_key_says_why(page: Page) -> None:
    offered = [
        (Qt.Key.Key_1, Reason.WRONG_CAUSE, "overridden: wrong cause"),
        (Qt.Key.Key_9, Reason.QUICKER_BY_HAND, "overridden: quicker by hand"),
        (Qt.Key.Key_0, Reason.OTHER, "overridden: something else"),
        (Qt.Key.Key_Return, Reason.NONE_GIVEN, "overridden"),
    ]
    for key, reason, words in offered:
        page.press(Qt.Key.Key_O, ALT)
        page.press(key)
        page.settle()
        decision = holds(page)
        assert decision is not None
        assert (decision.kind, decision.reason) == (DecisionKind.OVERRIDE, reason)
        assert words in shown_texts(page.card())
    assert len(decisions(page)) == len(offered)  # append-only
    page.undo()
    assert "overridden: something else" in shown_texts(page.card())


def test_a_note_goes_with_the_reason(page: Page) -> None:
    page.run("Override the answer…")
    bar = child(page.card(), ReasonBar)
    bar._note.setFocus()
    page.type("1 of 2 docks only")  # figures are text here
    button(bar, "wrong cause").click()
    page.settle()
    decision = holds(page)
    assert decision is not None
    assert (decision.reason, decision.note) == (Reason.WRONG_CAUSE, "1 of 2 docks only")


def test_enter_presses_the_reason_that_has_the_focus(page: Page) -> None:
    page.run("Override the answer…")
    bar = child(page.card(), ReasonBar)
    button(bar, "wrong tone").setFocus()
    page.press(Qt.Key.Key_Return)
    page.settle()
    decision = holds(page)
    assert decision is not None
    assert decision.reason is Reason.TONE


def test_an_escalation_is_in_the_history_of_the_ticket(page: Page) -> None:
    page.press(Qt.Key.Key_E, ALT)
    page.press(Qt.Key.Key_5)
    page.settle()
    decision = holds(page)
    assert decision is not None
    assert (decision.kind, decision.reason) == (DecisionKind.ESCALATE, Reason.POLICY_OR_VIP)
    assert page.stored().events[-1].field == "escalated"


# -- at resolve


def did_it_fix(page: Page) -> list[str]:
    return [text for text in shown_texts(page.conversation) if "Did it fix it?" in text]


@pytest.mark.parametrize(
    ("words", "kind", "outcome"),
    [
        ("Yes", DecisionKind.USED, "yes"),
        ("Partly", DecisionKind.USED, "partly"),
        ("No", DecisionKind.OVERRIDE, "no"),
        ("Skip", DecisionKind.IGNORE, None),
    ],
)
def test_resolving_asks_once_whether_it_fixed_it(
    page: Page, words: str, kind: DecisionKind, outcome: str | None
) -> None:
    page.run("Resolve the ticket")
    page.settle()
    assert len(did_it_fix(page)) == 1
    button(page.conversation, words).click()
    page.settle()
    assert did_it_fix(page) == []
    decision = holds(page)
    assert decision is not None
    assert decision.kind is kind
    with page.services.store.read() as db:
        rows = db.execute("SELECT fixed FROM outcome").fetchall()
    assert rows == ([(outcome,)] if outcome else [])
    for status in (Status.IN_PROGRESS, Status.RESOLVED):
        page.hub.change(page.window, partial(page.services.tickets.change, page.ticket, "status", status))
        page.settle()
    assert did_it_fix(page) == []  # once is enough


def test_nothing_is_asked_where_something_was_decided(page: Page) -> None:
    page.run("Copy the answer")
    page.settle()
    page.run("Resolve the ticket")
    page.settle()
    assert did_it_fix(page) == []


def test_a_ticket_resolved_from_the_list_is_asked_about_too_and_undo_takes_the_question_back(
    page: Page,
) -> None:
    ticket = page.ticket
    page.hub.change(page.hub, lambda: page.services.tickets.change(ticket, "status", "resolved"))
    page.settle()
    assert len(did_it_fix(page)) == 1
    page.undo()
    assert did_it_fix(page) == []
    assert decisions(page) == []


# -- seconds visible


def seconds(page: Page) -> float:
    return page.stored_answer(page.card().uid).answer.seconds_visible


def test_seconds_count_only_while_the_window_is_active_and_the_answer_in_sight(
    page: Page, qtbot: QtBot
) -> None:
    card = page.card()
    page.case._scroll.ensureWidgetVisible(card)
    card._timer.setInterval(1)  # a second is a millisecond here
    page.wait(lambda: seconds(page) >= 10)
    with_other = QWidget()
    qtbot.addWidget(with_other)
    with_other.show()
    with_other.activateWindow()
    page.wait(lambda: not page.window.isActiveWindow())
    page.settle()
    counted = seconds(page)
    assert counted > 0
    qtbot.wait(30)
    page.case.flush()
    page.settle()
    assert seconds(page) == counted
    page.window.activateWindow()
    page.wait(lambda: seconds(page) > counted)
    page.run("New ticket")  # the answer is out of sight
    page.settle()
    page.case.flush()
    page.settle()
    counted = seconds(page)
    qtbot.wait(30)
    page.case.flush()
    page.settle()
    assert seconds(page) == counted


def test_an_answer_that_was_watched_as_it_came_is_counted_from_its_end(fresh_page: Page) -> None:
    page = fresh_page
    card = page.ask(until="text")
    assert not card._timer.isActive()
    page.wait_for_end(card.uid)
    assert card._timer.isActive()
    card._timer.setInterval(1)
    page.wait(lambda: seconds(page) >= 10)


def test_a_follow_up_asks_for_nothing(fresh_page: Page) -> None:
    page = fresh_page
    first = page.ask()
    second = page.ask("And what do I check first?")
    assert page.card() is second
    assert len(page.services.ask.conversation(page.ticket)) == 2
    assert not any(bar.isVisible() for bar in page.conversation.findChildren(ReasonBar))
    offered = {each.text() for each in children(first, QAbstractButton)}
    assert not offered & {"More", "Ask again"}  # of the newest answer only
    with page.services.store.read() as db:
        assert conversation.decisions(db, first.uid) == []
        assert conversation.decisions(db, second.uid) == []
