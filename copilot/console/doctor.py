"""`doctor`: a report that can be copied into a message."""

import argparse
from typing import Any

import msgspec

from copilot.console.context import Context
from copilot.services.doctor import without_desk
from copilot.support.errors import KnownError
from copilot.support.i18n import tr


def add_commands(groups: Any, common: argparse.ArgumentParser) -> None:
    """Add this command to the command line."""
    command = groups.add_parser(
        "doctor",
        parents=[common],
        help=tr("examine machine, database, model and engine; holds no ticket text"),
    )
    command.set_defaults(command=doctor)


def doctor(context: Context) -> int:
    """Print the report; exits with 2 where something failed."""
    try:
        report = context.services.doctor.examine()
    except KnownError as error:  # the desk cannot be opened: the machine can be described all the same
        report = without_desk(context.data_dir, error)
    out = context.output
    out.text(f"Technician Copilot {report.version}, Python {report.python}")
    for name, value in msgspec.to_builtins(report.machine).items():
        if isinstance(value, dict):
            value = ", ".join(f"{k} {v}" for k, v in value.items())
        elif isinstance(value, list):
            value = ", ".join(map(str, value))
        out.text(f"  {name.replace('_', ' ')}: {value}")
    for check in report.checks:
        out.text(f"  {'ok  ' if check.ok else 'FAIL'} {check.name}: {check.detail}")
    out.document({**msgspec.to_builtins(report), "ok": report.ok})
    return 0 if report.ok else 2
