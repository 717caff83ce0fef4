"""Writes Markdown into a QTextDocument block by block, in the look of the tokens.

Qt parses each piece into a document of its own, which is never laid out; what is wanted is copied from there. So a
piece can be added without touching what stands, raw HTML stays text, and images never enter the shown document.
"""

import html
import re

from PySide6.QtGui import (
    QColor,
    QFont,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextList,
    QTextListFormat,
    QTextTable,
    QTextTableFormat,
)

from copilot.support.i18n import tr
from copilot.ui.theme.manager import mono_family
from copilot.ui.theme.tokens import Tokens
from copilot.ui.widgets.markdown_text import CITATION, LABEL, keep_labels

EVIDENCE_SCHEME = "evidence:"
FEATURES = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML
_LINE_HEIGHT = 140  # percent
_PROPORTIONAL = QTextBlockFormat.LineHeightTypes.ProportionalHeight.value
_P = QTextFormat.Property

Signature = list[tuple[str, int, str, int]]


def parse(markdown: str) -> QTextDocument:
    """Return `markdown` as a document of its own: HTML stays text, nothing is loaded."""
    document = QTextDocument()
    document.setUndoRedoEnabled(False)
    document.setMarkdown(keep_labels(markdown), FEATURES)
    return document


def plain(markdown: str) -> str:
    """Return what `markdown` reads like, with single spaces and on one line."""
    return " ".join(parse(markdown).toPlainText().split())


def signature(document: QTextDocument) -> Signature:
    """Return text, heading level, list marker and depth of each block, to tell whether two parses agree."""
    found: Signature = []
    block = document.begin()
    while block.isValid():
        if _says_something(block):
            found.append(_sign(block))
        block = block.next()
    return found


