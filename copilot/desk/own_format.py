"""Our own ticket files: everything of a ticket, written so that reading it gives the same ticket again.

JSON holds an object a ticket, CSV the same with lists as JSON in a cell. A cell that a spreadsheet would take for a
formula gets an apostrophe in front, which reading takes off again.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from copilot.desk.tables import RowError
from copilot.desk.values import read_flag, read_level, read_priority, read_status, read_time, read_type
from copilot.domain.ticket import (
    Asset,
    Attachment,
    DraftLink,
    Message,
    Person,
    Ticket,
    TicketDraft,
    Visibility,
)
from copilot.support.clock import from_text, to_text
from copilot.support.i18n import tr
from copilot.support.text import clean, one_line

FORMAT = "technician-copilot tickets"
VERSION = 1
COLUMNS = (
    *(
        "number",
        "type",
        "title",
        "body",
        "requester",
        "email",
        "vip",
        "status",
        "priority",
        "impact",
        "urgency",
    ),
    *("assignee", "group", "category", "symptom", "service", "site", "language", "channel", "assets", "tags"),
    *("created_at", "updated_at", "first_response_at", "resolved_at", "closed_at"),
    *("sla_paused_seconds", "sla_paused_since", "is_sample", "source", "source_id", "links", "messages"),
)
LINK_KINDS = ("related", "duplicate_of", "caused_by", "merged_into")
_LISTS = ("assets", "tags", "links", "messages")
_LONGEST_NUMBER = 100  # characters, as for other files
# Where a spreadsheet begins a cell: at the start or, if it parts by another sign than we do, after that sign or a line
# end; quotation marks before it are taken off. A formula begins with one of the last group, full-width ones included.
_STARTS = r"(^|[;\t\r\n])(\"*)"
_FORMULA = r"(?=[=+\-@\uff1d\uff0b\uff0d\uff20])"
_DEFUSE = re.compile(rf"{_STARTS}('*){_FORMULA}")
_UNDO = re.compile(rf"{_STARTS}'('*){_FORMULA}")
_Value = TypeVar("_Value")


def record(draft: TicketDraft) -> dict[str, Any]:
    """Return a ticket as plain values, by the names of `COLUMNS`."""
    t = draft.ticket
    return {
        "number": t.number,
        "type": t.type.value,
        "title": t.title,
        "body": t.body,
        "requester": t.requester.name,
        "email": t.requester.email,
        "vip": t.requester.vip,
        "status": t.status.value,
        "priority": t.priority.value,
        "impact": t.impact.value,
        "urgency": t.urgency.value,
        "assignee": t.assignee,
        "group": t.group,
        "category": t.category,
        "symptom": t.symptom,
        "service": t.service,
        "site": t.site,
        "language": t.language,
        "channel": t.channel,
        "assets": [{"host": a.host, "os": a.os, "model": a.model, "serial": a.serial} for a in t.assets],
        "tags": list(t.tags),
        "created_at": to_text(t.created_at),
        "updated_at": to_text(t.updated_at),
        "first_response_at": _stamp(t.first_response_at),
        "resolved_at": _stamp(t.resolved_at),
        "closed_at": _stamp(t.closed_at),
        "sla_paused_seconds": t.sla_paused_seconds,
        "sla_paused_since": _stamp(t.sla_paused_since),
        "is_sample": t.is_sample,
        "source": t.source,
        "source_id": t.source_id,
        "links": [
            {"kind": link.kind, "number": link.number, "by": link.by, "at": to_text(link.at)}
            for link in draft.links
        ],
        "messages": [
            {
                "at": to_text(m.at),
                "author": m.author,
                "visibility": m.visibility.value,
                "from_requester": m.from_requester,
                "origin": m.origin,
                "text": m.text,
                "attachments": [
                    {"name": a.name, "media_type": a.media_type, "size": a.size, "text": a.text}
                    for a in m.attachments
                ],
            }
            for m in draft.messages
        ],
    }


def cells(values: Mapping[str, Any]) -> list[str]:
    """Return a record as the cells of a CSV row."""
    return [defuse(_cell(values[name])) for name in COLUMNS]


def defuse(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run."""
    return _DEFUSE.sub(r"\1\2'\3", text)


def undo_defuse(text: str) -> str:
    """Return what `defuse` was given."""
    return _UNDO.sub(r"\1\2\3", text)


def from_cells(row: Mapping[str, object]) -> dict[str, object]:
    """Return a CSV row as a record; a list that is broken stays the text that it is."""
    found: dict[str, object] = {name: undo_defuse(str(cell)) for name, cell in row.items()}
    for name in _LISTS:
        try:
            found[name] = json.loads(str(found.get(name) or "[]"))
        except (ValueError, RecursionError):
            continue
    return found


def read_record(values: Mapping[str, object], number: int) -> tuple[TicketDraft | None, list[RowError]]:
    """Return a record as a ticket or, where it was changed by hand to what is none, why it is not."""
    reader = _Reader(values, number)
    draft = reader.draft()
    return draft, reader.errors


