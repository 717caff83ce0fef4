"""The Markdown of an answer as blocks for elsewhere: what other programs cannot show becomes plain words."""

import re
from collections.abc import Collection

from copilot.assistant.markdown import fences
from copilot.domain.rich_text import Block, BlockKind, Line, Span, Style

_ITEM = re.compile(r"\s{0,12}(?:([-*+])|(\d{1,3})[.)])\s+(.*)")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(.*?)\s*#*\s*")
_RULE = re.compile(r"\s{0,3}(?:[-*_]\s*){3,}")
_QUOTE = re.compile(r"^\s{0,3}>\s?")
_INLINE = re.compile(r"`([^`\n]+)`|\*\*([^*\n]+?)\*\*|__([^_\n]+?)__")
_LINK = re.compile(r"!?\[([^\]\n]{0,300})\]\(([^)\s]{1,500})[^)\n]{0,200}\)")
_EMPHASIS = re.compile(r"(?<![\w*])\*([^*\s][^*\n]*?)\*(?![\w*])|(?<!\w)_([^_\s][^_\n]*?)_(?!\w)")

_CITED = re.compile(r"\s*([\[(])(E\d{1,4}(?:\s?(?:[,;–-]|and|und|et)\s?E?\d{1,4}){0,20})[\])]")


def without_labels(markdown: str, known: Collection[str]) -> str:
    """Return an answer without its citations; what stands in round brackets is one where all its labels are `known`."""

    def judged(found: re.Match[str]) -> str:
        labels = re.findall(r"E\d+", found[2])
        return "" if found[1] == "[" or all(label in known for label in labels) else found[0]

    return _CITED.sub(judged, markdown)


def blocks_of(markdown: str) -> list[Block]:
    """Return paragraphs, lists and code; headings become bold lines, links their words and address."""
    made: list[Block] = []
    at = 0
    for fence in fences(markdown):
        made += _prose(markdown[at : fence.start])
        made.append(Block(BlockKind.CODE, tuple(((Style.PLAIN, line),) for line in fence.text.split("\n"))))
        at = fence.end
    return made + _prose(markdown[at:])


def _prose(markdown: str) -> list[Block]:
    made: list[Block] = []
    kind, start, lines = BlockKind.PARAGRAPH, 1, list[Line]()

    def close() -> None:
        nonlocal kind, start
        if lines:
            made.append(Block(kind, tuple(lines), start))
            lines.clear()
        kind, start = BlockKind.PARAGRAPH, 1

    for raw in markdown.split("\n"):
        line = _QUOTE.sub("", raw)
        if not line.strip() or _RULE.fullmatch(line):
            if kind is BlockKind.PARAGRAPH:
                close()
        elif found := _HEADING.fullmatch(line):
            close()
            made.append(Block(BlockKind.PARAGRAPH, (((Style.STRONG, _words(found[1])),),)))
        elif found := _ITEM.fullmatch(line):
            wanted = BlockKind.BULLETS if found[1] else BlockKind.NUMBERED
            if wanted is not kind:
                close()
                kind, start = wanted, int(found[2] or 1)
            lines.append(_spans(found[3]))
        elif kind is not BlockKind.PARAGRAPH and raw[:1].isspace() and lines:
            lines[-1] = (*lines[-1], (Style.PLAIN, " "), *_spans(line.strip()))
        else:
            if kind is not BlockKind.PARAGRAPH:
                close()
            lines.append(_spans(line.strip()))
    close()
    return made


def _spans(text: str) -> Line:
    spans: list[Span] = []
    at = 0
    for found in _INLINE.finditer(text):
        if found.start() > at:
            spans.append((Style.PLAIN, _words(text[at : found.start()])))
        if found[1] is not None:
            spans.append((Style.CODE, found[1]))
        else:
            spans.append((Style.STRONG, _words(found[2] or found[3])))
        at = found.end()
    if at < len(text):
        spans.append((Style.PLAIN, _words(text[at:])))
    return tuple(spans)


def _words(text: str) -> str:
    text = _LINK.sub(
        lambda found: found[1] if found[1] == found[2] else f"{found[1]} ({found[2]})".strip(), text
    )
    text = _EMPHASIS.sub(lambda found: found[1] or found[2], text)
    return re.sub(r"\\([\\`*_{}\[\]()#+.!-])", r"\1", text)
