"""Ticket text is hostile: it is shown as text, whatever it looks like, and never fetched or run."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QApplication, QLabel, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from copilot.domain.query import View
from copilot.domain.ticket import (
    Asset,
    Attachment,
    Message,
    Person,
    Priority,
    Status,
    Ticket,
    TicketDraft,
    TicketType,
    Visibility,
)
from copilot.support.text import clean
from copilot.ui.desk.ticket_list_view import TicketListView
from copilot.ui.widgets.icon_button import IconButton
from copilot.ui.widgets.plain_text import PlainTextView
from tests.helpers.offline import NetworkGuard
from tests.helpers.window import Page, button, child, children, page_fixture, shown_texts

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen has no window manager

page = page_fixture()

TAGS = (
    "html",
    "terminal-escapes",
    "bidi",
    "prompt-injection",
    "long-line",
    "long-log",
    "title-only",
    "empty",
    "no-requester",
    "attachment-only",
    "password-typed",
    "emoji",
)
SHOWN, TIP, SPOKEN = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
)
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\u200b\ufeff]")


def with_tag(page: Page, tag: str) -> str:
    found = page.services.tickets.search(View.ALL, f"tag:{tag}")
    assert found, f"no sample has the tag {tag}"
    return page.services.tickets.case(found[0]).ticket.number


def open_everything(page: Page) -> None:
    """Open every message, attachment, piece of evidence, and the exact prompt."""
    for part in (page.case.messages, page.case.evidence):
        for each in children(part, IconButton):
            if each.isEnabled() and each.text().startswith("Show"):
                each.click()
    for each in children(page.window.inspector, IconButton):
        if each.text() == "Show the exact text":
            each.click()
    page.settle()


def list_texts(page: Page, *roles: Qt.ItemDataRole) -> Iterator[str]:
    model = child(page.sidebar, TicketListView).model()
    for row in range(model.rowCount(QModelIndex())):
        for role in roles:
            yield str(model.index(row, 0).data(role))


def test_every_odd_sample_opens_as_plain_text_and_fetches_nothing(
    page: Page, no_network: NetworkGuard
) -> None:
    page.run("Show view: All")
    page.settle()
    for tag in TAGS:
        page.open(with_tag(page, tag))
        open_everything(page)
        case = page.stored()
        texts = shown_texts(page.window)
        assert case.ticket.number in texts, tag
        rows = list_texts(page, SHOWN, TIP, SPOKEN)
        steering = [text for text in (*texts, *rows) if STEERING.search(text)]
        assert steering == [], tag
        assert page.window.findChildren(QTextEdit) == [], tag  # which would render rich text
        for message in case.thread:
            shown = " ".join(texts)
            assert clean(message.text)[:200] in shown, tag
    assert no_network.attempts == []
    assert page.window.isVisible()


def test_markup_is_shown_as_it_was_written(page: Page) -> None:
    page.open(with_tag(page, "html"))
    title = page.stored().ticket.title
    assert "<b>" in title
    assert title in shown_texts(page.case.header)
    body = next(text for text in shown_texts(page.case.messages) if "<script>" in text)
    assert '<img src="https://collector.example/pixel.gif?u=1040"' in body


def test_a_long_log_is_not_laid_out_as_a_whole_when_its_ticket_opens(page: Page) -> None:
    page.open(with_tag(page, "long-log"))
    whole = sum(len(fact.text) for fact in page.facts().values())
    shown = sum(len(view.toPlainText()) for view in page.case.findChildren(PlainTextView))
    assert shown < whole / 4
    open_everything(page)
    for view in page.case.findChildren(PlainTextView):
        assert len(view.toPlainText()) <= 20_100
        assert view.height() <= 201 * view.fontMetrics().lineSpacing()


CANARY = '<b>canary</b><img src="https://collector.example/x.gif"><img src="//host/share/x.png">'


def hostile_ticket() -> TicketDraft:
    """A ticket with markup in each of its fields."""
    now = datetime.now(UTC)
    attachment = Attachment(name=f"{CANARY}.log", text=f"{CANARY} in a file")
    unread = Attachment(name=f"unread {CANARY}.bin", media_type="application/octet-stream", size=10)
    messages = tuple(
        Message("", 0, now, f"author {CANARY}", visibility, f"{CANARY} said", asks, (attachment, unread))
        for visibility, asks in (
            (Visibility.PUBLIC, True),
            (Visibility.PUBLIC, False),
            (Visibility.INTERNAL, False),
        )
    )
    ticket = Ticket(
        id=0,
        number="",
        type=TicketType.INCIDENT,
        title=f"title {CANARY}",
        body=f"body {CANARY}",
        requester=Person(f"requester {CANARY}", f"{CANARY}@example.org", vip=True),
        status=Status.IN_PROGRESS,
        priority=Priority.P2,
        created_at=now,
        updated_at=now,
        assignee=f"colleague {CANARY}",
        category=CANARY,
        service=CANARY,
        site=f"site {CANARY}",
        assets=(Asset(host=f"host {CANARY}", os=f"os {CANARY}", model=CANARY, serial=CANARY),),
        tags=("canary",),
    )
    return TicketDraft(ticket, messages)


def rich_texts(page: Page) -> list[str]:
    """Return where markup of a ticket would be rendered: labels and tooltips that take it for rich text."""
    found = [
        f"label of {type(label.parent()).__name__}: {label.text()[:60]}"
        for label in page.window.findChildren(QLabel)
        if "canary" in label.text() and label.textFormat() is not Qt.TextFormat.PlainText
    ]
    tips = [(type(w).__name__, w.toolTip()) for w in page.window.findChildren(QWidget)]
    tips += [("list", text) for text in list_texts(page, TIP)]
    found += [f"tooltip of {name}: {tip[:60]}" for name, tip in tips if is_rendered(tip)]
    return found


def is_rendered(tip: str) -> bool:
    """Tell whether a tooltip renders the canary's markup: it guesses at rich text wherever it sees a tag."""
    return (tip.startswith("<") and "<b>canary" in tip) or ("<b>canary" in tip and "&lt;" not in tip)


