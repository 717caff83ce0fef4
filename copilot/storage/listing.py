"""What the ticket list reads, and what a start looks for: without the dataclasses of the rest."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from copilot.domain.listing import ListedTicket, Priority, Status, TicketType
from copilot.domain.query import Query
from copilot.storage.rows import AMONG, dump, load, when
from copilot.storage.search_index import ID_OF_ROWID, facet
from copilot.storage.store import Db
from copilot.support.clock import from_text

# A dictionary is asked in a quarter of the time that an enum takes.
_STATUSES = {status.value: status for status in Status}
_PRIORITIES = {priority.value: priority for priority in Priority}
_TYPES = {kind.value: kind for kind in TicketType}
_COLUMNS = (
    "id, number, title, requester_name, status, priority, assignee, type, created_at, updated_at, "
    "sla_paused_seconds, sla_paused_since, is_sample"
)
LISTED_ROWS = f"SELECT {_COLUMNS} FROM ticket WHERE id IN ({AMONG}) AND hidden = 0"
"""SQL: what a list shows of the tickets whose ids are bound as one JSON array."""
_LISTED = f"SELECT json_group_array(json_array({_COLUMNS})) FROM ticket WHERE id IN ({AMONG}) AND hidden = 0"
_MOST = -1  # SQLite's word for no limit


def search(db: Db, query: Query, now: datetime, limit: int = _MOST) -> list[int]:
    """Return ids of matching tickets in the order of the list (see `search_index.list_key`).

    Tickets whose SLA is at risk come in the order of their targets: what is due first is first.

    Args:
        db: The database.
        query: What to look for.
        now: The time that a target is judged by.
        limit: The first so many; all of them by default.
    """
    select, values = search_sql(query, now)
    # One row for all: apsw gives up the interpreter's lock for each, and a busy importer is slow to give it back.
    found = db.execute(f"SELECT json_group_array(id) FROM ({select} LIMIT ?)", (*values, limit)).get
    return list(load(found))


def count(db: Db, query: Query, now: datetime) -> int:
    """Return how many tickets match."""
    select, values = search_sql(query, now)
    return int(db.execute(f"SELECT count(*) FROM ({select})", values).get)


def search_sql(query: Query, now: datetime) -> tuple[str, tuple[Any, ...]]:
    """Return an SQL query for `id`s, and its values."""
    match = _match(query)
    if not (query.sla_at_risk or query.pinned_only):
        if match:
            return f"SELECT {ID_OF_ROWID} AS id FROM ticket_fts WHERE ticket_fts MATCH ? ORDER BY rowid", (
                match,
            )
        return "SELECT id FROM ticket WHERE hidden = 0 ORDER BY list_key", ()
    where, values, order = ["hidden = 0"], list[Any](), "list_key"
    if query.sla_at_risk:
        where.append("risk_at < ?")
        values.append(now.timestamp() * 1000)
        order = "due_at, list_key"
    if query.pinned_only:
        where.append("id IN (SELECT ticket FROM pin)")
    if match:
        where.append("list_key IN (SELECT rowid FROM ticket_fts WHERE ticket_fts MATCH ?)")
        values.append(match)
    return f"SELECT id FROM ticket WHERE {' AND '.join(where)} ORDER BY {order}", tuple(values)


def listed(db: Db, ids: Sequence[int]) -> dict[int, ListedTicket]:
    """Return what a list shows of tickets, by id; unknown ids are left out."""
    found = db.execute(_LISTED, (dump(list(ids)),)).get
    return {
        row[0]: ListedTicket(
            id=row[0],
            number=row[1],
            title=row[2],
            requester_name=row[3],
            status=_STATUSES[row[4]],
            priority=_PRIORITIES[row[5]],
            assignee=row[6],
            type=_TYPES[row[7]],
            created_at=from_text(row[8]),
            updated_at=from_text(row[9]),
            sla_paused_seconds=row[10],
            sla_paused_since=when(row[11]),
            is_sample=bool(row[12]),
        )
        for row in load(found)
    }


def answer_states(db: Db, tickets: tuple[int, ...]) -> dict[int, str]:
    """Return for each ticket: `streaming`, or what of its newest answer nobody has seen (`ready`, `failed`), or nothing.

    An answer that a person stopped is no news to them.
    """
    rows = db.execute(
        "SELECT ticket, state, shown_at IS NULL AND finish <> 'cancelled', state IN ('queued','streaming') "
        f"FROM suggestion WHERE ticket IN ({AMONG}) AND kind = 'answer' AND superseded = 0 "
        "ORDER BY state IN ('queued','streaming'), created_at, rowid",
        (dump(list(tickets)),),
    )
    states = dict[int, str]()
    for ticket, state, is_news, is_passing in rows:
        if is_passing:
            states[ticket] = "streaming"
        else:
            states[ticket] = ("ready" if state == "complete" else "failed") if is_news else ""
    return states


def live_owners(db: Db) -> list[tuple[str, str]]:
    """Return (uid, owner) of answers that some process is receiving."""
    return [
        (r[0], r[1])
        for r in db.execute("SELECT uid, owner FROM suggestion WHERE state IN ('queued','streaming')")
    ]


def _match(query: Query) -> str:
    """Return the index's expression for everything but what depends on the time; empty for every ticket."""
    words = [word for word in query.words if _is_said(word)]
    parts = [f'"{_quoted(word)}" *' for word in words]
    if len(words) == 1 and len(words[0]) == 1:  # half of all tickets hold such a word
        parts = [f"{{number title}} : ^ {parts[0]}"]
    parts += [f'"{_quoted(phrase)}"' for phrase in query.phrases if _is_said(phrase)]
    if _is_said(query.requester):
        parts.append(f"requester : ({_words(query.requester)})")
    if _is_said(query.number):
        parts.append(f"number : ({_words(query.number)})")
    filters = [
        *([facet("assignee", query.assignee)] if query.assignee is not None else ()),
        *(facet("tag", tag) for tag in query.tags),
        *([facet("is", "open")] if query.open_only else ()),
    ]
    parts += [f'facets : "{word}"' for word in filters]
    for name, values in (("status", query.statuses), ("priority", query.priorities), ("type", query.types)):
        if values:
            parts.append("facets : (" + " OR ".join(f'"{facet(name, value)}"' for value in values) + ")")
    return " AND ".join(f"({part})" for part in parts)


def _words(text: str) -> str:
    return " AND ".join(f'"{_quoted(word)}" *' for word in text.split() if _is_said(word))


def _is_said(text: str) -> bool:
    return any(map(str.isalnum, text))


def _quoted(text: str) -> str:
    return text.replace('"', '""').replace("\x00", "")
