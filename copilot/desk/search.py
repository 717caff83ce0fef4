"""The search line of the ticket list. Typing is never an error: what is not understood is a word to look for."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeVar

from copilot.domain.listing import Priority, Status, TicketType
from copilot.domain.query import Query, View
from copilot.support.text import clean

_TOKEN = r'(?:(?P<field>[A-Za-z]+):)?"(?P<quoted>[^"]*)"|(?P<plain>\S+)'
# Known prefixes only: "SHA-256" and "office365" are words.
_NUMBER = r"(?:(?:INC|REQ|RITM|PRB|CHG|TASK|SR|TKT|CASE)-?|#)\d+"

_SEVERAL = ("status", "priority", "type", "tag", "is")
_FILTERS = ("status", "priority", "type", "is")

_Choice = TypeVar("_Choice", bound=StrEnum)


def parse(text: str, me: str) -> Query:
    """Return what `text` asks for.

    Words and "phrases"; `status:new,in_progress`, `priority:P1`, `type:request`, `assignee:me`, `assignee:none`,
    `assignee:"Name"`, `from:dana`, `number:1001` (or just INC-1001), `tag:vpn`, `is:open`, `is:atrisk`, `is:pinned`.
    A field with nothing behind the colon yet is left out; an unknown value is a word and noted as `unknown`.

    Args:
        text: As it was typed, any text at all.
        me: The technician's name, for `assignee:me`.
    """
    if not text:  # as at the start, which needs no pattern compiled for it
        return Query()
    reading = _Reading(me)
    line = clean(text).translate({ord(quote): '"' for quote in "“”„"})
    for token in re.finditer(_TOKEN, line):
        name, quoted, plain = token["field"], token["quoted"], token["plain"]
        if plain is not None:
            name, colon, value = plain.partition(":")
            if not (colon and reading.take(name, value.strip('"'))):
                reading.word(plain, is_filter=bool(colon))
        elif name is None:
            reading.phrase(quoted)
        elif not reading.take(name, quoted):
            reading.word(name)
            reading.phrase(quoted)
            reading.note(f'{name}:"{quoted}"')
    return reading.query


def view_query(view: View, me: str) -> Query:
    """Return what a view of the sidebar shows."""
    match view:
        case View.MY_QUEUE:
            return Query(assignee=me, open_only=True)
        case View.UNASSIGNED:
            return Query(assignee="", open_only=True)
        case View.SLA_AT_RISK:
            return Query(open_only=True, sla_at_risk=True)
        case View.ALL:
            return Query()


def merge(view: Query, typed: Query) -> Query:
    """Return the query for `typed` within `view`.

    What is typed narrows the view, and wins where both speak of the same thing: `assignee:none` and
    `status:closed` show what they say also while a view of one's own open tickets is selected.
    """
    return Query(
        words=_union(view.words, typed.words),
        phrases=_union(view.phrases, typed.phrases),
        statuses=typed.statuses or view.statuses,
        priorities=typed.priorities or view.priorities,
        types=typed.types or view.types,
        assignee=view.assignee if typed.assignee is None else typed.assignee,
        requester=typed.requester or view.requester,
        number=typed.number or view.number,
        tags=_union(view.tags, typed.tags),
        open_only=typed.open_only or (view.open_only and not typed.statuses),
        sla_at_risk=view.sla_at_risk or typed.sla_at_risk,
        pinned_only=view.pinned_only or typed.pinned_only,
        unknown=_union(view.unknown, typed.unknown),
    )


def toggled(text: str, name: str, value: str) -> str:
    """Return the search line `text` with the filter `name:value` put in, or taken out where it was there.

    Of `status`, `priority`, `type` and `tag` there may be several; they share one place in the line, as in
    `status:new,triaged`. Of the others a new value takes the place of the old one.
    """
    values, rest = list[str](), list[str]()
    for token in re.finditer(_TOKEN, clean(text)):
        field_name, _, plain = (token["plain"] or "").partition(":")
        field_name = (token["field"] or field_name).casefold()
        if field_name == name and (plain or token["quoted"]):
            said = token["quoted"] if token["quoted"] is not None else plain.strip('"')
            values += _parts(said) if name in _SEVERAL else (said,)
        else:  # a lone quotation mark would pair with one of the filter's
            rest.append(token[0] if token["plain"] is None else token[0].replace('"', ""))
    known = [each for each in values if each.casefold() == value.casefold()]
    kept = values if name in _SEVERAL else []
    values = [each for each in values if each not in known] if known else [*kept, value]
    if name == "is":
        rest += [f"is:{each}" for each in values]
    elif values:
        said = ",".join(values)
        rest.append(f'{name}:"{said}"' if re.search(r"\s", said) else f"{name}:{said}")
    return " ".join(part for part in rest if part)


@dataclass
class _Reading:
    me: str
    query: Query = field(default_factory=Query)

    def note(self, text: str) -> None:
        """Remember what has a filter's name and not one of its values."""
        if text.partition(":")[0].casefold() in _FILTERS:
            self.query = replace(self.query, unknown=_union(self.query.unknown, (text,)))

    def word(self, text: str, *, is_filter: bool = False) -> None:
        if is_filter:
            self.note(text)
        word = text.replace('"', "")
        if re.fullmatch(_NUMBER, word, re.IGNORECASE) and not self.query.number:
            self.query = replace(self.query, number=word.lstrip("#"))
        elif any(character.isalnum() for character in word):
            self.query = replace(self.query, words=_union(self.query.words, (word,)))

    def phrase(self, text: str) -> None:
        phrase = " ".join(text.split())
        if any(character.isalnum() for character in phrase):
            self.query = replace(self.query, phrases=_union(self.query.phrases, (phrase,)))

    def take(self, name: str, value: str) -> bool:
        """Read `name:value` into the query; False where it means nothing."""
        readers: dict[str, Callable[[str], Query | None]] = {
            "status": self._status,
            "priority": self._priority,
            "type": self._type,
            "assignee": self._assignee,
            "from": lambda text: replace(self.query, requester=text),
            "number": lambda text: replace(self.query, number=text.lstrip("#")),
            "tag": lambda text: replace(self.query, tags=_union(self.query.tags, _parts(text))),
            "is": self._is,
        }
        reader = readers.get(name.casefold())
        if reader is None:
            return False
        value = " ".join(value.split())
        if not value.strip(","):
            return True
        query = reader(value)
        if query is None:
            return False
        self.query = query
        return True

    def _status(self, text: str) -> Query | None:
        found = _choices(Status, text)
        return replace(self.query, statuses=_union(self.query.statuses, found)) if found else None

    def _priority(self, text: str) -> Query | None:
        found = _choices(Priority, text)
        return replace(self.query, priorities=_union(self.query.priorities, found)) if found else None

    def _type(self, text: str) -> Query | None:
        found = _choices(TicketType, text)
        return replace(self.query, types=_union(self.query.types, found)) if found else None

    def _assignee(self, text: str) -> Query:
        name = {"me": self.me, "none": ""}.get(text.casefold(), text)
        return replace(self.query, assignee=name)

    def _is(self, text: str) -> Query | None:
        match re.sub(r"[\s_-]", "", text.casefold()):
            case "open":
                return replace(self.query, open_only=True)
            case "atrisk":
                return replace(self.query, sla_at_risk=True)
            case "pinned":
                return replace(self.query, pinned_only=True)
        return None


def _choices(kind: type[_Choice], text: str) -> tuple[_Choice, ...]:
    """Return the members that a comma-separated list names; nothing at all where one of them is unknown."""
    by_name = {member.value.casefold(): member for member in kind}
    names = [re.sub(r"[\s-]", "_", part.casefold()) for part in _parts(text)]
    if any(name not in by_name for name in names):
        return ()
    return tuple(by_name[name] for name in names)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


_Item = TypeVar("_Item")


def _union(first: tuple[_Item, ...], second: tuple[_Item, ...]) -> tuple[_Item, ...]:
    return tuple(dict.fromkeys(first + second))
