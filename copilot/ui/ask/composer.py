"""Where the question is written: the coach looks on, every key is kept, Ctrl+Enter sends."""

from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from copilot.domain.coaching import CoachReport, Finding
from copilot.domain.evidence import EvidenceKind
from copilot.domain.ticket import ChangeSet
from copilot.services.ask import CoachContext, Masked, Rewrite
from copilot.services.intake import NewFact
from copilot.services.tickets import Draft, TicketCase
from copilot.support.errors import KnownError
from copilot.support.i18n import tr
from copilot.ui.ask.coach_strip import CoachStrip
from copilot.ui.ask.drafts import DraftKeeper
from copilot.ui.ask.highlighter import FindingHighlighter
from copilot.ui.ask.paste_edit import PasteEdit
from copilot.ui.bridge.hub import Hub
from copilot.ui.widgets.announce import announce
from copilot.ui.widgets.icon_button import IconButton
from copilot.ui.widgets.offer_line import OfferLine
from copilot.ui.widgets.toast import KEEP_CLEAR

SAVE_MS = 40  # nothing typed a quarter of a second ago may be lost
COACH_MS = 300


class AskComposer(QWidget):
    """The ask box with the coach's strip.

    Signals:
        asked(str): A question was stored and sent; the uid of its answer.
        question_changed(str): The draft, a moment after the last key.
        models_requested(): There is no model, and somebody wants one.
        evidence_brought(QMimeData): Files or a picture were pasted or dropped; only valid while it is handled.
    """

    asked = Signal(str)
    question_changed = Signal(str)
    models_requested = Signal()
    evidence_brought = Signal(object)

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self.setObjectName(KEEP_CLEAR)
        self._hub = hub
        self._ticket = 0
        self._editing = ""  # uid of the question that is being edited
        self._edited_from = ""
        self._set_aside = ""  # the draft that was there before the edit
        self._keeper = DraftKeeper(hub, self)
        self._context: CoachContext | None = None
        self._report: CoachReport | None = None
        self._sending: dict[int, str] = {}  # ticket -> what the box held when another ticket was opened
        self._has_model = True
        self._words = ""
        self._text = ""
        self._input = PasteEdit(tr("Question for the model"))
        self._input.setPlaceholderText(
            tr("Ask about this ticket. Its evidence goes along; say what you want to know.")
        )
        self._input.textChanged.connect(self._on_typed)
        self._input.submitted.connect(self.send)
        self._input.brought.connect(self.evidence_brought)
        self._input.long_pasted.connect(self._offer_evidence)
        self._offer = OfferLine()
        self._highlighter = FindingHighlighter(self._input.document())
        self._strip = CoachStrip()
        self._strip.fix_requested.connect(self._fix)
        self._strip.not_secret_requested.connect(self._send_as_is)
        self._hint = QLabel()
        self._hint.setProperty("kind", "small")
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        self._hint.setWordWrap(True)
        self._get_model = QPushButton(tr("Get a model…"))
        self._get_model.clicked.connect(self.models_requested)
        self._improve = IconButton("bulb", tr("Improve"), show_label=True)
        self._improve.setToolTip(
            tr("Lay the question out with what the ticket knows (Ctrl+Shift+I); Ctrl+Z goes back")
        )
        self._improve.clicked.connect(self.improve)
        self._cancel_edit = QPushButton(tr("Keep the old question"))
        self._cancel_edit.clicked.connect(self._stop_editing)
        self._cancel_edit.hide()
        self._send = QPushButton(tr("Ask"))
        self._send.setProperty("kind", "primary")
        self._send.setToolTip(tr("Ctrl+Enter"))
        self._send.clicked.connect(self.send)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._hint, 1)
        row.addWidget(self._get_model)
        row.addWidget(self._improve)
        row.addWidget(self._cancel_edit)
        row.addWidget(self._send)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 8, 20, 12)
        column.setSpacing(8)
        column.addWidget(self._input)
        column.addWidget(self._offer)
        column.addWidget(self._strip)
        column.addLayout(row)
        self._save_timer = QTimer(self, singleShot=True, interval=SAVE_MS)
        self._save_timer.timeout.connect(partial(self._save))
        self._coach_timer = QTimer(self, singleShot=True, interval=COACH_MS)
        self._coach_timer.timeout.connect(self._examine)
        self._actions = self._make_actions()
        hub.model_changed.connect(self._check_model)
        self._check_model()

    @property
    def revision(self) -> int:
        """Grows with every key, every draft that is stored and every question that is sent."""
        return self._keeper.revision

    def show_case(self, case: TicketCase, revision: int) -> None:
        """Show the draft of a ticket; what is being typed right now is not overwritten.

        Args:
            case: What was read.
            revision: `revision` when the reading began. A draft from elsewhere, such as a question that was taken out
                of the line, comes into an empty box only if nothing has been done in it since.
        """
        if case.ticket.id != self._ticket:
            self.flush()
            if self._ticket in self._sending:
                self._sending[self._ticket] = self._input.toPlainText()
            self._ticket = case.ticket.id
            self._coach_timer.stop()
            self._offer.withdraw()
            self._end_editing()
            stored = self._keeper.newest(self._ticket, "question", case.drafts.get("question", Draft()).text)
            self._set_text(self._sending.get(self._ticket, stored))
            self._report = None
            self._strip.show_report(None)
            self._say("")
            self._show_buttons()
        elif revision == self.revision and self._is_at_rest() and not self._input.toPlainText():
            self._set_text(case.drafts.get("question", Draft()).text)
            self._input.moveCursor(QTextCursor.MoveOperation.End)
        self._hub.tasks.read(
            self,
            partial(self._hub.services.ask.coach_context, case.ticket.id),
            self._on_context,
            key="context",
        )

    def is_sending(self, ticket: int) -> bool:
        """Tell whether a question of this ticket is on its way into the database."""
        return ticket in self._sending

    def release(self) -> None:
        """Hold no ticket any more; what was typed is stored."""
        self.flush()
        if self._ticket in self._sending:
            self._sending[self._ticket] = self._input.toPlainText()
        self._ticket = 0
        self._coach_timer.stop()
        self._context = self._report = None
        self._offer.withdraw()
        self._end_editing()
        self._set_text("")
        self._strip.show_report(None)
        self._say("")

    def edit_question(self, uid: str, text: str) -> None:
        """Take an earlier question into the box; sending replaces it, and what was drafted comes back then."""
        if not self._editing:
            self._set_aside = self._input.toPlainText()
        self._editing, self._edited_from = uid, text
        self._cancel_edit.show()
        self._send.setText(tr("Ask again"))
        self._replace_text(text)
        self.focus_input()

    def focus_input(self) -> None:
        """Put the cursor at the end of the draft."""
        self._input.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._input.moveCursor(QTextCursor.MoveOperation.End)

    def flush(self) -> None:
        """Store the draft now, if it is not stored yet."""
        if self._save_timer.isActive() or (self._keeper.is_stuck and self._keeper.is_saving(self._ticket)):
            self._save(now=True)

    def forget(self) -> None:
        """Show nothing and store nothing: what is here belongs to a desk that was replaced."""
        self._save_timer.stop()
        self._coach_timer.stop()
        self._ticket = 0
        self._sending.clear()
        self._context = self._report = None
        self._end_editing()
        self._set_text("")
        self._strip.show_report(None)
        self._say("")
        self._show_buttons()

    def send(self) -> None:
        """Send the question, unless it holds a secret: then the secret is masked first and the person looks again."""
        text = self._input.toPlainText().strip()
        ticket = self._ticket
        if not text or not ticket or ticket in self._sending:
            self.focus_input()
            return
        self._begin_sending()
        work = partial(self._hub.services.ask.mask, text)
        done = partial(self._on_masked, ticket, self._editing, text)
        self._hub.tasks.read(self, work, done, partial(self._on_failed, ticket))

    def improve(self) -> None:
        """Replace the draft by the template rewrite; one undo goes back."""
        text = self._input.toPlainText()
        if self._ticket:
            self._hub.tasks.read(
                self,
                partial(self._hub.services.ask.improve, self._ticket, text),
                self._on_improved,
                key="improve",
            )

    def actions_for_palette(self) -> list[QAction]:
        """Return this part's actions."""
        return self._actions

    # -- inner parts

    def _is_at_rest(self) -> bool:
        return not (
            self._editing
            or self._save_timer.isActive()
            or self._ticket in self._sending
            or self._keeper.is_saving(self._ticket)
        )

    def _offer_evidence(self, text: str) -> None:
        self._offer.offer(
            tr("That is a long text. As evidence it stays apart from the question, and answers can cite it."),
            tr("Keep as evidence instead"),
            tr("Leave it in the question"),
            partial(self._keep_as_evidence, self._ticket, text),
        )

    def _keep_as_evidence(self, ticket: int, text: str) -> None:
        fact = NewFact(EvidenceKind.PASTE, text, tr("Pasted"))
        work = partial(self._hub.services.intake.add, ticket, [fact])
        self._hub.change(self, work, partial(self._on_kept, ticket, text))

    def _on_kept(self, ticket: int, text: str, _changes: ChangeSet) -> None:
        """Take the text out of the question as one step, once it is safe; Ctrl+Z puts it back."""
        place = self._input.toPlainText().rfind(text)
        if ticket == self._ticket and place >= 0:
            cursor = self._input.textCursor()
            before = self._input.toPlainText()
            cursor.setPosition(_utf16(before, place))
            cursor.setPosition(_utf16(before, place + len(text)), QTextCursor.MoveMode.KeepAnchor)
            cursor.removeSelectedText()
            self.focus_input()

    def _begin_sending(self) -> None:
        """Store the draft; until the question is stored in its place, no other draft may be."""
        self._save(now=True)
        self._keeper.drop(self._ticket, "question")
        self._sending[self._ticket] = ""
        self._show_buttons()

    def _on_masked(self, ticket: int, editing: str, text: str, masked: Masked) -> None:
        if not masked.hits:
            self._submit(ticket, editing, text)
            return
        self._sending.pop(ticket)
        self._show_buttons()
        message = tr("A secret was masked. Look again, then press Ctrl+Enter to send; Ctrl+Z brings it back.")
        if ticket == self._ticket:
            self._replace_text(self._input.toPlainText().replace(text, masked.text, 1))
            self._say(message)
            announce(self, message)
        else:
            message = tr("The question was not sent: it holds a secret. It is kept as a draft.")
            self._hub.toast_requested.emit(message, 0)

    def _send_as_is(self) -> None:
        text = self._input.toPlainText().strip()
        if text and self._ticket and self._ticket not in self._sending:
            self._begin_sending()
            self._submit(self._ticket, self._editing, text, allow_secret=True)

    def _submit(self, ticket: int, editing: str, text: str, *, allow_secret: bool = False) -> None:
        ask, listener = self._hub.services.ask, self._hub.answers.listener
        if editing:
            work = partial(ask.edit_and_resend, editing, ticket, text, listener, allow_secret=allow_secret)
        else:
            work = partial(ask.ask, ticket, text, listener, allow_secret=allow_secret)
        # Behind the drafts on the writer's thread, so that none can come after the question.
        self._hub.tasks.write(self, _nothing, partial(self._on_drafts_stored, ticket, text, work))

    def _on_drafts_stored(self, ticket: int, text: str, work: partial[str], _: None) -> None:
        done, failed = partial(self._on_sent, ticket, text), partial(self._on_failed, ticket)
        self._hub.tasks.ask(self, work, done, failed)

    def _on_sent(self, ticket: int, text: str, answer_uid: str) -> None:
        left = self._sending.pop(ticket)
        self._keeper.touch()
        if ticket == self._ticket:
            # What was typed while it was sent is the beginning of the next one.
            rest = self._input.toPlainText().strip().removeprefix(text).strip()
            rest = "\n\n".join(part for part in (self._set_aside, rest) if part)
            self._end_editing()
            self._set_text(rest)
            self._offer.withdraw()
            self._strip.show_report(None)
            self._say("")
            self._show_buttons()
            self.asked.emit(answer_uid)
        else:
            rest = left.strip().removeprefix(text).strip()
        if rest:
            self._keeper.save(ticket, "question", rest)
        self._hub.announce_change(ChangeSet(frozenset({ticket})))  # the list says that it is being answered

    def _on_failed(self, ticket: int, error: Exception) -> None:
        left = self._sending.pop(ticket, "")
        self._check_model()
        self._show_buttons()
        if ticket == self._ticket:
            self._save()
        elif left:
            self._keeper.save(ticket, "question", left)
        if ticket == self._ticket and isinstance(error, KnownError):
            self._say(str(error))  # beside the box, where the way out is
        else:
            self._hub.show_error(error)

    def _on_typed(self) -> None:
        text = self._input.toPlainText()
        if text == self._text:
            return  # only the lines under it have changed
        self._text = text
        self._keeper.touch()
        self._say("")
        if not self._save_timer.isActive():  # no restart: a fast typist is stored all the same
            self._save_timer.start()
        self._coach_timer.start()

    def _save(self, *, now: bool = False) -> None:
        self._save_timer.stop()
        # While a question is sent its draft is cleared; what is typed meanwhile is stored after that.
        if self._ticket and self._ticket not in self._sending:
            self._keeper.save(self._ticket, "question", self._draft(), now=now)

    def _draft(self) -> str:
        """Return all that was typed and is not sent: also what was there before a question was edited."""
        text = self._input.toPlainText()
        if not self._editing:
            return text
        changed = text if text != self._edited_from else ""
        return "\n\n".join(part for part in (self._set_aside, changed) if part)

    def _on_context(self, context: CoachContext) -> None:
        if context.ticket.id == self._ticket:
            self._context = context
            self._examine()

    def _examine(self) -> None:
        text = self._input.toPlainText()
        self.question_changed.emit(text)
        if not text.strip() or self._context is None:
            self._report = None
            self._strip.show_report(None)
            self._highlighter.show_findings(())
            return
        work = partial(self._hub.services.ask.examine, text, self._context)
        self._hub.tasks.read(self, work, partial(self._on_report, text), key="coach")

    def _on_report(self, text: str, report: CoachReport) -> None:
        if text != self._input.toPlainText():
            return  # typed on meanwhile; the next pass is on its way
        before = self._report
        self._report = report
        self._strip.show_report(report)
        self._highlighter.show_findings(report.findings)
        if report.blocks and not (before and before.blocks):
            announce(self, tr("The question holds a secret."))

    def _fix(self, finding: Finding) -> None:
        if finding.span is None:
            return
        cursor = self._input.textCursor()
        text = self._input.toPlainText()
        cursor.setPosition(_utf16(text, finding.span.start))
        cursor.setPosition(_utf16(text, finding.span.end), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(finding.replacement)

    def _on_improved(self, rewrite: Rewrite) -> None:
        self._replace_text(rewrite.text)
        self.focus_input()
        self._input.moveCursor(QTextCursor.MoveOperation.Start)

    def _stop_editing(self) -> None:
        """Leave the old question as it is."""
        before = self._set_aside
        self._end_editing()
        self._replace_text(before)
        self.focus_input()

    def _end_editing(self) -> None:
        self._editing = self._edited_from = self._set_aside = ""
        self._cancel_edit.hide()
        self._send.setText(tr("Ask"))

    def _set_text(self, text: str) -> None:
        """Show another text without marking it as typed."""
        self._text = text
        self._input.blockSignals(True)
        self._input.setPlainText(text)
        self._input.blockSignals(False)
        self._highlighter.show_findings(())
        self.question_changed.emit(text)

    def _replace_text(self, text: str) -> None:
        """Replace what is there as one undoable step."""
        cursor = self._input.textCursor()
        cursor.beginEditBlock()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        cursor.endEditBlock()

    def _check_model(self) -> None:
        self._hub.tasks.read(self, self._hub.services.models.is_installed, self._on_model, key="model")

    def _on_model(self, is_installed: bool) -> None:
        self._has_model = is_installed
        self._show_buttons()
        self._say(self._words)

    def _show_buttons(self) -> None:
        self._get_model.setVisible(not self._has_model)
        self._send.setEnabled(self._has_model and self._ticket not in self._sending)

    def _say(self, words: str) -> None:
        """Show `words` until the next key; without any, say so where there is no model."""
        self._words = words
        if not words and not self._has_model:
            words = tr("There is no model yet, so nothing can answer. Drafts are kept.")
        self._hint.setText(words)

    def _make_actions(self) -> list[QAction]:
        improve = QAction(tr("Improve the question"), self)
        improve.setShortcut("Ctrl+Shift+I")
        improve.triggered.connect(self.improve)
        send = QAction(tr("Send the question (Ctrl+Enter in the box)"), self)
        send.triggered.connect(self.send)
        return [send, improve]


def _nothing() -> None:
    """Stand in a queue."""


def _utf16(text: str, index: int) -> int:
    """Return the offset in UTF-16 units, which Qt counts in, of the character `index`."""
    return len(text[:index].encode("utf-16-le")) // 2
