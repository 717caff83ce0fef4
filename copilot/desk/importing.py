"""Reads tickets from a file that another system, a spreadsheet or our own export wrote."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from copilot.desk import own_format
from copilot.desk.mapping import TIME_FIELDS, FieldMap, check_mapping, guess_columns, known_columns
from copilot.desk.mapping import load_mapping as load_mapping
from copilot.desk.tables import Row, Table, read_table
from copilot.desk.tables import RowError as RowError
from copilot.desk.values import (
    day_order,
    is_blank,
    priority_of,
    read_flag,
    read_level,
    read_priority,
    read_status,
    read_time,
    read_type,
)
from copilot.domain.ticket import (
    Asset,
    Attachment,
    Level,
    Message,
    Person,
    Status,
    Ticket,
    TicketDraft,
    TicketType,
    Visibility,
)
from copilot.support.errors import KnownError
from copilot.support.i18n import tr
from copilot.support.text import clean, one_line

_TITLE_FROM_BODY = 120  # characters
_NAME_AND_ADDRESS = re.compile(r"([^<>]*)<([^<>\s]+@[^<>\s]+)>")
_DIGIT = re.compile(r"\d")
_LONGEST_NUMBER = 100  # characters
_PROGRESS_STEP = 500  # rows
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class TicketTable:
    """A file taken apart into rows, before its columns become fields.

    Attributes:
        name: The file's name.
        headers: Its columns; of a JSON file every name that occurs.
        told: What a map file says.
        is_ours: Whether this program exported it; then there is nothing to map.
        content: The rows.
    """

    name: str
    headers: tuple[str, ...]
    told: FieldMap
    is_ours: bool
    content: Table

    def __len__(self) -> int:
        return len(self.content.rows)


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What a file holds.

    Attributes:
        drafts: The tickets that can be taken, in the order of the file.
        errors: The rows that cannot, in the order of the file; whether that refuses the file is for the caller.
        mapping: Our field to their column, as used.
        notes: Remarks for the person who imports.
        headers: The file's columns.
        name: The file's name.
        by_map_file: Whether a map file told the columns.
        is_ours: Whether this program exported the file.
    """

    drafts: tuple[TicketDraft, ...]
    errors: tuple[RowError, ...]
    mapping: Mapping[str, str]
    notes: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    name: str = ""
    by_map_file: bool = False
    is_ours: bool = False


def open_table(path: Path, mapping: Mapping[str, object] | None = None) -> TicketTable:
    """Take a CSV, JSON or JSON Lines file apart.

    Args:
        path: The file; its ending tells the format.
        mapping: A map file's content (see `load_mapping`) or just our field to their column.

    Raises:
        KnownError: The file cannot be read at all, or the map file says what is not understood.
    """
    told = check_mapping(mapping)
    table = read_table(
        path, lambda headers: known_columns(headers, told.columns), own_format.FORMAT, own_format.COLUMNS
    )
    return TicketTable(path.name, tuple(table.headers), told, table.is_ours, table)


def guess(table: TicketTable) -> dict[str, str]:
    """Return our field to their column, as far as the names tell.

    Raises:
        KnownError: The map file names a column that is not there.
    """
    return guess_columns(table.headers, table.told.columns)


