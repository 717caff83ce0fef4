"""Whether a run of characters looks like a secret or like an ordinary word."""

import re

from copilot.coach.packs import ValueTest
from copilot.domain.span import Span

MASK = re.compile(r"<(PASSWORD|TOKEN|KEY)_(\d+)>")

_OPENERS = "\"'`([{\u201c\u2018\u201e"
_CLOSERS = ".,;:\"'`)]}>\u201d\u2019\u2026"
# The next parameter of a list or the Korean ending of a sentence is not part of the value.
_NEXT = re.compile(r"[,;&|](?=\s*[\w-]+\s*[:=(/])|(?<=[!-~])[\uac00-\ud7a3]")
_PLACEHOLDER = re.compile(
    r"<.*>?|\$.*|%\w+%?|\[.*|\{.*|[*xX.\u2022_\-?#]+|\w*\*{3,}.*|your.*|my_?pass.*|.*\(\)?.*"
)
# Shapes that technicians write next to "password" without meaning one.
_NEVER = re.compile(r"0x[0-9a-f]+|(?:https?|ftp|file)://.*|[\w.+-]+@[\w-]+(?:\.[a-z]{2,})+", re.IGNORECASE)
_SHAPE = re.compile(
    r"[A-Z]{2,}[-_]?\d+|[A-Z0-9]+(?:-[A-Z0-9]+)+|[a-z0-9]+(?:-[a-z0-9]+)+"  # error numbers, host names
    r"|[vV]?\d+(?:[.:/-]\w+)+|\d+[A-Za-z]{1,3}"  # versions, dates, times, sizes
    r"|[\w-]+(?:\.[\w-]+)+(?:\(.*\))?|[A-Za-z]:\\.*|[/\\~].*|\w+/[\w/.:-]*|[#(].*"  # file names, paths
    r"|(?i:(?:KB|INC|RITM|REQ|CHG|PRB|bug)#?\d+)"
)
_STRONG_SYMBOLS = frozenset("!@#$%^&*?~+=|")
_SOFT_SYMBOLS = frozenset("-_./\\:;,'\"`()[]{}<>")


def trim(text: str, span: Span) -> Span:
    """Return `span` without quotes and punctuation around the value, and without a parameter that follows."""
    start, end = span.start, span.end
    while start < end and text[start] in _OPENERS:
        start += 1
    if cut := _NEXT.search(text, start, end):
        end = cut.start()
    while start < end and text[end - 1] in _CLOSERS:
        end -= 1
    return Span(start, end)


class ValueTests:
    """The tests, with the words that never are a secret."""

    def __init__(self, not_secrets: tuple[str, ...], products: tuple[str, ...]) -> None:
        self._words = frozenset(not_secrets)
        alternatives = "|".join(map(re.escape, products)) or "(?!)"
        self._product = re.compile(rf"(?:{alternatives})[-_ ]?v?[\d.]*\w?", re.IGNORECASE)

    def passes(self, value: str, test: ValueTest) -> bool:
        """Tell whether `value` may be a secret.

        ANY takes all but placeholders, also what holds a mask among other things. PAIR takes what is not a word
        of the list. VALUE takes three of the four character classes, a letter with a digit from 6 characters,
        or 4 digits. SHAPED is VALUE without digits alone, product names, error numbers, versions, paths and host
        names. STRONG is SHAPED with a symbol, or 8 characters of three classes.
        """
        if (
            not any(char.isalnum() for char in MASK.sub("", value))
            or _PLACEHOLDER.fullmatch(value)
            or _NEVER.fullmatch(value)
        ):
            return False
        if value.lower().strip("!?.,:;-") in self._words:
            return False
        if test is ValueTest.ANY:
            return True
        if MASK.search(value):
            return False
        if test is ValueTest.PAIR:
            return len(value) >= 2 and not value.startswith("/")
        if not _varied(value):
            return test is ValueTest.VALUE and len(value) >= 4 and value.isdecimal()
        if test is ValueTest.VALUE:
            return not value.startswith(("/", "\\"))
        if _SHAPE.fullmatch(value) or self._product.fullmatch(value):
            return False
        if test is ValueTest.SHAPED:
            return True
        has_symbol = any(char in _STRONG_SYMBOLS for char in value)
        return len(value) >= 6 and (has_symbol or (len(value) >= 8 and _classes(value) >= 3))


def _classes(value: str) -> int:
    return sum(
        (
            any(char.islower() for char in value),
            any(char.isupper() for char in value),
            any(char.isdecimal() for char in value),
            any(not char.isalnum() for char in value),
        )
    )


def _varied(value: str) -> bool:
    """Tell whether it has three classes of four, or a letter and a digit from 6 characters."""
    digit = any(char.isdecimal() for char in value)
    if not digit:  # "Yes!" and "user-defined" are words; "Pr$xq" is not
        core = value.rstrip("!?.*")
        return len(value) >= 5 and any(char in _STRONG_SYMBOLS for char in core) and _classes(core) >= 3
    letter = any(char.isalpha() for char in value)
    return (len(value) >= 4 and _classes(value) >= 3) or (letter and len(value) >= 6)
