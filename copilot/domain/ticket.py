"""The ticket, its thread and its events (ITIL terms; statuses as service desks use them)."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class TicketType(StrEnum):
    """What kind of record it is."""

    INCIDENT = "incident"
    REQUEST = "request"
    PROBLEM = "problem"
    CHANGE = "change"
    QUESTION = "question"


class Status(StrEnum):
    """Where the ticket stands. The SLA clock stops in the two states that wait for someone outside."""

    NEW = "new"
    TRIAGED = "triaged"
    IN_PROGRESS = "in_progress"
    AWAITING_USER = "awaiting_user"
    AWAITING_VENDOR = "awaiting_vendor"
    AWAITING_CHANGE_OR_PROBLEM = "awaiting_change_or_problem"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    MERGED = "merged"

    @property
    def is_open(self) -> bool:
        """Whether work is left."""
        return self not in {Status.RESOLVED, Status.CLOSED, Status.CANCELLED, Status.MERGED}

    @property
    def stops_sla_clock(self) -> bool:
        """Whether the SLA clock stands still."""
        return self in {Status.AWAITING_USER, Status.AWAITING_VENDOR}


class Priority(StrEnum):
    """P1 is the most urgent."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


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
    origin: str = "desk"  # desk, import, sample, ai


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


@dataclass(frozen=True, slots=True)
class SlaState:
    """How the resolution target stands.

    Attributes:
        target_minutes: Minutes the priority allows.
        left_minutes: Minutes left; negative when overdue. None once the ticket is not open.
        paused: Whether the clock stands still.
        at_risk: Overdue, or less than a fifth of the target left.
    """

    target_minutes: int
    left_minutes: float | None
    paused: bool
    at_risk: bool


@dataclass(frozen=True, slots=True)
class TicketRow:
    """What a list row shows."""

    id: int
    number: str
    title: str
    requester: str
    status: Status
    priority: Priority
    assignee: str
    type: TicketType
    updated_at: datetime
    sla: SlaState
    is_sample: bool = False
    answer_state: str = ""  # "", "streaming", "ready"


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """What a write touched, so that views refresh just that.

    Attributes:
        tickets: Ids of tickets whose fields, thread, evidence or answers changed.
        list_changed: Whether the membership or order of ticket lists may have changed.
        undo_label: What Undo would take back, for the toast; empty where there is nothing to undo.
        undo_id: The id to hand to `undo`; 0 where there is none.
    """

    tickets: frozenset[int] = field(default_factory=frozenset)
    list_changed: bool = False
    undo_label: str = ""
    undo_id: int = 0


@dataclass(frozen=True, slots=True)
class TicketDraft:
    """A ticket that is not stored yet, with its thread; `ticket.id` is 0 and messages have no uid."""

    ticket: Ticket
    messages: tuple[Message, ...] = ()
