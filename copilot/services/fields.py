"""Setting one field of a ticket: what is allowed, and what follows from it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from copilot.domain.sla import pause_changes
from copilot.domain.ticket import Priority, Status, Ticket, TicketType
from copilot.support.errors import KnownError
from copilot.support.i18n import later, tr
from copilot.support.text import one_line

CHANGEABLE = ("status", "assignee", "priority", "type", "title", "category", "service", "site")
LONGEST_TAG = 40  # characters


_NAMES = {
    "status": later("status"),
    "assignee": later("assignee"),
    "priority": later("priority"),
    "type": later("type"),
    "title": later("title"),
    "category": later("category"),
    "service": later("service"),
    "site": later("site"),
    "tags": later("tags"),
    "requester": later("requester"),
    "description": later("description"),
    "merge": later("merge"),
}


def field_name(field: str) -> str:
    """Return what people call a field."""
    return tr(_NAMES.get(field, field.replace("_", " ")))


def shown(field: str, value: str) -> str:
    """Return a field's value as people read it."""
    if field in ("status", "type"):
        return tr(value.replace("_", " "))
    return value or tr("nobody")


def changed(before: Ticket, field: str, value: str, now: datetime) -> Ticket:
    """Return `before` with a field set, and with what follows from it.

    Raises:
        KnownError: The field cannot be changed or the value is not one of its values.
    """
    if field not in CHANGEABLE:
        raise KnownError(tr("The field {field} cannot be changed.").format(field=field))
    kinds: dict[str, Any] = {"status": Status, "priority": Priority, "type": TicketType}
    if field in kinds:
        try:
            new = kinds[field](value)
        except ValueError as error:
            raise KnownError(
                tr("{value} is not a {field}.").format(value=value, field=field_name(field)),
                todo=tr("Choose one of: {values}.").format(values=", ".join(kinds[field])),
            ) from error
    else:
        new = one_line(value, 300)
    if new is Status.MERGED and before.status is not Status.MERGED:
        raise KnownError(
            tr("A ticket becomes merged by being merged into another one."), todo=tr("Use Merge into….")
        )
    if field == "status":
        return with_status(before, new, now)
    return replace(before, **{field: new})


def with_status(before: Ticket, status: Status, now: datetime) -> Ticket:
    """Return `before` with another status; the SLA clock and the times of its end follow."""
    if status is before.status:
        return before
    paused_seconds, paused_since = pause_changes(before, status, now)
    is_done = status in {Status.RESOLVED, Status.CLOSED}
    return replace(
        before,
        status=status,
        sla_paused_seconds=paused_seconds,
        sla_paused_since=paused_since,
        resolved_at=(before.resolved_at or now) if is_done else None,
        closed_at=now if status is Status.CLOSED else None,
        merged_into=0,
    )


def with_tags(before: Ticket, add: Iterable[str], remove: Iterable[str]) -> Ticket:
    """Return `before` with other tags; letters' case tells no two apart."""
    gone = {tag.casefold() for tag in remove}
    tags = [tag for tag in before.tags if tag.casefold() not in gone]
    known = {tag.casefold() for tag in tags}
    for tag in add:
        if tag.casefold() not in known | gone:
            tags.append(tag)
            known.add(tag.casefold())
    return replace(before, tags=tuple(tags))


def clean_tags(tags: Iterable[str]) -> list[str]:
    """Return tags as they are stored: one line, without a leading #, each once."""
    wanted = dict[str, str]()
    for tag in tags:
        word = one_line(tag, LONGEST_TAG).lstrip("#").strip()
        if word:
            wanted.setdefault(word.casefold(), word)
    return list(wanted.values())
