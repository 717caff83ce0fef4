"""Personal data that an answer rarely needs: addresses, telephone numbers, accounts, cards."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from copilot.domain.span import Span
from copilot.domain.ticket import Person

_EMAIL = re.compile(r"(?<![\w.+-])[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}\b")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")
_CARD = re.compile(r"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-]|\.\d)")
_PHONE = re.compile(
    r"(?<![\w.+:/-])(?:\+\d{1,3}[ .-]?(?:\(0?\d{1,4}\)[ .-]?)?\d{1,4}(?:[ ./-]?\d{2,4}){2,4}"
    r"|\(\d{3,5}\)[ .-]?\d{3,4}[ .-]?\d{3,4}|\d{3}-\d{3}-\d{4})(?![\w-]|\.\d)"
)
_DIGITS = re.compile(r"[0-9][0-9A-Z ()./-]{5,}[0-9]")  # part of every number below; quick to rule out
_PHONE_WORDS = re.compile(
    r"\b(?:phone|mobile|cell|tel(?:ephone)?|handy|registered|reach (?:him|her|me)"
    r"|call (?:him|her|me|them)(?: back)?(?: (?:on|at))?)"
    r"(?: number)?(?: is)?[ .:\n]{1,3}(?P<v>\(?\d[\d ()./-]{5,18}\d)(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PersonalData:
    """One piece of it; `kind` is `EMAIL`, `IBAN`, `CARD` or `PHONE`."""

    span: Span
    kind: str


def find_personal(text: str) -> tuple[PersonalData, ...]:
    """Return the personal data in `text` in order, none overlapping another.

    IBAN by ISO 13616 (mod 97), cards by ISO/IEC 7812 (Luhn).
    """
    found: list[PersonalData] = []
    for candidate in _candidates(text):
        if not any(candidate.span.overlaps(other.span) for other in found):
            found.append(candidate)
    return tuple(sorted(found, key=lambda item: item.span))


def is_somebody_else(
    text: str, data: PersonalData, requester: Person, role_mailboxes: tuple[str, ...]
) -> bool:
    """Tell whether it belongs to anybody but the ticket's requester, their company or a shared mailbox."""
    if data.kind != "EMAIL":
        return True
    local, _, domain = data.span.of(text).lower().partition("@")
    own = requester.email.lower()
    return local not in role_mailboxes and (not own or domain != own.partition("@")[2])


def _candidates(text: str) -> Iterator[PersonalData]:
    if "@" in text:
        for match in _EMAIL.finditer(text):
            yield PersonalData(Span(*match.span()), "EMAIL")
    if not _DIGITS.search(text):
        return
    for match in _IBAN.finditer(text):
        if _is_iban(match[0]):
            yield PersonalData(Span(*match.span()), "IBAN")
    for match in _CARD.finditer(text):
        if _passes_luhn(match[0]):
            yield PersonalData(Span(*match.span()), "CARD")
    for match in _PHONE.finditer(text):
        yield PersonalData(Span(*match.span()), "PHONE")
    for match in _PHONE_WORDS.finditer(text):
        yield PersonalData(Span(*match.span("v")), "PHONE")


def _is_iban(text: str) -> bool:
    compact = text.replace(" ", "")
    if not compact.isascii() or not 15 <= len(compact) <= 34:
        return False
    return int("".join(str(int(char, 36)) for char in compact[4:] + compact[:4])) % 97 == 1


def _passes_luhn(text: str) -> bool:
    digits = [int(char) for char in text if char.isdecimal()]
    if len(set(digits)) == 1:  # a row of zeros is no card
        return False
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
