"""How two tickets belong together."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from copilot.domain.listing import Status


class LinkKind(StrEnum):
    """What the first ticket is to the second."""

    RELATED = "related"
    DUPLICATE_OF = "duplicate_of"
    CAUSED_BY = "caused_by"


@dataclass(frozen=True, slots=True)
class TicketLink:
    """A link as it is stored: once, from `ticket` to `other`; a pair has one at most."""

    ticket: int
    other: int
    kind: LinkKind
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LinkedTicket:
    """A link as one of its ends sees it.

    Attributes:
        id: The other ticket.
        number: Its number.
        title: Its title.
        status: Its status.
        kind: What the first ticket is to the second.
        is_first: Whether the ticket that looks is the first ("duplicate of"), not the second ("has the duplicate").
    """

    id: int
    number: str
    title: str
    status: Status
    kind: LinkKind
    is_first: bool
