"""Finds who said what when: chats of Teams, Slack, WhatsApp and IRC, and the thread below a copied ticket."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from copilot.desk.clip_time import read_moment
from copilot.support.text import one_line

_TIME = r"\d{1,2}[:.h]\d{2}(?::\d{2})?(?:\s?[AaPp]\.?[Mm]\.?)?"
_DATE = r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}"
_WHO = r"[^\W\d_][\w .,'’()@-]{0,58}?"
_MARKED = re.compile(  # "[02.03.26, 10:42:15] Dana: text", "[10:42 AM] Dana Whitfield", "[10:42] <dana> text"
    rf"\[(?P<when>(?:{_DATE}|[\w. ]{{3,20}})?,? ?{_TIME})\]\s?(?:<(?P<nick>[^<>\s]{{1,40}})>\s(?P<said>.*)|"
    rf"(?P<who>{_WHO})(?::\s(?P<text>.*)|\s*))"
)
_DASHED = re.compile(rf"(?P<when>{_DATE},? {_TIME}) [-–] (?P<who>{_WHO}): (?P<text>.*)")
_IRC = re.compile(rf"(?P<when>{_TIME})\s+<(?P<who>[^<>\s]{{1,40}})>\s(?P<text>.*)")
_HEADED = re.compile(rf"(?P<who>{_WHO})(?:\s{{2,}}|\t|\s?[•·|,]\s?| [-–] )(?P<when>.{{4,60}})")
_SPACED = re.compile(rf"(?P<who>{_WHO})\s+(?P<when>{_TIME})")
_ADDED = re.compile(
    rf"(?P<who>{_WHO}) (?:added a comment|commented|replied|wrote|hat kommentiert)\b[ :•·,–-]*(?P<when>.{{0,60}})"
)
_RT = re.compile(
    rf"(?:#\s*)?(?P<when>(?:\w{{3}} )?\w{{3}} \d{{1,2}} [\d:]{{7,8}} \d{{4}})\s+(?P<who>{_WHO}) - (?P<kind>Correspondence added|"
    r"Comments added|Ticket created)\b.*"
)
_SNOW = re.compile(
    r"(?P<kind>additional comments|work notes|comments|kommentare|arbeitsnotizen)(?: \([^)]{0,40}\))?\s?[•·:-]?\s*"
    r"(?P<when>.{8,40})",
    re.IGNORECASE,
)
_INTERNAL = re.compile(
    r"work notes|arbeitsnotizen|comments added|internal note|private note|interne notiz", re.IGNORECASE
)
_DAY = re.compile(r"(?:[-—–─ ]{2,}\s*)?([\w., ]{4,40}?)(?:\s*[-—–─ ]{2,})?")
_LONGEST_LINE = 4000


@dataclass(slots=True)
class Said:
    """One entry; `line` is the one that says who and when."""

    who: str
    at: datetime | None
    line: str
    is_internal: bool = False
    text: list[str] = field(default_factory=list)


def read_entries(lines: list[str], now: datetime) -> tuple[list[str], list[Said]]:
    """Return the lines before the first entry, and the entries in order."""
    before: list[str] = []
    found: list[Said] = []
    day: datetime | None = None
    place = 0
    while place < len(lines):
        line = lines[place]
        made = _entry(line[:_LONGEST_LINE].strip(), now, day)
        step = 1
        if made is None and place + 1 < len(lines):
            made = _two_lines(line.strip(), lines[place + 1].strip(), now, day)
            step = 2
        if made is not None:
            found.append(made)
            place += step
            continue
        if found and re.fullmatch(_TIME, line.strip()):  # more of the same person
            found.append(Said(found[-1].who, read_moment(line, now, day), found[-1].line))
            place += 1
            continue
        if (divider := _day(line, now)) is not None and (found or not before):
            day = divider
        else:
            (found[-1].text if found else before).append(line)
        place += 1
    for entry in found:
        if entry.text and len(entry.text[0]) < 40 and _INTERNAL.fullmatch(entry.text[0].strip()):
            entry.is_internal = True
            del entry.text[0]
    return before, found


def _entry(line: str, now: datetime, day: datetime | None) -> Said | None:
    if not line:
        return None
    for shape in (_MARKED, _DASHED, _IRC, _RT):
        if found := shape.fullmatch(line):
            parts = found.groupdict()
            at = read_moment(parts["when"], now, day)
            if at is None:
                continue
            who = parts.get("nick") or parts.get("who") or ""
            text = parts.get("said") or parts.get("text") or ""
            internal = _INTERNAL.search(parts.get("kind") or "") is not None
            return Said(_name(who), at, one_line(line, 160), internal, [text] if text else [])
    if len(line) > 140:
        return None
    for shape in (_ADDED, _HEADED, _SPACED):
        if found := shape.fullmatch(line):
            at = read_moment(found["when"], now, day)
            if at is not None and _is_name(found["who"]):
                return Said(_name(found["who"]), at, one_line(line, 160))
    return None


def _two_lines(line: str, below: str, now: datetime, day: datetime | None) -> Said | None:
    """Read a name with the time on the line below it: Slack, and most web pages."""
    if not line or not below or len(line) > 60 or len(below) > 80 or not _is_name(line):
        return None
    kind = _SNOW.fullmatch(below)
    at = read_moment(kind["when"] if kind else below, now, day)
    if at is None:
        return None
    internal = _INTERNAL.search(below) is not None
    return Said(_name(line), at, one_line(f"{line} {below}", 160), internal)


def _day(line: str, now: datetime) -> datetime | None:
    """Read a line that says no more than the day of what follows."""
    found = _DAY.fullmatch(line[:80].strip())
    if not found or re.search(r"\d[:h]\d", found[1]):
        return None
    words = found[1].strip()
    if words.lower() in {"today", "heute", "yesterday", "gestern", "aujourd'hui", "hier"}:
        return read_moment(f"{words} 0:00", now)
    return read_moment(words, now) if re.search(r"[^\W\d_]{3}|[./-]", words) else None


def _is_name(text: str) -> bool:
    words = text.split()
    return (
        re.fullmatch(_WHO.replace("?", "", 1).replace("}?", "}"), text) is not None
        and 1 <= len(words) <= 6
        and (words[0][0].isupper() or len(words) == 1)
        and not text.endswith((".", ","))
    )


def _name(text: str) -> str:
    name = re.sub(
        r"\s*\((?:APP|external|extern|guest|gast|he/him|she/her|they/them)\)\s*$",
        "",
        text.strip(),
        flags=re.IGNORECASE,
    )
    return one_line(name.strip(" ,"), 120)
