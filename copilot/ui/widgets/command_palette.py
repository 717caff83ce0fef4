"""Every command of the window, found by typing."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QAction, QColor, QKeySequence, QPainter
from PySide6.QtWidgets import QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from copilot.support.i18n import tr
from copilot.ui.theme.manager import current_tokens
from copilot.ui.widgets.fuzzy import score
from copilot.ui.widgets.key_hint import keys, shortcut_text
from copilot.ui.widgets.picker import Picker

_ACTION = Qt.ItemDataRole.UserRole
_SHORTCUT = Qt.ItemDataRole.UserRole + 1
_MOST_RECENT = 20


class CommandPalette(Picker):
    """An overlay over `parent`, opened by `open_action` (Ctrl+K).

    With nothing typed, the commands used last come first.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, tr("Command palette"), tr("Type a command"), tr("Commands"))
        self._actions: tuple[QAction, ...] = ()
        self._recent: list[str] = []
        self.nothing.setText(tr("No command has these letters."))
        self.set_row(_Row(self.items))
        self.open_action = QAction(tr("Command palette"), parent)
        self.open_action.setShortcut(QKeySequence("Ctrl+K"))
        self.open_action.triggered.connect(self.toggle)
        parent.addAction(self.open_action)

    def set_actions(self, actions: Iterable[QAction]) -> None:
        """Offer `actions`; those disabled or hidden when the palette opens are left out."""
        self._actions = tuple(actions)

    def recent(self) -> tuple[str, ...]:
        """Return the keys of the commands used last, newest first, to be kept by the caller."""
        return tuple(self._recent)

    def set_recent(self, names: Sequence[str]) -> None:
        """Restore what `recent` returned."""
        self._recent = list(names)[:_MOST_RECENT]

    def fill(self, typed: str) -> None:
        """List the commands that have the letters typed."""
        rated: list[tuple[float, int, QAction]] = []
        for place, action in enumerate(self._actions):
            rate = score(typed, _label(action)) if action.isEnabled() and action.isVisible() else None
            if rate is None:
                continue
            key = _key(action)
            age = self._recent.index(key) if key in self._recent else _MOST_RECENT
            # Without letters the list is a menu: recent first, then its own order.
            rated.append((-rate, age, action) if typed.strip() else (age, place, action))
        rated.sort(key=_order)
        for *_, action in rated:
            item = QListWidgetItem(_label(action))
            item.setData(_ACTION, action)
            item.setData(_SHORTCUT, shortcut_text(action.shortcut()))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, _spoken(item))
            self.items.addItem(item)

    def choose(self, item: QListWidgetItem) -> None:
        """Run a command."""
        action = item.data(_ACTION)
        if not isinstance(action, QAction):
            return
        key = _key(action)
        self._recent = [key, *(name for name in self._recent if name != key)][:_MOST_RECENT]
        self.close_picker()  # first, so that the command finds the focus where it was
        action.trigger()


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
