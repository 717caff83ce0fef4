"""Splits an answer into statements, each with its place in the Markdown."""

import re
from dataclasses import dataclass

from copilot.assistant.markdown import fences

_MARKER = re.compile(r"[ \t]*(?:>[ \t]*)*(?:(?:[-*+•]|\d{1,2}[.)])[ \t]+)?(?:\[[ xX]\][ \t]+)?")
_LIST = re.compile(r"[ \t]*(?:[-*+•]|\d{1,2}[.)])[ \t]+")
_HEADING = re.compile(r"[ \t]*(?:#{1,6}(?:[ \t]|$)|\|?[ \t:|-]*\|[ \t:|-]*$|(?:[-*_=][ \t]*){3,}$)")
# "**Likely cause:** text", "**Why**: text", "Why: text"
_LEAD = re.compile(
    r"[ \t]*(?:(?P<mark>\*\*|__)[^*_\n]{1,60}?(?:(?P=mark)[ \t]*:|:[ \t]*(?P=mark)|(?P=mark)(?=[ \t]*\n|[ \t]*$))"
    r"|(?:Likely cause|Next check|Why|Note|Evidence|Answer|Summary)[ \t]*:)[ \t]*",
)
_CITATIONS = r"(?:[ \t]*[\[(][^\[\]()\n]*\bE\d+\b[^\[\]()\n]*[\])]\.?)*"
_END = re.compile(rf"[.!?]+(?P<close>[\"'”’)*_]*){_CITATIONS}(?=\s+|$)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|approx|incl|resp|ca|no|nr|Mr|Mrs|Ms|Dr|[A-Z])|\s\.\.)\.$"
)
_CODE = re.compile(r"`[^`\n]*`")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A statement; `start` and `end` are offsets into the Markdown."""

    start: int
    end: int
    text: str


def sentences(markdown: str) -> list[Sentence]:
    """Return the sentences and list items outside code fences; headings and empty lines are none."""
    found: list[Sentence] = []
    for start, end in _paragraphs(markdown):
        found += _split(markdown, start, end)
    return found


def _paragraphs(markdown: str) -> list[tuple[int, int]]:
    """Return the extents of paragraphs; a list item, a heading or a fence ends the one before it."""
    blocks = fences(markdown)
    found: list[tuple[int, int]] = []
    at, begun = 0, -1
    end = 0
    for whole in markdown.split("\n"):
        line = whole
        in_code = any(block.start <= at < block.end or block.start == at for block in blocks)
        if late := next((block.start for block in blocks if at < block.start < at + len(whole)), None):
            line = whole[: late - at].rstrip()  # code that begins behind text
        skip = in_code or not line.strip() or _HEADING.match(line) is not None
        lead = _LEAD.match(line)
        if begun >= 0 and (skip or _LIST.match(line) or lead):
            found.append((begun, end))
            begun = -1
        if not skip:
            if begun < 0:
                begun = at + _MARKER.match(line).end()  # type: ignore[union-attr]  # it matches nothing at least
            end = at + len(line)
            if lead and not line[lead.end() :].strip():
                begun = -1
        at += len(whole) + 1
    if begun >= 0:
        found.append((begun, end))
    return found


def _split(markdown: str, start: int, end: int) -> list[Sentence]:
    if lead := _LEAD.match(markdown, start, end):
        start = lead.end()
    masked = _CODE.sub(lambda m: "`" + "x" * (len(m[0]) - 2) + "`", markdown[start:end])
    found = []
    begun = 0
    for stop in _END.finditer(masked):
        after = masked[stop.end() :].lstrip()
        if _ABBREVIATION.search(masked[: stop.start() + 1]) or (
            after and (after[0].islower() or after[0] in ".:;,")
        ):
            continue
        found.append((begun, stop.end()))
        begun = stop.end()
    found.append((begun, len(masked)))
    result = []
    for first, last in found:
        text = markdown[start + first : start + last]
        inner = text.strip()
        if any(character.isalnum() for character in inner):
            left = start + first + text.index(inner)
            result.append(Sentence(left, left + len(inner), inner))
    return result
