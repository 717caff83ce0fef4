"""The ticket list: ids at once, rows a page at a time when a view asks for them."""

from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from copilot.domain.listing import TicketRow
from copilot.support.i18n import tr
from copilot.ui.bridge.hub import Hub
from copilot.ui.format import absolute_time, waits_text
from copilot.ui.widgets.marks import priority_mark, sla_mark, status_text

if TYPE_CHECKING:
    from copilot.services.finding import Finding, Marker

PAGE = 64  # rows
_MOST_PAGES_WAITING = 4  # a fast scroll asks for many; only the last ones are still on screen
_MOST_ROWS_KEPT = 4096
_NEAR = 16  # pages
_MOST_REFRESHED = 256  # one by one
_NO_INDEX = QModelIndex()


class TicketRole(IntEnum):
    """What a view can ask for besides Qt's own roles."""

    ROW = Qt.ItemDataRole.UserRole + 1  # TicketRow, or None while it is being read
    ID = Qt.ItemDataRole.UserRole + 2  # int
    FINDING = Qt.ItemDataRole.UserRole + 3  # Finding, where the row itself does not show why it was found


class TicketListModel(QAbstractListModel):
    """Ids in the order of the list; rows come later, and are blank until then.

    A row that is out of date is shown until the new one is there, so nothing flickers.

    Attributes:
        marker: Finds what was searched for in what a row shows; None while nothing is.
    """

    def __init__(self, hub: Hub, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hub = hub
        self._ids: tuple[int, ...] = ()
        self._place: dict[int, int] = {}
        self._rows: dict[int, TicketRow] = {}
        self._fresh: set[int] = set()  # pages
        self._waiting: list[int] = []  # pages, the newest last
        self._is_reading = False
        self._version = 0
        self._findings: dict[int, Finding] = {}
        self.marker: Marker | None = None
        hub.answer_moved.connect(self._on_answer_moved)

    @property
    def ids(self) -> tuple[int, ...]:
        """The tickets of the list, in order."""
        return self._ids

    @property
    def version(self) -> int:
        """Counts what made rows out of date."""
        return self._version

    def set_ids(self, ids: Sequence[int], first_rows: Sequence[TicketRow] = (), read_at: int = -1) -> None:
        """Show these tickets; the same ones again change nothing.

        Args:
            ids: The tickets, in the order of the list.
            first_rows: Rows of its beginning, where they were read in the same go.
            read_at: The `version` when that began.
        """
        ids = tuple(ids)
        if ids == self._ids:
            return
        self.beginResetModel()
        if len(self._rows) > _MOST_ROWS_KEPT:
            self._rows.clear()
        self._ids = ids
        self._place = {ticket: place for place, ticket in enumerate(ids)}
        self._fresh.clear()
        self._waiting.clear()
        self._rows.update((row.id, row) for row in first_rows)
        if read_at == self._version:  # otherwise something was written meanwhile
            whole = len(first_rows) == len(ids)
            self._fresh.update(range(len(first_rows) // PAGE + (1 if whole else 0)))
        self._version += 1
        self.endResetModel()

    def extend(self, ids: Sequence[int]) -> None:
        """Show the whole of a list whose beginning is shown; in another order it is a new list."""
        known = len(self._ids)
        ids = tuple(ids)
        if ids[:known] != self._ids:
            self.set_ids(ids)
        elif len(ids) > known:
            self.beginInsertRows(QModelIndex(), known, len(ids) - 1)
            self._fresh.discard(known // PAGE)  # it has more rows now
            self._ids = ids
            self._place.update((ids[place], place) for place in range(known, len(ids)))
            self.endInsertRows()

    def set_marker(self, marker: "Marker | None") -> None:
        """Mark other words from now on."""
        self.marker = marker
        self._findings.clear()

    def set_findings(self, findings: "Mapping[int, Finding]") -> None:
        """Show where tickets were found whose rows do not say it."""
        self._findings.update(findings)
        for ticket in findings:
            if (place := self.place(ticket)) >= 0:
                self.dataChanged.emit(self.index(place), self.index(place))

    def place(self, ticket: int) -> int:
        """Return the row number of a ticket; -1 where it is not in the list."""
        return self._place.get(ticket, -1)

    def row(self, ticket: int) -> TicketRow | None:
        """Return what is known of a ticket; never reads."""
        return self._rows.get(ticket)

    def refresh(self, tickets: Iterable[int] | None = None) -> None:
        """Read tickets again when they are next looked at; None means all of them."""
        self._version += 1
        tickets = None if tickets is None else frozenset(tickets)
        if tickets is None or len(tickets) > _MOST_REFRESHED:
            self._fresh.clear()
            if self._ids:
                self.dataChanged.emit(self.index(0), self.index(len(self._ids) - 1))
            return
        for ticket in tickets:
            place = self.place(ticket)
            if place < 0:
                self._rows.pop(ticket, None)
                continue
            self._fresh.discard(place // PAGE)
            index = self.index(place)
            self.dataChanged.emit(index, index)

    # -- inner parts

    def _on_answer_moved(self, ticket: int) -> None:
        self.refresh((ticket,))

    def _want(self, page: int) -> None:
        if page in self._fresh or page in self._waiting:
            return
        self._waiting.append(page)
        del self._waiting[:-_MOST_PAGES_WAITING]
        self._read_next()

    def _read_next(self) -> None:
        if self._is_reading or not self._waiting:
            return
        self._is_reading = True
        page = self._waiting.pop()
        ids = self._ids[page * PAGE : (page + 1) * PAGE]
        self._hub.tasks.read(
            self,
            partial(self._hub.services.ticket_list.rows, ids),
            partial(self._on_rows, page, ids, self._version),
            partial(self._on_failed, page),
        )

    def _on_rows(self, page: int, ids: tuple[int, ...], version: int, rows: list[TicketRow]) -> None:
        self._is_reading = False
        came = {row.id: row for row in rows}
        for ticket in ids:
            if ticket in came:
                self._rows[ticket] = came[ticket]
            else:
                self._rows.pop(ticket, None)
        if len(self._rows) > _MOST_ROWS_KEPT:
            self._forget_far_from(page)
        if ids == self._ids[page * PAGE : (page + 1) * PAGE]:
            if version == self._version:  # otherwise something was written meanwhile: it is read again
                self._fresh.add(page)
            first = page * PAGE
            self.dataChanged.emit(self.index(first), self.index(first + len(ids) - 1))
        self._read_next()

    def _forget_far_from(self, page: int) -> None:
        """Keep the rows around a page: whoever scrolls through a large list needs the others no more."""
        near = range(max(0, page - _NEAR), page + _NEAR + 1)
        keep = {ticket for each in near for ticket in self._ids[each * PAGE : (each + 1) * PAGE]}
        self._rows = {ticket: row for ticket, row in self._rows.items() if ticket in keep}
        self._fresh.intersection_update(near)

    def _on_failed(self, page: int, error: Exception) -> None:
        self._is_reading = False
        self._fresh.add(page)  # not asked for again with every paint; the next change tries anew
        self._hub.show_error(error)
        self._read_next()

    # -- Qt

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NO_INDEX) -> int:
        """Return how many tickets the list has."""
        return 0 if parent.isValid() else len(self._ids)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return a ticket's row, id or texts; asking for a row that is not there yet brings it."""
        place = index.row()
        if not index.isValid() or place >= len(self._ids):
            return None
        ticket = self._ids[place]
        if role == TicketRole.ID:
            return ticket
        if role == TicketRole.FINDING:
            return self._findings.get(ticket)
        texts = (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
            Qt.ItemDataRole.ToolTipRole,
        )
        if role != TicketRole.ROW and role not in texts:
            return None
        self._want(place // PAGE)
        row = self._rows.get(ticket)
        if role == TicketRole.ROW:
            return row
        if row is None:
            return tr("Loading…")
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == Qt.ItemDataRole.AccessibleTextRole and (finding := self._findings.get(ticket)):
            return f"{spoken(row)}, {finding.place}: {finding.text}"
        return spoken(row) if role == Qt.ItemDataRole.AccessibleTextRole else _tooltip(row)


def spoken(row: TicketRow) -> str:
    """Return a row as a screen reader says it."""
    sla = sla_mark(row.sla)
    parts = (
        row.title,
        answer_text(row),
        priority_mark(row.priority).spoken,
        row.number,
        row.requester,
        status_text(row.status),
        sla.spoken if sla else "",
        tr("pinned") if row.is_pinned else "",
        tr("sample ticket") if row.is_sample else "",
    )
    return ", ".join(part for part in parts if part)


def answer_text(row: TicketRow) -> str:
    """Return what the list says of the newest answer; empty where there is nothing to say."""
    return {
        "ready": tr("Answer ready"),
        "streaming": tr("Answering…"),
        "waiting": waits_text(row.place),
        "failed": tr("No whole answer"),
    }.get(row.answer_state, "")


def _tooltip(row: TicketRow) -> str:
    import html  # its table of entities is large, and nobody points at a row before it is there

    assignee = row.assignee or tr("nobody")
    priority, sla = priority_mark(row.priority).spoken, sla_mark(row.sla)
    lines = (
        row.title,
        tr("{number} from {requester}, assigned to {assignee}").format(
            number=row.number, requester=row.requester, assignee=assignee
        ),
        ", ".join(part for part in (priority, status_text(row.status), sla.text if sla else "") if part),
        answer_text(row),
        tr("Pinned") if row.is_pinned else "",
        tr("Last changed {time}").format(time=absolute_time(row.updated_at)),
        tr("A sample ticket: made up, to try the program on") if row.is_sample else "",
    )
    # A tooltip guesses whether its text is HTML, and a title may look like it.
    return "<div>" + "<br>".join(html.escape(line) for line in lines if line) + "</div>"
