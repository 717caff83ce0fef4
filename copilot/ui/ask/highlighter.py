"""Underlines what the coach found, where it stands."""

from collections.abc import Sequence

from PySide6.QtGui import QColor, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from copilot.domain.coaching import Finding, Severity
from copilot.ui.theme.manager import current_tokens


class FindingHighlighter(QSyntaxHighlighter):
    """Only the blocks that changed are run again by Qt; findings are handed over as a whole."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._marks: list[tuple[int, int, Severity]] = []

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Underline the spans of `findings` (offsets in code points of the whole text)."""
        text = self.document().toPlainText()
        marks = []
        for finding in findings:
            if finding.span is not None:
                start = len(text[: finding.span.start].encode("utf-16-le")) // 2
                length = len(finding.span.of(text).encode("utf-16-le")) // 2
                marks.append((start, length, finding.severity))
        if marks != self._marks:
            self._marks = marks
            self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """Underline the parts of one block."""
        offset = self.currentBlock().position()
        tokens = current_tokens()
        for start, length, severity in self._marks:
            first, last = (
                max(start - offset, 0),
                min(start + length - offset, len(text.encode("utf-16-le")) // 2),
            )
            if first < last:
                form = QTextCharFormat()
                form.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
                ink = tokens.danger_ink if severity is Severity.BLOCK else tokens.warning_ink
                form.setUnderlineColor(QColor(ink))
                self.setFormat(first, last - first, form)
