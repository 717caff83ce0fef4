"""Long evidence is shortened by rule: its beginning, its end and the lines that tell of trouble."""

import re

from copilot.assistant.tokens import estimate

STANDARD_LIMIT = 500
"""Tokens, by estimate, that one piece of evidence may take in a prompt."""

_TROUBLE = re.compile(
    r"error|fail|warn|denied|timeout|timed out|refused|exception|panic|0x[0-9a-f]+", re.IGNORECASE
)
_VARIABLE = re.compile(r"\d+")
_LINE_CHARACTERS = 240
_MARK_TOKENS = 8  # what "[… 212 lines left out]" takes
_HEAD_SHARE, _TROUBLE_SHARE = 0.3, 0.4


def shorten(text: str, limit: int = STANDARD_LIMIT) -> str:
    """Return `text` in at most about `limit` tokens; the same text gives the same result everywhere.

    Kept are the first lines, the last ones, and between them lines that tell of trouble, each kind once (lines that
    differ only in numbers are one kind). What is left out is marked with its number of lines.
    """
    if estimate(text) <= limit:
        return text
    lines = [_clip(line) for line in text.split("\n")]
    costs = [estimate(line) + 1 for line in lines]
    kept: set[int] = set()
    room = limit - 2 * _MARK_TOKENS
    _take(range(len(lines)), costs, int(room * _HEAD_SHARE), kept, stop=True)
    _take(_trouble(lines, kept), costs, int(room * _TROUBLE_SHARE), kept, stop=False, mark=_MARK_TOKENS)
    spent = sum(costs[i] for i in kept) + _MARK_TOKENS * _gaps(kept)
    _take(range(len(lines) - 1, -1, -1), costs, max(room - spent, 0), kept, stop=True)
    return "\n".join(_with_marks(lines, sorted(kept)))


def trouble_line(text: str) -> str:
    """Return the first line that tells of trouble, clipped; empty where none does."""
    return next((_clip(line.strip(), 160) for line in text.split("\n") if _TROUBLE.search(line)), "")


def _clip(line: str, limit: int = _LINE_CHARACTERS) -> str:
    if len(line) <= limit:
        return line
    half = limit // 2 - 2
    return f"{line[:half]} … {line[-half:]}"


def _trouble(lines: list[str], kept: set[int]) -> list[int]:
    seen: set[str] = set()
    found = []
    for index, line in enumerate(lines):
        if _TROUBLE.search(line):
            kind = _VARIABLE.sub("#", line)
            if kind not in seen and index not in kept:
                found.append(index)
            seen.add(kind)
    return found


def _take(
    order: "range | list[int]", costs: list[int], room: int, kept: set[int], *, stop: bool, mark: int = 0
) -> None:
    for index in order:
        if index in kept:
            continue
        if costs[index] + mark > room:
            if stop:
                return
            continue
        room -= costs[index] + mark
        kept.add(index)


def _gaps(kept: set[int]) -> int:
    return sum(index - 1 not in kept for index in kept if index)


def _with_marks(lines: list[str], kept: list[int]) -> list[str]:
    result = []
    previous = -1
    for index in [*kept, len(lines)]:
        if (gap := index - previous - 1) > 0:
            result.append(f"[… {gap} {'line' if gap == 1 else 'lines'} left out]")
        if index < len(lines):
            result.append(lines[index])
        previous = index
    return result