class MarkdownWriter:
    """Appends to one document."""

    def __init__(self, document: QTextDocument, tokens: Tokens) -> None:
        self._document = document
        self._tokens = tokens
        self._mono = mono_family()
        self._end = QTextCursor(document)  # stays at the end: it moves along with what it inserts
        self._reuse = True  # the last block is empty and free: at the start, and behind a table
        self._plain_from: int | None = None  # where the plain tail begins
        self._reuse_before_plain = True
        self._lists: dict[int, QTextList] = {}

    def set_tokens(self, tokens: Tokens) -> None:
        """Use another look from now on."""
        self._tokens = tokens

    def clear(self) -> None:
        """Empty the document."""
        self._document.clear()
        self._end.movePosition(QTextCursor.MoveOperation.End)
        self._reuse = True
        self._plain_from = None

    def write(self, markdown: str) -> Signature:
        """Append `markdown`; return the signature of what was parsed."""
        source = parse(markdown)
        self._lists = {}
        cursor = self._end
        written: Signature = []
        place = source.rootFrame().begin()
        while not place.atEnd():
            frame = place.currentFrame()
            if isinstance(frame, QTextTable):
                written += self._write_table(cursor, frame)
            elif _says_something(block := place.currentBlock()):
                written.append(_sign(block))
                self._write_block(cursor, block)
            place += 1
        return written

    def write_plain(self, text: str) -> None:
        """Append `text` as it is, to the plain tail."""
        cursor = self._end
        if self._plain_from is None:
            text = text.lstrip("\n")
            if not text:
                return
            self._reuse_before_plain = self._reuse
            self._plain_from = cursor.position()
            self._open(cursor, self._body_format())
        cursor.insertText(text.replace("\n", "\u2028"), QTextCharFormat())

    def drop_plain(self) -> None:
        """Take the plain tail away."""
        if self._plain_from is None:
            return
        cursor = self._end
        cursor.setPosition(self._plain_from, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        self._plain_from = None
        self._reuse = self._reuse_before_plain
        if self._reuse:
            cursor.setBlockFormat(QTextBlockFormat())

    def _open(self, cursor: QTextCursor, form: QTextBlockFormat) -> None:
        if self._reuse:
            cursor.setBlockFormat(form)
            cursor.setBlockCharFormat(QTextCharFormat())
            self._reuse = False
        else:
            cursor.insertBlock(form, QTextCharFormat())

    def _body_format(self) -> QTextBlockFormat:
        form = QTextBlockFormat()
        form.setLineHeight(_LINE_HEIGHT, _PROPORTIONAL)
        form.setBottomMargin(self._tokens.space_2)
        return form

    def _write_block(self, cursor: QTextCursor, block: QTextBlock) -> None:
        tokens = self._tokens
        its_list: QTextList | None = block.textList()
        form = QTextBlockFormat(block.blockFormat())
        form.setObjectIndex(-1)  # it names a list of the other document
        form.setNonBreakableLines(False)
        form.setLineHeight(_LINE_HEIGHT, _PROPORTIONAL)
        heading = form.headingLevel()
        form.setTopMargin(tokens.space_2 if heading and not self._document.isEmpty() else 0)
        form.setBottomMargin(tokens.space_1 if heading or its_list else tokens.space_2)
        if form.hasProperty(_P.BlockQuoteLevel):
            form.setLeftMargin(tokens.space_4 * form.intProperty(_P.BlockQuoteLevel))
        if _is_code(form):
            form.setBackground(QColor(tokens.code))
            form.setBottomMargin(0)
        self._open(cursor, form)
        if its_list is not None:
            self._join_list(cursor, its_list)
        self._write_inline(cursor, block)

    def _join_list(self, cursor: QTextCursor, source: QTextList) -> None:
        known = self._lists.get(source.objectIndex())
        if known is None:
            self._lists[source.objectIndex()] = cursor.createList(QTextListFormat(source.format()))
        else:
            known.add(cursor.block())

    def _write_table(self, cursor: QTextCursor, source: QTextTable) -> Signature:
        tokens = self._tokens
        if not self._reuse:
            cursor.insertBlock(QTextBlockFormat(), QTextCharFormat())
        form = QTextTableFormat()
        form.setBorder(1)
        form.setBorderCollapse(True)
        form.setBorderBrush(QColor(tokens.line))
        form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        form.setCellPadding(tokens.space_1)
        form.setBottomMargin(tokens.space_2)
        form.setHeaderRowCount(1)
        form.setColumnWidthConstraints([QTextLength()] * source.columns())
        table = cursor.insertTable(source.rows(), source.columns(), form)
        written: Signature = []
        for row in range(source.rows()):
            for column in range(source.columns()):
                block = source.cellAt(row, column).firstCursorPosition().block()
                if _says_something(block):
                    written.append(_sign(block))
                self._write_inline(table.cellAt(row, column).firstCursorPosition(), block)
        cursor.movePosition(QTextCursor.MoveOperation.End)
        self._reuse = True
        return written

    def _write_inline(self, cursor: QTextCursor, block: QTextBlock) -> None:
        form = block.blockFormat()
        is_code, heading = _is_code(form), form.headingLevel()
        place = block.begin()
        while not place.atEnd():
            piece = place.fragment()
            style = QTextCharFormat(piece.charFormat())
            text = piece.text()
            if style.isImageFormat():
                alt = str(style.property(_P.ImageAltText) or tr("no description"))
                cursor.insertText(tr("[image: {alt}]").format(alt=alt), self._quiet())
            elif is_code or style.fontFixedPitch():
                cursor.insertText(text, self._code(style, is_code))
            elif style.isAnchor():
                cursor.insertText(text, self._link(style, style.anchorHref()))
            else:
                if heading:
                    style.setProperty(_P.FontSizeAdjustment, 1 if heading <= 2 else 0)
                    style.setFontWeight(QFont.Weight.DemiBold)
                elif form.hasProperty(_P.BlockQuoteLevel):
                    style.setForeground(QColor(self._tokens.text_quiet))
                self._write_words(cursor, text, style)
            place += 1

    def _write_words(self, cursor: QTextCursor, text: str, style: QTextCharFormat) -> None:
        done = 0
        for cited in CITATION.finditer(text):
            single = LABEL.fullmatch(cited[0][1:-1]) is not None
            for label in LABEL.finditer(text, cited.start(), cited.end()):
                start, end = cited.span() if single else label.span()
                if start > done:
                    cursor.insertText(text[done:start], style)
                link = self._link(QTextCharFormat(style), EVIDENCE_SCHEME + label[0])
                cursor.insertText(text[start:end], link)
                done = end
        if done < len(text):
            cursor.insertText(text[done:], style)

    def _link(self, style: QTextCharFormat, address: str) -> QTextCharFormat:
        is_evidence = evidence_label(address) is not None
        style.setAnchor(True)
        style.setAnchorHref(address)
        style.setForeground(QColor(self._tokens.link))
        style.setFontUnderline(not is_evidence)
        if not is_evidence:
            # The words of a link may claim another place; and a tooltip guesses whether its text is HTML.
            style.setToolTip(f"<span>{html.escape(address)}</span>")
        return style

    def _quiet(self) -> QTextCharFormat:
        style = QTextCharFormat()
        style.setForeground(QColor(self._tokens.text_quiet))
        return style

    def _code(self, style: QTextCharFormat, is_block: bool) -> QTextCharFormat:
        style.setFontFamilies([self._mono])
        style.setProperty(_P.FontPixelSize, self._tokens.font_code)
        if not is_block:
            style.setBackground(QColor(self._tokens.neutral_fill))
        return style


def evidence_label(address: str) -> str | None:
    """Return the label that a link names, such as `E3`; None for every other address."""
    found = re.fullmatch(EVIDENCE_SCHEME + r"(E\d{1,6})", address)
    return found[1] if found else None


def _says_something(block: QTextBlock) -> bool:
    return bool(block.isValid() and (block.text() or block.textList() or _is_rule(block)))


def _sign(block: QTextBlock) -> tuple[str, int, str, int]:
    its_list: QTextList | None = block.textList()
    marker, depth = (its_list.itemText(block), its_list.format().indent()) if its_list else ("", 0)
    return block.text(), block.blockFormat().headingLevel(), marker, depth


def _is_code(form: QTextBlockFormat) -> bool:
    return form.hasProperty(_P.BlockCodeFence) or form.hasProperty(_P.BlockCodeLanguage)


def _is_rule(block: QTextBlock) -> bool:
    return block.blockFormat().hasProperty(_P.BlockTrailingHorizontalRulerWidth)
