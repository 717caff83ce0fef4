"""The evidence of a ticket: every fact with its label, source and trust; added by hand, switched, removed."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QFileDialog, QLabel, QMenu, QVBoxLayout, QWidget

from copilot.services.tickets import MAX_EVIDENCE, TicketCase
from copilot.support.i18n import figure, tr, tr_n
from copilot.support.text import one_line
from copilot.ui.bridge.hub import Hub
from copilot.ui.desk.evidence_intake import EvidenceIntake
from copilot.ui.desk.evidence_row import EvidenceRow
from copilot.ui.widgets.drop_shade import DropShade
from copilot.ui.widgets.elided_label import ElidedLabel
from copilot.ui.widgets.flow_layout import FlowLayout
from copilot.ui.widgets.focus_ring import paint_ring
from copilot.ui.widgets.icon_button import IconButton
from copilot.ui.widgets.offer_line import OfferLine


class EvidenceList(QWidget):
    """What is known, fact by fact; takes pasted and dropped text, files and pictures."""

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self._hub = hub
        self._ticket = 0
        self._ring = False
        self._rows: dict[str, EvidenceRow] = {}
        self._intake = EvidenceIntake(hub, self)
        self._intake.too_long.connect(self._offer_end)
        self.setAcceptDrops(True)
        self.setFocusPolicy(
            Qt.FocusPolicy.ClickFocus
        )  # Tab goes to the buttons in it, Ctrl+V comes from them
        self.setAccessibleName(tr("Evidence"))
        self.setAccessibleDescription(tr("Ctrl+V adds what is on the clipboard."))
        self._heading = ElidedLabel(tr("Evidence"))
        self._heading.setProperty("kind", "title")
        self._paste = IconButton("plus", tr("Paste"), show_label=True)
        self._paste.setAccessibleName(tr("Add evidence from clipboard"))
        self._paste.setToolTip(tr("Adds the text, files or picture on the clipboard (Ctrl+Shift+V)"))
        self._paste.clicked.connect(self.paste)
        self._file = IconButton("file", tr("Add files…"), show_label=True)
        self._file.setToolTip(tr("Logs and pictures; you can also drop them here"))
        self._file.clicked.connect(self._choose_files)
        head = QWidget()
        flow = FlowLayout(head, 8)
        for part in (self._heading, self._paste, self._file):
            flow.addWidget(part)
        self._empty = QLabel(
            tr(
                "Nothing yet. Select text in the thread and choose “Use as evidence”, or paste or drop a log or a "
                "screenshot here."
            )
        )
        self._empty.setProperty("kind", "quiet")
        self._empty.setWordWrap(True)
        self._offer = OfferLine()
        self._column = QVBoxLayout()
        self._column.setSpacing(0)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(4)
        outer.addWidget(head)
        outer.addWidget(self._offer)
        outer.addWidget(self._empty)
        outer.addLayout(self._column)
        self._shade = DropShade(tr("Drop to add to the evidence"), self)
        self._actions = [
            self._action(tr("Add evidence from clipboard"), "Ctrl+Shift+V", self.paste),
            self._action(tr("Add files as evidence…"), "", self._choose_files),
        ]

    def show_case(self, case: TicketCase) -> None:
        """Show a ticket's evidence."""
        if case.ticket.id != self._ticket:
            for uid in list(self._rows):
                self._drop(uid)
            self._ticket = case.ticket.id
            self._offer.withdraw()
        wanted = {fact.uid: fact for fact in case.evidence}
        for uid in set(self._rows) - set(wanted):
            self._drop(uid)
        for position, fact in enumerate(case.evidence):
            row = self._rows.get(fact.uid)
            if row is None:
                row = EvidenceRow(self._hub, fact, self._actions)
                self._rows[fact.uid] = row
                self._column.insertWidget(position, row)
            row.refresh(fact)
        self._empty.setVisible(not wanted)
        self._heading.setText(
            tr_n("Evidence · {n} fact", "Evidence · {n} facts", len(wanted)) if wanted else tr("Evidence")
        )

    def highlight(self, label: str) -> QWidget | None:
        """Open and mark the fact with this label; return its row, None where it was removed."""
        for row in self._rows.values():
            if row.label == label:
                row.mark()
                return row
        self._hub.toast_requested.emit(tr("{label} is no longer on the list.").format(label=label), 0)
        return None

    def paste(self) -> None:
        """Add what is on the clipboard."""
        self.take(QGuiApplication.clipboard().mimeData(), tr("Pasted"))

    def take(self, data: QMimeData | None, source: str) -> None:
        """Add text, files or a picture."""
        self._intake.take(self._ticket, data, source)

    def actions_for_palette(self) -> list[QAction]:
        """Return this part's actions."""
        return self._actions

    # -- inner parts

    def _action(self, text: str, key: str, run: object) -> QAction:
        made = QAction(text, self)
        made.setShortcut(QKeySequence(key))
        made.triggered.connect(run)
        return made

    def _choose_files(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, tr("Add files as evidence"))
        if names:
            self._intake.read_files(self._ticket, [Path(name) for name in names])

    def _offer_end(self, ticket: int, found: tuple[str, int, str]) -> None:
        name, length, end = found
        if ticket != self._ticket:
            return
        self._offer.offer(
            tr("{name} has {n} characters; one fact takes up to {limit}.").format(
                name=one_line(name, 60), n=figure(length), limit=figure(MAX_EVIDENCE)
            ),
            tr("Add its last {limit}").format(limit=figure(MAX_EVIDENCE)),
            tr("Leave it out"),
            partial(self._intake.add_end, ticket, name, end),
        )

    def _drop(self, uid: str) -> None:
        row = self._rows.pop(uid)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()

    # -- Qt

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the ways to add."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(self._actions)
        menu.popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+V here, and wherever nothing else in the list takes it."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take text, files and pictures."""
        data = event.mimeData()
        if data.hasText() or data.hasUrls() or data.hasImage():
            event.acceptProposedAction()
            self._shade.cover()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._shade.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add what is dropped."""
        self._shade.hide()
        self.take(event.mimeData(), tr("Dropped"))
        event.acceptProposedAction()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._shade.isVisible():
            self._shade.cover()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = True  # also after a click: Ctrl+V goes here now
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._ring = False
        self.update()
        super().focusOutEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._ring:
            paint_ring(self)
