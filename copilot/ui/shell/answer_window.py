"""An answer in a window of its own, to be read beside something else."""

from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from copilot.domain.conversation import Answer, AnswerState
from copilot.domain.ticket import ChangeSet
from copilot.services.ask import AnswerView
from copilot.services.bundle import Services
from copilot.support.i18n import tr
from copilot.support.text import clean
from copilot.ui.ask.answer_card import marks_of
from copilot.ui.bridge.hub import Hub
from copilot.ui.shell.on_top import OnTopButton, set_on_top
from copilot.ui.widgets.announce import announce
from copilot.ui.widgets.answer_body import AnswerBody
from copilot.ui.widgets.hairline import Hairline

_SAID_MS = 2000


class AnswerWindow(QWidget):
    """Read only; follows the answer while it is written, and tells when it is no longer there.

    Signals:
        closed(str): It goes; the answer's uid.
        evidence_requested(int, str): Ticket and label of a citation.
    """

    closed = Signal(str)
    evidence_requested = Signal(int, str)

    def __init__(self, hub: Hub, uid: str) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setMinimumSize(320, 240)
        self.setWindowTitle(tr("Answer"))
        self._hub = hub
        self._uid = uid
        self._view: AnswerView | None = None
        self._head = QLabel()
        self._head.setTextFormat(Qt.TextFormat.PlainText)
        self._head.setProperty("kind", "small")
        self._head.setWordWrap(True)
        on_top = OnTopButton()
        on_top.clicked.connect(self._stay_on_top)
        self._copy = QPushButton(tr("Copy"))
        self._copy.setAccessibleName(tr("Copy the answer"))
        self._copy.clicked.connect(self.copy)
        bar = QHBoxLayout()
        bar.setContentsMargins(16, 8, 12, 8)
        bar.setSpacing(8)
        bar.addWidget(self._head, 1)
        bar.addWidget(on_top)
        bar.addWidget(self._copy)
        self.body = AnswerBody(self._rate)
        self.body.evidence_clicked.connect(self._on_evidence)
        self.body.link_clicked.connect(self._copy_link)
        self.body.copied.connect(self._on_copied)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 12, 16, 16)
        column.addWidget(self.body)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(inner)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # arrow keys scroll
        scroll.setAccessibleName(tr("Answer"))
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addLayout(bar)
        page.addWidget(Hairline())
        page.addWidget(scroll, 1)
        self._said = QTimer(self, singleShot=True, interval=_SAID_MS)
        self._said.timeout.connect(self._name_copy)
        close = QAction(tr("Close this window"), self)
        close.setShortcut(QKeySequence("Ctrl+W"))
        close.triggered.connect(self.close)
        self.addAction(close)
        hub.answers.text_arrived.connect(self._on_text)
        hub.answer_ended.connect(self._on_ended)
        hub.changed.connect(self._on_changed)
        self._load()
        scroll.setFocus()

    def copy(self) -> None:
        """Copy the whole answer; that counts as used."""
        if self._view is not None and self._view.answer.text:
            QGuiApplication.clipboard().setText(self._view.answer.text)
            self._on_copied(self._view.answer.text)

    def _load(self) -> None:
        self._hub.tasks.read(
            self, partial(_read, self._hub.services, self._uid), self._show, self._gone, key="answer"
        )

    def _show(self, found: tuple[AnswerView, str]) -> None:
        view, number = found
        self._view = view
        answer = view.answer
        self.setWindowTitle(tr("Answer for {number}").format(number=number))
        if answer.state in (AnswerState.QUEUED, AnswerState.STREAMING):
            self._head.setText(tr("{number}, being written").format(number=number))
            text, have = self._hub.services.ask.text_so_far(self._uid) or answer.text, len(self.body.text())
            if len(text) > have:
                self.body.append(text[have:])
        else:
            self._head.setText(" · ".join(part for part in (number, view.headline, answer.error) if part))
            self.body.set_markdown(answer.text)
            self.body.set_marks(marks_of(view))
        self._copy.setEnabled(bool(answer.text))

    def _gone(self, error: Exception) -> None:
        """What was deleted is not left on screen."""
        self._view = None
        self.body.set_markdown("")
        self._copy.setEnabled(False)
        self._head.setText(str(error))

    def _on_text(self, uid: str, start: int, text: str) -> None:
        have = len(self.body.text())
        if uid == self._uid and start <= have < start + len(text):
            self.body.append(text[have - start :])

    def _on_ended(self, answer: Answer) -> None:
        if answer.uid == self._uid:
            self._load()

    def _on_changed(self, changes: ChangeSet) -> None:
        mine = self._view is None or self._view.answer.ticket in changes.tickets
        if mine or (changes.list_changed and not changes.tickets):
            self._load()

    def _on_copied(self, text: str) -> None:
        self._copy.setText(tr("Copied"))
        self._said.start()
        announce(self, tr("Copied"))
        if self._view is not None:
            work = partial(self._hub.services.decisions.used, self._uid, text)
            self._hub.tasks.write(self, work, self._on_used, self._hub.show_error)

    def _on_used(self, _: object) -> None:
        if self._view is not None:
            self._hub.announce_change(ChangeSet(frozenset({self._view.answer.ticket})))

    def _name_copy(self) -> None:
        self._copy.setText(tr("Copy"))

    def _on_evidence(self, label: str) -> None:
        if self._view is not None:
            self.evidence_requested.emit(self._view.answer.ticket, label)

    def _copy_link(self, address: str) -> None:
        QGuiApplication.clipboard().setText(clean(address))
        announce(self, tr("Address copied; nothing was opened."))

    def _stay_on_top(self, on: bool) -> None:
        set_on_top(self, on)

    def _rate(self, code: str, language: str) -> tuple[str, str]:
        return self._hub.services.ask.rate(code, language)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closed.emit(self._uid)
        event.accept()


def _read(services: Services, uid: str) -> tuple[AnswerView, str]:
    view = services.ask.view(uid)
    return view, services.tickets.case(view.answer.ticket).ticket.number
