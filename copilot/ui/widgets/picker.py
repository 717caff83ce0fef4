"""A list over the window, found in by typing: Up, Down, Enter, Esc."""

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QStyledItemDelegate, QVBoxLayout, QWidget

from copilot.ui.widgets.announce import announce
from copilot.ui.widgets.hairline import Hairline
from copilot.ui.widgets.overlay import SHADOW, Overlay
from copilot.ui.widgets.search_field import SearchField

_MOST_ROWS = 9


class Picker(Overlay):
    """Base of the command palette and of the recent tickets; an item that cannot be selected is a heading.

    Subclasses fill `items` in `fill` and do in `choose` what an item stands for.
    """

    def __init__(self, parent: QWidget, name: str, placeholder: str, items_name: str) -> None:
        super().__init__(parent)
        self._window = parent
        self._return_to: QWidget | None = None
        self.setAccessibleName(name)
        self.field = SearchField(placeholder)
        self.field.setProperty("kind", "bare")
        self.field.textChanged.connect(self.refresh)
        self.field.installEventFilter(self)
        self.items = QListWidget()
        self.items.setProperty("kind", "raised")
        self.items.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.items.setAccessibleName(items_name)
        self.items.setUniformItemSizes(True)
        self.items.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.items.itemClicked.connect(self._on_chosen)
        self.items.currentItemChanged.connect(self._on_current)
        self.nothing = QLabel()
        self.nothing.setTextFormat(Qt.TextFormat.PlainText)
        self.nothing.setProperty("kind", "quiet")
        self.nothing.setContentsMargins(16, 8, 16, 12)
        column = QVBoxLayout(self)
        column.setContentsMargins(SHADOW + 1, SHADOW + 1, SHADOW + 1, SHADOW + 1)
        column.setSpacing(0)
        column.addWidget(self.field)
        column.addWidget(Hairline())
        column.addWidget(self.items)
        column.addWidget(self.nothing)
        parent.installEventFilter(self)
        self.hide()

    def fill(self, typed: str) -> None:
        """Put the items that answer to what is typed into `items`, best first."""
        raise NotImplementedError

    def choose(self, item: QListWidgetItem) -> None:
        """Do what an item stands for."""
        raise NotImplementedError

    def begin(self) -> None:
        """Mark another item than the first, where one is likelier to be wanted."""

    def set_row(self, delegate: QStyledItemDelegate) -> None:
        """Paint the items with `delegate`."""
        self.items.setItemDelegate(delegate)

    @Slot()
    def toggle(self) -> None:
        """Open, or close where it is open."""
        if self.isVisible():
            self.close_picker()
            return
        self._return_to = self._window.window().focusWidget()
        self.field.clear()
        self.refresh()
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def close_picker(self) -> None:
        """Close and give the focus back."""
        self.hide()
        target, self._return_to = self._return_to, None
        if target is not None and target.isVisible():
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def shown(self) -> list[str]:
        """Return what is on offer, best first, headings too."""
        return [self.items.item(row).text() for row in range(self.items.count())]

    @Slot()
    def refresh(self) -> None:
        """Fill the list anew and mark the best."""
        self.items.clear()
        self.fill(self.field.text())
        is_empty = not self.items.count()
        self.nothing.setVisible(is_empty)
        self.items.setVisible(not is_empty)
        self.items.setCurrentRow(-1)
        self._step(1)
        self.begin()
        self._place()

    def _place(self) -> None:
        width = min(560, self._window.width() - 32) + 2 * SHADOW
        rows = min(_MOST_ROWS, self.items.count())
        if rows:
            self.items.setFixedHeight(rows * self.items.sizeHintForRow(0) + 8)
        self.setFixedWidth(width)
        self.adjustSize()
        self.move((self._window.width() - width) // 2, max(0, self._window.height() // 8 - SHADOW))

    @Slot(QListWidgetItem)
    def _on_chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None and _can_be_chosen(item):
            self.choose(item)

    @Slot(QListWidgetItem, QListWidgetItem)
    def _on_current(self, item: QListWidgetItem | None, _before: QListWidgetItem | None) -> None:
        if item is not None and self.isVisible():
            announce(self.items, str(item.data(Qt.ItemDataRole.AccessibleTextRole)))

    def _step(self, by: int) -> None:
        """Go to the next item, over headings, and from the last to the first."""
        rows, place = self.items.count(), self.items.currentRow()
        for _ in range(rows):
            place = (place + by) % rows
            if _can_be_chosen(self.items.item(place)):
                self.items.setCurrentRow(place)
                if place == 1:  # the heading over the first one comes into view as well
                    self.items.scrollToTop()
                return

    def _leap(self, by: int) -> None:
        rows = self.items.count()
        place = min(max(self.items.currentRow() + by, 0), rows - 1)
        self.items.setCurrentRow(place)
        if rows and not _can_be_chosen(self.items.item(place)):
            self._step(1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window:
            if event.type() is QEvent.Type.Resize and self.isVisible():
                self._place()
        elif isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            return self._on_key(event)
        elif isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride:
            if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                event.accept()  # before a shortcut of the window gets it
                return True
        elif isinstance(event, QFocusEvent) and event.type() is QEvent.Type.FocusOut:
            stays = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
            if self.isVisible() and event.reason() not in stays:
                self._return_to = None  # the person has gone elsewhere
                self.hide()
        return super().eventFilter(watched, event)

    def _on_key(self, event: QKeyEvent) -> bool:
        key = Qt.Key
        match event.key():
            case key.Key_Escape:
                self.close_picker()
            case key.Key_Return | key.Key_Enter:
                self._on_chosen(self.items.currentItem())
            case key.Key_Down | key.Key_Tab:
                self._step(1)
            case key.Key_Up | key.Key_Backtab:
                self._step(-1)
            case key.Key_PageDown:
                self._leap(_MOST_ROWS)
            case key.Key_PageUp:
                self._leap(-_MOST_ROWS)
            case _:
                return False
        return True


def _can_be_chosen(item: QListWidgetItem) -> bool:
    return bool(item.flags() & Qt.ItemFlag.ItemIsSelectable)
