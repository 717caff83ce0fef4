"""How long things are kept, in plain words."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QPushButton

from copilot.domain.listing import ChangeSet
from copilot.services.retention import DEFAULT, RetentionReport, rules, sentence
from copilot.support.i18n import tr, tr_n
from copilot.ui.bridge.housekeeping import remove_old
from copilot.ui.bridge.hub import Hub
from copilot.ui.settings.column_page import Section, wrapping_line_of
from copilot.ui.settings.message_line import MessageLine

_CHOICES = {
    "closed_months": (0, 3, 6, 12, 24, 36, 60, 120),
    "draft_days": (7, 30, 90, 365),
    "undo_days": (1, 2, 7, 30),
    "visit_days": (7, 30, 90, 365),
    "log_days": (7, 30, 90, 365),
}


class RetentionSection(Section):
    """A choice for each rule; every change is kept at once."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(tr("How long it is kept"))
        self._hub = hub
        self.boxes: dict[str, QComboBox] = {}
        self._add(
            "closed_months",
            tr("Closed tickets"),
            tr(
                "After that a closed ticket is deleted with all that belongs to it. What is deleted cannot come "
                "back, and closed tickets are where you look things up: so they stay unless you say otherwise."
            ),
        )
        self._add("draft_days", tr("Old drafts"), tr("Text that was never sent, of tickets that are closed."))
        self._add(
            "undo_days",
            tr("Undo"),
            tr(
                "What is needed to take changes back, and what was taken back. Today's changes always can be."
            ),
        )
        self._add("visit_days", tr("Tickets opened"), tr("Which tickets you opened, and when last."))
        self._add("log_days", tr("Logs"), tr("What the program did, and crash reports; no ticket text."))
        self.apply_button = QPushButton(tr("Remove what is past its time now"))
        self.apply_button.setToolTip(tr("This is done by itself once a day while the window is open"))
        self.apply_button.clicked.connect(self.apply)
        self.message = MessageLine(can_cancel=False)
        self.add_wide(wrapping_line_of(self.apply_button))
        self.add_wide(self.message)

    def refresh(self) -> None:
        """Read the rules."""
        self._hub.tasks.read(
            self, partial(self._hub.services.settings.get, "retention"), self._show, key="rules"
        )

    def apply(self) -> None:
        """Remove what is past its time."""
        self.apply_button.setEnabled(False)
        self.message.show_progress(tr("Removing what is past its time…"), None)
        work = partial(remove_old, self._hub.services, self._hub.tasks)
        self._hub.tasks.errand(self, work, self._on_applied, self._on_failed)

    def _add(self, name: str, title: str, explanation: str) -> None:
        box = QComboBox()
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the wheel scrolls the page
        box.setMinimumContentsLength(12)
        box.activated.connect(self._keep)
        box.setAccessibleName(title)
        box.setAccessibleDescription(explanation)
        self.boxes[name] = box
        self._fill(name, DEFAULT[name])
        line = wrapping_line_of(box)
        line.setFocusProxy(box)
        self.add_line(title, line, explanation)

    def _fill(self, name: str, value: int) -> None:
        """Offer the choices, with `value` among them, and choose it."""
        box = self.boxes[name]
        box.clear()
        for each in sorted({*_CHOICES[name], value}):
            box.addItem(_months(each) if name == "closed_months" else tr_n("{n} day", "{n} days", each), each)
        box.setCurrentIndex(box.findData(value))

    def _show(self, stored: dict[str, int]) -> None:
        for name, value in rules(stored).items():
            if self.boxes[name].currentData() != value:
                self._fill(name, value)

    def _keep(self, _index: int) -> None:
        wanted = {name: box.currentData() for name, box in self.boxes.items()}
        self._hub.tasks.write(self, partial(self._hub.services.settings.set, "retention", wanted))

    def _on_applied(self, report: RetentionReport) -> None:
        self.apply_button.setEnabled(True)
        self.message.show_note(sentence(report))
        if report.ids or report.texts:
            self._hub.changed.emit(ChangeSet(list_changed=True))

    def _on_failed(self, error: Exception) -> None:
        self.apply_button.setEnabled(True)
        self.message.show_problem(str(error))


def _months(n: int) -> str:
    if not n:
        return tr("For good")
    return tr_n("{n} month", "{n} months", n) if n % 12 else tr_n("{n} year", "{n} years", n // 12)
