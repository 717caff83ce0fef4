"""`tickets export|watch`."""

import time
from pathlib import Path
from typing import Any

from copilot.console.context import Context
from copilot.domain.query import View
from copilot.services.exporting import FORMATS
from copilot.services.storing import Progress
from copilot.services.watching import Arrival, FolderWatch
from copilot.support.errors import KnownError
from copilot.support.i18n import tr, tr_n

LOOK_SECONDS = 2.0


def add_commands(commands: Any, common: Any) -> None:
    """Add these commands to the group `tickets`."""
    exports = commands.add_parser(
        "export", parents=[common], help=tr("write tickets into a file that imports again without loss")
    )
    exports.add_argument("file", type=Path)
    exports.add_argument("--format", choices=FORMATS, default="", help=tr("by default what the name ends in"))
    exports.add_argument(
        "--query", default="", help=tr('words, "phrases", status:new, priority:P1, assignee:me …')
    )
    exports.add_argument("--view", choices=[v.value for v in View], default=View.ALL.value)
    exports.set_defaults(command=export)

    watch = commands.add_parser("watch", parents=[common], help=tr("import the files that land in a folder"))
    watch.add_argument("folder", type=Path)
    watch.add_argument(
        "--once", action="store_true", help=tr("look twice, import what has not changed in between, and end")
    )
    watch.set_defaults(command=watch_folder)


def progress(context: Context, text: str) -> Progress:
    """Return what shows how far it is; `text` holds `{share}`."""

    def show(done: int, total: int) -> None:
        if total > 1000:
            context.output.progress(text.format(share=f"{done / total:.0%}"), last=done == total)

    return show


def export(context: Context) -> int:
    """Write tickets into a file."""
    options, services = context.options, context.services
    ids = services.tickets.search(View(options.view), options.query)
    done = services.exchange.export(
        ids, options.file, options.format, progress(context, tr("Exporting, {share} …"))
    )
    context.output.text(
        tr_n("{n} ticket in {{path}}.", "{n} tickets in {{path}}.", done.tickets).format(path=done.path)
    )
    context.output.document({"exported": done.tickets, "path": str(done.path), "bytes": done.bytes})
    return 0


def watch_folder(context: Context) -> int:
    """Import what lands in a folder: until interrupted, or what is there now."""
    folder: Path = context.options.folder
    if not folder.is_dir():
        raise KnownError(tr("{folder} is not a folder.").format(folder=folder))
    watch = FolderWatch(context.services.deps, context.services.exchange, folder)
    seen: list[Arrival] = watch.look()
    while True:
        time.sleep(LOOK_SECONDS)
        seen += (arrived := watch.look())
        for arrival in arrived:
            (context.output.note if arrival.failed else context.output.text)(arrival.text)
        if context.options.once:
            break
    context.output.document(
        [
            {"file": a.name, "imported": a.tickets, "known": a.known, "failed": a.failed, "text": a.text}
            for a in seen
        ]
    )
    return 2 if any(arrival.failed for arrival in seen) else 0
