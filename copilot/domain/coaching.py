"""What the coach says of a drafted question."""

from dataclasses import dataclass
from enum import StrEnum

from copilot.domain.span import Span


class Intent(StrEnum):
    """What the technician wants of the model."""

    DIAGNOSE = "diagnose"
    HOW_TO = "how_to"
    COMMAND = "command"
    DRAFT = "draft"
    EXPLAIN = "explain"
    SUMMARISE = "summarise"


class Severity(StrEnum):
    """BLOCK stops sending until it is dealt with; ASK and HINT never do."""

    BLOCK = "block"
    ASK = "ask"
    HINT = "hint"


class FactState(StrEnum):
    """Where a needed fact is."""

    PRESENT = "present"  # in the question
    IN_TICKET = "in_ticket"  # in the evidence that goes along
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault or a gap.

    Attributes:
        rule: Stable id such as `secret.password` or `missing.error_text`.
        severity: See Severity.
        title: A few words.
        why: Why it matters, one sentence.
        example: A good example from the trade; may be empty.
        span: Where it stands in the draft; None for an absence.
        replacement: What one click puts there; empty where there is no fix.
    """

    rule: str
    severity: Severity
    title: str
    why: str
    example: str = ""
    span: Span | None = None
    replacement: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact that the intent needs.

    Attributes:
        dimension: `symptom`, `error_text`, `environment`, `expected`, `since`, `tried`, `scope`, `output_shape`, …
        label: The word on the strip.
        state: Where it is.
        source: Evidence label where `state` is IN_TICKET.
        need: 0 to 1, from the need table.
    """

    dimension: str
    label: str
    state: FactState
    source: str = ""
    need: float = 1.0


@dataclass(frozen=True, slots=True)
class CoachReport:
    """The whole judgement on one draft.

    Attributes:
        intent: What is wanted.
        findings: Most severe first; blocks always included.
        facts: The strip, in a fixed order.
        ready: Whether every needed fact is there, nothing blocks and nothing is asked.
    """

    intent: Intent
    findings: tuple[Finding, ...]
    facts: tuple[Fact, ...]
    ready: bool

    @property
    def blocks(self) -> bool:
        """Whether something must be dealt with before sending."""
        return any(finding.severity is Severity.BLOCK for finding in self.findings)
