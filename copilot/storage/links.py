"""Links between tickets: stored once, read from both ends."""

from copilot.domain.link import LinkedTicket, LinkKind, TicketLink
from copilot.domain.listing import Status
from copilot.storage.store import Db
from copilot.support.clock import from_text, to_text


def between(db: Db, one: int, another: int) -> TicketLink | None:
    """Return the link of two tickets, whichever of them is its first."""
    row = db.execute(
        'SELECT ticket, other, kind, "by", at FROM ticket_link '
        "WHERE (ticket = ?1 AND other = ?2) OR (ticket = ?2 AND other = ?1)",
        (one, another),
    ).fetchone()
    return TicketLink(row[0], row[1], LinkKind(row[2]), row[3], from_text(row[4])) if row else None


def put(db: Db, link: TicketLink) -> None:
    """Store a link in place of any other that its two tickets have."""
    remove(db, link.ticket, link.other)
    db.execute(
        "INSERT INTO ticket_link VALUES (?,?,?,?,?)",
        (link.ticket, link.other, link.kind, link.by, to_text(link.at)),
    )


def remove(db: Db, one: int, another: int) -> None:
    """Take the link of two tickets away, whichever of them is its first."""
    db.execute(
        "DELETE FROM ticket_link WHERE (ticket = ?1 AND other = ?2) OR (ticket = ?2 AND other = ?1)",
        (one, another),
    )


def stored_of(db: Db, ticket: int) -> list[TicketLink]:
    """Return the links of a ticket as they are stored, also those to hidden tickets."""
    rows = db.execute(
        'SELECT ticket, other, kind, "by", at FROM ticket_link WHERE ticket = ?1 OR other = ?1 ORDER BY at, ticket, other',
        (ticket,),
    )
    return [TicketLink(row[0], row[1], LinkKind(row[2]), row[3], from_text(row[4])) for row in rows]


def of_ticket(db: Db, ticket: int) -> list[LinkedTicket]:
    """Return the tickets that this one is linked with, in the order in which they were linked."""
    rows = db.execute(
        "SELECT t.id, t.number, t.title, t.status, l.kind, l.ticket = ?1 FROM ticket_link l "
        "JOIN ticket t ON t.id = CASE l.ticket WHEN ?1 THEN l.other ELSE l.ticket END "
        "WHERE (l.ticket = ?1 OR l.other = ?1) AND t.hidden = 0 ORDER BY l.at, t.id",
        (ticket,),
    )
    return [
        LinkedTicket(row[0], row[1], row[2], Status(row[3]), LinkKind(row[4]), bool(row[5])) for row in rows
    ]
