"""Tells a person who works elsewhere that an answer is ready. Other people see a notification too: it holds no ticket."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from copilot.domain.conversation import Answer, AnswerState
from copilot.support.i18n import tr_n
from copilot.ui.bridge.hub import Hub

MERGE_MS = 2000
TITLE = "Technician Copilot"

Delivery = Callable[[str, str], None]


class Notifier(QObject):
    """One for a window.

    Signals:
        ticket_requested(int): A notification was clicked: show the newest answer that it was about.
    """

    ticket_requested = Signal(int)

    def __init__(
        self,
        hub: Hub,
        deliver: Delivery,
        is_in_front: Callable[[], bool] | None = None,
        parent: QObject | None = None,
    ) -> None:
        """Take what shows a title and a text, and what tells whether a window of the program is in front."""
        super().__init__(parent)
        self._hub = hub
        self._deliver = deliver
        self._is_in_front = is_in_front or _is_in_front
        self._tickets: list[int] = []  # of answers that ended since the last notification
        self._told = 0
        self._timer = QTimer(self, interval=MERGE_MS, singleShot=True)
        self._timer.timeout.connect(self._look)
        hub.answer_ended.connect(self._on_ended)

    def open(self) -> None:
        """Show what the last notification was about."""
        if self._told:
            self.ticket_requested.emit(self._told)
            self._told = 0

    # -- inner parts

    def _on_ended(self, answer: Answer) -> None:
        if answer.state is AnswerState.COMPLETE and not self._is_in_front():
            self._tickets.append(answer.ticket)
            if not self._timer.isActive():
                self._timer.start()

    def _look(self) -> None:
        if self._is_in_front():  # somebody has come back meanwhile
            self._tickets.clear()
        else:
            self._hub.tasks.read(self, self._hub.services.settings.all, self._tell, key="settings")

    def _tell(self, settings: dict[str, Any]) -> None:
        tickets, self._tickets = self._tickets, []
        if tickets and settings["notifications"] and not settings["do_not_disturb"]:
            self._told = tickets[-1]
            self._deliver(TITLE, tr_n("An answer is ready", "{n} answers are ready", len(tickets)))


class SystemDelivery(QObject):
    """By the icon in the system tray; without one, the window's entry in the task bar asks for attention.

    Signals:
        clicked(): The notification was clicked.
    """

    clicked = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._connected: QSystemTrayIcon | None = None

    def __call__(self, title: str, text: str) -> None:
        """Show it."""
        tray = getattr(self._window, "tray", None)
        if isinstance(tray, QSystemTrayIcon) and tray.isVisible() and tray.supportsMessages():
            if tray is not self._connected:
                tray.messageClicked.connect(self.clicked)
                self._connected = tray
            tray.showMessage(title, text)
        else:
            QApplication.alert(self._window)


def bring_to_front(window: QWidget) -> None:
    """Show a window before all others, wherever it was."""
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()


def _is_in_front() -> bool:
    return QApplication.activeWindow() is not None
