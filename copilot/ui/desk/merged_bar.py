"""What stands above a ticket that was merged into another one."""

from functools import partial

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from copilot.services.tickets import TicketCase
from copilot.support.i18n import tr
from copilot.ui.bridge.hub import Hub
from copilot.ui.widgets.elided_label import ElidedLabel
from copilot.ui.widgets.icon_label import IconLabel


class MergedBar(QFrame):
    """Where it went, the way there, and the way back. Hidden for every other ticket."""

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self._hub = hub
        self._target = 0
        self._entry = 0
        self.setProperty("kind", "marked")
        self._words = ElidedLabel()
        go = QPushButton(tr("Go there"))
        go.clicked.connect(self._go)
        self._undo = QPushButton(tr("Undo the merge"))
        self._undo.clicked.connect(self._take_back)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 4, 4)
        row.setSpacing(8)
        row.addWidget(IconLabel("merge"))
        row.addWidget(self._words, 1)
        row.addWidget(go)
        row.addWidget(self._undo)
        self.hide()

    def show_case(self, case: TicketCase) -> None:
        """Show where a ticket was merged into."""
        self._target = case.ticket.merged_into
        self.setVisible(bool(case.merged_into))
        if not case.merged_into:
            return
        self._words.setText(tr("Merged into {number}").format(number=case.merged_into))
        self._show_entry(0)
        self._undo.setToolTip("")
        work = partial(self._hub.services.merging.undo_id, case.ticket.id)
        self._hub.tasks.read(self, work, self._show_entry, key="merge")

    def _show_entry(self, entry: int) -> None:
        self._entry = entry
        self._undo.setEnabled(bool(entry))
        self._undo.setToolTip(
            tr("Takes back what was merged in the same go, too")
            if entry
            else tr("It was merged on an earlier day; set the status to open it again")
        )

    def _go(self) -> None:
        self._hub.ticket_requested.emit(self._target)

    def _take_back(self) -> None:
        if self._entry:
            self._hub.undo(self._entry)
