"""Carries progress from an errand's thread to the screen, at 10 Hz."""

import threading

from PySide6.QtCore import QObject, Qt, QTimer, Signal

_INTERVAL_MS = 100


class ProgressRelay(QObject):
    """`report` may be called on any thread, a thousand times a second; the newest always arrives.

    Signals:
        arrived(object): On the thread of this object.
    """

    arrived = Signal(object)
    _wake = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._newest: object | None = None
        self._gone = threading.Event()
        self.destroyed.connect(self._gone.set)
        self._timer = QTimer(self, singleShot=True, interval=_INTERVAL_MS)
        self._timer.timeout.connect(self._deliver)
        self._wake.connect(self._timer.start, Qt.ConnectionType.QueuedConnection)

    def report(self, progress: object) -> None:
        """Take the newest figures."""
        with self._lock:
            is_first, self._newest = self._newest is None, progress
        if is_first and not self._gone.is_set():
            self._wake.emit()

    def forget(self) -> None:
        """Drop what has not arrived yet: it belongs to work that is over."""
        self._take()
        self._timer.stop()

    def _take(self) -> object | None:
        with self._lock:
            newest, self._newest = self._newest, None
        return newest

    def _deliver(self) -> None:
        newest = self._take()
        if newest is not None:
            self.arrived.emit(newest)
