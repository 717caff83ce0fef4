"""Reads values the way other ticket systems spell them: "1 - Critical", "Awaiting User Info", "30/11/2026 14:05"."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from copilot.domain.ticket import Level, Priority, Status, TicketType
from copilot.support.i18n import tr
from copilot.support.text import one_line

_Choice = TypeVar("_Choice", bound=StrEnum)


def _by_spelling(lines: Mapping[_Choice, str]) -> Mapping[str, _Choice]:
    return MappingProxyType({each: choice for choice, line in lines.items() for each in line.split(", ")})


_STATUS = _by_spelling(
    {
        Status.NEW: "new, to do, todo, backlog, logged, submitted, registered",
        Status.TRIAGED: "triaged, assigned, accepted, acknowledged",
        Status.IN_PROGRESS: "in progress, open, active, work in progress, wip, started, working, processing, reopened",
        Status.AWAITING_USER: (
            "awaiting user, awaiting user info, awaiting customer, awaiting evidence, awaiting requester, pending, "
            "pending user, pending customer, pending reminder, waiting, waiting for customer, waiting for user, "
            "waiting on customer, waiting on user, stalled"
        ),
        Status.AWAITING_VENDOR: (
            "awaiting vendor, on hold, hold, pending vendor, waiting for vendor, waiting on third party, "
            "waiting for third party, awaiting third party"
        ),
        Status.AWAITING_CHANGE_OR_PROBLEM: (
            "awaiting change or problem, awaiting problem, awaiting change, pending change, pending problem"
        ),
        Status.RESOLVED: "resolved, solved, fixed, done, completed, complete",
        Status.CLOSED: "closed, closed complete, closed completed, closed incomplete, closed skipped",
        Status.CANCELLED: "cancelled, canceled, rejected, withdrawn, won t fix, won t do, wontfix",
        Status.MERGED: "merged, duplicate",
    }
)
_PRIORITY = _by_spelling(
    {
        Priority.P1: "p1, 1, s1, critical, highest, urgent, very high, emergency, blocker, immediate",
        Priority.P2: "p2, 2, s2, high, major",
        Priority.P3: "p3, 3, s3, medium, moderate, normal, standard",
        Priority.P4: "p4, 4, p5, 5, s4, low, lowest, very low, minor, planning, trivial",
    }
)
_LEVEL = _by_spelling(
    {
        Level.HIGH: "high, 1, critical, urgent, very high, extensive, widespread, major",
        Level.MEDIUM: "medium, 2, moderate, normal, significant, limited",
        Level.LOW: "low, 3, very low, minor, localized, localised",
    }
)
_TYPE = _by_spelling(
    {
        TicketType.INCIDENT: "incident, inc, bug, issue, fault",
        TicketType.REQUEST: (
            "request, req, ritm, service request, service request with approvals, requested item, access request"
        ),
        TicketType.PROBLEM: "problem, prb",
        TicketType.CHANGE: "change, chg, change request",
        TicketType.QUESTION: "question, inquiry, enquiry, get it help",
    }
)

_MATRIX: Mapping[tuple[Level, Level], Priority] = MappingProxyType(
    {
        (Level.HIGH, Level.HIGH): Priority.P1,
        (Level.HIGH, Level.MEDIUM): Priority.P2,
        (Level.HIGH, Level.LOW): Priority.P3,
        (Level.MEDIUM, Level.HIGH): Priority.P2,
        (Level.MEDIUM, Level.MEDIUM): Priority.P3,
        (Level.MEDIUM, Level.LOW): Priority.P4,
        (Level.LOW, Level.HIGH): Priority.P3,
        (Level.LOW, Level.MEDIUM): Priority.P4,
        (Level.LOW, Level.LOW): Priority.P4,
    }
)

_CLOCK = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?(?:\s*([AaPp])\.?[Mm]\.?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
_NUMERIC_DAY = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4})(?:[ ,T]+(.+))?", re.ASCII)
_DAY_MONTH = re.compile(
    r"(?:[A-Za-z]{3,9}, *)?(\d{1,2})[ \-]([A-Za-z]{3,9})\.?[ \-,]+(\d{4})(?:[ ,T]+(.+))?", re.ASCII
)
_MONTH_DAY = re.compile(
    r"(?:[A-Za-z]{3,9}, *)?([A-Za-z]{3,9})\.? (\d{1,2}),? +(\d{4})(?:[ ,T]+(.+))?", re.ASCII
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONGEST_TIME = 64  # characters
_EPOCH_MILLISECONDS = 100_000_000_000  # as seconds this would be the year 5138
_NO_VALUE = frozenset(
    {"", "?", "-", "--", "null", "none", "n/a", "na", "nan", "nil", "not set", "unassigned"}
)


def is_blank(text: str) -> bool:
    """Tell whether `text` is one of the ways to say that there is no value."""
    return text.strip().casefold() in _NO_VALUE


def read_status(text: str) -> Status:
    """Return the status that `text` names.

    Raises:
        ValueError: It names none; the message is a sentence for people.
    """
    return _choose(text, _STATUS)


def read_priority(text: str) -> Priority:
    """Return the priority that `text` names; of bare numbers 1 is the most urgent, as in ITIL.

    Raises:
        ValueError: It names none; the message is a sentence for people.
    """
    return _choose(text, _PRIORITY)


def read_level(text: str) -> Level:
    """Return the level of impact or urgency that `text` names.

    Raises:
        ValueError: It names none; the message is a sentence for people.
    """
    return _choose(text, _LEVEL)


def read_type(text: str) -> TicketType:
    """Return the kind of record that `text` names.

    Raises:
        ValueError: It names none; the message is a sentence for people.
    """
    return _choose(text, _TYPE)


def read_flag(text: str) -> bool:
    """Return whether `text` says yes.

    Raises:
        ValueError: It says neither yes nor no; the message is a sentence for people.
    """
    word = text.strip().casefold()
    if word in {"true", "yes", "y", "1", "vip"}:
        return True
    if word in {"false", "no", "n", "0"} or is_blank(word):
        return False
    raise ValueError(tr("“{value}” is neither yes nor no.").format(value=one_line(text, 60)))


def priority_of(impact: Level, urgency: Level) -> Priority:
    """Return impact x urgency by the ITIL 3 x 3 matrix."""
    return _MATRIX[impact, urgency]


def day_order(texts: Iterable[str]) -> bool | None:
    """Tell from the dates that can be read in one way only whether the day comes first.

    Returns:
        True or False where all such dates agree, None where there are none or they disagree.
    """
    seen: set[bool] = set()
    for text in texts:
        found = _NUMERIC_DAY.fullmatch(text.strip()) if len(text) <= _LONGEST_TIME else None
        if found and found[2] != ".":
            first, second = int(found[1]), int(found[3])
            if (first > 12) != (second > 12):
                seen.add(first > 12)
    return seen.pop() if len(seen) == 1 else None


def read_time(text: str, dayfirst: bool | None) -> datetime | None:
    """Return the time that `text` names, in UTC; None where it says that there is none.

    ISO 8601, seconds or milliseconds since 1970, `30/11/2026 14:05`, `30.11.2026` and `30 Nov 2026`. A time
    without a zone is taken as UTC. The zero times of databases (1970-01-01, 0000-00-00) mean "not set".

    Args:
        text: One time.
        dayfirst: Whether 3/4/2026 is the third of April; None where that is not known.

    Raises:
        ValueError: It is not a time, or its day and month cannot be told apart; a sentence for people.
    """
    text = text.strip()
    if is_blank(text) or text.startswith("0000-00-00"):
        return None
    unread = ValueError(tr("“{value}” is not a date or time.").format(value=one_line(text, 60)))
    if len(text) > _LONGEST_TIME:
        raise unread
    try:
        at = _time(text, dayfirst)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except _UnclearDayError as error:
        raise ValueError(str(error)) from None
    except (ValueError, OverflowError, OSError):
        raise unread from None
    return None if at == datetime(1970, 1, 1, tzinfo=UTC) else at


class _UnclearDayError(Exception):
    """Day and month cannot be told apart."""


def _time(text: str, dayfirst: bool | None) -> datetime:
    if re.fullmatch(r"\d{9,13}(\.\d{1,9})?", text, re.ASCII):
        number = float(text)
        return datetime.fromtimestamp(number / 1000 if number > _EPOCH_MILLISECONDS else number, UTC)
    if found := _NUMERIC_DAY.fullmatch(text):
        first, second = int(found[1]), int(found[3])
        if found[2] == "." or first > 12 or first == second:
            dayfirst = True  # dots are written day first wherever they are written
        elif second > 12:
            dayfirst = False
        if dayfirst is None:
            raise _UnclearDayError(
                tr("“{value}” can be two days: say in the map file whether the day comes first.").format(
                    value=text
                )
            )
        day, month = (first, second) if dayfirst else (second, first)
        return _with_clock(int(found[4]), month, day, found[5])
    if found := _DAY_MONTH.fullmatch(text):
        return _with_clock(int(found[3]), _month(found[2]), int(found[1]), found[4])
    if found := _MONTH_DAY.fullmatch(text):
        return _with_clock(int(found[3]), _month(found[1]), int(found[2]), found[4])
    iso = re.sub(r"\s*(?:UTC|GMT)$", "Z", text).replace("/", "-")
    return datetime.fromisoformat(re.sub(r"\s+([+-]\d{2}:?\d{2})$", r"\1", iso))


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].casefold()) + 1


def _with_clock(year: int, month: int, day: int, clock: str | None) -> datetime:
    if clock is None:
        return datetime(year, month, day, tzinfo=UTC)
    found = _CLOCK.fullmatch(clock.strip())
    if not found:
        raise ValueError(clock)
    hour = int(found[1])
    if found[4]:
        if not 1 <= hour <= 12:
            raise ValueError(clock)
        hour = hour % 12 + (12 if found[4] in "Pp" else 0)
    return datetime(year, month, day, hour, int(found[2]), int(found[3] or 0), tzinfo=_zone(found[5]))


def _zone(text: str | None) -> timezone:
    if text is None or text in {"Z", "UTC", "GMT"}:
        return UTC
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def _choose(text: str, known: Mapping[str, _Choice]) -> _Choice:
    words = re.sub(r"[\W_]+", " ", text[:200].casefold()).strip()
    words = re.sub(r"^(?:priority|prio|severity|sev|level) (?=.)", "", words)
    rank, _, rest = words.partition(" ")
    candidates = [words]
    if re.fullmatch(r"[ps]?\d", rank):  # "1 - Low": the word says more than the number
        candidates += [rest, rank]
    for candidate in candidates:
        if candidate in known:
            return known[candidate]
    raise ValueError(
        tr("“{value}” is not known here: give its meaning in a map file.").format(value=one_line(text, 60))
    )
