"""Tickets, their thread and events."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from copilot.domain.ticket import (
    ActorKind,
    Asset,
    Attachment,
    Level,
    Message,
    Person,
    Priority,
    Status,
    Ticket,
    TicketEvent,
    TicketType,
    Visibility,
)
from copilot.storage.rows import AMONG, dump, load, marks, stamp, when
from copilot.storage.search_index import index as index
from copilot.storage.store import Db
from copilot.support.clock import from_text, to_text

COLUMNS = (  # those that `to_row` gives values for
    "id, number, type, title, body, requester_name, requester_email, requester_vip, status, priority, impact, "
    'urgency, assignee, "group", category, symptom, service, site, language, channel, assets, tags, created_at, '
    "updated_at, first_response_at, resolved_at, closed_at, sla_paused_seconds, sla_paused_since, is_sample, "
    "source, source_id, merged_into"
)
_ID_DIGITS = 18  # what surely fits into SQLite's 64 bits


def insert(db: Db, ticket: Ticket) -> Ticket:
    """Store a new ticket and return it with its id; an empty number becomes `T-<id>`, or the next one free."""
    values = to_row(ticket)
    db.execute(f"INSERT INTO ticket ({COLUMNS}) VALUES ({marks(values)})", values)
    stored = replace(ticket, id=db.last_insert_rowid())
    if not stored.number:
        free = stored.id
        while number_taken(db, f"T-{free}"):  # an imported ticket may have brought this number along
            free += 1
        stored = replace(stored, number=f"T-{free}")
        db.execute("UPDATE ticket SET number = ? WHERE id = ?", (stored.number, stored.id))
    return stored


def update(db: Db, ticket: Ticket) -> None:
    """Store every field of `ticket`."""
    values = to_row(ticket)
    names = [name.strip() for name in COLUMNS.split(",")]
    assignments = ", ".join(f"{name} = ?" for name in names[1:])
    db.execute(f"UPDATE ticket SET {assignments} WHERE id = ?", (*values[1:], ticket.id))


def get(db: Db, ticket: int) -> Ticket | None:
    """Return the ticket with this id."""
    row = db.execute(f"SELECT {COLUMNS} FROM ticket WHERE id = ? AND hidden = 0", (ticket,)).fetchone()
    return _from_row(row) if row else None


def find(db: Db, id_or_number: str) -> Ticket | None:
    """Return the ticket with this number or, failing that, this id."""
    row = db.execute(
        f"SELECT {COLUMNS} FROM ticket WHERE number = ? COLLATE NOCASE AND hidden = 0", (id_or_number,)
    ).fetchone()
    if row:
        return _from_row(row)
    is_id = id_or_number.isascii() and id_or_number.isdigit() and len(id_or_number) <= _ID_DIGITS
    return get(db, int(id_or_number)) if is_id else None


def get_many(db: Db, ids: Sequence[int]) -> dict[int, Ticket]:
    """Return tickets by id; unknown ids are left out."""
    rows = db.execute(
        f"SELECT {COLUMNS} FROM ticket WHERE id IN ({AMONG}) AND hidden = 0", (dump(list(ids)),)
    )
    return {ticket.id: ticket for ticket in map(_from_row, rows)}


def number_taken(db: Db, number: str) -> bool:
    """Tell whether a ticket with this number is stored."""
    return bool(db.execute("SELECT 1 FROM ticket WHERE number = ? COLLATE NOCASE", (number,)).fetchone())


def set_hidden(db: Db, ticket: int, hidden: bool) -> None:
    """Take a ticket off every list, or put it back."""
    db.execute("UPDATE ticket SET hidden = ? WHERE id = ?", (hidden, ticket))


def count(db: Db, *, samples_only: bool = False) -> int:
    """Return how many tickets there are."""
    return int(
        db.execute("SELECT count(*) FROM ticket WHERE hidden = 0 AND is_sample >= ?", (samples_only,)).get
    )


def add_message(db: Db, message: Message) -> None:
    """Store one entry of the thread."""
    db.execute(
        "INSERT INTO message (uid, ticket, at, author, visibility, text, from_requester, attachments, origin) "
        "VALUES (?,?,?,?,?,?,?,?,?)",
        (
            message.uid,
            message.ticket,
            to_text(message.at),
            message.author,
            message.visibility,
            message.text,
            message.from_requester,
            dump(message.attachments),
            message.origin,
        ),
    )


def set_message_hidden(db: Db, uid: str, hidden: bool) -> None:
    """Take a message out of the thread, or put it back."""
    db.execute("UPDATE message SET hidden = ? WHERE uid = ?", (hidden, uid))


def thread(db: Db, ticket: int) -> list[Message]:
    """Return the thread, oldest first."""
    return threads(db, (ticket,))


def threads(db: Db, ids: Sequence[int]) -> list[Message]:
    """Return the threads of tickets, each oldest first."""
    rows = db.execute(
        "SELECT uid, ticket, at, author, visibility, text, from_requester, attachments, origin "
        f"FROM message WHERE ticket IN ({AMONG}) AND hidden = 0 ORDER BY ticket, at, rowid",
        (dump(list(ids)),),
    )
    return [
        Message(
            uid=row[0],
            ticket=row[1],
            at=from_text(row[2]),
            author=row[3],
            visibility=Visibility(row[4]),
            text=row[5],
            from_requester=bool(row[6]),
            attachments=tuple(Attachment(**item) for item in load(row[7])),
            origin=row[8],
        )
        for row in rows
    ]


def add_events(db: Db, events: Iterable[TicketEvent]) -> None:
    """Append to the history."""
    db.executemany(
        "INSERT INTO ticket_event (ticket, at, actor, actor_kind, field, old, new, suggestion) VALUES (?,?,?,?,?,?,?,?)",
        [
            (e.ticket, to_text(e.at), e.actor, e.actor_kind, e.field, e.old, e.new, e.suggestion)
            for e in events
        ],
    )


def events(db: Db, ticket: int) -> list[TicketEvent]:
    """Return the history, oldest first."""
    rows = db.execute(
        "SELECT ticket, at, actor, actor_kind, field, old, new, suggestion FROM ticket_event WHERE ticket = ? ORDER BY id",
        (ticket,),
    )
    return [TicketEvent(row[0], from_text(row[1]), row[2], ActorKind(row[3]), *row[4:]) for row in rows]


def known_names(db: Db) -> list[str]:
    """Return everybody who has a ticket assigned, by name; looks at one entry of the index for each."""
    rows = db.execute(
        "WITH RECURSIVE names (name) AS (SELECT min(assignee) FROM ticket WHERE assignee > '' UNION ALL "
        "SELECT (SELECT min(assignee) FROM ticket WHERE assignee > name) FROM names WHERE name IS NOT NULL) "
        "SELECT name FROM names WHERE name IS NOT NULL"
    )
    return [row[0] for row in rows]


def common_tags(db: Db, among: int = 2000, limit: int = 20) -> list[str]:
    """Return the tags that the first `among` tickets of the list have most often, by name."""
    rows = db.execute(
        "SELECT value FROM (SELECT tags FROM ticket WHERE hidden = 0 ORDER BY list_key LIMIT ?), json_each(tags) "
        "GROUP BY value ORDER BY count(*) DESC, value LIMIT ?",
        (among, limit),
    )
    return sorted(row[0] for row in rows)


def to_row(t: Ticket) -> tuple[Any, ...]:
    """Return the values of `COLUMNS`."""
    return (
        t.id or None,
        t.number,
        t.type,
        t.title,
        t.body,
        t.requester.name,
        t.requester.email,
        t.requester.vip,
        t.status,
        t.priority,
        t.impact,
        t.urgency,
        t.assignee,
        t.group,
        t.category,
        t.symptom,
        t.service,
        t.site,
        t.language,
        t.channel,
        dump(t.assets) if t.assets else "[]",
        dump(t.tags) if t.tags else "[]",
        to_text(t.created_at),
        to_text(t.updated_at),
        stamp(t.first_response_at),
        stamp(t.resolved_at),
        stamp(t.closed_at),
        t.sla_paused_seconds,
        stamp(t.sla_paused_since),
        t.is_sample,
        t.source,
        t.source_id,
        t.merged_into or None,
    )


def _from_row(row: tuple[Any, ...]) -> Ticket:
    return Ticket(
        id=row[0],
        number=row[1],
        type=TicketType(row[2]),
        title=row[3],
        body=row[4],
        requester=Person(row[5], row[6], bool(row[7])),
        status=Status(row[8]),
        priority=Priority(row[9]),
        impact=Level(row[10]),
        urgency=Level(row[11]),
        assignee=row[12],
        group=row[13],
        category=row[14],
        symptom=row[15],
        service=row[16],
        site=row[17],
        language=row[18],
        channel=row[19],
        assets=tuple(Asset(**item) for item in load(row[20])),
        tags=tuple(load(row[21])),
        created_at=from_text(row[22]),
        updated_at=from_text(row[23]),
        first_response_at=when(row[24]),
        resolved_at=when(row[25]),
        closed_at=when(row[26]),
        sla_paused_seconds=row[27],
        sla_paused_since=when(row[28]),
        is_sample=bool(row[29]),
        source=row[30],
        source_id=row[31],
        merged_into=row[32] or 0,
    )


def numbers(db: Db, ids: Iterable[int]) -> dict[int, str]:
    """Return the numbers of tickets by id, of hidden ones too."""
    rows = db.execute(f"SELECT id, number FROM ticket WHERE id IN ({AMONG})", (dump(list(ids)),))
    return {row[0]: row[1] for row in rows}


def is_hidden(db: Db, ticket: int) -> bool | None:
    """Tell whether a ticket was taken off every list; None where there is no such ticket."""
    row = db.execute("SELECT hidden FROM ticket WHERE id = ?", (ticket,)).fetchone()
    return bool(row[0]) if row else None


def merged_here(db: Db, ticket: int) -> list[int]:
    """Return ids of the tickets that were merged into this one."""
    return [
        row[0]
        for row in db.execute(
            "SELECT id FROM ticket WHERE merged_into = ? AND hidden = 0 ORDER BY id", (ticket,)
        )
    ]


def touch(db: Db, ticket: int, at: datetime) -> None:
    """Set when the ticket was last changed."""
    db.execute("UPDATE ticket SET updated_at = ? WHERE id = ?", (to_text(at), ticket))
