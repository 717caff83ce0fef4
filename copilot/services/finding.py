"""Show why a ticket was found: which words of its row, or where else it says them."""

from collections.abc import Sequence
from typing import NamedTuple

from copilot.desk.marking import Terms, snippet
from copilot.domain.query import Query
from copilot.domain.span import Span
from copilot.services.ticket_list import TicketList
from copilot.storage import found_texts
from copilot.support.i18n import tr


class Finding(NamedTuple):
    """Where a ticket says what its row does not show.

    Attributes:
        place: A person's word for it ("Note", "E4").
        text: One line of it.
    """

    place: str
    text: str


class Marker:
    """Finds the words of one search in the texts that a window shows; equal to no other."""

    def __init__(self, query: Query) -> None:
        self.terms = Terms(query)

    def __bool__(self) -> bool:
        """Whether anything is searched for."""
        return bool(self.terms)

    def spans(self, text: str) -> list[Span]:
        """Return what to mark in `text`."""
        return self.terms.spans(text)


def find_reasons(service: TicketList, tickets: Sequence[int], marks: Marker) -> dict[int, Finding]:
    """Return for each ticket whose row does not show all that is searched for where else it is said."""
    if not marks or marks.terms.only_title:
        return {}
    reasons = dict[int, Finding]()
    with service.store.read() as db:
        for ticket in tickets:
            row, texts = found_texts.of_ticket(db, ticket)
            missing = marks.terms.missing_in(row)
            if not missing:
                continue
            for place, text in texts:
                if line := snippet(text, missing):
                    reasons[ticket] = Finding(_word(place), line)
                    break
    return reasons


def _word(place: str) -> str:
    return {
        "body": tr("Description"),
        "public": tr("Message"),
        "internal": tr("Note"),
        "question": tr("Question"),
        "answer": tr("Answer"),
    }.get(place, place)
