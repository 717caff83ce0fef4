"""Identifiers: short, unique, in order of creation."""

import os
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32
_PAIRS = 1024  # how many two-digit endings there are


def new_uid(prefix: str) -> str:
    """Return `prefix_` and 16 characters: 9 of the time in milliseconds, 7 at random."""
    return f"{prefix}_{_digits(_number(), 16)}"


def new_uids(prefix: str, count: int) -> list[str]:
    """Return `count` such ids at once; they follow each other."""
    first = _number()
    pairs = [high + low for high in _ALPHABET for low in _ALPHABET]
    made = list[str]()
    while len(made) < count:
        head, at = divmod(first + len(made), _PAIRS)
        start = f"{prefix}_{_digits(head, 14)}"
        made += [start + pair for pair in pairs[at : at + count - len(made)]]
    return made


def _number() -> int:
    milliseconds = int(time.time() * 1000) & ((1 << 45) - 1)
    return (milliseconds << 35) | (int.from_bytes(os.urandom(5)) & ((1 << 35) - 1))


def _digits(number: int, length: int) -> str:
    digits = ""
    for _ in range(length):
        number, rest = divmod(number, 32)
        digits = _ALPHABET[rest] + digits
    return digits
