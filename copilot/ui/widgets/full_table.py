"""A table that is as tall as its rows, for a page that scrolls as a whole; its cells wrap."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QScrollArea,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from copilot.ui.theme.manager import follow
from copilot.ui.theme.tokens import Tokens

_SIDE, _ABOVE = 8, 6  # pixels around a cell's text; the headings stand as far in
_WRAPPED = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


class FullTable(QTableView):
    """Columns share the width by `shares`; a share of 0 takes what its content needs."""

    def __init__(
        self, model: QAbstractItemModel, name: str, shares: Sequence[int], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._shares = tuple(shares)
        self.setModel(model)
        self.setItemDelegate(_Cell(self))
        self.setAccessibleName(name)
        self.setProperty("kind", "table")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setMinimumSectionSize(24)
        model.modelReset.connect(self.fit)
        follow(self._on_look)

    def fit(self) -> None:
        """Give each column its share and the table the height of its rows."""
        room = self.viewport().width()
        head = self.horizontalHeader()
        own = [
            0 if share else max(self.sizeHintForColumn(c), head.sectionSizeHint(c))
            for c, share in enumerate(self._shares)
        ]
        unit = max(0, room - sum(own)) / max(1, sum(self._shares))
        for column, share in enumerate(self._shares):
            self.setColumnWidth(column, int(share * unit) if share else own[column])
        self.resizeRowsToContents()
        rows = sum(self.rowHeight(row) for row in range(self.model().rowCount()))
        self.setFixedHeight(rows + head.sizeHint().height() + 2)

    def is_narrow(self, column: int) -> bool:
        """Whether the column takes what its content needs."""
        return not self._shares[column]

    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Keep the row that is gone to by key in sight: the page scrolls, not the table."""
        super().currentChanged(current, previous)
        page = self.parentWidget()
        while page is not None and not isinstance(page, QScrollArea):
            page = page.parentWidget()
        inner = page.widget() if page is not None else None
        if page is not None and inner is not None and self.hasFocus():
            row = self.visualRect(current)
            at = self.viewport().mapTo(inner, row.center())
            page.ensureVisible(at.x(), at.y(), 0, row.height())

    def sizeHint(self) -> QSize:
        return QSize(200, self.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 40)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit()

    def _on_look(self, _tokens: Tokens) -> None:
        self.fit()


class _Cell(QStyledItemDelegate):
    """A wrapped text at the top of its cell."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        option.text = ""  # painted here, with room around it

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        painter.save()
        painter.setFont(option.font)
        painter.setPen(option.palette.color(option.palette.ColorRole.Text))
        room = option.rect.adjusted(_SIDE, _ABOVE, -_SIDE, -_ABOVE)
        painter.drawText(room, _WRAPPED, str(index.data() or ""))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        table = self.parent()
        assert isinstance(table, FullTable)
        text, metrics = str(index.data() or ""), option.fontMetrics
        if table.is_narrow(index.column()):
            width = metrics.horizontalAdvance(text) + 1
        else:
            width = table.columnWidth(index.column()) - 2 * _SIDE
        box = metrics.boundingRect(QRect(0, 0, max(1, width), 10_000), _WRAPPED, text)
        return QSize(width + 2 * _SIDE, box.height() + 2 * _ABOVE)
