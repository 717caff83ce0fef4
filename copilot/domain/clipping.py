"""What was copied elsewhere and is to become a ticket."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from copilot.domain.ticket import Asset, Message, Person, Priority, TicketType


class ClippingKind(StrEnum):
    """What the copied text looks like."""

    MAIL = "mail"
    TICKET = "ticket"
    CHAT = "chat"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Clipping:
    """A guess at a ticket. Every text is cleaned; times are UTC.

    Attributes:
        kind: What it looks like.
        title: Subject, short description or first line.
        body: What the requester says; of a mail without signature and history.
        requester: Whoever wrote it, as far as it says.
        number: The other system's number; empty where it says none.
        priority: None where it says none, or in words that are not known.
        type: As `priority`.
        created_at: None where it says none.
        asset: Host and operating system that are named.
        messages: The rest of the thread, oldest first, without uid and ticket.
        signature: What stood under a mail and was left out of `body`.
        why: Name of a guessed field to the line that it was taken from. `number, title, name, email, priority, type,
            created, host, os`.
        left_over: Characters beyond the limit, which were not read.
    """

    kind: ClippingKind
    title: str = ""
    body: str = ""
    requester: Person = field(default_factory=Person)
    number: str = ""
    priority: Priority | None = None
    type: TicketType | None = None
    created_at: datetime | None = None
    asset: Asset = field(default_factory=Asset)
    messages: tuple[Message, ...] = ()
    signature: str = ""
    why: Mapping[str, str] = field(default_factory=dict)
    left_over: int = 0
