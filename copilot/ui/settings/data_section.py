"""Where everything lies, and how to remove it."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QPushButton, QWidget

from copilot.services.settings import choose_data_dir
from copilot.support.i18n import tr
from copilot.ui.bridge.hub import Hub
from copilot.ui.settings.column_page import Section, copy_text, label, wrapping_line_of
from copilot.ui.settings.message_line import MessageLine
from copilot.ui.widgets.elided_label import ElidedLabel


class DataSection(Section):
    """The data folder.

    Signals:
        privacy_requested: The person wants to know what is recorded about people.
    """

    privacy_requested = Signal()

    def __init__(self, hub: Hub, parent: QWidget | None = None) -> None:
        super().__init__(tr("Your data"), parent)
        self._hub = hub
        self._folder = hub.services.data_dir

        path = ElidedLabel(str(self._folder))
        path.setProperty("kind", "mono")
        path.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        path.setAccessibleName(tr("Data folder: {path}").format(path=self._folder))
        self.add_line(tr("Data folder"), path)
        self.open_button = QPushButton(tr("Open folder"))
        self.open_button.clicked.connect(self._open_folder)
        self.copy_button = QPushButton(tr("Copy path"))
        self.copy_button.clicked.connect(partial(copy_text, str(self._folder)))
        self.other_button = QPushButton(tr("Use another folder…"))
        self.other_button.setToolTip(tr("From the next start; nothing is moved"))
        self.other_button.clicked.connect(self.choose_folder)
        self.folder_message = MessageLine(can_cancel=False)
        self.add_wide(wrapping_line_of(self.open_button, self.copy_button, self.other_button))
        self.add_wide(self.folder_message)
        self.add_gap()

        kept = label(_what_is_kept(), "small", wraps=True)
        kept.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.add_line(tr("What is kept"), kept)
        self.privacy_button = QPushButton(tr("What is recorded about people…"))
        self.privacy_button.clicked.connect(self.privacy_requested)
        self.add_wide(wrapping_line_of(self.privacy_button))
        self.add_gap()
        removing = label(
            tr("Quit, then delete the data folder. Removing the program leaves the folder in place."),
            "small",
            wraps=True,
        )
        self.add_line(tr("Removing it all"), removing)

    def choose_folder(self) -> None:
        """Let a person pick another data folder."""
        dialog = QFileDialog(self, tr("The data folder from the next start on"), str(self._folder.parent))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._on_folder_chosen)
        dialog.open()

    def use_folder(self, folder: Path) -> None:
        """Remember another data folder for the next start."""
        self._hub.tasks.write(
            self,
            partial(choose_data_dir, folder),
            partial(self._on_folder_stored, folder),
            self._on_folder_failed,
        )

    def _on_folder_chosen(self, path: str) -> None:
        self.use_folder(Path(path))

    def _on_folder_stored(self, folder: Path, _nothing: None) -> None:
        self.folder_message.show_note(
            tr(
                "From the next start the desk is in {new}. Nothing was moved: what you have now stays in {old}. "
                "To take it along, quit, then copy the folder's content yourself."
            ).format(new=folder, old=self._folder)
        )

    def _on_folder_failed(self, error: Exception) -> None:
        self.folder_message.show_problem(
            tr("The choice could not be stored: {error} The data folder stays as it is.").format(error=error)
        )

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))


def _what_is_kept() -> str:
    return tr(
        "desk.db: tickets, evidence, questions, answers, decisions and these settings\n"
        "models: the model files\n"
        "backups: copies of desk.db\n"
        "logs: what the program did, without ticket text\n"
        "Files that you exported lie where you put them. Nothing is kept anywhere else, and nothing is sent."
    )
