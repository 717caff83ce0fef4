"""Reads the times that mails, chats and web pages show; never fails."""

import re
from datetime import UTC, datetime, timedelta

from copilot.desk.values import read_time

_MONTHS = {
    "jan": "jan january januar jänner janv janvier",
    "feb": "feb february februar févr fevr février fevrier",
    "mar": "mar march märz maerz mär mrz mars",
    "apr": "apr april avr avril",
    "may": "may mai",
    "jun": "jun june juni juin",
    "jul": "jul july juli juil juillet",
    "aug": "aug august août aout",
    "sep": "sep sept september septembre",
    "oct": "oct october okt oktober octobre",
    "nov": "nov november novembre",
    "dec": "dec december dez dezember déc décembre decembre",
}
_MONTH = {word: short for short, words in _MONTHS.items() for word in words.split()}
_WEEKDAYS = (
    "mon tue tues wed thu thur thurs fri sat sun monday tuesday wednesday thursday friday saturday sunday",
    "mo di mi do fr sa so montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag",
    "lun mer jeu ven sam dim lundi mardi mercredi jeudi vendredi samedi dimanche",
)
_NOISE = frozenset({*" ".join(_WEEKDAYS).split(), "at", "um", "uhr", "on", "am", "le", "à", "a", "the", "of"})
_ZONES = {"mez": "+0100", "cet": "+0100", "mesz": "+0200", "cest": "+0200", "bst": "+0100", "est": "-0500"}
_ZONES |= {"edt": "-0400", "cst": "-0600", "cdt": "-0500", "mst": "-0700", "mdt": "-0600", "pst": "-0800"}
_ZONES |= {"pdt": "-0700", "gmt": "Z", "utc": "Z", "z": "Z"}
_TODAY, _YESTERDAY = {"today", "heute", "aujourd'hui", "aujourd’hui"}, {"yesterday", "gestern", "hier"}
_CLOCK = re.compile(r"(\d{1,2})[:.h](\d{2})(?::(\d{2}))?(?:\s?([ap])\.?m\.?)?", re.ASCII | re.IGNORECASE)
_AGO = re.compile(
    r"(?:vor |il y a |about )?(\d{1,3}|an?|eine[rm]?|une?) "
    r"(min|hour|day|week|stunde|tag|woche|heure|jour|semaine|hr)\w*(?: ago)?",
    re.IGNORECASE,
)
_STEPS = {"min": 1, "hour": 60, "hr": 60, "stunde": 60, "heure": 60, "day": 1440, "tag": 1440, "jour": 1440}
_STEPS |= {"week": 10080, "woche": 10080, "semaine": 10080}
_LONGEST = 80  # characters


def read_moment(text: str, now: datetime, day: datetime | None = None) -> datetime | None:
    """Return the time that `text` names, in UTC; None where it names none.

    Args:
        text: "Monday, March 2, 2026 9:14 AM", "02.03.26, 10:42", "10:42", "Gestern 10:42", "2 hours ago".
        now: The time now; a time without a zone is taken in its zone.
        day: The day of a time that names none; the newest such time that is not in the future where it is None.
    """
    text = " ".join(text.replace("\u202f", " ").replace("\xa0", " ").split()).strip("()[]•·|,- ")
    if not text or len(text) > _LONGEST or not re.search(r"\d", text):
        return None
    try:
        return _relative(text, now, day) or _absolute(text, now)
    except (ValueError, OverflowError, OSError):
        return None


def _relative(text: str, now: datetime, day: datetime | None) -> datetime | None:
    if found := _AGO.fullmatch(text):
        if not (found[0].lower().endswith("ago") or found[0].lower().startswith(("vor", "il y a"))):
            return None
        count = int(found[1]) if found[1].isdigit() else 1
        return (now - timedelta(minutes=count * _STEPS[found[2].lower()])).astimezone(UTC)
    text = re.sub(r"(\d) ?([ap])\.?m\b\.?", r"\1\2m", text, flags=re.IGNORECASE)
    words = [word for word in re.split(r"[ ,]+", text) if word.lower() not in _NOISE]
    back = None
    if words and words[0].lower() in _TODAY | _YESTERDAY:
        back = 1 if words.pop(0).lower() in _YESTERDAY else 0
    clock = _CLOCK.fullmatch(" ".join(words))
    if not clock:
        return None
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    if clock[4]:
        hour = hour % 12 + (12 if clock[4] in "pP" else 0)
    base = day.astimezone(now.tzinfo) if day and back is None else now - timedelta(days=back or 0)
    at = base.replace(hour=hour, minute=minute, second=second, microsecond=0)
    if back is None and day is None and at > now + timedelta(minutes=5):
        at -= timedelta(days=1)
    return at.astimezone(UTC)


def _absolute(text: str, now: datetime) -> datetime | None:
    if asctime := re.fullmatch(r"(?:[A-Za-z]{3} )?([A-Za-z]{3} \d{1,2}) ([\d:]{7,8}) (\d{4})", text):
        text = f"{asctime[1]} {asctime[3]} {asctime[2]}"
    text = re.sub(r"\b(\d{1,2})/([A-Za-z]{3})/(\d{2,4})\b", r"\1 \2 \3", text)  # Jira: 02/Mar/26
    text = re.sub(r"(\d) ?([ap])\.?m\b\.?", r"\1\2m", text, flags=re.IGNORECASE)  # "am" is a German word too
    zone = ""
    words: list[str] = []
    for word in text.replace(",", " ").split():
        bare = word.strip("().").lower()
        if bare in _ZONES:
            zone = _ZONES[bare]
        elif re.fullmatch(r"[+-]\d{2}:?\d{2}", word.strip("()")) and words:
            zone = word.strip("()")
        elif bare in _NOISE:
            continue
        elif re.fullmatch(r"\d{1,2}(?:\.|st|nd|rd|th|er)", word):
            words.append(re.sub(r"\D", "", word))  # "2. März", "2nd"
        else:
            words.append(_MONTH.get(bare, word))
    plain = " ".join(words)
    plain = re.sub(r"^(\d{1,2})([./-])(\d{1,2})\2(\d{2})(?!\d)", _whole_year, plain)
    plain = re.sub(
        r"^((?:[a-z]{3} \d{1,2})|(?:\d{1,2} [a-z]{3,9})) (\d{2})(?= |$)", r"\1 20\2", plain, flags=re.I
    )
    plain = re.sub(r"^((?:[a-z]{3} \d{1,2})|(?:\d{1,2} [a-z]{3}))(?= \d{1,2}:|$)", rf"\1 {now.year}", plain)
    if not re.search(r"\d{4}", plain) or plain.replace(".", "").isdigit():
        return None
    zone = zone or (
        "Z" if re.search(r"\d(?:Z|[+-]\d{2}:?\d{2})$", plain.split(" ")[-1]) and ":" in plain else ""
    )
    is_american = re.search(r"\d[ap]m", plain, re.IGNORECASE) is not None
    at = read_time(plain, dayfirst=not is_american)
    if at is None:
        return None
    if not zone:
        at = at.replace(tzinfo=now.tzinfo)
    elif zone != "Z":
        sign = -1 if zone[0] == "-" else 1
        at -= sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return at.astimezone(UTC)


def _whole_year(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}{found[3]}{found[2]}20{found[4]}"
