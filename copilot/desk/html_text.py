"""Reduces HTML to the text that it shows. Nothing in it is run or fetched."""

import re
from html.parser import HTMLParser

LONGEST = 1_000_000  # characters
_DROPPED = {"script", "style", "head", "template", "noscript", "svg", "math", "iframe", "object", "xml"}
_VOID = {"br", "hr", "img", "input", "meta", "link", "wbr", "col", "source", "area", "base", "embed", "track"}
_LINES = {
    *("address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset", "figure", "footer"),
    *("form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section"),
    *("table", "tr", "ul", "title", "option", "label"),
}  # fmt: skip
_PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "blockquote", "pre", "table"}

# A tag with its attributes. Anything else that begins with "<" is text: on half a million of those the parser would
# take minutes, as it looks for the end of each.
_TAG = re.compile(
    r"""<(/?[A-Za-z][A-Za-z0-9:]{0,15})(?:[\s/](?:[^<>"']{0,300}(?:"[^"]{0,300000}"|'[^']{0,300000}')){0,30}[^<>"']{0,300})?>"""
)
_COMMENT = re.compile(r"<[!?]")
_NO_TAG = re.compile(r"<(?!/?[A-Za-z][A-Za-z0-9:]{0,15}>)")


def html_to_text(markup: str) -> str:
    """Return the text of `markup` with its line breaks; cells of a table are parted by tabs."""
    reader = _Reader()
    markup = _TAG.sub(r"<\1>", _without_comments(markup[:LONGEST]))
    reader.feed(_NO_TAG.sub("&lt;", markup))
    reader.close()
    return reader.text()


def _without_comments(markup: str) -> str:
    kept: list[str] = []
    at = 0
    while found := _COMMENT.search(markup, at):
        start = found.start()
        kept.append(markup[at:start])
        closing = "-->" if markup.startswith("<!--", start) else ">"
        end = markup.find(closing, start)
        if end < 0:
            return "".join(kept)
        at = end + len(closing)
    return "".join(kept) + markup[at:]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._dropped: list[str] = []  # open elements whose content is not shown
        self._pre = 0
        self._cells = 0

    def text(self) -> str:
        lines = [line.rstrip() for line in "".join(self._parts).split("\n")]
        kept: list[str] = []
        for line in lines:
            if line or (kept and kept[-1]):
                kept.append(line)
        return "\n".join(kept).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DROPPED:
            self._dropped.append(tag)
        if self._dropped:
            return
        if tag == "br":
            self._parts.append("\n")
        elif tag in {"td", "th"}:
            self._parts.append("\t" if self._cells else "")
            self._cells += 1
        elif tag in _LINES:
            self._break(tag)
        if tag == "tr":
            self._cells = 0
        self._pre += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if self._dropped:
            if tag in self._dropped:  # with everything inside that was never closed
                while self._dropped.pop() != tag:
                    pass
            return
        if tag in _LINES:
            self._break(tag)
        self._pre = max(0, self._pre - (tag == "pre"))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        if self._dropped:
            return
        if self._pre:
            self._parts.append(data)
            return
        words = " ".join(data.split())
        if not words:
            if data and self._parts and not self._parts[-1].endswith(("\n", " ", "\t")):
                self._parts.append(" ")
            return
        before = (
            " "
            if data[0].isspace() and self._parts and not self._parts[-1].endswith(("\n", " ", "\t"))
            else ""
        )
        self._parts.append(before + words + (" " if data[-1].isspace() else ""))

    def _break(self, tag: str) -> None:
        if not self._parts:
            return
        if not self._parts[-1].endswith("\n"):
            self._parts.append("\n")
        if tag in _PARAGRAPHS:
            self._parts.append("\n")
