"""Pinned tickets and those opened last, found by typing."""

from collections.abc import Iterable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from copilot.domain.listing import TicketRow
from copilot.services.ticket_marks import Marked
from copilot.support.i18n import tr
from copilot.ui.models.ticket_list import answer_text, spoken
from copilot.ui.theme.icons import pixmap
from copilot.ui.theme.manager import current_tokens
from copilot.ui.widgets.picker import Picker

_ROW = Qt.ItemDataRole.UserRole


class RecentTickets(Picker):
    """An overlay over `parent`.

    The ticket that is shown is left out of the recent ones: Enter goes to the one before it.

    Signals:
        chosen(int): Show this ticket.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, tr("Recent tickets"), tr("Type a number, a title or a name"), tr("Tickets"))
        self._marked = Marked((), ())
        self._current = 0
        self._recent_at = 0  # the line of the heading
        self.set_row(_Row(self.items))

    def open(self, marked: Marked, current: int) -> None:
        """Show these tickets; close where it is open."""
        self._marked, self._current = marked, current
        self.toggle()

    def fill(self, typed: str) -> None:
        """List the tickets that have every word typed, in two groups."""
        words = typed.casefold().split()
        pinned = [row for row in self._marked.pinned if _has(row, words)]
        recent = [row for row in self._marked.recent if row.id != self._current and _has(row, words)]
        self._add(tr("Pinned"), pinned)
        self._recent_at = self.items.count()
        self._add(tr("Recent"), recent)
        has_any = bool(self._marked.pinned or self._marked.recent)
        self.nothing.setText(
            tr("None of these tickets has that.")
            if typed.strip() and has_any
            else tr("Tickets that you open are listed here, and those that you pin with P.")
        )

    def begin(self) -> None:
        """Begin at the ticket before this one; the pinned ones stand above it."""
        if not self.field.text().strip() and self._recent_at + 1 < self.items.count():
            self.items.setCurrentRow(self._recent_at + 1)

    def choose(self, item: QListWidgetItem) -> None:
        """Show a ticket."""
        row = item.data(_ROW)
        self.close_picker()
        self.chosen.emit(row.id)

    def _add(self, heading: str, rows: Iterable[TicketRow]) -> None:
        for place, row in enumerate(rows):
            if not place:
                head = QListWidgetItem(heading, self.items)
                head.setFlags(Qt.ItemFlag.NoItemFlags)
            item = QListWidgetItem(row.title, self.items)
            item.setData(_ROW, row)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken(row))


class _Row(QStyledItemDelegate):
    """A heading; or a ticket: its title left, its number right, news of its answer before that."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one line."""
        tokens, row = current_tokens(), index.data(_ROW)
        box: QRect = option.rect.adjusted(4, 0, -4, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        state: QStyle.StateFlag = option.state
        if row is not None and state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.selected))
            painter.drawRoundedRect(box, tokens.radius_small, tokens.radius_small)
        font = option.font
        font.setPixelSize(tokens.font_small)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text_quiet))
        inner = box.adjusted(tokens.space_3, 0, -tokens.space_2, 0)
        if row is None:
            painter.drawText(inner, middle | Qt.AlignmentFlag.AlignLeft, str(index.data()))
            painter.restore()
            return
        for text, colour in ((row.number, tokens.text_quiet), (answer_text(row), tokens.link)):
            painter.setPen(QColor(colour))
            painter.drawText(inner, middle | Qt.AlignmentFlag.AlignRight, text)
            wide = painter.fontMetrics().horizontalAdvance(text)
            inner.setRight(inner.right() - (wide + tokens.space_3 if text else 0))
        if row.is_pinned:
            edge = tokens.icon - 2
            ratio = painter.device().devicePixelRatioF()
            inner.setRight(inner.right() - edge)
            at = inner.topRight() + QRect(0, 0, 1, (inner.height() - edge) // 2 + 1).bottomLeft()
            painter.drawPixmap(at, pixmap("pin", tokens.text_quiet, edge, ratio))
            inner.setRight(inner.right() - tokens.space_2)
        font.setPixelSize(tokens.font_base)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text))
        title = painter.fontMetrics().elidedText(row.title, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, middle | Qt.AlignmentFlag.AlignLeft, title)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Every line is as high as the next."""
        return QSize(200, current_tokens().control + 4)


def _has(row: TicketRow, words: list[str]) -> bool:
    text = f"{row.number} {row.title} {row.requester}".casefold()
    return all(word in text for word in words)
