"""The program is told to end: by a signal, by a console that closes, by a session that ends."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

from PySide6.QtCore import QObject, QSocketNotifier, Qt, Signal
from PySide6.QtGui import QGuiApplication, QSessionManager

_CLOSING_SECONDS = 4.0  # Windows ends a program 5 seconds after its console was closed


class Endings(QObject):
    """Turns all of them into one signal on the GUI thread. Costs nothing while nothing happens: no timer.

    Signals:
        wanted(): The program is to end, like one whose window is closed.
        session_ends(): Everything is to be stored now; the system ends the program by itself, or lets it live.
    """

    wanted = Signal()
    session_ends = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._undo: list[Callable[[], object]] = []
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.commitDataRequest.connect(self._on_commit, Qt.ConnectionType.DirectConnection)
        if threading.current_thread() is not threading.main_thread():
            return
        if sys.platform == "win32":
            self._watch_console()
        else:
            self._watch_signals()

    def close(self) -> None:
        """Put everything back as it was."""
        while self._undo:
            self._undo.pop()()

    def _on_commit(self, _manager: QSessionManager) -> None:
        self.session_ends.emit()

    def _watch_signals(self) -> None:
        """Python's handlers run between two of its instructions, and an event loop at rest runs none: a pipe wakes it."""
        self._read_end, write_end = os.pipe()
        for end in (self._read_end, write_end):
            os.set_blocking(end, False)
        earlier = signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
        self._notifier = QSocketNotifier(self._read_end, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_signal)
        self._undo += [
            lambda: os.close(self._read_end),
            lambda: os.close(write_end),
            lambda: self._notifier.setEnabled(False),
            lambda: signal.set_wakeup_fd(earlier),
        ]
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if signal.getsignal(number) is signal.SIG_IGN:
                continue  # as under nohup
            self._undo.append(partial(signal.signal, number, signal.signal(number, _nothing)))

    def _on_signal(self, *_: object) -> None:
        try:
            os.read(self._read_end, 64)
        except BlockingIOError:
            return
        # Who presses Ctrl+C twice does not want to wait; a SIGTERM comes twice where a whole group gets it.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        self.wanted.emit()

    if sys.platform == "win32":

        def _watch_console(self) -> None:
            """The handler runs on a thread of its own, and Windows ends the program when it returns."""
            import ctypes

            ended = threading.Event()

            def on_event(_kind: int) -> bool:
                self.wanted.emit()
                ended.wait(_CLOSING_SECONDS)
                return True

            kernel: Any = ctypes.windll.kernel32
            self._handler = ctypes.WINFUNCTYPE(ctypes.c_int, ctypes.c_uint)(on_event)
            kernel.SetConsoleCtrlHandler(self._handler, True)
            self._undo.append(lambda: kernel.SetConsoleCtrlHandler(self._handler, False))
            self._undo.append(ended.set)


def _nothing(_number: int = 0, _frame: FrameType | None = None) -> None:
    """Stand in for what would end the program at once."""
