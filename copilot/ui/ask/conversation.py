"""Questions and answers of a ticket, oldest first."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QHideEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from copilot.domain.conversation import Answer, Fixed, Question
from copilot.domain.ticket import ChangeSet
from copilot.services.ask import AnswerView, Exchange
from copilot.support.i18n import tr, tr_n
from copilot.ui.ask.answer_card import AnswerCard
from copilot.ui.bridge.hub import Hub
from copilot.ui.format import absolute_time, relative_time
from copilot.ui.widgets.announce import announce
from copilot.ui.widgets.icon_button import IconButton
from copilot.ui.widgets.plain_text import PlainTextView


class ConversationView(QWidget):
    """Keeps its cards while the ticket stays; a streaming card is never rebuilt.

    Signals:
        evidence_clicked(str): The label of a citation.
        draft_changed(str): An answer was put into this slot.
        edit_requested(str, str): A question is to be edited: its uid and text.
        models_requested(): There is no model, and somebody wants one.
        accept_requested(): An answer is about to be put into a draft.
        answer_requested(): An answer was asked for again, or is to go on.
    """

    evidence_clicked = Signal(str)
    accept_requested = Signal()
    answer_requested = Signal()
    draft_changed = Signal(str)
    edit_requested = Signal(str, str)
    models_requested = Signal()

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self._hub = hub
        self._ticket = 0
        self._active = False
        self._questions: dict[str, _QuestionRow] = {}
        self._cards: dict[str, AnswerCard] = {}
        self._places: dict[str, int] = {}  # of answers that wait; the word may come before the card is there
        self._is_sending = False
        self._shown_old = False
        self._heading = QLabel(tr("Conversation"))
        self._heading.setProperty("kind", "title")
        self._old = QPushButton()
        self._old.setProperty("kind", "quiet")
        self._old.clicked.connect(self._toggle_old)
        head = QHBoxLayout()
        head.addWidget(self._heading)
        head.addStretch(1)
        head.addWidget(self._old)
        self._column = QVBoxLayout()
        self._column.setSpacing(12)
        self._fixed = _DidItFix()
        self._fixed.answered.connect(self._on_fixed)
        self._fixed.hide()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        outer.addLayout(head)
        outer.addLayout(self._column)
        outer.addWidget(self._fixed)
        feed = hub.answers
        feed.text_arrived.connect(self._on_text)
        feed.reading.connect(self._on_reading)
        feed.waiting.connect(self._on_waiting)
        feed.ended.connect(self._on_ended)
        self._actions = self._make_actions()
        self._show_heading(())

    def show_ticket(self, ticket: int) -> None:
        """Show a ticket's conversation."""
        if ticket != self._ticket:
            self.flush()
            self._clear()
            self._ticket = ticket
            self._shown_old = False
            self._fixed.hide()
        self.reload()

    def forget(self) -> None:
        """Show nothing and store nothing: what is here belongs to a desk that was replaced."""
        self._clear()
        self._ticket = 0
        self._places.clear()
        self._fixed.hide()

    def reload(self) -> None:
        """Read the conversation again."""
        self._hub.tasks.read(
            self,
            partial(self._hub.services.ask.conversation, self._ticket),
            partial(self._show, self._ticket),
            key="conversation",
        )

    def last_card(self) -> AnswerCard | None:
        """Return the newest answer's card."""
        return next(
            (card for card in reversed(self._cards.values()) if not card.view.answer.superseded), None
        )

    def card(self, answer_uid: str) -> AnswerCard | None:
        """Return the card of an answer."""
        return self._cards.get(answer_uid)

    def ask_did_it_fix(self, ticket: int) -> None:
        """Ask of a resolved ticket about the answers before that nothing was decided about."""
        work = partial(self._hub.services.decisions.to_confirm, ticket)
        self._hub.tasks.read(self, work, partial(self._on_open, ticket), key="fixed")

    def withdraw_did_it_fix(self) -> None:
        """Do not ask any more: the ticket is open again."""
        self._fixed.hide()

    def flush(self) -> None:
        """Store the seconds that answers were visible."""
        for card in self._cards.values():
            card.flush()

    def set_window_active(self, active: bool) -> None:
        """Count seconds visible only while the window is active."""
        self._active = active
        for card in self._cards.values():
            card.set_window_active(active)

    def actions_for_palette(self) -> list[QAction]:
        """Return this part's actions."""
        return self._actions

    # -- inner parts

    def _show(self, ticket: int, exchanges: tuple[Exchange, ...]) -> None:
        if ticket != self._ticket:
            return
        position = 0
        wanted: set[str] = set()
        for exchange in exchanges:
            question = exchange.question
            wanted.add(question.uid)
            row = self._questions.get(question.uid)
            if row is None:
                row = _QuestionRow(self._hub, question)
                row.edit_requested.connect(self.edit_requested)
                self._questions[question.uid] = row
                self._column.insertWidget(position, row)
            row.refresh(question)
            row.setVisible(self._shown_old or not question.superseded)
            position += 1
            for view in exchange.answers:
                wanted.add(view.answer.uid)
                card = self._cards.get(view.answer.uid)
                if card is None:
                    card = self._add_card(view, position)
                card.update_view(view)
                card.setVisible(self._shown_old or not (view.answer.superseded or question.superseded))
                position += 1
        for uid in (set(self._cards) | set(self._questions)) - wanted:
            self._remove(uid)
        newest = self.last_card()
        for card in self._cards.values():
            card.set_newest(card is newest)
        self._show_heading(exchanges)
        self._offer_stop()

    def _add_card(self, view: AnswerView, position: int) -> AnswerCard:
        card = AnswerCard(self._hub, view)
        card.evidence_clicked.connect(self.evidence_clicked)
        card.draft_changed.connect(self.draft_changed)
        card.regenerate_requested.connect(self._regenerate)
        card.more_requested.connect(self._more)
        card.stop_requested.connect(self._stop)
        card.accept_requested.connect(self.accept_requested)
        card.set_window_active(self._active)
        self._cards[view.answer.uid] = card
        if view.answer.uid in self._places:
            card.set_waiting(self._places[view.answer.uid])
        self._column.insertWidget(position, card)
        return card

    def _show_heading(self, exchanges: tuple[Exchange, ...]) -> None:
        old = sum(e.question.superseded for e in exchanges)
        old += sum(v.answer.superseded for e in exchanges for v in e.answers if not e.question.superseded)
        self._heading.setVisible(bool(exchanges))
        self._old.setVisible(bool(old))
        self._old.setText(
            tr("Hide earlier versions")
            if self._shown_old
            else tr_n("Show {n} earlier version", "Show {n} earlier versions", old)
        )

    def _toggle_old(self) -> None:
        self._shown_old = not self._shown_old
        self.reload()

    def _clear(self) -> None:
        for uid in [*self._cards, *self._questions]:
            self._remove(uid)
        self._offer_stop()

    def _remove(self, uid: str) -> None:
        widget: QWidget | None = self._cards.pop(uid, None) or self._questions.pop(uid, None)
        if widget is not None:
            self._column.removeWidget(widget)
            widget.hide()
            widget.deleteLater()

    def _on_text(self, uid: str, start: int, text: str) -> None:
        self._places.pop(uid, None)
        if card := self._cards.get(uid):
            card.add_text(start, text)

    def _on_reading(self, uid: str, done: int, total: int, cached: int) -> None:
        self._places.pop(uid, None)
        if (card := self._cards.get(uid)) and card.is_streaming:
            card.set_reading(done, total, cached)

    def _on_waiting(self, uid: str, _ticket: int, place: int) -> None:
        self._places[uid] = place
        if card := self._cards.get(uid):
            card.set_waiting(place)

    def _on_ended(self, answer: Answer) -> None:
        self._places.pop(answer.uid, None)
        self._hub.changed.emit(ChangeSet(frozenset({answer.ticket})))

    def _regenerate(self, uid: str) -> None:
        self._send(partial(self._hub.services.ask.regenerate, uid, self._hub.answers.listener))

    def _more(self, uid: str) -> None:
        self._send(partial(self._hub.services.ask.more, uid, self._hub.answers.listener))

    def _send(self, work: Callable[[], str]) -> None:
        if not self._is_sending:  # two quick clicks ask once
            self._is_sending = True
            self._hub.tasks.ask(self, work, partial(self._on_sent, self._ticket), self._on_not_sent)

    def _on_sent(self, ticket: int, _uid: str) -> None:
        self._is_sending = False
        if ticket == self._ticket:
            self.answer_requested.emit()
        self._hub.announce_change(ChangeSet(frozenset({ticket})))

    def _on_not_sent(self, error: Exception) -> None:
        self._is_sending = False
        self._hub.show_error(error)

    def _stop(self, uid: str) -> None:
        # What is typed is on its way to the database on the same thread, so that an empty box is known to be empty.
        self._hub.tasks.write(self, partial(self._hub.services.ask.stop, uid))

    def _on_open(self, ticket: int, answers: list[Answer]) -> None:
        if ticket == self._ticket:
            self._fixed.ask(len(answers))

    def _on_fixed(self, fixed: Fixed | None) -> None:
        self._hub.change(self, partial(self._hub.services.decisions.did_it_fix, self._ticket, fixed))

    def _on_newest(self, what: str, *_: object) -> None:
        card = self.last_card()
        if card is None:
            return
        if what in ("note", "reply"):
            card.accept(what)
        elif what.startswith("as "):
            card.copy_as(what.removeprefix("as "))
        else:
            getattr(card, what)()

    def _make_actions(self) -> list[QAction]:
        made = []
        for text, key, what in (
            (tr("Stop the answer"), "Esc", "stop"),
            (tr("Accept the answer into the note"), "Alt+A", "note"),
            (tr("Accept the answer into the reply"), "Alt+R", "reply"),
            (tr("Copy the answer"), "Alt+C", "copy"),
            (tr("Copy the answer as a reply"), "", "as reply"),
            (tr("Copy the answer as an internal note"), "", "as note"),
            (tr("Override the answer…"), "Alt+O", "override"),
            (tr("Escalate…"), "Alt+E", "escalate"),
            (tr("Let the answer go on"), "Alt+M", "more"),
            (tr("Ask the same again"), "Alt+G", "regenerate"),
        ):
            action = QAction(text, self)
            action.setShortcut(QKeySequence(key))
            action.triggered.connect(partial(self._on_newest, what))
            made.append(action)
        self._stop_action = made[0]
        return made

    def _offer_stop(self) -> None:
        """Esc belongs to others (a page, the search) while there is nothing to stop on screen."""
        newest = self.last_card()
        self._stop_action.setEnabled(self.isVisible() and newest is not None and newest.is_streaming)

    # -- Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._offer_stop()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._offer_stop()


