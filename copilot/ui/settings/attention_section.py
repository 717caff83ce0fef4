"""When the program may ask for attention while one works elsewhere."""

from functools import partial
from typing import Any

from PySide6.QtWidgets import QCheckBox, QWidget

from copilot.support.i18n import tr
from copilot.ui.bridge.hub import Hub
from copilot.ui.settings.column_page import Section


class AttentionSection(Section):
    """Notifications, and the switch that silences them."""

    def __init__(self, hub: Hub, parent: QWidget | None = None) -> None:
        super().__init__(tr("Attention"), parent)
        self._hub = hub
        self.notifications = self._box("notifications", tr("Tell me when an answer is ready"))
        self.add_line(
            tr("Notifications"),
            self.notifications,
            tr(
                "By the system, and only while none of this program's windows is in front. "
                "Nothing of a ticket stands in them, not even its number."
            ),
        )
        self.do_not_disturb = self._box("do_not_disturb", tr("No notification for now"))
        self.add_line(
            tr("Do not disturb"),
            self.do_not_disturb,
            tr("The list still marks answers that are ready; F7 goes to the next one."),
        )
        hub.setting_changed.connect(self._on_setting)

    def show_settings(self, settings: dict[str, Any]) -> None:
        """Show what is stored."""
        for name in ("notifications", "do_not_disturb"):
            self._on_setting(name, settings[name])

    def _box(self, name: str, text: str) -> QCheckBox:
        box = QCheckBox(text)
        box.clicked.connect(partial(self._keep, name, box))
        return box

    def _keep(self, name: str, box: QCheckBox, *_: object) -> None:
        self._hub.set_setting(name, box.isChecked())

    def _on_setting(self, name: str, value: object) -> None:
        if name == "notifications":
            self.notifications.setChecked(bool(value))
        elif name == "do_not_disturb":
            self.do_not_disturb.setChecked(bool(value))