def read_rows(
    table: TicketTable,
    columns: Mapping[str, str],
    now: datetime,
    progress: Callable[[int, int], None] = lambda done, total: None,
    *,
    first: int | None = None,
) -> ImportResult:
    """Read rows as tickets by these columns; nothing is stored.

    Args:
        table: The file.
        columns: Our field to their column.
        now: The time that a ticket without a time of its own gets.
        progress: Called with rows done and rows in all; what it raises ends the reading.
        first: Read only so many rows, for a look.

    Raises:
        KnownError: Neither a title nor a description is among the columns.
    """
    rows = table.content.rows
    if rows and not table.is_ours and not {"title", "body"} & columns.keys():
        raise KnownError(
            tr("{name} has no column that looks like a title or a description.").format(name=table.name),
            tr("Nothing was imported."),
            tr("Name the columns in a map file. Found: {columns}.").format(
                columns=one_line(", ".join(table.headers), 300)
            ),
        )
    total = len(rows) if first is None else min(first, len(rows))
    read = _reader(table, columns, now)
    drafts: list[TicketDraft] = []
    errors = list(table.content.errors)
    first_seen: dict[str, int] = {}
    for done in range(total):
        if done % _PROGRESS_STEP == 0:
            progress(done, total)
        row = rows[done]
        draft, faults = read(row)
        number = draft.ticket.number if draft else ""
        if number and first_seen.setdefault(number, row.number) != row.number:
            message = tr("{number} is already in row {row}.")
            text = message.format(number=one_line(number, 60), row=first_seen[number])
            faults.append(RowError(row.number, "number", text))
        if faults or draft is None:
            errors.extend(faults)
        else:
            drafts.append(draft)
    progress(total, total)
    errors.sort(key=lambda error: error.row)
    notes = table.content.notes if table.is_ours else _notes(table, columns)
    return ImportResult(
        drafts=tuple(drafts),
        errors=tuple(errors),
        mapping={} if table.is_ours else dict(columns),
        notes=tuple(notes),
        headers=table.headers,
        name=table.name,
        by_map_file=bool(table.told.columns),
        is_ours=table.is_ours,
    )


