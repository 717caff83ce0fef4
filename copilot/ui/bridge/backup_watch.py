"""Makes the scheduled backup while the window is open: a minute after the start, then a look every hour."""

import threading
from functools import partial

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from copilot.services.bundle import Services
from copilot.support.errors import KnownError
from copilot.support.i18n import tr
from copilot.ui.bridge.hub import Hub

FIRST_LOOK_MS = 60_000
NEXT_LOOK_MS = 3_600_000


class BackupWatch(QObject):
    """A laptop that was off catches up; trouble is told in one sentence, once a day.

    Signals:
        made(): There is a new backup.
    """

    made = Signal()

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub)
        self._hub = hub
        self._stop = threading.Event()
        self._is_running = False
        self.timer = QTimer(self, interval=FIRST_LOOK_MS)
        self.timer.timeout.connect(self.look)
        self.timer.start()
        self.destroyed.connect(self._stop.set)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self._stop.set)

    def look(self) -> None:
        """Make the backup, if one is due."""
        self.timer.setInterval(NEXT_LOOK_MS)
        if not self._is_running:
            self._is_running = True
            work = partial(_run_if_due, self._hub.services, self._stop)
            self._hub.tasks.errand(self, work, self._on_done, self._on_failed)

    def _on_done(self, was_due: bool) -> None:
        self._is_running = False
        if was_due:
            self.made.emit()

    def _on_failed(self, error: Exception) -> None:
        self._is_running = False
        work = self._hub.services.backups.may_tell_failure
        self._hub.tasks.write(self, work, partial(self._tell, error), lambda _: None)

    def _tell(self, error: Exception, may_tell: bool) -> None:
        if may_tell:
            why = str(error) if isinstance(error, KnownError) else f"{type(error).__name__}: {error}"
            text = tr("Today's backup could not be made. {why}").format(why=why)
            self._hub.toast_requested.emit(text, 0)


def _run_if_due(services: Services, stop: threading.Event) -> bool:
    from copilot.services.backups import StoppedError

    backups = services.backups
    if not backups.is_good_moment() or not backups.due():
        return False
    try:
        backups.run(cancelled=stop.is_set)
    except StoppedError:
        return False
    return True
