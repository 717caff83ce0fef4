"""A ticket in a window of its own."""

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from copilot.services.tickets import TicketCase
from copilot.support.i18n import tr
from copilot.support.text import one_line
from copilot.ui.bridge.hub import Hub
from copilot.ui.desk.case_pane import CasePane
from copilot.ui.shell.on_top import OnTopButton, set_on_top
from copilot.ui.widgets.hairline import Hairline
from copilot.ui.widgets.icon_button import IconButton
from copilot.ui.widgets.toast import ToastHost

_RETRY_MS = 50


class TicketWindow(QWidget):
    """The whole pane of a ticket, with all its keys.

    Signals:
        closed(int): It goes; drafts are on their way to the database.
        back_requested(int): The ticket is wanted in the main window.
        delete_requested(): The ticket is to be deleted; the main window asks about that.
    """

    closed = Signal(int)
    back_requested = Signal(int)
    delete_requested = Signal()

    def __init__(self, hub: Hub, ticket: int) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setMinimumSize(360, 420)
        self.setWindowTitle(tr("Ticket"))
        self._hub = hub
        self._ticket = ticket
        self._is_closed = False
        self._has_begun = False
        self._on_top = OnTopButton()
        self._on_top.clicked.connect(self._stay_on_top)
        back = IconButton("undo", tr("Bring it back"), show_label=True)
        back.setToolTip(tr("Show this ticket in the main window again (Ctrl+Shift+O)"))
        back.clicked.connect(self._ask_back)
        bar = QHBoxLayout()
        bar.setContentsMargins(20, 4, 12, 4)
        bar.setSpacing(4)
        bar.addStretch(1)
        bar.addWidget(self._on_top)
        bar.addWidget(back)
        self.case = CasePane(hub)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addLayout(bar)
        page.addWidget(Hairline())
        page.addWidget(self.case, 1)
        self.toasts = ToastHost(self)
        self._retry = QTimer(self, singleShot=True, interval=_RETRY_MS)
        self._retry.timeout.connect(self.close)
        self.case.header.show_way_out(False)
        self.case.case_shown.connect(self._on_case)
        self.case.gone.connect(self.close_now)
        self.addActions([*self.case.actions_for_palette(), *self._make_actions()])
        hub.delete_requested.disconnect(self.case.delete_bar.ask)  # one window asks
        hub.delete_requested.connect(self._on_delete)
        self.case.show_ticket(ticket)

    def close_now(self) -> None:
        """Close, also while a question is being sent."""
        self._leave()
        self.close()

    def _make_actions(self) -> list[QAction]:
        made = []
        for text, key, run in (
            (tr("Close this window"), "Ctrl+W", self.close),
            (tr("Show this ticket in the main window"), "Ctrl+Shift+O", self._ask_back),
            (tr("Undo the last change"), "Ctrl+Alt+Z", self._undo),
        ):
            action = QAction(text, self)
            action.setShortcut(QKeySequence(key))
            action.triggered.connect(run)
            made.append(action)
        return made

    def _on_delete(self, ticket: int) -> None:
        if ticket == self._ticket:
            self.delete_requested.emit()

    def _ask_back(self) -> None:
        self.back_requested.emit(self._ticket)

    def _undo(self) -> None:
        self._hub.undo()

    def _stay_on_top(self, on: bool) -> None:
        set_on_top(self, on)

    def _on_case(self, case: TicketCase) -> None:
        ticket = case.ticket
        title = one_line(ticket.title, 80)
        self.setWindowTitle(f"{ticket.number} {title}".strip())
        if not self._has_begun:
            self._has_begun = True
            self.case.focus_composer()

    def _leave(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            self._retry.stop()
            self.case.flush()
            self.closed.emit(self._ticket)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.ActivationChange and hasattr(self, "case"):
            self.case.set_window_active(self.isActiveWindow())
        super().changeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Wait out of sight while a question is sent: what is typed meanwhile is stored after it."""
        if not self._is_closed and self.case.composer.is_sending(self._ticket):
            self.hide()
            self._retry.start()
            event.ignore()
            return
        self._leave()
        event.accept()