def read_file(
    path: Path,
    mapping: Mapping[str, object] | None,
    now: datetime,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> ImportResult:
    """Read tickets from a file by the columns that its names and a map file tell; see the parts above."""
    table = open_table(path, mapping)
    return read_rows(table, guess(table), now, progress)


def _notes(table: TicketTable, columns: Mapping[str, str]) -> list[str]:
    notes = list(table.content.notes)
    left_out = [header for header in table.headers if header and header not in columns.values()]
    if left_out:
        notes.append(tr("Columns left out: {columns}.").format(columns=one_line(", ".join(left_out), 300)))
    priority = columns.get("priority", "")
    if any(_DIGIT.fullmatch(str(row.cells.get(priority))) for row in table.content.rows):
        notes.append(tr("Priorities are bare numbers; 1 was read as the most urgent."))
    return notes


_Read = Callable[[Row], tuple[TicketDraft | None, list[RowError]]]


def _reader(table: TicketTable, columns: Mapping[str, str], now: datetime) -> _Read:
    """Return what reads one row."""
    if table.is_ours:
        is_csv = bool(table.content.rows) and isinstance(table.content.rows[0].cells.get("messages"), str)

        def read_own(row: Row) -> tuple[TicketDraft | None, list[RowError]]:
            values = own_format.from_cells(row.cells) if is_csv else row.cells
            return own_format.read_record(values, row.number)

        return read_own
    told = table.told
    if told.dayfirst is None:
        times = [columns[name] for name in TIME_FIELDS if name in columns]
        found = (row.cells.get(name) for row in table.content.rows for name in times)
        told = replace(told, dayfirst=day_order(cell for cell in found if isinstance(cell, str)))

    def read(row: Row) -> tuple[TicketDraft | None, list[RowError]]:
        reader = _RowReader(row, columns, told)
        return reader.draft(now), reader.errors

    return read


class _RowReader:
    """Reads one row; what is wrong with it gathers in `errors`, so that a person sees all of it at once."""

    def __init__(self, row: Row, columns: Mapping[str, str], told: FieldMap) -> None:
        self.errors: list[RowError] = []
        self._row = row
        self._columns = columns
        self._told = told

    def refuse(self, field: str, message: str) -> None:
        """Note why the row cannot be taken."""
        self.errors.append(RowError(self._row.number, field, message))

    def draft(self, now: datetime) -> TicketDraft:
        """Return the row as a ticket; worth something only while `errors` is empty."""
        title, body = self._word("title"), self._text("body")
        if not title and not body.strip():
            self.refuse("title", tr("The row has neither a title nor a description."))
        updated, created = self._time("updated_at"), self._time("created_at")
        resolved, closed = self._time("resolved_at"), self._time("closed_at")
        known = [at for at in (created, updated, resolved, closed) if at is not None]
        created = created or min(known, default=now)
        updated = updated or max(known, default=now)
        status = self._read("status", read_status) or Status.NEW
        impact = self._read("impact", read_level) or Level.LOW
        urgency = self._read("urgency", read_level) or Level.MEDIUM
        requester = self._requester()
        number = self._word("number")
        if len(number) > _LONGEST_NUMBER:
            self.refuse("number", tr("The ticket number is too long."))
        ticket = Ticket(
            id=0,
            number=number,
            type=self._read("type", read_type) or TicketType.INCIDENT,
            title=title or one_line(body, _TITLE_FROM_BODY),
            body=body,
            requester=requester,
            status=status,
            priority=self._read("priority", read_priority) or priority_of(impact, urgency),
            created_at=created,
            updated_at=updated,
            impact=impact,
            urgency=urgency,
            assignee=self._word("assignee"),
            group=self._word("group"),
            category=self._word("category"),
            symptom=self._word("symptom"),
            service=self._word("service"),
            site=self._word("site"),
            language=self._word("language") or "en",
            channel=self._word("channel"),
            assets=self._assets(),
            tags=self._tags(),
            first_response_at=self._time("first_response_at"),
            resolved_at=resolved,
            closed_at=closed,
            sla_paused_seconds=self._seconds("sla_paused_seconds"),
            # Where the file does not say since when it waits, its last change is the best that is known.
            sla_paused_since=(self._time("sla_paused_since") or updated) if status.stops_sla_clock else None,
            source="import",
            source_id=number,
        )
        return TicketDraft(ticket, self._messages(requester, created, updated))

    def _raw(self, field: str) -> object:
        column = self._columns.get(field)
        return None if column is None else self._row.cells.get(column)

    def _text(self, field: str) -> str:
        raw = self._raw(field)
        if raw is None:
            return ""
        try:
            return self._told.value(field, plain_text(raw))
        except TypeError:
            self.refuse(field, tr("The value is not a text."))
            return ""

    def _word(self, field: str) -> str:
        text = " ".join(self._text(field).split())
        return "" if not text or is_blank(text) else text

    def _read(self, field: str, read: Callable[[str], _Value]) -> _Value | None:
        text = self._word(field)
        try:
            return read(text) if text else None
        except ValueError as error:
            self.refuse(field, str(error))
            return None

    def _time(self, field: str) -> datetime | None:
        return self._read(field, lambda text: read_time(text, self._told.dayfirst))

    def _seconds(self, field: str) -> int:
        def read(text: str) -> int:
            if not re.fullmatch(r"\d{1,10}", text, re.ASCII):
                raise ValueError(tr("“{value}” is not a number of seconds.").format(value=one_line(text, 60)))
            return int(text)

        return self._read(field, read) or 0

    def _requester(self) -> Person:
        raw = self._raw("requester")
        email, vip = self._word("email"), self._read("vip", read_flag)
        if isinstance(raw, dict):
            email = email or one_line(plain_text(raw.get("email", raw.get("emailAddress"))), 320)
            vip = vip if vip is not None else raw.get("vip") is True
        name = self._word("requester")
        if found := _NAME_AND_ADDRESS.fullmatch(name):
            name, email = found[1].strip(' "'), email or found[2]
        elif re.fullmatch(r"\S+@\S+", name):
            name, email = "", email or name
        return Person(name=name, email=email, vip=bool(vip))

    def _assets(self) -> tuple[Asset, ...]:
        names = ("host", "os", "model", "serial")
        raw = self._raw("assets")
        assets = []
        for item in raw if isinstance(raw, list) else []:
            if not isinstance(item, dict):
                self.refuse("assets", tr("An asset is not an object with named fields."))
                continue
            assets.append(Asset(*(self._inner("assets", item, name) for name in names)))
        own = Asset(*(self._word(name) for name in names))
        return tuple(assets) if own == Asset() else (*assets, own)

    def _tags(self) -> tuple[str, ...]:
        raw = self._raw("tags")
        words = [self._inner("tags", {"": item}, "") for item in raw] if isinstance(raw, list) else []
        words = words or re.split(r"[,;|]", self._word("tags"))
        return tuple(dict.fromkeys(word.strip() for word in words if word.strip()))

    def _messages(self, requester: Person, created: datetime, updated: datetime) -> tuple[Message, ...]:
        raw = self._raw("messages")
        if isinstance(raw, str) and not is_blank(raw):
            raw = [{"text": raw, "at": updated.isoformat()}]
        messages = []
        for item in raw if isinstance(raw, list) else []:
            message = self._message(item, requester, created)
            if message is not None:
                messages.append(message)
        return tuple(sorted(messages, key=lambda message: message.at))

    def _message(self, item: object, requester: Person, created: datetime) -> Message | None:
        if not isinstance(item, dict):
            self.refuse("messages", tr("A message is not an object with named fields."))
            return None
        files = item.get("attachments")
        files = files if isinstance(files, list) else []
        attachments = tuple(
            Attachment(
                name=one_line(self._inner("messages", each, "name"), 200),
                media_type=one_line(self._inner("messages", each, "media_type") or "text/plain", 100),
                size=each["size"] if isinstance(each.get("size"), int) else 0,
                text=self._inner("messages", each, "text"),
            )
            for each in files
            if isinstance(each, dict)
        )
        text = self._inner("messages", item, "text", "body", "content", "comment")
        if not text.strip() and not attachments:
            self.refuse("messages", tr("A message has no text."))
            return None
        at = created
        try:
            when = self._inner("messages", item, "at", "created_at", "createdAt", "created", "date", "time")
            at = read_time(when, self._told.dayfirst) or created
        except ValueError as error:
            self.refuse("messages", str(error))
        author = one_line(self._inner("messages", item, "author", "from", "by", "user", "created_by"), 200)
        from_requester = item.get("from_requester")
        if not isinstance(from_requester, bool):
            from_requester = author != "" and author in {requester.name, requester.email}
        return Message(
            uid="",
            ticket=0,
            at=at,
            author=author,
            visibility=_visibility(item, from_requester),
            text=text,
            from_requester=from_requester,
            attachments=attachments,
            origin="import",
        )

    def _inner(self, field: str, item: Mapping[str, object], *names: str) -> str:
        """Return the first of `names` that is there, as text."""
        for name in names:
            if item.get(name) is not None:
                try:
                    return plain_text(item[name])
                except TypeError:
                    self.refuse(field, tr("The value of “{name}” is not a text.").format(name=name))
        return ""


def _visibility(item: Mapping[str, object], from_requester: bool) -> Visibility:
    """Return who may read a message; private where the file does not say, unless the requester wrote it."""
    named = item.get("visibility")
    if isinstance(named, str) and named.casefold() in {"public", "internal"}:
        return Visibility(named.casefold())
    for name, public_when in (
        ("public", True),
        ("internal", False),
        ("is_private", False),
        ("private", False),
    ):
        if isinstance(item.get(name), bool):
            return Visibility.PUBLIC if item[name] is public_when else Visibility.INTERNAL
    return Visibility.PUBLIC if from_requester else Visibility.INTERNAL


def plain_text(raw: object) -> str:
    """Return a cell as cleaned text; of an object its name.

    Raises:
        TypeError: It is a list or object that cannot be said in words.
    """
    if raw is None or raw == {}:
        return ""
    if isinstance(raw, dict):
        names: Sequence[str] = (
            "display_value",
            "displayName",
            "display_name",
            "name",
            "value",
            "label",
            "email",
        )
        raw = next((raw[name] for name in names if isinstance(raw.get(name), str | int | float)), raw)
    elif isinstance(raw, list):
        if any(isinstance(item, list) for item in raw):
            raise TypeError("list in a list")
        return ", ".join(plain_text(item) for item in raw)
    match raw:
        case str():
            return clean(raw)
        case bool():
            return "true" if raw else "false"
        case int() | float():
            return str(raw)
    raise TypeError(type(raw).__name__)
