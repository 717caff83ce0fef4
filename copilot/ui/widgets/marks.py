"""What is said of a thing: an icon and a word first, a colour last."""

from typing import TYPE_CHECKING, NamedTuple

from copilot.domain.listing import Priority, SlaState, Status, TicketType
from copilot.support.i18n import tr
from copilot.ui.format import sla_text
from copilot.ui.theme.tokens import Tone

if TYPE_CHECKING:  # the list, which comes first, needs none of these
    from copilot.domain.coaching import Severity
    from copilot.domain.conversation import ClaimKind, CommandRisk


class Mark(NamedTuple):
    """An icon, a word and a tone.

    Attributes:
        icon: Icon name.
        text: The word on the chip.
        tone: See Tone.
        spoken: What a screen reader says; the word where it is empty.
        plain: Whether it stands without a fill behind it.
    """

    icon: str
    text: str
    tone: Tone = Tone.NEUTRAL
    spoken: str = ""
    plain: bool = False


def priority_mark(priority: Priority) -> Mark:
    """Return the mark of a priority."""
    icon, tone = {
        Priority.P1: ("chevrons-up", Tone.DANGER),
        Priority.P2: ("chevron-up", Tone.WARNING),
        Priority.P3: ("minus", Tone.NEUTRAL),
        Priority.P4: ("chevron-down", Tone.NEUTRAL),
    }[priority]
    return Mark(icon, priority.value, tone, tr("Priority {name}").format(name=priority.value))


def type_text(kind: TicketType) -> str:
    """Return the word of a ticket type."""
    return {
        TicketType.INCIDENT: tr("Incident"),
        TicketType.REQUEST: tr("Request"),
        TicketType.PROBLEM: tr("Problem"),
        TicketType.CHANGE: tr("Change"),
        TicketType.QUESTION: tr("Question"),
    }[kind]


def status_text(status: Status) -> str:
    """Return the word of a status."""
    return {
        Status.NEW: tr("New"),
        Status.TRIAGED: tr("Triaged"),
        Status.IN_PROGRESS: tr("In progress"),
        Status.AWAITING_USER: tr("Awaiting user"),
        Status.AWAITING_VENDOR: tr("Awaiting vendor"),
        Status.AWAITING_CHANGE_OR_PROBLEM: tr("Awaiting change"),
        Status.RESOLVED: tr("Resolved"),
        Status.CLOSED: tr("Closed"),
        Status.CANCELLED: tr("Cancelled"),
        Status.MERGED: tr("Merged"),
    }[status]


def status_mark(status: Status) -> Mark:
    """Return the mark of a status."""
    icon, tone = {
        Status.NEW: ("circle", Tone.ACCENT),
        Status.TRIAGED: ("list", Tone.NEUTRAL),
        Status.IN_PROGRESS: ("circle-half", Tone.ACCENT),
        Status.AWAITING_USER: ("pause", Tone.NEUTRAL),
        Status.AWAITING_VENDOR: ("pause", Tone.NEUTRAL),
        Status.AWAITING_CHANGE_OR_PROBLEM: ("link", Tone.NEUTRAL),
        Status.RESOLVED: ("check-circle", Tone.SUCCESS),
        Status.CLOSED: ("archive", Tone.NEUTRAL),
        Status.CANCELLED: ("x-circle", Tone.NEUTRAL),
        Status.MERGED: ("merge", Tone.NEUTRAL),
    }[status]
    text = status_text(status)
    return Mark(icon, text, tone, tr("Status: {name}").format(name=text))


def sla_mark(sla: SlaState) -> Mark | None:
    """Return the mark of a resolution target; None once the ticket is no longer open."""
    text = sla_text(sla)
    if sla.left_minutes is None:
        return None
    spoken = tr("Resolution target: {text}").format(text=text)
    if sla.left_minutes < 0:
        return Mark("alert-triangle", text, Tone.DANGER, spoken)
    if sla.paused:
        return Mark("pause", text, Tone.NEUTRAL, spoken, plain=True)
    if sla.at_risk:
        return Mark("clock", text, Tone.WARNING, spoken)
    return Mark("clock", text, Tone.NEUTRAL, spoken, plain=True)


def risk_mark(risk: "CommandRisk") -> Mark:
    """Return the mark of what a command does."""
    from copilot.domain.conversation import CommandRisk

    icon, text, tone = {
        CommandRisk.READS: ("eye", tr("Reads"), Tone.NEUTRAL),
        CommandRisk.CHANGES: ("edit", tr("Changes"), Tone.WARNING),
        CommandRisk.DESTROYS: ("alert-octagon", tr("Destroys"), Tone.DANGER),
    }[risk]
    return Mark(icon, text, tone, tr("Risk: {text}").format(text=text))


def severity_mark(severity: "Severity") -> Mark:
    """Return the mark of a coach's finding."""
    from copilot.domain.coaching import Severity

    icon, text, tone = {
        Severity.BLOCK: ("alert-octagon", tr("Blocks sending"), Tone.DANGER),
        Severity.ASK: ("help", tr("Missing"), Tone.WARNING),
        Severity.HINT: ("bulb", tr("Hint"), Tone.NEUTRAL),
    }[severity]
    return Mark(icon, text, tone, text)


def claim_mark(kind: "ClaimKind") -> Mark:
    """Return the mark of a sentence of an answer."""
    from copilot.domain.conversation import ClaimKind

    icon, text, tone = {
        ClaimKind.SUPPORTED: ("check-circle", tr("Supported"), Tone.SUCCESS),
        ClaimKind.UNSUPPORTED: ("help", tr("Unsupported"), Tone.WARNING),
        ClaimKind.GENERAL: ("info", tr("General advice"), Tone.NEUTRAL),
    }[kind]
    return Mark(icon, text, tone, text)
