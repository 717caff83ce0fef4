"""Which tickets have an answer under way, or one that nobody has seen."""

from copilot.storage import listing
from copilot.storage.store import Db


def under_way(db: Db) -> list[int]:
    """Return the ticket of each answer that is being written or waits, in the order asked."""
    rows = db.execute(
        "SELECT ticket FROM suggestion JOIN ticket ON ticket.id = suggestion.ticket "
        "WHERE state IN ('queued','streaming') AND hidden = 0 ORDER BY suggestion.created_at, suggestion.rowid"
    )
    return [row[0] for row in rows]


def ready(db: Db) -> list[int]:
    """Return the tickets whose answer is complete and was never on screen, the first to end first."""
    rows = db.execute(
        "SELECT ticket FROM suggestion JOIN ticket ON ticket.id = suggestion.ticket "
        "WHERE shown_at IS NULL AND state = 'complete' AND hidden = 0 ORDER BY finished_at, suggestion.rowid"
    )
    tickets = list(dict.fromkeys(row[0] for row in rows))
    states = listing.answer_states(db, tuple(tickets))
    return [ticket for ticket in tickets if states.get(ticket) == "ready"]
