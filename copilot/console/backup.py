"""`backup create|list|schedule|restore|verify`."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copilot.console.context import Context
from copilot.support.clock import SystemClock, to_text
from copilot.support.i18n import tr, tr_n
from copilot.support.text import one_line

if TYPE_CHECKING:
    from copilot.services.backups import BackupFacts, Named, Preview


def add_commands(groups: Any, common: argparse.ArgumentParser) -> None:
    """Add this group to the command line."""
    group = groups.add_parser(
        "backup", parents=[common], help=tr("back up the desk, restore it, check a copy")
    )
    commands = group.add_subparsers(metavar="COMMAND", required=True)
    create = commands.add_parser("create", parents=[common], help=tr("copy the database while it is in use"))
    create.add_argument("file", type=Path, nargs="?")
    create.set_defaults(command=create_backup)
    listing = commands.add_parser("list", parents=[common], help=tr("list the copies of this desk"))
    listing.set_defaults(command=list_backups)
    schedule = commands.add_parser(
        "schedule", parents=[common], help=tr("show or set when copies are made by themselves")
    )
    schedule.add_argument("--every", choices=["day", "week", "off"])
    schedule.add_argument(
        "--keep", type=int, metavar="N", help=tr("how many to keep, beside four weekly ones")
    )
    schedule.add_argument(
        "--folder", metavar="DIR", help=tr('where to put them; "" for the data folder\'s own')
    )
    schedule.add_argument(
        "--run-if-due",
        action="store_true",
        help=tr("make the copy now if it is due (for a timer of the system)"),
    )
    schedule.set_defaults(command=show_schedule)
    restore = commands.add_parser(
        "restore", parents=[common], help=tr("put a copy in place; what was there is kept")
    )
    restore.add_argument("file", type=Path)
    restore.add_argument(
        "--preview", action="store_true", help=tr("only say what would be lost and won; change nothing")
    )
    restore.set_defaults(command=restore_backup)
    verify = commands.add_parser("verify", parents=[common], help=tr("check that a copy is whole"))
    verify.add_argument("file", type=Path, nargs="?")
    verify.set_defaults(command=verify_backup)


def create_backup(context: Context) -> int:
    """Copy the database."""
    return _print(context, context.services.backups.create(context.options.file), tr("Copied to"))


def list_backups(context: Context) -> int:
    """List every copy, newest first."""
    found = context.services.backups.copies()
    if not found:
        context.output.text(tr("There is no backup of this desk yet. `backup create` makes one."))
    for each in found:
        held = (
            tr("cannot be read") if each.tickets is None else tr_n("{n} ticket", "{n} tickets", each.tickets)
        )
        context.output.text(
            f"{to_text(each.when)[:16].replace('T', ' ')}  {each.kind:<16}  {each.bytes / 1e6:>7.1f} MB  "
            f"{held:<14}  {each.path}"
        )
    context.output.document(
        [
            {
                "path": str(each.path),
                "when": to_text(each.when),
                "kind": each.kind,
                "bytes": each.bytes,
                "tickets": each.tickets,
            }
            for each in found
        ]
    )
    return 0


def show_schedule(context: Context) -> int:
    """Set what was named, make a copy if asked to and due, and say how it stands."""
    from copilot.services.backups import Every

    backups, options = context.services.backups, context.options
    schedule = backups.schedule()
    if options.every is not None:
        schedule = schedule._replace(every=Every(options.every))
    if options.keep is not None:
        schedule = schedule._replace(keep=options.keep)
    if options.folder is not None:
        folder = str(Path(options.folder).absolute()) if options.folder else ""
        schedule = schedule._replace(folder=folder)
    if schedule != backups.schedule():
        backups.set_schedule(schedule)
    made = backups.run() if options.run_if_due and backups.due() else None
    following, last = backups.next_at(), backups.last()
    if made:
        context.output.text(tr("Copied to {path}.").format(path=made.path))
    elif options.run_if_due:
        context.output.text(tr("No backup is due."))
    if schedule.every is Every.OFF:
        context.output.text(tr("No backups are made by themselves."))
    else:
        context.output.text(
            (tr("One backup a day") if schedule.every is Every.DAY else tr("One backup a week"))
            + ", "
            + tr("{n} kept, in {folder}.").format(n=schedule.keep, folder=backups.folder())
        )
        context.output.text(
            tr("Last: {last}. Next: {next}.").format(
                last=_time(last) or tr("none yet"), next=_time(following) or tr("never")
            )
        )
    context.output.document(
        {
            "every": schedule.every,
            "keep": schedule.keep,
            "folder": str(backups.folder()),
            "last": to_text(last) if last else None,
            "next": to_text(following) if following else None,
            "made": str(made.path) if made else None,
        }
    )
    return 0


def restore_backup(context: Context) -> int:
    """Put a copy in place of the database, or say what that would do."""
    from copilot.services import backups

    if context.options.preview:
        return _print_preview(context, backups.preview_backup(context.options.file, context.data_dir))
    done = backups.restore_backup(context.options.file, context.data_dir, SystemClock())
    _print(context, done.facts, tr("Restored from"), kept=str(done.kept or ""))
    if done.kept:
        context.output.text(tr("What was there before is kept in {path}.").format(path=done.kept))
    return 0


def verify_backup(context: Context) -> int:
    """Check a copy, or the database itself."""
    from copilot.services import backups

    return _print(context, backups.verify_backup(context.options.file, context.data_dir), tr("Whole:"))


def _print(context: Context, facts: "BackupFacts", what: str, **more: str) -> int:
    context.output.text(
        tr("{what} {path} (schema {schema}, {tickets} tickets, {size:.1f} MB).").format(
            what=what, path=facts.path, schema=facts.schema, tickets=facts.tickets, size=facts.bytes / 1e6
        )
    )
    context.output.document({**_plain(facts), **more})
    return 0


def _plain(facts: "BackupFacts") -> dict[str, Any]:
    return {"path": str(facts.path), "schema": facts.schema, "tickets": facts.tickets, "bytes": facts.bytes}


def _print_preview(context: Context, preview: "Preview") -> int:
    out = context.output
    out.text(
        tr("{path}: made {when}, schema {schema}, {tickets} tickets, the newest change {newest}.").format(
            path=preview.facts.path,
            when=_time(preview.when),
            schema=preview.facts.schema,
            tickets=preview.facts.tickets,
            newest=_time(preview.newest) or tr("unknown"),
        )
    )
    document: dict[str, Any] = {
        **_plain(preview.facts),
        "when": to_text(preview.when),
        "newest": to_text(preview.newest) if preview.newest else None,
        "difference": None,
    }
    if preview.difference is None:
        out.text(tr("The desk cannot be read, so it cannot be compared."))
    else:
        apart = preview.difference
        for name, words, group in (
            ("lost", tr("Only on the desk now; a restore would take them away"), apart.only_here),
            ("won", tr("Only in the backup; a restore would bring them back"), apart.only_there),
            ("changed", tr("In both, but not alike; a restore would set them back"), apart.changed),
        ):
            _print_group(context, words, group)
            document["difference"] = document["difference"] or {}
            document["difference"][name] = {
                "count": group.total,
                "first": [{"number": number, "title": title} for number, title in group.first],
            }
    if preview.drafts_apart:
        out.text(
            tr_n(
                "{n} draft belongs to a ticket that the backup does not hold.",
                "{n} drafts belong to tickets that the backup does not hold.",
                preview.drafts_apart,
            )
        )
    out.text(tr("Nothing was changed. A restore keeps what is there now as a backup of its own."))
    out.document(document)
    return 0


def _print_group(context: Context, words: str, group: "Named") -> None:
    context.output.text(f"{words}: {group.total}")
    for number, title in group.first:
        context.output.text(f"  {number}  {one_line(title, 90)}")
    if group.total > len(group.first):
        context.output.text("  " + tr_n("and {n} more", "and {n} more", group.total - len(group.first)))


def _time(at: Any) -> str:
    return to_text(at)[:16].replace("T", " ") + " UTC" if at else ""
