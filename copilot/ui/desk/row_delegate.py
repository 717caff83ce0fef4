"""Paints one ticket in two lines: subject and priority; number, requester, status and time left."""

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QCursor, QFont, QFontMetrics, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QApplication, QStyledItemDelegate, QStyleOptionViewItem

from copilot.domain.listing import TicketRow
from copilot.support.i18n import tr
from copilot.ui.models.ticket_list import TicketListModel, TicketRole, answer_text
from copilot.ui.theme.manager import current_tokens, follow
from copilot.ui.theme.tokens import Tokens
from copilot.ui.widgets.chip import chip_font, chip_size, paint_chip
from copilot.ui.widgets.marks import Mark, priority_mark, sla_mark, status_text

if TYPE_CHECKING:
    from copilot.services.finding import Finding, Marker

Index = QModelIndex | QPersistentModelIndex
_PIN = Mark("pin", "", plain=True)
THREE_LINES = 19  # pixels of text, about 150 %
_MOST_PAINTED = 128  # rows kept; 60 kB each on an ordinary screen
_SEPARATOR = " · "
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class _Faces(NamedTuple):
    """Fonts and their measures, made once for a look."""

    title: QFont
    small: QFont
    title_size: QFontMetrics
    small_size: QFontMetrics


class _Look(NamedTuple):
    """What, besides the ticket's row itself, a painted row depends on; lengths in device-independent pixels."""

    ticket: int
    width: int
    height: int
    ratio: float
    is_hovered: bool
    is_selected: bool
    is_open: bool
    has_focus: bool
    finding: "Finding | None"
    marker: "Marker | None"


