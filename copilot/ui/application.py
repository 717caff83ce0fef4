"""Starts the window: application, theme, crash handling, one main window."""

import faulthandler
import importlib
import logging
import sys
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from copilot.services.bundle import Services
from copilot.services.opening import StartRequest
from copilot.support import i18n
from copilot.support.paths import resources
from copilot.ui.bridge.hub import Hub
from copilot.ui.main_window import MainWindow
from copilot.ui.theme.manager import Scheme, ThemeManager

if TYPE_CHECKING:
    from copilot.ui.shell.life import Life

_logger = logging.getLogger(__name__)


def run(services: Services, arguments: list[str], request: StartRequest) -> int:
    """Show the window and return the exit status when it is closed."""
    app = application(arguments)
    app.setQuitOnLastWindowClosed(
        False
    )  # the main window says when: others may stay open, or it may be hidden
    crash_file = catch_crashes(services.data_dir / "logs")
    window = open_window(app, services)
    life: list[Life] = []
    begin = partial(_begin_life, life, window, request)
    window.completed.connect(lambda: window.hub.tasks.errand(window, _import_life, begin))
    window.left.connect(partial(app.exit, 0))
    if crash_file is not None:
        QTimer.singleShot(0, window, window.offer_crash_report)
    status = app.exec()
    window.shut_down()
    for each in life:
        each.close()
    window.deleteLater()
    app.processEvents()
    faulthandler.disable()
    return status


def _import_life() -> None:
    """Off the GUI thread: somebody may be typing by now."""
    importlib.import_module("copilot.ui.shell.life")


def _begin_life(life: "list[Life]", window: MainWindow, request: StartRequest, _: None) -> None:
    from copilot.ui.shell.life import Life

    life.append(Life(window, window.settings, request))


def application(arguments: list[str]) -> QApplication:
    """Return the application object, made on first use."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    # A thread that reads a large file gives the interpreter back after 1 ms instead of 5: typing waits for each.
    sys.setswitchinterval(0.001)
    # Not by `setStyle`: it returns a QStyle, and PySide takes 7 ms to build that class with its 566 names.
    app = QApplication([*arguments, "-style", "Fusion"])
    app.setApplicationName("technician-copilot")
    app.setApplicationDisplayName("Technician Copilot")
    app.setDesktopFileName("technician-copilot")
    return app


def open_window(app: QApplication, services: Services) -> MainWindow:
    """Show the main window; garbage is collected once it is complete."""
    window = make_window(app, services)
    window.completed.connect(partial(_collect_garbage, window))
    window.show()
    return window


def _collect_garbage(window: MainWindow) -> None:
    from copilot.ui.bridge.garbage import GarbageCollector

    GarbageCollector(window)


def make_window(app: QApplication, services: Services) -> MainWindow:
    """Build the main window with its theme; settings are read once, before the first frame."""
    settings = services.settings.all()
    _speak(app, settings["language"])
    theme = ThemeManager(app, Scheme(settings["theme"]), float(settings["text_size"]))
    return MainWindow(Hub(services), theme, settings)


def _speak(app: QApplication, setting: str) -> None:
    """Let the program's texts, Qt's own texts, dates and numbers speak one language."""
    from PySide6.QtCore import QLocale

    system = QLocale.system()
    language = i18n.chosen(setting, i18n.system_language() or system.uiLanguages()[0])
    i18n.install(resources() / "i18n", language)
    if setting == language and system.name()[:2] != language:
        QLocale.setDefault(QLocale(language))  # else the system's own: it knows the person's region
    if language != "en":
        from PySide6.QtCore import QLibraryInfo, QTranslator

        texts = QTranslator(app)
        if texts.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
            app.installTranslator(texts)


def catch_crashes(folder: Path) -> Path | None:
    """Write unexpected ends to `crash.log`; return last run's file where there is one.

    The stack of every thread goes there when the interpreter dies of a signal. It holds no ticket text.
    """
    path = folder / "crash.log"
    earlier = folder / "crash-last.log"
    found = False
    try:
        if path.is_file() and path.stat().st_size > 0:
            path.replace(earlier)
            found = True
        handle = path.open("w", encoding="utf-8")
    except OSError:
        return None
    faulthandler.enable(handle)

    def on_exception(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        _logger.error("unexpected", exc_info=(kind, error, trace))

    sys.excepthook = on_exception
    return earlier if found else None
