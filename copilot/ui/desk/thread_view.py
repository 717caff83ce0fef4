"""The thread: description first, then every message; public and internal told apart."""

import html
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from copilot.domain.evidence import EvidenceKind
from copilot.domain.ticket import ChangeSet, Message, Visibility
from copilot.services.tickets import TicketCase
from copilot.support.i18n import tr
from copilot.support.text import one_line
from copilot.ui.bridge.hub import Hub
from copilot.ui.format import absolute_time, data_size, relative_time
from copilot.ui.theme.tokens import Tone
from copilot.ui.widgets.chip import Chip
from copilot.ui.widgets.elided_label import ElidedLabel
from copilot.ui.widgets.flow_layout import FlowLayout
from copilot.ui.widgets.icon_button import IconButton
from copilot.ui.widgets.marks import Mark
from copilot.ui.widgets.plain_text import PlainTextView

LONG = 1800  # characters; the rest is shown on click, so that a ticket opens at once


class ThreadView(QWidget):
    """Everything that was said, oldest first; unchanged messages keep their widgets."""

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self._hub = hub
        self._ticket = 0
        self._cards: dict[str, _MessageCard] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        self.setAccessibleName(tr("Thread"))

    def show_case(self, case: TicketCase) -> None:
        """Show a ticket's thread."""
        ticket = case.ticket
        if ticket.id != self._ticket:
            for key in list(self._cards):
                self._drop(key)
            self._ticket = ticket.id
        first = Message(
            uid=f"description:{hash(ticket.body)}",
            ticket=ticket.id,
            at=ticket.created_at,
            author=ticket.requester.name or tr("unknown requester"),
            visibility=Visibility.PUBLIC,
            text=ticket.body or tr("(no description)"),
            from_requester=True,
        )
        wanted = [first, *case.thread]
        for key in set(self._cards) - {message.uid for message in wanted}:
            self._drop(key)
        for position, message in enumerate(wanted):
            card = self._cards.get(message.uid)
            if card is None:
                card = _MessageCard(self._hub, message)
                self._cards[message.uid] = card
                self._column.insertWidget(position, card)
            card.update_time(self._hub)

    def _drop(self, key: str) -> None:
        card = self._cards.pop(key)
        self._column.removeWidget(card)
        card.hide()
        card.deleteLater()


class _MessageCard(QFrame):
    """One message with its attachments."""

    def __init__(self, hub: Hub, message: Message) -> None:
        super().__init__()
        self._hub = hub
        self._message = message
        who = QLabel(one_line(message.author, 80))
        who.setTextFormat(Qt.TextFormat.PlainText)
        who.setProperty("kind", "strong")
        self._when = QLabel()
        self._when.setProperty("kind", "small")
        head = FlowLayout(gap=8)
        head.addWidget(who)
        if message.visibility is Visibility.INTERNAL:
            head.addWidget(Chip(Mark("lock", tr("internal"), Tone.WARNING)))
        elif not message.from_requester:
            head.addWidget(Chip(Mark("send", tr("public reply"))))
        if message.origin == "ai":
            head.addWidget(Chip(Mark("sparkle", tr("drafted with AI"))))
        if message.origin == "merge":
            head.addWidget(Chip(Mark("merge", tr("merged"))))
        head.addWidget(self._when)
        self._text = PlainTextView(tr("Message by {name}").format(name=one_line(message.author, 60)))
        text = message.text.rstrip()
        is_long = len(text) > LONG
        self._text.set_text(text[:LONG] + "…" if is_long else text)
        self._text.evidence_requested.connect(self._on_evidence)
        column = QVBoxLayout(self)
        inset = 12 if message.visibility is Visibility.INTERNAL else 0
        column.setContentsMargins(inset, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._text)
        if is_long:
            self._more = IconButton("chevron-down", tr("Show all of it"), show_label=True)
            self._more.clicked.connect(self._show_all)
            column.addWidget(self._more, alignment=Qt.AlignmentFlag.AlignLeft)
        for attachment in message.attachments:
            row = QHBoxLayout()
            row.setSpacing(4)
            name = ElidedLabel(f"{attachment.name}  ·  {data_size(attachment.size or len(attachment.text))}")
            name.setProperty("kind", "quiet")
            button = IconButton("paperclip", tr("Show {name}").format(name=one_line(attachment.name, 60)))
            # A tooltip guesses whether its text is HTML, and a file may be called anything.
            button.setToolTip(f"<span>{html.escape(button.text())}</span>")
            button.clicked.connect(partial(self._show_attachment, attachment.text, column, button))
            button.setEnabled(bool(attachment.text))
            if not attachment.text:
                button.setToolTip(tr("This file could not be read as text."))
            row.addWidget(button)
            row.addWidget(name, 1)
            column.addLayout(row)
        if message.visibility is Visibility.INTERNAL:
            self.setProperty("kind", "internal")

    def update_time(self, hub: Hub) -> None:
        """Say how long ago it was."""
        self._when.setText(relative_time(self._message.at, hub.services.tickets.now()))
        self._when.setToolTip(absolute_time(self._message.at))

    def _show_all(self) -> None:
        self._text.set_text(self._message.text)
        self._more.hide()

    def _show_attachment(self, text: str, column: QVBoxLayout, button: IconButton, *_: object) -> None:
        button.setEnabled(False)
        view = PlainTextView(tr("Attachment"), monospace=True)
        view.set_text(text[:20_000] + (tr("\n… the rest is in the evidence.") if len(text) > 20_000 else ""))
        view.evidence_requested.connect(self._on_evidence)
        column.addWidget(view)

    def _on_evidence(self, text: str) -> None:
        source = tr("From the message by {name}").format(name=one_line(self._message.author, 60))
        self._hub.change(self, partial(self._add, EvidenceKind.SELECTION, text, source))

    def _add(self, kind: EvidenceKind, text: str, source: str) -> ChangeSet:
        return self._hub.services.tickets.add_evidence(
            self._message.ticket, kind, text, source, source_ref=self._message.uid
        )[1]
