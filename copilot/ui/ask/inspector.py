"""The right pane: exactly what the model sees, item by item."""

from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from copilot.domain.ticket import ChangeSet
from copilot.services.ask import ContextItem, Plan
from copilot.support.i18n import tr, tr_n
from copilot.support.text import one_line
from copilot.ui.bridge.hub import Hub
from copilot.ui.format import number
from copilot.ui.theme.manager import follow
from copilot.ui.theme.tokens import Tokens
from copilot.ui.widgets.elided_label import ElidedLabel
from copilot.ui.widgets.flow_layout import FlowLayout
from copilot.ui.widgets.hairline import Hairline
from copilot.ui.widgets.icon_button import IconButton
from copilot.ui.widgets.plain_text import PlainTextView
from copilot.ui.widgets.progress_line import ProgressLine

WAIT_MS = 350


class Inspector(QWidget):
    """Evidence that goes along, with token counts and a switch each; the exact prompt on request.

    Signals:
        evidence_requested(str): Somebody wants to see the evidence with this label.
        wanted(): Somebody wants to see something in this pane, which may be hidden.
    """

    evidence_requested = Signal(str)
    wanted = Signal()

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self._hub = hub
        self._ticket = 0
        self._question = ""
        self._window = 4096
        self._plan: Plan | None = None
        self._rows: dict[str, _ItemRow] = {}
        title = QLabel(tr("What the model sees"))
        title.setProperty("kind", "title")
        title.setWordWrap(True)
        self._meter = ProgressLine()
        self._notes = QLabel()
        self._notes.setProperty("kind", "quiet")
        self._notes.setWordWrap(True)
        self._notes.setTextFormat(Qt.TextFormat.PlainText)
        self._items = QVBoxLayout()
        self._items.setSpacing(0)
        self._exact = IconButton("eye", tr("Show the exact text"), show_label=True)
        self._exact.clicked.connect(self._toggle_exact)
        self._copy = IconButton("copy", tr("Copy the exact text"))
        self._copy.clicked.connect(self._copy_exact)
        self._text = PlainTextView(tr("Exact text of the prompt"), monospace=True)
        self._text.hide()
        buttons = QWidget()
        flow = FlowLayout(buttons)
        flow.addWidget(self._exact)
        flow.addWidget(self._copy)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(8)
        column.addWidget(title)
        column.addWidget(self._meter)
        column.addWidget(self._notes)
        self._lines = (Hairline(), Hairline())
        column.addWidget(self._lines[0])
        column.addLayout(self._items)
        column.addWidget(self._lines[1])
        column.addWidget(buttons)
        column.addWidget(self._text)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(body)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)
        self.setAccessibleName(tr("What the model sees"))
        self._timer = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._timer.timeout.connect(self._load)
        hub.changed.connect(self._on_changed)
        hub.model_changed.connect(self._load)
        show = QAction(tr("Show the exact text that the model gets"), self)
        show.triggered.connect(self._show_exact)
        self._actions = [show]
        self._show(None)
        follow(self._on_look)

    def show_ticket(self, ticket: int) -> None:
        """Show another ticket."""
        self._ticket = ticket
        if not ticket:
            self._show(None)
        self._load()

    def set_question(self, text: str) -> None:
        """Count the drafted question in."""
        if text != self._question:
            self._question = text
            self._timer.start()

    def highlight(self, label: str) -> None:
        """Put the focus on the item with this label."""
        for row in self._rows.values():
            if row.label == label and row.isVisible():
                row.switch.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_first(self) -> None:
        """Put the focus on the first switch."""
        first = next(iter(self._rows.values()), None)
        (first.switch if first else self._exact).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def actions_for_palette(self) -> list[QAction]:
        """Return this pane's actions."""
        return self._actions

    def _on_look(self, tokens: Tokens) -> None:
        self.setMinimumWidth(max(240, 14 * tokens.font_base))  # nothing scrolls sideways

    def _on_changed(self, changes: ChangeSet) -> None:
        if self._ticket and (
            self._ticket in changes.tickets or (changes.list_changed and not changes.tickets)
        ):
            self._timer.start()

    def _load(self) -> None:
        if self._ticket:
            self._hub.tasks.read(
                self,
                partial(self._read, self._ticket, self._question),
                self._show_preview,
                self._on_failed,
                key="preview",
            )

    def _read(self, ticket: int, question: str) -> tuple[Plan, int]:
        services = self._hub.services
        return services.ask.preview(ticket, question), services.models.window()

    def _show_preview(self, found: tuple[Plan, int]) -> None:
        plan, self._window = found
        self._show(plan)

    def _on_failed(self, _error: Exception) -> None:
        self._show(None)

    def _show(self, plan: Plan | None) -> None:
        self._plan = plan
        items = plan.items if plan else ()
        wanted = {item.evidence.uid for item in items}
        for uid in set(self._rows) - wanted:
            row = self._rows.pop(uid)
            self._items.removeWidget(row)
            row.hide()
            row.deleteLater()
        for position, item in enumerate(items):
            shown = self._rows.get(item.evidence.uid)
            if shown is None:
                shown = _ItemRow(self._hub, item)
                shown.requested.connect(self.evidence_requested)
                self._rows[item.evidence.uid] = shown
                self._items.insertWidget(position, shown)
            shown.refresh(item, exact=bool(plan and plan.exact))
        for widget in (self._exact, self._copy, self._meter, *self._lines):
            widget.setVisible(plan is not None)
        if plan is None:
            self._notes.setText(tr("Choose a ticket: here you see, fact by fact, what goes to the model."))
            self._text.hide()
            return
        window = self._window
        about = "" if plan.exact else "≈ "
        text = tr("{about}{tokens} of {window} tokens").format(
            about=about, tokens=number(plan.tokens), window=number(window)
        )
        self._meter.set_progress(text, plan.tokens / window)
        notes = list(plan.left_out)
        if plan.epoch_is_new and plan.epoch_reason and plan.reread_tokens < plan.tokens:
            notes.append(
                tr("{why} {about}{n} tokens are read again.").format(
                    why=plan.epoch_reason, about=about, n=number(plan.reread_tokens)
                )
            )
        elif not plan.epoch_is_new:
            notes.append(
                tr("{about}{n} new tokens to read.").format(about=about, n=number(plan.reread_tokens))
            )
        notes.append(
            tr_n("{n} fact goes along.", "{n} facts go along.", sum(item.included for item in items))
        )
        self._notes.setText(" ".join(notes))
        if self._text.isVisible():
            self._text.set_text(self._exact_text())

    def _exact_text(self) -> str:
        if self._plan is None:
            return ""
        return "\n\n".join(f"── {m.role}\n{m.content}" for m in self._plan.messages)

    def _show_exact(self) -> None:
        """Show it wherever the command was given from."""
        self.wanted.emit()
        if self._text.isHidden():
            self._toggle_exact()
        self._text.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _toggle_exact(self) -> None:
        visible = not self._text.isVisible()
        self._text.setVisible(visible)
        self._exact.setText(tr("Hide the exact text") if visible else tr("Show the exact text"))
        if visible:
            self._text.set_text(self._exact_text())

    def _copy_exact(self) -> None:
        QGuiApplication.clipboard().setText(self._exact_text())
        self._hub.toast_requested.emit(tr("Copied"), 0)


