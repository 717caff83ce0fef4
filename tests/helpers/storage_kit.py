"""Plain things to store."""

from collections.abc import Callable
from datetime import UTC, datetime

from copilot.domain.ticket import Person, Priority, Status, Ticket, TicketType

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MakeTicket = Callable[..., int]


def plain_ticket(title: str = "Printer offline", body: str = "", number: str = "") -> Ticket:
    """Return a ticket that is not stored yet."""
    return Ticket(
        0, number, TicketType.INCIDENT, title, body, Person("Dana Ångström"), Status.NEW, Priority.P3, AT, AT
    )
