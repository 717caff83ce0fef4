"""The page on which a ticket is written by hand."""

from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QHideEvent, QKeySequence
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from copilot.domain.clipping import Clipping
from copilot.domain.ticket import Asset, ChangeSet, Person, Priority, Ticket, TicketType
from copilot.services.tickets import Draft, TicketService
from copilot.support.i18n import tr
from copilot.ui.bridge.hub import Hub
from copilot.ui.desk.clipping_form import (
    ClippedThread,
    ClippingBanner,
    GuessLine,
    created_at,
    messages_of,
    values_of,
)
from copilot.ui.theme.manager import follow, mono_font
from copilot.ui.theme.tokens import Tokens
from copilot.ui.widgets.first_focus import begin_at
from copilot.ui.widgets.hairline import Hairline
from copilot.ui.widgets.icon_button import IconButton
from copilot.ui.widgets.toast import KEEP_CLEAR

SAVE_MS = 40
NO_TICKET = 0  # drafts of a ticket that is not made yet are kept under this id
WIDEST = 52  # times the type size; longer lines are hard to read
DEFAULTS = {
    "title": "",
    "body": "",
    "name": "",
    "email": "",
    "type": TicketType.INCIDENT.value,
    "priority": Priority.P3.value,
    "host": "",
    "os": "",
    "number": "",
    "created": "",
    "thread": "",
}
"""Name of a field to what an empty form has in it; the slot of a field's draft is `new_<name>`."""

Field = QLineEdit | QPlainTextEdit | QComboBox | ClippedThread
FROM_ELSEWHERE = ("number", "created", "thread")  # fields that only show where a clipping filled them


