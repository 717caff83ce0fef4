"""The folder whose ticket files are imported by themselves."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QPushButton, QWidget

from copilot.support.i18n import tr
from copilot.ui.bridge.hub import Hub
from copilot.ui.settings.column_page import Section, wrapping_line_of
from copilot.ui.widgets.elided_label import ElidedLabel


class FilesSection(Section):
    """A path, a button to choose one, and one to stop."""

    def __init__(self, hub: Hub, parent: QWidget | None = None) -> None:
        super().__init__(tr("Files"), parent)
        self._hub = hub
        self._folder = ""
        self._path = ElidedLabel()
        self._path.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.add_line(tr("Watched folder"), self._path)
        self.choose_button = QPushButton(tr("Choose a folder…"))
        self.choose_button.clicked.connect(self.choose)
        self.stop_button = QPushButton(tr("Stop watching"))
        self.stop_button.clicked.connect(partial(self.watch, ""))
        line = wrapping_line_of(self.choose_button, self.stop_button)
        line.setFocusProxy(self.choose_button)
        self.add_line(
            "",
            line,
            tr(
                "While this window is open, CSV, JSON and JSON Lines files in this folder are imported by themselves, "
                "each once, and stay where they are. Tickets that the desk has already are left out."
            ),
        )
        self.show_folder("")

    def show_folder(self, folder: str) -> None:
        """Show which folder is watched."""
        self._folder = folder
        self._path.setText(folder or tr("None"))
        self._path.setProperty("kind", "mono" if folder else "quiet")
        self._path.style().polish(self._path)
        self._path.setAccessibleName(tr("Watched folder: {path}").format(path=folder or tr("None")))
        self.stop_button.setVisible(bool(folder))

    def choose(self) -> None:
        """Let a person pick a folder."""
        start = self._folder or str(Path.home())
        dialog = QFileDialog(self, tr("The folder whose ticket files are imported"), start)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.watch)
        dialog.open()

    def watch(self, folder: str) -> None:
        """Watch this folder from now on; empty for none."""
        self.show_folder(folder)
        self._hub.set_setting("watched_folder", folder)
