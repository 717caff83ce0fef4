"""Work on a ticket: fields, notes and replies, drafts, evidence."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from copilot.domain.evidence import EvidenceKind, Trust
from copilot.domain.ticket import Priority, Status, Visibility
from copilot.ui.desk.evidence_list import EvidenceList
from copilot.ui.widgets.icon_button import IconButton
from copilot.ui.widgets.plain_text import PlainTextView
from copilot.ui.widgets.search_field import SearchField
from tests.helpers.window import (
    ALT,
    CONTROL,
    Page,
    button,
    child,
    children,
    open_page,
    page_fixture,
    select_text,
    shown_texts,
)

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen has no window manager

page = page_fixture()


def box(page: Page, name: str) -> QComboBox:
    return next(box for box in page.case.header.findChildren(QComboBox) if box.accessibleName() == name)


def choose(page: Page, name: str, value: str) -> None:
    """Choose an entry as the keyboard does."""
    chosen = box(page, name)
    chosen.setCurrentIndex(chosen.findData(value))
    chosen.activated.emit(chosen.currentIndex())
    page.settle()


# -- fields


def test_a_field_is_changed_in_place_and_undo_takes_it_back(page: Page) -> None:
    for name, field, value in (
        ("Status", "status", Status.AWAITING_USER.value),
        ("Priority", "priority", Priority.P1.value),
        ("Assignee", "assignee", "Wanda Okoro"),
    ):
        before = getattr(page.stored().ticket, field)
        assert before != value
        choose(page, name, value)
        assert getattr(page.stored().ticket, field) == value
        assert page.told().startswith(f"{page.stored().ticket.number}: {field} is now")
        page.undo()
        assert getattr(page.stored().ticket, field) == before
        assert box(page, name).currentData() == before


def test_the_title_is_changed_by_f2_and_enter(page: Page) -> None:
    before = page.stored().ticket.title
    page.run("Change the title")
    page.type("A better title")
    page.press(Qt.Key.Key_Return)
    page.settle()
    assert page.stored().ticket.title == "A better title"
    assert "A better title" in shown_texts(page.case.header)
    page.undo()
    assert page.stored().ticket.title == before


def test_esc_leaves_the_title_as_it_was(page: Page) -> None:
    before = page.stored().ticket.title
    page.run("Change the title")
    page.type("Not this")
    page.press(Qt.Key.Key_Escape)
    page.ask_box.setFocus()
    page.settle()
    assert page.stored().ticket.title == before
    assert not child(page.case.header, QLineEdit).isVisible()


def test_a_title_being_typed_goes_to_its_own_ticket(page: Page) -> None:
    first = page.ticket
    page.run("Change the title")
    page.type("For the first one")
    page.press(Qt.Key.Key_Down, ALT)  # the next ticket, without leaving the field first
    page.settle()
    assert page.ticket != first
    assert page.services.tickets.case(first).ticket.title == "For the first one"
    assert page.stored().ticket.title != "For the first one"


def test_an_open_list_of_names_is_not_filled_again_under_the_hand(page: Page) -> None:
    names = box(page, "Assignee")
    names.setCurrentIndex(2)  # looked at, not chosen yet
    page.services.tickets.save_draft(page.ticket, "note", "x")
    filled: list[int] = []
    names.model().rowsInserted.connect(lambda *_: filled.append(1))
    page.case._load()
    page.settle()
    assert filled == []


def test_the_whole_date_shows_on_hover_also_after_the_window_changed_its_size(page: Page) -> None:
    page.window.resize(1000, 700)
    page.settle()
    tips = [label.toolTip() for label in page.case.header.findChildren(type(page.case.header._created))]
    assert sum(tip.startswith("Created ") for tip in tips) == 1


# -- notes and replies


def test_a_note_is_posted_shown_and_taken_back_into_the_box(page: Page) -> None:
    page.run("Write an internal note")
    page.type("Swapped the dock, watching it.")
    page.press(Qt.Key.Key_Return, CONTROL)
    page.settle()
    note = page.stored().thread[-1]
    assert (note.text, note.visibility) == ("Swapped the dock, watching it.", Visibility.INTERNAL)
    assert note.text in shown_texts(page.case.messages)
    assert page.write_box.toPlainText() == ""
    page.undo()
    assert note.text not in shown_texts(page.case.messages)
    assert page.write_box.toPlainText() == note.text


def test_a_reply_is_public_and_no_evidence(page: Page) -> None:
    facts = len(page.facts())
    page.run("Write a reply")
    page.type("Please restart the laptop.")
    button(page.editor, "Add reply").click()
    page.settle()
    assert page.stored().thread[-1].visibility is Visibility.PUBLIC
    assert len(page.facts()) == facts


def test_an_empty_note_is_not_posted(page: Page) -> None:
    before = page.stored().thread
    page.run("Write an internal note")
    page.type("  ")
    page.press(Qt.Key.Key_Return, CONTROL)
    page.settle()
    assert page.stored().thread == before


def test_what_is_typed_while_a_note_is_posted_stays(page: Page, qtbot: QtBot) -> None:
    page.run("Write an internal note")
    page.type("First.")
    page.press(Qt.Key.Key_Return, CONTROL)
    page.type("Second")
    page.settle()
    assert page.stored().thread[-1].text == "First."
    assert page.write_box.toPlainText() == "Second"
    assert page.stored().drafts["note"].text == "Second"


def test_drafts_belong_to_their_ticket_and_their_slot(page: Page) -> None:
    first = page.ticket
    page.draft_question("a question")
    page.run("Write an internal note")
    page.type("a note")
    page.run("Write a reply")
    page.type("a reply")
    page.open("INC-1043")
    assert (page.ask_box.toPlainText(), page.write_box.toPlainText()) == ("", "")
    page.type("another reply")
    page.sidebar.select(first)
    page.settle()
    assert page.write_box.toPlainText() == "a reply"
    page.run("Write an internal note")
    assert page.write_box.toPlainText() == "a note"
    assert page.ask_box.toPlainText() == "a question"
    drafts = page.stored().drafts
    assert {slot: drafts[slot].text for slot in drafts} == {
        "question": "a question",
        "note": "a note",
        "reply": "a reply",
    }


def test_going_to_and_fro_faster_than_the_disk_loses_no_key(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is held by somebody else while a person types, leaves the ticket and comes back."""
    first, second = page.ticket, page.services.tickets.resolve_id("INC-1043")
    page.run("Write an internal note")
    with page.services.store.write():  # nothing can be stored
        page.type("typed before it was stored")
        page.sidebar.select(second)
        page.wait(lambda: page.case.header._case and page.case.header._case.ticket.id == second)
        page.sidebar.select(first)
        page.wait(lambda: page.case.header._case and page.case.header._case.ticket.id == first)
        assert page.write_box.toPlainText() == "typed before it was stored"
    page.settle()
    assert page.stored().drafts["note"].text == "typed before it was stored"


