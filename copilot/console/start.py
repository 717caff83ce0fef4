"""`start`: the whole way from a fresh clone to a worked ticket; without a command, the window."""

import argparse
from typing import Any

from copilot.console.ask import print_report, stream_answer
from copilot.console.context import Context
from copilot.console.models import install
from copilot.console.window import has_display, window
from copilot.domain.conversation import AnswerState, DecisionKind
from copilot.domain.query import View
from copilot.support.errors import KnownError
from copilot.support.i18n import tr, tr_n

WEAK_QUESTION = "network broken on windows 10, isn't it just the dock?"


def add_commands(groups: Any, common: argparse.ArgumentParser) -> None:
    """Add this command to the command line."""
    command = groups.add_parser(
        "start",
        parents=[common],
        help=tr(
            "get the model, make the sample desk and open the window (or work one ticket in the console)"
        ),
    )
    command.add_argument("--no-model", action="store_true", help=tr("do not download a model"))
    command.add_argument("--console", action="store_true", help=tr("work one sample ticket in the console"))
    command.set_defaults(command=start)


def start(context: Context) -> int:
    """Do what is not done yet, then open the window."""
    options, out = context.options, context.output
    models = context.services.models
    made = context.services.exchange.make_samples()
    if made:
        out.text(tr_n("{n} sample ticket made.", "{n} sample tickets made.", made))
    if not models.is_installed() and not options.no_model:
        out.text(
            tr(
                "The model is downloaded now: about 1.1 GB, half a minute to ten minutes. "
                "Ctrl+C stops it; the next start goes on where it stopped."
            )
        )
        try:
            install(context, models.chosen())
        except KnownError as error:
            out.error(str(error))
            out.text(tr("The window works without a model; Models in the menu says how to get one."))
    if options.console or not has_display():
        return demo(context)
    return window(context)


def demo(context: Context) -> int:
    """Work one sample ticket through the loop: coach, improved question, answer with evidence, decision."""
    services, out = context.services, context.output
    if not has_display():
        out.text(tr("This machine has no display."))
    out.text(tr("One sample ticket is worked here, in the console.") + "\n")
    ids = services.tickets.search(View.ALL, "INC-1001") or services.tickets.search(View.ALL, "tag:sample")
    if not ids:
        raise KnownError(
            tr("There is no sample ticket on this desk."), todo=tr("Try with an empty --data-dir.")
        )
    case = services.tickets.case(ids[0])
    ticket = case.ticket
    out.text(
        f"{tr('Ticket')} {ticket.number}: {ticket.title}  ({ticket.priority}, {ticket.requester.name})\n"
    )
    out.text(tr("A weak question: {question}").format(question=WEAK_QUESTION))
    print_report(context, services.ask.coach(ticket.id, WEAK_QUESTION))
    improved = services.ask.improve(ticket.id, WEAK_QUESTION).text
    out.text("\n" + tr("The improved question:") + f"\n{improved}\n")
    if not services.models.is_installed():
        raise KnownError(
            tr("There is no model to answer it."), todo=tr("`models install` gets one; then run this again.")
        )
    out.text(tr("The answer ({model}):").format(model=services.models.chosen() or "fake engine"))
    view = stream_answer(context, ticket.id, improved)
    if view.answer.state is not AnswerState.COMPLETE:
        raise KnownError(view.answer.error)
    out.text("\n" + tr("The evidence it cites:"))
    for fact in view.cited:
        out.text(f"  {fact.label} {fact.source}: {' '.join(fact.text.split())[:100]}")
    decision, _ = services.decisions.decide(
        view.answer.uid, DecisionKind.ACCEPT, note=tr("demonstration by `start`: nobody judged this answer")
    )
    out.text("\n" + tr("The decision is stored: {kind} ({id}).").format(kind=decision.kind, id=decision.uid))
    out.document(
        {
            "ticket": ticket.number,
            "improved": improved,
            "answer_id": view.answer.uid,
            "text": view.answer.text,
            "headline": view.headline,
            "decision": decision.kind,
        }
    )
    return 0
