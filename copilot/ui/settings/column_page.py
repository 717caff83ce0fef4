"""A page beside the desk: a bar with the way back, and one centred column that scrolls."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from copilot.support.i18n import tr
from copilot.ui.theme.manager import follow
from copilot.ui.theme.tokens import LIGHT, Tokens
from copilot.ui.widgets.first_focus import begin_at
from copilot.ui.widgets.flow_layout import FlowLayout
from copilot.ui.widgets.hairline import Hairline
from copilot.ui.widgets.icon_button import IconButton

COLUMN = 720  # pixels at normal text size
_LABELS = 140


class ColumnPage(QFrame):
    """Base of the pages; Esc or Back closes.

    Signals:
        closed: The person wants back to the desk.
    """

    closed = Signal()
    widest = COLUMN

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "pane")
        self.setAccessibleName(title)
        back = IconButton("chevron-left", tr("Back"), show_label=True)
        back.setToolTip(tr("Back to the desk (Esc)"))
        back.clicked.connect(self.closed)
        begin_at(self, back)
        heading = label(title, "title")
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 8, 16, 8)
        bar.setSpacing(8)
        bar.addWidget(back)
        bar.addWidget(heading, 1)

        self._inner = QWidget()
        self.column = QVBoxLayout(self._inner)
        self.column.setContentsMargins(24, 24, 24, 32)
        self.column.setSpacing(16)
        holder = QWidget()
        centring = QHBoxLayout(holder)
        centring.setContentsMargins(0, 0, 0, 0)
        centring.addStretch(1)
        centring.addWidget(self._inner, 1000)  # takes all there is up to its largest width
        centring.addStretch(1)
        self.scroll_area = QScrollArea()
        self.scroll_area.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll_area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroll_area.setWidgetResizable(True)
        self.scroll_area.setWidget(holder)
        for see_through in (holder, self.scroll_area.viewport()):
            see_through.setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(Hairline())
        layout.addWidget(self.scroll_area, 1)
        self._back_action = QAction(tr("Back to the desk"), self)
        self._back_action.triggered.connect(self.closed)
        follow(self._on_look)

    def actions_for_palette(self) -> list[QAction]:
        """Return this page's actions."""
        return [self._back_action]

    def _on_look(self, tokens: Tokens) -> None:
        self._inner.setMaximumWidth(scaled(self.widest, tokens))

    def event(self, event: QEvent) -> bool:
        # Esc is a shortcut of the window too ("Stop the answer"); on this page it leads back.
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


class Section(QWidget):
    """A heading and lines below it: the label left, the control right, an explanation under the control."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        heading = label(title, "title")
        self._grid.addWidget(heading, 0, 0, 1, 2)
        self._grid.setRowMinimumHeight(1, 8)
        self._row = 2
        follow(self._on_section_look)

    def add_line(self, name: str, control: QWidget, explanation: str = "") -> QLabel:
        """Add a labelled control; return the label of its explanation, which may be filled later."""
        caption = label(name)
        caption.setBuddy(control)
        if not control.accessibleName():
            control.setAccessibleName(name)
        is_tall = isinstance(control, QLabel)
        self._grid.addWidget(
            caption, self._row, 0, Qt.AlignmentFlag.AlignTop if is_tall else Qt.AlignmentFlag.AlignVCenter
        )
        self._grid.addWidget(control, self._row, 1)
        words = label(explanation, "small", wraps=True)
        self._grid.addWidget(words, self._row + 1, 1)
        words.setVisible(bool(explanation))
        if explanation:
            control.setAccessibleDescription(explanation)
        self._grid.setRowMinimumHeight(self._row + 2, 8)
        self._row += 3
        return words

    def add_wide(self, widget: QWidget) -> None:
        """Add something under the last control."""
        self._grid.addWidget(widget, self._row, 1)
        self._row += 1

    def add_gap(self) -> None:
        """Leave the distance of two lines."""
        self._grid.setRowMinimumHeight(self._row, 8)
        self._row += 1

    def _on_section_look(self, tokens: Tokens) -> None:
        self._grid.setColumnMinimumWidth(0, scaled(_LABELS, tokens))


def label(text: str = "", kind: str = "", *, wraps: bool = False) -> QLabel:
    """Return a label of plain text."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wraps)
    if kind:
        made.setProperty("kind", kind)
    return made


def line_of(*widgets: QWidget) -> QWidget:
    """Put controls side by side, at the left."""
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return made


def wrapping_line_of(*widgets: QWidget, gap: int = 8) -> QWidget:
    """Put controls of one height side by side; those that find no room go to the next line."""
    made = QWidget()
    row = FlowLayout(made, gap)
    for widget in widgets:
        row.addWidget(widget)
    return made


def scaled(length: int, tokens: Tokens) -> int:
    """Return a length that grows with the text."""
    return round(length * tokens.font_base / LIGHT.font_base)


def copy_text(text: str) -> None:
    """Put text on the clipboard."""
    QGuiApplication.clipboard().setText(text)
