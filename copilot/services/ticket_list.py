"""Find tickets and list them: what the window does first, so this imports little."""

from collections.abc import Sequence
from datetime import datetime

from copilot.desk.search import merge, parse, view_query
from copilot.desk.sla import sla_state
from copilot.domain.listing import TicketRow
from copilot.domain.query import View
from copilot.services.deps import Deps
from copilot.storage import listing
from copilot.support.i18n import tr
from copilot.support.text import one_line


class TicketList:
    """Tickets as lists show them."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    def now(self) -> datetime:
        """Return the desk's time, UTC."""
        return self._deps.clock.now()

    def my_name(self) -> str:
        """Return the name of the person at the desk."""
        return self._deps.me()

    def search(self, view: View, typed: str = "") -> list[int]:
        """Return ids of the view's tickets that match what was typed, in the order of the list."""
        me = self._deps.me()
        query = merge(view_query(view, me), parse(typed, me))
        with self._deps.store.read() as db:
            ids = listing.search(db, query)
            if not query.sla_at_risk:
                return ids
            found = listing.listed(db, ids)
        now = self._deps.clock.now()
        return [i for i in ids if i in found and sla_state(found[i], now).at_risk]

    def rows(self, ids: Sequence[int]) -> list[TicketRow]:
        """Return list rows for `ids`, in that order; tickets that are gone are left out."""
        now = self._deps.clock.now()
        with self._deps.store.read() as db:
            found = listing.listed(db, ids)
            states = listing.answer_states(db, tuple(ids))
        return [
            TicketRow(
                id=t.id,
                number=t.number,
                title=one_line(t.title) or tr("(no title)"),
                requester=one_line(t.requester_name, 80) or tr("(unknown)"),
                status=t.status,
                priority=t.priority,
                assignee=t.assignee,
                type=t.type,
                updated_at=t.updated_at,
                sla=sla_state(t, now),
                is_sample=t.is_sample,
                answer_state=states.get(t.id, ""),
            )
            for t in (found[i] for i in ids if i in found)
        ]

    def counts(self) -> dict[View, int]:
        """Return how many tickets each view has."""
        return {view: len(self.search(view)) for view in View}
