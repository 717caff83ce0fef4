"""Opens the window as a start does, and says on stdout when it can be used; a process of its own for the benchmark."""

import sys

from PySide6.QtCore import QTimer

from copilot.services.bundle import Services
from copilot.ui.application import application, make_window


def run(services: Services) -> None:
    """Print `list` when the tickets are listed and `ticket` when the first one is shown, then end."""
    app = application(sys.argv[:1])
    window = make_window(app, services)
    window.show()
    waiting = [("list", window.shows_list), ("ticket", window.shows_ticket)]

    def look() -> None:
        while waiting and waiting[0][1]():
            print(waiting.pop(0)[0], flush=True)  # noqa: T201 - the benchmark reads it
        if not waiting:
            app.quit()

    timer = QTimer(window, interval=2)
    timer.timeout.connect(look)
    timer.start()
    app.exec()
    window.shut_down()
    services.close()
