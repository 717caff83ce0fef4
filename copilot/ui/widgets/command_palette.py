"""Every command of the window, found by typing."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Slot
from PySide6.QtGui import QAction, QColor, QFocusEvent, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from copilot.support.i18n import tr
from copilot.ui.theme.manager import current_tokens
from copilot.ui.widgets.announce import announce
from copilot.ui.widgets.fuzzy import score
from copilot.ui.widgets.hairline import Hairline
from copilot.ui.widgets.key_hint import keys, shortcut_text
from copilot.ui.widgets.overlay import SHADOW, Overlay
from copilot.ui.widgets.search_field import SearchField

_ACTION = Qt.ItemDataRole.UserRole
_SHORTCUT = Qt.ItemDataRole.UserRole + 1
_MOST_ROWS = 9
_MOST_RECENT = 20


class CommandPalette(Overlay):
    """An overlay over `parent`, opened by `open_action` (Ctrl+K): type, Up, Down, Enter, Esc.

    With nothing typed, the commands used last come first.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._actions: tuple[QAction, ...] = ()
        self._recent: list[str] = []
        self._return_to: QWidget | None = None
        self.setAccessibleName(tr("Command palette"))
        self._field = SearchField(tr("Type a command"))
        self._field.setProperty("kind", "bare")
        self._field.textChanged.connect(self._refresh)
        self._field.installEventFilter(self)
        self._list = QListWidget()
        self._list.setProperty("kind", "raised")
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setAccessibleName(tr("Commands"))
        self._list.setUniformItemSizes(True)
        self._list.setItemDelegate(_Row(self._list))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.itemClicked.connect(self._run)
        self._list.currentItemChanged.connect(self._on_current)
        self._nothing = QLabel(tr("No command has these letters."))
        self._nothing.setProperty("kind", "quiet")
        self._nothing.setContentsMargins(16, 8, 16, 12)
        column = QVBoxLayout(self)
        column.setContentsMargins(SHADOW + 1, SHADOW + 1, SHADOW + 1, SHADOW + 1)
        column.setSpacing(0)
        column.addWidget(self._field)
        column.addWidget(Hairline())
        column.addWidget(self._list)
        column.addWidget(self._nothing)
        self.open_action = QAction(tr("Command palette"), parent)
        self.open_action.setShortcut(QKeySequence("Ctrl+K"))
        self.open_action.triggered.connect(self.toggle)
        parent.addAction(self.open_action)
        parent.installEventFilter(self)
        self.hide()

    def set_actions(self, actions: Iterable[QAction]) -> None:
        """Offer `actions`; those disabled or hidden when the palette opens are left out."""
        self._actions = tuple(actions)

    def recent(self) -> tuple[str, ...]:
        """Return the keys of the commands used last, newest first, to be kept by the caller."""
        return tuple(self._recent)

    def set_recent(self, names: Sequence[str]) -> None:
        """Restore what `recent` returned."""
        self._recent = list(names)[:_MOST_RECENT]

    @Slot()
    def toggle(self) -> None:
        """Open, or close where it is open."""
        if self.isVisible():
            self.close_palette()
            return
        self._return_to = self._window.window().focusWidget()
        self._field.clear()
        self._refresh()
        self._place()
        self.show()
        self.raise_()
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def close_palette(self) -> None:
        """Close and give the focus back."""
        self.hide()
        target, self._return_to = self._return_to, None
        if target is not None and target.isVisible():
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def shown(self) -> list[str]:
        """Return the commands on offer, best first."""
        return [self._list.item(row).text() for row in range(self._list.count())]

    @Slot()
    def _refresh(self) -> None:
        wanted = self._field.text()
        rated: list[tuple[float, int, QAction]] = []
        for place, action in enumerate(self._actions):
            rate = score(wanted, _label(action)) if action.isEnabled() and action.isVisible() else None
            if rate is None:
                continue
            key = _key(action)
            age = self._recent.index(key) if key in self._recent else _MOST_RECENT
            # Without letters the list is a menu: recent first, then its own order.
            rated.append((-rate, age, action) if wanted.strip() else (age, place, action))
        rated.sort(key=_order)
        self._list.clear()
        for *_, action in rated:
            item = QListWidgetItem(_label(action))
            item.setData(_ACTION, action)
            item.setData(_SHORTCUT, shortcut_text(action.shortcut()))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, _spoken(item))
            self._list.addItem(item)
        self._list.setCurrentRow(0)
        self._nothing.setVisible(not rated)
        self._list.setVisible(bool(rated))
        self._place()

    def _place(self) -> None:
        width = min(560, self._window.width() - 32) + 2 * SHADOW
        rows = min(_MOST_ROWS, self._list.count())
        if rows:
            self._list.setFixedHeight(rows * self._list.sizeHintForRow(0) + 8)
        self.setFixedWidth(width)
        self.adjustSize()
        self.move((self._window.width() - width) // 2, max(0, self._window.height() // 8 - SHADOW))

    @Slot(QListWidgetItem)
    def _run(self, item: QListWidgetItem | None) -> None:
        action = item.data(_ACTION) if item is not None else None
        if not isinstance(action, QAction):
            return
        key = _key(action)
        self._recent = [key, *(name for name in self._recent if name != key)][:_MOST_RECENT]
        self.close_palette()  # first, so that the command finds the focus where it was
        action.trigger()

    @Slot(QListWidgetItem, QListWidgetItem)
    def _on_current(self, item: QListWidgetItem | None, _before: QListWidgetItem | None) -> None:
        if item is not None and self.isVisible():
            announce(self._list, _spoken(item))

    def _step(self, by: int) -> None:
        rows = self._list.count()
        if rows:
            self._list.setCurrentRow((self._list.currentRow() + by) % rows)

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
                self.close_palette()
            case key.Key_Return | key.Key_Enter:
                self._run(self._list.currentItem())
            case key.Key_Down | key.Key_Tab:
                self._step(1)
            case key.Key_Up | key.Key_Backtab:
                self._step(-1)
            case key.Key_PageDown:
                self._list.setCurrentRow(min(self._list.count() - 1, self._list.currentRow() + _MOST_ROWS))
            case key.Key_PageUp:
                self._list.setCurrentRow(max(0, self._list.currentRow() - _MOST_ROWS))
            case _:
                return False
        return True


class _Row(QStyledItemDelegate):
    """The command on the left, its keys on the right."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        tokens = current_tokens()
        row: QRect = option.rect.adjusted(4, 0, -4, 0)
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if state & QStyle.StateFlag.State_Selected:
            painter.setBrush(QColor(tokens.selected))
            painter.drawRoundedRect(row, tokens.radius_small, tokens.radius_small)
        font = option.font
        font.setPixelSize(tokens.font_small)
        painter.setFont(font)
        right = row.right() - tokens.space_2
        middle = Qt.AlignmentFlag.AlignVCenter
        for key in reversed(keys(str(index.data(_SHORTCUT) or ""))):
            metrics = painter.fontMetrics()
            width = max(metrics.horizontalAdvance(key) + 10, metrics.height() + 2)
            cap = QRect(
                right - width, row.center().y() - metrics.height() // 2 - 1, width, metrics.height() + 3
            )
            painter.setPen(QColor(tokens.line))
            painter.setBrush(QColor(tokens.hover))
            painter.drawRoundedRect(cap, tokens.radius_small, tokens.radius_small)
            painter.setPen(QColor(tokens.text_quiet))
            painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, key)
            right -= width + 3
        font.setPixelSize(tokens.font_base)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text))
        words = QRect(
            row.left() + tokens.space_3, row.top(), right - row.left() - tokens.space_4, row.height()
        )
        text = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, middle | Qt.AlignmentFlag.AlignLeft, text)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, current_tokens().control + 4)


def _order(rated: tuple[float, int, QAction]) -> tuple[float, int]:
    return rated[:2]


def _label(action: QAction) -> str:
    """Return the command without mnemonic and dots."""
    return action.text().replace("&&", "\0").replace("&", "").replace("\0", "&").rstrip("….")


def _key(action: QAction) -> str:
    return action.objectName() or _label(action)


def _spoken(item: QListWidgetItem) -> str:
    return ", ".join(filter(None, (item.text(), str(item.data(_SHORTCUT) or ""))))
