"""What the page for a new ticket shows of a clipping: where each guess is from, and the rest of the thread."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from copilot.domain.clipping import Clipping, ClippingKind
from copilot.domain.ticket import Message, Visibility
from copilot.support.clock import from_text, to_text
from copilot.support.errors import KnownError
from copilot.support.i18n import figure, tr
from copilot.support.text import clean, one_line
from copilot.ui.theme.tokens import Tone
from copilot.ui.widgets.chip import Chip
from copilot.ui.widgets.elided_label import ElidedLabel
from copilot.ui.widgets.icon_button import IconButton
from copilot.ui.widgets.icon_label import IconLabel
from copilot.ui.widgets.marks import Mark
from copilot.ui.widgets.plain_text import PlainTextView

_TIME = "%Y-%m-%d %H:%M"


class GuessLine(ElidedLabel):
    """Under a field: the line that its value was guessed from; gone once the field is changed."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "small")
        self.hide()

    def show_source(self, line: str) -> None:
        """Say it; nothing where nothing was guessed."""
        self.setText(tr("guessed from: {line}").format(line=line))
        self.setVisible(bool(line))


class ClippingBanner(QFrame):
    """Says what the clipboard was read as.

    Signals:
        put_back_requested(): What the form held before is wanted again.
    """

    put_back_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "marked")
        self._words = QLabel()
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self._back = QPushButton(tr("Put back what was here"))
        self._back.clicked.connect(self.put_back_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(IconLabel("info", "accent_ink"), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._words, 1)
        row.addWidget(self._back)
        self.hide()

    def show_clipping(self, clipping: Clipping, *, can_put_back: bool) -> None:
        """Say what it is."""
        what = {
            ClippingKind.MAIL: tr("Read from the clipboard as a mail."),
            ClippingKind.TICKET: tr("Read from the clipboard as a ticket of another system."),
            ClippingKind.CHAT: tr("Read from the clipboard as a chat."),
            ClippingKind.TEXT: tr("Read from the clipboard as plain text."),
        }[clipping.kind]
        words = [what, tr("Look it over: fields marked “guessed from” can be wrong.")]
        if clipping.signature:
            words.append(
                tr("The signature was left out: {text}").format(text=one_line(clipping.signature, 120))
            )
        if clipping.left_over:
            words.append(
                tr("It was too long: {n} characters at its end are missing.").format(
                    n=figure(clipping.left_over)
                )
            )
        self._words.setText(" ".join(words))
        self._back.setVisible(can_put_back)
        self.show()


class ClippedThread(QFrame):
    """The messages that come along; each can be left out.

    Signals:
        textChanged(): A message was left out, or there are others.
    """

    textChanged = Signal()  # noqa: N815 - as the other fields of the form have it

    def __init__(self) -> None:
        super().__init__()
        self._messages: list[Message] = []
        self._rows: list[QWidget] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 4, 0, 0)
        self._column.setSpacing(12)

    def value(self) -> str:
        """Return the messages as JSON; empty for none."""
        return text_of(self._messages)

    def set_value(self, text: str) -> None:
        """Show the messages in `text`."""
        if text == self.value():
            return
        self._messages = list(messages_of(text))
        self._fill()
        self.textChanged.emit()

    def _fill(self) -> None:
        for row in self._rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = [self._row(message) for message in self._messages]
        for row in self._rows:
            self._column.addWidget(row)

    def _row(self, message: Message) -> QWidget:
        frame = QFrame()
        is_internal = message.visibility is Visibility.INTERNAL
        if is_internal:
            frame.setProperty("kind", "internal")
        who = QLabel(one_line(message.author, 80) or tr("unknown"))
        who.setTextFormat(Qt.TextFormat.PlainText)
        who.setProperty("kind", "strong")
        at = QLabel(message.at.astimezone().strftime(_TIME))
        at.setProperty("kind", "small")
        out = IconButton(
            "close", tr("Leave out the message by {name}").format(name=one_line(message.author, 40))
        )
        out.clicked.connect(partial(self._leave_out, message))
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(who)
        head.addWidget(at)
        if is_internal:
            head.addWidget(Chip(Mark("lock", tr("internal"), Tone.WARNING)))
        head.addStretch(1)
        head.addWidget(out)
        view = PlainTextView(tr("Message by {name}").format(name=one_line(message.author, 60)), max_lines=8)
        view.set_text(message.text)
        column = QVBoxLayout(frame)
        column.setContentsMargins(12 if is_internal else 0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(view)
        return frame

    def _leave_out(self, message: Message, *_: object) -> None:
        self._messages = [other for other in self._messages if other is not message]
        self._fill()
        self.textChanged.emit()


def values_of(clipping: Clipping) -> dict[str, str]:
    """Return what the form's fields hold for a clipping; a field that it says nothing about is left out."""
    values = {
        "title": clipping.title,
        "body": clipping.body,
        "name": clipping.requester.name,
        "email": clipping.requester.email,
        "type": clipping.type.value if clipping.type else "",
        "priority": clipping.priority.value if clipping.priority else "",
        "host": clipping.asset.host,
        "os": clipping.asset.os,
        "number": clipping.number,
        "created": clipping.created_at.astimezone().strftime(_TIME) if clipping.created_at else "",
        "thread": text_of(clipping.messages),
    }
    return {name: text for name, text in values.items() if text}


def text_of(messages: Sequence[Message]) -> str:
    """Return messages as JSON, as they are kept with the form; empty for none."""
    rows = [[to_text(m.at), m.author, m.visibility, m.from_requester, m.text] for m in messages]
    return json.dumps(rows, ensure_ascii=False) if rows else ""


def messages_of(text: str) -> tuple[Message, ...]:
    """Read what `ClippedThread.value` wrote; whatever else it is, it is no message."""
    try:
        rows = json.loads(text) if text else []
        return tuple(
            Message(
                "",
                0,
                from_text(at),
                one_line(author, 120),
                Visibility(seen),
                clean(said),
                bool(own),
                origin="import",
            )
            for at, author, seen, own, said in rows
        )
    except (ValueError, TypeError, AttributeError):
        return ()


def created_at(text: str, now: datetime) -> datetime | None:
    """Read the form's time, which is local.

    Raises:
        KnownError: It is none, or lies ahead.
    """
    if not text.strip():
        return None
    try:
        found = datetime.fromisoformat(text.strip()).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        found = None
    if found is None or found > now:
        raise KnownError(
            tr("“{value}” is no time that a ticket can be from.").format(value=one_line(text, 40)),
            tr("The form is kept."),
            tr("Write it like 2026-03-02 09:15, or empty the field."),
        )
    return found
