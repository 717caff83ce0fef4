"""The middle: one ticket from header to composer."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from copilot.domain.ticket import ChangeSet, Status
from copilot.services.tickets import TicketCase
from copilot.support.i18n import tr
from copilot.ui.ask.composer import AskComposer
from copilot.ui.ask.conversation import ConversationView
from copilot.ui.bridge.hub import Hub
from copilot.ui.desk.case_header import CaseHeader
from copilot.ui.desk.delete_bar import DeleteBar
from copilot.ui.desk.evidence_list import EvidenceList
from copilot.ui.desk.message_editor import MessageEditor
from copilot.ui.desk.thread_view import ThreadView
from copilot.ui.theme.manager import follow
from copilot.ui.theme.tokens import Tokens
from copilot.ui.widgets.empty_state import EmptyState
from copilot.ui.widgets.found_words import mark_found
from copilot.ui.widgets.hairline import Hairline
from copilot.ui.widgets.markdown_view import StreamingMarkdownView
from copilot.ui.widgets.plain_text import PlainTextView
from copilot.ui.widgets.toast import KEEP_CLEAR

if TYPE_CHECKING:
    from copilot.services.finding import Marker

HEADER_SHARE = 0.36  # of the pane's height; a header that takes more scrolls with the rest
_SIDE = 20  # pixels
_ABOVE = 12  # pixels left over an answer that is brought into view
MARK_MS = 200  # after the pane has grown
_TABS = ("ask", "note", "reply")


class CasePane(QWidget):
    """Header, thread, evidence, conversation; at the bottom the composer: ask, note, reply.

    Signals:
        question_changed(str): The drafted question, a moment after the last key.
        models_requested(): There is no model, and somebody wants one.
        evidence_shown(str): An evidence label was clicked.
        print_requested(int): This ticket shall go on paper.
        case_shown(TicketCase): A ticket is on screen, or has been read again.
        gone(): The ticket that was to be shown is no longer there.
    """

    question_changed = Signal(str)
    models_requested = Signal()
    evidence_shown = Signal(str)
    print_requested = Signal(int)
    case_shown = Signal(object)
    gone = Signal()

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self._hub = hub
        self._ticket = 0
        self._number = ""
        self._has_focus = False
        self._then_open = -1
        self._follows = False
        self._marker: Marker | None = None
        self._reveals = False
        self.delete_bar = DeleteBar(hub)
        self.header = CaseHeader(hub)
        self.messages = ThreadView(hub)
        self.evidence = EvidenceList(hub)
        self.conversation = ConversationView(hub)
        self.composer = AskComposer(hub)
        self.editor = MessageEditor(hub)

        self._body = body = QWidget()
        body.setSizePolicy(
            QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred
        )  # never wider than the pane
        body.setAttribute(
            Qt.WidgetAttribute.WA_StaticContents
        )  # a new line of an answer repaints just itself
        column = QVBoxLayout(body)
        column.setContentsMargins(20, 12, 20, 20)
        column.setSpacing(16)
        for part in (self.messages, self.evidence, self.conversation):
            column.addWidget(part)
        column.addStretch(1)
        self._holder = holder = QWidget()  # the header comes into it where the pane is low
        holder.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._moving = QVBoxLayout(holder)
        self._moving.setContentsMargins(0, 0, 0, 0)
        self._moving.setSpacing(0)
        self._moving.addWidget(body, 1)
        self._scroll = QScrollArea()
        self._scroll.setWidget(holder)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        bar = self._scroll.verticalScrollBar()
        bar.rangeChanged.connect(self._on_grown)
        bar.actionTriggered.connect(self._on_scrolled)

        self._tabs = QTabBar()
        self._tabs.setAccessibleName(tr("What to write"))
        self._tabs.setObjectName(KEEP_CLEAR)
        self._tabs.setDrawBase(False)
        self._tabs.setExpanding(False)
        for text in (tr("Ask the model"), tr("Internal note"), tr("Reply")):
            self._tabs.addTab(text)
        self._tabs.currentChanged.connect(self._on_tab)
        self.editor.hide()  # one at a time; in a stack each would be as tall as the taller one

        self._page = page = QWidget()
        self._still = layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(Hairline())
        layout.addWidget(self._scroll, 1)
        layout.addWidget(Hairline())
        tab_row = QHBoxLayout()
        tab_row.setContentsMargins(_SIDE, 4, _SIDE, 0)
        tab_row.addWidget(self._tabs)
        layout.addLayout(tab_row)
        layout.addWidget(self.composer)
        layout.addWidget(self.editor)
        empty = EmptyState(
            "ticket", tr("Choose a ticket at the left to see its thread and evidence, and to ask about it.")
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(empty)
        self._stack.addWidget(page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.delete_bar)
        outer.addWidget(self._stack, 1)

        self.composer.question_changed.connect(self.question_changed)
        self.composer.models_requested.connect(self.models_requested)
        self.header.leaving.connect(self.flush)
        self.header.print_requested.connect(self.print_requested)
        self.composer.asked.connect(self._on_asked)
        self.composer.evidence_brought.connect(self._on_brought)
        self.conversation.models_requested.connect(self.models_requested)
        self.conversation.evidence_clicked.connect(self.show_evidence)
        self.conversation.draft_changed.connect(self._on_draft_changed)
        self.conversation.edit_requested.connect(self._on_edit_requested)
        self.conversation.accept_requested.connect(self.editor.flush)
        self.conversation.answer_requested.connect(self._follow)
        hub.changed.connect(self._on_changed)
        self._marking = QTimer(self, interval=MARK_MS, singleShot=True)
        self._marking.timeout.connect(self._mark)
        follow(self._on_theme)
        self._actions = self._make_actions()

    def show_ticket(self, ticket: int) -> None:
        """Show another ticket; what was being typed for the last one is kept."""
        self.delete_bar.leave(ticket)
        if ticket != self._ticket:
            self.flush()
            self._ticket = ticket
            self._then_open = -1
            self._follows = self._reveals = False
            self._scroll.verticalScrollBar().setValue(0)
            # Until the other ticket is there nothing can be typed or clicked: it would go to the one before.
            focused = self.focusWidget()
            self._has_focus = focused is not None and any(
                part.isAncestorOf(focused) for part in (self.composer, self.editor)
            )
            self._page.setEnabled(False)
        self._load()

    def stand_aside(self, notice: QWidget) -> None:
        """Show `notice` in place of a ticket: what was typed is stored, and nothing of the ticket is held here."""
        self.flush()
        self._ticket = 0
        self._then_open = -1
        self.composer.release()
        self.editor.release()
        self.conversation.show_ticket(0)
        if self._stack.indexOf(notice) < 0:
            self._stack.addWidget(notice)
        self._stack.setCurrentWidget(notice)

    def forget(self) -> None:
        """Show no ticket: the one that is shown belongs to a desk that was replaced."""
        for part in (self.composer, self.editor, self.conversation):
            part.forget()
        self._ticket = 0
        self._status = None
        self._page.setEnabled(True)
        self._stack.setCurrentIndex(0)

    @property
    def number(self) -> str:
        """The number of the ticket that is shown; empty where none is."""
        return self._number if self.is_showing() else ""

    def is_showing(self) -> bool:
        """Whether a ticket is on screen."""
        return self._stack.currentIndex() == 1

    def follow_answer(self, answer_uid: str) -> None:
        """Show an answer that was just asked for, and stay at its end."""
        self._on_asked(answer_uid)

    def reveal_answer(self) -> None:
        """Bring the beginning of the newest answer into view, and stay there until somebody scrolls."""
        self._follows, self._reveals = False, True
        self._on_grown()

    def show_evidence(self, label: str) -> None:
        """Bring a piece of evidence into view and mark it."""
        widget = self.evidence.highlight(label)
        if widget is not None:
            self._follows = self._reveals = False
            self._scroll.ensureWidgetVisible(widget, 0, 80)
            self.evidence_shown.emit(label)

    def set_marker(self, marker: "Marker") -> None:
        """Mark what is searched for in everything that is said and recorded here."""
        self._marker = marker
        self._mark()

    def _mark(self) -> None:
        marker = self._marker
        if marker is None:
            return
        for view in self.findChildren(PlainTextView):
            mark_found(view, marker.spans(view.toPlainText()))
        for answer in self.findChildren(StreamingMarkdownView):
            if answer.is_finished:
                mark_found(answer, marker.spans(answer.toPlainText()))

    def _on_theme(self, _tokens: Tokens) -> None:
        self._mark()

    def focus_composer(self) -> None:
        """Put the cursor where one writes."""
        if self._tabs.currentIndex() == 0:
            self.composer.focus_input()
        else:
            self.editor.focus_input()

    def flush(self) -> None:
        """Store drafts now that would be stored in a moment."""
        self.composer.flush()
        self.editor.flush()
        self.conversation.flush()

    def set_window_active(self, active: bool) -> None:
        """Count seconds visible only while the window is active."""
        self.conversation.set_window_active(active)

    def actions_for_palette(self) -> list[QAction]:
        """Return every action of this pane."""
        return [
            *self._actions,
            *self.header.actions_for_palette(),
            *self.evidence.actions_for_palette(),
            *self.composer.actions_for_palette(),
            *self.conversation.actions_for_palette(),
            *self.editor.actions_for_palette(),
        ]

    def _make_actions(self) -> list[QAction]:
        made = []
        for index, (text, key) in enumerate(
            (
                (tr("Ask the model"), "Ctrl+J"),
                (tr("Write an internal note"), "Ctrl+Shift+M"),
                (tr("Write a reply"), "Ctrl+R"),
            )
        ):
            action = QAction(text, self)
            action.setShortcut(QKeySequence(key))
            action.triggered.connect(partial(self._open_tab, index))
            self._tabs.setTabToolTip(index, f"{text} ({key})")
            made.append(action)
        return made

    def _open_tab(self, index: int) -> None:
        self._tabs.setCurrentIndex(index)
        self.focus_composer()

    def _on_tab(self, index: int) -> None:
        for part, is_wanted in ((self.editor, index > 0), (self.composer, index == 0)):
            part.setVisible(is_wanted)
        if index:
            self.editor.show_slot(_TABS[index])

    def _on_draft_changed(self, slot: str) -> None:
        self._then_open = _TABS.index(slot)
        self._load()

    def _on_brought(self, data: QMimeData) -> None:
        self.evidence.take(data, tr("Pasted"))

    def _on_asked(self, _answer_uid: str) -> None:
        self.conversation.reload()
        self._follow()

    def _follow(self) -> None:
        """Stay at the end while an answer grows, until somebody scrolls away from it."""
        self._follows, self._reveals = True, False
        self._on_grown()

    def _on_grown(self, *_: object) -> None:
        if self._marker:
            self._marking.start()
        if self._follows:
            bar = self._scroll.verticalScrollBar()
            bar.setValue(bar.maximum())
        elif self._reveals and (card := self.conversation.last_card()):
            at = card.mapTo(self._holder, QPoint(0, 0)).y()
            self._scroll.verticalScrollBar().setValue(at - _ABOVE)

    def _on_scrolled(self, _action: int) -> None:
        self._reveals = False
        bar = self._scroll.verticalScrollBar()
        self._follows = self._follows and bar.sliderPosition() >= bar.maximum()

    def _on_edit_requested(self, question_uid: str, text: str) -> None:
        self._tabs.setCurrentIndex(0)
        self.composer.edit_question(question_uid, text)

    def _on_changed(self, changes: ChangeSet) -> None:
        if self._ticket and (
            self._ticket in changes.tickets or (changes.list_changed and not changes.tickets)
        ):
            self._load()

    def _load(self) -> None:
        self._hub.tasks.read(
            self,
            partial(self._hub.services.tickets.case, self._ticket),
            partial(self._show, self.editor.revision, self.composer.revision),
            self._gone,
            key="case",
        )

    def _show(self, revision: int, asked: int, case: TicketCase) -> None:
        if case.ticket.id != self._ticket:
            return  # it has left for a window of its own
        self._stack.setCurrentIndex(1)
        self._number = case.ticket.number
        self.header.show_case(case)
        self.messages.show_case(case)
        self.evidence.show_case(case)
        self.composer.show_case(case, asked)
        self.editor.show_case(case, revision)
        self.conversation.show_ticket(case.ticket.id)
        self._mark()
        self._show_status(case.ticket.status)
        if not self._page.isEnabled():
            self._page.setEnabled(True)
            if self._has_focus:
                self.focus_composer()
        if self._then_open >= 0:
            then_open, self._then_open = self._then_open, -1
            self._open_tab(then_open)
        self.case_shown.emit(case)

    def _show_status(self, status: Status) -> None:
        """Ask whether it helped once the ticket is resolved, wherever and whenever that was done."""
        if status is Status.RESOLVED:
            self.conversation.ask_did_it_fix(self._ticket)
        else:
            self.conversation.withdraw_did_it_fix()

    def _gone(self, error: Exception) -> None:
        if not self._ticket:
            return
        self._ticket = 0
        self._page.setEnabled(True)
        self._stack.setCurrentIndex(0)
        self.gone.emit()

    # -- Qt

    def minimumSizeHint(self) -> QSize:
        """The names of the tabs are not cut: a tab bar by itself would scroll them."""
        least = super().minimumSizeHint()
        return QSize(max(least.width(), self._tabs.sizeHint().width() + 2 * _SIDE), least.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the header scroll away where it would take the room that the thread needs."""
        super().resizeEvent(event)
        high = self.header.heightForWidth(self.width()) if self.header.hasHeightForWidth() else 0
        is_low = max(high, self.header.sizeHint().height()) > self.height() * HEADER_SHARE
        layout = self._moving if is_low else self._still
        if layout.indexOf(self.header) < 0:
            layout.insertWidget(0, self.header)
