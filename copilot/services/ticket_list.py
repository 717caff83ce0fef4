"""Find tickets and list them: what the window does first, so this imports little."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from copilot.desk.search import merge, parse, toggled, view_query
from copilot.domain.listing import TicketRow
from copilot.domain.query import Query, View
from copilot.domain.sla import sla_state
from copilot.services.deps import Deps
from copilot.storage import listing, marks
from copilot.storage.store import Store
from copilot.support.i18n import tr
from copilot.support.text import one_line

PAGE = 200  # rows that a search brings at once


class Page(NamedTuple):
    """The beginning of a list.

    Attributes:
        ids: The first tickets, in order.
        rows: Their rows; fewer where a ticket has just gone.
        has_more: Whether more match than these.
        query: What was understood.
    """

    ids: list[int]
    rows: list[TicketRow]
    has_more: bool
    query: Query


class TicketList:
    """Tickets as lists show them."""

    def __init__(self, deps: Deps, places: Callable[[], Mapping[int, int]] = dict) -> None:
        """Take also what tells for a ticket the place of its question in line, where one waits in this process."""
        self._deps = deps
        self._places = places

    @property
    def store(self) -> Store:
        """The desk's database."""
        return self._deps.store

    def now(self) -> datetime:
        """Return the desk's time, UTC."""
        return self._deps.clock.now()

    def my_name(self) -> str:
        """Return the name of the person at the desk."""
        return self._deps.me()

    def query(self, view: View, typed: str = "") -> Query:
        """Return what a view and a search line ask for together."""
        me = self._deps.me()
        return merge(view_query(view, me), parse(typed, me))

    def toggled(self, typed: str, name: str, value: str) -> str:
        """Return the search line with the filter `name:value` put in, or taken out."""
        return toggled(typed, name, value)

    def search(self, view: View, typed: str = "") -> list[int]:
        """Return ids of the view's tickets that match what was typed, in the order of the list."""
        query = self.query(view, typed)
        with self._deps.store.read() as db:
            return listing.search(db, query, self._deps.clock.now())

    def first_page(self, view: View, typed: str = "") -> Page:
        """Return the beginning of what `search` finds, with its rows."""
        query = self.query(view, typed)
        with self._deps.store.read() as db:
            ids = listing.search(db, query, self._deps.clock.now(), PAGE + 1)
            rows = self.rows(ids[:PAGE])
        return Page(ids[:PAGE], rows, len(ids) > PAGE, query)

    def count(self, view: View, typed: str = "") -> int:
        """Return how many tickets `search` finds."""
        query = self.query(view, typed)
        with self._deps.store.read() as db:
            return listing.count(db, query, self._deps.clock.now())

    def rows(self, ids: Sequence[int]) -> list[TicketRow]:
        """Return list rows for `ids`, in that order; tickets that are gone are left out."""
        now = self._deps.clock.now()
        places = self._places()
        with self._deps.store.read() as db:
            found = listing.listed(db, ids)
            states = listing.answer_states(db, tuple(ids))
            pinned = marks.pinned_among(db, ids)
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
                answer_state="waiting" if t.id in places else states.get(t.id, ""),
                place=places.get(t.id, 0),
                is_pinned=t.id in pinned,
            )
            for t in (found[i] for i in ids if i in found)
        ]

    def counts(self) -> dict[View, int]:
        """Return how many tickets each view has."""
        return {view: self.count(view) for view in View}