class _ItemRow(QWidget):
    """A fact with its switch, its tokens and why it is left out."""

    requested = Signal(str)

    def __init__(self, hub: Hub, item: ContextItem) -> None:
        super().__init__()
        self._hub = hub
        self._item = item
        fact = item.evidence
        self.switch = QCheckBox(fact.label)
        self.switch.setAccessibleName(
            tr("{label}, {source}: goes to the model").format(
                label=fact.label, source=one_line(fact.source, 80)
            )
        )
        self.switch.clicked.connect(self._on_switched)
        source = ElidedLabel(one_line(fact.source, 80))
        self._tokens = QLabel()
        self._tokens.setProperty("kind", "small")
        self._show = IconButton("evidence", tr("Show {label} in the ticket").format(label=fact.label))
        self._show.clicked.connect(self._request)
        self._why = QLabel()
        self._why.setTextFormat(Qt.TextFormat.PlainText)
        self._why.setContentsMargins(24, 0, 0, 4)
        self._why.setProperty("kind", "small")
        self._why.setWordWrap(True)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.switch)
        line.addWidget(source, 1)
        line.addWidget(self._tokens)
        line.addWidget(self._show)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(line)
        column.addWidget(self._why)

    @property
    def label(self) -> str:
        """The fact's label."""
        return self._item.evidence.label

    def refresh(self, item: ContextItem, *, exact: bool) -> None:
        """Show what may have changed."""
        self._item = item
        self.switch.setChecked(item.evidence.switched_on)
        self._tokens.setText(f"{'' if exact else '≈ '}{number(item.tokens)}")
        read = item.included and item.already_sent
        self._tokens.setToolTip(tr("Tokens; the model has read them already") if read else tr("Tokens"))
        words = [item.reason] if item.reason else []
        if item.included and item.shortened:
            words.append(tr("shortened: lines that say little are left out"))
        self._why.setText(", ".join(words))
        self._why.setVisible(bool(words))

    def _on_switched(self, on: bool) -> None:
        self._hub.change(
            self, partial(self._hub.services.tickets.switch_evidence, self._item.evidence.uid, on)
        )

    def _request(self) -> None:
        self.requested.emit(self.label)
