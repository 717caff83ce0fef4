"""A disk that cannot be written: the text stays in its box, one banner says so, and it is stored once that works."""

import pytest
from PySide6.QtCore import Qt

from copilot.ui.bridge import draft_store
from copilot.ui.desk.new_ticket import NewTicketPanel
from tests.helpers.failing import full_disk, held_by_another
from tests.helpers.window import CONTROL, Page, child, page_fixture

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen has no window manager

page = page_fixture()

LONG = "A long story of a printer. " * 4000


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draft_store, "FIRST_WAIT_MS", 50)
    monkeypatch.setattr(draft_store, "LONGEST_WAIT_MS", 200)


def banner(page: Page) -> str:
    guard = page.window._guard
    assert guard is not None
    return guard.banner.text if guard.banner else ""


def drafts(page: Page) -> dict[str, str]:
    return {slot: draft.text for slot, draft in page.stored().drafts.items()}


def test_a_note_on_a_full_disk_stays_in_its_box_and_is_stored_later(page: Page) -> None:
    page.run("Write an internal note")
    with full_disk(page.services.store):
        page.write_box.setPlainText(LONG)
        page.wait(lambda: banner(page))
        assert "The disk is full" in banner(page)
        page.editor.focus_input()
        for word in ("and ", "then ", "some"):
            page.type(word)
            page.qtbot.wait(60)
        assert page.toasts() == []
        assert "note" not in drafts(page)
        assert page.write_box.toPlainText().startswith(LONG[:100])
    written = page.write_box.toPlainText()
    page.wait(lambda: not banner(page))
    assert drafts(page)["note"] == written
    assert not page.window.statusBar().isVisible()


def test_try_now_stores_at_once(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draft_store, "FIRST_WAIT_MS", 600_000)
    page.run("Write an internal note")
    with full_disk(page.services.store):
        page.write_box.setPlainText(LONG)
        page.wait(lambda: banner(page))
    guard = page.window._guard
    assert guard is not None
    assert guard.banner is not None
    guard.banner.button.click()
    page.wait(lambda: not banner(page))
    assert drafts(page)["note"] == LONG


def test_every_box_waits_and_is_stored_when_the_other_program_lets_go(page: Page) -> None:
    with held_by_another(page.services.store):
        page.draft_question("why is it slow")
        page.wait(lambda: "Another program holds the database" in banner(page))
        page.run("Write an internal note")
        page.type("a note")
        page.run("Write a reply")
        page.type("a reply")
        page.run("New ticket")
        page.type("A caller just now")
        page.qtbot.wait(200)
        assert page.toasts() == []
    page.wait(lambda: not banner(page))
    page.settle()
    assert drafts(page) == {"question": "why is it slow", "note": "a note", "reply": "a reply"}
    assert page.services.tickets.new_ticket_draft()["new_title"].text == "A caller just now"


def test_a_note_that_cannot_be_posted_is_told_once_and_stays(page: Page) -> None:
    thread = len(page.stored().thread)
    page.run("Write an internal note")
    with held_by_another(page.services.store):
        page.type("rang back")
        page.wait(lambda: banner(page))
        for _ in range(3):
            page.press(Qt.Key.Key_Return, CONTROL)
            page.wait(page.toasts)
            page.wait(lambda: page.hub.tasks.is_idle)
        assert len(page.toasts()) == 1
        assert "Another program holds the database" in page.told()
        assert page.write_box.toPlainText() == "rang back"
        assert len(page.stored().thread) == thread
    page.wait(lambda: not banner(page))
    assert drafts(page)["note"] == "rang back"
    page.press(Qt.Key.Key_Return, CONTROL)
    page.wait(lambda: len(page.stored().thread) == thread + 1)
    page.settle()
    page.qtbot.wait(300)  # no try that was under way brings the draft back
    assert drafts(page) == {}
    assert page.write_box.toPlainText() == ""


def test_a_question_that_cannot_be_asked_stays_and_is_asked_later(page: Page) -> None:
    with held_by_another(page.services.store):
        page.draft_question("What is the likely cause?")
        page.wait(lambda: banner(page))
        page.send()
        page.wait(lambda: page.composer._send.isEnabled() and "Another program" in page.composer._hint.text())
        assert page.ask_box.toPlainText() == "What is the likely cause?"
    page.wait(lambda: drafts(page) == {"question": "What is the likely cause?"})
    page.wait(lambda: not banner(page))
    page.send()
    page.wait(page.conversation.last_card)
    page.wait_for_end(page.card().uid)
    page.qtbot.wait(300)
    assert drafts(page) == {}


def test_a_ticket_that_cannot_be_made_keeps_its_form(page: Page) -> None:
    page.run("New ticket")
    panel = child(page.window, NewTicketPanel)
    with held_by_another(page.services.store):
        page.type("A caller just now")
        page.wait(lambda: banner(page))
        panel.make_ticket()
        page.wait(lambda: page.told())
        assert panel.values()["title"] == "A caller just now"
    page.wait(lambda: "new_title" in page.services.tickets.new_ticket_draft())
    page.wait(lambda: not banner(page))
    assert page.services.tickets.new_ticket_draft()["new_title"].text == "A caller just now"
    panel.make_ticket()
    page.settle()
    page.qtbot.wait(300)
    assert page.services.tickets.new_ticket_draft() == {}


def test_the_window_says_so_before_it_closes_over_text_that_is_not_stored(page: Page) -> None:
    page.run("Write an internal note")
    with held_by_another(page.services.store):
        page.type("half a note")
        page.wait(lambda: banner(page))
        assert not page.window.close()
        assert "Closing now loses it" in banner(page)
        assert page.window.isVisible()
        assert page.window.close()
    page.wait(lambda: not banner(page))


def test_a_window_that_is_moved_on_a_full_disk_says_nothing(page: Page) -> None:
    with full_disk(page.services.store):
        page.window.resize(page.window.width() - 40, page.window.height())
        page.wait(lambda: not page.window._layout_timer.isActive())
        page.settle()
        assert page.toasts() == []


def test_the_setting_that_cannot_be_stored_is_one_sentence(page: Page) -> None:
    with held_by_another(page.services.store):
        page.run("Theme: dark")
        page.wait(page.toasts)
        assert "Another program holds the database" in page.told()
        page.run("Theme: light")
        page.wait(lambda: page.hub.tasks.is_idle)
        assert len(page.toasts()) == 1
