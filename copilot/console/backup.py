"""`backup create|restore|verify`."""

import argparse
from pathlib import Path
from typing import Any

from copilot.console.context import Context
from copilot.services import exchange
from copilot.services.exchange import BackupFacts
from copilot.support.i18n import tr


def add_commands(groups: Any, common: argparse.ArgumentParser) -> None:
    """Add this group to the command line."""
    group = groups.add_parser(
        "backup", parents=[common], help=tr("back up the desk, restore it, check a copy")
    )
    commands = group.add_subparsers(metavar="COMMAND", required=True)
    create = commands.add_parser("create", parents=[common], help=tr("copy the database while it is in use"))
    create.add_argument("file", type=Path, nargs="?")
    create.set_defaults(command=create_backup)
    restore = commands.add_parser(
        "restore", parents=[common], help=tr("put a copy in place; what was there is kept")
    )
    restore.add_argument("file", type=Path)
    restore.set_defaults(command=restore_backup)
    verify = commands.add_parser("verify", parents=[common], help=tr("check that a copy is whole"))
    verify.add_argument("file", type=Path, nargs="?")
    verify.set_defaults(command=verify_backup)


def create_backup(context: Context) -> int:
    """Copy the database."""
    return _print(context, context.services.exchange.backup(context.options.file), tr("Copied to"))


def restore_backup(context: Context) -> int:
    """Put a copy in place of the database."""
    facts = exchange.restore_backup(context.options.file, context.data_dir)
    return _print(context, facts, tr("Restored from"))


def verify_backup(context: Context) -> int:
    """Check a copy, or the database itself."""
    return _print(context, exchange.verify_backup(context.options.file, context.data_dir), tr("Whole:"))


def _print(context: Context, facts: BackupFacts, what: str) -> int:
    context.output.text(
        tr("{what} {path} (schema {schema}, {tickets} tickets, {size:.1f} MB).").format(
            what=what, path=facts.path, schema=facts.schema, tickets=facts.tickets, size=facts.bytes / 1e6
        )
    )
    context.output.document(_plain(facts))
    return 0


def _plain(facts: BackupFacts) -> dict[str, Any]:
    return {"path": str(facts.path), "schema": facts.schema, "tickets": facts.tickets, "bytes": facts.bytes}
