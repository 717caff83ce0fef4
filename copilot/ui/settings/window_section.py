"""What the window does beside others: the system tray."""

from typing import Any

from PySide6.QtWidgets import QCheckBox, QSystemTrayIcon, QWidget

from copilot.support.i18n import tr
from copilot.ui.bridge.hub import Hub
from copilot.ui.settings.column_page import Section


class WindowSection(Section):
    """Both take effect at once."""

    def __init__(self, hub: Hub, parent: QWidget | None = None) -> None:
        super().__init__(tr("Window"), parent)
        self._hub = hub
        self.tray_box = QCheckBox(tr("Icon in the system tray"))
        self.tray_box.clicked.connect(self._on_tray)
        self._why = self.add_line(tr("System tray"), self.tray_box, " ")
        self.stay_box = QCheckBox(tr("Keep running in the tray"))
        self.stay_box.clicked.connect(self._on_stay)
        self.add_line(
            tr("Closing"),
            self.stay_box,
            tr(
                "When the window is closed, the program goes on in the tray. "
                "Otherwise closing the window ends it; Quit (Ctrl+Q) always does."
            ),
        )

    def show_settings(self, settings: dict[str, Any]) -> None:
        """Show what is stored."""
        has_tray = QSystemTrayIcon.isSystemTrayAvailable()
        self._why.setText(
            tr("Show, new ticket, do not disturb and quit with two clicks.")
            if has_tray
            else tr("This desktop has no system tray.")
        )
        self.tray_box.setEnabled(has_tray)
        self.tray_box.setChecked(bool(settings["tray"]))
        self.stay_box.setChecked(bool(settings["tray_keeps_running"]))
        self._allow_staying()

    def _allow_staying(self) -> None:
        self.stay_box.setEnabled(self.tray_box.isEnabled() and self.tray_box.isChecked())

    def _on_tray(self, on: bool) -> None:
        self._hub.set_setting("tray", on)
        self._allow_staying()

    def _on_stay(self, on: bool) -> None:
        self._hub.set_setting("tray_keeps_running", on)
