"""`bench ui|desk`: figures of the window, each beside its control."""

import argparse
from typing import Any

from copilot.console.context import Context
from copilot.support.i18n import tr


def add_commands(groups: Any, common: argparse.ArgumentParser) -> None:
    """Add this group to the command line."""
    group = groups.add_parser("bench", parents=[common], help=tr("measure on this machine"))
    commands = group.add_subparsers(metavar="COMMAND", required=True)
    ui = commands.add_parser("ui", parents=[common], help=tr("the window: start, event loop, streaming"))
    ui.set_defaults(command=bench, what="ui")
    desk = commands.add_parser(
        "desk",
        parents=[common],
        help=tr("a desk of 100,000 tickets: start, search, scrolling, import, memory"),
    )
    desk.set_defaults(command=bench, what="desk")


def bench(context: Context) -> int:
    """Run one of the benchmarks."""
    figures = context.bench(context.options.what)
    for figure in figures:
        holds = (
            ""
            if figure["value"] is None
            else f"  ({figure['op']} {figure['target']})"
            if figure["op"]
            else ""
        )
        context.output.text(f"{figure['name']:<24} {figure['value']:>10} {figure['unit']}{holds}")
    context.output.document({"figures": figures})
    return 0
