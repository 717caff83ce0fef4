"""A warning or error in the log that a test did not announce fails the test."""

import logging
import re
from collections.abc import Iterable


class LogWatch(logging.Handler):
    """Collects records of WARNING and above; `expect` announces those that are meant.

    Messages that match one of the regular expressions in `allowed` may come or not.
    """

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        super().__init__(logging.WARNING)
        self._allowed = tuple(allowed)
        self._records: list[logging.LogRecord] = []
        self._patterns: list[str] = []

    def expect(self, pattern: str) -> None:
        """Announce records whose message matches the regular expression; at least one must come."""
        self._patterns.append(pattern)

    def emit(self, record: logging.LogRecord) -> None:
        self._records.append(record)

    def complaints(self) -> list[str]:
        """Return what came unannounced, and what was announced and did not come."""
        messages = [(record, record.getMessage()) for record in self._records]
        unexpected = [
            f"unexpected log record: {record.levelname} {record.name}: {message}"
            for record, message in messages
            if not any(re.search(pattern, message) for pattern in (*self._allowed, *self._patterns))
        ]
        absent = [
            f"expected log record did not come: {pattern}"
            for pattern in self._patterns
            if not any(re.search(pattern, message) for _, message in messages)
        ]
        return unexpected + absent
