"""`tickets bulk|undo|redo|changes|link`: what changes tickets that are on the desk."""

import argparse
from typing import Any

from copilot.console.context import Context
from copilot.domain.link import LinkKind
from copilot.domain.query import View
from copilot.domain.ticket import ChangeSet, Priority, Status
from copilot.services.changes import Change
from copilot.services.fields import field_name
from copilot.support.clock import to_text
from copilot.support.errors import KnownError
from copilot.support.i18n import tr, tr_n


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add these commands to the group `tickets`."""
    bulk = commands.add_parser("bulk", parents=[common], help=tr("change many tickets at once"))
    which = bulk.add_mutually_exclusive_group(required=True)
    which.add_argument("--query", help=tr("the tickets that a search finds"))
    which.add_argument("--ids", metavar="A,B,C", help=tr("numbers or ids"))
    statuses = [status.value for status in Status if status is not Status.MERGED]
    bulk.add_argument("--status", choices=statuses, metavar="S", help=", ".join(statuses))
    bulk.add_argument("--priority", choices=[priority.value for priority in Priority])
    bulk.add_argument("--assignee", metavar="NAME", help=tr("a name, or me, or none"))
    bulk.add_argument("--add-tag", action="append", default=[], metavar="T")
    bulk.add_argument("--remove-tag", action="append", default=[], metavar="T")
    bulk.add_argument("--merge-into", metavar="N", help=tr("the ticket that stays"))
    bulk.add_argument("--dry-run", action="store_true", help=tr("only say what would change"))
    bulk.set_defaults(command=change_many)

    undo = commands.add_parser("undo", parents=[common], help=tr("take back a change of today"))
    undo.add_argument(
        "id", nargs="?", type=int, default=0, help=tr("from `tickets changes`; else the newest")
    )
    undo.set_defaults(command=undo_change)

    redo = commands.add_parser("redo", parents=[common], help=tr("do again what was taken back"))
    redo.add_argument("id", type=int, help=tr("from `tickets changes`"))
    redo.set_defaults(command=redo_change)

    changes = commands.add_parser("changes", parents=[common], help=tr("list the changes of today"))
    changes.set_defaults(command=list_changes)

    link = commands.add_parser("link", parents=[common], help=tr("link two tickets"))
    link.add_argument("one", help=tr("number or id"))
    link.add_argument("other", help=tr("number or id"))
    link.add_argument("--kind", choices=[kind.value for kind in LinkKind], default=LinkKind.RELATED.value)
    link.add_argument("--remove", action="store_true", help=tr("take the link away"))
    link.set_defaults(command=link_tickets)


def change_many(context: Context) -> int:
    """Change every ticket that was named; with `--dry-run` none."""
    options = context.options
    ids = _chosen(context)
    fields = {
        name: value
        for name in ("status", "priority", "assignee")
        if (value := getattr(options, name)) is not None
    }
    if fields.get("assignee") == "me":
        fields["assignee"] = context.services.tickets.my_name()
    elif fields.get("assignee") == "none":
        fields["assignee"] = ""
    has_tags = options.add_tag or options.remove_tag
    if not fields and not has_tags and not options.merge_into:
        raise KnownError(
            tr("There is nothing to change."),
            todo=tr("Name a --status, --priority, --assignee, --add-tag, --remove-tag or --merge-into."),
        )
    target = context.services.tickets.resolve_id(options.merge_into) if options.merge_into else 0
    if options.dry_run:
        return _dry_run(context, ids, fields, target)
    bulk = context.services.bulk

    def tell(done: int, of: int) -> None:
        context.output.progress(tr("{done} of {all} tickets").format(done=done, all=of), last=done == of)

    for field, value in fields.items():  # a wrong value of any is said before the first is set
        bulk.would_change(ids[:1], field, value)
    made = [bulk.change_many(ids, field, value, tell=tell) for field, value in fields.items()]
    if has_tags:
        made.append(bulk.tag_many(ids, options.add_tag, options.remove_tag, tell=tell))
    if target:
        made.append(context.services.merging.merge(target, ids, tell=tell))
    for changes in made:
        context.output.text(changes.undo_label)
    context.output.document({"tickets": len(ids), "changes": [_made(changes) for changes in made]})
    return 0


def undo_change(context: Context) -> int:
    """Take a change back."""
    return _say(context, context.services.tickets.undo(context.options.id))


def redo_change(context: Context) -> int:
    """Do again what was taken back."""
    return _say(context, context.services.tickets.redo(context.options.id))


def list_changes(context: Context) -> int:
    """List the changes of today, newest first."""
    found = context.services.tickets.changes_today()
    for change in found:
        at = change.at.astimezone().strftime("%H:%M")
        state = tr(" (taken back)") if change.is_undone else ""
        context.output.text(f"{change.id:>6}  {at}  {change.label}{state}")
    if not found:
        context.output.text(tr("Nothing was changed today."))
    context.output.document([_listed(change) for change in found])
    return 0


def link_tickets(context: Context) -> int:
    """Link two tickets, or take their link away."""
    options, services = context.options, context.services
    one, other = (services.tickets.resolve_id(name) for name in (options.one, options.other))
    if options.remove:
        return _say(context, services.links.unlink(one, other))
    return _say(context, services.links.link([one], other, LinkKind(options.kind)))


def _chosen(context: Context) -> list[int]:
    options, service = context.options, context.services.tickets
    if options.ids is not None:
        return [service.resolve_id(name) for name in options.ids.split(",") if name.strip()]
    if not options.query.strip():
        raise KnownError(
            tr("An empty search would change every ticket."), todo=tr("Say which ones are meant.")
        )
    return service.search(View.ALL, options.query)


def _dry_run(context: Context, ids: list[int], fields: dict[str, str], target: int) -> int:
    options, bulk = context.options, context.services.bulk
    figures = {field: bulk.would_change(ids, field, value) for field, value in fields.items()}
    if options.add_tag or options.remove_tag:
        figures["tags"] = bulk.would_tag(ids, options.add_tag, options.remove_tag)
    if target:
        preview = context.services.merging.preview(target, ids)
        figures["merge"] = len(preview.accepted)
        for why in (preview.refused, *(part.refused for part in preview.parts)):
            if why:
                context.output.note(why)
    context.output.text(tr_n("{n} ticket is meant.", "{n} tickets are meant.", len(ids)))
    for name, count in figures.items():
        context.output.text(
            tr("{field}: {n} of {all} would change").format(field=field_name(name), n=count, all=len(ids))
        )
    context.output.document({"tickets": len(ids), "would_change": figures})
    return 0


def _say(context: Context, changes: ChangeSet) -> int:
    context.output.text(changes.undo_label)
    context.output.document(_made(changes))
    return 0


def _made(changes: ChangeSet) -> dict[str, Any]:
    return {"label": changes.undo_label, "undo_id": changes.undo_id, "changed": sorted(changes.tickets)}


def _listed(change: Change) -> dict[str, Any]:
    return {
        "id": change.id,
        "at": to_text(change.at),
        "label": change.label,
        "tickets": list(change.tickets),
        "undone": change.is_undone,
        "can_redo": change.can_redo,
    }
