"""The sample desk: made-up tickets to try the program on.

A file in `resources/samples` is a YAML list of tickets. Times are minutes before the desk is made (`-150m`).
Inside a text, `[[-150m %H:%M]]` becomes that moment in strftime's letters, so that a pasted log is as old as
its ticket. `me` as assignee or author stands for the person at the desk.
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import msgspec
import yaml

from copilot.domain.ticket import (
    Asset,
    Attachment,
    Level,
    Message,
    Person,
    Priority,
    Status,
    Ticket,
    TicketDraft,
    TicketType,
    Visibility,
)
from copilot.support.errors import KnownError
from copilot.support.i18n import tr

SAMPLE_TAG = "sample"

_Ago = Annotated[str, msgspec.Meta(pattern=r"^-\d+m$")]
_STAMP = re.compile(r"\[\[(-\d+m) ([^\[\]]*%[^\[\]]*)\]\]")
# strftime's own names follow the machine's locale, which Qt sets; logs are in English.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class _Person(_Strict, frozen=True):
    name: str = ""
    email: str = ""
    vip: bool = False


class _Asset(_Strict, frozen=True):
    host: str = ""
    os: str = ""
    model: str = ""
    serial: str = ""


class _Attachment(_Strict, frozen=True):
    name: str
    media_type: str = "text/plain"
    text: str = ""
    size: int | None = None  # bytes, for a file without text


class _Message(_Strict, frozen=True):
    at: _Ago
    author: str
    text: str
    from_requester: bool = False
    visibility: Visibility = Visibility.PUBLIC
    attachments: tuple[_Attachment, ...] = ()


class _Sample(_Strict, frozen=True):
    number: str
    type: TicketType
    title: str
    status: Status
    priority: Priority
    created: _Ago
    body: str = ""
    requester: _Person = _Person()
    impact: Level = Level.LOW
    urgency: Level = Level.MEDIUM
    assignee: str = ""
    group: str = ""
    category: str = ""
    symptom: str = ""
    service: str = ""
    site: str = ""
    language: str = "en"
    channel: str = ""
    assets: tuple[_Asset, ...] = ()
    tags: tuple[str, ...] = ()
    updated: _Ago | None = None  # default: the last thing that happened
    resolved: _Ago | None = None
    paused_minutes: int = 0  # earlier waits for the requester or a vendor, now over
    messages: tuple[_Message, ...] = ()


def load_samples(folder: Path, now: datetime, me: str) -> tuple[TicketDraft, ...]:
    """Return the sample tickets of all `*.yaml` files in `folder`, by file name, then in the file's order.

    Args:
        folder: Where the files lie.
        now: When the desk is made, timezone-aware; times of day in texts are in its zone.
        me: Name of the person at the desk.

    Raises:
        KnownError: A file cannot be read or does not hold what it should; names the file, the field and,
            where it can be told, the line.
    """
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise KnownError(
            tr("There are no sample tickets in {folder}.").format(folder=folder),
            todo=tr("Reinstall the program or choose another folder."),
        )
    # Whole minutes: a log line may then carry its own seconds.
    now = now.replace(second=0, microsecond=0)
    drafts: dict[str, TicketDraft] = {}
    for path in paths:
        for sample in _read(path):
            if sample.number in drafts:
                raise _fault(path, f"{sample.number}: " + tr("number: used twice"))
            _check_times(path, sample)
            drafts[sample.number] = _Maker(now, me).draft(sample)
    return tuple(drafts.values())


def _read(path: Path) -> list[_Sample]:
    try:
        text = path.read_text(encoding="utf-8")
        data = yaml.load(text, Loader=_loader())  # safe: see _loader
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise _fault(path, str(error)) from error
    try:
        return msgspec.convert(data, list[_Sample])
    except msgspec.ValidationError as error:
        raise _fault(path, f"{tr('line')} {_line(text, str(error))}: {error}") from error


def _loader() -> Any:
    """Return the safe loader, the compiled one (10 times as fast) where there is one."""
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _line(text: str, error: str) -> int:
    """Return the line of the place that msgspec names as `$[3].messages[0]`, counted from 1."""
    node: Any = yaml.compose(text, Loader=_loader())
    if node is None:  # an empty file
        return 1
    place = error.rpartition(" - at `$")[2] if " - at `$" in error else ""
    for index, name in re.findall(r"\[(\d+)\]|\.(\w+)", place):
        values = {key.value: value for key, value in node.value} if name else {}
        node = values.get(name, node) if name else node.value[int(index)]
    unknown = re.search(r"unknown field `([^`]+)`", error)
    if unknown:
        node = next((key for key, _ in node.value if key.value == unknown[1]), node)
    return int(node.start_mark.line) + 1


def _fault(path: Path, detail: str) -> KnownError:
    return KnownError(
        tr("The sample file {file} does not hold what it should: {detail}").format(
            file=path.name, detail=detail
        ),
        todo=tr("Mend the file or take it out of its folder."),
    )


def _minutes(ago: str) -> int:
    return int(ago[1:-1])


def _check_times(path: Path, sample: _Sample) -> None:
    """Check created <= messages in order <= updated, and that a resolved ticket says when."""
    order = [_minutes(sample.created), *(_minutes(message.at) for message in sample.messages)]
    if order != sorted(order, reverse=True):
        raise _fault(path, f"{sample.number}: " + tr("messages: times are not in order"))
    last = min(order[-1], _minutes(sample.resolved) if sample.resolved else order[-1])
    if sample.updated and _minutes(sample.updated) > last:
        raise _fault(path, f"{sample.number}: " + tr("updated: earlier than the last thing that happened"))
    ended = sample.status in {Status.RESOLVED, Status.CLOSED}
    if ended is (sample.resolved is None):
        raise _fault(path, f"{sample.number}: " + tr("resolved: goes with status resolved or closed"))
    if sample.resolved and _minutes(sample.resolved) > _minutes(sample.created):
        raise _fault(path, f"{sample.number}: " + tr("resolved: earlier than created"))


class _Maker:
    """Turns samples into drafts for one moment and one person."""

    def __init__(self, now: datetime, me: str) -> None:
        self._now = now
        self._me = me

    def draft(self, sample: _Sample) -> TicketDraft:
        messages = tuple(self._message(message) for message in sample.messages)
        created = self._at(sample.created)
        resolved = self._at(sample.resolved) if sample.resolved else None
        happened = [created, *(message.at for message in messages), *([resolved] if resolved else [])]
        updated = self._at(sample.updated) if sample.updated else max(happened)
        replies = (m.at for m in messages if not m.from_requester and m.visibility is Visibility.PUBLIC)
        ticket = Ticket(
            id=0,
            number=sample.number,
            type=sample.type,
            title=self._stamped(sample.title),
            body=unwrap(self._stamped(sample.body)),
            requester=Person(sample.requester.name, sample.requester.email, sample.requester.vip),
            status=sample.status,
            priority=sample.priority,
            created_at=created,
            updated_at=updated,
            impact=sample.impact,
            urgency=sample.urgency,
            assignee=self._name(sample.assignee),
            group=sample.group,
            category=sample.category,
            symptom=sample.symptom,
            service=sample.service,
            site=sample.site,
            language=sample.language,
            channel=sample.channel,
            assets=tuple(Asset(a.host, a.os, a.model, a.serial) for a in sample.assets),
            tags=(*sample.tags, SAMPLE_TAG),
            first_response_at=next(replies, None),
            resolved_at=resolved,
            closed_at=updated if sample.status is Status.CLOSED else None,
            sla_paused_seconds=sample.paused_minutes * 60,
            sla_paused_since=updated if sample.status.stops_sla_clock else None,
            is_sample=True,
            source="sample",
        )
        return TicketDraft(ticket, messages)

    def _message(self, message: _Message) -> Message:
        return Message(
            uid="",
            ticket=0,
            at=self._at(message.at),
            author=self._name(message.author),
            visibility=message.visibility,
            text=unwrap(self._stamped(message.text)),
            from_requester=message.from_requester,
            attachments=tuple(self._attachment(attachment) for attachment in message.attachments),
            origin="sample",
        )

    def _attachment(self, attachment: _Attachment) -> Attachment:
        text = self._stamped(attachment.text)
        size = len(text.encode("utf-8")) if attachment.size is None else attachment.size
        return Attachment(attachment.name, attachment.media_type, size, text)

    def _name(self, name: str) -> str:
        return self._me if name == "me" else name

    def _at(self, ago: str) -> datetime:
        return (self._now - timedelta(minutes=_minutes(ago))).astimezone(UTC)

    def _stamped(self, text: str) -> str:
        def moment(match: re.Match[str]) -> str:
            at = self._now - timedelta(minutes=_minutes(match[1]))
            letters = match[2].replace("%b", _MONTHS[at.month - 1]).replace("%a", _DAYS[at.weekday()])
            return at.strftime(letters)

        return _STAMP.sub(moment, text)


def unwrap(text: str) -> str:
    """Join the lines of prose, which the files wrap at about 110 characters; pasted output keeps its lines.

    A line is taken for wrapped prose where it is long, does not begin like output (a space, a digit, a mark), and the
    next one begins with a letter, a digit or a quotation mark.
    """
    joined = list[str]()
    wrapped = False
    for line in text.rstrip().split("\n"):
        goes_on = (wrapped and line[:1].isalnum()) or (wrapped and line[:1] in "\"“'(<")
        if joined and goes_on and line:
            joined[-1] += " " + line
        else:
            joined.append(line)
        wrapped = 80 <= len(line) <= 125 and line[:1].isalpha() and not _OUTPUT.search(line)
    return "\n".join(joined)


# Key and value, columns, paths with a prompt, times in front: what programs print.
_OUTPUT = re.compile(r" \. |\s{3,}|^[A-Z]:\\|^\S+>|^[A-Z][a-z]{2} \d|\t")