class NewTicketPanel(QWidget):
    """Title, description, requester, type, priority, machine. What is typed is kept until the ticket is made.

    Signals:
        created(int): The ticket was made; its id.
        closed(): The person wants to go back; nothing is lost.
    """

    created = Signal(int)
    closed = Signal()

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self._hub = hub
        self._kept = dict(DEFAULTS)  # what the database holds
        self._cleared: dict[str, str] = {}
        self._is_making = False
        self.fields: dict[str, Field] = {
            "title": QLineEdit(),
            "body": QPlainTextEdit(),
            "name": QLineEdit(),
            "email": QLineEdit(),
            "type": _choice(
                (TicketType.INCIDENT, tr("Incident: something is broken")),
                (TicketType.REQUEST, tr("Request: something is wanted")),
                (TicketType.QUESTION, tr("Question")),
                (TicketType.PROBLEM, tr("Problem: the cause of incidents")),
                (TicketType.CHANGE, tr("Change")),
            ),
            "priority": _choice(
                (Priority.P1, tr("P1: many cannot work")),
                (Priority.P2, tr("P2: urgent")),
                (Priority.P3, tr("P3: normal")),
                (Priority.P4, tr("P4: can wait")),
            ),
            "host": QLineEdit(),
            "os": QLineEdit(),
            "number": QLineEdit(),
            "created": QLineEdit(),
            "thread": ClippedThread(),
        }
        self._labels: dict[str, QLabel] = {}
        self._guesses = {name: GuessLine() for name in self.fields}
        self._banner = ClippingBanner()
        self._banner.put_back_requested.connect(self._put_back)
        self._replaced: dict[str, str] = {}  # what a clipping took the place of
        self._set_values(DEFAULTS)
        self._make = QPushButton(tr("Create ticket"))
        self._clear = QPushButton(tr("Clear the form"))
        self._hint = QLabel()
        self._saving = QTimer(self, interval=SAVE_MS, singleShot=True)
        self._saving.timeout.connect(self.flush)
        self._actions = [
            self._action(tr("Create this ticket"), ("Ctrl+Return", "Ctrl+Enter"), self.make_ticket),
            self._action(tr("Close the new ticket"), ("Esc",), self.close_page),
        ]
        self._lay_out()
        self._show_state()
        for field in self.fields.values():
            signal = field.currentIndexChanged if isinstance(field, QComboBox) else field.textChanged
            signal.connect(self._on_edit)
        for name, guess in self._guesses.items():
            field = self.fields[name]
            signal = field.activated if isinstance(field, QComboBox) else field.textChanged
            signal.connect(guess.hide)
        self._make.clicked.connect(self.make_ticket)
        self._clear.clicked.connect(self._on_clear)
        hub.tasks.read(self, hub.services.tickets.new_ticket_draft, self._on_draft)

    # -- what can be done

    def values(self) -> dict[str, str]:
        """Return what the form holds, by name of field."""
        return {name: _text(field) for name, field in self.fields.items()}

    def flush(self) -> None:
        """Keep what is typed now, without waiting."""
        self._saving.stop()
        changed = {name: text for name, text in self.values().items() if text != self._kept[name]}
        self._kept.update(changed)
        for name, text in changed.items():
            self._hub.drafts.save(NO_TICKET, f"new_{name}", "" if text == DEFAULTS[name] else text)

    def make_ticket(self) -> None:
        """Make the ticket."""
        if self._is_making or not self._has_enough():
            return
        self.flush()  # should the ticket not be made, the text is still there
        self._hub.drafts.retry()
        for name in DEFAULTS:  # tried once more; once the ticket is made they must not come back
            self._hub.drafts.drop(NO_TICKET, f"new_{name}")
        self._is_making = True
        self._show_state()
        values = self.values()
        work = partial(_create, self._hub.services.tickets, values)
        self._hub.tasks.write(self, work, partial(self._on_made, values), self._on_failed)

    def show_clipping(self, clipping: Clipping) -> None:
        """Fill the form with what was copied; what was there can be put back."""
        before = self.values()
        self._replaced = before if before != DEFAULTS else {}
        self._set_values(DEFAULTS | values_of(clipping))
        for name, guess in self._guesses.items():
            guess.show_source(clipping.why.get(name, ""))
        self._banner.show_clipping(clipping, can_put_back=bool(self._replaced))
        self._scroll.verticalScrollBar().setValue(0)
        self._show_state()
        self.fields["title"].setFocus(Qt.FocusReason.OtherFocusReason)

    def close_page(self) -> None:
        """Go back; the text stays."""
        self.flush()
        self.closed.emit()

    def actions_for_palette(self) -> list[QAction]:
        """Return what can be done on this page."""
        return list(self._actions)

    # -- building

    def _action(self, text: str, keys: tuple[str, ...], run: object) -> QAction:
        made = QAction(text, self)
        made.setShortcuts([QKeySequence(key) for key in keys])
        made.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        made.triggered.connect(run)
        self.addAction(made)
        return made

    def _lay_out(self) -> None:
        heading = QLabel(tr("New ticket"))
        heading.setProperty("kind", "title")
        close = IconButton("close", tr("Close (Esc); the text is kept"))
        close.clicked.connect(self.close_page)
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 12, 8)
        head.addWidget(heading, 1)
        head.addWidget(close)

        self._form = form = QWidget()
        grid = QGridLayout(form)
        grid.setContentsMargins(24, 8, 24, 16)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        places = (
            ("title", tr("Title"), 0, 0, 2),
            ("body", tr("What the requester says, with the exact error text"), 1, 0, 2),
            ("name", tr("Requester"), 2, 0, 1),
            ("email", tr("Requester's e-mail"), 2, 1, 1),
            ("type", tr("Type"), 3, 0, 1),
            ("priority", tr("Priority"), 3, 1, 1),
            ("host", tr("Computer name"), 4, 0, 1),
            ("os", tr("Operating system"), 4, 1, 1),
            ("number", tr("Number in the other system"), 5, 0, 1),
            ("created", tr("Reported at"), 5, 1, 1),
            ("thread", tr("The rest of the thread"), 6, 0, 2),
        )
        grid.addWidget(self._banner, 0, 0, 1, 2)
        for name, words, row, column, wide in places:
            label = QLabel(words)
            label.setProperty("kind", "small")
            label.setBuddy(self.fields[name])
            label.setContentsMargins(0, 8, 0, 0)
            self.fields[name].setAccessibleName(words)
            grid.addWidget(label, 3 * row + 1, column, 1, wide)
            grid.addWidget(self.fields[name], 3 * row + 2, column, 1, wide)
            grid.addWidget(self._guesses[name], 3 * row + 3, column, 1, wide)
            self._labels[name] = label
        hints = {
            "title": tr("Outlook asks for the password again and again"),
            "host": "BRS-LT-0142",
            "os": "Windows 11 23H2",
            "number": "INC0012345",
            "created": "2026-03-02 09:15",
        }
        for name, text in hints.items():
            field = self.fields[name]
            if isinstance(field, QLineEdit):
                field.setPlaceholderText(tr("For example: {text}").format(text=text))
                field.setMaxLength(300)
        body = self.fields["body"]
        if isinstance(body, QPlainTextEdit):
            body.setTabChangesFocus(True)
        grid.setRowStretch(len(places) * 3 + 1, 1)
        middle = _centred(form, "pane")
        self._scroll = scroll = QScrollArea()
        scroll.setWidget(middle)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)

        self._make.setProperty("kind", "primary")
        self._make.setToolTip(tr("Create ticket (Ctrl+Enter)"))
        self._clear.setProperty("kind", "quiet")
        self._hint.setProperty("kind", "small")
        self._hint.setWordWrap(True)
        self._buttons = buttons = QWidget()
        buttons.setObjectName(KEEP_CLEAR)
        foot = QHBoxLayout(buttons)
        foot.setContentsMargins(24, 8, 24, 8)
        foot.setSpacing(8)
        foot.addWidget(self._make)
        foot.addWidget(self._clear)
        foot.addWidget(self._hint, 1)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addLayout(head)
        page.addWidget(Hairline())
        page.addWidget(scroll, 1)
        page.addWidget(Hairline())
        page.addWidget(_centred(buttons, "bar"))
        begin_at(self, self.fields["title"])
        follow(self._on_theme)

    def _on_theme(self, tokens: Tokens) -> None:
        self.fields["host"].setFont(mono_font(tokens))
        self.fields["body"].setMinimumHeight(tokens.font_base * 11)
        self.fields["body"].setMaximumHeight(tokens.font_base * 22)
        for part in (self._form, self._buttons):
            part.setMaximumWidth(tokens.font_base * WIDEST)

    # -- inner parts

    def _set_values(self, values: dict[str, str]) -> None:
        for name, text in values.items():
            field = self.fields[name]
            if isinstance(field, QComboBox):
                field.setCurrentIndex(max(0, field.findData(text)))
            elif isinstance(field, QPlainTextEdit):
                field.setPlainText(text)
            elif isinstance(field, ClippedThread):
                field.set_value(text)
            else:
                field.setText(text)

    def _has_enough(self) -> bool:
        values = self.values()
        return bool(values["title"].strip() or values["body"].strip())

    def _show_state(self) -> None:
        values = self.values()
        for name in FROM_ELSEWHERE:
            is_wanted = bool(values[name]) or (name != "thread" and not self._banner.isHidden())
            self.fields[name].setVisible(is_wanted)
            self._labels[name].setVisible(is_wanted)
        self._make.setEnabled(self._has_enough() and not self._is_making)
        is_empty = self.values() == DEFAULTS
        self._clear.setText(tr("Put the text back") if is_empty and self._cleared else tr("Clear the form"))
        self._clear.setEnabled(not self._is_making and (not is_empty or bool(self._cleared)))
        if self._has_enough():
            self._hint.setText(tr("Ctrl+Enter creates it. Esc goes back; the text is kept."))
        else:
            self._hint.setText(tr("A ticket needs a title or a description."))

    def _put_back(self) -> None:
        self._set_values(DEFAULTS | self._replaced)
        self._replaced = {}
        self._banner.hide()
        for guess in self._guesses.values():
            guess.hide()
        self._show_state()

    def _on_edit(self) -> None:
        self._saving.start()
        self._show_state()

    def _on_draft(self, drafts: dict[str, Draft]) -> None:
        """Fill in what was kept, except where somebody has typed already."""
        now = self.values()
        kept = {
            name: drafts[f"new_{name}"].text
            for name, empty in DEFAULTS.items()
            if f"new_{name}" in drafts and now[name] == empty
        }
        self._kept.update(kept)
        self._set_values(kept)

    def _on_clear(self) -> None:
        self._banner.hide()
        for guess in self._guesses.values():
            guess.hide()
        if self.values() == DEFAULTS:
            self._set_values(self._cleared)
            self._cleared = {}
        else:
            self._cleared = self.values()
            self._set_values(DEFAULTS)
        self._show_state()
        self.fields["title"].setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_made(self, values: dict[str, str], made: tuple[Ticket, ChangeSet]) -> None:
        self._is_making = False
        self._kept = dict(DEFAULTS)  # the drafts went with the ticket
        self._cleared = {}
        self._banner.hide()
        for guess in self._guesses.values():
            guess.hide()
        now = self.values()  # what was typed since is the beginning of the next ticket
        self._set_values({name: text for name, text in DEFAULTS.items() if now[name] == values[name]})
        self._show_state()
        ticket, changes = made
        self._hub.announce_change(changes)
        self.created.emit(ticket.id)

    def _on_failed(self, error: Exception) -> None:
        self._is_making = False
        self._kept = dict(DEFAULTS)
        self.flush()
        self._show_state()
        self._hub.show_error(error)

    # -- Qt

    def hideEvent(self, event: QHideEvent) -> None:
        """Keep the text: the page or the window is left."""
        self.flush()
        super().hideEvent(event)


