"""The page that links tickets: how, and with which one."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QPushButton

from copilot.domain.link import LinkKind
from copilot.domain.listing import TicketRow
from copilot.support.i18n import tr, tr_n
from copilot.ui.bridge.hub import Hub
from copilot.ui.desk.ticket_picker import TicketPicker
from copilot.ui.settings.column_page import ColumnPage, label, line_of
from copilot.ui.widgets.first_focus import begin_at


class LinkPage(ColumnPage):
    """Say what tickets are to another one.

    Signals:
        done: They were linked.
    """

    done = Signal()

    def __init__(self, hub: Hub) -> None:
        super().__init__(tr("Link tickets"))
        self._hub = hub
        self._ids: list[int] = []
        self._rows: dict[int, TicketRow] = {}
        self._question = label(kind="title")
        self._kind = QComboBox()
        self._kind.setAccessibleName(tr("How they belong together"))
        self._kind.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._kind.currentIndexChanged.connect(self._refresh)
        self._picker = TicketPicker(hub)
        self._picker.picked.connect(self._refresh)
        self._link = QPushButton(tr("Link"))
        self._link.setProperty("kind", "primary")
        self._link.clicked.connect(self._run)
        cancel = QPushButton(tr("Cancel"))
        cancel.clicked.connect(self.closed)
        self.column.addWidget(self._question)
        self.column.addWidget(line_of(self._kind))
        self.column.addWidget(self._picker)
        self.column.addWidget(line_of(self._link, cancel))
        self.column.addStretch(1)
        begin_at(self, self._kind)

    def begin(self, ids: list[int]) -> None:
        """Start anew with these tickets."""
        self._ids = ids
        self._link.setEnabled(False)
        rows = partial(self._hub.services.ticket_list.rows, ids[:20])
        self._hub.tasks.read(self, rows, self._on_rows, key="rows")

    def _on_rows(self, rows: list[TicketRow]) -> None:
        is_one = len(self._ids) == 1
        self._kind.clear()
        for kind in LinkKind:
            self._kind.addItem(_words(kind, is_one=is_one), kind.value)
        if is_one:
            self._question.setText(rows[0].number if rows else "")
            self._picker.offer([], frozenset(self._ids))
        else:
            self._question.setText(
                tr_n("The {n} selected ticket", "The {n} selected tickets", len(self._ids))
            )
            self._picker.offer(rows)
        self._refresh()

    def _refresh(self, *_: object) -> None:
        self._link.setEnabled(self._picker.ticket() > 0)

    def _run(self) -> None:
        kind = LinkKind(self._kind.currentData())
        work = partial(self._hub.services.links.link, self._ids, self._picker.ticket(), kind)
        self._hub.change(self, work)
        self.done.emit()


def _words(kind: LinkKind, *, is_one: bool) -> str:
    if is_one:
        return {
            LinkKind.RELATED: tr("is related to"),
            LinkKind.DUPLICATE_OF: tr("is a duplicate of"),
            LinkKind.CAUSED_BY: tr("is caused by"),
        }[kind]
    return {
        LinkKind.RELATED: tr("are related to"),
        LinkKind.DUPLICATE_OF: tr("are duplicates of"),
        LinkKind.CAUSED_BY: tr("are caused by"),
    }[kind]
