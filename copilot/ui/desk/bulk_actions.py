"""What can be done to the selected tickets: from the bar under the list, the right click and the command palette."""

import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.QtGui import QAction, QActionGroup, QCursor, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from copilot.domain.listing import ChangeSet, Priority, Status
from copilot.support.i18n import tr, tr_n
from copilot.ui.bridge.hub import Hub
from copilot.ui.desk.sidebar import Sidebar
from copilot.ui.format import number
from copilot.ui.widgets.marks import status_text

if TYPE_CHECKING:
    from copilot.ui.desk.changes_page import ChangesPage
    from copilot.ui.desk.link_page import LinkPage
    from copilot.ui.desk.merge_page import MergePage
    from copilot.ui.desk.selection_bar import SelectionBar

QUIET_MS = 1000  # what takes no longer shows no progress
TELL_MS = 100
ShowPage = Callable[[str, Callable[[], QWidget]], QWidget]


class BulkActions(QObject):
    """Changes, merges and links; where several tickets are selected, all of them, else the one that is open."""

    def __init__(
        self, hub: Hub, sidebar: Sidebar, show_page: ShowPage, show_desk: Callable[[], None]
    ) -> None:
        super().__init__(sidebar)
        self._hub = hub
        self._sidebar = sidebar
        self._show_page = show_page
        self._show_desk = show_desk
        self._bar: SelectionBar | None = None
        self._is_busy = False
        self._stop = threading.Event()
        self._reached = (0, 0)
        self._telling = QTimer(self, interval=TELL_MS)
        self._telling.timeout.connect(self._tell)
        self._waiting = QTimer(self, interval=QUIET_MS, singleShot=True)
        self._waiting.timeout.connect(self._telling.start)
        self._several: list[QAction] = []
        self._actions = self._make_actions()
        sidebar.chosen_changed.connect(self._on_chosen)
        sidebar.chosen_menu_requested.connect(self._open_menu)
        self._on_chosen(len(sidebar.chosen()))

    @property
    def is_busy(self) -> bool:
        """Whether a change is under way."""
        return self._is_busy

    def actions_for_palette(self) -> list[QAction]:
        """Return what the palette and the menu offer."""
        return list(self._actions)

    def change(self, field: str, value: str) -> None:
        """Set a field of the selected tickets."""
        self._run(partial(self._hub.services.bulk.change_many, self._sidebar.chosen(), field, value))

    def tag(self, add: list[str], remove: list[str]) -> None:
        """Give the selected tickets tags, and take others off."""
        self._run(partial(self._hub.services.bulk.tag_many, self._sidebar.chosen(), add, remove))

    def merge(self) -> None:
        """Open the page that merges the selected tickets, or the open one into another."""
        from copilot.ui.desk.merge_page import MergePage

        page = self._show_page("merge", self._make_merge_page)
        assert isinstance(page, MergePage)
        page.begin(self._meant())

    def link(self) -> None:
        """Open the page that links the selected tickets, or the open one with another."""
        from copilot.ui.desk.link_page import LinkPage

        page = self._show_page("link", self._make_link_page)
        assert isinstance(page, LinkPage)
        page.begin(self._meant())

    def show_changes(self) -> None:
        """Open the list of today's changes."""
        from copilot.ui.desk.changes_page import ChangesPage

        page = self._show_page("changes", self._make_changes_page)
        assert isinstance(page, ChangesPage)
        page.reload()

    # -- building

    def _make_actions(self) -> list[QAction]:
        def action(text: str, run: Callable[[], None], key: str = "", *, several: bool = False) -> QAction:
            made = QAction(text, self)
            made.setShortcut(QKeySequence(key))
            made.triggered.connect(partial(_call, run))
            if several:
                self._several.append(made)
            return made

        return [
            action(tr("Merge with other tickets…"), self.merge),
            action(tr("Link with another ticket…"), self.link),
            action(tr("Changes of today"), self.show_changes, "Ctrl+Alt+Shift+Z"),
            action(tr("Selected tickets: set the status…"), self._ask_status, several=True),
            action(tr("Selected tickets: set the priority…"), self._ask_priority, several=True),
            action(tr("Selected tickets: set the assignee…"), self._ask_assignee, several=True),
            action(tr("Selected tickets: assign to me"), self._assign_to_me, several=True),
            action(tr("Selected tickets: add or remove tags…"), self._ask_tags, several=True),
            action(tr("Selected tickets: select only the open one"), self._sidebar.choose_one, several=True),
        ]

    def _make_merge_page(self) -> "MergePage":
        from copilot.ui.desk.merge_page import MergePage

        page = MergePage(self._hub)
        page.closed.connect(self._show_desk)
        page.done.connect(self._on_merged)
        return page

    def _make_link_page(self) -> "LinkPage":
        from copilot.ui.desk.link_page import LinkPage

        page = LinkPage(self._hub)
        page.closed.connect(self._show_desk)
        page.done.connect(self._on_linked)
        return page

    def _make_changes_page(self) -> "ChangesPage":
        from copilot.ui.desk.changes_page import ChangesPage

        page = ChangesPage(self._hub)
        page.closed.connect(self._show_desk)
        return page

    def _make_bar(self) -> "SelectionBar":
        from copilot.ui.desk.selection_bar import SelectionBar

        bar = SelectionBar(self._hub)
        bar.status_requested.connect(self._ask_status)
        bar.priority_requested.connect(self._ask_priority)
        bar.assignee_requested.connect(self._ask_assignee)
        bar.tags_given.connect(self.tag)
        bar.merge_requested.connect(self.merge)
        bar.link_requested.connect(self.link)
        bar.clear_requested.connect(self._clear)
        bar.stop_requested.connect(self._stop.set)
        self._sidebar.add_bar(bar)
        return bar

    # -- the selection

    def _on_chosen(self, count: int) -> None:
        several = count > 1
        for action in self._several:
            action.setEnabled(several and not self._is_busy)
        if several and self._bar is None:
            self._bar = self._make_bar()
        if self._bar is not None:
            self._bar.show_count(count)
            self._bar.setVisible(several or self._is_busy)

    def _meant(self) -> list[int]:
        chosen = self._sidebar.chosen()
        return chosen if len(chosen) > 1 else [self._sidebar.current_id()]

    def _clear(self) -> None:
        self._sidebar.choose_one()
        self._sidebar.focus_list()

    def _on_merged(self, target: int) -> None:
        self._show_desk()
        self._sidebar.choose_one()
        self._sidebar.select(target)

    def _on_linked(self) -> None:
        self._show_desk()

    # -- asking what

    def _open_menu(self, at: QPoint) -> None:
        count = len(self._sidebar.chosen())
        menu = self._menu()
        heading = menu.addAction(tr("{n} tickets selected").format(n=number(count)))
        heading.setEnabled(False)
        menu.addSeparator()
        if not self._is_busy:
            self._add_choices(menu.addMenu(tr("Priority")), "priority", _priorities())
            self._add_choices(menu.addMenu(tr("Status")), "status", _statuses())
            menu.addAction(tr("Assign to me")).triggered.connect(self._assign_to_me)
            menu.addAction(tr("Assignee…")).triggered.connect(self._ask_assignee)
            menu.addAction(tr("Tags…")).triggered.connect(self._ask_tags)
            menu.addSeparator()
            menu.addAction(tr("Merge…")).triggered.connect(self.merge)
            menu.addAction(tr("Link…")).triggered.connect(self.link)
            menu.addSeparator()
        menu.addAction(tr("Select only the open one")).triggered.connect(self._clear)
        menu.popup(at)

    def _menu(self) -> QMenu:
        menu = QMenu(self._sidebar)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _ask_status(self) -> None:
        menu = self._menu()
        self._add_choices(menu, "status", _statuses())
        menu.popup(self._place("status"))

    def _ask_priority(self) -> None:
        menu = self._menu()
        self._add_choices(menu, "priority", _priorities())
        menu.popup(self._place("priority"))

    def _ask_assignee(self) -> None:
        names = self._hub.services.tickets.known_names
        self._hub.tasks.read(self, names, self._offer_names, key="names")

    def _offer_names(self, names: list[str]) -> None:
        choices = [("", tr("Unassigned"))]
        choices += [
            (name, tr("{name} (me)").format(name=name) if name == names[0] else name) for name in names
        ]
        menu = self._menu()
        self._add_choices(menu, "assignee", choices)
        menu.popup(self._place("assignee"))

    def _ask_tags(self) -> None:
        if self._bar is not None:
            self._bar.open_tags()

    def _assign_to_me(self) -> None:
        self.change("assignee", self._hub.services.tickets.my_name())

    def _place(self, name: str) -> QPoint:
        return self._bar.menu_place(name) if self._bar is not None else QCursor.pos()

    def _add_choices(self, menu: QMenu, field: str, choices: list[tuple[str, str]]) -> None:
        group = QActionGroup(menu)
        for value, text in choices:
            action = QAction(text.replace("&", "&&"), group)
            action.setData((field, value))
            menu.addAction(action)
        group.triggered.connect(self._on_choice)

    def _on_choice(self, action: QAction) -> None:
        self.change(*action.data())

    # -- doing it, beside everything else

    def _run(self, work: Callable[..., ChangeSet]) -> None:
        if self._is_busy:
            return
        self._is_busy = True
        self._stop.clear()
        self._reached = (0, 0)
        self._waiting.start()
        self._on_chosen(len(self._sidebar.chosen()))
        call = partial(work, tell=self._note, stop=self._stop.is_set)
        self._hub.tasks.errand(self, call, self._on_done, self._on_failed)

    def _note(self, done: int, of: int) -> None:
        """Keep how far it is; on the errand's thread."""
        self._reached = (done, of)

    def _tell(self) -> None:
        done, of = self._reached
        if self._bar is not None and of:
            text = tr_n("{n} ticket changed", "{n} tickets changed", done)
            self._bar.show_progress(text, done / of)

    def _on_done(self, changes: ChangeSet) -> None:
        self._end()
        self._hub.announce_change(changes)

    def _on_failed(self, error: Exception) -> None:
        self._end()
        self._hub.show_error(error)

    def _end(self) -> None:
        self._is_busy = False
        self._waiting.stop()
        self._telling.stop()
        if self._bar is not None:
            self._bar.end_progress()
        self._on_chosen(len(self._sidebar.chosen()))


def _statuses() -> list[tuple[str, str]]:
    return [(status.value, status_text(status)) for status in Status if status is not Status.MERGED]


def _priorities() -> list[tuple[str, str]]:
    return [(priority.value, priority.value) for priority in Priority]


def _call(run: Callable[[], None], *_: object) -> None:
    run()
