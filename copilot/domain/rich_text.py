"""Text for elsewhere, as plain text and as HTML of a handful of tags; everything in it is escaped."""

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from copilot.support.text import clean


class Style(StrEnum):
    """How words stand out; the value is the tag."""

    PLAIN = ""
    STRONG = "strong"
    CODE = "code"


class BlockKind(StrEnum):
    """A block; the value is the tag."""

    PARAGRAPH = "p"
    BULLETS = "ul"
    NUMBERED = "ol"
    CODE = "pre"


Span = tuple[Style, str]
Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of lines, a list of items, or lines of code; `start` is the first item's number."""

    kind: BlockKind
    lines: tuple[Line, ...]
    start: int = 1


@dataclass(frozen=True, slots=True)
class RichText:
    """The same words twice: plain, and as HTML of p, br, ul, ol, li, pre, code and strong only."""

    text: str
    html: str


def paragraph(*lines: str) -> Block:
    """Return plain lines as a paragraph."""
    return Block(BlockKind.PARAGRAPH, tuple(((Style.PLAIN, line),) for line in lines))


def heading(text: str) -> Block:
    """Return a line that stands out."""
    return Block(BlockKind.PARAGRAPH, (((Style.STRONG, text),),))


def bullets(items: Iterable[str]) -> Block:
    """Return a list."""
    return Block(BlockKind.BULLETS, tuple(((Style.PLAIN, item),) for item in items))


def plain_blocks(text: str) -> list[Block]:
    """Return text as it was typed: paragraphs between empty lines."""
    parts = [part.strip("\n") for part in clean(text).strip().split("\n\n")]
    return [paragraph(*part.split("\n")) for part in parts if part.strip()]


def render(blocks: Sequence[Block]) -> RichText:
    """Write blocks both ways."""
    return RichText(
        "\n\n".join(text for text in map(_text, blocks) if text.strip()), "".join(map(_html, blocks))
    )


def _text(block: Block) -> str:
    lines = [clean("".join(words for _, words in line)) for line in block.lines]
    if block.kind is BlockKind.BULLETS:
        lines = [f"- {line}" for line in lines]
    elif block.kind is BlockKind.NUMBERED:
        lines = [f"{place}. {line}" for place, line in enumerate(lines, block.start)]
    return "\n".join(lines)


def _html(block: Block) -> str:
    lines = ["".join(_span(*span) for span in line) for line in block.lines]
    tag = block.kind.value
    if block.kind in (BlockKind.BULLETS, BlockKind.NUMBERED):
        opened = f'{tag} start="{block.start}"' if block.start != 1 else tag
        return f"<{opened}>" + "".join(f"<li>{line}</li>" for line in lines) + f"</{tag}>"
    return f"<{tag}>" + ("\n" if block.kind is BlockKind.CODE else "<br>").join(lines) + f"</{tag}>"


def _span(style: Style, words: str) -> str:
    escaped = html.escape(clean(words))
    return f"<{style}>{escaped}</{style}>" if style else escaped