class TicketRowDelegate(QStyledItemDelegate):
    """Rows of `TicketListModel`, `Tokens.row` high.

    Attributes:
        are_several: Whether more than one row is selected; then only the open ticket has the accent's line.
        opened: The ticket that is open.
    """

    def __init__(self, view: QAbstractItemView, model: TicketListModel) -> None:
        super().__init__(view)
        self._view = view
        self._model = model
        self.are_several = False
        self.opened = 0
        self._tokens = current_tokens()
        self._faces = _faces(self._tokens)
        self._painted: dict[_Look, tuple[TicketRow, QPixmap]] = {}
        follow(self._on_theme)

    def _on_theme(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._faces = _faces(tokens)
        self._painted.clear()

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Every row is as high as the next."""
        return QSize(0, row_height(self._tokens))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row, or copy it from when it was painted last: that takes a tenth of the time."""
        row = index.data(TicketRole.ROW)
        look = self._look(option, index)
        known = self._painted.get(look)
        if row is None or known is None or known[0] is not row:
            pixmap = self._render(look, row)
            if row is not None:
                if len(self._painted) >= _MOST_PAINTED:
                    self._painted.clear()
                self._painted[look] = row, pixmap
        else:
            pixmap = known[1]
        painter.drawPixmap(option.rect.topLeft(), pixmap)

    def _look(self, option: QStyleOptionViewItem, index: Index) -> _Look:
        # The view is asked, not `option.state`: that makes PySide build QStyle with its 566 names, 7 ms of the start.
        # Nor its viewport: what that returns makes PySide build every class of dialogs, to see whether it is one.
        view = self._view
        is_selected = view.selectionModel().isSelected(index)
        ticket = index.data(TicketRole.ID)
        return _Look(
            ticket,
            option.rect.width(),
            option.rect.height(),
            view.devicePixelRatioF(),
            view.underMouse() and option.rect.contains(view.mapFromGlobal(QCursor.pos())),
            is_selected,
            is_selected and (not self.are_several or ticket == self.opened),
            view.currentIndex().row() == index.row() and view.hasFocus(),
            index.data(TicketRole.FINDING),
            self._model.marker,
        )

    def _render(self, look: _Look, row: TicketRow | None) -> QPixmap:
        tokens = self._tokens
        pixmap = QPixmap(round(look.width * look.ratio), round(look.height * look.ratio))
        pixmap.setDevicePixelRatio(look.ratio)
        ground = tokens.selected if look.is_selected else tokens.hover if look.is_hovered else tokens.surface
        pixmap.fill(QColor(ground))
        painter = QPainter(pixmap)
        whole = QRect(0, 0, look.width, look.height)
        self._paint_frame(painter, whole, look)
        inner = whole.adjusted(tokens.space_3, 0, -tokens.space_3, 0)
        lines = line_count(tokens)
        high = inner.height() // lines
        drop = tokens.space_1 // 2  # the lines stand nearer to each other than to the edges
        top = QRect(inner.x(), inner.y() + drop, inner.width(), high)
        second = QRect(inner.x(), inner.y() + high - (drop if lines == 2 else 0), inner.width(), high)
        if row is None:
            self._paint_placeholder(painter, top, second)
        else:
            self._paint_first(painter, top, row, look.marker)
            room = second if lines > 2 else self._paint_time(painter, second, row, at_right=True)
            self._paint_second(painter, room, row, look)
            if lines > 2:
                self._paint_time(painter, second.translated(0, high - drop), row, at_right=False)
        painter.end()
        return pixmap

    def _paint_frame(self, painter: QPainter, whole: QRect, look: _Look) -> None:
        tokens = self._tokens
        painter.setPen(QColor(tokens.hairline))
        painter.drawLine(tokens.space_3, whole.bottom(), whole.right(), whole.bottom())
        if look.is_open:
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.drawLine(1, 0, 1, whole.height())
        if look.has_focus:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(tokens.focus), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            ring = QRectF(whole).adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(ring, tokens.radius_small, tokens.radius_small)

    def _paint_placeholder(self, painter: QPainter, top: QRect, bottom: QRect) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._tokens.neutral_fill))
        thick = self._tokens.space_2
        for line, share in ((top, 0.6), (bottom, 0.35)):
            bar = QRect(line.x(), line.center().y() - thick // 2, round(line.width() * share), thick)
            painter.drawRoundedRect(bar, self._tokens.radius_small, self._tokens.radius_small)

    def _paint_first(self, painter: QPainter, line: QRect, row: TicketRow, marker: "Marker | None") -> None:
        """The subject; before it a dot where there is news, at the right the priority."""
        tokens, faces = self._tokens, self._faces
        mark = priority_mark(row.priority)
        size = chip_size(mark, faces.small, tokens)
        right = line.right() + 1 - size.width()
        paint_chip(painter, QRect(right, line.y(), size.width(), line.height()), mark, faces.small, tokens)
        if row.is_pinned:
            size = chip_size(_PIN, faces.small, tokens)
            right -= tokens.space_1 + size.width()
            where = QRect(right, line.y(), size.width(), line.height())
            paint_chip(painter, where, _PIN, faces.small, tokens)
        left = line.x()
        if row.answer_state:
            self._paint_dot(painter, left, line.center().y() + 0.5, filled=row.answer_state == "ready")
            left += tokens.font_small // 2 + tokens.space_2
        painter.setFont(faces.title)
        painter.setPen(QColor(tokens.text))
        space = QRect(left, line.y(), max(0, right - tokens.space_2 - left), line.height())
        self._draw(
            painter, space, _elided(faces.title_size, row.title, space.width()), faces.title_size, marker
        )

    def _draw(
        self, painter: QPainter, space: QRect, text: str, measure: QFontMetrics, marker: "Marker | None"
    ) -> None:
        """Draw `text` with a ground behind the words that were searched for."""
        for span in marker.spans(text) if marker else ():
            left = space.x() + measure.horizontalAdvance(text[: span.start])
            right = space.x() + measure.horizontalAdvance(text[: span.end])
            top = space.y() + (space.height() - measure.height()) // 2
            painter.fillRect(QRect(left, top, right - left, measure.height()), QColor(self._tokens.mark))
        painter.drawText(space, _LEFT, text)

    def _paint_dot(self, painter: QPainter, left: int, middle: float, *, filled: bool) -> None:
        radius = self._tokens.font_small / 4
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._tokens.link), 1.5))
        painter.setBrush(QColor(self._tokens.link) if filled else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QPointF(left + radius, middle), radius - 0.5, radius - 0.5)

    def _paint_time(self, painter: QPainter, line: QRect, row: TicketRow, *, at_right: bool) -> QRect:
        """The time left; returns the rest of the line."""
        tokens, faces = self._tokens, self._faces
        mark = sla_mark(row.sla)
        if mark is None:
            return line
        size = chip_size(mark, faces.small, tokens)
        left = line.right() + 1 - size.width() if at_right else line.x()
        paint_chip(painter, QRect(left, line.y(), size.width(), line.height()), mark, faces.small, tokens)
        return line.adjusted(0, 0, -size.width() - tokens.space_2, 0)

    def _paint_second(self, painter: QPainter, line: QRect, row: TicketRow, look: _Look) -> None:
        """Who and what state, quietly."""
        tokens, faces = self._tokens, self._faces
        right = line.right() + 1
        painter.setFont(faces.small)
        painter.setPen(QColor(tokens.text_quiet))
        if look.finding is not None:
            said = _SEPARATOR.join([row.number, f"{look.finding.place}: {look.finding.text}"])
            said = _elided(faces.small_size, said, right - line.x())
            self._draw(painter, line, said, faces.small_size, look.marker)
            return
        quiet, news = second_line(faces.small_size, row, right - line.x())
        self._draw(painter, line, quiet, faces.small_size, look.marker)
        painter.setPen(QColor(tokens.link))
        painter.drawText(line.adjusted(faces.small_size.horizontalAdvance(quiet), 0, 0, 0), _LEFT, news)


