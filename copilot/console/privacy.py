"""`privacy show|export|delete|apply`, and `tickets delete`."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from copilot.console.context import Context
from copilot.domain.personal_data import About
from copilot.services import retention
from copilot.services.footprint import Place
from copilot.services.privacy import Count, Deletion
from copilot.support.clock import to_text
from copilot.support.i18n import tr, tr_n

_DRY = 2  # nothing was done: a script that forgot --yes must not go on as if
_COPIES = ("keep", "clean", "delete")


def add_commands(groups: Any, common: argparse.ArgumentParser) -> None:
    """Add this group to the command line."""
    group = groups.add_parser(
        "privacy", parents=[common], help=tr("what is recorded about people: show, export, delete")
    )
    commands = group.add_subparsers(metavar="COMMAND", required=True)
    person = {"metavar": "NAME_OR_EMAIL", "default": ""}

    show = commands.add_parser(
        "show",
        parents=[common],
        help=tr("what is recorded, why, for how long; with a person, how much of it"),
    )
    show.add_argument("--person", help=tr("a requester or technician"), **person)
    show.set_defaults(command=show_register)

    export = commands.add_parser(
        "export", parents=[common], help=tr("write everything about a person into a JSON file")
    )
    export.add_argument("file", type=Path)
    export.add_argument("--person", help=tr("default: the technician at this desk"), **person)
    export.set_defaults(command=export_person)

    delete = commands.add_parser(
        "delete",
        parents=[common],
        help=tr("put “(deleted person)” in a person's place; without --yes, count"),
    )
    delete.add_argument("--person", required=True, metavar="NAME_OR_EMAIL")
    add_deleting_options(delete)
    delete.set_defaults(command=delete_person)

    apply = commands.add_parser("apply", parents=[common], help=tr("remove what is past its time now"))
    apply.set_defaults(command=apply_rules)


def add_ticket_command(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add `tickets delete`."""
    delete = commands.add_parser("delete", parents=[common], help=tr("delete a ticket for good"))
    delete.add_argument("id", help=tr("number or id"))
    add_deleting_options(delete)
    delete.set_defaults(command=delete_ticket)


def add_deleting_options(parser: argparse.ArgumentParser) -> None:
    """Add what every deletion asks."""
    parser.add_argument("--yes", action="store_true", help=tr("do it; this cannot be undone"))
    parser.add_argument(
        "--copies",
        choices=_COPIES,
        default="keep",
        help=tr("backups that hold it: keep them (default), take it out of them, or delete them"),
    )


def show_register(context: Context) -> int:
    """Show the register with counts; for one person, what there is about them."""
    service, out = context.services.privacy, context.output
    if not context.options.person:
        counts = service.counts()
        for about, title in (
            (About.TECHNICIAN, tr("About you")),
            (About.REQUESTER, tr("About requesters")),
            (About.THIRD_PARTY, tr("About anybody a text names")),
        ):
            out.text(f"{title}\n")
            for count in counts:
                if count.field.about is about:
                    _print_field(context, count)
        out.text(tr("Where it lies: {folder}").format(folder=context.data_dir))
        for place in service.places():
            out.text(f"  {place.path}  {place.bytes / 1e6:.1f} MB")
        out.document({"register": _plain(counts), "places": _places(service.places())})
        return 0
    person = service.find(context.options.person)
    counts = service.summary(person)
    out.text(tr("Recorded about {person}:").format(person=person.label))
    for count in counts:
        out.text(f"  {count.records:>6}  {count.field.name}: {count.field.what}")
    if not counts:
        out.text(tr("Nothing."))
    out.document({"names": person.names, "emails": person.emails, "records": _plain(counts)})
    return 0


def export_person(context: Context) -> int:
    """Write everything about a person into a file."""
    service = context.services.privacy
    person = service.find(context.options.person)
    count = service.export(person, context.options.file)
    context.output.text(
        tr("{records} about {person} written to {file}.").format(
            records=tr_n("{n} record", "{n} records", count), person=person.label, file=context.options.file
        )
    )
    context.output.document({"records": count, "file": str(context.options.file)})
    return 0


