"""Many new tickets at once: rows are made ready outside the transaction, and stored by `executemany`."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from copilot.domain.evidence import EvidenceKind, Trust
from copilot.domain.ticket import ActorKind, Attachment, Message, Ticket
from copilot.storage import search_index, tickets
from copilot.storage.rows import AMONG, dump
from copilot.storage.store import Db
from copilot.support.clock import to_text
from copilot.support.ids import new_uids

_TICKET_COLUMNS = f"{tickets.COLUMNS}, last_label, hidden"
_ID, _NUMBER = 0, 1  # places in a ticket's row
_LABELS = tuple(f"E{n}" for n in range(1, 64))

Ranges = list[list[int]]
"""First and last id of tickets that follow each other, several times."""


class TicketBatch:
    """Rows of new tickets. Until they are stored their ids count from 1; `add_*` belong to the last `add_ticket`."""

    def __init__(self, uids: int, *, hidden: bool = False) -> None:
        """Make room for up to `uids` messages and as many facts."""
        self._hidden = hidden
        self._message_uids = iter(new_uids("msg", uids))
        self._fact_uids = iter(new_uids("ev", uids))
        self._tickets: list[list[Any]] = []
        self._messages: list[tuple[Any, ...]] = []
        self._events: list[tuple[Any, ...]] = []
        self._facts: list[tuple[Any, ...]] = []
        self._labels = 0

    def __len__(self) -> int:
        return len(self._tickets)

    def add_ticket(self, ticket: Ticket, title: str, body: str) -> None:
        """Take a ticket with its text cleaned."""
        self.end_ticket()
        row = list(tickets.to_row(ticket))
        row[_ID], row[3], row[4] = len(self._tickets) + 1, title, body
        self._tickets.append(row)
        self._labels = 0
        actor = ticket.requester.name
        self._events.append((row[_ID], row[22], actor, ActorKind.HUMAN, "created", "", row[_NUMBER]))

    def add_fact(
        self, kind: EvidenceKind, source: str, text: str, at: str, trust: Trust, source_ref: str = ""
    ) -> None:
        """Take a fact under the ticket's next label."""
        number = self._labels
        self._labels = number + 1
        self._facts.append(
            (
                next(self._fact_uids),
                len(self._tickets),
                _LABELS[number] if number < len(_LABELS) else f"E{number + 1}",
                kind,
                source,
                source_ref,
                at,
                trust,
                text,
                hashlib.sha256(text.encode()).hexdigest(),
            )
        )

    def add_message(self, message: Message, text: str, attachments: Sequence[Attachment]) -> str:
        """Take an entry of the thread with its text cleaned; return its uid."""
        uid = next(self._message_uids)
        self._messages.append(
            (
                uid,
                len(self._tickets),
                to_text(message.at),
                message.author,
                message.visibility,
                text,
                message.from_requester,
                dump(attachments) if attachments else "[]",
                message.origin,
            )
        )
        return uid

    def end_ticket(self) -> None:
        """Write down how many labels the last ticket has given out."""
        if self._tickets and len(self._tickets[-1]) < _WIDTH:
            self._tickets[-1] += (self._labels, self._hidden)

    def numbers(self) -> list[str]:
        """Return the numbers that these tickets bring along."""
        return [row[_NUMBER] for row in self._tickets if row[_NUMBER]]

    def insert(self, db: Db) -> range:
        """Store everything; return the ids, in the order of `add_ticket`. Numbers brought along must be free."""
        self.end_ticket()
        base = int(db.execute("SELECT coalesce(max(id), 0) FROM ticket").get)
        self._give_numbers(db, base)
        db.executemany(
            f"INSERT INTO ticket ({_TICKET_COLUMNS}) VALUES (? + {base}{', ?' * (_WIDTH - 1)})", self._tickets
        )
        db.executemany(
            "INSERT INTO message (uid, ticket, at, author, visibility, text, from_requester, attachments, origin) "
            f"VALUES (?, ? + {base}, ?, ?, ?, ?, ?, ?, ?)",
            self._messages,
        )
        db.executemany(
            "INSERT INTO evidence (uid, ticket, label, kind, source, source_ref, observed_at, trust, text, sha256) "
            f"VALUES (?, ? + {base}, ?, ?, ?, ?, ?, ?, ?, ?)",
            self._facts,
        )
        db.executemany(
            "INSERT INTO ticket_event (ticket, at, actor, actor_kind, field, old, new) "
            f"VALUES (? + {base}, ?, ?, ?, ?, ?, ?)",
            self._events,
        )
        return range(base + 1, base + len(self._tickets) + 1)

    def _give_numbers(self, db: Db, base: int) -> None:
        given = set(self.numbers())
        for place, row in enumerate(self._tickets):
            if not row[_NUMBER]:
                row[_NUMBER] = number = _free_number(db, base + place + 1, given)
                given.add(number)
                self._events[place] = (*self._events[place][:-1], number)


_WIDTH = len(_TICKET_COLUMNS.split(","))


def _free_number(db: Db, ticket: int, given: set[str]) -> str:
    """Return `T-<id>` or, where an imported ticket brought that number along, the next one free."""
    free = ticket
    while True:
        number = f"T-{free}"
        taken = "SELECT 1 FROM ticket WHERE number IN (?, ?)"
        if number not in given and not db.execute(taken, (number, number.lower())).fetchone():
            return number
        free += 1


def taken_numbers(db: Db, numbers: Iterable[str]) -> list[str]:
    """Return those of `numbers` that a ticket has, as they are written there."""
    return [
        row[0]
        for row in db.execute(f"SELECT number FROM ticket WHERE number IN ({AMONG})", (dump(list(numbers)),))
    ]


def all_numbers(db: Db) -> list[str]:
    """Return every number that is taken."""
    return [row[0] for row in db.execute("SELECT number FROM ticket")]


def show(db: Db, ids: range) -> None:
    """Put tickets that were stored hidden on the lists, and into the search index."""
    db.execute("UPDATE ticket SET hidden = 0 WHERE id BETWEEN ? AND ?", (ids.start, ids.stop - 1))
    search_index.index_many(db, ids)


def delete(db: Db, ids: range) -> None:
    """Delete tickets with all that belongs to them, but for those somebody has worked on: these are hidden instead.

    All their numbers become free, so that the same file can be imported again.
    """
    first, last = ids.start, ids.stop - 1
    db.execute(
        "DELETE FROM ticket_fts WHERE rowid IN (SELECT list_key FROM ticket WHERE id BETWEEN ? AND ?)",
        (first, last),
    )
    db.execute(
        "UPDATE ticket SET hidden = 1, number = number || char(31) || id WHERE id BETWEEN ?1 AND ?2 AND ("
        "id IN (SELECT ticket FROM undo_entry UNION SELECT j.value FROM undo_entry, json_each(tickets) j) "
        "OR id IN (SELECT ticket FROM draft) OR EXISTS (SELECT 1 FROM question WHERE ticket = ticket.id))",
        (first, last),
    )
    db.execute("DELETE FROM ticket WHERE id BETWEEN ? AND ? AND instr(number, char(31)) = 0", (first, last))


def merge_ranges(ranges: Ranges, ids: range) -> Ranges:
    """Return `ranges` with `ids` at their end."""
    if ranges and ranges[-1][1] + 1 == ids.start:
        return [*ranges[:-1], [ranges[-1][0], ids.stop - 1]]
    return [*ranges, [ids.start, ids.stop - 1]]
