"""`ask` and `decide`."""

import argparse
import queue
from typing import Any

import msgspec

from copilot.console.context import Context
from copilot.console.output import Output
from copilot.console.tickets import answer_document
from copilot.domain.coaching import CoachReport, FactState
from copilot.domain.conversation import Answer, AnswerState, DecisionKind, Reason
from copilot.services.ask import AnswerEvent, AnswerView, Chunk, Ended, Reading, Waiting
from copilot.support.errors import KnownError
from copilot.support.i18n import tr, tr_n
from copilot.support.text import clean


def add_commands(groups: Any, common: argparse.ArgumentParser) -> None:
    """Add this group to the command line."""
    ask = groups.add_parser("ask", parents=[common], help=tr("ask the model about a ticket"))
    ask.add_argument("id", help=tr("number or id of the ticket"))
    ask.add_argument("question")
    ask.set_defaults(command=ask_question)

    coach = groups.add_parser("coach", parents=[common], help=tr("examine a question without sending it"))
    coach.add_argument("id", help=tr("number or id of the ticket"))
    coach.add_argument("question")
    coach.set_defaults(command=coach_question)

    decide = groups.add_parser("decide", parents=[common], help=tr("say what was done with an answer"))
    decide.add_argument("answer", type=clean)
    decide.add_argument("kind", choices=["accept", "edit", "override", "escalate"])
    decide.add_argument("--reason", choices=[r.value for r in Reason], default=Reason.NONE_GIVEN.value)
    decide.add_argument("--note", default="")
    decide.set_defaults(command=decide_answer)


def ask_question(context: Context) -> int:
    """Send a question and stream the answer."""
    services, options = context.services, context.options
    ticket = services.tickets.resolve_id(options.id)
    view = stream_answer(context, ticket, options.question)
    answer = view.answer
    if answer.state is not AnswerState.COMPLETE:
        context.output.error(answer.error)
    context.output.document(
        {
            "answer_id": answer.uid,
            "ticket": ticket,
            "state": answer.state,
            "model": answer.model,
            **answer_document(view),
        }
    )
    if answer.finish == "cancelled":
        return 130  # stopped by Ctrl+C
    return 0 if answer.state is AnswerState.COMPLETE else 2


def stream_answer(context: Context, ticket: int, question: str) -> AnswerView:
    """Ask, print the answer as it comes, and return it; Ctrl+C stops it and keeps what came."""
    services, out = context.services, context.output
    events: queue.Queue[AnswerEvent] = queue.Queue()
    uid = services.ask.ask(ticket, question, events.put)
    ended: Answer | None = None
    while ended is None and (services.ask.is_live(uid) or not events.empty()):
        try:
            ended = _show(out, events.get(timeout=0.5))
        except queue.Empty:
            continue
        except KeyboardInterrupt:
            services.ask.stop(uid)
    view = services.ask.view(uid)
    if view.answer.state in (AnswerState.QUEUED, AnswerState.STREAMING):  # its end could not be stored
        raise KnownError(ended.error if ended else tr("The end of the answer was not stored."))
    out.text()
    out.text(f"— {view.headline} · {uid}")
    for command in view.reading.commands:
        out.text(f"  {command.risk}: {command.text}  ({command.why})")
    return view


def _show(out: Output, event: AnswerEvent) -> Answer | None:
    """Print one event; return the answer when it has ended."""
    match event:
        case Waiting() if event.place > 1:
            out.progress(tr("waiting, place {place}").format(place=event.place))
        case Reading():
            out.progress(tr("read {done} of {total} tokens").format(done=event.done, total=event.total))
        case Chunk():
            out.text(event.text, end="")
        case Ended():
            return event.answer
    return None


def coach_question(context: Context) -> int:
    """Print what the coach says of a question, and the template rewrite."""
    services, options = context.services, context.options
    ticket = services.tickets.resolve_id(options.id)
    report = services.ask.coach(ticket, options.question)
    rewrite = services.ask.improve(ticket, options.question)
    print_report(context, report)
    context.output.text("\n" + rewrite.text)
    context.output.document({**msgspec.to_builtins(report), "improved": rewrite.text})
    return 0


def print_report(context: Context, report: CoachReport) -> None:
    """Print findings and the strip of facts."""
    out = context.output
    words = {FactState.PRESENT: tr("present"), FactState.MISSING: tr("missing")}
    for fact in report.facts:
        state = words.get(fact.state) or tr("in the ticket ({label})").format(label=fact.source)
        out.text(f"  {fact.label}: {state}")
    for finding in report.findings:
        out.text(f"  {finding.severity}: {finding.title} — {finding.why}")
    if report.ready:
        n = len(report.facts)
        out.text(tr_n("Ready: {n} fact the model needs", "Ready: {n} facts the model needs", n))


def decide_answer(context: Context) -> int:
    """Store a decision."""
    options = context.options
    decision, _ = context.services.decisions.decide(
        options.answer, DecisionKind(options.kind), Reason(options.reason), options.note
    )
    context.output.text(tr("Stored: {kind}.").format(kind=decision.kind))
    context.output.document({**msgspec.to_builtins(decision), "answer_id": decision.suggestion})
    return 0
