"""Finding phrases and patterns in a text that is prepared once."""

import re
from collections.abc import Iterator

from copilot.domain.span import Span

_NOT_WORD = re.compile(r"[^\w'#+/]+|(?<!\w)'|'(?!\w)")


def fold(text: str) -> str:
    """Return `text` in lower case with plain apostrophes; every offset stays the same."""
    lower = text.lower()
    if len(lower) != len(text):  # a few capitals grow, such as U+0130
        lower = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    return lower.replace("\u2019", "'")


class Draft:
    """A text and the forms of it that rules are matched against.

    Attributes:
        text: As it was written.
        lower: The same length, folded to lower case.
        padded: Folded words with one blank before, between and after, for whole-phrase look-ups.
        words: How many words there are.
    """

    __slots__ = ("lower", "padded", "text", "words")

    def __init__(self, text: str) -> None:
        self.text = text
        self.lower = fold(text)
        found = _NOT_WORD.sub(" ", self.lower).split()
        self.padded = f" {' '.join(found)} "
        self.words = len(found)


class Phrases:
    """Literal phrases on word boundaries; a trailing `*` matches any ending of the last word.

    A substring search per phrase is many times faster than one alternation of them all.
    """

    def __init__(self, phrases: tuple[str, ...]) -> None:
        self._needles = tuple(
            " " + phrase.removesuffix("*") + ("" if phrase.endswith("*") else " ") for phrase in phrases
        )

    def found(self, draft: Draft) -> bool:
        """Tell whether any phrase occurs."""
        padded = draft.padded
        return any(needle in padded for needle in self._needles)


class Patterns:
    """Regular expressions written in lower case, matched on the folded text.

    With a `gate`, nothing is matched unless one of its literals occurs somewhere in the text.
    """

    def __init__(self, patterns: tuple[re.Pattern[str], ...], gate: tuple[str, ...] = ()) -> None:
        self._patterns = patterns
        self._gate = gate

    def found(self, draft: Draft) -> bool:
        """Tell whether any pattern matches."""
        return self.first(draft) is not None

    def first(self, draft: Draft) -> Span | None:
        """Return the match of the first pattern that has one."""
        return next(self.spans(draft), None)

    def spans(self, draft: Draft) -> Iterator[Span]:
        """Yield the matches, pattern by pattern; group `v` where the pattern has one."""
        lower = draft.lower
        if self._gate and not any(word in lower for word in self._gate):
            return
        for pattern in self._patterns:
            group = "v" if "v" in pattern.groupindex else 0
            for match in pattern.finditer(lower):
                yield Span(*match.span(group))


class Matcher:
    """Phrases or patterns."""

    def __init__(self, phrases: Phrases, patterns: Patterns) -> None:
        self._phrases = phrases
        self._patterns = patterns

    def found(self, draft: Draft) -> bool:
        """Tell whether anything occurs."""
        return self._phrases.found(draft) or self._patterns.found(draft)
