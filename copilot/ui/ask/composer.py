"""Where the question is written: the coach looks on, every key is kept, Ctrl+Enter sends."""

from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from copilot.domain.coaching import CoachReport, Finding
from copilot.services.ask import CoachContext, Masked, Rewrite
from copilot.services.tickets import Draft, TicketCase
from copilot.support.errors import KnownError
from copilot.support.i18n import tr
from copilot.ui.ask.coach_strip import CoachStrip
from copilot.ui.ask.highlighter import FindingHighlighter
from copilot.ui.bridge.hub import Hub
from copilot.ui.widgets.announce import announce
from copilot.ui.widgets.growing_edit import GrowingEdit
from copilot.ui.widgets.icon_button import IconButton

SAVE_MS = 120  # nothing typed a quarter of a second ago may be lost
COACH_MS = 300


class AskComposer(QWidget):
    """The ask box with the coach's strip.

    Signals:
        asked(str): A question was stored and sent; the uid of its answer.
        question_changed(str): The draft, a moment after the last key.
        models_requested(): There is no model, and somebody wants one.
    """

    asked = Signal(str)
    question_changed = Signal(str)
    models_requested = Signal()

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self._hub = hub
        self._ticket = 0
        self._editing = ""  # uid of the question that is being edited
        self._context: CoachContext | None = None
        self._report: CoachReport | None = None
        self._sending = False
        self._input = GrowingEdit(tr("Question for the model"))
        self._input.setPlaceholderText(
            tr("Ask about this ticket. Its evidence goes along; say what you want to know.")
        )
        self._input.textChanged.connect(self._on_typed)
        self._input.submitted.connect(self.send)
        self._highlighter = FindingHighlighter(self._input.document())
        self._strip = CoachStrip()
        self._strip.fix_requested.connect(self._fix)
        self._strip.not_secret_requested.connect(self._send_as_is)
        self._hint = QLabel()
        self._hint.setProperty("kind", "small")
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
        column.addWidget(self._strip)
        column.addLayout(row)
        self._save_timer = QTimer(self, singleShot=True, interval=SAVE_MS)
        self._save_timer.timeout.connect(self._save)
        self._coach_timer = QTimer(self, singleShot=True, interval=COACH_MS)
        self._coach_timer.timeout.connect(self._examine)
        self._actions = self._make_actions()
        hub.model_changed.connect(self._check_model)
        self._check_model()

    def show_case(self, case: TicketCase) -> None:
        """Show the draft of a ticket; what is being typed right now is not overwritten."""
        if case.ticket.id != self._ticket:
            self._ticket = case.ticket.id
            self._save_timer.stop()
            self._coach_timer.stop()
            self._stop_editing(restore=False)
            self._set_text(case.drafts.get("question", Draft()).text)
            self._report = None
            self._strip.show_report(None)
        self._hub.tasks.read(
            self,
            partial(self._hub.services.ask.coach_context, case.ticket.id),
            self._on_context,
            key="context",
        )

    def edit_question(self, uid: str, text: str) -> None:
        """Take an earlier question into the box; sending replaces it."""
        self._editing = uid
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
        if self._save_timer.isActive():
            self._save()

    def send(self) -> None:
        """Send the question, unless it holds a secret: then the secret is masked first and the person looks again."""
        text = self._input.toPlainText().strip()
        if not text or not self._ticket or self._sending:
            self.focus_input()
            return
        self._hub.tasks.read(self, partial(self._hub.services.ask.mask, text), partial(self._on_masked, text))

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

    def _on_masked(self, text: str, masked: Masked) -> None:
        if masked.hits:
            self._replace_text(masked.text)
            message = tr(
                "A secret was masked. Look again, then press Ctrl+Enter to send; Ctrl+Z brings it back."
            )
            self._hint.setText(message)
            announce(self, message)
            return
        self._submit(text)

    def _send_as_is(self) -> None:
        text = self._input.toPlainText().strip()
        if text and self._ticket and not self._sending:
            self._submit(text, allow_secret=True)

    def _submit(self, text: str, *, allow_secret: bool = False) -> None:
        self._sending = True
        self._save_timer.stop()
        self._send.setEnabled(False)
        ask, listener = self._hub.services.ask, self._hub.answers.listener
        if self._editing:
            work = partial(
                ask.edit_and_resend, self._editing, self._ticket, text, listener, allow_secret=allow_secret
            )
        else:
            work = partial(ask.ask, self._ticket, text, listener, allow_secret=allow_secret)
        # The draft is stored first, on the writer's thread, so that no older draft can come after the question.
        save = partial(self._hub.services.tickets.save_draft, self._ticket, "question", text)
        self._hub.tasks.write(self, save, partial(self._on_saved, self._ticket, work), self._on_failed)

    def _on_saved(self, ticket: int, work: partial[str], _: None) -> None:
        self._hub.tasks.errand(self, work, partial(self._on_sent, ticket), self._on_failed)

    def _on_sent(self, ticket: int, answer_uid: str) -> None:
        self._sending = False
        if ticket == self._ticket:
            self._stop_editing(restore=False)
            self._set_text("")
            self._strip.show_report(None)
        self._hint.setText("")
        self._check_model()
        self.asked.emit(answer_uid)

    def _on_failed(self, error: Exception) -> None:
        self._sending = False
        self._check_model()
        self._hub.show_error(error)
        if isinstance(error, KnownError):
            self._hint.setText(error.what)

    def _on_typed(self) -> None:
        if not self._save_timer.isActive():  # no restart: a fast typist is stored all the same
            self._save_timer.start()
        self._coach_timer.start()

    def _save(self) -> None:
        self._save_timer.stop()
        if self._ticket and not self._sending:
            text = self._input.toPlainText()
            self._hub.tasks.write(
                self, partial(self._hub.services.tickets.save_draft, self._ticket, "question", text)
            )

    def _on_context(self, context: CoachContext) -> None:
        if context.ticket.id == self._ticket:
            self._context = context
            self._examine()

    def _examine(self) -> None:
        text = self._input.toPlainText()
        self.question_changed.emit(text)
        self._hint.setText("")
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

    def _stop_editing(self, *, restore: bool = True) -> None:
        was_editing, self._editing = bool(self._editing), ""
        self._cancel_edit.hide()
        self._send.setText(tr("Ask"))
        if restore and was_editing:
            self._replace_text("")

    def _set_text(self, text: str) -> None:
        """Show another text without marking it as typed."""
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
        self._get_model.setVisible(not is_installed)
        self._send.setEnabled(is_installed and not self._sending)
        if not is_installed:
            self._hint.setText(tr("There is no model yet, so nothing can answer. Drafts are kept."))

    def _make_actions(self) -> list[QAction]:
        improve = QAction(tr("Improve the question"), self)
        improve.setShortcut("Ctrl+Shift+I")
        improve.triggered.connect(self.improve)
        send = QAction(tr("Send the question (Ctrl+Enter in the box)"), self)
        send.triggered.connect(self.send)
        return [send, improve]


def _utf16(text: str, index: int) -> int:
    """Return the offset in UTF-16 units, which Qt counts in, of the character `index`."""
    return len(text[:index].encode("utf-16-le")) // 2
