"""Reads a mail that was copied with its header: Outlook, Thunderbird, Apple Mail, Gmail; English, German, French."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from copilot.desk.clip_time import read_moment
from copilot.support.text import one_line

_NAMES = {
    "from": "from, von, de, absender, expéditeur, expediteur",
    "sent": "sent, date, gesendet, datum, envoyé, envoye, received, empfangen",
    "to": "to, an, à, a",
    "subject": "subject, betreff, objet, sujet",
    "other": "cc, kopie, bcc, blindkopie, cci, reply-to, antwort an, répondre à, attachments, anlagen, anhänge, "
    "pièces jointes, importance, wichtigkeit, priority, priorität, x-priority, message-id, organisation, organization",
}
_HEADER = {name: field for field, line in _NAMES.items() for name in line.split(", ")}
_HEADER_LINE = re.compile(r"[*\s]{0,8}([A-Za-zÀ-ÿ][A-Za-zÀ-ÿ -]{0,20}?)\*?\s{0,3}[:：]\*?\s*(.*)")
_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_DIVIDER = re.compile(
    r"\s*(?:[-_=*]{2,}\s*)?(?:original message|ursprüngliche nachricht|originalnachricht|message d'origine|"
    r"message d’origine|forwarded message|weitergeleitete nachricht|message transféré|begin forwarded message|"
    r"anfang der weitergeleiteten nachricht|début du message transféré|reply message)\s*:?(?:\s*[-_=*]{2,})?\s*|_{20,}\s*",
    re.IGNORECASE,
)
_SAYS_WROTE = re.compile(r"\b(?:wrote|schrieb|a écrit)\b", re.IGNORECASE)
_CLOSING = re.compile(
    r"\s*(?:(?:best|kind|warm|many)?\s*(?:regards|wishes|thanks)|thanks(?: and regards| in advance| a lot)?|thank you|"
    r"many thanks|cheers|sincerely|yours(?: sincerely| faithfully)?|br|mit freundlichen grüßen|mit freundlichen grüssen|"
    r"mfg|vg|lg|(?:viele|beste|liebe|schöne|freundliche) grüße?|(?:viele|beste|liebe|freundliche) grüsse?|"
    r"(?:bien |très )?cordialement|bien à vous|salutations(?: distinguées)?|merci(?: d'avance)?)\s*[,.!]*\s*",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    r"\s*(?:sent from (?:my|outlook|mail|yahoo)|get outlook for|von meinem .{2,30} gesendet|gesendet von (?:mail|outlook)|"
    r"envoyé de(?:puis)? mon|télécharger outlook).{0,120}",
    re.IGNORECASE,
)
_PREFIX = re.compile(r"^(?:(?:re|aw|antw|fw|fwd|wg|tr|rép|sv)(?:\[\d+\])?\s?:\s*)+", re.IGNORECASE)
_FOLDERS = {
    "inbox",
    "posteingang",
    "boîte de réception",
    "external",
    "extern",
    "externe",
    "important",
    "wichtig",
}
_LONGEST_LINE = 300  # characters of a line that can be a header
_SIGNATURE_LINES = 14


@dataclass(slots=True)
class Mail:
    """One mail of a copied conversation; `lines` is field -> the line it was taken from."""

    name: str = ""
    address: str = ""
    at: datetime | None = None
    subject: str = ""
    text: str = ""
    signature: str = ""
    lines: dict[str, str] = field(default_factory=dict)


def read_mails(lines: list[str], now: datetime) -> list[Mail]:
    """Return the mails in the order in which they stand, the newest first as a rule; empty where it is no mail."""
    starts = _starts(lines, now)
    if not starts:
        return []
    found = []
    first = starts[0][0]
    if any(line.strip() for line in lines[:first]) and starts[0][2].lines:
        head = [line for line in lines[:first] if line.strip()]
        named = [line for line in head if line.strip().lower() not in _FOLDERS]
        mail = starts[0][2]
        if not mail.subject and len(named) <= 2 and named and mail.at and all(len(n) < 200 for n in named):
            mail.subject = one_line(named[0], 300)  # a web mailer shows it above the sender
            mail.lines["title"] = one_line(named[0], 160)
        else:
            found.append(_finish(Mail(), lines[:first]))
    for place, (_, end, mail) in enumerate(starts):
        stop = starts[place + 1][0] if place + 1 < len(starts) else len(lines)
        found.append(_finish(mail, lines[end:stop]))
    return [mail for mail in found if mail.text or mail.subject or mail.name]


def without_prefix(subject: str) -> str:
    """Return a subject without its RE, AW, WG, FW, TR."""
    return _PREFIX.sub("", subject).strip()


def is_forward(subject: str) -> bool:
    """Tell whether a mail only hands another one on."""
    return re.match(r"\s*(?:fw|fwd|wg|tr)\s?:", subject, re.IGNORECASE) is not None


def split_signature(text: str) -> tuple[str, str]:
    """Return what is said and the signature under it."""
    lines = text.split("\n")
    for place in range(max(0, len(lines) - 5 * _SIGNATURE_LINES), len(lines)):
        line = lines[place][:_LONGEST_LINE]
        is_mark = line.rstrip() == "--" or _DEVICE.fullmatch(line) is not None
        if not is_mark and not (len(line) < 60 and _CLOSING.fullmatch(line)):
            continue
        below = sum(bool(other.strip()) for other in lines[place:])
        is_end = below <= _SIGNATURE_LINES * (3 if is_mark else 1)
        if is_end and any(other.strip() for other in lines[:place]):
            return "\n".join(lines[:place]).strip(), "\n".join(lines[place:]).strip()
    return text.strip(), ""


def split_person(text: str) -> tuple[str, str]:
    """Return name and address of "Dana Whitfield <dana@example.org>" and its kin."""
    text = one_line(text, 300)
    found = _ADDRESS.search(text)
    address = found[0] if found else ""
    name = re.sub(r"<[^>]*>|\[mailto:[^\]]*\]|\(mailto:[^)]*\)", " ", text).replace(address or "\0", " ")
    name = re.sub(r"\b(?:im auftrag von|on behalf of|via)\b.*", "", name, flags=re.IGNORECASE)
    name = " ".join(name.replace('"', " ").strip(" '<>()[];,").split())
    if comma := re.fullmatch(r"([\w'’ -]{2,40}), ?([\w'’. -]{2,40})", name):  # "Whitfield, Dana"
        name = f"{comma[2]} {comma[1]}"
    return name[:120], address


def _starts(lines: list[str], now: datetime) -> list[tuple[int, int, Mail]]:
    """Return (first line, line behind the header, mail) of each mail that has a header or an attribution."""
    found: list[tuple[int, int, Mail]] = []
    place = 0
    while place < len(lines):
        made = (
            _header_block(lines, place, now) or _attribution(lines, place, now) or _gmail(lines, place, now)
        )
        if made is None:
            place += 1
            continue
        begin, end, mail = place, made[0], made[1]
        while begin > 0 and (not lines[begin - 1].strip() or _DIVIDER.fullmatch(_bare(lines[begin - 1]))):
            begin -= 1
        found.append((begin, end, mail))
        place = end
    return found


def _bare(line: str) -> str:
    return re.sub(r"^(?:>\s?)+", "", line[:_LONGEST_LINE])


def _header_block(lines: list[str], place: int, now: datetime) -> tuple[int, Mail] | None:
    mail = Mail()
    seen: set[str] = set()
    at, blank = place, 0
    while at < len(lines):
        line = _bare(lines[at])
        if not line.strip():
            blank += 1
            if not seen or blank > 1 or not _next_is_header(lines, at + 1):
                break
            at += 1
            continue
        blank = 0
        found = _HEADER_LINE.fullmatch(line)
        name = _HEADER.get(found[1].strip().lower()) if found else None
        if found is None or name is None:
            is_continued = seen and line[:1] in " \t" and len(seen) < 8
            if not is_continued:
                break
            at += 1
            continue
        value = found[2].strip()
        if not value and at + 1 < len(lines) and not _HEADER_LINE.fullmatch(_bare(lines[at + 1])):
            at += 1  # the value stands on the next line
            value = _bare(lines[at]).strip()
        if name in seen and name != "other":
            break
        seen.add(name)
        _take(mail, name, value, one_line(line if found[2].strip() else f"{line} {value}", 160), now)
        at += 1
    if len(seen) < 2 or not ({"from", "subject"} & seen) or not ({"sent", "to", "from"} & seen):
        return None
    if "from" not in seen and "to" not in seen:
        return None
    return at, mail


def _next_is_header(lines: list[str], at: int) -> bool:
    found = _HEADER_LINE.fullmatch(_bare(lines[at])) if at < len(lines) else None
    return found is not None and found[1].strip().lower() in _HEADER


def _take(mail: Mail, name: str, value: str, line: str, now: datetime) -> None:
    if name == "from":
        mail.name, mail.address = split_person(value)
        if mail.name:
            mail.lines["name"] = line
        if mail.address:
            mail.lines["email"] = line
    elif name == "sent":
        mail.at = read_moment(value, now)
        if mail.at:
            mail.lines["created"] = line
    elif name == "subject":
        mail.subject = one_line(value, 300)
        mail.lines["title"] = line


def _attribution(lines: list[str], place: int, now: datetime) -> tuple[int, Mail] | None:
    """Read "On Mon, 2 Mar 2026 at 09:14, Dana <dana@…> wrote:", which may run over three lines."""
    line = _bare(lines[place]).strip()
    if not re.match(r"(?:On|Am|Le) ", line) and not _SAYS_WROTE.search(line):
        return None
    for more in range(3):
        text = " ".join(_bare(each).strip() for each in lines[place : place + more + 1])
        if len(text) > _LONGEST_LINE or not text.endswith(":"):
            continue
        if not _SAYS_WROTE.search(text):
            return None
        inner = _SAYS_WROTE.sub("\0", text[:-1])
        inner = re.sub(r"^(?:On|Am|Le) ", "", inner)
        before, _, after = inner.partition("\0")
        when, who = _when_and_who(before, after, now)
        if not who:
            return None
        mail = Mail(at=when)
        mail.name, mail.address = split_person(who)
        line = one_line(text, 160)
        mail.lines |= {"name": line, "email": line, "created": line}
        return place + more + 1, mail
    return None


def _when_and_who(before: str, after: str, now: datetime) -> tuple[datetime | None, str]:
    if after.strip():  # "Am 02.03.26 um 09:14 schrieb Dana Whitfield:"
        return read_moment(before, now), after.strip()
    cuts = [found.end() for found in re.finditer(r"[, ]", before)]
    for cut in cuts[::-1][:40]:
        at = read_moment(before[:cut], now)
        if at is not None and re.search(r"\d{1,2}[:h.]\d{2}", before[:cut]):
            return at, before[cut:].strip(" ,")
    return None, before.strip(" ,") if "@" in before else ""


def _gmail(lines: list[str], place: int, now: datetime) -> tuple[int, Mail] | None:
    """Read a sender's line above "to me", as Gmail and Outlook on the web give it."""
    line = lines[place].strip()
    if len(line) > _LONGEST_LINE or "@" not in line:
        return None
    found = re.fullmatch(r"([^<>@:]{2,80}?)\s*<([^<>\s]+@[^<>\s]+)>(.*)", line)
    if not found:
        return None
    mail = Mail(found[1].strip(), found[2], read_moment(found[3], now))
    mail.lines |= {"name": one_line(line, 160), "email": one_line(line, 160)}
    if mail.at:
        mail.lines["created"] = one_line(line, 160)
    is_mail = mail.at is not None
    end = place + 1
    for at in range(place + 1, min(place + 8, len(lines))):
        text = lines[at].strip()
        if not text:
            continue
        moment = read_moment(re.sub(r"\(.*?\)", "", text), now)
        if mail.at is None and moment:
            mail.at = moment
            mail.lines["created"] = one_line(text, 160)
        elif not re.match(r"(?:to|an|à|cc)\b[: ]", text, re.IGNORECASE):
            break
        is_mail, end = True, at + 1
    return (end, mail) if is_mail else None


def _finish(mail: Mail, lines: list[str]) -> Mail:
    quoted = [line for line in lines if line.strip()]
    if quoted and all(line.lstrip().startswith(">") for line in quoted):
        lines = [_bare_whole(line) for line in lines]
    while lines and (not lines[-1].strip() or _DIVIDER.fullmatch(lines[-1][:_LONGEST_LINE])):
        lines = lines[:-1]
    mail.text, mail.signature = split_signature("\n".join(lines).strip())
    return mail


def _bare_whole(line: str) -> str:
    return re.sub(r"^\s{0,3}(?:>\s?)+", "", line)
