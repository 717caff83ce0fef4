"""Evidence: the one currency. Immutable; its label is never used again in its ticket."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EvidenceKind(StrEnum):
    """Where a fact comes from."""

    DESCRIPTION = "description"
    MESSAGE = "message"
    NOTE = "note"
    ASSET = "asset"
    ATTACHMENT = "attachment"
    SELECTION = "selection"
    PASTE = "paste"
    FILE = "file"
    COMMAND_OUTPUT = "command_output"
    FINDING = "finding"
    SIMILAR_TICKET = "similar_ticket"
    KNOWLEDGE = "knowledge"


class Trust(StrEnum):
    """How far a fact is trusted."""

    MEASURED = "measured"  # a machine's own output
    RECORDED = "recorded"  # the desk's records
    STATED = "stated"  # somebody said so


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact with its source.

    Attributes:
        uid: Unique id.
        ticket: Id of the ticket.
        label: `E1`, `E2`, … counted up in the ticket.
        kind: Where it comes from.
        source: A person's words for the source ("Dana Whitfield, message", "laptop.log").
        source_ref: Uid of the message or name of the file it was taken from; empty where there is none.
        observed_at: When the fact was true, UTC.
        trust: How far it is trusted.
        text: The fact, cleaned plain text.
        sha256: Hex digest of `text` in UTF-8.
        superseded_by: Uid of the evidence that replaces it; empty while it holds.
        removed: Whether a person took it off the list (kept, for decisions that cite it).
        switched_on: Whether it goes to the model.
    """

    uid: str
    ticket: int
    label: str
    kind: EvidenceKind
    source: str
    source_ref: str
    observed_at: datetime
    trust: Trust
    text: str
    sha256: str
    superseded_by: str = ""
    removed: bool = False
    switched_on: bool = True
