"""The page for a new ticket."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from copilot.domain.query import View
from copilot.domain.ticket import Priority, TicketType
from copilot.services.bundle import Services
from copilot.support.errors import KnownError
from copilot.ui.bridge.hub import Hub
from copilot.ui.desk.new_ticket import DEFAULTS, FROM_ELSEWHERE, NewTicketPanel

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen has no window manager


def wait_until_idle(qtbot: QtBot, hub: Hub) -> None:
    qtbot.waitUntil(lambda: hub.tasks.is_idle)


def button(parent: QWidget, text: str) -> QAbstractButton:
    return next(b for b in parent.findChildren(QAbstractButton) if b.text() == text and b.isVisibleTo(parent))


def click(parent: QWidget, text: str) -> None:
    QTest.mouseClick(button(parent, text), Qt.MouseButton.LeftButton)


def type_into(panel: NewTicketPanel, name: str, text: str) -> None:
    field = panel.fields[name]
    if isinstance(field, QComboBox):
        field.setCurrentIndex(field.findData(text))
    else:
        field.setFocus()
        QTest.keyClicks(field, text)


@pytest.fixture
def form(qtbot: QtBot, hub: Hub) -> NewTicketPanel:
    return open_form(qtbot, hub)


def open_form(qtbot: QtBot, hub: Hub) -> NewTicketPanel:
    panel = NewTicketPanel(hub)
    qtbot.addWidget(panel)
    panel.resize(800, 600)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.activateWindow()
    wait_until_idle(qtbot, hub)
    return panel


def wait_until_kept(qtbot: QtBot, hub: Hub, panel: NewTicketPanel) -> None:
    qtbot.waitUntil(lambda: not panel._saving.isActive() and hub.tasks.is_idle)


def test_a_ticket_is_made_from_everything_on_the_form(
    qtbot: QtBot, hub: Hub, services: Services, form: NewTicketPanel
) -> None:
    for name, text in {
        "title": "Scanner is silent",
        "body": "It does not beep.",
        "name": "Dana Whitfield",
        "email": "dana@example.org",
        "type": "request",
        "priority": "P2",
        "host": "BRS-LT-7",
        "os": "Windows 11",
    }.items():
        type_into(form, name, text)
    form.fields["body"].setFocus()
    with qtbot.waitSignal(hub.changed), qtbot.waitSignal(form.created) as made:
        QTest.keyClick(form.fields["body"], Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    ticket = services.tickets.case(made.args[0]).ticket
    assert (ticket.title, ticket.body) == ("Scanner is silent", "It does not beep.")
    assert (ticket.requester.name, ticket.requester.email) == ("Dana Whitfield", "dana@example.org")
    assert (ticket.type, ticket.priority) == (TicketType.REQUEST, Priority.P2)
    assert (ticket.assets[0].host, ticket.assets[0].os) == ("BRS-LT-7", "Windows 11")
    assert ticket.assignee == services.tickets.known_names()[0]
    wait_until_kept(qtbot, hub, form)
    assert form.values() == DEFAULTS
    assert services.tickets.new_ticket_draft() == {}


def test_no_machine_no_asset(qtbot: QtBot, services: Services, form: NewTicketPanel) -> None:
    type_into(form, "title", "Only a title")
    with qtbot.waitSignal(form.created) as made:
        click(form, "Create ticket")
    assert services.tickets.case(made.args[0]).ticket.assets == ()


def test_what_is_typed_is_kept_while_typing_and_comes_back(
    qtbot: QtBot, hub: Hub, services: Services, form: NewTicketPanel
) -> None:
    type_into(form, "title", "Half a tick")
    type_into(form, "priority", "P1")
    wait_until_kept(qtbot, hub, form)
    kept = {slot: draft.text for slot, draft in services.tickets.new_ticket_draft().items()}
    assert kept == {"new_title": "Half a tick", "new_priority": "P1"}
    again = open_form(qtbot, hub)
    assert again.values() == {**DEFAULTS, "title": "Half a tick", "priority": "P1"}


def test_a_draft_never_replaces_what_was_typed_before_it_came(
    qtbot: QtBot, hub: Hub, services: Services
) -> None:
    services.tickets.save_draft(0, "new_title", "from last time")
    services.tickets.save_draft(0, "new_body", "body from last time")
    panel = NewTicketPanel(hub)
    qtbot.addWidget(panel)
    title = panel.fields["title"]
    assert isinstance(title, QLineEdit)
    title.setText("typed at once")
    wait_until_kept(qtbot, hub, panel)
    assert panel.values()["title"] == "typed at once"
    assert panel.values()["body"] == "body from last time"


def test_escape_goes_back_and_keeps_the_text(
    qtbot: QtBot, hub: Hub, services: Services, form: NewTicketPanel
) -> None:
    type_into(form, "body", "unfinished")
    with qtbot.waitSignal(form.closed):
        QTest.keyClick(form.fields["body"], Qt.Key.Key_Escape)
    wait_until_kept(qtbot, hub, form)
    assert services.tickets.new_ticket_draft()["new_body"].text == "unfinished"
    assert form.values()["body"] == "unfinished"


def test_hiding_the_page_keeps_the_text_without_waiting(
    qtbot: QtBot, hub: Hub, services: Services, form: NewTicketPanel
) -> None:
    type_into(form, "title", "last letters")
    form.hide()
    assert not form._saving.isActive()
    wait_until_idle(qtbot, hub)
    assert services.tickets.new_ticket_draft()["new_title"].text == "last letters"


def test_an_empty_form_cannot_be_made_into_a_ticket(form: NewTicketPanel) -> None:
    make = button(form, "Create ticket")
    assert not make.isEnabled()
    assert any(
        label.text() == "A ticket needs a title or a description." for label in form.findChildren(QLabel)
    )
    type_into(form, "host", "PC-1")
    assert not make.isEnabled()
    type_into(form, "title", "x")
    assert make.isEnabled()


def test_clearing_the_form_can_be_taken_back(
    qtbot: QtBot, hub: Hub, services: Services, form: NewTicketPanel
) -> None:
    type_into(form, "title", "by mistake")
    click(form, "Clear the form")
    assert form.values() == DEFAULTS
    wait_until_kept(qtbot, hub, form)
    assert services.tickets.new_ticket_draft() == {}
    click(form, "Put the text back")
    assert form.values()["title"] == "by mistake"
    wait_until_kept(qtbot, hub, form)
    assert services.tickets.new_ticket_draft()["new_title"].text == "by mistake"


def test_a_ticket_that_cannot_be_made_leaves_the_text(
    qtbot: QtBot, hub: Hub, services: Services, form: NewTicketPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise KnownError("The disk is full.")

    monkeypatch.setattr(type(services.tickets), "create", refuse)
    type_into(form, "title", "kept")
    with qtbot.waitSignal(hub.toast_requested) as toast:
        form.make_ticket()
    assert toast.args[0] == "The disk is full."
    wait_until_kept(qtbot, hub, form)
    assert form.values()["title"] == "kept"
    assert services.tickets.new_ticket_draft()["new_title"].text == "kept"
    assert button(form, "Create ticket").isEnabled()


def test_two_presses_make_one_ticket(
    qtbot: QtBot, hub: Hub, services: Services, form: NewTicketPanel
) -> None:
    before = len(services.tickets.search(View.ALL))
    type_into(form, "title", "once")
    with qtbot.waitSignal(form.created):
        form.make_ticket()
        form.make_ticket()
    wait_until_kept(qtbot, hub, form)
    assert len(services.tickets.search(View.ALL)) == before + 1


def test_text_typed_while_the_ticket_is_made_stays(
    qtbot: QtBot, hub: Hub, services: Services, form: NewTicketPanel
) -> None:
    type_into(form, "title", "first")
    with qtbot.waitSignal(form.created):
        form.make_ticket()
        type_into(form, "body", "the next one")
    wait_until_kept(qtbot, hub, form)
    assert form.values() == {**DEFAULTS, "body": "the next one"}
    assert {slot: d.text for slot, d in services.tickets.new_ticket_draft().items()} == {
        "new_body": "the next one"
    }


def test_tab_leads_through_the_form_and_every_field_has_a_name(form: NewTicketPanel) -> None:
    form.fields["title"].setFocus()
    seen = []
    shown = [name for name in DEFAULTS if name not in FROM_ELSEWHERE]
    for _ in shown:
        widget = QApplication.focusWidget()
        assert widget is not None
        seen.append(next((name for name, field in form.fields.items() if field is widget), "?"))
        assert widget.accessibleName()
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    assert seen == shown
    assert isinstance(form.fields["body"], QPlainTextEdit)
