"""Pure text work for streamed Markdown: where a block is finished, where code begins."""

import re
from dataclasses import dataclass
from enum import StrEnum

_FENCE = re.compile(r"^(\s*)(`{3,}|~{3,})[ \t]*([^`\s]*)[^`]*$")
_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])\s")
_HEADING = re.compile(r"#{1,6}\s")
_DEFINITION = re.compile(r"^([ ]{0,3})\[(E\d+)\]:")

CITATION = re.compile(r"\[E\d+(?:[,;]\s*E\d+)*\]")
LABEL = re.compile(r"E\d+")


class _Fence:
    """Follows code fences line by line (CommonMark 0.31, section 4.5)."""

    def __init__(self) -> None:
        self.mark = ""  # of the open fence; empty outside

    def opens(self, line: str) -> re.Match[str] | None:
        """Take a line outside code; return the match where it opens a fence."""
        found = _FENCE.match(line.rstrip("\n"))
        if found:
            self.mark = found[2]
        return found

    def closes(self, line: str) -> bool:
        """Take a line inside code; tell whether it closes the fence."""
        bare = line.strip()
        if len(bare) >= len(self.mark) and set(bare) == {self.mark[0]}:
            self.mark = ""
            return True
        return False


def keep_labels(markdown: str) -> str:
    """Escape `[E1]: word` at the start of a line, which Markdown would swallow as a link definition."""
    if "]:" not in markdown:
        return markdown
    fence = _Fence()
    kept = []
    for line in markdown.splitlines(keepends=True):
        if fence.mark:
            fence.closes(line)
        elif not fence.opens(line):
            line = _DEFINITION.sub(r"\1\\[\2\\]:", line)
        kept.append(line)
    return "".join(kept)


class BlockSplitter:
    """Tells finished Markdown blocks from the growing tail.

    A block is finished when what follows can hardly change how it looks. An item of a list counts as a block and keeps
    what is indented below it. The work per call depends on the new text and the unfinished line only.
    """

    def __init__(self) -> None:
        self._lines: list[str] = []  # of the unfinished block
        self._partial = ""
        self._fence = _Fence()
        self._is_item = False
        self._after_blank = False

    @property
    def tail(self) -> str:
        """What is not finished."""
        return "".join(self._lines) + self._partial

    def feed(self, text: str) -> list[str]:
        """Add `text`; return the blocks that it finished, in order."""
        done: list[str] = []
        *lines, self._partial = (self._partial + text).split("\n")
        for line in lines:
            self._take(line + "\n", done)
        if self._after_blank and self._partial and not self._partial[0].isspace():
            self._cut(done)
        return done

    def _take(self, line: str, done: list[str]) -> None:
        if self._fence.mark:
            self._lines.append(line)
            if self._fence.closes(line) and not self._is_item:
                self._cut(done)
            return
        if not line.strip():
            self._lines.append(line)
            if self._is_item:
                self._after_blank = True  # an indented line may still belong to the item
            else:
                self._cut(done)
            return
        at_margin = not line[0].isspace()
        is_item = at_margin and _ITEM.match(line) is not None
        is_heading = at_margin and _HEADING.match(line) is not None
        is_code = self._fence.opens(line) is not None
        if is_item or is_heading or (at_margin and (is_code or self._after_blank)):
            self._cut(done)
        self._after_blank = False
        self._is_item = self._is_item or is_item
        self._lines.append(line)
        if is_heading:
            self._cut(done)

    def _cut(self, done: list[str]) -> None:
        block = "".join(self._lines)
        if block.strip():
            done.append(block)
        self._lines.clear()
        self._is_item = self._after_blank = False


class PieceKind(StrEnum):
    """What a piece of an answer is."""

    TEXT = "text"
    OPEN = "open"
    CODE = "code"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of an answer.

    Attributes:
        kind: See PieceKind.
        text: Markdown, the language of the code that opens, or code.
        end: Offset in the whole source behind it.
    """

    kind: PieceKind
    text: str
    end: int


class FenceSplitter:
    """Parts a growing answer into Markdown and fenced code.

    A fence inside a list item is taken out too: its code and the text that follows lose the fence's indentation.
    """

    def __init__(self) -> None:
        self._fence = _Fence()
        self._held = ""  # a line that may turn out to be a fence
        self._inside_line = False  # its beginning was already passed on
        self._indent = 0
        self._dedent = 0
        self._end = 0

    def feed(self, text: str) -> list[Piece]:
        """Add `text`; return what is certain now."""
        pieces: list[Piece] = []
        lines = (self._held + text).split("\n")
        self._held = ""
        for line in lines[:-1]:
            self._take(line + "\n", pieces)
        last = lines[-1]
        if last and not self._inside_line and (last.isspace() or last.lstrip()[0] in "`~"):
            self._held = last
        elif last:
            self._take(last, pieces)
        return pieces

    def end(self) -> list[Piece]:
        """Return what was held back; code that was never closed ends here."""
        pieces: list[Piece] = []
        if self._held:
            self._take(self._held, pieces)
            self._held = ""
        if self._fence.mark:
            self._fence.mark = ""
            self._put(PieceKind.CLOSE, "", 0, pieces)
        return pieces

    def _take(self, line: str, pieces: list[Piece]) -> None:
        begins, self._inside_line = not self._inside_line, not line.endswith("\n")
        if self._fence.mark:
            if begins and self._fence.closes(line):
                self._dedent = self._indent
                self._put(PieceKind.CLOSE, "", len(line), pieces)
            else:
                self._put(PieceKind.CODE, _dedented(line, self._indent if begins else 0), len(line), pieces)
            return
        found = self._fence.opens(line) if begins else None
        if found:
            self._indent = len(found[1])
            self._put(PieceKind.OPEN, found[3], len(line), pieces)
            return
        if begins and not line[0].isspace():
            self._dedent = 0
        self._put(PieceKind.TEXT, _dedented(line, self._dedent if begins else 0), len(line), pieces)

    def _put(self, kind: PieceKind, text: str, length: int, pieces: list[Piece]) -> None:
        self._end += length
        if pieces and pieces[-1].kind is kind and kind in (PieceKind.TEXT, PieceKind.CODE):
            pieces[-1] = Piece(kind, pieces[-1].text + text, self._end)
        else:
            pieces.append(Piece(kind, text, self._end))


def _dedented(line: str, by: int) -> str:
    leading = len(line) - len(line.lstrip(" \t"))
    return line[min(by, leading) :]
