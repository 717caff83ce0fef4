"""Opens the window as a start does, and says on stdout when it can be used; a process of its own for the benchmark."""

from PySide6.QtCore import QTimer

from copilot.services.bundle import Services
from copilot.ui.application import application, open_window


def run(services: Services, arguments: list[str]) -> int:
    """Print `list` when the tickets are on screen and `ticket` when the first one is, then end."""
    app = application(arguments)
    window = open_window(app, services)
    waiting = [("list", window.shows_list), ("ticket", window.shows_ticket)]

    def look() -> None:
        while waiting and waiting[0][1]():
            print(waiting.pop(0)[0], flush=True)  # noqa: T201 - the benchmark reads it
        if not waiting:
            app.quit()

    timer = QTimer(window, interval=2)
    timer.timeout.connect(look)
    timer.start()
    status = app.exec()
    window.shut_down()
    return status
