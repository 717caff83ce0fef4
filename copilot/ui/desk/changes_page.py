"""Changes of today: every one with its time, and Undo on each."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from copilot.domain.listing import ChangeSet
from copilot.services.changes import Change
from copilot.support.i18n import tr, tr_n
from copilot.support.text import one_line
from copilot.ui.bridge.hub import Hub
from copilot.ui.format import absolute_time, time_of_day
from copilot.ui.settings.column_page import ColumnPage, label
from copilot.ui.widgets.elided_label import ElidedLabel
from copilot.ui.widgets.hairline import Hairline

PAGE = 50


class ChangesPage(ColumnPage):
    """Newest first; what was taken back stays in the list and can be done again where that is possible."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(tr("Changes of today"))
        self._hub = hub
        self._shown = PAGE
        self._changes: list[Change] = []
        self._intro = label(kind="quiet", wraps=True)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self._more = QPushButton(tr("Show more"))
        self._more.clicked.connect(self._show_more)
        self.column.addWidget(self._intro)
        self.column.addLayout(self._list)
        self.column.addWidget(self._more, alignment=Qt.AlignmentFlag.AlignLeft)
        self.column.addStretch(1)
        hub.changed.connect(self._on_changed)

    def reload(self) -> None:
        """Read the list again."""
        self._hub.tasks.read(self, self._hub.services.tickets.changes_today, self._show, key="changes")

    def _on_changed(self, _changes: ChangeSet) -> None:
        if self.isVisible():
            self.reload()

    def _show_more(self) -> None:
        self._shown += PAGE
        self._show(self._changes)

    def _show(self, changes: list[Change]) -> None:
        self._changes = changes
        focused = self.focusWidget()
        had = focused.property("change") if focused is not None and focused.hasFocus() else None
        while self._list.count():
            item = self._list.takeAt(0)
            widget = item.widget() if item is not None else None
            if isinstance(widget, QWidget):
                widget.hide()
                widget.deleteLater()
        self._intro.setText(
            tr("Each can be taken back until the day ends, in any order.")
            if changes
            else tr("Nothing was changed today. What you change appears here, with Undo beside it.")
        )
        for change in changes[: self._shown]:
            row = _Row(self._hub, change)
            self._list.addWidget(row)
            self._list.addWidget(Hairline())
            if row.button is not None and had == change.id:
                row.button.setFocus(Qt.FocusReason.OtherFocusReason)
        self._more.setVisible(len(changes) > self._shown)


class _Row(QWidget):
    """One change."""

    def __init__(self, hub: Hub, change: Change) -> None:
        super().__init__()
        time = label(time_of_day(change.at), "small")
        time.setToolTip(absolute_time(change.at))
        what = ElidedLabel(one_line(change.label, 200))
        tickets = label(_tickets(change), "small")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(what)
        words.addWidget(tickets)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 6, 0, 6)
        row.setSpacing(12)
        row.addWidget(time, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.button: QPushButton | None = None
        if not change.is_undone:
            self._add_button(row, tr("Undo"), change).clicked.connect(partial(_undo, hub, change.id))
            return
        what.setProperty("kind", "quiet")
        row.addWidget(label(tr("taken back") if change.can_redo else tr("taken back, for good"), "small"))
        if change.can_redo:
            work = partial(hub.services.tickets.redo, change.id)
            self._add_button(row, tr("Do again"), change).clicked.connect(partial(_redo, hub, work))

    def _add_button(self, row: QHBoxLayout, text: str, change: Change) -> QPushButton:
        self.button = made = QPushButton(text)
        made.setProperty("change", change.id)
        made.setAccessibleName(f"{text}: {one_line(change.label, 80)}")
        row.addWidget(made)
        return made


def _undo(hub: Hub, entry: int, *_: object) -> None:
    hub.undo(entry)


def _redo(hub: Hub, work: partial[ChangeSet], *_: object) -> None:
    hub.tasks.write(hub, work, partial(_redone, hub))


def _redone(hub: Hub, changes: ChangeSet) -> None:
    hub.announce_change(changes)


def _tickets(change: Change) -> str:
    shown = ", ".join(change.numbers[:3])
    more = len(change.tickets) - len(change.numbers[:3])
    return f"{shown} " + tr_n("and {n} more", "and {n} more", more) if more > 0 else shown
