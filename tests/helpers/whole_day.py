"""A whole day on a desk with people that can be found again: everything that the program stores is stored once."""

import json
import logging
from pathlib import Path

from copilot.domain.conversation import DecisionKind, Fixed, Reason
from copilot.domain.evidence import EvidenceKind
from copilot.domain.ticket import Asset, Person, Visibility
from copilot.services.ask import AskService
from copilot.services.bundle import Services

ME = "Ilse Tëchnician-Mark"
REQUESTER = "Zoë Marker-Person"
EMAIL = "zoe.marker@example.org"
COLLEAGUE = "Otto Othermark"
MARKERS = (ME, REQUESTER, EMAIL, COLLEAGUE, "Zoë", "Tëchnician", "Othermark", "zoe.marker")
QUESTION = f"Why can {REQUESTER} not print since Monday?"


def play(services: Services, folder: Path) -> int:
    """Work on the desk as people do; return the ticket on which everything happened."""
    services.settings.set("me", ME)
    services.settings.set("recent_commands", [f"Search {REQUESTER}"])
    file = folder / "in.json"
    file.write_text(json.dumps([_imported()]), encoding="utf-8")
    exchange = services.exchange
    (imported,) = exchange.store(exchange.read(file)).ids
    tickets = services.tickets
    tickets.save_draft(0, "body", f"{REQUESTER} called")
    made, _ = tickets.create(
        f"{REQUESTER} cannot print",
        f"Hello, this is {REQUESTER} <{EMAIL}>. {COLLEAGUE} has the same.",
        requester=Person(REQUESTER, EMAIL, vip=True),
        asset=Asset(host=f"Laptop of {REQUESTER}", os="Windows 11"),
    )
    ticket = made.id
    tickets.change(ticket, "assignee", COLLEAGUE)
    tickets.change(ticket, "site", f"Desk of {REQUESTER}")
    tickets.change(ticket, "title", f"{REQUESTER} cannot print at all")
    tickets.post(ticket, f"Called {REQUESTER}; {COLLEAGUE} helps.", Visibility.INTERNAL)
    undone = tickets.post(ticket, f"Not for {REQUESTER} to read", Visibility.INTERNAL)
    tickets.undo(undone.undo_id)
    tickets.post(ticket, f"Dear {REQUESTER}, please try again.", Visibility.PUBLIC)
    fact, _ = tickets.add_evidence(
        ticket, EvidenceKind.PASTE, f"user={EMAIL} denied", f"log of {REQUESTER}", source_ref=f"/home/{EMAIL}"
    )
    tickets.switch_evidence(fact.uid, False)
    ask = services.ask
    accepted = _ask(ask, ticket, QUESTION)
    services.decisions.accept(accepted)
    draft = tickets.case(ticket).drafts["note"].text
    tickets.save_draft(ticket, "note", f"{draft}\n{REQUESTER} agreed.")
    tickets.post(ticket, f"{draft}\n{REQUESTER} agreed.", Visibility.INTERNAL)
    other = _ask(ask, ticket, f"And does {COLLEAGUE} have the same?")
    services.decisions.decide(other, DecisionKind.OVERRIDE, Reason.OTHER, f"{COLLEAGUE} says no")
    first = tickets.case(ticket).evidence[0]
    tickets.switch_evidence(first.uid, False)  # so that what the model knows is written again
    third = _ask(ask, ticket, "What else?")
    services.decisions.seen(third, 12.0)
    services.decisions.did_it_fix(ticket, Fixed.PARTLY)
    tickets.save_draft(ticket, "reply", f"Dear {REQUESTER},")
    with services.store.write() as db:  # what other parts of the program write, by their own services
        at = "2026-03-02T09:00:00.000Z"
        db.execute("INSERT OR REPLACE INTO visit VALUES (?, ?)", (ticket, at))
        db.execute("INSERT OR REPLACE INTO pin VALUES (?, ?)", (ticket, at))
        db.execute(
            "INSERT INTO saved_view (name, \"view\", query, position) VALUES (?, 'all', ?, 0)",
            (f"Of {REQUESTER}", f'from:"{REQUESTER}"'),
        )
        db.execute("INSERT INTO ticket_link VALUES (?, ?, 'related', ?, ?)", (ticket, imported, ME, at))
        db.execute("INSERT INTO imported_file VALUES ('0', ?, 1, ?)", (f"{REQUESTER}.csv", at))
        db.execute(
            "INSERT INTO attachment VALUES ('att_1', ?, ?, ?, 'image/png', ?, ?)",
            (ticket, fact.uid, f"{REQUESTER}.png", f"screen of {REQUESTER}".encode(), at),
        )
    (services.data_dir / "cache" / "kv" / str(ticket)).mkdir(parents=True)
    (services.data_dir / "cache" / "kv" / str(ticket) / "prefix.kv").write_bytes(REQUESTER.encode())
    services.backups.create()
    try:
        raise ValueError(f"{REQUESTER} is no number")
    except ValueError:
        logging.getLogger("copilot").exception("unexpected")
    return ticket


def _ask(service: AskService, ticket: int, text: str) -> str:
    answer = service.ask(ticket, text, lambda _: None)
    service.wait(answer, 30)
    return answer


def _imported() -> dict[str, object]:
    return {
        "number": "INC-9",
        "title": f"VPN of {REQUESTER}",
        "body": f"{REQUESTER} writes from {EMAIL}.",
        "requester_name": REQUESTER,
        "requester_email": EMAIL,
        "assignee": ME,
        "tags": [REQUESTER],
        "messages": [
            {
                "author": REQUESTER,
                "text": f"It is me, {REQUESTER}.",
                "from_requester": True,
                "attachments": [{"name": f"{REQUESTER}.txt", "text": f"log of {REQUESTER}"}],
            }
        ],
    }


def traces(data_dir: Path) -> dict[str, set[str]]:
    """Return every file below the data folder that holds a marker's bytes, by path, with the markers."""
    found = dict[str, set[str]]()
    for path in data_dir.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            held = {marker for marker in MARKERS if marker.encode("utf-8") in data}
            if held:
                found[path.relative_to(data_dir).as_posix()] = held
    return found
