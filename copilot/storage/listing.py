"""What the ticket list reads, and what a start looks for: without the dataclasses of the rest."""

from collections.abc import Sequence
from typing import Any

from copilot.domain.listing import ListedTicket, Priority, Status, TicketType
from copilot.domain.query import Query
from copilot.storage.rows import AMONG, dump, marks, when
from copilot.storage.store import Db
from copilot.support.clock import from_text

_OPEN = tuple(status for status in Status if status.is_open)


def search(db: Db, query: Query) -> list[int]:
    """Return ids of matching tickets, most urgent first, then the last updated.

    SLA is not looked at here: it depends on the time and on the targets.
    """
    where, values = ["hidden = 0"], list[Any]()

    def any_of(column: str, wanted: Sequence[str]) -> None:
        if wanted:
            where.append(f"{column} IN ({marks(wanted)})")
            values.extend(wanted)

    any_of("status", query.statuses)
    any_of("priority", query.priorities)
    any_of("type", query.types)
    if query.open_only or query.sla_at_risk:
        any_of("status", _OPEN)
    if query.assignee is not None:
        where.append("assignee = ? COLLATE NOCASE")
        values.append(query.assignee)
    for text, columns in (
        (query.requester, "requester_name || ' ' || requester_email"),
        (query.number, "number"),
    ):
        if text:
            where.append(f"instr(lower({columns}), lower(?)) > 0")
            values.append(text)
    for tag in query.tags:
        where.append("EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ? COLLATE NOCASE)")
        values.append(tag)
    if match := _match(query):
        where.append("id IN (SELECT rowid FROM ticket_fts WHERE ticket_fts MATCH ?)")
        values.append(match)
    rows = db.execute(
        f"SELECT id FROM ticket WHERE {' AND '.join(where)} "
        f"ORDER BY status IN ({marks(_OPEN)}) DESC, priority, updated_at DESC, id DESC",
        (*values, *_OPEN),
    )
    return [row[0] for row in rows]


def listed(db: Db, ids: Sequence[int]) -> dict[int, ListedTicket]:
    """Return what a list shows of tickets, by id; unknown ids are left out."""
    rows = db.execute(
        "SELECT id, number, title, requester_name, status, priority, assignee, type, created_at, updated_at, "
        f"sla_paused_seconds, sla_paused_since, is_sample FROM ticket WHERE id IN ({AMONG}) AND hidden = 0",
        (dump(list(ids)),),
    )
    return {
        row[0]: ListedTicket(
            id=row[0],
            number=row[1],
            title=row[2],
            requester_name=row[3],
            status=Status(row[4]),
            priority=Priority(row[5]),
            assignee=row[6],
            type=TicketType(row[7]),
            created_at=from_text(row[8]),
            updated_at=from_text(row[9]),
            sla_paused_seconds=row[10],
            sla_paused_since=when(row[11]),
            is_sample=bool(row[12]),
        )
        for row in rows
    }


def answer_states(db: Db, tickets: tuple[int, ...]) -> dict[int, str]:
    """Return for each ticket the state of its newest answer, and whether it was ever on screen."""
    rows = db.execute(
        f"SELECT ticket, state, shown_at IS NULL FROM suggestion WHERE ticket IN ({AMONG}) "
        "AND kind = 'answer' ORDER BY created_at, rowid",
        (dump(list(tickets)),),
    )
    states = dict[int, str]()
    for ticket, state, unseen in rows:
        if state in ("queued", "streaming"):
            states[ticket] = "streaming"
        else:
            states[ticket] = "ready" if unseen else ""
    return states


def live_owners(db: Db) -> list[tuple[str, str]]:
    """Return (uid, owner) of answers that some process is receiving."""
    return [
        (r[0], r[1])
        for r in db.execute("SELECT uid, owner FROM suggestion WHERE state IN ('queued','streaming')")
    ]


def _match(query: Query) -> str:
    words = [f'"{_quoted(word)}"*' for word in query.words if any(c.isalnum() for c in word)]
    phrases = [f'"{_quoted(phrase)}"' for phrase in query.phrases if any(c.isalnum() for c in phrase)]
    return " ".join(words + phrases)


def _quoted(text: str) -> str:
    return text.replace('"', '""').replace("\x00", "")
