"""The index that the list is found by: its rowids are the tickets' places in the list.

So a search reads the first page in the order of the list and stops there, however many tickets match. What can be
filtered by is in the index too, as one word per value (`facet`), so that a view is a search like any other.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from copilot.domain.listing import ListedTicket, Priority, Status, TicketType
from copilot.domain.sla import sla_moments
from copilot.storage.rows import AMONG, dump, load, when
from copilot.support.clock import from_text

if TYPE_CHECKING:
    import apsw

    from copilot.storage.store import Db

_ID_BITS, _TIME_BITS, _PRIORITY_BITS = 24, 33, 2  # 16 million tickets, seconds until the year 2242
_MOST_ID = (1 << _ID_BITS) - 1
_MOST_TIME = (1 << _TIME_BITS) - 1
_PRIORITIES = {priority: place for place, priority in enumerate(Priority)}
ID_OF_ROWID = f"({_MOST_ID} - (rowid & {_MOST_ID}))"
"""SQL: the ticket's id in a row of the index."""

_MARK = "\ue000"  # private use: a word character to FTS5, and nothing that is left of a text once it is clean
_LONGEST = 100  # characters of a value that tell it from others
# Evidence of these kinds repeats what the description and the thread say.
_REPEATED = "'description', 'message', 'note'"


def list_key(status: Status, priority: Priority, updated_at: datetime, ticket: int) -> int:
    """Return a ticket's place: open ones first, then the most urgent, then the last changed, then the newest."""
    seconds = min(max(int(updated_at.timestamp()), 0), _MOST_TIME)
    key = int(not status.is_open)
    key = key << _PRIORITY_BITS | _PRIORITIES[priority]
    key = key << _TIME_BITS | (_MOST_TIME - seconds)
    return key << _ID_BITS | (_MOST_ID - ticket)


def facet(name: str, value: str) -> str:
    """Return the word of the index for `value` of the filter `name`, whatever characters and case it has."""
    return f"{_MARK}{name}{value.strip().casefold()[:_LONGEST].encode('utf-8', 'replace').hex()}"


def facets(status: str, priority: str, type_: str, assignee: str, tags: Iterable[str]) -> str:
    """Return every word that a ticket can be filtered by."""
    words = [
        facet("status", status),
        facet("priority", priority),
        facet("type", type_),
        facet("assignee", assignee),
        *(facet("tag", tag) for tag in tags),
    ]
    if Status(status).is_open:
        words.append(facet("is", "open"))
    return " ".join(words)


def add_functions(db: "Db") -> None:
    """Give the connection what `index_many` calls."""
    db.create_scalar_function("facets", _facets, 5, deterministic=True)


def index(db: "Db", ticket: int) -> None:
    """Bring one ticket's place and words up to date; call it after every change to the ticket or what it holds."""
    index_many(db, (ticket,))


def index_many(db: "Db", tickets: Sequence[int]) -> None:
    """Bring the places and words of tickets up to date."""
    ids = dump(list(tickets))
    db.execute(
        f"DELETE FROM ticket_fts WHERE rowid IN (SELECT list_key FROM ticket WHERE id IN ({AMONG}))", (ids,)
    )
    db.executemany(
        "UPDATE ticket SET list_key = ?, due_at = ?, risk_at = ? WHERE id = ?",
        [_place(row) for row in db.execute(_PLACES, (ids,))],
    )
    db.execute(_INSERT, (ids,))


def remove(db: "Db", ticket: int) -> None:
    """Take a ticket out of the index."""
    db.execute("DELETE FROM ticket_fts WHERE rowid = (SELECT list_key FROM ticket WHERE id = ?)", (ticket,))


def complete(db: "Db") -> None:
    """Index what is not indexed yet: every ticket after a migration that emptied the index."""
    missing = [row[0] for row in db.execute("SELECT id FROM ticket WHERE hidden = 0 AND list_key = 0")]
    for start in range(0, len(missing), 1000):
        index_many(db, missing[start : start + 1000])


def rebuild(db: "Db") -> None:
    """Make the index anew, whatever state it is in."""
    db.execute("INSERT INTO ticket_fts (ticket_fts) VALUES ('delete-all')")
    db.execute("UPDATE ticket SET list_key = 0")
    complete(db)


_PLACES = (
    "SELECT id, status, priority, created_at, updated_at, sla_paused_seconds, sla_paused_since "
    f"FROM ticket WHERE id IN ({AMONG})"
)
ROWS = f"""
SELECT list_key, number, title, body, requester_name || ' ' || requester_email,
  (SELECT group_concat(author || ' ' || text, char(10)) FROM message WHERE ticket = t.id AND hidden = 0),
  (SELECT group_concat(source || ' ' || text, char(10)) FROM evidence
   WHERE ticket = t.id AND removed = 0 AND kind NOT IN ({_REPEATED})),
  (SELECT group_concat(text, char(10)) FROM (
     SELECT text FROM question WHERE ticket = t.id
     UNION ALL SELECT payload FROM suggestion WHERE ticket = t.id AND kind = 'answer')),
  facets(status, priority, type, assignee, tags)
FROM ticket t WHERE hidden = 0
"""
"""SQL: the rows of the index, rowid first."""
# FTS5 writes out what it has gathered each time that a rowid is smaller than the one before.
_INSERT = (
    "INSERT INTO ticket_fts (rowid, number, title, body, requester, thread, evidence, answers, facets) "
    f"{ROWS} AND id IN ({AMONG}) ORDER BY list_key"
)


def _place(row: tuple[int, str, str, str, str, int, str | None]) -> tuple[int, int | None, int | None, int]:
    uid, status, priority, created, updated, paused_seconds, paused_since = row
    ticket = ListedTicket(
        id=uid,
        number="",
        title="",
        requester_name="",
        status=Status(status),
        priority=Priority(priority),
        assignee="",
        type=TicketType.INCIDENT,
        created_at=from_text(created),
        updated_at=from_text(updated),
        sla_paused_seconds=paused_seconds,
        sla_paused_since=when(paused_since),
        is_sample=False,
    )
    due, risk = sla_moments(ticket)
    key = list_key(ticket.status, ticket.priority, ticket.updated_at, uid)
    return key, _milliseconds(due), _milliseconds(risk), uid


def _milliseconds(at: datetime | None) -> int | None:
    return None if at is None else round(at.timestamp() * 1000)


def _facets(*values: "apsw.SQLiteValue") -> str:
    status, priority, type_, assignee, tags = map(str, values)
    return facets(status, priority, type_, assignee, load(tags))
