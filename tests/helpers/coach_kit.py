"""Builders and data for the tests of the coach."""

import csv
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest

from copilot.coach.coach import Coach
from copilot.coach.context import CoachContext
from copilot.domain.coaching import CoachReport, Finding
from copilot.domain.evidence import Evidence, EvidenceKind, Trust
from copilot.domain.ticket import Asset, Person, Priority, Status, Ticket, TicketType
from tests.helpers.paths import RESOURCES, ROOT

PACKS = RESOURCES / "coach"
DATA = ROOT.parent / "shared" / "data" / "coaching"
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TICKET = Ticket(
    7,
    "INC0007",
    TicketType.INCIDENT,
    "Outlook",
    "",
    Person("Dana Whitfield", "dana.whitfield@corp.example"),
    Status.NEW,
    Priority.P3,
    AT,
    AT,
)


@cache
def coach() -> Coach:
    """Return the coach with the rules that ship."""
    return Coach.load(PACKS)


def evidence(label: str, kind: EvidenceKind, text: str) -> Evidence:
    """Return a piece of evidence of the ticket."""
    digest = sha256(text.encode("utf-8", "replace")).hexdigest()
    return Evidence(f"ev_{label}", 7, label, kind, "test", "", AT, Trust.STATED, text, digest)


def context(
    *sent: Evidence, os: str = "", tags: tuple[str, ...] = (), earlier: tuple[str, ...] = ()
) -> CoachContext:
    """Return a context with `sent` evidence, a ticket with one device where `os` is given, and `tags`."""
    assets = (Asset("FIN-LT-0231", os),) if os else ()
    return CoachContext(replace(TICKET, assets=assets, tags=tags), sent, earlier)


def examine(text: str, where: CoachContext | None = None) -> CoachReport:
    """Examine `text`, by default against a ticket without evidence."""
    return coach().examine(text, where or context())


def finding(text: str, rule: str, where: CoachContext | None = None) -> Finding | None:
    """Return the first finding of `rule`, if any."""
    return next((found for found in examine(text, where).findings if found.rule == rule), None)


def shared_data(name: str) -> Path:
    """Return a file of the shared data, or skip the test where it is not there."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"the shared data file {path} is not on this machine")
    return path


def real_texts() -> list[str]:
    """Return the bug reports of the shared data, title and text."""
    csv.field_size_limit(10_000_000)
    with shared_data("seamonkey_bugs.csv").open(encoding="utf-8", newline="") as file:
        return [f"{row['Summary']}\n{row['Description']}" for row in csv.DictReader(file)]
