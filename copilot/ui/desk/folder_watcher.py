"""Looks at the watched folder every two seconds, off the GUI thread, and tells what came of it."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from copilot.services.bundle import Services
from copilot.ui.bridge.hub import Hub

if TYPE_CHECKING:  # most desks watch no folder
    from copilot.services.watching import Arrival, FolderWatch

LOOK_MS = 2000


class FolderWatcher(QObject):
    """Polls, because network drives do not tell of changes. Without a folder it does nothing."""

    def __init__(self, hub: Hub, folder: str, parent: QObject) -> None:
        super().__init__(parent)
        self._hub = hub
        self._folder = ""
        self._watch: FolderWatch | None = None
        self._is_looking = False
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)
        hub.closing.connect(self._stop)
        hub.setting_changed.connect(self._on_setting)
        self.set_folder(folder)

    def set_folder(self, folder: str) -> None:
        """Watch another folder, or none."""
        self._stop()
        self._folder = folder
        if folder:
            self._hub.tasks.errand(
                self, partial(_make_watch, self._hub.services, folder), partial(self._on_made, folder)
            )

    def look(self) -> None:
        """Look once, unless the last look is not over yet."""
        if self._watch is not None and not self._is_looking:
            self._is_looking = True
            self._hub.tasks.errand(self, self._watch.look, self._on_looked, self._on_failed)

    def _on_setting(self, name: str, value: object) -> None:
        if name == "watched_folder":
            self.set_folder(str(value))

    def _on_made(self, folder: str, watch: "FolderWatch") -> None:
        if folder == self._folder:
            self._watch = watch
            self._timer.start()
            self.look()

    def _stop(self) -> None:
        self._timer.stop()
        self._folder = ""
        if self._watch is not None:
            self._watch.stop()
            self._watch = None

    def _on_looked(self, arrivals: list["Arrival"]) -> None:
        self._is_looking = False
        for arrival in arrivals:
            if arrival.tickets:
                self._hub.changed.emit(arrival.changes)
            self._hub.toast_requested.emit(arrival.text, arrival.changes.undo_id)

    def _on_failed(self, error: Exception) -> None:
        self._is_looking = False
        self._hub.show_error(error)


def _make_watch(services: Services, folder: str) -> "FolderWatch":
    """Import what an import needs, and make the watch; off the GUI thread."""
    from copilot.services.watching import FolderWatch

    return FolderWatch(services.deps, services.exchange, Path(folder))
