"""One answer as a card: what it rests on, what it says, and what one does with it."""

import html
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from copilot.domain.conversation import AnswerState, ClaimKind, DecisionKind, Reason
from copilot.domain.rich_text import RichText
from copilot.domain.ticket import ChangeSet
from copilot.services.ask import AnswerView
from copilot.support.i18n import later, tr
from copilot.support.text import clean
from copilot.ui.ask.reason_bar import ReasonBar
from copilot.ui.bridge.hub import Hub
from copilot.ui.copying import copy_rich
from copilot.ui.format import number, waits_text
from copilot.ui.theme.tokens import Tone
from copilot.ui.widgets.answer_body import AnswerBody
from copilot.ui.widgets.chip import Chip
from copilot.ui.widgets.flow_layout import FlowLayout
from copilot.ui.widgets.icon_button import IconButton
from copilot.ui.widgets.marks import Mark
from copilot.ui.widgets.progress_line import ProgressLine

TICK_MS = 1000
FLUSH_EVERY = 10  # seconds visible are stored in steps


class AnswerCard(QFrame):
    """Shows an answer while it comes and afterwards. No button is primary: accepting must not be the easy way out.

    Signals:
        evidence_clicked(str): The label of a citation.
        accept_requested(): The answer is about to be put into a draft, behind what is typed there by now.
        draft_changed(str): The answer was put into the draft of this slot.
        regenerate_requested(str), more_requested(str), stop_requested(str): Answer uid.
    """

    evidence_clicked = Signal(str)
    accept_requested = Signal()
    draft_changed = Signal(str)
    regenerate_requested = Signal(str)
    more_requested = Signal(str)
    stop_requested = Signal(str)

    def __init__(self, hub: Hub, view: AnswerView) -> None:
        super().__init__()
        self._hub = hub
        self._view = view
        self._is_seen = view.answer.seconds_visible > 0
        self._active = False
        self._unsaved = 0
        self._is_newest = False
        self._place = -1  # in the line; -1 while it does not wait
        self.setProperty("kind", "card")
        self.setAccessibleName(tr("Answer by the model"))
        self._headline = Chip()
        self._model = QLabel()
        self._model.setTextFormat(Qt.TextFormat.PlainText)
        self._model.setProperty("kind", "small")
        self._decision = Chip()
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._headline)
        head.addWidget(self._decision)
        head.addStretch(1)
        head.addWidget(self._model)
        self._progress = ProgressLine()
        self._body = AnswerBody(self._rate)
        self._body.evidence_clicked.connect(self.evidence_clicked)
        self._body.link_clicked.connect(self._copy_link)
        self._body.copied.connect(self._on_copied)
        self._notice = QLabel()
        self._notice.setTextFormat(Qt.TextFormat.PlainText)
        self._notice.setWordWrap(True)
        self._notice.setProperty("kind", "quiet")
        self._reasons = ReasonBar()
        self._reasons.chosen.connect(self._on_reason)
        self._reasons.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 8)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._progress)
        column.addWidget(self._body)
        column.addWidget(self._notice)
        column.addWidget(self._reasons)
        column.addWidget(self._make_buttons())
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._progress.hide()
        self.update_view(view)

    @property
    def uid(self) -> str:
        """The answer's uid."""
        return self._view.answer.uid

    @property
    def view(self) -> AnswerView:
        """What is shown."""
        return self._view

    @property
    def is_streaming(self) -> bool:
        """Whether the answer is still coming."""
        return self._view.answer.state in (AnswerState.QUEUED, AnswerState.STREAMING)

    def text(self) -> str:
        """Return the Markdown shown so far."""
        return self._body.text()

    def update_view(self, view: AnswerView) -> None:
        """Show the stored state; while text streams in, the text itself is left alone."""
        was_streaming, self._view = self.is_streaming, view
        answer = view.answer
        if self.is_streaming:
            if not was_streaming:  # it goes on: the last sentence may not have ended
                self._body.set_markdown("")
                self._is_seen = False
            self._catch_up(answer.text)
        else:
            self._place = -1
            if was_streaming and self._body.text() == answer.text:
                self._body.finish()
            else:
                self._body.set_markdown(answer.text)
            self._body.set_marks(marks_of(view))
            self._progress.hide()
        self._show_head()
        self._show_buttons()
        self._run_clock()

    def set_newest(self, newest: bool) -> None:
        """Offer "More" and "Again" only on the newest answer."""
        self._is_newest = newest
        self._show_buttons()

    def set_waiting(self, place: int) -> None:
        """Say that the question waits: 1 for the next one in line, 0 where it waits for nothing but the model."""
        if self.is_streaming:
            self._place = place
            self._progress.setVisible(not place)
            if not place:
                self._progress.set_progress(tr("The model is being made ready"), None)
            self._show_head()
            self._show_buttons()

    def set_reading(self, done: int, total: int, cached: int) -> None:
        """Say how much of the prompt is read."""
        self._end_waiting()
        self._progress.setVisible(done < total)
        known = tr(", {n} known already").format(n=number(cached)) if cached else ""
        text = tr("Read {done} of {total} tokens").format(done=number(done), total=number(total)) + known
        self._progress.set_progress(text, done / max(total, 1))

    def add_text(self, start: int, text: str) -> None:
        """Show text that arrived; `start` says where it belongs, so nothing is shown twice."""
        self._progress.hide()
        self._end_waiting()
        have = len(self._body.text())
        if start > have:  # it began before this card was made
            self._catch_up("")
        elif have < start + len(text):
            self._body.append(text[have - start :])
        if not have:
            self._show_head()

    def set_window_active(self, active: bool) -> None:
        """Count seconds visible only while the window is active."""
        self._active = active
        self._run_clock()

    def flush(self) -> None:
        """Store the seconds counted so far."""
        if self._unsaved:
            seconds, self._unsaved = self._unsaved, 0
            work = partial(self._hub.services.decisions.seen, self.uid, float(seconds))
            if self._is_seen:
                self._hub.tasks.write(self, work)
            else:  # the list still says that it is ready; told also if the card is gone by then
                self._is_seen = True
                ticket = self._view.answer.ticket
                self._hub.tasks.write(self._hub, work, partial(_say_seen, self._hub, ticket))

    # -- what one does with it

    def accept(self, slot: str) -> None:
        """Put the answer into the draft of a note or reply."""
        if self._can_decide():
            self.accept_requested.emit()
            work = partial(self._hub.services.decisions.accept, self.uid, slot)
            self._hub.change(self, work, partial(self._on_accepted, slot))

    def copy(self) -> None:
        """Copy the whole answer; that counts as used."""
        QGuiApplication.clipboard().setText(self._view.answer.text)
        self._on_copied(self._view.answer.text)

    def copy_as(self, what: str) -> None:
        """Copy it for another system: `reply` or `note`; that counts as used."""
        if self._can_decide():
            service = self._hub.services.clippings
            write = service.answer_as_reply if what == "reply" else service.answer_as_note
            copy_rich(self._hub, self, partial(write, self.uid), self._on_copied_as)

    def override(self) -> None:
        """Ask for the reason of an override."""
        self._ask_reason(DecisionKind.OVERRIDE)

    def escalate(self) -> None:
        """Ask for the reason of an escalation."""
        self._ask_reason(DecisionKind.ESCALATE)

    def more(self) -> None:
        """Let the answer go on."""
        if self._more.isVisibleTo(self):
            self.more_requested.emit(self.uid)

    def regenerate(self) -> None:
        """Ask the same again."""
        if self._again.isVisibleTo(self):
            self.regenerate_requested.emit(self.uid)

    def stop(self) -> None:
        """Stop it."""
        if self.is_streaming:
            self.stop_requested.emit(self.uid)

    # -- inner parts

    def _end_waiting(self) -> None:
        if self._place >= 0:
            self._place = -1
            self._show_head()
            self._show_buttons()

    def _can_decide(self) -> bool:
        return not self.is_streaming and bool(self._view.answer.text)

    def _ask_reason(self, kind: DecisionKind) -> None:
        if self._can_decide():
            self._reasons.ask(kind)

    def _on_reason(self, kind: DecisionKind, reason: Reason, note: str) -> None:
        work = partial(self._hub.services.decisions.set_reason, self.uid, kind, reason, note)
        self._hub.change(self, work)

    def _on_accepted(self, slot: str, _changes: ChangeSet) -> None:
        self.draft_changed.emit(slot)

    def _on_copied_as(self, words: RichText) -> None:
        self._store_used(words.text)

    def _on_copied(self, text: str) -> None:
        self._hub.toast_requested.emit(tr("Copied"), 0)
        self._store_used(text)

    def _store_used(self, text: str) -> None:
        self._hub.tasks.write(
            self,
            partial(self._hub.services.decisions.used, self.uid, text),
            self._on_used,
            self._hub.show_error,
        )

    def _on_used(self, _: None) -> None:
        self._hub.announce_change(ChangeSet(frozenset({self._view.answer.ticket})))

    def _copy_link(self, address: str) -> None:
        QGuiApplication.clipboard().setText(clean(address))
        self._hub.toast_requested.emit(tr("Address copied; nothing was opened."), 0)

    def _rate(self, code: str, language: str) -> tuple[str, str]:
        return self._hub.services.ask.rate(code, language)

    def _catch_up(self, stored: str) -> None:
        """Show what came before this card did: all of what this process received, or what was stored of it."""
        text = self._hub.services.ask.text_so_far(self.uid) or stored
        have = len(self._body.text())
        if len(text) > have:
            self._body.append(text[have:])

    def _run_clock(self) -> None:
        """Count while the window is active and the answer is complete."""
        if not self._active or self.is_streaming:
            self._timer.stop()
            self.flush()
        elif not self._timer.isActive():
            self._timer.start()

    def _tick(self) -> None:
        if self._active and not self.visibleRegion().isEmpty():
            self._unsaved += 1
            if self._unsaved >= FLUSH_EVERY or not self._is_seen:
                self.flush()

    def _show_head(self) -> None:
        view, answer = self._view, self._view.answer
        self._model.setText(answer.model)
        timings = answer.timings
        if timings.answer_tokens:
            self._model.setToolTip(
                tr("Read {prompt} tokens ({cached} known) in {read} s; wrote {n} tokens in {write} s").format(
                    prompt=number(timings.prompt_tokens),
                    cached=number(timings.cached_tokens),
                    read=number(timings.prompt_seconds, 1),
                    n=number(timings.answer_tokens),
                    write=number(timings.answer_seconds, 1),
                )
            )
        if self.is_streaming:
            self._headline.set_mark(self._stage())
        elif answer.text:
            facts, supported = view.reading.facts, view.reading.supported
            tone = Tone.NEUTRAL if not facts else Tone.SUCCESS if supported == facts else Tone.WARNING
            icon = "info" if not facts else "check-circle" if supported == facts else "alert-triangle"
            self._headline.set_mark(Mark(icon, view.headline, tone))
        else:
            self._headline.set_mark(Mark("x-circle", tr("No answer"), Tone.WARNING))
        notice = ""
        if answer.state is AnswerState.INTERRUPTED:
            notice = tr("Interrupted: {why}").format(why=answer.error)
        elif answer.state is AnswerState.FAILED:
            notice = answer.error
        elif answer.finish == "length":
            notice = tr("The answer was cut at its length limit; More goes on.")
        elif self._place > 0:
            notice = tr(
                "The model answers one question at a time. This one is asked when its turn comes, "
                "with what the ticket holds by then."
            )
        self._notice.setText(notice)
        self._notice.setVisible(bool(notice))
        decision = view.decision
        mark = _DECISIONS.get(decision.kind) if decision else None
        self._decision.setVisible(mark is not None)
        if decision and mark:
            text = tr(mark[1])
            if decision.reason is not Reason.NONE_GIVEN:
                text += f": {ReasonBar.word(decision.reason)}"
            self._decision.set_mark(Mark(mark[0], text))
            # A tooltip guesses whether its text is HTML, and a note may hold part of an answer.
            self._decision.setToolTip(f"<span>{html.escape(decision.note)}</span>" if decision.note else "")

    def _stage(self) -> Mark:
        if self._place >= 0:
            return Mark("clock", waits_text(self._place))
        if self._body.text():
            return Mark("sparkle", tr("Writing…"), Tone.ACCENT)
        return Mark("sparkle", tr("Reading…"), Tone.ACCENT)

    def _make_buttons(self) -> QWidget:
        self._accept = IconButton("check", tr("Accept"), show_label=True)
        self._accept.setToolTip(tr("Put the answer into the internal note (Alt+A) or the reply (Alt+R)"))
        self._accept.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self._accept)
        menu.addAction(tr("Into the internal note")).triggered.connect(partial(self._accept_into, "note"))
        menu.addAction(tr("Into the reply")).triggered.connect(partial(self._accept_into, "reply"))
        self._accept.setMenu(menu)
        self._copy = IconButton("copy", tr("Copy"), show_label=True)
        self._copy.clicked.connect(self.copy)
        self._copy_as = IconButton("external", tr("Copy as"), show_label=True)
        self._copy_as.setToolTip(tr("For another system, as text and as HTML"))
        self._copy_as.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        forms = QMenu(self._copy_as)
        forms.addAction(tr("Reply, without citations")).triggered.connect(partial(self._copy_in, "reply"))
        forms.addAction(tr("Internal note, with its evidence")).triggered.connect(
            partial(self._copy_in, "note")
        )
        self._copy_as.setMenu(forms)
        self._override = IconButton("x-circle", tr("Override…"), show_label=True)
        self._override.setToolTip(tr("I do it differently (Alt+O); say why with one key"))
        self._override.clicked.connect(self.override)
        self._escalate = IconButton("escalate", tr("Escalate…"), show_label=True)
        self._escalate.setToolTip(tr("This is for somebody else (Alt+E)"))
        self._escalate.clicked.connect(self.escalate)
        self._more = IconButton("chevron-down", tr("More"), show_label=True)
        self._more.setToolTip(tr("Let the answer go on (Alt+M)"))
        self._more.clicked.connect(self.more)
        self._again = IconButton("refresh", tr("Ask again"), show_label=True)
        self._again.setToolTip(tr("The same question once more (Alt+G)"))
        self._again.clicked.connect(self.regenerate)
        self._out = IconButton("external", tr("Open in a window of its own"))
        self._out.clicked.connect(self._ask_out)
        self._stop = IconButton("stop", tr("Stop"), show_label=True)
        self._stop.clicked.connect(self.stop)
        row = QWidget()
        flow = FlowLayout(row)
        flow.addWidget(self._accept)
        for button in (
            *(self._copy, self._copy_as, self._override, self._escalate),
            *(self._more, self._again, self._stop, self._out),
        ):
            flow.addWidget(button)
        return row

    def _ask_out(self) -> None:
        self._hub.answer_window_requested.emit(self.uid)

    def _accept_into(self, slot: str, *_: object) -> None:
        self.accept(slot)

    def _copy_in(self, form: str, *_: object) -> None:
        self.copy_as(form)

    def _show_buttons(self) -> None:
        streaming, has_text = self.is_streaming, bool(self._view.answer.text)
        for button in (self._accept, self._copy, self._copy_as, self._override, self._escalate):
            button.setVisible(not streaming and has_text)
        self._more.setVisible(not streaming and has_text and self._is_newest)
        self._again.setVisible(not streaming and self._is_newest)
        self._stop.setVisible(streaming)
        waits = self._place > 0 and not has_text
        self._stop.setToolTip(tr("Back into the box, where that is empty (Esc)") if waits else tr("Esc"))
        self._out.setVisible(streaming or has_text)


