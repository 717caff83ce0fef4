"""The bar of the narrow window: from the ticket to the list and back, on top or not, and out again."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolBar, QWidget

from copilot.support.i18n import tr
from copilot.ui.shell.layout import WindowLayout
from copilot.ui.shell.on_top import OnTopButton
from copilot.ui.widgets.icon_button import IconButton

if TYPE_CHECKING:
    from copilot.ui.main_window import MainWindow


class CompactBar(QToolBar):
    """Stands under the menus of the main window; made when it is first narrow."""

    def __init__(self, window: "MainWindow", layout: WindowLayout) -> None:
        super().__init__(tr("Compact window"), window)
        self._window = window
        self._layout = layout
        self._list = IconButton("list", tr("Tickets"), show_label=True)
        self._list.setCheckable(True)
        self._list.setToolTip(tr("Choose another ticket, or go back to the one that is open"))
        self._list.clicked.connect(self._on_list)
        previous = IconButton("chevron-up", tr("Previous ticket (Alt+Up)"))
        previous.clicked.connect(window.sidebar.select_previous)
        following = IconButton("chevron-down", tr("Next ticket (Alt+Down)"))
        following.clicked.connect(window.sidebar.select_next)
        self._on_top = OnTopButton()
        self._on_top.clicked.connect(layout.set_on_top)
        leave = IconButton("expand", tr("Back to the full window (F9)"))
        leave.clicked.connect(self._leave)
        line = QWidget()
        line.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(line)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(4)
        for button in (self._list, previous, following):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self._on_top)
        row.addWidget(leave)
        self.addWidget(line)
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.toggleViewAction().setVisible(False)
        window.addToolBar(Qt.ToolBarArea.TopToolBarArea, self)

    def set_list_shown(self, shown: bool) -> None:
        """Say whether the list or the ticket is on screen."""
        self._list.setChecked(shown)

    def set_on_top(self, on: bool) -> None:
        """Say whether the window stays on top."""
        self._on_top.setChecked(on and self._on_top.isEnabled())

    def _on_list(self, shown: bool) -> None:
        self._window.show_desk()
        if shown:
            self._layout.show_list()
        else:
            self._layout.show_ticket()

    def _leave(self) -> None:
        self._window.set_compact(False)
