"""The coach's strip: the facts that the model needs, and at most two findings."""

from functools import partial

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from copilot.domain.coaching import CoachReport, Fact, FactState, Finding, Severity
from copilot.support.i18n import tr, tr_n
from copilot.ui.theme.tokens import Tone
from copilot.ui.widgets.chip import Chip
from copilot.ui.widgets.flow_layout import FlowLayout
from copilot.ui.widgets.marks import Mark, severity_mark

SHOWN = 2


class CoachStrip(QScrollArea):
    """Shown only while there is a draft; as tall as what it says, and scrolls where there is no room for that.

    Signals:
        fix_requested(Finding): Put the finding's replacement in place.
        not_secret_requested(): Send although the coach sees a secret.
    """

    fix_requested = Signal(object)
    not_secret_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("The coach's findings"))
        self._report: CoachReport | None = None
        self._facts = QWidget()
        self._flow = FlowLayout(self._facts)
        self._findings = QVBoxLayout()
        self._findings.setSpacing(4)
        self._body = QWidget()
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._facts)
        column.addLayout(self._findings)
        self.setWidget(self._body)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._body.installEventFilter(self)
        self.hide()

    def show_report(self, report: CoachReport | None) -> None:
        """Show a report; None hides the strip."""
        if report == self._report:
            return
        self._report = report
        self.setVisible(report is not None)
        _clear(self._flow)
        _clear(self._findings)
        if report is None:
            return
        if report.ready:
            n = len(report.facts)
            text = tr_n(
                "Ready: {n} of {n} facts the model needs", "Ready: {n} of {n} facts the model needs", n
            )
            self._flow.addWidget(Chip(Mark("check-circle", text, Tone.SUCCESS)))
        else:
            for fact in report.facts:
                self._flow.addWidget(_fact_chip(fact))
        # What is missing stands in the facts already; it is told in words only where nothing else is.
        for finding in report.findings[:SHOWN]:
            self._findings.addWidget(self._finding_row(finding))
        if len(report.findings) > SHOWN:
            rest = QLabel(tr_n("and {n} more", "and {n} more", len(report.findings) - SHOWN))
            rest.setProperty("kind", "small")
            rest.setToolTip("\n".join(finding.title for finding in report.findings[SHOWN:]))
            self._findings.addWidget(rest)

    def _finding_row(self, finding: Finding) -> QWidget:
        row = QWidget()
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        line = QHBoxLayout()
        line.setSpacing(8)
        mark = severity_mark(finding.severity)
        if finding.severity is Severity.ASK and not finding.rule.startswith("missing."):
            mark = Mark("alert-triangle", tr("Check"), Tone.WARNING)
        line.addWidget(Chip(mark), alignment=Qt.AlignmentFlag.AlignTop)
        end = "" if finding.title.endswith(("?", "!", ".")) else "."
        text = QLabel(f"{finding.title}{end} {finding.why}")
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setWordWrap(True)
        if finding.example:
            text.setToolTip(tr("For example: {example}").format(example=finding.example))
        line.addWidget(text, 1)
        column.addLayout(line)
        buttons = QWidget()
        flow = FlowLayout(buttons)
        if finding.span is not None and finding.replacement:
            fix = QPushButton(tr("Replace by {text}").format(text=finding.replacement[:40]))
            fix.setProperty("kind", "link")
            fix.clicked.connect(partial(self._emit_fix, finding))
            flow.addWidget(fix)
        if finding.severity is Severity.BLOCK:
            allow = QPushButton(tr("Not a secret: send"))
            allow.setProperty("kind", "link")
            allow.clicked.connect(self.not_secret_requested)
            flow.addWidget(allow)
        if flow.count():
            column.addWidget(buttons)
        return row

    def _emit_fix(self, finding: Finding, *_: object) -> None:
        self.fix_requested.emit(finding)

    # -- Qt

    def sizeHint(self) -> QSize:
        """Return room for all that it says."""
        width = self.viewport().width()
        layout = self._body.layout()
        height = layout.totalHeightForWidth(width) if layout is not None else 0
        return QSize(self.minimumSizeHint().width(), height)

    def minimumSizeHint(self) -> QSize:
        """Return room for a line or two."""
        return QSize(self._body.minimumSizeHint().width(), 3 * self.fontMetrics().lineSpacing())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take another height when what it says does."""
        if watched is self._body and event.type() is QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)


def _fact_chip(fact: Fact) -> Chip:
    if fact.state is FactState.PRESENT:
        chip = Chip(Mark("check", fact.label, Tone.NEUTRAL))
        chip.setToolTip(tr("Your question says it."))
    elif fact.state is FactState.IN_TICKET:
        chip = Chip(Mark("ticket", f"{fact.label} {fact.source}", Tone.NEUTRAL))
        chip.setToolTip(tr("{label} goes along and says it.").format(label=fact.source))
    else:
        chip = Chip(Mark("help", tr("{fact}?").format(fact=fact.label), Tone.WARNING))
        chip.setToolTip(tr("Neither your question nor the evidence says it."))
    return chip


def _clear(layout: QVBoxLayout | FlowLayout) -> None:
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()
