"""The bar under the list while several tickets are selected."""

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from copilot.support.i18n import tr, tr_n
from copilot.ui.bridge.hub import Hub
from copilot.ui.desk.tag_field import TagField
from copilot.ui.widgets.announce import announce
from copilot.ui.widgets.flow_layout import FlowLayout
from copilot.ui.widgets.hairline import Hairline
from copilot.ui.widgets.icon_button import IconButton
from copilot.ui.widgets.progress_line import ProgressLine


class SelectionBar(QFrame):
    """Says how many tickets are selected, and offers what can be done to all of them.

    Signals:
        status_requested, priority_requested, assignee_requested: A button that opens a list was pressed.
        tags_given(list, list): These tags are to come, those to go.
        merge_requested, link_requested: Its button was pressed.
        clear_requested: Just one ticket shall be selected again.
        stop_requested: What runs shall stop.
    """

    status_requested = Signal()
    priority_requested = Signal()
    assignee_requested = Signal()
    tags_given = Signal(list, list)
    merge_requested = Signal()
    link_requested = Signal()
    clear_requested = Signal()
    stop_requested = Signal()

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self.setProperty("kind", "bar")
        self._said = 0
        self._count = QLabel()
        self._count.setProperty("kind", "strong")
        clear = IconButton("close", tr("Select only the open ticket (Esc)"))
        clear.clicked.connect(self.clear_requested)
        head = QHBoxLayout()
        head.addWidget(self._count, 1)
        head.addWidget(clear)

        self._buttons: dict[str, QPushButton] = {}
        self._row = QWidget()
        flow = FlowLayout(self._row, 4)
        for name, text, what, signal in (
            ("status", tr("Status"), tr("Set the status of the selected tickets"), self.status_requested),
            ("priority", tr("Priority"), tr("Set their priority"), self.priority_requested),
            ("assignee", tr("Assignee"), tr("Set who works on them"), self.assignee_requested),
            ("tags", tr("Tags"), tr("Add tags to them, or take tags off"), None),
            ("merge", tr("Merge…"), tr("Make one ticket of them"), self.merge_requested),
            (
                "link",
                tr("Link…"),
                tr("Link them with one of them, or with another ticket"),
                self.link_requested,
            ),
        ):
            button = QPushButton(text)
            button.setToolTip(what)
            button.setAccessibleDescription(what)
            button.clicked.connect(signal or self.open_tags)
            flow.addWidget(button)
            self._buttons[name] = button

        self._tags = TagField(hub, can_remove=True)
        self._tags.hide()
        self._tags.given.connect(self._on_tags)
        self._tags.left.connect(self._close_tags)
        self._progress = ProgressLine()
        stop = QPushButton(tr("Stop"))
        stop.setToolTip(tr("What was changed until now stays, and can be undone"))
        stop.clicked.connect(self.stop_requested)
        self._running = QWidget()
        running = QHBoxLayout(self._running)
        running.setContentsMargins(0, 0, 0, 0)
        running.addWidget(self._progress, 1)
        running.addWidget(stop)
        self._running.hide()

        column = QVBoxLayout()
        column.setContentsMargins(12, 4, 12, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._row)
        column.addWidget(self._tags)
        column.addWidget(self._running)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(Hairline())
        outer.addLayout(column)

    @property
    def is_running(self) -> bool:
        """Whether progress is shown."""
        return not self._running.isHidden()

    def show_count(self, count: int) -> None:
        """Say how many tickets are selected."""
        text = tr_n("{n} selected", "{n} selected", count)
        self._count.setText(text)
        if count > 1 and count != self._said:
            announce(self._count, text)
        self._said = count
        if count < 2:
            self._close_tags()

    def menu_place(self, name: str) -> QPoint:
        """Return the point of the screen where the list of a button opens."""
        return self._buttons[name].mapToGlobal(QPoint(0, 0))

    def open_tags(self) -> None:
        """Show the field for tags."""
        self._tags.show()
        self._tags.begin()

    def show_progress(self, text: str, share: float) -> None:
        """Show how far a change is; meanwhile there is no other."""
        self._progress.set_progress(text, share)
        self._row.hide()
        self._running.show()

    def end_progress(self) -> None:
        """Offer everything again."""
        self._running.hide()
        self._row.show()

    def _on_tags(self, add: list[str], remove: list[str]) -> None:
        self._close_tags()
        self.tags_given.emit(add, remove)

    def _close_tags(self) -> None:
        if not self._tags.isHidden():
            had_focus = self._tags.has_focus()
            self._tags.hide()
            if had_focus:
                self._buttons["tags"].setFocus(Qt.FocusReason.OtherFocusReason)

    def event(self, event: QEvent) -> bool:
        """Take Esc before a shortcut of the window does."""
        is_key = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if is_key and event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.clear_requested.emit()
        else:
            super().keyPressEvent(event)
