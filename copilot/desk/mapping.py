"""Which column of a foreign file is which field of ours: guessed by name, or told by a map file."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from copilot.desk.values import read_level, read_priority, read_status, read_type
from copilot.support.errors import KnownError
from copilot.support.i18n import tr

# The best name first: where a file has two of them, the earlier one is taken.
_SYNONYMS: dict[str, str] = {
    "number": (
        "number, ticket number, ticket no, ticket id, incident number, incident id, request number, case number, "
        "issue key, key, ticket, id, reference, ref"
    ),
    "title": "title, short description, summary, subject, ticket title, headline",
    "body": "body, description, long description, details, detail, problem description, content, text",
    "requester": (
        "requester, requester name, caller, caller id, reporter, requested by, requested for, opened by, "
        "customer, customer name, contact, contact name, submitter, creator, author, user, from"
    ),
    "email": (
        "email, requester email, caller email, reporter email, contact email, customer email, user email, "
        "email address, e mail, from email"
    ),
    "vip": "vip, requester vip, is vip",
    "status": "status, state, incident state, ticket status",
    "priority": "priority, prio, severity",
    "impact": "impact",
    "urgency": "urgency",
    "type": "type, ticket type, issue type, issuetype, record type",
    "assignee": "assignee, assigned to, assigned agent, agent, owner, technician",
    "group": "group, assignment group, assigned group, team, queue",
    "category": "category",
    "symptom": "symptom, u symptom, subcategory, sub category",
    "service": "service, business service, service name, configuration item, cmdb ci",
    "site": "site, location, office",
    "language": "language, lang",
    "channel": "channel, contact type, via",
    "host": "host, hostname, host name, computer, computer name, device, device name, asset, asset name, machine",
    "os": "os, operating system",
    "model": "model, device model, asset model",
    "serial": "serial, serial number",
    "tags": "tags, labels, tag, keywords",
    "created_at": (
        "created at, created, opened at, opened, created on, date created, created date, create time, open date, "
        "creation date, submitted at, submitted, reported at, sys created at, sys created on, date"
    ),
    "updated_at": (
        "updated at, updated, last updated, updated on, last modified, modified, modified at, date updated, "
        "last activity, sys updated at, sys updated on"
    ),
    "first_response_at": "first response at, first response, first reply, responded at",
    "resolved_at": "resolved at, resolved, resolution date, resolutiondate, date resolved, solved at",
    "closed_at": "closed at, closed, date closed, close date",
    "sla_paused_seconds": "sla paused seconds",
    "sla_paused_since": "sla paused since",
    "assets": "assets",
    "messages": "messages, comments, thread, articles",
}
FIELDS = frozenset(_SYNONYMS)
TIME_FIELDS = (
    "created_at",
    "updated_at",
    "first_response_at",
    "resolved_at",
    "closed_at",
    "sla_paused_since",
)
_VALUE_READERS = {
    "status": read_status,
    "priority": read_priority,
    "impact": read_level,
    "urgency": read_level,
    "type": read_type,
}
_LARGEST_MAP = 1_000_000  # bytes


@dataclass(frozen=True, slots=True)
class FieldMap:
    """A map file's content.

    Attributes:
        columns: Our field to the name of their column.
        values: Our field to {their value, case-folded: our value}.
        dayfirst: Whether 3/4/2026 is the third of April; None where the file is to show it.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    dayfirst: bool | None = None

    def value(self, name: str, text: str) -> str:
        """Return our word for their value of field `name`; `text` itself where the map is silent."""
        return self.values.get(name, {}).get(text.strip().casefold(), text)


