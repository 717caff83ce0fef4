"""Identifiers: short, unique, in order of creation."""

import os
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32


def new_uid(prefix: str) -> str:
    """Return `prefix_` and 16 characters: 9 of the time in milliseconds, 7 at random."""
    number = ((int(time.time() * 1000) & ((1 << 45) - 1)) << 35) | (
        int.from_bytes(os.urandom(5)) & ((1 << 35) - 1)
    )
    digits = ""
    for _ in range(16):
        number, rest = divmod(number, 32)
        digits = _ALPHABET[rest] + digits
    return f"{prefix}_{digits}"
