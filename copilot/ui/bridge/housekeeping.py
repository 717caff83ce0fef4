"""What is past its time is removed while the window is open: a minute after the start, then once a day."""

from functools import partial

from PySide6.QtCore import QObject, QTimer

from copilot.domain.listing import ChangeSet
from copilot.services.bundle import Services
from copilot.services.retention import RetentionReport
from copilot.ui.bridge.hub import Hub
from copilot.ui.bridge.tasks import Tasks

FIRST_MS = 60_000
AGAIN_MS = 24 * 60 * 60 * 1000


class Closing(Exception):  # noqa: N818 - it is a signal, not a fault
    """The window closes; the rest is for the next time."""


class Housekeeping(QObject):
    """Lives as long as its hub."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub)
        self._hub = hub
        self.timer = QTimer(self, singleShot=True, interval=FIRST_MS)
        self.timer.timeout.connect(self.run)
        self.timer.start()

    def run(self) -> None:
        """Remove what is past its time now."""
        work = partial(remove_old, self._hub.services, self._hub.tasks)
        self._hub.tasks.errand(self, work, self._on_done, self._on_failed)

    def _on_done(self, report: RetentionReport) -> None:
        self.timer.start(AGAIN_MS)
        if report.ids or report.texts:
            self._hub.changed.emit(ChangeSet(list_changed=True))

    def _on_failed(self, error: Exception) -> None:
        self.timer.start(AGAIN_MS)
        if not isinstance(error, Closing):
            self._hub.show_error(error)


def start_housekeeping(hub: Hub) -> None:
    """Begin; the hub owns it."""
    Housekeeping(hub)


def remove_old(services: Services, tasks: Tasks) -> RetentionReport:
    """Remove what is past its time, on an errand's thread, until the window closes."""
    from copilot.services import retention

    return retention.apply(
        services.deps, services.data_dir, services.ticket_list.now(), partial(_go_on, tasks)
    )


def _go_on(tasks: Tasks) -> None:
    if tasks.is_closing:
        raise Closing
