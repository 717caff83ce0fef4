"""What of an answer's Markdown is code, and where."""

import re
from dataclasses import dataclass

_FENCE = re.compile(r"^[ \t]*(?:>[ \t]*)?(`{3,}|~{3,})[ \t]*([\w+#.-]*)[^\n`]*$")
# Small models often open a fence behind text: "**Next check:** ```cmd". What follows is code all the same.
_LATE_FENCE = re.compile(r"(`{3,})[ \t]*([\w+#.-]*)[ \t]*$")
_INLINE = re.compile(r"(?<!`)(`{1,2})(?!`)([^`\n]+?)(?<!`)\1(?!`)")


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced code block.

    Attributes:
        start: Offset of its first fence in the Markdown.
        end: Offset after its last fence; a block that is not closed yet reaches to the end.
        language: The word after the fence, as written.
        text: The lines between the fences.
    """

    start: int
    end: int
    language: str
    text: str


def fences(markdown: str) -> list[Fence]:
    """Return the fenced code blocks in order."""
    found: list[Fence] = []
    opened: tuple[int, str, str] | None = None
    lines: list[str] = []
    at = 0
    for line in markdown.split("\n"):
        mark = _FENCE.match(line)
        if opened is None:
            if mark:
                opened, lines = (at, mark[1], mark[2]), []
            elif (ticks := line.find("`")) > 0 and (late := _LATE_FENCE.match(line, ticks)):
                opened, lines = (at + ticks, late[1], late[2]), []
        elif mark and mark[1][0] == opened[1][0] and len(mark[1]) >= len(opened[1]) and not mark[2]:
            found.append(Fence(opened[0], at + len(line), opened[2], "\n".join(lines)))
            opened = None
        else:
            lines.append(line)
        at += len(line) + 1
    if opened is not None:
        found.append(Fence(opened[0], len(markdown), opened[2], "\n".join(lines)))
    return found


def inline_code(markdown: str) -> list[tuple[int, str]]:
    """Return inline code outside fences, each with the offset of its backtick."""
    blocks = fences(markdown)
    return [
        (found.start(), found[2].strip())
        for found in _INLINE.finditer(markdown)
        if not any(block.start <= found.start() < block.end for block in blocks)
    ]