def test_news_of_the_ticket_do_not_overwrite_what_is_being_typed(page: Page) -> None:
    page.run("Write an internal note")
    with page.services.store.write():
        page.type("half a sen")
        page.wait(lambda: not page.editor._timer.isActive())  # on its way, and held up
        page.case._load()
        page.wait_for_reads()
        assert page.write_box.toPlainText() == "half a sen"
        page.type("tence")
    page.settle()
    assert page.write_box.toPlainText() == "half a sentence"
    assert page.stored().drafts["note"].text == "half a sentence"


def test_a_ticket_read_before_the_last_keys_does_not_bring_the_old_text_back(page: Page) -> None:
    page.run("Write an internal note")
    page.type("old")
    page.settle()
    stale, revision = page.stored(), page.editor.revision
    page.type(" and new")
    page.settle()
    page.editor.show_case(stale, revision)  # a read that took its time
    assert page.write_box.toPlainText() == "old and new"


# -- evidence


def test_selected_words_of_the_thread_become_evidence(page: Page) -> None:
    page.open("INC-1043")
    view = next(v for v in children(page.case.messages, PlainTextView) if "0x8004de40" in v.toPlainText())
    select_text(view, "0x8004de40")
    menu = view.context_menu()
    use = next(action for action in menu.actions() if action.text() == "Use as evidence")
    assert use.isEnabled()
    use.trigger()
    menu.close()
    page.settle()
    fact = list(page.facts().values())[-1]
    assert (fact.text, fact.kind, fact.trust) == ("0x8004de40", EvidenceKind.SELECTION, Trust.STATED)
    assert fact.label in shown_texts(page.case.evidence)
    assert fact.label in [row.label for row in page.window.inspector._rows.values()]


