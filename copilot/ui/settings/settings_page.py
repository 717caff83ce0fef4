"""The settings page. Every change is kept and takes effect at once; there is nothing to save."""

import getpass
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QHideEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from copilot.support.i18n import tr
from copilot.support.text import one_line
from copilot.ui.bridge.hub import Hub
from copilot.ui.settings.appearance import AppearanceSection
from copilot.ui.settings.attention_section import AttentionSection
from copilot.ui.settings.backup_section import BackupSection
from copilot.ui.settings.column_page import ColumnPage, Section
from copilot.ui.settings.data_section import DataSection
from copilot.ui.settings.files_section import FilesSection
from copilot.ui.settings.machine_section import MachineSection
from copilot.ui.settings.model_section import ModelSection
from copilot.ui.settings.window_section import WindowSection
from copilot.ui.theme.manager import ThemeManager
from copilot.ui.widgets.hairline import Hairline

_NAME_LIMIT = 60  # characters


class SettingsPage(ColumnPage):
    """All settings in one column.

    Signals:
        models_requested: The person wants the models page.
        privacy_requested: The person wants to know what is recorded about people.
        closed: The person wants back to the desk.
    """

    models_requested = Signal()
    privacy_requested = Signal()

    def __init__(self, hub: Hub, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(tr("Settings"), parent)
        self._hub = hub
        self._stored_name = ""
        self.appearance = AppearanceSection(hub, theme)
        self.name_field = QLineEdit()
        self.name_field.setMaxLength(_NAME_LIMIT)
        self.name_field.setPlaceholderText(one_line(getpass.getuser(), _NAME_LIMIT))
        self.name_field.editingFinished.connect(self._keep_name)
        you = Section(tr("You"))
        you.add_line(
            tr("Your name"),
            self.name_field,
            tr(
                "How the desk calls you: as assignee, and as the author of notes and decisions. "
                "Left empty, it is the name of your account on this machine."
            ),
        )
        self.model = ModelSection(hub)
        self.model.models_requested.connect(self.models_requested)
        self.attention = AttentionSection(hub)
        self.files = FilesSection(hub)
        self.window_section = WindowSection(hub)
        self.data = DataSection(hub)
        self.data.privacy_requested.connect(self.privacy_requested)
        self.backups = BackupSection(hub)
        self.machine = MachineSection(hub)
        for number, section in enumerate(
            (
                *(self.appearance, self.window_section, you, self.attention),
                *(self.model, self.files, self.data, self.backups, self.machine),
            )
        ):
            if number:
                self.column.addWidget(Hairline())
            self.column.addWidget(section)
        self.column.addStretch(1)
        self._actions = self._make_actions()
        self._refresh()

    def actions_for_palette(self) -> list[QAction]:
        """Return this page's actions."""
        return [*self._actions, *super().actions_for_palette()]

    def _refresh(self) -> None:
        self.appearance.sync()
        self.model.refresh()
        self.backups.refresh()
        self._hub.tasks.read(self, self._hub.services.settings.all, self._show, key="settings")

    def _show(self, settings: dict[str, Any]) -> None:
        self.appearance.show_settings(settings)
        self.attention.show_settings(settings)
        self._stored_name = str(settings["me"])
        self.files.show_folder(str(settings["watched_folder"]))
        self.window_section.show_settings(settings)
        if not self.name_field.hasFocus():
            self.name_field.setText(self._stored_name)

    def _keep_name(self) -> None:
        name = one_line(self.name_field.text(), _NAME_LIMIT)
        if name != self._stored_name:
            self._stored_name = name
            self._hub.tasks.write(self, partial(self._hub.services.settings.set, "me", name))

    def _make_actions(self) -> list[QAction]:
        check = QAction(tr("Check this machine"), self)
        check.triggered.connect(self.machine.check)
        backup = QAction(tr("Back up now"), self)
        backup.triggered.connect(self.backups.back_up)
        return [check, backup]

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        self._keep_name()
        super().hideEvent(event)
