"""Pictures that belong to a piece of evidence."""

from dataclasses import dataclass
from datetime import datetime

from copilot.storage.store import Db
from copilot.support.clock import to_text
from copilot.support.ids import new_uid


@dataclass(frozen=True, slots=True)
class StoredImage:
    """A picture as it was brought in."""

    name: str
    media_type: str
    data: bytes


def add(db: Db, ticket: int, evidence: str, image: StoredImage, at: datetime) -> str:
    """Store a picture and return its uid."""
    uid = new_uid("att")
    db.execute(
        "INSERT INTO attachment (uid, ticket, evidence, name, media_type, data, at) VALUES (?,?,?,?,?,?,?)",
        (uid, ticket, evidence, image.name, image.media_type, image.data, to_text(at)),
    )
    return uid


def of_evidence(db: Db, evidence: str) -> StoredImage | None:
    """Return the picture of a piece of evidence."""
    row = db.execute(
        "SELECT name, media_type, data FROM attachment WHERE evidence = ? ORDER BY at LIMIT 1", (evidence,)
    ).fetchone()
    return StoredImage(*row) if row else None
