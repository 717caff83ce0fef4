"""A picture among the evidence: small in the list, large above the window; never in another program."""

from functools import partial

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
)
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from copilot.domain.evidence import Evidence
from copilot.services.intake import IntakeService
from copilot.support.i18n import tr
from copilot.support.text import one_line
from copilot.ui.bridge.hub import Hub
from copilot.ui.desk.pictures import decode
from copilot.ui.theme.manager import current_tokens
from copilot.ui.widgets.icon_button import IconButton

THUMBNAIL = QSize(240, 160)
_SCROLLING = (
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
)


class PictureView(QWidget):
    """A thumbnail that opens large, and a line for what matters in it.

    Signals:
        described(str): What a person sees in it, to become evidence.
    """

    described = Signal(str)

    def __init__(self, hub: Hub, fact: Evidence) -> None:
        super().__init__()
        self._hub = hub
        self._fact = fact
        self._note = QLabel(tr("Loading the picture…"))
        self._note.setTextFormat(Qt.TextFormat.PlainText)
        self._note.setProperty("kind", "small")
        self._note.setWordWrap(True)
        self._thumbnail = QToolButton()
        self._thumbnail.setAccessibleName(tr("Open {label} large").format(label=fact.label))
        self._thumbnail.setToolTip(self._thumbnail.accessibleName())
        self._thumbnail.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._thumbnail.setCursor(Qt.CursorShape.PointingHandCursor)
        self._thumbnail.clicked.connect(self.open_large)
        self._thumbnail.hide()
        self._words = QLineEdit()
        self._words.setAccessibleName(tr("What matters in {label}").format(label=fact.label))
        self._words.setPlaceholderText(tr("What matters in it, for example the exact error text"))
        self._words.setMaxLength(2000)
        self._words.returnPressed.connect(self._describe)
        add = QPushButton(tr("Add as evidence"))
        add.clicked.connect(self._describe)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._words, 1)
        row.addWidget(add)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._thumbnail, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._note)
        column.addLayout(row)
        scale = self.devicePixelRatioF()
        within = QSize(round(THUMBNAIL.width() * scale), round(THUMBNAIL.height() * scale))
        self._load(within, self._show_small)

    @property
    def is_loaded(self) -> bool:
        """Whether the thumbnail is there; for tests."""
        return not self._thumbnail.isHidden()

    def open_large(self) -> None:
        """Show the whole picture above the window."""
        self._load(None, self._show_large)

    def _load(self, within: QSize | None, done: object) -> None:
        work = partial(_decoded, self._hub.services.intake, self._fact.uid, within)
        self._hub.tasks.errand(self, work, done, self._on_failed)  # type: ignore[arg-type]

    def _show_small(self, image: QImage) -> None:
        picture = QPixmap.fromImage(image)
        picture.setDevicePixelRatio(self.devicePixelRatioF())
        self._thumbnail.setIcon(picture)
        self._thumbnail.setIconSize(picture.deviceIndependentSize().toSize())
        self._thumbnail.show()
        self._note.setText(tr("The model cannot see it. What you write here, it can."))

    def _show_large(self, image: QImage) -> None:
        PictureOverlay(
            self.window(), image, one_line(f"{self._fact.label}  ·  {self._fact.source}", 120)
        ).open()

    def _on_failed(self, error: Exception) -> None:
        self._note.setText(str(error))

    def _describe(self) -> None:
        text = self._words.text().strip()
        if text:
            self._words.clear()
            self.described.emit(text)
        else:
            self._words.setFocus(Qt.FocusReason.OtherFocusReason)


class PictureOverlay(QWidget):
    """A picture over the whole window: fitted at first, in its own size on a click; Esc closes it."""

    def __init__(self, window: QWidget, image: QImage, name: str) -> None:
        super().__init__(window)
        self._under = window
        self._before: QWidget | None = None
        self._image = image
        self._is_whole = True
        self.setAccessibleName(name)
        caption = QLabel(f"{name}  ·  {image.width()} × {image.height()}")
        caption.setTextFormat(Qt.TextFormat.PlainText)
        self._size = QPushButton()
        self._size.clicked.connect(self._toggle)
        copy = QPushButton(tr("Copy picture"))
        copy.clicked.connect(self._copy)
        self._close = close = IconButton("close", tr("Close the picture (Esc)"))
        close.clicked.connect(self.close)
        self._stops = (self._size, copy, close)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(caption, 1)
        head.addWidget(self._size)
        head.addWidget(copy)
        head.addWidget(close)
        self._label = QLabel()
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._label.setAccessibleName(name)
        self._scroll = QScrollArea()
        self._scroll.setWidget(self._label)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the arrow keys scroll from anywhere here
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self._scroll, 1)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        window.installEventFilter(self)

    def open(self) -> None:
        """Cover the window."""
        self._before = self.window().focusWidget()
        self.setGeometry(self._under.rect())
        self.show()
        self.raise_()
        self._fit()
        self._close.setFocus(Qt.FocusReason.PopupFocusReason)

    def _fit(self) -> None:
        picture = QPixmap.fromImage(self._image)
        room = self._scroll.viewport().size()
        if self._is_whole and (picture.width() > room.width() or picture.height() > room.height()):
            aspect, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            picture = picture.scaled(room, aspect, smooth)
        self._label.setPixmap(picture)
        self._size.setText(tr("Own size") if self._is_whole else tr("Fit the window"))

    def _toggle(self) -> None:
        self._is_whole = not self._is_whole
        self._fit()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setImage(self._image)

    # -- Qt

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._under and event.type() is QEvent.Type.Resize:
            self.setGeometry(self._under.rect())
            self._fit()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        """Take Esc before a shortcut of the window does, and let no other shortcut through."""
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif event.key() in _SCROLLING:
            QApplication.sendEvent(self._scroll, event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Let Tab go round above the window, not behind."""
        at = next((place for place, stop in enumerate(self._stops) if stop.hasFocus()), -1)
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        self._stops[(at + (1 if forward else -1)) % len(self._stops)].setFocus(reason)
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.close()

    def closeEvent(self, event: object) -> None:
        if self._before is not None:
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
            self._before = None

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(current_tokens().window))
        painter.end()


def _decoded(service: IntakeService, evidence: str, within: QSize | None) -> QImage:
    return decode(service.image(evidence), within)
