"""Several tickets at once: answers go on elsewhere, questions wait in line, and the list says so."""

import threading
from functools import partial

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QMenu
from shiboken6 import isValid

from copilot.domain.conversation import AnswerState
from copilot.domain.ticket import TicketRow
from copilot.ui.ask.answer_card import AnswerCard
from copilot.ui.desk.answer_news import AnswerNews
from copilot.ui.desk.row_menu import RowMenu
from copilot.ui.models.ticket_list import TicketRole, answer_text, spoken
from tests.helpers.window import Page, button, child, page_fixture, shown_texts

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen has no window manager

page = page_fixture()
slow_page = page_fixture(script="slow")


def row(page: Page, ticket: int) -> TicketRow:
    found = page.sidebar._model.index(page.sidebar._model.place(ticket)).data(TicketRole.ROW)
    assert isinstance(found, TicketRow)
    return found


def row_says(page: Page, ticket: int, words: str) -> None:
    """Wait until the row says this of its answer, to the eye and to the ear."""
    page.wait(lambda: answer_text(row(page, ticket)) == words)
    assert words in spoken(row(page, ticket))


def news(page: Page) -> AnswerNews:
    return child(page.sidebar, AnswerNews)


def stop_all(page: Page) -> None:
    for ticket in page.services.attention.news().under_way:
        page.services.ask.stop_ticket(ticket)
    page.wait(lambda: not page.services.attention.news().under_way)
    page.settle()


# -- answers elsewhere


def test_an_answer_ends_while_another_ticket_is_open_and_is_there_on_return(page: Page) -> None:
    first = page.ticket
    card = page.ask(until="text")
    uid = card.uid
    page.open("INC-1043")
    page.wait(lambda: page.stored_answer(uid).answer.state is AnswerState.COMPLETE)
    row_says(page, first, "Answer ready")
    page.qtbot.wait(50)
    page.case.flush()
    page.settle()
    assert page.stored_answer(uid).answer.seconds_visible == 0  # nobody has seen it
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert not isValid(card)
    assert page.window.findChildren(AnswerCard) == []
    page.sidebar.select(first)
    page.wait(lambda: page.conversation.card(uid))
    page.settle()
    again = page.card()
    assert not again.is_streaming
    assert again.text() == page.stored_answer(uid).answer.text
    page.case._scroll.ensureWidgetVisible(again)
    again._timer.setInterval(1)  # a second is a millisecond here
    row_says(page, first, "")  # and is ready no longer: it was seen
    assert page.stored_answer(uid).answer.seconds_visible > 0
    page.open("INC-1043")
    page.settle()
    counted = page.stored_answer(uid).answer.seconds_visible
    page.qtbot.wait(50)
    assert page.stored_answer(uid).answer.seconds_visible == counted


def test_two_long_errands_do_not_hold_up_a_question(page: Page) -> None:
    go_on = threading.Event()
    for _ in range(2):
        page.hub.tasks.errand(page.window, partial(go_on.wait, 30))
    page.draft_question("What is the likely cause?")
    page.send()
    try:
        page.wait(page.conversation.last_card)
        page.wait(lambda: page.stored_answer(page.card().uid).answer.state is AnswerState.COMPLETE)
    finally:
        go_on.set()
    page.settle()


# -- the line


def test_a_question_that_waits_is_taken_back_into_the_box(slow_page: Page) -> None:
    page = slow_page
    page.ask(until="text")
    page.open("INC-1043")
    ticket = page.ticket
    card = page.ask("Why does it not connect?", until="card")
    page.wait(lambda: "Waits: next in line" in shown_texts(card))
    row_says(page, ticket, "Waits: next in line")
    page.press(Qt.Key.Key_Escape)
    page.wait(lambda: page.ask_box.toPlainText() == "Why does it not connect?")
    page.settle()
    assert page.stored().drafts["question"].text == "Why does it not connect?"
    assert not card.isVisible()
    assert row(page, ticket).answer_state == ""
    page.type(" And since when?")  # it is a draft like any other
    assert page.ask_box.toPlainText().endswith("And since when?")
    stop_all(page)


def test_a_question_that_waits_is_stopped_from_the_list_and_kept_beside_another_draft(
    slow_page: Page,
) -> None:
    page = slow_page
    page.ask(until="text")
    page.open("INC-1043")
    ticket = page.ticket
    card = page.ask("Why does it not connect?", until="card")
    page.draft_question("a draft of my own")
    row_says(page, ticket, "Waits: next in line")
    page.settle()
    menu = RowMenu(page.hub, row(page, ticket), page.sidebar)
    next(action for action in menu.actions() if action.text() == "Stop the answer").trigger()
    page.wait(lambda: not card.is_streaming)
    page.settle()
    assert page.ask_box.toPlainText() == "a draft of my own"
    assert "Interrupted: Stopped before it was asked." in shown_texts(card)
    assert button(card, "Ask again")
    menu.deleteLater()
    stop_all(page)


