"""What helps to write a search: the filter menu, saved views, and a word on what was not understood."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QVBoxLayout, QWidget

from copilot.domain.query import SavedView
from copilot.services.saved_views import delete, save
from copilot.ui.bridge.hub import Hub
from copilot.ui.desk.filter_menu import FilterChoices, FilterMenu, read_choices
from copilot.ui.desk.search_tools import SearchTools

if TYPE_CHECKING:
    from copilot.ui.desk.sidebar import Sidebar


class SearchControls(QObject):
    """Made for a sidebar when it is first asked for.

    Args:
        hub: Services and threads.
        sidebar: Whose search it is.
        column: Where saved views and words stand.
        button: What the menu opens from.
        focus: Puts the cursor into the search line.
    """

    def __init__(
        self, hub: Hub, sidebar: "Sidebar", column: QVBoxLayout, button: QWidget, focus: Callable[[], None]
    ) -> None:
        super().__init__(sidebar)
        self._hub = hub
        self._sidebar = sidebar
        self._button = button
        self.tools = SearchTools(sidebar)
        self.tools.view_chosen.connect(self._show_view)
        self.tools.delete_requested.connect(self._delete_view)
        self.tools.named.connect(self._save_view)
        self.tools.left.connect(focus)
        column.addWidget(self.tools)

    def open_filters(self) -> None:
        """Offer the filters and the saved views."""
        work = partial(read_choices, self._hub.services, self._sidebar.search_text)
        self._hub.tasks.read(self, work, self._on_choices, key="choices")

    def ask_name(self) -> None:
        """Ask for the name that the search is to be kept under."""
        if self._sidebar.search_text:
            self.tools.ask_name()
        else:
            self.tools.left.emit()

    def _on_choices(self, choices: FilterChoices) -> None:
        menu = FilterMenu(choices, bool(self._sidebar.search_text), self._sidebar)
        menu.toggled.connect(self._on_toggled)
        menu.cleared.connect(self._on_cleared)
        menu.save_requested.connect(self.ask_name)
        menu.view_chosen.connect(self._show_view)
        menu.delete_requested.connect(self._delete_view)
        menu.popup(self._button.mapToGlobal(self._button.rect().bottomLeft()))

    def _on_toggled(self, name: str, value: str) -> None:
        typed = self._hub.services.ticket_list.toggled(self._sidebar.search_text, name, value)
        self._sidebar.set_search(typed)

    def _on_cleared(self) -> None:
        self._sidebar.set_search("")

    def _save_view(self, name: str) -> None:
        work = partial(save, self._hub.services.deps, name, self._sidebar.view, self._sidebar.search_text)
        self._hub.change(self, work)

    def _delete_view(self, name: str) -> None:
        self._hub.change(self, partial(delete, self._hub.services.deps, name))

    def _show_view(self, view: SavedView) -> None:
        self._sidebar.set_view(view.view)
        self._sidebar.set_search(view.typed)