def delete_person(context: Context) -> int:
    """Count what deleting a person changes and, with --yes, do it."""
    options, service = context.options, context.services.privacy
    person = service.find(options.person)
    done = service.delete(person) if options.yes else service.preview(person)
    problems = list[str]()
    copies: Sequence[Place] = done.copies
    if options.yes and options.copies == "clean":
        problems = service.delete_from_copies(person, copies)
    elif options.yes and options.copies == "delete":
        problems = context.services.removal.delete_copies([place.path for place in copies])
    _print_deletion(context, done, deleted=options.yes)
    return _end(context, copies, problems, _deletion(done))


def delete_ticket(context: Context) -> int:
    """Say what deleting a ticket does and, with --yes, do it."""
    options, services, out = context.options, context.services, context.output
    ticket = services.tickets.resolve_id(options.id)
    found = services.tickets.case(ticket).ticket
    if found.merged_into:
        out.text(tr("What was taken over by the ticket it was merged into stays there."))
    if not options.yes:
        out.text(
            tr("{number} “{title}” would be deleted with all that belongs to it.").format(
                number=found.number, title=found.title
            )
        )
        return _end(context, (), [], {"number": found.number, "id": ticket})
    removed = services.removal.delete(ticket)
    out.text(tr("{number} is deleted.").format(number=removed.number))
    problems = list[str]()
    if options.copies == "clean":
        problems = services.removal.scrub(removed)
    elif options.copies == "delete":
        problems = services.removal.delete_copies([place.path for place in removed.copies])
    return _end(context, removed.copies, problems, {"number": removed.number, "id": ticket})


def apply_rules(context: Context) -> int:
    """Remove what is past its time."""
    services = context.services
    report = retention.apply(services.deps, services.data_dir, services.tickets.now())
    context.output.text(retention.sentence(report))
    context.output.document(report.counts())
    return 0


def _end(context: Context, copies: Sequence[Place], problems: Sequence[str], document: dict[str, Any]) -> int:
    """Say what became of the copies; return the exit status."""
    options, out = context.options, context.output
    if copies and options.copies == "keep":
        out.text(tr("It still stands in these copies of the desk:"))
        for place in copies:
            out.text(f"  {place.path} ({to_text(place.at)[:10]})")
        out.text(tr("--copies clean takes it out of them, --copies delete deletes them."))
    elif options.yes and options.copies != "keep":
        out.text(
            tr_n(
                "{n} copy changed or deleted.", "{n} copies changed or deleted.", len(copies) - len(problems)
            )
        )
    for problem in problems:
        out.note(problem)
    out.document(
        {
            **document,
            "done": bool(options.yes),
            "copies": _places(copies),
            "problems": list(problems),
        }
    )
    if not options.yes:
        out.note(tr("Nothing was changed. Add --yes to do it; it cannot be undone."))
        return _DRY
    return 2 if problems else 0


def _print_deletion(context: Context, done: Deletion, *, deleted: bool) -> None:
    out = context.output
    words = tr("Deleted: {person}") if deleted else tr("Would be deleted: {person}")
    out.text(words.format(person=done.person.label))
    for count in done.changes:
        out.text(f"  {count.records:>6}  {count.field.name}")
    if not done.changes:
        out.text(tr("Nobody of that name is recorded."))
    if done.left:
        out.text(
            tr_n(
                "{n} mention stays: a name of one word amid a text may be any word.",
                "{n} mentions stay: a name of one word amid a text may be any word.",
                done.left,
            )
        )


def _print_field(context: Context, count: Count) -> None:
    field, out = count.field, context.output
    out.text(f"{count.records:>8}  {field.name}: {field.what}")
    out.text(
        "          "
        + tr("For: {why}. Kept: {kept}. Seen by: {seen_by}.").format(
            why=field.why, kept=field.kept, seen_by=field.seen_by
        )
        + "\n"
    )


def _plain(counts: Sequence[Count]) -> list[dict[str, Any]]:
    return [{**count.field._asdict(), "records": count.records} for count in counts]


def _deletion(done: Deletion) -> dict[str, Any]:
    return {
        "names": done.person.names,
        "emails": done.person.emails,
        "changes": {count.field.name: count.records for count in done.changes},
        "left": done.left,
        "tickets": done.tickets,
    }


def _places(places: Sequence[Place]) -> list[dict[str, Any]]:
    return [
        {"path": str(p.path), "kind": p.kind.value, "bytes": p.bytes, "at": to_text(p.at)} for p in places
    ]