def test_the_list_stops_an_answer_that_is_written_elsewhere(slow_page: Page) -> None:
    page = slow_page
    ticket = page.ticket
    uid = page.ask(until="text").uid
    page.open("INC-1043")
    row_says(page, ticket, "Answering…")
    menu = RowMenu(page.hub, row(page, ticket), page.sidebar)
    next(action for action in menu.actions() if action.text() == "Stop the answer").trigger()
    page.wait(lambda: page.stored_answer(uid).answer.error == "Stopped.")
    page.settle()
    row_says(page, ticket, "")  # what one stopped oneself is no news
    plain = RowMenu(page.hub, row(page, ticket), page.sidebar)
    assert "Stop the answer" not in [action.text() for action in plain.actions()]
    for each in (menu, plain):
        assert isinstance(each, QMenu)
        each.deleteLater()


def test_a_question_on_the_same_ticket_goes_with_the_whole_answer_before_it(page: Page) -> None:
    first = page.ask(until="text")
    second = page.ask("And then?", until="card")
    page.wait_for_end(second.uid)
    one, two = page.services.ask.conversation(page.ticket)
    assert one.answers[0].answer.state is AnswerState.COMPLETE
    assert two.question.epoch == one.question.epoch
    assert first.text() == one.answers[0].answer.text
    assert two.answers[0].answer.timings.cached_tokens > 0  # the prompt only grew


# -- what is ready


def test_the_foot_counts_and_goes_to_the_answer_that_was_ready_first(page: Page) -> None:
    assert not news(page).isVisible()
    assert not page.action("Next ready answer").isEnabled()
    numbers = ("INC-1043", "INC-1045")
    tickets = []
    for number in numbers:
        tickets.append(page.open(number))
        page.draft_question("What is the likely cause?")
        page.send()
        page.wait(lambda: page.services.ask.live_answers(page.ticket) or page.conversation.last_card())
    page.open("INC-1046")
    page.wait(lambda: news(page).text() == "2 ready")
    assert news(page).isVisible()
    assert "F7" in news(page).toolTip()
    page.sidebar.focus_list()
    page.press(Qt.Key.Key_F7)
    page.wait(lambda: page.ticket == tickets[0])
    page.settle()
    card = page.card()
    page.wait(lambda: not card.visibleRegion().isEmpty())  # it is brought into view
    card._timer.setInterval(1)
    page.wait(lambda: news(page).text() == "1 ready")
    news(page).click()
    page.wait(lambda: page.ticket == tickets[1])
    page.settle()
    page.card()._timer.setInterval(1)
    page.wait(lambda: not news(page).isVisible())


def test_what_is_answered_and_what_waits_is_counted(slow_page: Page) -> None:
    page = slow_page
    page.ask(until="text")
    page.open("INC-1043")
    page.ask(until="card")
    page.wait(lambda: news(page).text() == "2 answering")
    assert not news(page).isEnabled()  # nothing to go to yet
    stop_all(page)
    page.wait(lambda: not news(page).isVisible())


def test_an_answer_that_ends_elsewhere_is_said_with_its_number(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr("copilot.ui.desk.answer_news.announce", lambda _widget, text: said.append(text))
    number = page.stored().ticket.number
    page.ask(until="text")
    page.open("INC-1043")
    page.wait(lambda: said)
    assert said == [f"Answer ready: {number}"]


# -- did it fix it?


def fix_card(page: Page) -> list[str]:
    return [text for text in shown_texts(page.conversation) if "Did it fix it?" in text]


def test_a_ticket_resolved_while_another_is_shown_is_asked_about_when_it_is_next_shown(page: Page) -> None:
    ticket = page.ticket
    page.ask()
    page.open("INC-1043")
    page.hub.change(page.hub, lambda: page.services.tickets.change(ticket, "status", "resolved"))
    page.settle()
    assert fix_card(page) == []
    page.sidebar.select(ticket)
    page.settle()
    assert len(fix_card(page)) == 1
    button(page.conversation, "Yes").click()
    page.settle()
    assert fix_card(page) == []
    assert page.told() == "Kept: it fixed it"
    page.undo()
    assert len(fix_card(page)) == 1  # and it is asked again
    with page.services.store.read() as db:
        assert db.execute("SELECT count(*) FROM outcome").fetchone() == (0,)