def test_markup_in_any_field_is_rendered_nowhere(page: Page) -> None:
    stored = page.services.tickets.store_all([hostile_ticket()])[0]
    page.hub.changed.emit(page.services.tickets.change(stored.id, "priority", "P1"))
    page.run("Show view: All")
    page.settle()
    page.open(stored.number)
    open_everything(page)
    page.ask("What about <b>canary</b>?")
    page.case.show_evidence("E1")
    page.run("Override the answer…")
    page.type("")
    page.window.resize(900, 700)  # narrow: what is cut has its whole text as tooltip
    page.settle()
    assert sum("canary" in text for text in shown_texts(page.window)) > 10
    assert any("canary" in tip for tip in list_texts(page, TIP))
    assert rich_texts(page) == []
    for text in shown_texts(page.case):
        assert "&lt;" not in text  # nor is anything shown in an escaped form


def test_a_hostile_note_of_a_decision_is_no_markup_either(page: Page) -> None:
    page.ask()
    bar = page.card()._reasons
    page.run("Override the answer…")
    bar._note.setText(CANARY)
    button(bar, "unsafe action").click()
    page.settle()
    assert any("canary" in widget.toolTip() for widget in page.card().findChildren(QWidget))
    assert rich_texts(page) == []


def test_a_dropped_file_with_a_hostile_name_is_told_as_text(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "a<b>canary<b>.bin"
    path.write_bytes(b"\0\0")
    page.case.evidence._intake.read_files(page.ticket, [path])
    page.settle()
    assert "a<b>canary<b>.bin is neither text nor a picture." in page.told()
    assert rich_texts(page) == []
    assert QApplication.activeModalWidget() is None


def test_a_hostile_ticket_costs_no_more_than_others_of_its_length(page: Page, qtbot: QtBot) -> None:
    """The work of the GUI thread is counted, not timed: texts that are set, whatever they hold."""
    page.open(with_tag(page, "long-line"))
    view = max(children(page.case.messages, PlainTextView), key=lambda view: len(view.toPlainText()))
    assert '"status":413' not in view.toPlainText()  # the end of a line of 20,000 characters comes on request
    button(page.case.messages, "Show all of it").click()
    assert '"status":413' in view.toPlainText()
    assert view.document().blockCount() < 5  # wrapped, not cut into lines
    assert view.lineWrapMode() is PlainTextView.LineWrapMode.WidgetWidth