def load_mapping(path: Path) -> dict[str, object]:
    """Read a map file, YAML or JSON.

    The file says `our_field: Their column` line by line, and may hold `values: {status: {Active: in_progress}}` and
    `dayfirst: true`.

    Raises:
        KnownError: It cannot be read, or says something that is not understood.
    """
    todo = tr("Correct the map file and import again.")
    try:
        if path.stat().st_size > _LARGEST_MAP:
            raise KnownError(
                tr("{name} is too large for a map file.").format(name=path.name),
                tr("Nothing was imported."),
                todo,
            )
        text = path.read_text(encoding="utf-8-sig")
        data = json.loads(text) if path.suffix.casefold() == ".json" else yaml.safe_load(text)
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        what = tr("The map file {name} cannot be read: {why}").format(name=path.name, why=_short(error))
        raise KnownError(what, tr("Nothing was imported."), todo) from error
    if not isinstance(data, dict):
        what = tr("The map file {name} does not hold pairs of field and column.").format(name=path.name)
        raise KnownError(what, tr("Nothing was imported."), todo)
    content = {str(key): value for key, value in data.items()}
    check_mapping(content)
    return content


def check_mapping(content: Mapping[str, object] | None) -> FieldMap:
    """Check the content of a map file.

    Raises:
        KnownError: A field or value in it is unknown.
    """
    columns: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    dayfirst: bool | None = None
    for name, value in (content or {}).items():
        key = name if name in FIELDS else _field_of(name)
        if key == "dayfirst" and isinstance(value, bool):
            dayfirst = value
        elif key == "values" and isinstance(value, Mapping):
            for name, pairs in value.items():
                values[str(name)] = _value_map(str(name), pairs)
        elif key in FIELDS and isinstance(value, str):
            columns[key] = value
        elif key in FIELDS and isinstance(value, Mapping):
            values[key] = _value_map(key, value)
        else:
            raise _refuse(
                tr("The map file's line “{key}” is not understood. It knows these fields: {fields}.").format(
                    key=key, fields=", ".join(sorted(FIELDS))
                )
            )
    return FieldMap(columns, values, dayfirst)


def guess_columns(headers: Sequence[str], told: Mapping[str, str]) -> dict[str, str]:
    """Return our field to their column, each column used once; what was `told` comes first.

    Raises:
        KnownError: A told column is not there.
    """
    by_name: dict[str, str] = {}
    for header in headers:
        by_name.setdefault(_plain(header), header)
    found: dict[str, str] = {}
    for name, column in told.items():
        match = column if column in headers else by_name.get(_plain(column))
        if match is None:
            raise _refuse(
                tr("The map file takes {field} from the column “{column}”, which is not there.").format(
                    field=name, column=column
                )
            )
        found[name] = match
    used = set(found.values())
    for name, line in _SYNONYMS.items():
        if name in found:
            continue
        for synonym in line.split(", "):
            column = by_name.get(synonym.strip(), "")
            if column and column not in used:
                found[name] = column
                used.add(column)
                break
    return found


def known_columns(headers: Sequence[str], told: Mapping[str, str]) -> int:
    """Return how many of `headers` mean something; a wrong delimiter shows by a low count."""
    wanted = {_plain(column) for column in told.values()}
    wanted.update(synonym.strip() for line in _SYNONYMS.values() for synonym in line.split(", "))
    return len({_plain(header) for header in headers} & wanted)


def _field_of(name: str) -> str:
    """Return our field that goes by `name` too ("description" is `body`); `name` itself where there is none."""
    plain = _plain(name)
    return next((f for f, line in _SYNONYMS.items() if plain in (s.strip() for s in line.split(","))), name)


def _value_map(name: str, pairs: object) -> dict[str, str]:
    if name not in FIELDS or not isinstance(pairs, Mapping):
        raise _refuse(tr("The map file's values for “{field}” are not understood.").format(field=name))
    result = {str(theirs).strip().casefold(): str(ours) for theirs, ours in pairs.items()}
    reader = _VALUE_READERS.get(name)
    for ours in result.values():
        try:
            if reader is not None:
                reader(ours)
        except ValueError:
            raise _refuse(
                tr("The map file gives {field} the value “{value}”, which does not exist.").format(
                    field=name, value=ours
                )
            ) from None
    return result


def _refuse(what: str) -> KnownError:
    return KnownError(what, tr("Nothing was imported."), tr("Correct the map file and import again."))


def _plain(header: str) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header.strip())
    return re.sub(r"[\W_]+", " ", words.casefold()).strip()


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