def line_count(tokens: Tokens) -> int:
    """Return how many lines a row has: with large text the time left has one of its own."""
    return 3 if tokens.font_base >= THREE_LINES else 2


def row_height(tokens: Tokens) -> int:
    """Return the height of a row."""
    return tokens.row * line_count(tokens) // 2


def second_line(measure: QFontMetrics, row: TicketRow, width: int) -> tuple[str, str]:
    """Return the quiet text and the news after it, together within `width` pixels.

    Number, requester and status; where there is no room the longer of the last two gives way, to half of what is left
    at most. "sample" follows where it fits whole. What is new of an answer stands in place of the status and is never
    cut.
    """

    def wide(*parts: str) -> int:
        return measure.horizontalAdvance(_SEPARATOR.join(parts))

    news = answer_text(row)
    tail = news or status_text(row.status)
    left = width - wide(row.number, "", "")
    for_name = min(measure.horizontalAdvance(row.requester), left)
    if for_name + measure.horizontalAdvance(tail) > left:
        room = left - measure.horizontalAdvance(tail)
        for_name = min(for_name, room if news else max(room, left // 2))
    head = [row.number]
    if for_name >= measure.horizontalAdvance("Mmm…"):
        is_whole = measure.horizontalAdvance(row.requester) <= for_name
        head.append(row.requester if is_whole else _elided(measure, row.requester, for_name))
    if row.is_sample and wide(*head, tr("sample"), tail) <= width:
        head.append(tr("sample"))
    if not news:
        return _elided(measure, _SEPARATOR.join([*head, tail]), width), ""
    while head and wide(*head, news) > width:
        head.pop()
    return _SEPARATOR.join([*head, ""]) if head else "", _elided(measure, news, width)


def _elided(measure: QFontMetrics, text: str, width: int) -> str:
    return measure.elidedText(text, Qt.TextElideMode.ElideRight, width)


def _faces(tokens: Tokens) -> _Faces:
    title = QApplication.font()
    title.setPixelSize(tokens.font_base)
    small = chip_font(title, tokens)
    return _Faces(title, small, QFontMetrics(title), QFontMetrics(small))
