"""Chooses one of the views, each with how many tickets it has."""

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QGridLayout, QSizePolicy, QWidget

from copilot.domain.query import View
from copilot.support.i18n import tr, tr_n
from copilot.ui.format import number
from copilot.ui.theme.manager import current_tokens, follow
from copilot.ui.theme.tokens import LIGHT, Tokens
from copilot.ui.widgets.chip import chip_font


def view_name(view: View) -> str:
    """Return the words for a view."""
    return {
        View.MY_QUEUE: tr("My queue"),
        View.UNASSIGNED: tr("Unassigned"),
        View.SLA_AT_RISK: tr("SLA at risk"),
        View.ALL: tr("All"),
    }[view]


def _explanation(view: View) -> str:
    return {
        View.MY_QUEUE: tr("Open tickets that are assigned to you"),
        View.UNASSIGNED: tr("Open tickets that nobody has taken"),
        View.SLA_AT_RISK: tr("Open tickets that are overdue, or have less than a fifth of their time left"),
        View.ALL: tr("Every ticket, closed ones too"),
    }[view]


def least_width(tokens: Tokens) -> int:
    """Return the pixels that the views and the list below them need at this size of text."""
    return round(40 + 200 * tokens.font_base / LIGHT.font_base)


class ViewSwitch(QWidget):
    """Two rows of two, or one below the other; arrow keys move between them.

    Signals:
        view_chosen(View): By a person, not by `set_view`.
    """

    view_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Views"))
        self._group = QButtonGroup(self)
        self._buttons: dict[View, _ViewButton] = {}
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        for place, view in enumerate(View):
            button = _ViewButton(view, place + 1, self)
            self._buttons[view] = button
            self._group.addButton(button, place)
        self._columns = 0
        self._lay_out(2)
        self._buttons[View.MY_QUEUE].setChecked(True)
        self._group.idClicked.connect(self._on_clicked)

    @property
    def view(self) -> View:
        """The view that is chosen."""
        return list(View)[self._group.checkedId()]

    def set_view(self, view: View) -> None:
        """Mark `view` as chosen."""
        self._buttons[view].setChecked(True)

    def set_counts(self, counts: dict[View, int]) -> None:
        """Show how many tickets each view has."""
        for view, count in counts.items():
            self._buttons[view].set_count(count)
        self._fit()

    def _lay_out(self, columns: int) -> None:
        if columns != self._columns:
            self._columns = columns
            for place, button in enumerate(self._buttons.values()):
                self._grid.addWidget(button, place // columns, place % columns)

    def _fit(self) -> None:
        """Stand below each other where two names do not fit beside each other."""
        widest = [0, 0]
        for place, button in enumerate(self._buttons.values()):
            widest[place % 2] = max(widest[place % 2], button.sizeHint().width())
        self._lay_out(2 if sum(widest) + self._grid.spacing() <= self.width() else 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _on_clicked(self, place: int) -> None:
        self.view_chosen.emit(list(View)[place])


class _ViewButton(QAbstractButton):
    """A name at the left, a count at the right."""

    def __init__(self, view: View, place: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._count = ""
        self.setText(view_name(view))
        self.setToolTip(f"{_explanation(view)} (Ctrl+{place})")
        self.setAccessibleName(view_name(view))
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        follow(self._on_theme)

    def set_count(self, count: int) -> None:
        """Show how many tickets there are."""
        self._count = number(count)
        self.updateGeometry()
        self.setAccessibleName(f"{self.text()}, {tr_n('{n} ticket', '{n} tickets', count)}")
        self.update()

    def _on_theme(self, _tokens: Tokens) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the name and the count."""
        tokens = current_tokens()
        count = QFontMetrics(chip_font(self.font(), tokens)).horizontalAdvance(self._count or "00")
        words = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(words + tokens.space_1 + count + 2 * tokens.space_2 + 1, tokens.control)

    def minimumSizeHint(self) -> QSize:
        """The name may be cut where a translation is long and the text large."""
        return QSize(64, current_tokens().control)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses like Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show the hover colour."""
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Take the hover colour away."""
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground, name, count and the focus ring."""
        tokens = current_tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        if self.isChecked() or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.selected if self.isChecked() else tokens.hover))
            painter.drawRoundedRect(box, tokens.radius, tokens.radius)
        inner = self.rect().adjusted(tokens.space_2, 0, -tokens.space_2, 0)
        small = chip_font(self.font(), tokens)
        wide = QFontMetrics(small).horizontalAdvance(self._count)
        painter.setFont(small)
        painter.setPen(QColor(tokens.link if self.isChecked() else tokens.text_quiet))
        painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._count)
        painter.setFont(self.font())
        painter.setPen(QColor(tokens.link if self.isChecked() else tokens.text))
        space = QRect(inner.x(), inner.y(), inner.width() - wide - tokens.space_1, inner.height())
        name = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, space.width())
        painter.drawText(space, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens.focus), 1.5))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), tokens.radius, tokens.radius)
