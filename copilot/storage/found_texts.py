"""The texts of a ticket that are searched."""

from copilot.storage.store import Db


def of_ticket(db: Db, ticket: int) -> tuple[tuple[str, ...], list[tuple[str, str]]]:
    """Return what a list row shows, and (place, text) of everything else, in the order of the screen.

    A place is `body`, `public`, `internal`, `question`, `answer` or the label of a piece of evidence.
    """
    row = db.execute(
        "SELECT number, title, requester_name, body FROM ticket WHERE id = ?", (ticket,)
    ).fetchone()
    if row is None:
        return (), []
    texts = [("body", str(row[3]))]
    for sql in (
        "SELECT visibility, text FROM message WHERE ticket = ? AND hidden = 0 ORDER BY at, rowid",
        "SELECT label, source || ': ' || text FROM evidence WHERE ticket = ? AND removed = 0 "
        "AND kind NOT IN ('description', 'message', 'note') ORDER BY rowid",
        "SELECT 'question', text FROM question WHERE ticket = ? ORDER BY at",
        "SELECT 'answer', payload FROM suggestion WHERE ticket = ? AND kind = 'answer' ORDER BY created_at",
    ):
        texts += [(str(place), str(text)) for place, text in db.execute(sql, (ticket,))]
    return (str(row[0]), str(row[1]), str(row[2])), texts
