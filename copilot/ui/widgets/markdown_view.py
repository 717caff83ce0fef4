"""Shows Markdown while it is being written."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from PySide6.QtCore import QEvent, QSizeF, Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QPaintEvent,
    QTextCharFormat,
    QTextCursor,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QWidget

from copilot.domain.conversation import ClaimKind
from copilot.support.i18n import tr
from copilot.ui.theme.manager import current_tokens, follow
from copilot.ui.theme.tokens import Tokens
from copilot.ui.widgets.focus_ring import came_by_keyboard, paint_ring
from copilot.ui.widgets.markdown_text import BlockSplitter
from copilot.ui.widgets.markdown_writer import (
    MarkdownWriter,
    Signature,
    evidence_label,
    parse,
    plain,
    signature,
)

FLUSH_MS = 33  # 30 times a second


class TextMark(NamedTuple):
    """How the characters `start` to `end` of the Markdown stand to the evidence; `kind` is a ClaimKind."""

    start: int
    end: int
    kind: str
    tooltip: str = ""


class Sentence(NamedTuple):
    """A sentence to be found in the shown text, and how it is marked."""

    text: str
    kind: str
    tooltip: str


class StreamingMarkdownView(QTextBrowser):
    """Read-only Markdown as tall as its content.

    While text arrives, finished blocks are written once and the rest stands as plain text; `finish` parses the
    whole and rewrites it only where that differs. Nothing is ever loaded and no link is ever opened.

    Signals:
        evidence_clicked(str): The label of a citation that was clicked, such as `E3`.
        link_clicked(str): The address of any other link; the caller decides.
    """

    evidence_clicked = Signal(str)
    link_clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "text")
        self.setAccessibleName(tr("Answer"))
        self.setOpenLinks(False)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        flag = Qt.TextInteractionFlag
        self.setTextInteractionFlags(flag.TextBrowserInteraction | flag.TextSelectableByKeyboard)
        # A taller view keeps what is painted: without this each new line paints the whole view again.
        self.setAttribute(Qt.WidgetAttribute.WA_StaticContents)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_StaticContents)
        self.document().setDocumentMargin(0)
        self._writer = MarkdownWriter(self.document(), current_tokens())
        self._ring = False
        self._timer = QTimer(self, singleShot=True, interval=FLUSH_MS)
        self._timer.timeout.connect(self.flush)
        self._reset()
        self.anchorClicked.connect(self._on_anchor)
        self.document().documentLayout().documentSizeChanged.connect(self._on_document_size)
        follow(self._on_theme)

    def _reset(self) -> None:
        self._timer.stop()
        self._source: list[str] = []
        self._pending: list[str] = []
        self._splitter = BlockSplitter()
        self._blocks: list[str] = []
        self._signature: Signature = []
        self._marks: list[Sentence] = []
        self._finished = False

    @property
    def is_finished(self) -> bool:
        """Whether the text is complete."""
        return self._finished

    def text(self) -> str:
        """Return the Markdown received so far."""
        return "".join(self._source)

    def append(self, text: str) -> None:
        """Add `text` to the stream; it shows with the next flush."""
        self._source.append(text)
        self._pending.append(text)
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def flush(self) -> None:
        """Show what has been received."""
        self._timer.stop()
        if not self._pending:
            return
        new = "".join(self._pending)
        self._pending.clear()
        done = self._splitter.feed(new)
        if not done and not self.textCursor().hasSelection():
            self._writer.write_plain(new)
            return
        with self._edit():
            if done:
                self._writer.drop_plain()
                for block in done:
                    self._signature += self._writer.write(block)
                self._blocks += done
                new = self._splitter.tail
            self._writer.write_plain(new)

    def finish(self) -> None:
        """Say that the text is complete."""
        self.flush()
        self._finished = True
        source = self.text()
        tail = self._splitter.tail
        with self._edit():
            self._writer.drop_plain()
            if tail.strip():
                self._signature += self._writer.write(tail)
            if signature(parse(source)) != self._signature:
                self._writer.clear()
                self._writer.write(source)
            self._place_marks()

    def set_markdown(self, full: str) -> None:
        """Show a complete text."""
        if self._finished and full == self.text() and not self._marks:
            return
        self._reset()
        self._source = [full]
        self._finished = True
        self._rewrite()

    def set_marks(self, marks: Sequence[tuple[int, int, str, str]]) -> None:
        """Mark sentences; see TextMark. They show once the text is complete.

        A range whose words are not found in the shown text is left unmarked.
        """
        source = self.text()
        self.mark_sentences([Sentence(source[start:end], kind, tip) for start, end, kind, tip in marks])

    def mark_sentences(self, sentences: Sequence[Sentence]) -> None:
        """Mark sentences by their Markdown, in the order in which they stand."""
        had_marks, self._marks = bool(self._marks), list(sentences)
        if self._finished:
            if had_marks:
                self._rewrite()
            else:
                with self._edit():
                    self._place_marks()

    def _rewrite(self) -> None:
        """Write everything anew."""
        with self._edit():
            self._writer.clear()
            if self._finished:
                self._writer.write(self.text())
                self._place_marks()
                return
            for block in self._blocks:
                self._writer.write(block)
            self._writer.write_plain(self._splitter.tail)

    @contextmanager
    def _edit(self) -> Iterator[None]:
        """Change the document in one step, and keep what the reader has selected."""
        reader = self.textCursor()
        wanted, anchor, position = reader.selectedText(), reader.anchor(), reader.position()
        step = QTextCursor(self.document())
        step.beginEditBlock()
        try:
            yield
        finally:
            step.endEditBlock()
        if wanted:
            self._select_again(wanted, anchor, position)

    def _select_again(self, wanted: str, anchor: int, position: int) -> None:
        now = self.textCursor()
        if now.selectedText() == wanted:
            return
        cursor = QTextCursor(self.document())
        last = self.document().characterCount() - 1
        cursor.setPosition(min(anchor, last))
        cursor.setPosition(min(position, last), QTextCursor.MoveMode.KeepAnchor)
        if cursor.selectedText() != wanted:
            # Markup around it is gone: the same words stand a little earlier.
            found = self.document().find(wanted, max(0, min(anchor, position) - len(wanted) - 200))
            if found.isNull():
                return
            cursor = found
        self.setTextCursor(cursor)

    def _place_marks(self) -> None:
        if not self._marks:
            return
        shown = self.document().toPlainText()
        shown = shown.replace("\n", " ").replace("\u2028", " ").replace("\xa0", " ")
        is_wide = any(character > "\uffff" for character in shown)
        cursor = QTextCursor(self.document())
        after = 0
        for sentence in self._marks:
            words = plain(sentence.text)
            style = self._mark_style(sentence)
            at = shown.find(words, after) if words else -1
            if at < 0 or style is None:
                continue
            after = at + len(words)
            start, end = (_utf16(shown, at), _utf16(shown, after)) if is_wide else (at, after)
            cursor.setPosition(start)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            cursor.mergeCharFormat(style)

    def _mark_style(self, sentence: Sentence) -> QTextCharFormat | None:
        tokens = current_tokens()
        style = QTextCharFormat()
        if sentence.tooltip:
            style.setToolTip(sentence.tooltip)
        if sentence.kind == ClaimKind.UNSUPPORTED:
            style.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
            style.setUnderlineColor(QColor(tokens.warning_ink))
        elif sentence.kind == ClaimKind.GENERAL:
            style.setForeground(QColor(tokens.text_quiet))
        elif not sentence.tooltip:
            return None
        return style

    def _on_theme(self, tokens: Tokens) -> None:
        self._writer.set_tokens(tokens)
        self.document().setIndentWidth(2 * tokens.font_base)  # room for "10."
        if self._source:
            self._rewrite()

    @Slot(QUrl)
    def _on_anchor(self, url: QUrl) -> None:
        address = url.toString()
        label = evidence_label(address)
        if label:
            self.evidence_clicked.emit(label)
        else:
            self.link_clicked.emit(address)

    @Slot(QSizeF)
    def _on_document_size(self, size: QSizeF) -> None:
        self.setFixedHeight(max(1, math.ceil(size.height())))

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Return a stand-in, whatever is asked for.

        Returning nothing would not do: QTextDocument then opens local files (and UNC paths) by itself.
        """
        blank = QImage(1, 1, QImage.Format.Format_ARGB32)
        blank.fill(Qt.GlobalColor.transparent)
        return blank

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the pane around it scrolls

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = came_by_keyboard(event)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._ring = False
        super().focusOutEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._ring:
            paint_ring(self.viewport())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self.document().setDefaultFont(self.font())


def _utf16(text: str, index: int) -> int:
    """Return `index` counted as Qt counts, in UTF-16 units."""
    return len(text[:index].encode("utf-16-le")) // 2
