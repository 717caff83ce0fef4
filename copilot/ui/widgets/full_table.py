"""A table that is as tall as its rows, for a page that scrolls as a whole; its cells wrap."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractItemModel, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableView, QWidget

from copilot.ui.theme.manager import follow
from copilot.ui.theme.tokens import Tokens


class FullTable(QTableView):
    """Columns share the width by `shares`; a share of 0 takes what its content needs."""

    def __init__(
        self, model: QAbstractItemModel, name: str, shares: Sequence[int], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._shares = tuple(shares)
        self.setModel(model)
        self.setAccessibleName(name)
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
        own = [self.sizeHintForColumn(c) + 12 if not share else 0 for c, share in enumerate(self._shares)]
        own = [
            max(width, self.horizontalHeader().sectionSizeHint(c)) if not self._shares[c] else 0
            for c, width in enumerate(own)
        ]
        unit = max(0, room - sum(own)) / max(1, sum(self._shares))
        for column, share in enumerate(self._shares):
            self.setColumnWidth(column, int(share * unit) if share else own[column])
        self.resizeRowsToContents()
        rows = sum(self.rowHeight(row) for row in range(self.model().rowCount()))
        self.setFixedHeight(rows + self.horizontalHeader().sizeHint().height() + 2)

    def sizeHint(self) -> QSize:
        return QSize(200, self.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 40)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit()

    def _on_look(self, _tokens: Tokens) -> None:
        self.setStyleSheet("QTableView::item { padding: 4px 5px; }")  # as far in as the headings
        self.fit()
