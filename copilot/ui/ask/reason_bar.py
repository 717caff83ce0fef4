"""Why an answer was overridden or escalated: one key, no default, skipping is fine."""

from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QGroupBox, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from copilot.domain.conversation import DecisionKind, Reason
from copilot.support.i18n import later, tr
from copilot.ui.widgets.announce import announce
from copilot.ui.widgets.flow_layout import FlowLayout
from copilot.ui.widgets.focus_ring import paint_ring

# In the order of their number keys; the tenth is 0.
_WORDS = {
    Reason.WRONG_CAUSE: later("wrong cause"),
    Reason.WRONG_CATEGORY: later("wrong category"),
    Reason.MISSING_INFO: later("information is missing"),
    Reason.UNSAFE_ACTION: later("unsafe action"),
    Reason.POLICY_OR_VIP: later("policy or VIP"),
    Reason.NOT_APPLICABLE: later("does not apply here"),
    Reason.STALE_KNOWLEDGE: later("out of date"),
    Reason.TONE: later("wrong tone"),
    Reason.QUICKER_BY_HAND: later("quicker by hand"),
    Reason.OTHER: later("something else"),
    Reason.NONE_GIVEN: later("no reason given"),
}


class ReasonBar(QGroupBox):
    """A group, as a screen reader says it; the number keys work from it.

    Signals:
        chosen(DecisionKind, Reason, str): Kind, reason and note.
    """

    chosen = Signal(object, object, str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "plain")
        self._kind = DecisionKind.OVERRIDE
        self._return_to: QWidget | None = None
        self._question = QLabel()
        self._note = QLineEdit()
        self._note.setPlaceholderText(tr("A note, if you like; then choose"))
        self._note.setAccessibleName(tr("Note on the decision"))
        buttons = QWidget()
        flow = FlowLayout(buttons)
        self._buttons: list[tuple[Reason, QPushButton]] = []
        for position, reason in enumerate(r for r in _WORDS if r is not Reason.NONE_GIVEN):
            button = QPushButton(f"{(position + 1) % 10}  {self.word(reason)}")
            button.setProperty("kind", "quiet")
            button.clicked.connect(partial(self._choose, reason))
            flow.addWidget(button)
            self._buttons.append((reason, button))
        skip = QPushButton(tr("Skip (Enter)"))
        skip.setProperty("kind", "quiet")
        skip.clicked.connect(partial(self._choose, Reason.NONE_GIVEN))
        cancel = QPushButton(tr("Cancel (Esc)"))
        cancel.setProperty("kind", "quiet")
        cancel.clicked.connect(self._close)
        ends = QWidget()
        last = FlowLayout(ends)
        last.addWidget(skip)
        last.addWidget(cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(4)
        column.addWidget(self._question)
        column.addWidget(buttons)
        column.addWidget(self._note)
        column.addWidget(ends)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Reason"))

    @staticmethod
    def word(reason: Reason) -> str:
        """Return the reason in words."""
        return tr(_WORDS[reason])

    def ask(self, kind: DecisionKind) -> None:
        """Open for a decision of this kind."""
        self._kind = kind
        text = tr("Why do it differently?") if kind is DecisionKind.OVERRIDE else tr("Why escalate?")
        self._question.setText(text)
        self._note.clear()
        focused = self.window().focusWidget()
        if focused is not None and not self.isAncestorOf(focused):
            self._return_to = focused
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self, text)

    def _close(self) -> None:
        self.hide()
        target, self._return_to = self._return_to, None
        if target is not None and target.isVisible():
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose(self, reason: Reason, *_: object) -> None:
        self._close()
        self.chosen.emit(self._kind, reason, self._note.text().strip())

    def event(self, event: QEvent) -> bool:
        """Take Esc before a shortcut of the window does."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() is QEvent.Type.ShortcutOverride
            and event.key() == Qt.Key.Key_Escape
        ):
            event.accept()
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show the focus: the number keys work from here."""
        super().paintEvent(event)
        if self.hasFocus():
            paint_ring(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Number keys choose, Enter skips, or presses the button that has the focus, Esc leaves."""
        key = event.key()
        if Qt.Key.Key_0 <= key <= Qt.Key.Key_9 and not self._note.hasFocus():
            index = (key - Qt.Key.Key_0 - 1) % 10
            self._choose(self._buttons[index][0])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = self.focusWidget()
            if isinstance(focused, QPushButton):
                focused.click()
            else:
                self._choose(Reason.NONE_GIVEN)
        elif key == Qt.Key.Key_Escape:
            self._close()
        else:
            super().keyPressEvent(event)
