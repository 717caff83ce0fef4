"""Finding a person in what is stored, and putting a mask in their place."""

import json
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

MASK = "(deleted person)"
"""Stands where a name stood; not translated, since the database's triggers know it too."""


class PersonMask:
    """Knows one person by their names and addresses, written exactly so but for case and the space between words.

    A name of a single word ("Will") may be a word of its own in running text, so there it stands unless it is all
    there is; `left` counts such places.
    """

    def __init__(self, names: Iterable[str], emails: Iterable[str] = ()) -> None:
        self.names = frozenset(filter(None, map(_spelled, names)))
        self.emails = frozenset(filter(None, map(_spelled, emails)))
        self._hints = [_hint(one) for one in self.names | self.emails]
        self._wholes = {one.casefold() for one in self.names | self.emails}
        self._strong = _pattern([name for name in self.names if " " in name], self.emails)
        self._any = _pattern(self.names, self.emails)

    def is_whole(self, value: str) -> bool:
        """Tell whether `value` is the person's name or address and nothing else."""
        return self._may(value) and _spelled(value).casefold() in self._wholes

    def mentions(self, text: str) -> bool:
        """Tell whether the person stands anywhere in `text`."""
        return self._any is not None and self._may(text) and self._any.search(_normal(text)) is not None

    def name(self, value: str) -> str:
        """Return a short field, such as "Note by Ada", with the mask in place of every mention."""
        if not self._may(value):
            return value
        return MASK if self.is_whole(value) else _sub(self._any, value)

    def text(self, value: str) -> str:
        """Return running text with the mask in place of what surely is the person."""
        if not self._may(value):
            return value
        return MASK if self.is_whole(value) else _sub(self._strong, value)

    def left(self, value: str) -> int:
        """Return how many mentions `text` leaves: names of a single word."""
        if self._any is None or not self._may(value):
            return 0
        return len(self._any.findall(_normal(self.text(value))))

    def document(self, value: str) -> str:
        """Return a JSON value with the mask in its texts; unchanged to the byte where the person is not in it."""
        if not self._may(value):
            return value
        try:
            before = json.loads(value)
        except ValueError:
            return self.text(value)
        after = self._walk(before)
        return value if after == before else json.dumps(after, ensure_ascii=False, separators=(",", ":"))

    def _may(self, text: str) -> bool:
        """Tell quickly whether a closer look is worth it: most texts of a desk name somebody else."""
        low = text.casefold()
        return any(hint in low for hint in self._hints)

    def _walk(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self._walk(item) for item in value]
        if isinstance(value, dict):
            return {key: self._walk(item) for key, item in value.items()}
        return value


def _normal(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _spelled(text: str) -> str:
    return " ".join(_normal(text).split())


def _hint(name: str) -> str:
    """Return the longest part of a name that is written in one way only, however its letters are composed."""
    return max(re.findall(r"[a-z0-9]+", name.casefold(), re.ASCII), key=len, default="")


def _sub(pattern: re.Pattern[str] | None, text: str) -> str:
    if pattern is None:
        return text
    found, count = pattern.subn(MASK, _normal(text))
    return found if count else text


def _pattern(names: Iterable[str], emails: Iterable[str]) -> re.Pattern[str] | None:
    """Compile what finds any of them as a whole, the longest first; None where there is nothing to find."""
    found = [rf"(?<![^\W_])(?<!\w-){name}(?![^\W_]|-\w)" for name in _escaped(names)]
    found += [rf"(?<![\w.+-]){email}(?!\w|[-.]\w)" for email in _escaped(emails)]
    return re.compile("|".join(found), re.IGNORECASE) if found else None


def _escaped(texts: Iterable[str]) -> list[str]:
    return [r"\s+".join(map(re.escape, text.split())) for text in sorted(texts, key=len, reverse=True)]
