"""Asking in the window: the coach, secrets, streaming, stopping, waiting, going on."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCharFormat
from pytestqt.qtbot import QtBot

from copilot.domain.conversation import AnswerState
from copilot.ui.ask.coach_strip import CoachStrip
from copilot.ui.desk.ticket_list_view import TicketListView
from copilot.ui.settings.models_page import ModelsPage
from tests.helpers.window import (
    CONTROL,
    PATIENCE,
    Page,
    button,
    child,
    open_page,
    page_fixture,
    shown_texts,
)

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen has no window manager

page = page_fixture()
slow_page = page_fixture(script="slow")

SECRET = "The VPN password: Tr0ub4dor&3 does not work, why?"


def underlined(page: Page) -> list[str]:
    """Return the words of the question that are underlined."""
    found = []
    block = page.ask_box.document().firstBlock()
    while block.isValid():
        for part in block.layout().formats():
            if part.format.underlineStyle() == QTextCharFormat.UnderlineStyle.WaveUnderline:
                units = block.text().encode("utf-16-le")  # which Qt counts in
                found.append(units[2 * part.start : 2 * (part.start + part.length)].decode("utf-16-le"))
        block = block.next()
    return found


# -- before sending


def test_the_coach_says_what_is_missing_while_the_question_is_typed(page: Page) -> None:
    page.open("INC-1046")  # a title and nothing else
    strip = child(page.composer, CoachStrip)
    assert not strip.isVisible()
    page.draft_question("it does not work, why?")
    page.settle()
    texts = shown_texts(strip)
    assert any(text.endswith("?") for text in texts), texts  # a fact that neither question nor ticket has
    assert not any(text.startswith("Ready") for text in texts)


def test_the_coach_says_ready_when_everything_is_there(page: Page) -> None:
    page.draft_question(
        'Outlook shows "Error 0x8004010f: the data file cannot be accessed" since this morning on Windows 11 23H2, '
        "expected the inbox to open; restarted twice, one user only. What is the likely cause?"
    )
    page.settle()
    assert any(text.startswith("Ready") for text in shown_texts(child(page.composer, CoachStrip)))


def test_an_empty_draft_has_no_strip(page: Page) -> None:
    page.draft_question("why?")
    page.settle()
    page.ask_box.selectAll()
    page.press(Qt.Key.Key_Delete)
    page.settle()
    assert not child(page.composer, CoachStrip).isVisible()


def test_a_secret_is_underlined_masked_first_and_sent_masked(page: Page) -> None:
    page.draft_question(SECRET)
    page.settle()
    assert any("Tr0ub4dor&3" in words for words in underlined(page))
    page.send()
    page.settle()
    masked = page.ask_box.toPlainText()
    assert "Tr0ub4dor&3" not in masked
    assert page.services.ask.conversation(page.ticket) == ()
    hint = next(text for text in shown_texts(page.composer) if "masked" in text)
    assert "Ctrl+Enter" in hint  # and it stays until the next key
    page.send()
    page.wait(page.conversation.last_card)
    page.wait_for_end(page.card().uid)
    asked = page.services.ask.conversation(page.ticket)[0].question
    assert asked.text == masked
    assert "Tr0ub4dor&3" not in page.services.ask.view(page.card().uid).answer.text
    assert page.ask_box.toPlainText() == ""


def test_undo_brings_a_masked_secret_back(page: Page) -> None:
    page.draft_question(SECRET)
    page.send()
    page.settle()
    page.press(Qt.Key.Key_Z, CONTROL)
    assert page.ask_box.toPlainText() == SECRET


def test_what_is_no_secret_can_be_sent_all_the_same(page: Page) -> None:
    page.draft_question(SECRET)
    page.settle()
    button(page.composer, "Not a secret: send").click()
    page.wait(page.conversation.last_card)
    page.wait_for_end(page.card().uid)
    assert page.services.ask.conversation(page.ticket)[0].question.text == SECRET


def test_an_emoji_before_a_secret_does_not_shift_the_line_under_it(page: Page) -> None:
    page.draft_question("")
    page.ask_box.insertPlainText("🖨️ " + SECRET)
    page.settle()
    assert underlined(page)
    assert all(words in SECRET for words in underlined(page))
    assert any("Tr0ub4dor&3" in words for words in underlined(page))


def test_improve_is_one_step_that_undo_takes_back(page: Page) -> None:
    page.draft_question("why no network?")
    page.settle()
    page.run("Improve the question")
    page.settle()
    assert "why no network?" in page.ask_box.toPlainText()
    assert page.ask_box.toPlainText() != "why no network?"
    page.press(Qt.Key.Key_Z, CONTROL)
    assert page.ask_box.toPlainText() == "why no network?"


# -- the answer


def test_the_answer_streams_in_and_is_whole(page: Page) -> None:
    card = page.ask(until="text")
    assert card.is_streaming
    page.wait_for_end(card.uid)
    stored = page.stored_answer(card.uid)
    assert stored.answer.state is AnswerState.COMPLETE
    assert card.text() == stored.answer.text
    texts = shown_texts(card)
    assert stored.headline in texts
    assert "fake engine" in texts  # labelled as what it is
    assert page.services.ask.conversation(page.ticket)[0].question.text in shown_texts(page.conversation)


def test_the_view_stays_at_the_end_of_an_answer_until_somebody_scrolls_away(slow_page: Page) -> None:
    page = slow_page
    page.window.resize(1000, 600)
    page.open("INC-1045")  # long
    bar = page.case._scroll.verticalScrollBar()
    card = page.ask(until="text")
    page.wait(lambda: len(card.text()) > 60)
    assert bar.value() == bar.maximum()
    bar.triggerAction(bar.SliderAction.SliderToMinimum)
    seen = len(card.text())
    page.wait(lambda: len(card.text()) > seen + 30)
    assert bar.value() == bar.minimum()
    page.press(Qt.Key.Key_Escape)
    page.wait_for_end(card.uid)


def test_esc_stops_an_answer_and_the_card_says_so(slow_page: Page) -> None:
    page = slow_page
    card = page.ask(until="text")
    page.sidebar.focus_list()  # wherever the focus is
    page.press(Qt.Key.Key_Escape)
    page.wait_for_end(card.uid)
    stored = page.stored_answer(card.uid).answer
    assert stored.state is AnswerState.INTERRUPTED
    assert 0 < len(stored.text) < 1500
    assert card.text() == stored.text
    assert any(text.startswith("Interrupted") for text in shown_texts(card))
    assert page.services.ask.conversation(page.ticket)[0].question.text  # and the question stands


def test_esc_belongs_to_others_while_nothing_is_written(page: Page) -> None:
    assert not page.action("Stop the answer").isEnabled()
    card = page.ask(until="text")
    assert page.action("Stop the answer").isEnabled()
    page.run("New ticket")
    assert not page.action("Stop the answer").isEnabled()
    page.settle()
    page.press(Qt.Key.Key_Escape)  # leaves the page, and does not stop an answer that is out of sight
    assert page.case.isVisible()
    assert page.action("Stop the answer").isEnabled() == card.is_streaming
    page.wait_for_end(card.uid)
    assert page.stored_answer(card.uid).answer.state is AnswerState.COMPLETE
    assert not page.action("Stop the answer").isEnabled()


def test_a_second_question_waits_its_turn_and_says_its_place(slow_page: Page) -> None:
    page = slow_page
    first_ticket = page.ticket
    first = page.ask(until="text").uid
    page.open("INC-1043")
    rows = child(page.sidebar, TicketListView).model()
    row = rows.index(0, 0)
    page.wait(lambda: "Answering…" in row.data(Qt.ItemDataRole.AccessibleTextRole))  # in the list as well
    second = page.ask(until="card")
    page.wait(lambda: "Waits: next in line" in shown_texts(second))
    assert page.stored_answer(first).answer.state is AnswerState.STREAMING
    page.sidebar.select(first_ticket)
    page.settle()
    page.open("INC-1043")
    again = page.card()
    page.wait(lambda: "Waits: next in line" in shown_texts(again))  # the word came before this card was made
    page.services.ask.stop(first)
    page.wait(again.text)  # its turn
    assert "Waits: next in line" not in shown_texts(again)
    page.press(Qt.Key.Key_Escape)
    page.wait_for_end(again.uid)


def test_an_answer_goes_on_while_another_ticket_is_open_and_is_whole_on_return(slow_page: Page) -> None:
    page = slow_page
    first_ticket = page.ticket
    uid = page.ask(until="text").uid
    page.open("INC-1043")
    assert page.conversation.card(uid) is None
    had = len(page.services.ask.text_so_far(uid) or "")
    page.wait(lambda: len(page.services.ask.text_so_far(uid) or "") > had + 40)
    page.sidebar.select(first_ticket)
    page.wait(lambda: page.conversation.card(uid))
    card = page.conversation.card(uid)
    assert card is not None
    seen = len(card.text())
    page.wait(lambda: len(card.text()) > seen + 60)  # it goes on streaming into the new card
    so_far = page.services.ask.text_so_far(uid)
    assert so_far is not None
    assert so_far.startswith(card.text())  # nothing left out, nothing twice
    page.press(Qt.Key.Key_Escape)
    page.wait_for_end(uid)
    assert card.text() == page.stored_answer(uid).answer.text


def test_a_question_sent_twice_by_an_eager_finger_is_asked_once(page: Page) -> None:
    page.draft_question("What is the likely cause?")
    page.send()
    page.send()
    page.send()
    page.wait(page.conversation.last_card)
    page.wait_for_end(page.card().uid)
    assert len(page.services.ask.conversation(page.ticket)) == 1


def test_what_is_typed_while_a_question_is_sent_is_the_next_draft(page: Page) -> None:
    page.draft_question("What is the likely cause?")
    page.send()
    page.type(" And then?")
    page.wait(page.conversation.last_card)
    page.wait_for_end(page.card().uid)
    assert page.services.ask.conversation(page.ticket)[0].question.text == "What is the likely cause?"
    assert page.ask_box.toPlainText() == "And then?"
    assert page.stored().drafts["question"].text == "And then?"


def test_a_question_is_sent_though_its_ticket_is_left_at_once(page: Page) -> None:
    first = page.ticket
    page.draft_question("What is the likely cause?")
    page.send()
    page.sidebar.select(page.services.tickets.resolve_id("INC-1043"))
    page.wait(lambda: page.services.ask.conversation(first))
    page.settle()
    assert page.services.ask.conversation(page.ticket) == ()
    assert "question" not in page.services.tickets.case(first).drafts
    uid = page.services.ask.conversation(first)[0].answers[0].answer.uid
    page.services.ask.wait(uid, PATIENCE / 1000)
    assert page.stored_answer(uid).answer.state is AnswerState.COMPLETE


# -- going on


def test_asking_again_keeps_the_first_answer_as_an_earlier_version(page: Page) -> None:
    first = page.ask()
    page.run("Ask the same again")
    page.wait(lambda: page.card() is not first)
    second = page.card()
    page.wait_for_end(second.uid)
    assert page.stored_answer(first.uid).answer.superseded
    assert not first.isVisible()
    button(page.conversation, "Show 1 earlier version").click()
    page.settle()
    assert first.isVisible()
    button(page.conversation, "Hide earlier versions").click()
    page.settle()
    assert not first.isVisible()


def test_an_edited_question_replaces_the_old_one_and_the_draft_comes_back(page: Page) -> None:
    page.ask("What is the likely cose?")
    page.draft_question("for later")
    page.settle()
    button(page.conversation, "Edit and ask again").click()
    assert page.ask_box.toPlainText() == "What is the likely cose?"
    page.ask_box.setPlainText("What is the likely cause?")
    page.wait(lambda: not page.composer._save_timer.isActive())
    page.settle()
    assert "for later" in page.stored().drafts["question"].text  # also while the other is edited
    page.send()
    page.wait(lambda: len(page.services.ask.conversation(page.ticket)) == 2)
    page.settle()
    page.wait_for_end(page.card().uid)
    old, new = page.services.ask.conversation(page.ticket)
    assert old.question.superseded
    assert new.question.text == "What is the likely cause?"
    assert page.ask_box.toPlainText() == "for later"
    assert page.stored().drafts["question"].text == "for later"


def test_leaving_an_edit_keeps_the_old_question_and_the_draft(page: Page) -> None:
    page.ask()
    page.draft_question("for later")
    button(page.conversation, "Edit and ask again").click()
    button(page.composer, "Keep the old question").click()
    assert page.ask_box.toPlainText() == "for later"
    page.settle()
    assert not page.services.ask.conversation(page.ticket)[0].question.superseded


def test_more_lets_the_answer_go_on_in_its_card(page: Page) -> None:
    card = page.ask()
    before = card.text()
    page.run("Let the answer go on")
    page.wait(lambda: len(page.stored_answer(card.uid).answer.text) > len(before))
    page.wait_for_end(card.uid)
    stored = page.stored_answer(card.uid).answer
    assert stored.text.startswith(before)
    assert card.text() == stored.text
    # What is shown is what the whole text looks like, not two halves.
    shown = shown_texts(card._body)
    card._body.set_markdown("")
    card._body.set_markdown(stored.text)
    page.settle()
    assert shown == shown_texts(card._body)


# -- without a model


def test_without_a_model_the_window_works_and_says_how_to_get_one(qtbot: QtBot, tmp_path: Path) -> None:
    with open_page(qtbot, tmp_path, engine="llama") as page:
        sentence = "There is no model yet, so nothing can answer. Drafts are kept."
        assert sentence in shown_texts(page.composer)
        page.draft_question("What is the likely cause?")
        page.settle()
        assert sentence in shown_texts(page.composer)  # typing does not take it away
        assert child(page.composer, CoachStrip).isVisible()
        page.send()
        page.settle()
        said = [text for text in shown_texts(page.composer) if "model" in text and text != sentence]
        assert said or page.told()  # why it was not sent
        assert page.ask_box.toPlainText() == "What is the likely cause?"
        assert page.stored().drafts["question"].text == "What is the likely cause?"
        page.run("Write an internal note")
        page.type("Works without a model.")
        page.press(Qt.Key.Key_Return, CONTROL)
        page.settle()
        assert page.stored().thread[-1].text == "Works without a model."
        page.run("Ask the model")
        button(page.composer, "Get a model…").click()
        page.settle()
        assert isinstance(page.window._stack.currentWidget(), ModelsPage)
