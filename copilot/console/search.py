"""`search`: find tickets by what they, their notes, evidence and answers say."""

import argparse
from typing import Any

from copilot.console.context import Context
from copilot.domain.query import View
from copilot.services.finding import Marker, find_reasons
from copilot.support.i18n import tr, tr_n


def add_commands(groups: Any, common: argparse.ArgumentParser) -> None:
    """Add this command to the command line."""
    search = groups.add_parser(
        "search",
        parents=[common],
        help=tr("find tickets by what they, their notes, evidence and answers say"),
    )
    search.add_argument("query", help=tr('words, "phrases", status:new, priority:P1, assignee:me …'))
    search.add_argument("--view", choices=[view.value for view in View], default=View.ALL.value)
    search.add_argument(
        "--limit", type=_at_least_one, default=50, metavar="N", help=tr("list so many at most (50)")
    )
    search.set_defaults(command=find)


def find(context: Context) -> int:
    """List what matches, in the order of the window's list, and where it was found."""
    options = context.options
    service = context.services.ticket_list
    view = View(options.view)
    ids = service.search(view, options.query)
    rows = service.rows(ids[: options.limit])
    query = service.query(view, options.query)
    marker = Marker(query)
    reasons = find_reasons(service, [row.id for row in rows], marker)
    for token in query.unknown:
        context.output.note(tr("{token} is no filter; it was looked for as a word.").format(token=token))
    for row in rows:
        context.output.text(
            f"{row.number:<10} {row.priority} {row.status.replace('_', ' '):<14.14} {row.title[:70]}"
        )
        if reason := reasons.get(row.id):
            context.output.text(f"{'':<10} {reason.place}: {reason.text}")
    if len(ids) > len(rows):
        context.output.text(tr_n("and {n} more", "and {n} more", len(ids) - len(rows)))
    if not ids:
        context.output.text(tr("No tickets match."))
    context.output.document(
        {
            "total": len(ids),
            "unknown": query.unknown,
            "tickets": [
                {
                    "id": row.id,
                    "number": row.number,
                    "title": row.title,
                    "title_marks": [[span.start, span.end] for span in marker.spans(row.title)],
                    "status": row.status,
                    "priority": row.priority,
                    "requester": row.requester,
                    "assignee": row.assignee,
                    "found_in": reasons[row.id].place if row.id in reasons else "",
                    "text": reasons[row.id].text if row.id in reasons else "",
                }
                for row in rows
            ],
        }
    )
    return 0


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(tr("it begins at 1"))
    return number
