"""The page that makes one ticket of several: which one stays, what happens, do it."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from copilot.domain.listing import ChangeSet, TicketRow
from copilot.services.merging import MergePart, MergePreview
from copilot.support.i18n import tr, tr_n
from copilot.support.text import one_line
from copilot.ui.bridge.hub import Hub
from copilot.ui.desk.ticket_picker import TicketPicker
from copilot.ui.settings.column_page import ColumnPage, label, line_of

MOST_LISTED = 20


class MergePage(ColumnPage):
    """Choose the ticket that stays, look what goes over, merge.

    Signals:
        done(int): They were merged into this ticket.
    """

    done = Signal(int)

    def __init__(self, hub: Hub) -> None:
        super().__init__(tr("Merge tickets"))
        self._hub = hub
        self._ids: list[int] = []
        self._is_busy = False
        self._question = label(kind="title")
        self._picker = TicketPicker(hub)
        self._picker.picked.connect(self._on_picked)
        self._heading = label(tr("What happens"), "title")
        self._parts = QVBoxLayout()
        self._parts.setSpacing(4)
        self._note = label(kind="quiet", wraps=True)
        self._merge = QPushButton()
        self._merge.setProperty("kind", "primary")
        self._merge.clicked.connect(self._run)
        cancel = QPushButton(tr("Cancel"))
        cancel.clicked.connect(self.closed)
        self.column.addWidget(self._question)
        self.column.addWidget(self._picker)
        self.column.addSpacing(8)
        self.column.addWidget(self._heading)
        self.column.addLayout(self._parts)
        self.column.addWidget(self._note)
        self.column.addWidget(line_of(self._merge, cancel))
        self.column.addStretch(1)

    def begin(self, ids: list[int]) -> None:
        """Start anew with these tickets; one alone is merged into another that is looked up."""
        self._ids = ids
        self._is_busy = False
        self._show_preview(None)
        rows = partial(self._hub.services.ticket_list.rows, ids[: MOST_LISTED + 1])
        self._hub.tasks.read(self, rows, self._on_rows, key="rows")

    def _on_rows(self, rows: list[TicketRow]) -> None:
        if len(self._ids) == 1:
            name = rows[0].number if rows else ""
            self._question.setText(tr("Into which ticket does {number} go?").format(number=name))
            self._picker.offer([], frozenset(self._ids))
            self._picker.setFocus()
            return
        self._question.setText(
            tr_n("Which of {n} ticket stays?", "Which of the {n} tickets stays?", len(self._ids))
        )
        self._picker.offer(rows)
        oldest = min((row for row in rows if row.status.is_open), key=_age, default=None)
        if oldest is not None:
            self._picker.pick(oldest.id)
        self._picker.setFocus()

    def _on_picked(self, target: int) -> None:
        if not target:
            self._show_preview(None)
            return
        work = partial(self._hub.services.merging.preview, target, self._ids)
        self._hub.tasks.read(self, work, self._show_preview, key="preview")

    def _show_preview(self, preview: MergePreview | None) -> None:
        while self._parts.count():
            item = self._parts.takeAt(0)
            widget = item.widget() if item is not None else None
            if isinstance(widget, QWidget):
                widget.hide()
                widget.deleteLater()
        is_known = preview is not None
        for part in (self._heading, self._note, self._merge):
            part.setVisible(is_known)
        if preview is None:
            return
        if preview.refused:
            self._parts.addWidget(label(preview.refused, wraps=True))
        else:
            for each in preview.parts[:MOST_LISTED]:
                self._parts.addWidget(label(_line(each), wraps=True))
            more = len(preview.parts) - MOST_LISTED
            if more > 0:
                self._parts.addWidget(label(tr_n("and {n} more", "and {n} more", more), "quiet"))
        count = len(preview.accepted)
        self._note.setText(
            tr(
                "Their messages and evidence are copied to {number}, their links lead there, and their status "
                "becomes Merged. They keep their own thread and what was asked about them. Undo takes all of it back, "
                "until the day ends."
            ).format(number=preview.number)
        )
        self._note.setVisible(bool(count))
        self._merge.setText(
            tr_n("Merge {n} ticket into", "Merge {n} tickets into", count)
            + f" {preview.number}".replace("&", "&&")
        )
        self._merge.setEnabled(bool(count) and not self._is_busy)

    def _run(self) -> None:
        target = self._picker.ticket()
        if self._is_busy or not target:
            return
        self._is_busy = True
        self._merge.setEnabled(False)
        work = partial(self._hub.services.merging.merge, target, self._ids)
        self._hub.tasks.errand(self, work, partial(self._on_done, target), self._on_failed)

    def _on_done(self, target: int, changes: ChangeSet) -> None:
        self._is_busy = False
        self.done.emit(target)
        self._hub.announce_change(changes)

    def _on_failed(self, error: Exception) -> None:
        self._is_busy = False
        self._merge.setEnabled(True)
        self._hub.show_error(error)


def _age(row: TicketRow) -> int:
    return row.id


def _line(part: MergePart) -> str:
    if part.refused:
        return tr("{number} is left out: {why}").format(number=part.number or "?", why=part.refused)
    goes = [tr_n("{n} message", "{n} messages", part.messages)]
    if part.facts:
        goes.append(tr_n("{n} piece of evidence", "{n} pieces of evidence", part.facts))
    if part.links:
        goes.append(tr_n("{n} link", "{n} links", part.links))
    return tr("{number}  {title}: {what} go over").format(
        number=part.number, title=one_line(part.title, 60), what=", ".join(goes)
    )
