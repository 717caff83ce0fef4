"""The ticket, its thread and its events (ITIL terms; statuses as service desks use them)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from copilot.domain.listing import ChangeSet, Priority, SlaState, Status, TicketRow, TicketType

__all__ = [
    "ActorKind",
    "Asset",
    "Attachment",
    "ChangeSet",
    "DraftLink",
    "Level",
    "Message",
    "Person",
    "Priority",
    "SlaState",
    "Status",
    "Ticket",
    "TicketDraft",
    "TicketEvent",
    "TicketRow",
    "TicketType",
    "Visibility",
]


class Level(StrEnum):
    """A step of impact or urgency."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Visibility(StrEnum):
    """Who may read a message."""

    PUBLIC = "public"
    INTERNAL = "internal"


class ActorKind(StrEnum):
    """Who did it."""

    HUMAN = "human"
    AI = "ai"
    RULE = "rule"
    SYNC = "sync"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody outside the desk, as the ticket knows them."""

    name: str = ""
    email: str = ""
    vip: bool = False


@dataclass(frozen=True, slots=True)
class Asset:
    """A machine or device of the ticket."""

    host: str = ""
    os: str = ""
    model: str = ""
    serial: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message, kept as text; `text` is empty where it could not be read as text."""

    name: str
    media_type: str = "text/plain"
    size: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One entry of the thread; `text` is plain text and shown as such."""

    uid: str
    ticket: int
    at: datetime
    author: str
    visibility: Visibility
    text: str
    from_requester: bool = False
    attachments: tuple[Attachment, ...] = ()
    origin: str = "desk"  # desk, import, sample, ai, merge


@dataclass(frozen=True, slots=True)
class TicketEvent:
    """One change of one field."""

    ticket: int
    at: datetime
    actor: str
    actor_kind: ActorKind
    field: str
    old: str
    new: str
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as it stands now. `id` is 0 until it is stored; times are UTC."""

    id: int
    number: str
    type: TicketType
    title: str
    body: str
    requester: Person
    status: Status
    priority: Priority
    created_at: datetime
    updated_at: datetime
    impact: Level = Level.LOW
    urgency: Level = Level.MEDIUM
    assignee: str = ""
    group: str = ""
    category: str = ""
    symptom: str = ""
    service: str = ""
    site: str = ""
    language: str = "en"
    channel: str = ""
    assets: tuple[Asset, ...] = ()
    tags: tuple[str, ...] = ()
    first_response_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    sla_paused_seconds: int = 0
    sla_paused_since: datetime | None = None
    is_sample: bool = False
    source: str = "local"
    source_id: str = ""
    merged_into: int = 0  # id of the ticket that this one was merged into


@dataclass(frozen=True, slots=True)
class DraftLink:
    """Another ticket that belongs to one: `related`, `duplicate_of`, `caused_by` or `merged_into`."""

    kind: str
    number: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TicketDraft:
    """A ticket that is not stored yet, with its thread; `ticket.id` is 0 and messages have no uid."""

    ticket: Ticket
    messages: tuple[Message, ...] = ()
    links: tuple[DraftLink, ...] = ()