def test_the_clipboard_is_pasted_as_evidence_and_undo_takes_it_off(page: Page) -> None:
    facts = page.facts()
    QGuiApplication.clipboard().setText("Event 4625 Audit Failure")
    page.sidebar.focus_list()
    page.press(Qt.Key.Key_V, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    page.settle()
    added = [fact for label, fact in page.facts().items() if label not in facts]
    assert [(fact.text, fact.kind) for fact in added] == [("Event 4625 Audit Failure", EvidenceKind.PASTE)]
    page.undo()
    assert page.facts() == facts


def test_an_empty_clipboard_is_told_in_a_sentence(page: Page) -> None:
    QGuiApplication.clipboard().clear()
    page.run("Add evidence from clipboard")
    page.settle()
    assert page.told() == "There is no text, file or picture to use as evidence. Copy something first."


def drop(target: EvidenceList, data: QMimeData) -> None:
    """Drop something as a desktop does: enter first, then let go."""
    at, action = QPoint(10, 10), Qt.DropAction.CopyAction
    left = Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(at, action, data, left, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(target, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(
        target, QDropEvent(QPointF(at), action, data, left, Qt.KeyboardModifier.NoModifier)
    )


def test_text_is_dropped_on_the_evidence(page: Page) -> None:
    data = QMimeData()
    data.setText("ping: request timed out")
    drop(page.case.evidence, data)
    page.settle()
    assert "ping: request timed out" in [fact.text for fact in page.facts().values()]


def test_text_files_are_dropped_in_the_encodings_that_logs_come_in(page: Page, tmp_path: Path) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        path = tmp_path / f"Prüfung {encoding}.log"
        path.write_bytes("Gerät nicht bereit: 0x80070015".encode(encoding))
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        drop(page.case.evidence, data)
        page.settle()
        fact = list(page.facts().values())[-1]
        assert (fact.text, fact.source) == ("Gerät nicht bereit: 0x80070015", path.name)
        assert (fact.kind, fact.trust) == (EvidenceKind.FILE, Trust.MEASURED)


def test_what_is_no_text_and_no_picture_is_told_in_a_sentence(page: Page, tmp_path: Path) -> None:
    (tmp_path / "damaged.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00")
    (tmp_path / "tool.exe").write_bytes(b"MZ\x90\x00")
    (tmp_path / "empty.log").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    facts = page.facts()
    for name, sentence in (
        ("damaged.png", "damaged.png cannot be shown: it is damaged or of an unknown format."),
        ("tool.exe", "tool.exe is neither text nor a picture."),
        ("empty.log", "empty.log is empty."),
        ("folder", "folder is neither text nor a picture."),
        ("gone.log", "gone.log cannot be read: No such file or directory."),
    ):
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(tmp_path / name))])
        drop(page.case.evidence, data)
        page.settle()
        assert page.told().startswith(sentence)
        assert "Nothing was added." in page.told()
    assert page.facts() == facts


def open_menu(page: Page, label: str) -> QMenu:
    button(page.case.evidence, f"More about {label}").click()
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, QMenu)
    return popup


def test_evidence_is_removed_and_brought_back_under_its_label(page: Page) -> None:
    facts = page.facts()
    menu = open_menu(page, "E1")
    next(action for action in menu.actions() if action.text() == "Remove from the evidence").trigger()
    menu.close()
    page.settle()
    assert "E1" not in page.facts()
    assert "E1" not in shown_texts(page.case.evidence)
    page.undo()
    assert page.facts() == facts
    assert "E1" in shown_texts(page.case.evidence)


def test_evidence_switched_off_says_why_it_is_left_out_and_costs_nothing(page: Page) -> None:
    page.open("INC-1043")
    row = next(row for row in page.window.inspector._rows.values() if row.label == "E1")
    texts = shown_texts(row)
    tokens = next(text for text in texts if text.startswith("≈"))
    assert int(tokens.removeprefix("≈ ")) > 0
    before = page.services.ask.preview(page.ticket, "")
    row.switch.click()
    page.settle()
    after = page.services.ask.preview(page.ticket, "")
    assert not page.facts()["E1"].switched_on
    assert "switched off" in " ".join(shown_texts(row))
    assert "kept from the model" in shown_texts(page.case.evidence)
    assert after.tokens < before.tokens
    assert page.facts()["E1"].text[:40] not in "".join(message.content for message in after.messages)
    page.undo()
    assert row.switch.isChecked()
    assert page.facts()["E1"].switched_on


