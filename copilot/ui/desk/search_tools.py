"""Below the search line: saved views, what was not understood, and the name of a view to save."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from copilot.domain.listing import Priority, Status, TicketType
from copilot.domain.query import SavedView
from copilot.services.saved_views import NAME_LIMIT
from copilot.support.i18n import tr
from copilot.support.text import one_line
from copilot.ui.widgets.flow_layout import FlowLayout
from copilot.ui.widgets.leavable_line import LeavableLine

_VALUES = {
    "status": [status.value for status in Status],
    "priority": [priority.value for priority in Priority],
    "type": [kind.value for kind in TicketType],
    "is": ["open", "atrisk", "pinned"],
}


class SearchTools(QWidget):
    """Takes no room while it has nothing to show.

    Signals:
        view_chosen(SavedView): Show this view.
        delete_requested(str): Forget the view of this name.
        named(str): Keep the search under this name.
        left(): Naming is over; the cursor belongs into the search line again.
    """

    view_chosen = Signal(object)
    delete_requested = Signal(str)
    named = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hint = QLabel(self)
        self._hint.setProperty("kind", "small")
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        self._hint.setWordWrap(True)
        self._hint.hide()
        self._naming = QWidget(self)
        self._name = LeavableLine(parent=self._naming)
        self._name.setMaxLength(NAME_LIMIT)
        self._name.setPlaceholderText(tr("Name of the view"))
        self._name.setAccessibleName(tr("Name of the view"))
        self._name.returnPressed.connect(self._on_named)
        self._name.left.connect(self.stop_naming)
        save = QPushButton(tr("Save"), self._naming)
        save.clicked.connect(self._on_named)
        cancel = QPushButton(tr("Cancel"), self._naming)
        cancel.setProperty("kind", "quiet")
        cancel.clicked.connect(self.stop_naming)
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        buttons.addWidget(save)
        buttons.addWidget(cancel)
        buttons.addStretch(1)
        rows = QVBoxLayout(self._naming)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addWidget(self._name)
        rows.addLayout(buttons)
        self._naming.hide()
        self._views = QWidget(self)
        self._flow = FlowLayout(self._views)
        self._buttons: list[QPushButton] = []
        self._views.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._hint)
        column.addWidget(self._naming)
        column.addWidget(self._views)

    def show_unknown(self, unknown: Sequence[str]) -> None:
        """Say what looked like a filter and is none."""
        sentences = []
        for token in unknown[:2]:
            name, _, value = token.partition(":")
            known = _VALUES.get(name.casefold(), [])
            sentences.append(
                tr("“{value}” is no value of {name}; it was looked for as a word. Known: {known}.").format(
                    value=one_line(value.strip('"'), 30), name=name, known=", ".join(known)
                )
            )
        self._hint.setText("\n".join(sentences))
        self._hint.setVisible(bool(sentences))

    def show_views(self, views: Sequence[SavedView]) -> None:
        """Show a button for each saved view."""
        for button in self._buttons:
            self._flow.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = []
        for view in views:
            button = QPushButton(one_line(view.name, 24).replace("&", "&&"), self._views)
            button.setProperty("kind", "quiet")
            button.setAccessibleName(tr("Show view: {name}").format(name=view.name))
            button.setToolTip(
                tr("Shows {search}. Right-click to delete.").format(search=view.typed or view.name)
            )
            button.clicked.connect(partial(self._choose, view))
            button.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
            delete = button.addAction(tr("Delete this view"))
            delete.triggered.connect(partial(self._delete, view.name))
            self._flow.addWidget(button)
            self._buttons.append(button)
        self._views.setVisible(bool(views))

    def ask_name(self) -> None:
        """Ask for the name of the view."""
        self._name.clear()
        self._naming.show()
        self._name.setFocus(Qt.FocusReason.OtherFocusReason)

    def stop_naming(self) -> None:
        """Ask no longer."""
        self._naming.hide()
        self.left.emit()

    def _on_named(self) -> None:
        name = self._name.text().strip()
        if name:
            self.named.emit(name)
            self.stop_naming()

    def _choose(self, view: SavedView, _checked: bool = False) -> None:
        self.view_chosen.emit(view)

    def _delete(self, name: str, _checked: bool = False) -> None:
        self.delete_requested.emit(name)
