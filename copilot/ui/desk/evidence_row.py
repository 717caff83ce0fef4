"""One fact of the evidence: a line that opens to its text or its picture."""

from functools import partial

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QVBoxLayout

from copilot.domain.evidence import Evidence, EvidenceKind, Trust
from copilot.domain.ticket import ChangeSet
from copilot.services.intake import IMAGE_REF
from copilot.support.i18n import tr
from copilot.support.text import one_line
from copilot.ui.bridge.hub import Hub
from copilot.ui.desk.picture_view import PictureView
from copilot.ui.format import absolute_time, relative_time
from copilot.ui.theme.tokens import Tone
from copilot.ui.widgets.chip import Chip
from copilot.ui.widgets.elided_label import ElidedLabel
from copilot.ui.widgets.icon_button import IconButton
from copilot.ui.widgets.marks import Mark
from copilot.ui.widgets.plain_text import PlainTextView

_MARK_MS = 1600


class EvidenceRow(QFrame):
    """One fact: a line that opens."""

    def __init__(self, hub: Hub, fact: Evidence, shared: list[QAction]) -> None:
        super().__init__()
        self._hub = hub
        self._fact = fact
        self._shared = shared  # what the whole list offers
        self._view: PlainTextView | PictureView | None = None
        self._is_open = False
        self._toggle = IconButton("chevron-right", tr("Show {label}").format(label=fact.label))
        self._toggle.clicked.connect(self.toggle)
        label = QLabel(fact.label)
        label.setProperty("kind", "mono")
        label.setMinimumWidth(28)
        source = ElidedLabel(one_line(fact.source, 80))
        source.setMaximumWidth(200)
        preview = ElidedLabel(one_line(fact.text, 300))
        preview.setProperty("kind", "quiet")
        self._off = Chip(Mark("eye", tr("kept from the model"), Tone.NEUTRAL))
        self._more = IconButton("more", tr("More about {label}").format(label=fact.label))
        self._more.clicked.connect(self._open_menu)
        self._line = QHBoxLayout()
        self._line.setSpacing(8)
        self._line.addWidget(self._toggle)
        self._line.addWidget(label)
        self._line.addWidget(source)
        self._line.addWidget(preview, 1)
        self._line.addWidget(self._off)
        self._line.addWidget(self._more)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(self._line)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu_at)
        self._timer = QTimer(self, singleShot=True, interval=_MARK_MS)
        self._timer.timeout.connect(self._unmark)

    @property
    def label(self) -> str:
        """The fact's label."""
        return self._fact.label

    def refresh(self, fact: Evidence) -> None:
        """Show what may have changed."""
        self._fact = fact
        self._off.setVisible(not fact.switched_on)
        if fact.source_ref == IMAGE_REF and self._view is None:
            self.toggle()  # a picture is to be seen
        trust = {
            Trust.MEASURED: tr("a machine's own output"),
            Trust.RECORDED: tr("from the desk's records"),
            Trust.STATED: tr("somebody said so"),
        }[fact.trust]
        now = self._hub.services.tickets.now()
        self.setToolTip(
            f"{trust} · {relative_time(fact.observed_at, now)} · {absolute_time(fact.observed_at)}"
        )

    def toggle(self) -> None:
        """Open or close the whole text."""
        if self._view is None:
            self._view = self._make_view()
            holder = QHBoxLayout()
            holder.setContentsMargins(40, 0, 0, 8)
            holder.addWidget(self._view)
            self._column.addLayout(holder)
        self._is_open = not self._is_open
        self._view.setVisible(self._is_open)
        self._toggle.set_icon("chevron-down" if self._is_open else "chevron-right")
        name = (tr("Hide {label}") if self._is_open else tr("Show {label}")).format(label=self.label)
        self._toggle.setAccessibleName(name)
        self._toggle.setToolTip(name)

    def _make_view(self) -> PlainTextView | PictureView:
        if self._fact.source_ref == IMAGE_REF:
            picture = PictureView(self._hub, self._fact)
            picture.described.connect(self._describe)
            return picture
        view = PlainTextView(self._fact.label, monospace=self._fact.trust is Trust.MEASURED)
        view.set_text(self._fact.text[:20_000])
        view.evidence_requested.connect(self._use_part)
        return view

    def _describe(self, text: str) -> None:
        self._hub.change(
            self, partial(self._add_part, text, tr("Seen in {label}").format(label=self._fact.label))
        )

    def mark(self) -> None:
        """Draw the eye here for a moment."""
        if not self._is_open:
            self.toggle()
        self._set_marked(True)
        self._toggle.setFocus(Qt.FocusReason.OtherFocusReason)
        self._timer.start()

    def _unmark(self) -> None:
        self._set_marked(False)

    def _set_marked(self, marked: bool) -> None:
        self.setProperty("kind", "marked" if marked else "")
        self.style().unpolish(self)
        self.style().polish(self)

    def _open_menu(self) -> None:
        self._open_menu_at(self._more.geometry().bottomLeft())

    def _open_menu_at(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        tickets, fact = self._hub.services.tickets, self._fact
        switch = menu.addAction(tr("Keep from the model") if fact.switched_on else tr("Let the model see it"))
        switch.triggered.connect(
            partial(self._change, partial(tickets.switch_evidence, fact.uid, not fact.switched_on))
        )
        menu.addAction(tr("Copy text")).triggered.connect(self._copy)
        menu.addActions(self._shared)
        menu.addSeparator()
        menu.addAction(tr("Remove from the evidence")).triggered.connect(
            partial(self._change, partial(tickets.remove_evidence, fact.uid))
        )
        menu.popup(self.mapToGlobal(at))

    def _change(self, work: partial[ChangeSet], *_: object) -> None:
        self._hub.change(self, work)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._fact.text)
        self._hub.toast_requested.emit(tr("{label} copied").format(label=self._fact.label), 0)

    def _use_part(self, text: str) -> None:
        source = tr("From {label}, {source}").format(label=self._fact.label, source=self._fact.source)
        self._hub.change(self, partial(self._add_part, text, source))

    def _add_part(self, text: str, source: str) -> ChangeSet:
        fact = self._fact
        return self._hub.services.tickets.add_evidence(
            fact.ticket,
            EvidenceKind.SELECTION,
            text,
            source,
            source_ref=fact.uid,
            trust=Trust.STATED if fact.source_ref == IMAGE_REF else fact.trust,
        )[1]
