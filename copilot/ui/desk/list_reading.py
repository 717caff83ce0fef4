"""What the sidebar reads: the first page at once, the rest a moment later."""

from typing import TYPE_CHECKING, NamedTuple

from copilot.domain.query import View
from copilot.services.ticket_list import Page, TicketList

if TYPE_CHECKING:
    from copilot.services.finding import Finding, Marker


class Listing(NamedTuple):
    """What a search found: the beginning of the list with its rows, so that no row is blank at first, or all of it.

    `total` counts every ticket there is, and is looked up only where nothing was found. `version` is the model's when
    the search began.
    """

    view: View
    typed: str
    page: Page
    ids: list[int]
    is_whole: bool
    total: int
    version: int


def search(service: TicketList, view: View, typed: str, version: int, whole: bool) -> Listing:
    """Search; `whole` reads every id, not the first page's alone."""
    page = service.first_page(view, typed)
    ids = service.search(view, typed) if whole and page.has_more else page.ids
    total = 0 if ids else service.count(View.ALL)
    return Listing(view, typed, page, ids, whole or not page.has_more, total, version)


class Rest(NamedTuple):
    """What follows a moment after the first page; `ids` None where that was all."""

    view: View
    typed: str
    ids: list[int] | None
    marker: "Marker | None"
    findings: "dict[int, Finding]"


def read_rest(
    service: TicketList, view: View, typed: str, in_view: list[int], ask_ids: bool, marker: "Marker | None"
) -> Rest:
    """Read what comes after the first page, and why tickets were found whose rows do not show it."""
    ids = service.search(view, typed) if ask_ids else None
    if not marker:
        return Rest(view, typed, ids, None, {})
    from copilot.services.finding import find_reasons  # only where something was searched for

    return Rest(view, typed, ids, marker, find_reasons(service, in_view, marker))
