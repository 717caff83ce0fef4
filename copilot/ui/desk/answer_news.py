"""How many answers are under way and how many are ready, at the foot of the list; and how to get to them."""

from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from copilot.domain.conversation import Answer, AnswerState
from copilot.domain.listing import ChangeSet, TicketRow
from copilot.services.attention import News
from copilot.support.i18n import tr, tr_n
from copilot.ui.bridge.hub import Hub
from copilot.ui.widgets.announce import announce
from copilot.ui.widgets.icon_button import IconButton

_MERGE_MS = 50
_KEY = "F7"


class AnswerNews(IconButton):
    """Hidden while there is nothing to say; pressed, it goes to the answer that has been ready for longest.

    Signals:
        ticket_requested(int): Show the answer of this ticket.
    """

    ticket_requested = Signal(int)

    def __init__(self, hub: Hub, parent: QWidget) -> None:
        super().__init__("sparkle", "", show_label=True, parent=parent)
        self.setProperty("kind", "foot")
        self._hub = hub
        self._news = News()
        self._current = 0
        self.hide()
        self.next_action = QAction(tr("Next ready answer"), self)
        self.next_action.setShortcut(QKeySequence(_KEY))
        self.next_action.triggered.connect(self._go)
        self.clicked.connect(self._go)
        self._timer = QTimer(self, interval=_MERGE_MS, singleShot=True)
        self._timer.timeout.connect(self._read)
        hub.answer_moved.connect(self._timer.start)
        hub.changed.connect(self._on_changed)
        hub.answer_ended.connect(self._on_ended)
        self._show(News())
        self._read()

    @property
    def news(self) -> News:
        """What it says."""
        return self._news

    def set_current(self, ticket: int) -> None:
        """Know which ticket is shown: the next ready answer is another one's."""
        self._current = ticket
        self._show(self._news)

    # -- inner parts

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.tickets or changes.list_changed:
            self._timer.start()

    def _read(self) -> None:
        self._hub.tasks.read(self, self._hub.services.attention.news, self._show, key="news")

    def _show(self, news: News) -> None:
        self._news = news
        parts = []
        if news.under_way:
            parts.append(tr_n("{n} answering", "{n} answering", len(news.under_way)))
        if news.ready:
            parts.append(tr_n("{n} ready", "{n} ready", len(news.ready)))
        text = " · ".join(parts)
        self.setText(text)
        self.setVisible(bool(parts))
        self.setEnabled(bool(self._others()))
        self.next_action.setEnabled(bool(self._others()))
        self.set_icon("sparkle", "link" if news.ready else "text_quiet")
        hint = tr("Go to the next ready answer ({key})").format(key=_KEY)
        self.setToolTip(
            hint if self._others() else tr("Answers that the model is writing, or has yet to begin")
        )
        self.setAccessibleName(f"{text}. {self.toolTip()}")

    def _others(self) -> tuple[int, ...]:
        return tuple(ticket for ticket in self._news.ready if ticket != self._current)

    def _go(self) -> None:
        if others := self._others():
            self.ticket_requested.emit(others[0])

    def _on_ended(self, answer: Answer) -> None:
        work = partial(self._hub.services.ticket_list.rows, (answer.ticket,))
        self._hub.tasks.read(self, work, partial(self._announce, answer))

    def _announce(self, answer: Answer, rows: list[TicketRow]) -> None:
        if not rows or answer.finish == "cancelled":
            return
        text = (
            tr("Answer ready: {number}")
            if answer.state is AnswerState.COMPLETE
            else tr("No whole answer for {number}. {why}")
        )
        announce(self.window(), text.format(number=rows[0].number, why=answer.error))
