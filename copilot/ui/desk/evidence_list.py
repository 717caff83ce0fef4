"""The evidence of a ticket: every fact with its label, source and trust; added by hand, switched, removed."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from copilot.domain.evidence import Evidence, EvidenceKind, Trust
from copilot.domain.ticket import ChangeSet
from copilot.services.tickets import MAX_EVIDENCE, TicketCase
from copilot.support.errors import KnownError
from copilot.support.i18n import tr, tr_n
from copilot.support.text import one_line
from copilot.ui.bridge.hub import Hub
from copilot.ui.format import absolute_time, relative_time
from copilot.ui.theme.tokens import Tone
from copilot.ui.widgets.chip import Chip
from copilot.ui.widgets.elided_label import ElidedLabel
from copilot.ui.widgets.flow_layout import FlowLayout
from copilot.ui.widgets.icon_button import IconButton
from copilot.ui.widgets.marks import Mark
from copilot.ui.widgets.plain_text import PlainTextView

_MARK_MS = 1600


class EvidenceList(QWidget):
    """What is known, fact by fact; takes pasted and dropped text and text files."""

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self._hub = hub
        self._ticket = 0
        self._rows: dict[str, _EvidenceRow] = {}
        self.setAcceptDrops(True)
        self.setAccessibleName(tr("Evidence"))
        self._heading = QLabel(tr("Evidence"))
        self._heading.setProperty("kind", "title")
        self._paste = IconButton("plus", tr("Paste"), show_label=True)
        self._paste.setAccessibleName(tr("Paste as evidence"))
        self._paste.setToolTip(tr("Adds the text on the clipboard (Ctrl+Shift+V)"))
        self._paste.clicked.connect(self.paste)
        self._file = IconButton("file", tr("Add a file…"), show_label=True)
        self._file.clicked.connect(self._choose_file)
        ways = QWidget()
        flow = FlowLayout(ways)
        flow.addWidget(self._paste)
        flow.addWidget(self._file)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._heading)
        head.addWidget(ways, 1)
        self._empty = QLabel(
            tr(
                "Nothing yet. Select text in the thread and choose “Use as evidence”, or paste or drop a log here."
            )
        )
        self._empty.setProperty("kind", "quiet")
        self._empty.setWordWrap(True)
        self._column = QVBoxLayout()
        self._column.setSpacing(0)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(4)
        outer.addLayout(head)
        outer.addWidget(self._empty)
        outer.addLayout(self._column)
        paste = QAction(tr("Paste as evidence"), self)
        paste.setShortcut(QKeySequence("Ctrl+Shift+V"))
        paste.triggered.connect(self.paste)
        from_file = QAction(tr("Add a file as evidence…"), self)
        from_file.triggered.connect(self._choose_file)
        self._actions = [paste, from_file]

    def show_case(self, case: TicketCase) -> None:
        """Show a ticket's evidence."""
        if case.ticket.id != self._ticket:
            for uid in list(self._rows):
                self._drop(uid)
            self._ticket = case.ticket.id
        wanted = {fact.uid: fact for fact in case.evidence}
        for uid in set(self._rows) - set(wanted):
            self._drop(uid)
        for position, fact in enumerate(case.evidence):
            row = self._rows.get(fact.uid)
            if row is None:
                row = _EvidenceRow(self._hub, fact)
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
        self._take(QGuiApplication.clipboard().mimeData(), tr("Pasted"), EvidenceKind.PASTE)

    def actions_for_palette(self) -> list[QAction]:
        """Return this part's actions."""
        return self._actions

    def _take(self, data: QMimeData | None, source: str, kind: EvidenceKind) -> None:
        if not self._ticket:
            return
        data = data or QMimeData()  # an empty clipboard may have none
        files = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        for path in files:
            self._read_file(path)
        if not files:
            self._hub.change(self, partial(self._add, self._ticket, kind, data.text(), source))

    def _choose_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("Add a file as evidence"))
        if name:
            self._read_file(Path(name))

    def _read_file(self, path: Path) -> None:
        # Beside everything else: a file on a slow share must not keep drafts from being stored.
        self._hub.tasks.errand(
            self, partial(read_text, path), partial(self._add_file, self._ticket, path.name)
        )

    def _add_file(self, ticket: int, name: str, text: str) -> None:
        self._hub.change(self, partial(self._add, ticket, EvidenceKind.FILE, text, name, Trust.MEASURED))

    def _add(
        self, ticket: int, kind: EvidenceKind, text: str, source: str, trust: Trust = Trust.STATED
    ) -> ChangeSet:
        return self._hub.services.tickets.add_evidence(ticket, kind, text, source, trust=trust)[1]

    def _drop(self, uid: str) -> None:
        row = self._rows.pop(uid)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()

    # -- Qt

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take text and files."""
        if event.mimeData().hasText() or event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add what is dropped."""
        self._take(event.mimeData(), tr("Dropped"), EvidenceKind.PASTE)
        event.acceptProposedAction()


class _EvidenceRow(QFrame):
    """One fact: a line that opens."""

    def __init__(self, hub: Hub, fact: Evidence) -> None:
        super().__init__()
        self._hub = hub
        self._fact = fact
        self._view: PlainTextView | None = None
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
            is_code = self._fact.trust is Trust.MEASURED
            self._view = PlainTextView(self._fact.label, monospace=is_code)
            self._view.set_text(self._fact.text[:20_000])
            self._view.evidence_requested.connect(self._use_part)
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
            fact.ticket, EvidenceKind.SELECTION, text, source, source_ref=fact.uid, trust=fact.trust
        )[1]


def read_text(path: Path) -> str:
    """Read a text file in the encodings that logs come in.

    Raises:
        KnownError: It is too long, is no text, or cannot be read.
    """
    not_text = KnownError(
        tr("{name} is not a text file.").format(name=path.name),
        tr("Nothing was added."),
        tr("Copy the text out of it and paste that."),
    )
    try:
        if path.exists() and not path.is_file():  # a folder; a pipe would never end
            raise not_text
        size = path.stat().st_size
        if size > 4 * MAX_EVIDENCE:
            raise KnownError(
                tr("{name} is too long to be one fact ({size:.0f} kB).").format(
                    name=path.name, size=size / 1000
                ),
                tr("Nothing was added."),
                tr("Open it, and paste the part that matters."),
            )
        data = path.read_bytes()
    except OSError as error:
        raise KnownError(
            tr("{name} cannot be read: {reason}.").format(name=path.name, reason=error.strerror),
            tr("Nothing was added."),
        ) from error
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if b"\x00" in data:
        raise not_text
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
