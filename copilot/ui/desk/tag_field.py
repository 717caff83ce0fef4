"""A field for tags, which knows those that there are."""

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QPushButton, QWidget

from copilot.services.fields import LONGEST_TAG
from copilot.support.i18n import tr
from copilot.ui.bridge.hub import Hub
from copilot.ui.widgets.first_focus import begin_at
from copilot.ui.widgets.leavable_line import LeavableLine


class TagField(QWidget):
    """Type a tag, or several with commas between them; Enter adds.

    Signals:
        given(list, list): These tags are to come, those to go.
        left: Esc was pressed.
    """

    given = Signal(list, list)
    left = Signal()

    def __init__(self, hub: Hub, *, can_remove: bool) -> None:
        super().__init__()
        self._hub = hub
        self._known = QStringListModel(self)
        completer = QCompleter(self._known, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self._field = LeavableLine()
        self._field.setCompleter(completer)
        self._field.setMaxLength(10 * LONGEST_TAG)
        self._field.setPlaceholderText(tr("Tag"))
        self._field.setAccessibleName(tr("Tag; commas between several"))
        self._field.setToolTip(tr("A tag; several with commas between them"))
        self._field.returnPressed.connect(self._add)
        self._field.left.connect(self.left)
        begin_at(self, self._field)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._field, 1)
        if can_remove:
            for text, run in ((tr("Add"), self._add), (tr("Remove"), self._remove)):
                button = QPushButton(text)
                button.clicked.connect(run)
                row.addWidget(button)
        else:
            self._field.setFixedWidth(140)

    def begin(self) -> None:
        """Empty the field and put the cursor into it."""
        self._field.clear()
        self._field.setFocus(Qt.FocusReason.OtherFocusReason)
        self._hub.tasks.read(self, self._hub.services.bulk.known_tags, self._known.setStringList, key="tags")

    def has_focus(self) -> bool:
        """Whether the cursor is here."""
        focused = self.window().focusWidget()
        return focused is not None and self.isAncestorOf(focused)

    def _tags(self) -> list[str]:
        tags = [tag.strip() for tag in self._field.text().split(",") if tag.strip()]
        self._field.clear()
        popup = self._field.completer().popup()
        if popup is not None:
            popup.hide()  # as long as it is there, it has the keyboard
        return tags

    def _add(self) -> None:
        if tags := self._tags():
            self.given.emit(tags, [])

    def _remove(self) -> None:
        if tags := self._tags():
            self.given.emit([], tags)