class _QuestionRow(QFrame):
    """A question with what one does with it."""

    edit_requested = Signal(str, str)

    def __init__(self, hub: Hub, question: Question) -> None:
        super().__init__()
        self._hub = hub
        self._question = question
        who = QLabel(tr("You asked"))
        who.setProperty("kind", "strong")
        self._when = QLabel()
        self._when.setProperty("kind", "small")
        edit = IconButton("edit", tr("Edit and ask again"))
        edit.clicked.connect(self._edit)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(who)
        head.addWidget(self._when)
        head.addStretch(1)
        head.addWidget(edit)
        self._text = PlainTextView(tr("Question"))
        self._text.set_text(question.text)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._text)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu)

    def refresh(self, question: Question) -> None:
        """Show what may have changed."""
        self._question = question
        now = self._hub.services.tickets.now()
        old = tr("earlier version · ") if question.superseded else ""
        self._when.setText(old + relative_time(question.at, now))
        self._when.setToolTip(absolute_time(question.at))

    def _edit(self) -> None:
        self.edit_requested.emit(self._question.uid, self._question.text)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._question.text)

    def _open_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Edit and ask again")).triggered.connect(self._edit)
        menu.addAction(tr("Copy the question")).triggered.connect(self._copy)
        menu.popup(self.mapToGlobal(at))


class _DidItFix(QFrame):
    """Asked until somebody answers. Signals: answered(Fixed | None): None where it was skipped."""

    answered = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(8)
        row.addWidget(self._text, 1)
        for text, fixed in (
            (tr("Yes"), Fixed.YES),
            (tr("Partly"), Fixed.PARTLY),
            (tr("No"), Fixed.NO),
            (tr("Skip"), None),
        ):
            button = QPushButton(text)
            if fixed is None:
                button.setProperty("kind", "quiet")
            button.clicked.connect(partial(self._answer, fixed))
            row.addWidget(button)

    def ask(self, answers: int) -> None:
        """Show the question; nothing where it is about no answer."""
        was_hidden = self.isHidden()
        self.setVisible(answers > 0)
        self._text.setText(
            tr_n(
                "You resolved this ticket. The model answered {n} question about it. Did it fix it?",
                "You resolved this ticket. The model answered {n} questions about it. Did it fix it?",
                answers,
            )
        )
        if answers and was_hidden:
            announce(self, self._text.text())

    def _answer(self, fixed: Fixed | None, *_: object) -> None:
        self.hide()
        self.answered.emit(fixed)
