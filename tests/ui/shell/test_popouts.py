"""Tickets and answers in windows of their own: the real thing, in one place at a time, and nothing typed is lost."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from copilot.domain.conversation import DecisionKind
from copilot.ui.shell.answer_window import AnswerWindow
from copilot.ui.shell.away import AwayNotice
from copilot.ui.shell.ticket_window import TicketWindow
from copilot.ui.widgets.growing_edit import GrowingEdit
from tests.helpers.desk import desk
from tests.helpers.window import CONTROL, PATIENCE, Page, button, child, page_fixture, shown_texts

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen has no window manager

page = page_fixture()
slow_page = page_fixture(script="slow")


def windows(page: Page) -> list[TicketWindow]:
    return [w for w in page.window.popouts.windows() if isinstance(w, TicketWindow)]


def pop_out(page: Page) -> TicketWindow:
    before = len(windows(page))
    page.run("Open the ticket in a window of its own")
    page.wait(lambda: len(windows(page)) > before)
    window = windows(page)[-1]
    page.wait(window.case.is_showing)
    settle(page, window)
    return window


def settle(page: Page, window: TicketWindow) -> None:
    composer, editor = window.case.composer, window.case.editor
    timers = (composer._save_timer, composer._coach_timer, editor._timer)
    page.wait(lambda: page.hub.tasks.is_idle and not any(timer.isActive() for timer in timers))


def box(window: TicketWindow) -> GrowingEdit:
    return child(window.case.composer, GrowingEdit)


def stored(page: Page, ticket: int) -> str:
    draft = page.services.tickets.case(ticket).drafts.get("question")
    return draft.text if draft else ""


def test_a_popped_out_ticket_is_the_whole_ticket_and_follows_changes(page: Page) -> None:
    ticket, case = page.ticket, page.stored()
    window = pop_out(page)
    texts = shown_texts(window)
    assert case.ticket.number in texts
    assert case.thread[0].text.strip() in [text.strip() for text in texts]
    assert window.windowTitle().startswith(case.ticket.number)
    page.wait(lambda: page.services.store._last_seen_version)  # it has begun to look
    with desk(page.services.data_dir, samples=False) as other:  # another process, as the console is
        other.tickets.change(ticket, "title", "Changed elsewhere")
    page.wait(lambda: "Changed elsewhere" in window.windowTitle())
    assert "Changed elsewhere" in shown_texts(window.case.header)


def test_the_main_window_says_where_the_ticket_is(page: Page) -> None:
    window = pop_out(page)
    assert "This ticket is open in a window of its own." in shown_texts(page.case)
    assert not page.ask_box.isVisible()
    button(page.case, "Go there").click()
    page.wait(window.isActiveWindow)
    button(page.case, "Bring it here").click()
    page.wait(lambda: not windows(page) and page.case.is_showing())
    assert page.ask_box.isVisible()


def test_words_typed_a_moment_before_go_along_and_come_back(page: Page) -> None:
    ticket = page.ticket
    page.draft_question("typed in the main window")
    window = pop_out(page)  # at once: nothing has been stored by a timer yet
    assert box(window).toPlainText() == "typed in the main window"
    QTest.keyClicks(box(window), ", and in its own")
    window.close()  # at once, too
    page.wait(page.case.is_showing)
    page.wait(lambda: page.ask_box.toPlainText() == "typed in the main window, and in its own")
    page.settle()
    assert stored(page, ticket) == "typed in the main window, and in its own"


@contextmanager
def busy_disk(page: Page) -> Iterator[None]:
    """Let nothing be written until the end of the block, and everything be read that is asked for in it."""
    gate = threading.Event()
    page.hub.tasks.write(page.window, partial(gate.wait, PATIENCE / 1000))
    try:
        yield
        page.wait_for_reads()
        page.wait_for_reads()  # what was read may have asked for more
    finally:
        gate.set()


def test_words_go_along_also_while_the_disk_is_busy(page: Page) -> None:
    with busy_disk(page):
        page.draft_question("not on the disk yet")
        page.run("Open the ticket in a window of its own")
    page.wait(lambda: windows(page) and windows(page)[-1].case.is_showing())
    window = windows(page)[-1]
    settle(page, window)
    assert box(window).toPlainText() == "not on the disk yet"
    with busy_disk(page):
        QTest.keyClicks(box(window), ", nor this")
        window.close()
    page.wait(page.case.is_showing)
    page.settle()
    assert page.ask_box.toPlainText() == "not on the disk yet, nor this"


def test_a_note_goes_along_and_comes_back(page: Page) -> None:
    page.run("Write an internal note")
    page.type("first half")
    window = pop_out(page)
    window.case._open_tab(1)
    note = child(window.case.editor, GrowingEdit)
    assert note.toPlainText() == "first half"
    QTest.keyClicks(note, ", second half")
    QTest.keyClick(note, Qt.Key.Key_W, CONTROL)
    page.wait(page.case.is_showing)
    page.run("Write an internal note")
    page.wait(lambda: page.write_box.toPlainText() == "first half, second half")


def test_going_to_other_tickets_and_back_never_shows_it_twice(page: Page) -> None:
    ticket = page.ticket
    number = page.stored().ticket.number
    window = pop_out(page)
    QTest.keyClicks(box(window), "mine")
    page.window.activateWindow()
    page.wait(page.window.isActiveWindow)
    page.open("INC-1043")
    assert page.ask_box.toPlainText() == ""
    page.draft_question("of the other ticket")
    page.sidebar.select(ticket)
    page.settle()
    settle(page, window)
    assert child(page.case, AwayNotice).isVisible()
    assert stored(page, ticket) == "mine"
    page.open("INC-1043")
    assert page.ask_box.toPlainText() == "of the other ticket"
    window.close()
    page.settle()
    page.open(number)
    assert page.ask_box.toPlainText() == "mine"


def test_several_are_open_at_once_and_one_ticket_only_once(page: Page) -> None:
    first = pop_out(page)
    page.open("INC-1043")
    second = pop_out(page)
    assert {window.case._ticket for window in windows(page)} == {first.case._ticket, second.case._ticket}
    page.hub.ticket_window_requested.emit(first.case._ticket)
    page.settle()
    assert len(windows(page)) == 2
    page.wait(first.isActiveWindow)


def test_asking_works_there_and_the_answer_is_in_the_main_window_afterwards(page: Page) -> None:
    window = pop_out(page)
    QTest.keyClicks(box(window), "What is the likely cause?")
    QTest.keyClick(box(window), Qt.Key.Key_Return, CONTROL)
    page.wait(lambda: (card := window.case.conversation.last_card()) and not card.is_streaming)
    card = window.case.conversation.last_card()
    assert card is not None
    text = card.text()
    assert text
    settle(page, window)
    window.close()
    page.wait(lambda: (shown := page.conversation.last_card()) is not None and shown.text() == text)


def test_closing_while_a_question_is_sent_waits_and_keeps_what_is_typed_meanwhile(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = page.ticket
    window = pop_out(page)
    QTest.keyClicks(box(window), "First question?")
    QTest.keyClick(box(window), Qt.Key.Key_Return, CONTROL)
    assert window.case.composer.is_sending(ticket)
    QTest.keyClicks(box(window), " and the next one")
    window.close()
    assert windows(page)  # out of sight, not gone
    page.wait(lambda: not windows(page) and page.case.is_showing())
    page.wait(lambda: page.ask_box.toPlainText() == "and the next one")


def test_a_note_of_a_change_there_is_shown_there_and_undo_works(page: Page) -> None:
    window = pop_out(page)
    window.activateWindow()
    page.wait(window.isActiveWindow)
    before = page.services.tickets.case(window.case._ticket).ticket.priority
    window.case.header._set("priority", "P4")
    page.wait(lambda: window.toasts.toasts)
    undo = window.toasts.toasts[-1].action_button
    assert undo is not None
    undo.click()
    settle(page, window)
    assert page.services.tickets.case(window.case._ticket).ticket.priority == before


def test_a_ticket_that_is_taken_away_takes_its_window_along(page: Page) -> None:
    ticket, change = page.services.tickets.create("Made by mistake")
    page.hub.announce_change(change)
    page.sidebar.select(ticket.id)
    page.settle()
    pop_out(page)
    page.hub.undo(change.undo_id)
    page.wait(lambda: not windows(page))


def test_deleting_a_popped_out_ticket_is_asked_in_one_window_and_closes_the_other(page: Page) -> None:
    ticket = page.ticket
    window = pop_out(page)
    QTest.keyClicks(box(window), "never mind")
    page.hub.delete_requested.emit(ticket)
    page.wait(page.case.delete_bar.isVisible)
    settle(page, window)
    assert not window.case.delete_bar.isVisible()
    button(page.case.delete_bar, "Delete").click()
    page.wait(lambda: not windows(page))
    page.wait(lambda: page.ticket not in (0, ticket) and page.case.is_showing())
    page.settle()
    assert not page.window.popouts.holds(ticket)


def test_another_desk_in_place_of_this_one_closes_them_and_stores_nothing(page: Page) -> None:
    ticket = page.ticket
    window = pop_out(page)
    page.hub.desk_replacing.emit(True)
    assert not window.isEnabled()
    box(window).setPlainText("of a desk that is no more")
    page.hub.desk_replacing.emit(False)
    page.hub.desk_replaced.emit()
    page.wait(lambda: not windows(page) and page.case.is_showing())
    page.settle()
    assert not page.window.popouts.holds(ticket)
    assert stored(page, ticket) == ""


def test_its_size_is_remembered(page: Page) -> None:
    window = pop_out(page)
    window.resize(500, 640)
    window.close()
    page.wait(lambda: not windows(page) and page.case.is_showing())
    page.settle()
    assert pop_out(page).size().toTuple() == (500, 640)


def test_the_end_of_the_program_closes_them_and_keeps_what_is_typed(page: Page, qapp: QApplication) -> None:
    ticket = page.ticket
    window = pop_out(page)
    QTest.keyClicks(box(window), "typed at the last moment")
    page.window.close()
    assert not window.isVisible()
    page.window.hub.tasks.shutdown()
    assert stored(page, ticket) == "typed at the last moment"
    assert not [w for w in qapp.topLevelWidgets() if w.isVisible()]


# -- answers


def answer_window(page: Page) -> AnswerWindow:
    found = [w for w in page.window.popouts.windows() if isinstance(w, AnswerWindow)]
    return found[-1]


def test_an_answer_window_shows_the_answer_with_its_marks_and_copies_it(page: Page) -> None:
    card = page.ask()
    button(card, "Open in a window of its own").click()
    window = answer_window(page)
    page.wait(lambda: window.body.text() == card.text())
    page.settle()
    assert any(card.view.headline in text for text in shown_texts(window))
    window._copy.click()
    assert QGuiApplication.clipboard().text() == card.text()
    page.settle()
    decision = page.stored_answer(card.uid).decision
    assert decision is not None
    assert decision.kind is DecisionKind.USED
    QTest.keyClick(window, Qt.Key.Key_W, CONTROL)
    page.wait(lambda: not page.window.popouts.windows())


def test_an_answer_window_follows_the_answer_while_it_is_written(slow_page: Page) -> None:
    page = slow_page
    card = page.ask(until="text")
    page.run("Open the answer in a window of its own")
    window = answer_window(page)
    page.wait(lambda: len(window.body.text()) > 10)
    page.run("Stop the answer")
    page.wait_for_end(card.uid)
    page.wait(lambda: window.body.text() == page.stored_answer(card.uid).answer.text)


def test_an_answer_window_stays_on_top_if_wanted(page: Page) -> None:
    page.ask()
    page.run("Open the answer in a window of its own")
    window = answer_window(page)
    for on in (True, False):
        button(window, "Keep on top of other windows").click()
        assert bool(window.windowFlags() & Qt.WindowType.WindowStaysOnTopHint) is on
        assert window.isVisible()


def test_an_answer_window_forgets_the_answer_of_a_ticket_that_is_gone(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.ask()
    page.run("Open the answer in a window of its own")
    window = answer_window(page)
    page.wait(window.body.text)
    page.settle()

    def gone(_uid: str) -> object:
        from copilot.support.errors import KnownError

        raise KnownError("This ticket is no longer there.")

    monkeypatch.setattr(page.services.ask, "view", gone)
    window._load()
    page.wait(lambda: not window.body.text())
    assert "This ticket is no longer there." in shown_texts(window)
    assert not child(window, QPushButton).isEnabled()
