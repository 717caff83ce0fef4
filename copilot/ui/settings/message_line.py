"""What became of the last thing that was asked for: progress with Cancel, then a note or a problem."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from copilot.support.i18n import tr
from copilot.ui.settings.column_page import label
from copilot.ui.widgets.announce import announce
from copilot.ui.widgets.icon_label import IconLabel
from copilot.ui.widgets.progress_line import ProgressLine


class MessageLine(QWidget):
    """Hidden until there is something to say; a note or problem stays until the next one, or `clear`.

    Signals:
        cancelled: Cancel was pressed.
    """

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None, *, can_cancel: bool = True) -> None:
        super().__init__(parent)
        self._progress = ProgressLine()
        self.cancel_button = QPushButton(tr("Cancel"))
        self.cancel_button.setProperty("kind", "quiet")
        if not can_cancel:
            self.cancel_button.hide()
        self.cancel_button.clicked.connect(self._on_cancel)
        self._running = QWidget()
        running = QHBoxLayout(self._running)
        running.setContentsMargins(0, 0, 0, 0)
        running.setSpacing(8)
        running.addWidget(self._progress, 1)
        running.addWidget(self.cancel_button)
        self._icon = IconLabel("info")
        self._words = label(wraps=True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._said = QWidget()
        said = QHBoxLayout(self._said)
        said.setContentsMargins(0, 0, 0, 0)
        said.setSpacing(8)
        said.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self._words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.addWidget(self._running)
        column.addWidget(self._said)
        self.clear()

    @property
    def text(self) -> str:
        """The note or problem that is shown."""
        return "" if self._said.isHidden() else self._words.text()

    @property
    def is_running(self) -> bool:
        """Whether progress is shown."""
        return not self._running.isHidden()

    def show_progress(self, text: str, share: float | None) -> None:
        """Show how far it is; see ProgressLine."""
        self._progress.set_progress(text, share)
        if not self.is_running:
            self.cancel_button.setEnabled(True)
            self._said.hide()
            self._running.show()
            self.show()

    def show_note(self, text: str) -> None:
        """Say that it went well, or was stopped."""
        self._say("info", "text_quiet", text)

    def show_problem(self, text: str) -> None:
        """Say what went wrong."""
        self._say("alert-triangle", "danger_ink", text)

    def clear(self) -> None:
        """Say nothing."""
        self._running.hide()
        self._said.hide()
        self.hide()

    def _say(self, icon: str, colour: str, text: str) -> None:
        self._icon.set_icon(icon, colour)
        self._words.setText(text)
        self._running.hide()
        self._said.show()
        self.show()
        announce(self, text)

    def _on_cancel(self) -> None:
        self.cancel_button.setEnabled(False)
        self.cancelled.emit()
