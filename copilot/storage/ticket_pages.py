"""Whole tickets, many at a time: with their thread and their links."""

from collections.abc import Sequence

from copilot.domain.ticket import DraftLink, Message, TicketDraft
from copilot.storage import tickets
from copilot.storage.rows import AMONG, dump
from copilot.storage.store import Db
from copilot.support.clock import from_text, to_text

_MERGED = "merged_into"


def read(db: Db, ids: Sequence[int]) -> list[TicketDraft]:
    """Return tickets in the order of `ids`; those that are gone are left out."""
    found = tickets.get_many(db, ids)
    threads: dict[int, list[Message]] = {}
    for message in tickets.threads(db, ids):
        threads.setdefault(message.ticket, []).append(message)
    links: dict[int, list[DraftLink]] = {}
    rows = db.execute(
        'SELECT l.ticket, l.kind, o.number, l."by", l.at FROM ticket_link l JOIN ticket o ON o.id = l.other '
        f"WHERE l.ticket IN ({AMONG}) AND o.hidden = 0 "
        "UNION ALL SELECT t.id, ?, m.number, '', t.updated_at FROM ticket t JOIN ticket m ON m.id = t.merged_into "
        f"WHERE t.id IN ({AMONG}) AND m.hidden = 0",
        (values := dump(list(ids)), _MERGED, values),
    )
    for ticket, kind, number, by, at in rows:
        links.setdefault(ticket, []).append(DraftLink(kind, number, by, from_text(at)))
    return [
        TicketDraft(found[i], tuple(threads.get(i, ())), tuple(links.get(i, ()))) for i in ids if i in found
    ]


def link(db: Db, ticket: int, links: Sequence[DraftLink]) -> None:
    """Link a new ticket with others by their numbers; what is not on the desk is left out."""
    for each in links:
        other = db.execute(
            "SELECT id FROM ticket WHERE number = ? AND hidden = 0 AND id <> ?", (each.number, ticket)
        ).fetchone()
        if other and each.kind == _MERGED:
            db.execute("UPDATE ticket SET merged_into = ? WHERE id = ?", (other[0], ticket))
        elif other:
            db.execute(
                "INSERT OR IGNORE INTO ticket_link VALUES (?,?,?,?,?)",
                (ticket, other[0], each.kind, each.by, to_text(each.at)),
            )
