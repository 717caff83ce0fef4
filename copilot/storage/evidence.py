"""Evidence of a ticket."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from copilot.domain.evidence import Evidence, EvidenceKind, Trust
from copilot.storage.rows import AMONG, dump
from copilot.storage.store import Db
from copilot.support.clock import from_text, to_text
from copilot.support.ids import new_uid

_COLUMNS = "uid, ticket, label, kind, source, source_ref, observed_at, trust, text, sha256, superseded_by, removed, switched_on"


def add(
    db: Db,
    ticket: int,
    kind: EvidenceKind,
    source: str,
    text: str,
    observed_at: datetime,
    trust: Trust,
    source_ref: str = "",
) -> Evidence:
    """Store a fact under the ticket's next label."""
    import hashlib  # 5 ms that a start need not pay

    number = db.execute(
        "UPDATE ticket SET last_label = last_label + 1 WHERE id = ? RETURNING last_label", (ticket,)
    ).get
    evidence = Evidence(
        uid=new_uid("ev"),
        ticket=ticket,
        label=f"E{number}",
        kind=kind,
        source=source,
        source_ref=source_ref,
        observed_at=observed_at,
        trust=trust,
        text=text,
        sha256=hashlib.sha256(text.encode("utf-8")).hexdigest(),
    )
    db.execute(
        f"INSERT INTO evidence ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            evidence.uid,
            ticket,
            evidence.label,
            kind,
            source,
            source_ref,
            to_text(observed_at),
            trust,
            text,
            evidence.sha256,
            "",
            False,
            True,
        ),
    )
    return evidence


def copy_attachments(db: Db, uid: str, copied: Evidence) -> None:
    """Give a copied fact the files of the one it was copied from."""
    rows = db.execute(
        "SELECT name, media_type, data, at FROM attachment WHERE evidence = ?", (uid,)
    ).fetchall()
    db.executemany(
        "INSERT INTO attachment (uid, ticket, evidence, name, media_type, data, at) VALUES (?,?,?,?,?,?,?)",
        [(new_uid("att"), copied.ticket, copied.uid, *row) for row in rows],
    )


def of_ticket(db: Db, ticket: int, *, with_removed: bool = False) -> list[Evidence]:
    """Return the evidence of a ticket in the order of its labels."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM evidence WHERE ticket = ? AND removed <= ? ORDER BY CAST(substr(label, 2) AS INTEGER)",
        (ticket, with_removed),
    )
    return [_from_row(row) for row in rows]


def get_many(db: Db, uids: Sequence[str]) -> list[Evidence]:
    """Return evidence by uid, removed or not, in the order of labels."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM evidence WHERE uid IN ({AMONG}) ORDER BY CAST(substr(label, 2) AS INTEGER)",
        (dump(list(uids)),),
    )
    return [_from_row(row) for row in rows]


def set_removed(db: Db, uid: str, removed: bool) -> None:
    """Take a fact off the list, or put it back."""
    db.execute("UPDATE evidence SET removed = ? WHERE uid = ?", (removed, uid))


def set_switched(db: Db, uid: str, on: bool) -> None:
    """Say whether a fact goes to the model."""
    db.execute("UPDATE evidence SET switched_on = ? WHERE uid = ?", (on, uid))


def _from_row(row: tuple[Any, ...]) -> Evidence:
    return Evidence(
        uid=row[0],
        ticket=row[1],
        label=row[2],
        kind=EvidenceKind(row[3]),
        source=row[4],
        source_ref=row[5],
        observed_at=from_text(row[6]),
        trust=Trust(row[7]),
        text=row[8],
        sha256=row[9],
        superseded_by=row[10],
        removed=bool(row[11]),
        switched_on=bool(row[12]),
    )
