"""Where a text holds what was searched for, as the search index sees it: words by their beginnings, without accents."""

import functools
import re
import unicodedata
from collections.abc import Sequence

from copilot.domain.query import Query
from copilot.domain.span import Span

_PART = re.compile(r"[^\W_]+")
_AROUND = 12  # characters of a snippet before what was found
_AFTER = 80


class Terms:
    """What a search looks for, ready to be found in texts."""

    def __init__(self, query: Query) -> None:
        single = len(query.words) == 1 and len(query.words[0]) == 1  # looked for in number and title only
        words = [_pattern(word, is_beginning=True) for word in (*query.words, query.number)]
        phrases = [_pattern(phrase, is_beginning=False) for phrase in query.phrases]
        self.only_title = single and not phrases
        self._patterns = [re.compile(pattern) for pattern in (*words, *phrases) if pattern]

    def __bool__(self) -> bool:
        """Whether there is anything to find."""
        return bool(self._patterns)

    def spans(self, text: str) -> list[Span]:
        """Return where `text` holds any of them, in order, none overlapping another."""
        if not self._patterns or not text:
            return []
        plain = fold(text)
        found = sorted(
            Span(match.start(1), match.end(1)) for each in self._patterns for match in each.finditer(plain)
        )
        merged = list[Span]()
        for span in found:
            if merged and span.start < merged[-1].end:
                merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
            else:
                merged.append(span)
        return merged

    def missing_in(self, texts: Sequence[str]) -> "Terms":
        """Return those that none of `texts` holds."""
        rest = Terms(Query())
        plain = [fold(text) for text in texts]
        rest._patterns = [each for each in self._patterns if not any(each.search(text) for text in plain)]
        return rest


def snippet(text: str, terms: Terms) -> str:
    """Return one line of `text` around the first thing found; empty where there is nothing."""
    spans = terms.spans(text)
    if not spans:
        return ""
    start, end = max(0, spans[0].start - _AROUND), spans[0].end + _AFTER
    while 0 < start < spans[0].start and text[start - 1].isalnum():  # begin with a whole word
        start += 1
    line = " ".join(text[start:end].split())
    return ("… " if start else "") + line + (" …" if end < len(text) else "")


def fold(text: str) -> str:
    """Return `text` in small letters without accents, each character in its place."""
    lower = text.lower()
    if lower.isascii() and len(lower) == len(text):
        return lower
    return "".join(map(_plain, text))


@functools.lru_cache(4096)
def _plain(character: str) -> str:
    plain = unicodedata.normalize("NFD", character)[0].lower()
    return plain if len(plain) == 1 else character


def _pattern(text: str, *, is_beginning: bool) -> str:
    """Return a pattern whose group 1 is what is found; empty where `text` holds no word.

    What the index takes apart ("toner-cart") follows each other with anything but words between.
    """
    parts = [re.escape(part) for part in _PART.findall(fold(text))]
    if not parts:
        return ""
    return r"(?<![^\W_])(" + r"[\W_]+".join(parts) + ")" + ("" if is_beginning else r"(?![^\W_])")