def _centred(content: QWidget, kind: str) -> QFrame:
    frame = QFrame()
    frame.setProperty("kind", kind)
    sides = QHBoxLayout(frame)
    sides.setContentsMargins(0, 0, 0, 0)
    sides.addStretch(1)
    sides.addWidget(content, 1000)  # all of the room, up to its widest
    sides.addStretch(1)
    return frame


def _choice(*entries: tuple[str, str]) -> QComboBox:
    box = QComboBox()
    for value, words in entries:
        box.addItem(words, str(value))
    return box


def _text(field: Field) -> str:
    if isinstance(field, QComboBox):
        return str(field.currentData())
    if isinstance(field, ClippedThread):
        return field.value()
    return field.toPlainText() if isinstance(field, QPlainTextEdit) else field.text()


def _create(service: TicketService, values: dict[str, str]) -> tuple[Ticket, ChangeSet]:
    host, os = values["host"].strip(), values["os"].strip()
    return service.create(
        values["title"],
        values["body"],
        requester=Person(values["name"].strip(), values["email"].strip()),
        type=TicketType(values["type"]),
        priority=Priority(values["priority"]),
        asset=Asset(host=host, os=os) if host or os else None,
        number=values["number"].strip(),
        created_at=created_at(values["created"], service.now()),
        messages=messages_of(values["thread"]),
    )
