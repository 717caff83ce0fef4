"""Makes a ticket of what was copied from a browser, a mail or a chat. A guess never fails, and says where it is from."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from copilot.desk import clip_mail
from copilot.desk.clip_chat import Said, read_entries
from copilot.desk.clip_mail import Mail, read_mails, split_person, split_signature
from copilot.desk.clip_ticket import Page, find_number, find_plain_number, read_page
from copilot.desk.clip_time import read_moment
from copilot.desk.html_text import html_to_text
from copilot.desk.values import is_blank, read_priority, read_type
from copilot.domain.clipping import Clipping, ClippingKind
from copilot.domain.ticket import Asset, Message, Person, Visibility
from copilot.support.text import clean, one_line

LONGEST = 200_000  # characters that are read
_Value = TypeVar("_Value")
_FOREIGN = {
    **dict.fromkeys(("kritisch", "critique", "très haute", "sehr hoch", "dringend", "urgente"), "critical"),
    **dict.fromkeys(("hoch", "haute", "élevée", "3 hoch"), "high"),
    **dict.fromkeys(("mittel", "normale", "moyenne"), "medium"),
    **dict.fromkeys(("niedrig", "gering", "basse", "faible", "1 niedrig"), "low"),
    **dict.fromkeys(("störung", "vorfall", "panne"), "incident"),
    **dict.fromkeys(
        ("anfrage", "serviceanfrage", "service-anfrage", "demande", "demande de service"), "request"
    ),
    **dict.fromkeys(("frage",), "question"),
}
_GREETING = re.compile(
    r"(?:hi|hello|hey|dear|hallo|guten (?:tag|morgen)|sehr geehrte|bonjour|moin|good (?:morning|afternoon))\b.{0,50}",
    re.IGNORECASE,
)
_TITLE = 120
_HOST = re.compile(
    r"\b((?:DESKTOP|LAPTOP)-[A-Z0-9]{5,8}|[A-Z]{2,6}-(?:LT|PC|WS|NB|DT|LAP|DESK|SRV|VM|MAC|PRN)-?\d{2,6}|"
    r"[A-Z]{2,4}(?:LT|PC|WS|NB|SRV)\d{3,6})\b"
)
_HOST_NAMED = re.compile(
    r"\b(?:host ?name|computer(?: ?name)?|pc(?: name)?|device|laptop|machine|rechner|gerät|poste)\b\s?[:=]\s?([\w.-]{3,40})",
    re.I,
)
_OS = re.compile(
    r"\b(Windows (?:Server )?(?:\d{1,4}(?:\.\d)?)(?: (?:Pro|Enterprise|Home))?(?: \d\dH\d)?|macOS (?:[A-Z]\w+ )?\d[\d.]*|"
    r"(?:Ubuntu|Debian|Fedora|RHEL|iOS|Android) \d[\d.]*)"
)


def read_clipping(text: str, html: str, now: datetime) -> Clipping:
    """Return what `text`, or `html` where that says more, can be as a ticket.

    Args:
        text: Plain text of the clipboard.
        html: Its HTML; only ever reduced to text.
        now: The time now; times without a zone are read in its zone.
    """
    found = _read(text, now)
    if html and (not text.strip() or found.kind is ClippingKind.TEXT):
        other = _read(html_to_text(html), now)
        if not text.strip() or other.kind is not ClippingKind.TEXT:
            return other
    return found


def _read(text: str, now: datetime) -> Clipping:
    left_over = max(0, len(text) - LONGEST)
    text = clean(text[:LONGEST]).replace("\xa0", " ").strip("\n")
    lines = text.split("\n")
    found = _mail(lines, now) or _ticket(lines, now) or _chat(lines, now) or _text(text)
    return replace(_with_machine(found), left_over=left_over)


# -- mail


def _mail(lines: list[str], now: datetime) -> Clipping | None:
    mails = read_mails(lines, now)
    if not mails or not any(mail.lines for mail in mails):
        return None
    if not mails[0].lines and len(mails[0].text) > 2000 and not mails[1].subject:
        return None  # a long text that happens to quote somebody
    first = mails[0]
    if not first.name and not first.text and len(mails) > 1:
        mails = mails[1:]
        first = mails[0]
    if clip_mail.is_forward(first.subject) and not first.text and len(mails) > 1:
        first = replace(mails[1], subject=mails[1].subject or first.subject)
        mails = [first, *mails[2:]]
    why = dict(first.lines)
    subject = first.subject
    if not subject:
        named = next((mail for mail in mails if mail.subject), None)
        subject = named.subject if named else ""
        if named:
            why["title"] = named.lines["title"]
    title = clip_mail.without_prefix(subject)
    if not title:
        title, why["title"] = _title_of(first.text)
    number, line = find_plain_number(f"{subject}\n{first.text}")
    if number:
        why["number"] = line
        title = re.sub(rf"\s*\[(?:Ticket)?#?:?\s?{re.escape(number)}\]\s*", " ", title).strip() or title
    requester = Person(first.name, first.address)
    return Clipping(
        kind=ClippingKind.MAIL,
        title=title,
        body=first.text,
        requester=requester,
        number=number,
        created_at=first.at,
        messages=_of_mails(mails[1:], requester, first.at or now),
        signature=first.signature,
        why=_said(why),
    )


def _of_mails(mails: list[Mail], requester: Person, newest: datetime) -> tuple[Message, ...]:
    made: list[Message] = []
    at = newest
    for mail in mails:  # newest first; one without a time stands where it stood
        at = mail.at or at
        if mail.text:
            name = mail.name or mail.address
            is_theirs = bool(name) and (
                name == requester.name or (mail.address and mail.address == requester.email)
            )
            made.append(_message(name, at, mail.text, from_requester=bool(is_theirs)))
    made.reverse()  # of two at the same time, the one further down is older
    return tuple(sorted(made, key=lambda message: message.at))


# -- ticket page


def _ticket(lines: list[str], now: datetime) -> Clipping | None:
    page = read_page(lines)
    if page is None:
        return None
    values, why = page.values, dict[str, str]()
    before, entries = read_entries(page.rest, now)
    name, address = split_person(values.get("requester", ""))
    if "email" in values:
        address = split_person(values["email"])[1] or address
    number, why["number"] = one_line(values.get("number", ""), 100).lstrip("#"), page.lines.get("number", "")
    if not re.search(r"\d", number):
        number, why["number"] = find_number(lines)
    title, why["title"] = _title_of_page(page, before, number)
    body = values.get("body", "").strip()
    priority = _choice(read_priority, values.get("priority", ""))
    kind = _choice(read_type, values.get("type", ""))
    created = read_moment(values.get("created_at", ""), now)
    host, os = one_line(values.get("host", ""), 80), one_line(values.get("os", ""), 80)
    for ours, theirs, value in (
        ("name", "requester", name),
        ("email", "email" if "email" in values else "requester", address),
        ("priority", "priority", priority),
        ("type", "type", kind),
        ("created", "created_at", created),
        ("host", "host", host),
        ("os", "os", os),
    ):
        if value:
            why.setdefault(ours, page.lines.get(theirs, ""))
    if not body:
        spoken = next((entry for entry in entries if _text_of(entry)), None)
        if spoken is not None:
            body, created = _text_of(spoken), created or spoken.at
            entries = [entry for entry in entries if entry is not spoken]
            if not name:
                name, why["name"] = spoken.who, spoken.line
            why.setdefault("created", spoken.line)
        else:
            body = "\n".join(line for line in before if one_line(line, 300) != title).strip()
    return Clipping(
        kind=ClippingKind.TICKET,
        title=title or _title_of(body)[0],
        body=body,
        requester=Person("" if is_blank(name) else name, address),
        number="" if is_blank(number) else number,
        priority=priority,
        type=kind,
        created_at=created,
        asset=Asset("" if is_blank(host) else host, "" if is_blank(os) else os),
        messages=_of_entries(entries, name, created or now),
        why=_said(why),
    )


def _title_of_page(page: Page, before: list[str], number: str) -> tuple[str, str]:
    if "title" in page.values:
        return one_line(page.values["title"].split("\n")[0], 300), page.lines["title"]
    for line in before:
        words = one_line(line, 300)
        bare = words.replace(number, "").strip(" #:[]()-/|") if number else words
        is_crumb = "/" in words and len(words) < 60 and words.count("/") >= 2
        if len(bare) > 8 and " " in bare and not is_crumb:
            return bare, words
    return "", ""


def _of_entries(entries: list[Said], requester: str, since: datetime) -> tuple[Message, ...]:
    made: list[Message] = []
    at = since
    for entry in entries:
        at = entry.at or at
        if text := _text_of(entry):
            visibility = Visibility.INTERNAL if entry.is_internal else Visibility.PUBLIC
            made.append(
                _message(entry.who, at, text, from_requester=entry.who == requester, visibility=visibility)
            )
    return tuple(sorted(made, key=lambda message: message.at))


# -- chat


def _chat(lines: list[str], now: datetime) -> Clipping | None:
    before, entries = read_entries(lines, now)
    spoken = [entry for entry in entries if _text_of(entry)]
    if len(spoken) < 2 or len([line for line in before if line.strip()]) > 6:
        return None
    first = spoken[0]
    opening = [first]
    for entry in spoken[1:]:
        if entry.who != first.who:
            break
        opening.append(entry)
    body = "\n".join(_text_of(entry) for entry in opening)
    theirs = [_text_of(entry) for entry in spoken if entry.who == first.who]
    title, line = _title_of(next((said for said in theirs if len(said) > 25), body))
    why = {"title": line, "name": first.line, "created": first.line}
    return Clipping(
        kind=ClippingKind.CHAT,
        title=title,
        body=body,
        requester=Person(first.who),
        created_at=first.at,
        messages=_of_entries(spoken[len(opening) :], first.who, first.at or now),
        why=_said(why),
    )


# -- text


def _text(text: str) -> Clipping:
    body = text.strip()
    title, line = _title_of(body)
    said, signature = split_signature(body)
    number, its_line = find_plain_number(body)
    why = {"title": line, "number": its_line}
    if signature and len(said) > len(signature):
        body = said
    else:
        signature = ""
    return Clipping(
        ClippingKind.TEXT, title=title, body=body, number=number, signature=signature, why=_said(why)
    )


def _title_of(text: str) -> tuple[str, str]:
    """Return the first line that says something, as a title, and that line."""
    lines = [line for line in (one_line(line, 300) for line in text.split("\n")[:200]) if line]
    line = next((line for line in lines if not _GREETING.fullmatch(line)), lines[0] if lines else "")
    sentence = re.split(r"(?<=[.!?])\s", line)[0]
    return one_line(sentence if len(sentence) > 15 else line, _TITLE), one_line(line, 160)


# -- parts


def _with_machine(found: Clipping) -> Clipping:
    """Add a host and an operating system that the text names."""
    why, asset = dict(found.why), found.asset
    for line in f"{found.title}\n{found.body}\n{found.signature}".split("\n")[:400]:
        line = line[:600]
        host = _HOST.search(line) or _HOST_NAMED.search(line)
        if host and not asset.host:
            asset = replace(asset, host=host[1].rstrip("."))
            why["host"] = one_line(line, 160)
        os = _OS.search(line)
        if os and not asset.os:
            asset = replace(asset, os=os[1].rstrip("."))
            why["os"] = one_line(line, 160)
    return replace(found, asset=asset, why=why)


def _message(
    author: str,
    at: datetime,
    text: str,
    *,
    from_requester: bool,
    visibility: Visibility = Visibility.PUBLIC,
) -> Message:
    return Message("", 0, at, one_line(author, 120), visibility, text, from_requester, origin="import")


def _text_of(entry: Said) -> str:
    return "\n".join(entry.text).strip()


def _choice(read: Callable[[str], _Value], text: str) -> _Value | None:
    words = text.strip().casefold()
    try:
        return read(_FOREIGN.get(words, text)) if text else None
    except ValueError:
        return None


def _said(why: dict[str, str]) -> dict[str, str]:
    return {name: line for name, line in why.items() if line}