class _Reader:
    def __init__(self, values: Mapping[str, object], number: int) -> None:
        self.errors: list[RowError] = []
        self._values = values
        self._number = number

    def draft(self) -> TicketDraft | None:
        status = self._read("status", read_status)
        created = self._time("created_at")
        if created is None and not self.errors:
            self._refuse("created_at", tr("The time is missing."))
        if not self._text("title").strip() and not self._text("body").strip():
            self._refuse("title", tr("The row has neither a title nor a description."))
        kind, priority = self._read("type", read_type), self._read("priority", read_priority)
        impact, urgency = self._read("impact", read_level), self._read("urgency", read_level)
        assets, tags, messages, links = self._assets(), self._tags(), self._messages(), self._links()
        number = one_line(self._text("number"), _LONGEST_NUMBER + 1)
        if len(number) > _LONGEST_NUMBER:
            self._refuse("number", tr("The ticket number is too long."))
        updated = self._time("updated_at") or created
        paused = self._read("sla_paused_seconds", _seconds) or 0
        times = [
            self._time(name) for name in ("first_response_at", "resolved_at", "closed_at", "sla_paused_since")
        ]
        vip, is_sample = self._read("vip", read_flag), self._read("is_sample", read_flag)
        if self.errors or not (status and kind and priority and impact and urgency and created and updated):
            self.errors = self.errors or [RowError(self._number, "", tr("The row is incomplete."))]
            return None
        ticket = Ticket(
            id=0,
            number=number,
            type=kind,
            title=self._text("title"),
            body=self._text("body"),
            requester=Person(self._text("requester"), self._text("email"), bool(vip)),
            status=status,
            priority=priority,
            created_at=created,
            updated_at=updated,
            impact=impact,
            urgency=urgency,
            assignee=self._text("assignee"),
            group=self._text("group"),
            category=self._text("category"),
            symptom=self._text("symptom"),
            service=self._text("service"),
            site=self._text("site"),
            language=self._text("language"),
            channel=self._text("channel"),
            assets=assets,
            tags=tags,
            first_response_at=times[0],
            resolved_at=times[1],
            closed_at=times[2],
            sla_paused_seconds=paused,
            sla_paused_since=times[3],
            is_sample=bool(is_sample),
            source=self._text("source"),
            source_id=self._text("source_id"),
        )
        return TicketDraft(ticket, messages, links)

    def _refuse(self, field: str, message: str) -> None:
        self.errors.append(RowError(self._number, field, message))

    def _text(self, field: str) -> str:
        return _plain(self._values.get(field))

    def _read(self, field: str, read: Callable[[str], _Value]) -> _Value | None:
        text = self._text(field)
        try:
            return read(text) if text else None
        except ValueError as error:
            self._refuse(field, str(error))
            return None

    def _time(self, field: str) -> datetime | None:
        return self._read(field, _time)

    def _items(self, field: str) -> Sequence[Mapping[str, object]]:
        found = self._values.get(field, [])
        if isinstance(found, list) and all(isinstance(item, dict) for item in found):
            return found
        self._refuse(field, tr("This is not a list of objects with named fields."))
        return ()

    def _assets(self) -> tuple[Asset, ...]:
        names = ("host", "os", "model", "serial")
        return tuple(Asset(*(_plain(item.get(name)) for name in names)) for item in self._items("assets"))

    def _tags(self) -> tuple[str, ...]:
        found = self._values.get("tags", [])
        if isinstance(found, list) and all(isinstance(item, str) for item in found):
            return tuple(map(_plain, found))
        self._refuse("tags", tr("This is not a list of words."))
        return ()

    def _links(self) -> tuple[DraftLink, ...]:
        found = []
        for item in self._items("links"):
            kind, number, at = (
                _plain(item.get("kind")),
                _plain(item.get("number")),
                self._inner_time("links", item),
            )
            if kind not in LINK_KINDS:
                self._refuse("links", tr("“{value}” is not a kind of link.").format(value=one_line(kind, 60)))
            elif at is not None:
                found.append(DraftLink(kind, number, one_line(_plain(item.get("by"))), at))
        return tuple(found)

    def _messages(self) -> tuple[Message, ...]:
        return tuple(
            Message(
                uid="",
                ticket=0,
                at=at,
                author=_plain(item.get("author")),
                visibility=Visibility.PUBLIC if item.get("visibility") == "public" else Visibility.INTERNAL,
                text=_plain(item.get("text")),
                from_requester=item.get("from_requester") is True,
                attachments=_attachments(item.get("attachments")),
                origin=one_line(_plain(item.get("origin")), 20),
            )
            for item in self._items("messages")
            if (at := self._inner_time("messages", item)) is not None
        )

    def _inner_time(self, field: str, item: Mapping[str, object]) -> datetime | None:
        try:
            at = _time(_plain(item.get("at")))
        except ValueError as error:
            self._refuse(field, str(error))
            return None
        if at is None:
            self._refuse(field, tr("The time is missing."))
        return at


def _attachments(found: object) -> tuple[Attachment, ...]:
    items = [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
    return tuple(
        Attachment(
            name=one_line(_plain(item.get("name"))),
            media_type=one_line(_plain(item.get("media_type")), 100),
            size=size if isinstance(size := item.get("size"), int) and 0 <= size < 1 << 60 else 0,
            text=_plain(item.get("text")),
        )
        for item in items
    )


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return clean(value) if isinstance(value, str) else "" if value is None else clean(str(value))


def _time(text: str) -> datetime | None:
    try:
        return from_text(text) if text else None
    except (ValueError, OverflowError):
        return read_time(text, None)  # a spreadsheet may have written it its own way


def _seconds(text: str) -> int:
    if not re.fullmatch(r"\d{1,10}", text, re.ASCII):
        raise ValueError(tr("“{value}” is not a number of seconds.").format(value=one_line(text, 60)))
    return int(text)


def _stamp(at: datetime | None) -> str:
    return to_text(at) if at else ""


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return _plain(value) if isinstance(value, bool) else str(value)
