"""What a list of tickets is asked for."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from copilot.domain.listing import Priority, Status, TicketType


class View(StrEnum):
    """The views of the sidebar."""

    MY_QUEUE = "my_queue"
    UNASSIGNED = "unassigned"
    SLA_AT_RISK = "sla_at_risk"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed search.

    Attributes:
        words: Words that must all occur (each also matches as the beginning of a longer word).
        phrases: Exact phrases that must all occur.
        statuses: Any of these; empty for any.
        priorities: Any of these; empty for any.
        types: Any of these; empty for any.
        assignee: None for anybody, "" for nobody, else the name.
        requester: Part of the requester's name or address; empty for any.
        number: Part of the ticket number; empty for any.
        tags: All of these.
        open_only: Only tickets that are open.
        sla_at_risk: Only tickets whose SLA is overdue or nearly so.
        pinned_only: Only tickets that are pinned.
        unknown: What looked like a filter and is none (`status:lost`); it was taken as a word.
    """

    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = ()
    priorities: tuple[Priority, ...] = ()
    types: tuple[TicketType, ...] = ()
    assignee: str | None = None
    requester: str = ""
    number: str = ""
    tags: tuple[str, ...] = ()
    open_only: bool = False
    sla_at_risk: bool = False
    pinned_only: bool = False
    unknown: tuple[str, ...] = ()


class SavedView(NamedTuple):
    """A search that a person gave a name.

    Attributes:
        id: Unique id.
        name: As the person wrote it.
        view: What it narrows.
        typed: The search line.
    """

    id: int
    name: str
    view: View
    typed: str
