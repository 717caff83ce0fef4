"""The SLA clock: how much of the resolution target is left. Elapsed clock time, day and night."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from copilot.domain.listing import ListedTicket, Priority, SlaState, Status

if TYPE_CHECKING:
    from copilot.domain.ticket import Ticket

DEFAULT_TARGETS: Mapping[Priority, int] = MappingProxyType(
    {Priority.P1: 240, Priority.P2: 480, Priority.P3: 1440, Priority.P4: 4320}
)
"""Minutes from creation to resolution."""

_RISK_SHARE = 0.2


class SlaMoments(NamedTuple):
    """When the clock strikes, as the list is sorted and filtered by; None for never.

    Attributes:
        due_at: The target is reached, as things stand.
        risk_at: From then on the ticket is at risk.
    """

    due_at: datetime | None
    risk_at: datetime | None


def sla_state(
    ticket: "Ticket | ListedTicket", now: datetime, targets: Mapping[Priority, int] = DEFAULT_TARGETS
) -> SlaState:
    """Return how the resolution target stands.

    left = target - (now - created - time paused). A ticket created in the future has its whole target left.

    Args:
        ticket: The ticket as it stands.
        now: The current time, timezone-aware.
        targets: Minutes a priority allows.
    """
    target = targets[ticket.priority]
    if not ticket.status.is_open:
        return SlaState(target_minutes=target, left_minutes=None, paused=False, at_risk=False)
    # A paused clock shows the same figure until it runs again: it stands where the pause began.
    until = ticket.sla_paused_since if ticket.sla_paused_since is not None else now
    elapsed = (until - ticket.created_at).total_seconds() - ticket.sla_paused_seconds
    left = target - max(0.0, elapsed) / 60
    paused = ticket.sla_paused_since is not None
    overdue = left < 0
    return SlaState(
        target_minutes=target,
        left_minutes=left,
        paused=paused,
        at_risk=overdue or (not paused and left < _RISK_SHARE * target),
    )


def sla_moments(
    ticket: "Ticket | ListedTicket", targets: Mapping[Priority, int] = DEFAULT_TARGETS
) -> SlaMoments:
    """Return the moments between which `sla_state` changes, so that a database can be asked for tickets at risk.

    Args:
        ticket: The ticket as it stands.
        targets: Minutes a priority allows.
    """
    if not ticket.status.is_open:
        return SlaMoments(None, None)
    begun = ticket.created_at + timedelta(seconds=ticket.sla_paused_seconds)
    target = timedelta(minutes=targets[ticket.priority])
    due = begun + target
    if ticket.sla_paused_since is None:
        return SlaMoments(due, begun + (1 - _RISK_SHARE) * target)
    is_overdue = ticket.sla_paused_since > due  # it stays so, or does not become so, while the clock stands
    return SlaMoments(due, due if is_overdue else None)


def pause_changes(ticket: "Ticket", new_status: Status, now: datetime) -> tuple[int, datetime | None]:
    """Return `sla_paused_seconds` and `sla_paused_since` as they are after a change to `new_status`.

    Only the states that wait for somebody outside stop the clock. Time spent resolved counts once the ticket
    is opened again: to the requester it was never solved.
    """
    since = ticket.sla_paused_since
    if new_status.stops_sla_clock:
        return ticket.sla_paused_seconds, since or now
    if since is None:
        return ticket.sla_paused_seconds, None
    return ticket.sla_paused_seconds + max(0, round((now - since).total_seconds())), None
