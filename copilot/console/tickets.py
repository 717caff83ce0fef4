"""`tickets import|list|show`; what changes tickets is in `console/bulk.py`, files in `console/ticket_files.py`."""

import argparse
from pathlib import Path
from typing import Any

import msgspec

from copilot.console import bulk, ticket_files
from copilot.console.context import Context
from copilot.console.privacy import add_ticket_command as add_delete_command
from copilot.domain.query import View
from copilot.domain.ticket import SlaState
from copilot.services.ask import AnswerView
from copilot.support.clock import to_text
from copilot.support.i18n import tr, tr_n


def add_commands(groups: Any, common: argparse.ArgumentParser) -> None:
    """Add this group to the command line."""
    group = groups.add_parser("tickets", parents=[common], help=tr("import, list and show tickets"))
    commands = group.add_subparsers(metavar="COMMAND", required=True)

    imports = commands.add_parser(
        "import", parents=[common], help=tr("import a CSV, JSON or JSON Lines file")
    )
    imports.add_argument("file", type=Path)
    imports.add_argument(
        "--map", type=Path, metavar="MAP", help=tr("YAML or JSON file that names the columns")
    )
    imports.add_argument("--skip-errors", action="store_true", help=tr("leave faulty rows out"))
    imports.add_argument(
        "--skip-known", action="store_true", help=tr("leave out tickets that are on the desk")
    )
    imports.add_argument(
        "--guess", action="store_true", help=tr("read the columns by their names, not as last time")
    )
    imports.set_defaults(command=import_file)
    ticket_files.add_commands(commands, common)

    lists = commands.add_parser("list", parents=[common], help=tr("list tickets"))
    lists.add_argument(
        "--query", default="", help=tr('words, "phrases", status:new, priority:P1, assignee:me …')
    )
    lists.add_argument("--view", choices=[v.value for v in View], default=View.ALL.value)
    lists.set_defaults(command=list_tickets)

    show = commands.add_parser("show", parents=[common], help=tr("show a ticket with all that belongs to it"))
    show.add_argument("id", help=tr("number or id"))
    show.set_defaults(command=show_ticket)
    add_delete_command(commands, common)
    bulk.add_commands(commands, common)


def import_file(context: Context) -> int:
    """Import all of a file, or nothing."""
    options = context.options
    service = context.services.exchange
    read = ticket_files.progress(context, tr("Reading, {share} …"))
    result = service.read(options.file, options.map, read, use_guess=options.guess)
    imported = service.store(
        result,
        skip_errors=options.skip_errors,
        skip_known=options.skip_known,
        progress=ticket_files.progress(context, tr("Importing, {share} …")),
    )
    for note in result.notes:
        context.output.note(note)
    for error in result.errors:
        context.output.note(tr("left out: {error}").format(error=error))
    if imported.known:
        known = tr_n("{n} was on the desk already.", "{n} were on the desk already.", imported.known)
        context.output.note(known)
    context.output.text(tr_n("{n} ticket imported.", "{n} tickets imported.", len(imported.ids)))
    context.output.document(
        {
            "imported": len(imported.ids),
            "ids": imported.ids,
            "known": imported.known,
            "skipped": [msgspec.to_builtins(error) for error in result.errors],
        }
    )
    return 0


def list_tickets(context: Context) -> int:
    """List tickets, most urgent first."""
    service = context.services.tickets
    rows = service.rows(service.search(View(context.options.view), context.options.query))
    for row in rows:
        context.output.text(
            f"{row.number:<10} {row.priority} {row.status.replace('_', ' '):<14.14} {_sla(row.sla):>16}  "
            f"{row.title[:60]}  — {row.requester[:24]}"
        )
    if not rows:
        context.output.text(tr("No tickets match."))
    context.output.document(
        [{**msgspec.to_builtins(row), "updated_at": to_text(row.updated_at)} for row in rows]
    )
    return 0


def show_ticket(context: Context) -> int:
    """Show one ticket."""
    services = context.services
    ticket_id = services.tickets.resolve_id(context.options.id)
    case = services.tickets.case(ticket_id)
    exchanges = services.ask.conversation(ticket_id)
    out = context.output
    t = case.ticket
    out.text(f"{t.number}  {t.title}")
    out.text(
        f"{t.type} · {t.priority} · {t.status} · {t.requester.name} · {t.assignee or tr('unassigned')}\n\n{t.body}"
    )
    for message in case.thread:
        out.text(f"\n--- {message.author}, {to_text(message.at)}, {message.visibility}\n{message.text}")
    if case.evidence:
        out.text("\n" + tr("Evidence"))
    for fact in case.evidence:
        first = fact.text.splitlines()[0] if fact.text else ""
        out.text(f"  {fact.label:<4} {fact.source}: {first[:80]}")
    answers, decisions = [], []
    for exchange in exchanges:
        out.text(f"\n? {exchange.question.text}")
        for view in exchange.answers:
            answer = view.answer
            out.text(f"= [{answer.uid}, {answer.model}, {answer.state}] {view.headline}\n{answer.text}")
            history = services.decisions.history(answer.uid)
            decisions += history
            answers.append(
                {
                    "answer_id": answer.uid,
                    **answer_document(view),
                    **{
                        name: value
                        for name, value in msgspec.to_builtins(answer).items()
                        if name not in ("uid", "text", "timings")
                    },
                    "decision": view.decision.kind.value if view.decision else None,
                }
            )
            for decision in history:
                out.text(f"  → {decision.kind}, {decision.reason}: {decision.note}")
    decisions.sort(key=lambda d: d.at)
    out.document(
        {
            **msgspec.to_builtins(t),
            "thread": case.thread,
            "evidence": case.evidence,
            "events": case.events,
            "sla": case.sla,
            "links": case.links,
            "drafts": case.drafts,
            "questions": [exchange.question for exchange in exchanges],
            "answers": answers,
            "decisions": [{**msgspec.to_builtins(d), "answer_id": d.suggestion} for d in decisions],
        }
    )
    return 0


def answer_document(view: AnswerView) -> dict[str, Any]:
    """Return text, citations, unsupported sentences, commands and timings of an answer, for JSON.

    A citation is `supported` where a statement of the answer holds against that evidence.
    """
    text = view.answer.text
    held = {label for claim in view.reading.claims if claim.kind == "supported" for label in claim.labels}
    return {
        "text": text,
        "headline": view.headline,
        "citations": [
            {
                "label": fact.label,
                "evidence": fact.uid,
                "source": fact.source,
                "supported": fact.label in held,
            }
            for fact in view.cited
        ],
        "unsupported": [
            {"text": text[claim.start : claim.end], "reason": claim.reason}
            for claim in view.reading.claims
            if claim.kind == "unsupported"
        ],
        "commands": [msgspec.to_builtins(command) for command in view.reading.commands],
        "timings": msgspec.to_builtins(view.answer.timings),
    }


def _sla(sla: SlaState) -> str:
    if sla.left_minutes is None:
        return ""
    if sla.paused:
        return tr("paused")
    hours, minutes = divmod(int(abs(sla.left_minutes)), 60)
    span = f"{hours} h {minutes:02d}" if hours else f"{minutes} min"
    return (tr("{span} left") if sla.left_minutes >= 0 else tr("{span} overdue")).format(span=span)
