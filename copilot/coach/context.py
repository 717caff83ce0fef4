"""What the coach is given, and what it hands back beside its report."""

from dataclasses import dataclass
from enum import StrEnum

from copilot.domain.evidence import Evidence
from copilot.domain.span import Span
from copilot.domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class CoachContext:
    """What a drafted question is judged against.

    Attributes:
        ticket: The ticket it is about.
        evidence: Exactly what will be sent along; what is not sent covers nothing.
        earlier_turns: Earlier questions of the same conversation, oldest first.
    """

    ticket: Ticket
    evidence: tuple[Evidence, ...] = ()
    earlier_turns: tuple[str, ...] = ()


class SecretKind(StrEnum):
    """What a secret is masked as."""

    PASSWORD = "PASSWORD"
    TOKEN = "TOKEN"
    KEY = "KEY"


@dataclass(frozen=True, slots=True, order=True)
class SecretHit:
    """A secret in a text; `span` covers the secret itself, not the words around it."""

    span: Span
    rule: str
    kind: SecretKind


@dataclass(frozen=True, slots=True)
class Masked:
    """A text with each secret replaced by `<KIND_n>`.

    Attributes:
        text: The masked text; it holds no secret that the rules can find.
        hits: What was replaced, with offsets into the text as it was.
    """

    text: str
    hits: tuple[SecretHit, ...]


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A question laid out in slots.

    Attributes:
        text: The rewritten question, secrets masked.
        gaps: Dimensions for which it says `[ask the user: …]`.
        used: Labels of the evidence it quotes, in order of first use.
    """

    text: str
    gaps: tuple[str, ...]
    used: tuple[str, ...]
