"""Two kinds of failure: one that the user can mend, one that is ours."""

from dataclasses import dataclass


@dataclass(eq=False)
class KnownError(Exception):
    """Something the user can act on; the console exits with status 2.

    Attributes:
        what: What happened, one sentence.
        kept: What was kept, one sentence; empty where nothing was at stake.
        todo: What to do next, one sentence.
    """

    what: str
    kept: str = ""
    todo: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, self.kept, self.todo) if part)


class DamagedError(KnownError):
    """A file cannot be read any more; a backup may take its place."""


class BugError(Exception):
    """A state the program should never be in; the console exits with status 1."""
