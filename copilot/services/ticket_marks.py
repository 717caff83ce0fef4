"""Pins, and which tickets were opened last."""

from collections.abc import Sequence
from dataclasses import dataclass

from copilot.domain.listing import ChangeSet, TicketRow
from copilot.services.deps import Deps
from copilot.services.ticket_list import TicketList
from copilot.storage import desk_state, marks
from copilot.support.errors import KnownError
from copilot.support.i18n import tr

RECENT = 50  # tickets


@dataclass(frozen=True, slots=True)
class Marked:
    """The tickets that are at hand: `recent` holds the pinned ones too, where they were opened."""

    pinned: tuple[TicketRow, ...]
    recent: tuple[TicketRow, ...]


class TicketMarks:
    """What a person keeps at hand."""

    def __init__(self, deps: Deps, ticket_list: TicketList) -> None:
        self._deps = deps
        self._list = ticket_list

    def set_pinned(self, ticket: int, pinned: bool) -> ChangeSet:
        """Pin a ticket, or take its pin away."""
        number = _number(self._list, ticket)
        with self._deps.store.write() as db:
            if (ticket in marks.pinned_among(db, (ticket,))) == pinned:
                return ChangeSet()
            now = self._deps.clock.now()
            if pinned:
                marks.pin(db, ticket, now)
            else:
                marks.unpin(db, ticket)
            label = tr("{number} pinned") if pinned else tr("{number} no longer pinned")
            label = label.format(number=number)
            entry = desk_state.add_undo(db, ticket, label, [["pin", ticket, not pinned]], now)
        # Whoever looks at pinned tickets alone sees one more or less.
        return ChangeSet(frozenset({ticket}), True, label, entry)

    def toggle_pin(self, ticket: int) -> ChangeSet:
        """Pin a ticket that is not pinned, and the other way round."""
        with self._deps.store.read() as db:
            is_pinned = ticket in marks.pinned_among(db, (ticket,))
        return self.set_pinned(ticket, not is_pinned)

    def visit(self, ticket: int) -> None:
        """Remember that a ticket was opened now."""
        with self._deps.store.write() as db:
            marks.visit(db, ticket, self._deps.clock.now())

    def at_hand(self) -> Marked:
        """Return the pinned tickets, last pinned first, and those opened last, newest first; hidden ones are left out."""
        with self._deps.store.read() as db:
            pinned, recent = marks.pinned_ids(db), marks.recent(db, RECENT)
        rows = {row.id: row for row in self._list.rows([*pinned, *recent])}
        return Marked(
            tuple(rows[i] for i in pinned if i in rows), tuple(rows[i] for i in recent if i in rows)
        )

    def first_there(self, tickets: Sequence[int]) -> int:
        """Return the first of `tickets` that is still on the desk; 0 where none is."""
        with self._deps.store.read() as db:
            return marks.first_there(db, tickets)


def _number(ticket_list: TicketList, ticket: int) -> str:
    rows = ticket_list.rows((ticket,))
    if not rows:
        raise KnownError(tr("This ticket is no longer there."))
    return rows[0].number
