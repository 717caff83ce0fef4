"""What a list of tickets shows and is asked for: all that the window needs before its first frame.

It is apart from the ticket itself because each dataclass adds a millisecond to the start.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


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


class ListedTicket(NamedTuple):
    """What a list reads of a ticket; the names are those of `Ticket`, but for the requester's."""

    id: int
    number: str
    title: str
    requester_name: str
    status: Status
    priority: Priority
    assignee: str
    type: TicketType
    created_at: datetime
    updated_at: datetime
    sla_paused_seconds: int
    sla_paused_since: datetime | None
    is_sample: bool


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
    answer_state: str = ""  # "", "waiting", "streaming", "ready", "failed"
    place: int = 0  # in the line of questions that wait; 1 is next
    is_pinned: bool = False


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """What a write touched, so that views refresh just that.

    Attributes:
        tickets: Ids of tickets whose fields, thread, evidence or answers changed.
        list_changed: Whether the membership or order of ticket lists may have changed.
        undo_label: What Undo would take back, for the toast; empty where there is nothing to undo.
        undo_id: The id to hand to `undo`; 0 where there is none.
        undone_id: The id of the change that this one took back; 0 where it took none back.
    """

    tickets: frozenset[int] = field(default_factory=frozenset)
    list_changed: bool = False
    undo_label: str = ""
    undo_id: int = 0
    undone_id: int = 0
