"""The icon in the system tray. Never the only way back: it may vanish at any time."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from copilot.support.i18n import tr
from copilot.ui.theme.icons import icon
from copilot.ui.theme.manager import current_tokens

if TYPE_CHECKING:
    from copilot.ui.main_window import MainWindow

LOOK_MS = 3000


class Tray(QObject):
    """One for the program.

    Args:
        window: The main window.
        available: Whether this desktop has a tray now.
    """

    def __init__(
        self,
        window: "MainWindow",
        available: Callable[[], bool] = QSystemTrayIcon.isSystemTrayAvailable,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._available = available
        self._icon: QSystemTrayIcon | None = None
        self._keeps_running = False
        self._watch = QTimer(self, interval=LOOK_MS)  # runs only while the window is hidden
        self._watch.timeout.connect(self.look)
        self.menu = QMenu(window)
        self.do_not_disturb = QAction(tr("Do not disturb"), self.menu)
        self.do_not_disturb.setCheckable(True)
        self.do_not_disturb.triggered.connect(self._on_do_not_disturb)
        for entry in (
            self._action(tr("Show"), window.come_forward),
            self._action(tr("New ticket"), self._new_ticket),
            self._action(tr("New ticket from clipboard"), self._new_from_clipboard),
            None,
            self.do_not_disturb,
            None,
            self._action(tr("Quit"), window.leave),
        ):
            if entry is None:
                self.menu.addSeparator()
            else:
                self.menu.addAction(entry)
        window.hub.setting_changed.connect(self._on_setting)
        window.hidden_away.connect(self._watch.start)
        app = QGuiApplication.instance()
        if sys.platform == "darwin" and isinstance(app, QGuiApplication):
            app.applicationStateChanged.connect(self._on_dock)

    def begin(self, settings: dict[str, object]) -> None:
        """Take the settings over and show the icon where it is wanted."""
        for name in ("do_not_disturb", "tray_keeps_running", "tray"):
            self._on_setting(name, settings[name])

    @property
    def is_shown(self) -> bool:
        """Whether there is an icon that a person can find."""
        return self._icon is not None and self._available()

    def holds_the_window(self) -> bool:
        """Tell whether closing the window only hides it."""
        return self._keeps_running and self.is_shown

    def look(self) -> None:
        """Show the window again where the tray has gone while it was hidden."""
        if self._window.isVisible():
            self._watch.stop()
        elif not self.is_shown:
            self._watch.stop()
            self._window.come_forward()

    def close(self) -> None:
        """Take the icon away."""
        self._watch.stop()
        if self._icon is not None:
            self._icon.hide()
            self._icon.deleteLater()
            self._icon = self._window.tray = None

    def _on_setting(self, name: str, value: object) -> None:
        if name == "tray":
            if value and self._available():
                self._show()
            else:
                self.close()
                if not self._window.isVisible() and self._window.is_hidden_away:
                    self._window.come_forward()
        elif name == "tray_keeps_running":
            self._keeps_running = bool(value)
        elif name == "do_not_disturb":
            self.do_not_disturb.setChecked(bool(value))

    def _show(self) -> None:
        if self._icon is None:
            self._icon = QSystemTrayIcon(icon("ticket", current_tokens().accent, size=22), self)
            self._icon.setToolTip("Technician Copilot")
            self._icon.setContextMenu(self.menu)
            self._icon.activated.connect(self._on_activated)
            self._icon.show()
            self._window.tray = self._icon  # notifications come by it

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (
            QSystemTrayIcon.ActivationReason.Trigger,
            QSystemTrayIcon.ActivationReason.DoubleClick,
        ):
            self._window.come_forward()

    def _on_dock(self, state: Qt.ApplicationState) -> None:
        """A click on the Dock brings back what is hidden; elsewhere the tray's own menu makes a program active."""
        if state is Qt.ApplicationState.ApplicationActive and self._window.is_hidden_away:
            self._window.come_forward()

    def _on_do_not_disturb(self, on: bool) -> None:
        self._window.hub.set_setting("do_not_disturb", on)

    def _new_ticket(self) -> None:
        self._window.come_forward()
        self._window.new_ticket()

    def _new_from_clipboard(self) -> None:
        self._window.come_forward()
        self._window.new_from_clipboard()

    def _action(self, text: str, run: Callable[[], object]) -> QAction:
        made = QAction(text, self.menu)
        made.triggered.connect(run)
        return made