_DECISIONS = {
    DecisionKind.ACCEPT: ("check", later("accepted")),
    DecisionKind.EDIT: ("edit", later("accepted with changes")),
    DecisionKind.USED: ("copy", later("used")),
    DecisionKind.OVERRIDE: ("x-circle", later("overridden")),
    DecisionKind.ESCALATE: ("escalate", later("escalated")),
    DecisionKind.IGNORE: ("minus", later("not used")),
}


def _say_seen(hub: Hub, ticket: int, _: None) -> None:
    hub.answer_moved.emit(ticket)


def marks_of(view: AnswerView) -> list[tuple[int, int, str, str]]:
    """Return which parts of an answer the ticket supports; for `AnswerBody.set_marks`."""
    return [
        (claim.start, claim.end, claim.kind.value, _tooltip(claim.kind, claim.reason, claim.labels))
        for claim in view.reading.claims
    ]


def _tooltip(kind: ClaimKind, reason: str, labels: tuple[str, ...]) -> str:
    if kind is ClaimKind.SUPPORTED:
        return tr("Found in {labels}").format(labels=", ".join(labels))
    if kind is ClaimKind.UNSUPPORTED:
        return tr("About this ticket, but {reason}").format(reason=reason)
    return tr("General advice: nothing in the ticket to check it against")
