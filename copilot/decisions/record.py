"""What a person made of a text: how alike the two are and where they differ."""

import difflib
import re
from dataclasses import dataclass

# An answer's citations mean nothing outside the program, so leaving them out is no edit.
_CITATION = re.compile(r"\s*\[E\d+(?:\s*,\s*E\d+)*\]")


@dataclass(frozen=True, slots=True)
class Difference:
    """`similarity` is difflib's ratio on words, 0 to 1; `diff` is a unified diff by line."""

    similarity: float
    diff: str


def without_citations(text: str) -> str:
    """Return `text` without `[E3]` marks."""
    return _CITATION.sub("", text)


def compare(suggested: str, kept: str) -> Difference | None:
    """Return how `kept` differs from `suggested`; None where only citations and white space do."""
    before, after = without_citations(suggested).split(), without_citations(kept).split()
    if before == after:
        return None
    similarity = difflib.SequenceMatcher(None, before, after, autojunk=False).ratio()
    lines = difflib.unified_diff(
        suggested.strip().splitlines(), kept.strip().splitlines(), "suggested", "kept", lineterm="", n=1
    )
    return Difference(round(similarity, 4), "\n".join(lines))