def test_a_toast_goes_when_its_change_is_undone_by_key(page: Page) -> None:
    page.case.header._set("priority", "P4")
    page.wait(lambda: "P4" in page.told())
    page.press(Qt.Key.Key_Z, CONTROL | ALT)
    page.wait(lambda: page.told() == "Taken back")
    assert [toast.action_button for toast in page.toasts()] == [None]  # nothing to undo twice


def test_a_toast_leaves_the_whole_composer_free(page: Page) -> None:
    page.case.header._set("priority", "P4")
    page.wait(page.toasts)
    page.settle()
    body = page.toasts()[-1].geometry().adjusted(12, 12, -12, -12)
    for part in (page.composer, page.tabs):
        place = QRect(part.mapTo(page.window, part.rect().topLeft()), part.size())
        assert not place.intersects(body)


def test_the_exact_text_is_shown_by_command_also_where_the_pane_is_hidden(page: Page) -> None:
    page.run("Show or hide what the model sees")
    assert not page.window.inspector.isVisible()
    page.run("Show the exact text that the model gets")
    text = page.window.inspector._text
    assert text.isVisible()
    assert text.toPlainText() == page.window.inspector._exact_text() != ""
    page.run("Show the exact text that the model gets")  # it shows, it does not toggle
    assert text.isVisible()


def test_the_exact_text_is_what_would_be_sent(page: Page) -> None:
    button(page.window.inspector, "Show the exact text").click()
    view = child(page.window.inspector, PlainTextView)
    plan = page.services.ask.preview(page.ticket, "")
    for message in plan.messages:
        assert message.content.strip() in view.toPlainText()


def test_a_drafted_question_is_counted_in(page: Page) -> None:
    button(page.window.inspector, "Show the exact text").click()
    page.draft_question("Which policy blocks the dock?")
    page.settle()
    assert "Which policy blocks the dock?" in child(page.window.inspector, PlainTextView).toPlainText()


def test_evidence_opens_to_its_whole_text_and_a_part_of_it_becomes_another_fact(page: Page) -> None:
    page.open("INC-1043")
    label, fact = next((k, f) for k, f in page.facts().items() if f.kind is EvidenceKind.ATTACHMENT)
    toggle = button(page.case.evidence, f"Show {label}")
    assert isinstance(toggle, IconButton)
    toggle.click()
    view = next(v for v in children(page.case.evidence, PlainTextView) if v.accessibleName() == label)
    assert view.toPlainText().strip() == fact.text.strip()
    select_text(view, "Schannel 36871")
    view.evidence_action.trigger()
    page.settle()
    part = list(page.facts().values())[-1]
    assert (part.text, part.source_ref, part.trust) == ("Schannel 36871", fact.uid, Trust.MEASURED)


def test_a_clicked_citation_leads_to_its_evidence(page: Page) -> None:
    page.open("INC-1043")
    page.case.show_evidence("E2")
    view = next(v for v in children(page.case.evidence, PlainTextView) if v.accessibleName() == "E2")
    assert view.isVisible()
    assert page.has_focus(page.window.inspector) or page.has_focus(page.case.evidence)
    page.case.show_evidence("E99")
    assert page.told() == "E99 is no longer on the list."


def test_a_slash_in_a_note_is_a_slash(page: Page) -> None:
    page.run("Write an internal note")
    page.type("and/or")
    assert page.write_box.toPlainText() == "and/or"
    page.sidebar.focus_list()
    page.press(Qt.Key.Key_Slash)
    assert page.has_focus(child(page.sidebar, SearchField))


def test_an_empty_desk_says_what_would_be_here(qtbot: QtBot, tmp_path: Path) -> None:
    with open_page(qtbot, tmp_path, samples=False) as page:
        assert not page.case.is_showing()
        assert any(text.startswith("Choose a ticket") for text in shown_texts(page.case))
        assert any(text.startswith("Choose a ticket") for text in shown_texts(page.window.inspector))
        QTest.keyClick(page.window, Qt.Key.Key_K, CONTROL)
