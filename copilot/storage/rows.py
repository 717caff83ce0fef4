"""Between rows and dataclasses: JSON columns and times."""

import json
from collections.abc import Sequence
from dataclasses import is_dataclass
from datetime import datetime
from typing import Any

from copilot.support.clock import from_text, to_text

AMONG = "SELECT value FROM json_each(?)"
"""For an IN clause with any number of values, bound as one `dump`; SQLite takes 32,766 bound values at most."""


def dump(value: Any) -> str:
    """Return `value` (dataclasses, tuples, plain values) as compact JSON."""
    return _ENCODER.encode(value)


def load(text: str) -> Any:
    """Read a JSON column."""
    return json.loads(text)


def when(text: str | None) -> datetime | None:
    """Read a time column that may be empty."""
    return from_text(text) if text else None


def stamp(at: datetime | None) -> str | None:
    """Write a time column that may be empty."""
    return to_text(at) if at else None


def marks(values: Sequence[object]) -> str:
    """Return `?,?,?` for an IN clause with a few values."""
    return ",".join("?" * len(values))


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {name: getattr(value, name) for name in value.__dataclass_fields__}
    raise TypeError(type(value).__name__)


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain)
