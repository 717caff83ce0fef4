"""The body of an answer: Markdown and blocks of code, one below the other."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from copilot.ui.theme.manager import follow
from copilot.ui.theme.tokens import Tokens
from copilot.ui.widgets.code_block import CodeBlock, Rate
from copilot.ui.widgets.markdown_text import FenceSplitter, Piece, PieceKind
from copilot.ui.widgets.markdown_view import FLUSH_MS, Sentence, StreamingMarkdownView

_GAP = 8  # pixels between two parts


class AnswerBody(QWidget):
    """Shows an answer while it is written, and afterwards.

    Args:
        rate: Given code and its language, returns the risk (a CommandRisk, or "" for what is no command) and why.
        parent: Parent widget.

    Signals:
        evidence_clicked(str): The label of a citation that was clicked.
        link_clicked(str): The address of any other link.
        copied(str): Code that was copied.
    """

    evidence_clicked = Signal(str)
    link_clicked = Signal(str)
    copied = Signal(str)

    def __init__(self, rate: Rate, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rate = rate
        self.setAttribute(Qt.WidgetAttribute.WA_StaticContents)  # as in StreamingMarkdownView
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        # Parts are stacked by hand: a box layout squeezes all of them for a moment whenever the last one grows.
        self._parts: list[QWidget] = []
        self._timer = QTimer(self, singleShot=True, interval=FLUSH_MS)
        self._timer.timeout.connect(self.flush)
        self._start()
        follow(self._on_theme)

    def _on_theme(self, _tokens: Tokens) -> None:
        # Later, when the parts have taken their new sizes.
        QCoreApplication.postEvent(self, QEvent(QEvent.Type.LayoutRequest))

    def _start(self) -> None:
        self._timer.stop()
        self._source: list[str] = []
        self._pending: list[str] = []
        self._splitter = FenceSplitter()
        self._views: list[tuple[int, StreamingMarkdownView]] = []  # where each ends in the source
        self._codes: list[CodeBlock] = []
        self._view: StreamingMarkdownView | None = None  # that text goes to
        self._is_finished = False

    def text(self) -> str:
        """Return the Markdown received so far."""
        return "".join(self._source)

    def code_blocks(self) -> list[CodeBlock]:
        """Return the blocks of code, in order."""
        return list(self._codes)

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
        if self._pending:
            new = "".join(self._pending)
            self._pending.clear()
            self._show(self._splitter.feed(new))

    def finish(self) -> None:
        """Say that the text is complete."""
        self.flush()
        self._show(self._splitter.end())
        self._close_view()
        self._is_finished = True
        self._stack()

    def set_markdown(self, full: str) -> None:
        """Show a complete text."""
        if self._is_finished and full == self.text():
            return
        for old in self._parts:
            old.hide()
            old.deleteLater()
        self._parts.clear()
        self._start()
        self._source = [full]
        self._show(self._splitter.feed(full) + self._splitter.end())
        self._close_view()
        self._is_finished = True
        self._stack()

    def set_marks(self, marks: Sequence[tuple[int, int, str, str]]) -> None:
        """Mark sentences; see `markdown_view.TextMark`. To be called once the text is complete."""
        source = self.text()
        begin = 0
        for end, view in self._views:
            view.mark_sentences(
                [Sentence(source[a:b], kind, tip) for a, b, kind, tip in marks if begin <= a < end]
            )
            begin = end

    def _show(self, pieces: Sequence[Piece]) -> None:
        last = max(0, len(self._parts) - 1)
        for piece in pieces:
            if piece.kind is PieceKind.TEXT:
                self._add_text(piece)
            elif piece.kind is PieceKind.OPEN:
                self._close_view()
                self._add_code(piece.text)
            elif piece.kind is PieceKind.CODE:
                self._codes[-1].append(piece.text)
            else:
                self._codes[-1].complete()
        if self._view is not None:
            self._view.flush()
        self._stack(last)  # what stands above has not changed

    def _add_part(self, part: QWidget) -> None:
        part.setParent(self)
        part.resize(self.width(), part.height())  # text wraps at the width it will have
        self._parts.append(part)
        part.show()

    def _stack(self, first: int = 0) -> None:
        """Put the parts from `first` on one below the other and take their height."""
        width = self.width()
        y = self._parts[first].y() if first < len(self._parts) else 0
        for part in self._parts[first:]:
            height = part.heightForWidth(width) if part.hasHeightForWidth() else part.sizeHint().height()
            if part.minimumHeight() == part.maximumHeight():
                height = part.minimumHeight()
            part.setGeometry(0, y, width, height)
            y += height + _GAP
        self.setFixedHeight(max(0, y - _GAP))

    def _add_text(self, piece: Piece) -> None:
        if self._view is None:
            if not piece.text.strip():
                return
            self._view = StreamingMarkdownView()
            self._view.evidence_clicked.connect(self.evidence_clicked)
            self._view.link_clicked.connect(self.link_clicked)
            self._add_part(self._view)
            self._views.append((piece.end, self._view))
        self._view.append(piece.text)
        self._views[-1] = (piece.end, self._view)

    def _add_code(self, language: str) -> None:
        code = CodeBlock(language, self._rate)
        code.copied.connect(self.copied)
        self._codes.append(code)
        self._add_part(code)

    def _close_view(self) -> None:
        if self._view is not None:
            self._view.finish()
            self._view = None

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:  # a part has another height
            self._stack(0 if self._is_finished else max(0, len(self._parts) - 2))
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._stack()

    def sizeHint(self) -> QSize:
        return QSize(480, self.height())
