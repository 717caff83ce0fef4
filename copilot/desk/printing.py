"""A ticket on paper: fields, thread, evidence, questions and answers, as HTML of our own making."""

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from copilot.domain.evidence import Evidence
from copilot.domain.ticket import Message, Ticket, Visibility
from copilot.support.i18n import figure, tr
from copilot.support.text import clean, one_line

LONGEST = 20_000  # characters of one text; a log of ten thousand lines is no reading


@dataclass(frozen=True, slots=True)
class PrintedAnswer:
    """An answer for paper; `html` is escaped already."""

    model: str
    html: str
    headline: str
    decision: str
    rests_on: tuple[str, ...]  # uids of evidence


@dataclass(frozen=True, slots=True)
class PrintedQuestion:
    """A question with its answers."""

    text: str
    at: datetime
    answers: tuple[PrintedAnswer, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What goes on paper; `header` stands above each page."""

    header: str
    html: str
    left_out: int  # entries that are internal


def internal_evidence(thread: Sequence[Message], facts: Sequence[Evidence]) -> set[str]:
    """Return uids of evidence that was taken from an internal note, or from evidence that was."""
    found = {message.uid for message in thread if message.visibility is Visibility.INTERNAL}
    for fact in facts:  # in the order of labels: what was taken from another comes after it
        if fact.source_ref in found or fact.kind.value == "note":
            found.add(fact.uid)
    return {fact.uid for fact in facts if fact.uid in found}


def sheet(
    ticket: Ticket,
    thread: Sequence[Message],
    facts: Sequence[Evidence],
    questions: Sequence[PrintedQuestion],
    when: Callable[[datetime], str],
    *,
    with_internal: bool,
    all_facts: Sequence[Evidence],
) -> Sheet:
    """Lay a ticket out.

    Args:
        ticket: The ticket.
        thread: Its messages, oldest first.
        facts: Its evidence on the list.
        questions: What was asked, oldest first; empty to leave questions out.
        when: Writes a time as people read it.
        with_internal: Whether internal notes and what rests on them are printed.
        all_facts: `facts` and those taken off the list, which an answer may still rest on.
    """
    secret = set() if with_internal else internal_evidence(thread, all_facts)
    said = [m for m in thread if with_internal or m.visibility is Visibility.PUBLIC]
    shown = [fact for fact in facts if fact.uid not in secret]
    left_out = len(thread) - len(said) + len(facts) - len(shown)
    parts = [f"<h1>{_line(ticket.title) or tr('(no title)')}</h1>", _fields(ticket, when)]
    parts += [
        f"<h2>{tr('Thread')}</h2>",
        _message(ticket.requester.name, when(ticket.created_at), "", ticket.body),
    ]
    for message in said:
        mark = tr("internal note") if message.visibility is Visibility.INTERNAL else ""
        parts.append(_message(message.author, when(message.at), mark, message.text))
    if shown:
        parts.append(f"<h2>{tr('Evidence')}</h2>")
        parts += [_message(f"{f.label}  {f.source}", when(f.observed_at), "", f.text) for f in shown]
    if questions:
        parts.append(f"<h2>{tr('Questions and answers')}</h2>")
    for question in questions:
        parts.append(_message(tr("Question"), when(question.at), "", question.text))
        for answer in question.answers:
            if secret & set(answer.rests_on):
                left_out += 1
                parts.append(f"<p>{tr('(An answer that rests on internal notes is left out.)')}</p>")
            else:
                parts.append(_answer(answer))
    if not with_internal:
        parts.append(f"<p>{tr('Printed without internal notes.')}</p>")
    return Sheet(one_line(f"{ticket.number}  {ticket.title}", 100), "".join(parts), left_out)


def _fields(ticket: Ticket, when: Callable[[datetime], str]) -> str:
    asset = next((a for a in ticket.assets if a.host or a.os or a.model or a.serial), None)
    rows = (
        (tr("Number"), ticket.number),
        (tr("Type"), tr(ticket.type.value)),
        (tr("Status"), tr(ticket.status.value.replace("_", " "))),
        (tr("Priority"), ticket.priority.value),
        (tr("Requester"), " ".join(part for part in (ticket.requester.name, ticket.requester.email) if part)),
        (tr("Assignee"), ticket.assignee or tr("nobody")),
        (tr("Category"), ticket.category),
        (tr("Service"), ticket.service),
        (tr("Site"), ticket.site),
        (
            tr("Machine"),
            ", ".join(p for p in (asset.host, asset.os, asset.model, asset.serial) if p) if asset else "",
        ),
        (tr("Created"), when(ticket.created_at)),
        (tr("Resolved"), when(ticket.resolved_at) if ticket.resolved_at else ""),
    )
    cells = "".join(
        f"<tr><td>{name}&nbsp;&nbsp;</td><td>{_line(value)}</td></tr>" for name, value in rows if value
    )
    return f"<table>{cells}</table>"


def _message(who: str, at: str, mark: str, text: str) -> str:
    head = "  ·  ".join(_line(part) for part in (who or tr("unknown"), at, mark) if part)
    return f"<p><b>{head}</b></p><p>{_text(text)}</p>"


def _answer(answer: PrintedAnswer) -> str:
    head = "  ·  ".join(
        _line(part) for part in (tr("Answer by the model"), answer.model, answer.headline) if part
    )
    decision = f"<p>{tr('Decision: {decision}').format(decision=_line(answer.decision))}</p>"
    return f"<p><b>{head}</b></p>{answer.html}{decision}"


def _line(text: str) -> str:
    return html.escape(one_line(text, 300))


def _text(text: str) -> str:
    text = clean(text).strip()
    more = len(text) - LONGEST
    lines = html.escape(text[:LONGEST]).replace("\n", "<br>").replace("  ", "&nbsp; ")
    if more > 0:
        lines += "<br>" + tr("… ({n} more characters are not printed)").format(n=figure(more))
    return lines
