"""One running program: the tray, a second start, and the ways it is told to end."""

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from copilot.services.opening import StartRequest
from copilot.ui.shell.endings import Endings
from copilot.ui.shell.server import StartServer
from copilot.ui.shell.tray import Tray

if TYPE_CHECKING:
    from copilot.ui.main_window import MainWindow


class Life(QObject):
    """Made once the window is complete; closed when it has gone."""

    def __init__(self, window: "MainWindow", settings: dict[str, Any], request: StartRequest) -> None:
        super().__init__(window)
        self._window = window
        self.endings = Endings(self)
        self.endings.wanted.connect(window.leave)
        self.endings.session_ends.connect(window.keep_everything)
        self.server = StartServer(window.hub.services.data_dir, self)
        self.server.requested.connect(self._on_second_start)
        self.tray = Tray(window)
        self.tray.begin(settings)
        window.stays_hidden = self.tray.holds_the_window
        obey(window, request)

    def close(self) -> None:
        """Give back what the system lent."""
        self.tray.close()
        self.server.close()
        self.endings.close()

    def _on_second_start(self, request: StartRequest) -> None:
        if request.token:  # what Wayland wants to see before a window may come to the front
            os.environ["XDG_ACTIVATION_TOKEN"] = request.token
        self._window.come_forward()
        obey(self._window, request)


def obey(window: "MainWindow", request: StartRequest) -> None:
    """Do what a start asks for."""
    if request.compact:
        window.set_compact(True)
    if request.show:
        find = partial(window.hub.services.tickets.resolve_id, request.show)
        window.hub.tasks.read(window, find, window.open_ticket)
    if request.file:
        window.import_tickets(Path(request.file))
    elif request.from_clipboard:
        window.new_from_clipboard()
