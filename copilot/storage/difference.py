"""What two databases of this program differ in, ticket by ticket: what a restore would take and bring."""

from pathlib import Path
from typing import NamedTuple

from copilot.storage.backup import open_copy
from copilot.storage.store import Db, translated_errors
from copilot.support.text import one_line

SHOWN = 20

_Content = dict[tuple[str, str], tuple[str, tuple[object, ...]]]


class Named(NamedTuple):
    """Tickets: how many in all, and number and title of the first `SHOWN`."""

    total: int
    first: tuple[tuple[str, str], ...]


class Difference(NamedTuple):
    """Tickets that only the one has, only the other has, and both have, but not alike."""

    only_here: Named
    only_there: Named
    changed: Named


def difference(here: Path, there: Path, key: str | None = None) -> Difference:
    """Compare the desk `here`, which may be in use, with the copy `there`.

    A ticket is the same where number and time of making are. One counts as changed where a field, the thread, the
    evidence, a question, an answer or a decision differs.
    """
    with translated_errors(here):
        db = open_copy(here, key, is_live=True)
        try:
            mine = _content(db)
        finally:
            db.close()
    with translated_errors(there):
        db = open_copy(there, key)
        try:
            theirs = _content(db)
        finally:
            db.close()
    return Difference(
        _named(mine, mine.keys() - theirs.keys()),
        _named(theirs, theirs.keys() - mine.keys()),
        _named(mine, {ticket for ticket in mine.keys() & theirs.keys() if mine[ticket] != theirs[ticket]}),
    )


def _content(db: Db) -> _Content:
    """Return (number, made at) -> (title, what tells whether two are alike), newest first."""
    query = (
        "SELECT number, created_at, title, updated_at, "
        "(SELECT count(*) || ' ' || total(hidden) FROM message WHERE ticket = t.id), "
        "(SELECT count(*) || ' ' || total(removed) || ' ' || total(switched_on) FROM evidence WHERE ticket = t.id), "
        "(SELECT count(*) FROM ticket_event WHERE ticket = t.id), "
        "(SELECT count(*) || ' ' || total(superseded) FROM question WHERE ticket = t.id), "
        "(SELECT count(*) || ' ' || total(superseded) || ' ' || total(length(payload)) FROM suggestion "
        " WHERE ticket = t.id), "
        "(SELECT count(*) FROM decision WHERE suggestion IN (SELECT uid FROM suggestion WHERE ticket = t.id)) "
        "FROM ticket t WHERE hidden = 0 ORDER BY updated_at DESC, id DESC"
    )
    return {(str(row[0]), str(row[1])): (str(row[2]), tuple(row[2:])) for row in db.execute(query)}


def _named(content: _Content, tickets: set[tuple[str, str]]) -> Named:
    first = [ticket for ticket in content if ticket in tickets][:SHOWN]
    return Named(len(tickets), tuple((one_line(t[0], 40), one_line(content[t][0], 120)) for t in first))
