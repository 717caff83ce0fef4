"""Short notes at the foot of the window that go away by themselves, often with Undo."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QEnterEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QTextEdit,
    QWidget,
)

from copilot.support.i18n import tr
from copilot.ui.theme.icons import icon, square
from copilot.ui.theme.manager import follow
from copilot.ui.theme.tokens import Tokens
from copilot.ui.widgets.announce import announce
from copilot.ui.widgets.overlay import SHADOW, Overlay

_MOST = 4
_WIDEST = 560  # pixels of the text
KEEP_CLEAR = "keep-clear"  # object name of a part that no toast may cover: a box to write in with its buttons
_MOVES = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide)


class Toast(Overlay):
    """One note.

    Signals:
        closed: It is about to go.
    """

    closed = Signal()

    def __init__(
        self,
        parent: QWidget,
        text: str,
        action_label: str,
        on_action: Callable[[], object] | None,
        seconds: float,
        undo_id: int = 0,
    ) -> None:
        super().__init__(parent, inverse=True)
        self.undo_id = undo_id
        self._on_action = on_action
        self._left_ms = round(seconds * 1000)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.dismiss)
        self.text = text
        self._label = QLabel(text)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(SHADOW + 16, SHADOW + 4, SHADOW + 4, SHADOW + 4)
        row.setSpacing(8)
        row.addWidget(self._label)
        self.action_button: QPushButton | None = None
        if action_label:
            self.action_button = QPushButton(action_label)
            self.action_button.clicked.connect(self._on_clicked)
            row.addWidget(self.action_button)
        self.close_button = QPushButton()
        self.close_button.setAccessibleName(tr("Dismiss"))
        self.close_button.setToolTip(tr("Dismiss"))
        self.close_button.clicked.connect(self.dismiss)
        row.addWidget(self.close_button)
        self.setAccessibleName(text)
        follow(self._on_theme)
        self.resume()

    @Slot()
    def dismiss(self) -> None:
        """Go away."""
        self._timer.stop()
        self.closed.emit()

    def pause(self) -> None:
        """Stop the clock: somebody is reading."""
        if self._timer.isActive():
            self._left_ms = max(1000, self._timer.remainingTime())
            self._timer.stop()

    def resume(self) -> None:
        """Let the clock run, unless the pointer or the focus is still here."""
        if not self.underMouse() and not self._has_focus():
            self._timer.start(self._left_ms)

    @property
    def is_paused(self) -> bool:
        """Whether the clock stands."""
        return not self._timer.isActive()

    def fit(self, width: int) -> None:
        """Take the size for a window of `width` pixels; long text wraps."""
        room = max(120, min(_WIDEST, width - 160))
        wanted = self._label.fontMetrics().horizontalAdvance(self.text) + 2
        self._label.setWordWrap(wanted > room)
        self._label.setFixedWidth(min(wanted, room))
        self.adjustSize()

    def _has_focus(self) -> bool:
        focused = self.window().focusWidget()
        return focused is not None and self.isAncestorOf(focused) and focused.hasFocus()

    @Slot()
    def _on_clicked(self) -> None:
        action, self._on_action = self._on_action, None  # two quick clicks undo once
        self.dismiss()
        if action is not None:
            action()

    def _on_theme(self, tokens: Tokens) -> None:
        base = (
            f"background: transparent; border-radius: {tokens.radius}px; min-height: {tokens.control - 6}px;"
        )
        self.setStyleSheet(
            f"QLabel {{ color: {tokens.inverse_text}; }}"
            f"QPushButton {{ {base} color: {tokens.inverse_link}; font-weight: 600; padding: 0 8px;"
            " border: 2px solid transparent; }"
            f"QPushButton:hover {{ color: {tokens.inverse_text}; }}"
            f"QPushButton:focus {{ border: 2px solid {tokens.inverse_link}; padding: 0 8px;"
            f" min-height: {tokens.control - 6}px; }}"
        )
        self.close_button.setIcon(icon("close", tokens.inverse_text, size=tokens.icon))
        self.close_button.setIconSize(square(tokens.icon))

    def enterEvent(self, event: QEnterEvent) -> None:
        self.pause()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.resume()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
            return
        super().keyPressEvent(event)


class ToastHost(QObject):
    """Stacks toasts at the bottom centre of `parent`, newest at the foot, above whatever is typed into there.

    `focus_action` (F8) moves the focus to the newest toast and back; Tab reaches it too, Esc dismisses it.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._toasts: list[Toast] = []
        self._return_to: QWidget | None = None
        self._placing = QTimer(self, singleShot=True, interval=0)
        self._placing.timeout.connect(self._place)
        follow(self._on_look)
        self.focus_action = QAction(tr("Go to notification"), parent)
        self.focus_action.setShortcut(QKeySequence("F8"))
        self.focus_action.triggered.connect(self.focus_newest)
        parent.addAction(self.focus_action)
        parent.installEventFilter(self)

    @property
    def toasts(self) -> tuple[Toast, ...]:
        """What is on screen, oldest first."""
        return tuple(self._toasts)

    def show(
        self,
        text: str,
        action_label: str = "",
        on_action: Callable[[], object] | None = None,
        seconds: float = 8,
        undo_id: int = 0,
    ) -> Toast:
        """Show `text` for `seconds`, longer while it is pointed at or has the focus.

        With `undo_id`, its button takes that change back; see `withdraw`.
        """
        if self._toasts and not action_label and self._toasts[-1].text == text:
            self._remove(self._toasts[-1])  # the same trouble again: one note that stays, not a stack of them
        toast = Toast(self._window, text, action_label, on_action, seconds, undo_id)
        toast.closed.connect(self._on_closed)
        for button in toast.findChildren(QPushButton):
            button.installEventFilter(self)
        self._toasts.append(toast)
        while len(self._toasts) > _MOST:
            self._remove(self._toasts[0])
        self._place()
        toast.show()
        toast.raise_()
        spoken = tr("{text}. {action}: press F8").format(text=text.rstrip("."), action=action_label)
        announce(toast, spoken if action_label else text)
        return toast

    def withdraw(self, undo_id: int) -> None:
        """Take the toast away that offers to undo what was undone elsewhere."""
        for toast in [each for each in self._toasts if each.undo_id == undo_id]:
            toast.dismiss()

    @Slot()
    def focus_newest(self) -> None:
        """Move the focus to the newest toast; back to where it was if it is there already."""
        if not self._toasts:
            return
        newest = self._toasts[-1]
        now = self._window.window().focusWidget()
        if now is not None and newest.isAncestorOf(now):
            self._give_focus_back()
            return
        self._return_to = now
        (newest.action_button or newest.close_button).setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def _on_closed(self) -> None:
        toast = self.sender()
        if isinstance(toast, Toast):
            self._remove(toast)

    def _remove(self, toast: Toast) -> None:
        if toast not in self._toasts:
            return
        self._toasts.remove(toast)
        focused = self._window.window().focusWidget()
        if focused is not None and toast.isAncestorOf(focused):
            self._give_focus_back()
        toast.hide()
        toast.deleteLater()
        self._place()

    def _give_focus_back(self) -> None:
        target, self._return_to = self._return_to, None
        if target is not None and target.isVisible():
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_look(self, _tokens: Tokens) -> None:
        if self._toasts:
            self._placing.start()

    def _place(self) -> None:
        if not self._toasts:
            return
        for toast in self._toasts:
            toast.fit(self._window.width())
        width = max(toast.width() for toast in self._toasts)
        step = 2 * SHADOW - 8  # what two shadows share
        height = sum(toast.height() for toast in self._toasts) - step * (len(self._toasts) - 1)
        bottom = self._free_bottom(width, height)
        for toast in reversed(self._toasts):
            toast.move((self._window.width() - toast.width()) // 2, bottom - toast.height())
            bottom = toast.y() + step

    def _free_bottom(self, width: int, height: int) -> int:
        """Return the lowest line on which the stack can stand without covering what is typed into."""
        lowest = self._window.height() - 4
        left = (self._window.width() - width) // 2
        zones = self._zones()
        # Just above a zone its body stays clear; the shadow need not.
        lines = sorted({lowest, *(zone.top() + SHADOW - 4 for zone in zones)}, reverse=True)
        for line in lines:
            place = QRect(left, line - height, width, height - SHADOW + 4)
            if place.top() > -SHADOW and not any(place.intersects(zone) for zone in zones):
                return line
        return lowest

    def _zones(self) -> list[QRect]:
        """Return where one types, as far as it is on screen; called again when that moves."""
        parts: list[QWidget] = self._window.findChildren(QWidget, KEEP_CLEAR)
        parts += [each for each in self._window.findChildren(QLineEdit) if not each.isReadOnly()]
        parts += [each for each in self._window.findChildren(QPlainTextEdit) if not each.isReadOnly()]
        parts += [each for each in self._window.findChildren(QTextEdit) if not each.isReadOnly()]
        found = []
        for part in parts:
            if isinstance(part.parent(), Toast) or part.window() is not self._window.window():
                continue
            part.installEventFilter(self)
            seen = part.visibleRegion().boundingRect() if part.isVisible() else QRect()
            if not seen.isEmpty():
                found.append(seen.translated(part.mapTo(self._window, QPoint(0, 0))))
        return found

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is self._window:
            if kind is QEvent.Type.Resize:
                self._place()
        elif kind in _MOVES:
            if self._toasts:
                self._placing.start()  # once the layout has settled
        elif kind in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            toast = watched.parent()
            if isinstance(toast, Toast):
                if kind is QEvent.Type.FocusIn:
                    toast.pause()
                else:
                    toast.resume()
        return super().eventFilter(watched, event)
