"""Question, answer and what was decided about it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AnswerState(StrEnum):
    """QUEUED and STREAMING are passing states; an answer that a crash left in them becomes INTERRUPTED."""

    QUEUED = "queued"
    STREAMING = "streaming"
    COMPLETE = "complete"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Question:
    """What the technician sent.

    Attributes:
        uid: Unique id.
        ticket: Id of the ticket.
        text: As it was sent, secrets masked.
        rendered: The exact user message that went to the model; frozen within its epoch.
        epoch: Uid of the prompt epoch.
        at: When it was stored, UTC.
        intent: The coach's reading.
        evidence: Uids of evidence that first went along with this question.
        superseded: Whether it was edited and resent; it is no longer part of the prompt.
    """

    uid: str
    ticket: int
    text: str
    rendered: str
    epoch: str
    at: datetime
    intent: str = ""
    evidence: tuple[str, ...] = ()
    superseded: bool = False


@dataclass(frozen=True, slots=True)
class Timings:
    """What the engine measured. Seconds and tokens; zero where unknown."""

    prompt_tokens: int = 0
    cached_tokens: int = 0
    prompt_seconds: float = 0.0
    answer_tokens: int = 0
    answer_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model said; a suggestion of kind `answer`.

    Attributes:
        uid: Unique id.
        ticket: Id of the ticket.
        question: Uid of the question.
        text: Markdown as received so far.
        state: See AnswerState.
        model: Catalogue id or file name; the fake engine is named as such.
        prompt_hash: SHA-256 of the whole prompt text, hex.
        evidence: Uids of all evidence in the prompt.
        created_at: When it was asked for, UTC.
        finished_at: When it ended, UTC.
        error: One sentence where it failed or was interrupted.
        finish: `stop`, `length`, `cancelled` or empty.
        seconds_visible: Seconds on screen while the window was active.
        superseded: Whether it was regenerated.
        timings: What the engine measured.
    """

    uid: str
    ticket: int
    question: str
    text: str
    state: AnswerState
    model: str
    prompt_hash: str
    evidence: tuple[str, ...]
    created_at: datetime
    finished_at: datetime | None = None
    error: str = ""
    finish: str = ""
    seconds_visible: float = 0.0
    superseded: bool = False
    timings: Timings = Timings()


class ClaimKind(StrEnum):
    """How a sentence of an answer stands to the evidence."""

    SUPPORTED = "supported"  # about this ticket, and found in the evidence
    UNSUPPORTED = "unsupported"  # about this ticket, and not in the evidence
    GENERAL = "general"  # general advice, nothing to check here


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer; `start` and `end` are offsets into the answer's Markdown.

    `labels` are the evidence labels that hold it; `reason` says in a few words why it is unsupported.
    """

    start: int
    end: int
    kind: ClaimKind
    labels: tuple[str, ...] = ()
    reason: str = ""


class CommandRisk(StrEnum):
    """What a command does, at worst."""

    READS = "reads"
    CHANGES = "changes"
    DESTROYS = "destroys"


@dataclass(frozen=True, slots=True)
class Command:
    """A command in an answer, with why it is rated so."""

    text: str
    risk: CommandRisk
    why: str = ""


@dataclass(frozen=True, slots=True)
class AnswerReading:
    """What the program makes of an answer."""

    claims: tuple[Claim, ...] = ()
    commands: tuple[Command, ...] = ()

    @property
    def facts(self) -> int:
        """Claims about this ticket."""
        return sum(claim.kind is not ClaimKind.GENERAL for claim in self.claims)

    @property
    def supported(self) -> int:
        """Claims about this ticket that the evidence holds."""
        return sum(claim.kind is ClaimKind.SUPPORTED for claim in self.claims)


class DecisionKind(StrEnum):
    """What was done with a suggestion."""

    ACCEPT = "accept"
    EDIT = "edit"
    USED = "used"
    OVERRIDE = "override"
    ESCALATE = "escalate"
    IGNORE = "ignore"
    EXPIRED = "expired"
    UNDO = "undo"


class Reason(StrEnum):
    """Why it was overridden or escalated."""

    WRONG_CATEGORY = "wrong_category"
    WRONG_CAUSE = "wrong_cause"
    MISSING_INFO = "missing_info"
    UNSAFE_ACTION = "unsafe_action"
    POLICY_OR_VIP = "policy_or_vip"
    TONE = "tone"
    STALE_KNOWLEDGE = "stale_knowledge"
    NOT_APPLICABLE = "not_applicable"
    QUICKER_BY_HAND = "quicker_by_hand"
    OTHER = "other"
    NONE_GIVEN = "none_given"


@dataclass(frozen=True, slots=True)
class Decision:
    """One append-only entry. `edit_similarity` is 0 to 1 (difflib ratio on words), None where nothing was edited."""

    uid: str
    suggestion: str
    kind: DecisionKind
    reason: Reason
    note: str
    at: datetime
    by: str
    edit_similarity: float | None = None
    diff: str = ""
    undoes: str = ""


class Fixed(StrEnum):
    """The answer to "Did it fix it?"."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
