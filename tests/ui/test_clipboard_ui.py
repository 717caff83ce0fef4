"""The clipboard both ways: a ticket made of it, evidence from it, copies onto it; and the ticket on paper."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QFont, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QToolButton, QWidget

from copilot.domain.evidence import EvidenceKind
from copilot.domain.ticket import Visibility
from copilot.services.tickets import MAX_EVIDENCE
from copilot.ui.desk import pictures
from copilot.ui.desk.clipping_form import ClippedThread, ClippingBanner, GuessLine
from copilot.ui.desk.new_ticket import NewTicketPanel
from copilot.ui.desk.paper import document_of
from copilot.ui.desk.picture_view import PictureOverlay, PictureView
from copilot.ui.desk.print_page import PrintPage
from copilot.ui.widgets.drop_shade import DropShade
from copilot.ui.widgets.offer_line import OfferLine
from tests.helpers.hostile import ATTACK
from tests.helpers.window import CONTROL, SHIFT, Page, button, child, children, page_fixture, shown_texts

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen has no window manager

CLIPPINGS = Path(__file__).parents[1] / "unit/desk/clippings"
LOG = "\n".join(f"09:1{i % 10} svc[{i}]: cannot reach the broker" for i in range(30))

page = page_fixture()


def copy(name: str) -> None:
    QGuiApplication.clipboard().setText((CLIPPINGS / f"{name}.txt").read_text(encoding="utf-8"))


def picture(width: int = 600, height: int = 400) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("#3457d5"))
    return image


def from_clipboard(page: Page) -> NewTicketPanel:
    page.sidebar.focus_list()
    page.press(Qt.Key.Key_N, CONTROL | SHIFT)
    page.wait(lambda: "new" in page.window._pages and page.window._pages["new"].isVisible())
    page.settle()
    panel = page.window._pages["new"]
    assert isinstance(panel, NewTicketPanel)
    return panel


# -- new from clipboard


def test_a_copied_page_fills_the_form_and_says_what_each_guess_is_from(page: Page) -> None:
    copy("servicenow")
    panel = from_clipboard(page)
    values = panel.values()
    assert values["title"] == "Outlook crashes when a calendar is opened"
    assert (values["name"], values["number"], values["priority"]) == ("Abel Tuter", "INC0010247", "P3")
    said = [line.text() for line in children(panel, GuessLine)]
    assert "guessed from: Number INC0010247" in said
    assert "guessed from: Priority 3 - Moderate" in said
    texts = shown_texts(panel)
    assert "In safe mode it stays open." in texts
    assert any(text.startswith("Read from the clipboard as a ticket") for text in texts)


def test_a_guess_that_is_corrected_is_no_guess_any_more(page: Page) -> None:
    copy("outlook_en")
    panel = from_clipboard(page)
    guess = panel._guesses["name"]
    assert guess.isVisible()
    panel.fields["name"].setFocus()
    page.type("X")
    assert not guess.isVisible()
    assert panel._guesses["email"].isVisible()


def test_the_ticket_that_is_made_has_number_time_and_thread(page: Page) -> None:
    copy("servicenow")
    panel = from_clipboard(page)
    button(child(panel, ClippedThread), "Leave out the message by Beth Anglin").click()
    panel.make_ticket()
    page.wait(lambda: page.case.isVisible() and page.stored().ticket.number == "INC0010247")
    page.settle()
    case = page.stored()
    assert [(m.author, m.visibility) for m in case.thread] == [
        ("Abel Tuter", Visibility.PUBLIC),
        ("Beth Anglin", Visibility.INTERNAL),
    ]
    assert case.ticket.created_at.astimezone().strftime("%Y-%m-%d %H:%M") == "2026-03-02 09:14"
    assert not panel._banner.isVisibleTo(panel)
    assert panel.values()["thread"] == ""
    page.undo()
    assert page.services.tickets.new_ticket_draft()["new_thread"].text.count("Abel Tuter") == 1


def test_what_was_typed_before_can_be_put_back(page: Page) -> None:
    page.window.new_ticket()
    page.settle()
    panel = page.window._pages["new"]
    assert isinstance(panel, NewTicketPanel)
    panel.fields["title"].setFocus()
    page.type("Half a thought")
    copy("plain_text")
    page.window.new_from_clipboard()
    page.wait(lambda: panel.values()["title"] != "Half a thought")
    button(child(panel, ClippingBanner), "Put back what was here").click()
    assert panel.values()["title"] == "Half a thought"
    assert panel.values()["body"] == ""
    assert children(panel, GuessLine) == []


def test_a_time_that_is_none_is_told_and_the_form_kept(page: Page) -> None:
    copy("servicenow")
    panel = from_clipboard(page)
    field = panel.fields["created"]
    assert isinstance(field, QLineEdit)
    field.setText("next tuesday")
    panel.make_ticket()
    page.wait(page.told)
    assert "next tuesday" in page.told()
    assert panel.values()["number"] == "INC0010247"


def test_an_empty_clipboard_and_a_picture_are_told_in_one_sentence(page: Page) -> None:
    QGuiApplication.clipboard().clear()
    page.run("New ticket from clipboard")
    assert page.told().startswith("The clipboard is empty.")
    QGuiApplication.clipboard().setImage(picture())
    page.run("New ticket from clipboard")
    assert page.told().startswith("There is a picture on the clipboard")
    assert "new" not in page.window._pages


def test_a_hostile_clipping_is_shown_as_text(page: Page) -> None:
    data = QMimeData()
    data.setText(f"From: {ATTACK}\nTo: x\nSubject: {ATTACK}\n\n{ATTACK}")
    data.setHtml(f"<img src=http://evil.example/x.png><script>alert(1)</script>{ATTACK}")
    QGuiApplication.clipboard().setMimeData(data)
    panel = from_clipboard(page)
    panel.make_ticket()
    page.wait(lambda: page.stored().ticket.title.startswith("<script>"))


# -- evidence


def test_a_long_paste_is_offered_as_evidence_and_lost_nowhere(page: Page) -> None:
    page.draft_question("Why? ")
    QGuiApplication.clipboard().setText(LOG)
    page.press(Qt.Key.Key_V, CONTROL)
    assert page.ask_box.toPlainText() == f"Why? {LOG}"
    button(child(page.composer, OfferLine), "Keep as evidence instead").click()
    page.settle()
    assert page.ask_box.toPlainText() == "Why? "
    assert LOG in [fact.text for fact in page.facts().values()]
    page.press(Qt.Key.Key_Z, CONTROL)
    assert page.ask_box.toPlainText() == f"Why? {LOG}"


def test_a_long_paste_may_stay_and_a_short_one_is_not_asked_about(page: Page) -> None:
    offer = child(page.composer, OfferLine)
    page.draft_question("")
    QGuiApplication.clipboard().setText("short")
    page.press(Qt.Key.Key_V, CONTROL)
    assert offer.text == ""
    QGuiApplication.clipboard().setText("x" * 801)
    page.press(Qt.Key.Key_V, CONTROL)
    facts = page.facts()
    button(offer, "Leave it in the question").click()
    page.settle()
    assert len(page.ask_box.toPlainText()) == 806
    assert (offer.text, page.facts()) == ("", facts)


def test_what_was_changed_since_the_paste_stays_in_the_question(page: Page) -> None:
    page.draft_question("")
    QGuiApplication.clipboard().setText(LOG)
    page.press(Qt.Key.Key_V, CONTROL)
    for _ in range(5):
        page.press(Qt.Key.Key_Backspace)
    button(child(page.composer, OfferLine), "Keep as evidence instead").click()
    page.settle()
    assert page.ask_box.toPlainText() == LOG[:-5]


def test_ctrl_v_on_the_list_takes_a_picture_and_its_description_is_what_the_model_gets(page: Page) -> None:
    QGuiApplication.clipboard().setImage(picture())
    page.case.evidence.setFocus()
    page.press(Qt.Key.Key_V, CONTROL)
    page.settle()
    fact = list(page.facts().values())[-1]
    assert fact.kind is EvidenceKind.ATTACHMENT
    assert fact.text == (
        "Image screenshot.png, 600 × 400. The model cannot see images: describe what matters."
    )
    view = child(page.case.evidence, PictureView)
    page.wait(lambda: view.is_loaded)
    words = child(view, QLineEdit)
    words.setText("Error 0x80070005 in a red box")
    button(view, "Add as evidence").click()
    page.settle()
    described = list(page.facts().values())[-1]
    assert (described.text, described.source) == ("Error 0x80070005 in a red box", f"Seen in {fact.label}")
    assert described.source_ref == fact.uid


def test_a_picture_opens_above_the_window_and_esc_leads_back(page: Page) -> None:
    QGuiApplication.clipboard().setImage(picture(3000, 2000))
    page.case.evidence.paste()
    page.settle()
    view = child(page.case.evidence, PictureView)
    page.wait(lambda: view.is_loaded)
    thumbnail = child(view, QToolButton)
    thumbnail.setFocus()
    thumbnail.click()
    page.wait(lambda: children(page.window, PictureOverlay))
    overlay = child(page.window, PictureOverlay)
    assert overlay.geometry() == page.window.rect()
    button(overlay, "Own size").click()
    assert overlay._label.pixmap().width() == 3000
    page.press(Qt.Key.Key_N, CONTROL)  # no shortcut gets through
    assert overlay.isVisible()
    QTest.keyClick(overlay, Qt.Key.Key_Escape)
    page.wait(lambda: not page.window.findChildren(PictureOverlay))
    assert page.focused() is thumbnail


def test_several_files_dropped_at_once_are_one_change(page: Page, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("first", encoding="utf-8")
    (tmp_path / "b.txt").write_text("second", encoding="utf-8")
    picture().save(str(tmp_path / "c.jpg"))
    (tmp_path / "d.exe").write_bytes(b"MZ\0")
    before = page.facts()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in sorted(tmp_path.iterdir()) if path.is_file()])
    drop(page.case.evidence, data)
    page.settle()
    added = [fact.source for label, fact in page.facts().items() if label not in before]
    assert added == ["a.log", "b.txt", "c.jpg"]
    assert any(toast.text.startswith("d.exe is neither text nor a picture.") for toast in page.toasts())
    page.run("Undo the last change")
    page.settle()
    assert page.facts() == before


def test_files_and_pictures_in_the_ask_box_become_evidence_and_addresses_stay_text(
    page: Page, tmp_path: Path
) -> None:
    (tmp_path / "a.log").write_text("from a file", encoding="utf-8")
    page.draft_question("")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.log"))])
    QGuiApplication.clipboard().setMimeData(data)
    page.press(Qt.Key.Key_V, CONTROL)
    QGuiApplication.clipboard().setImage(picture())
    page.press(Qt.Key.Key_V, CONTROL)
    page.settle()
    assert page.ask_box.toPlainText() == ""
    kinds = [fact.kind for fact in page.facts().values()][-2:]
    assert set(kinds) == {EvidenceKind.FILE, EvidenceKind.ATTACHMENT}
    data = QMimeData()
    data.setUrls([QUrl("http://evil.example/log.txt")])
    QGuiApplication.clipboard().setMimeData(data)
    page.press(Qt.Key.Key_V, CONTROL)
    assert page.ask_box.toPlainText() == "http://evil.example/log.txt"


def test_a_remote_address_dropped_on_the_evidence_is_text(page: Page) -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://evil.example/x.png")])
    drop(page.case.evidence, data)
    page.settle()
    assert list(page.facts().values())[-1].text == "https://evil.example/x.png"


def test_a_file_on_another_machine_is_not_fetched(page: Page) -> None:
    before = page.facts()
    data = QMimeData()
    data.setUrls([QUrl("file://evil.example/share/a.log")])
    drop(page.case.evidence, data)
    page.settle()
    assert page.told().startswith("a.log lies on another machine; nothing is fetched from there.")
    assert page.facts() == before


def test_the_end_of_a_text_that_is_too_long_is_offered(page: Page, tmp_path: Path) -> None:
    (tmp_path / "huge.log").write_text("a" * MAX_EVIDENCE + "the end", encoding="utf-8")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "huge.log"))])
    facts = page.facts()
    drop(page.case.evidence, data)
    page.settle()
    offer = child(page.case.evidence, OfferLine)
    assert "huge.log has 200,007 characters" in offer.text
    assert page.facts() == facts
    button(offer, "Add its last 200,000").click()
    page.settle()
    fact = list(page.facts().values())[-1]
    assert (len(fact.text), fact.text[-7:]) == (MAX_EVIDENCE, "the end")
    assert fact.source == "huge.log (its end)"


def test_where_to_drop_can_be_seen(page: Page) -> None:
    data = QMimeData()
    data.setText("x")
    shade = child(page.case.evidence, DropShade)
    enter = QDragEnterEvent(
        QPoint(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(page.case.evidence, enter)
    assert shade.isVisible()
    QApplication.sendEvent(page.case.evidence, QDragLeaveEvent())
    assert not shade.isVisible()


def test_a_picture_of_absurd_size_is_refused(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "MAX_PIXELS", 1000)
    picture().save(str(tmp_path / "bomb.png"))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "bomb.png"))])
    before = page.facts()
    drop(page.case.evidence, data)
    page.settle()
    assert page.told().startswith("bomb.png is too large: 600 × 400 pixels.")
    assert page.facts() == before


def drop(target: QWidget, data: QMimeData) -> None:
    at, action, left = QPoint(10, 10), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(at, action, data, left, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(target, enter)
    assert enter.isAccepted()
    event = QDropEvent(QPointF(at), action, data, left, Qt.KeyboardModifier.NoModifier, QEvent.Type.Drop)
    QApplication.sendEvent(target, event)


# -- copies


def test_the_reply_being_typed_is_copied_to_the_last_key(page: Page) -> None:
    page.run("Write a reply")
    page.type("Dear Dana, it works.")
    page.run("Copy the reply being written")
    page.settle()
    data = QGuiApplication.clipboard().mimeData()
    assert data.text() == "Dear Dana, it works."
    assert "<p>Dear Dana, it works.</p>" in data.html()
    assert page.told() == "Copied, as text and as HTML"


def test_an_answer_is_copied_as_note_and_reply_and_counts_as_used(page: Page) -> None:
    card = page.ask()
    page.run("Copy the answer as an internal note")
    page.settle()
    assert "written with AI, checked by" in QGuiApplication.clipboard().text()
    assert page.stored_answer(card.uid).decision is not None
    page.run("Copy the answer as a reply")
    page.settle()
    assert not re.search(r"\[E\d", QGuiApplication.clipboard().text())


def test_the_headers_menu_offers_the_ways_out(page: Page) -> None:
    button(page.case.header, "Copy and print").click()
    menu = QApplication.activePopupWidget()
    assert menu is not None
    texts = [action.text() for action in menu.actions()]
    assert "Copy as resolution" in texts
    assert "Print or save as PDF…" in texts
    menu.close()
    page.run("Copy as resolution")
    page.settle()
    assert QGuiApplication.clipboard().text().startswith("Problem\n\n")


# -- paper


def printed(page: Page) -> PrintPage:
    page.run("Print or save as PDF…")
    paper = page.window._pages["print"]
    assert isinstance(paper, PrintPage)
    page.wait(lambda: paper._sheet is not None)
    page.settle()
    return paper


def test_a_pdf_is_written_and_holds_no_internal_note(page: Page, tmp_path: Path) -> None:
    page.services.tickets.post(page.ticket, "SECRET: the vault is in room 4", Visibility.INTERNAL)
    paper = printed(page)
    assert "SECRET" not in paper.preview_text()
    assert page.stored().ticket.number in paper.preview_text()
    assert paper._sheet is not None
    assert "SECRET" not in document_of(paper._sheet, QFont()).toPlainText()
    path = tmp_path / "ticket.pdf"
    paper.save(path)
    page.wait(path.exists)
    page.settle()
    data = path.read_bytes()
    assert data.startswith(b"%PDF-")
    pages = int(re.search(rb"/Count (\d+)", data)[1])  # type: ignore[index]
    assert pages > 0
    assert page.told() == f"ticket.pdf saved, {pages} page" + ("s" if pages > 1 else "")
    box = next(box for box in paper.findChildren(QCheckBox) if box.text() == "With internal notes")
    box.click()
    page.wait(lambda: "SECRET" in paper.preview_text())
    paper.show_ticket(page.ticket)
    page.wait(lambda: "SECRET" not in paper.preview_text())
    assert not box.isChecked()


def test_a_pdf_that_cannot_be_written_is_told(page: Page, tmp_path: Path) -> None:
    paper = printed(page)
    paper.save(tmp_path / "gone" / "ticket.pdf")
    page.wait(page.told)
    assert page.told().startswith("ticket.pdf cannot be written.")
