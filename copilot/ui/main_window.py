"""The window: sidebar, ticket, inspector; pages for settings and models beside them."""

import importlib
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QWidget

from copilot.domain.listing import ChangeSet
from copilot.domain.query import View
from copilot.support.i18n import tr
from copilot.ui.bridge.hub import Hub
from copilot.ui.desk.sidebar import Sidebar
from copilot.ui.main_menus import MainMenus
from copilot.ui.shell.layout import FULL_SIZE, WindowLayout
from copilot.ui.theme.manager import ThemeManager
from copilot.ui.widgets.splitter import Splitter

if TYPE_CHECKING:
    from copilot.ui.ask.inspector import Inspector
    from copilot.ui.desk.bulk_actions import BulkActions
    from copilot.ui.desk.case_pane import CasePane
    from copilot.ui.desk.desk_guard import DeskGuard
    from copilot.ui.shell.popouts import PopOuts
    from copilot.ui.widgets.command_palette import CommandPalette
    from copilot.ui.widgets.toast import ToastHost

SAVE_LAYOUT_MS = 500
KEEP_SECONDS = 3.0  # how long the end of a session waits for the disk


class MainWindow(QMainWindow):
    """One desk on screen.

    The list comes first: the ticket's parts are imported on another thread while it is already in use, and put in
    place a moment later.

    Signals:
        completed: The ticket's parts are there.
        hidden_away: It was closed into the system tray; the program goes on.
        left: It was closed, and with it all others: the program is to end.
    """

    completed = Signal()
    hidden_away = Signal()
    left = Signal()

    def __init__(self, hub: Hub, theme: ThemeManager, settings: dict[str, Any]) -> None:
        super().__init__()
        self.hub = hub
        self._theme = theme
        self._pages: dict[str, QWidget] = {}
        self._case: CasePane | None = None
        self._inspector: Inspector | None = None
        self._toasts: ToastHost | None = None
        self._bulk: BulkActions | None = None
        self._palette_box: CommandPalette | None = None
        self._popouts: PopOuts | None = None
        self._is_leaving = False
        self.is_hidden_away = False
        self.tray: QObject | None = None  # the icon in the system tray, while there is one
        self.stays_hidden: Callable[[], bool] = _never  # whether closing the window only hides it
        self._wanted = 0  # the ticket to show once the ticket's parts are there
        self._early_toasts: list[tuple[str, int]] = []
        self.settings = settings  # as they were at the start
        self._guard: DeskGuard | None = None
        hub.restored = settings["restored"]
        hub.setParent(self)
        self.setWindowTitle("Technician Copilot")
        self.setMinimumSize(*FULL_SIZE)
        self.resize(1280, 800)

        # From the outside in: what is moved to a new parent is styled once more, with all that is in it.
        self._stack = QStackedWidget(self)
        self.setCentralWidget(self._stack)
        self._panes = Splitter(Qt.Orientation.Horizontal, self._stack)
        self._stack.addWidget(self._panes)
        self.sidebar = Sidebar(hub, self._panes)
        for pane, stretch in ((self.sidebar, 0), (QWidget(self._panes), 1), (QWidget(self._panes), 0)):
            self._panes.addWidget(pane)
            self._panes.setStretchFactor(self._panes.indexOf(pane), stretch)
        self._panes.setSizes([340, 620, 320])
        self._layout = WindowLayout(self, self._panes, settings["window"])
        self._layout.changed.connect(self._layout_changed)
        self._menus = MainMenus(self, theme, is_compact=self._layout.is_compact)
        self._own_actions = self._menus.own

        self._layout_timer = QTimer(self, singleShot=True, interval=SAVE_LAYOUT_MS)
        self._layout_timer.timeout.connect(self._save_layout)
        self._layout.begin()
        self._panes.splitterMoved.connect(self._layout_changed)
        self.sidebar.ticket_selected.connect(self.show_ticket)
        self.sidebar.ticket_activated.connect(self._activate_ticket)
        self.sidebar.new_ticket_requested.connect(self.new_ticket)
        self.sidebar.import_requested.connect(self.import_tickets)
        self.sidebar.wanted.connect(self._layout.show_list)
        self.sidebar.row_clicked.connect(self._on_list_clicked)
        hub.ticket_requested.connect(self.open_ticket)
        hub.toast_requested.connect(self._toast)
        hub.action_offered.connect(self._offer)
        hub.start()
        self.sidebar.filled.connect(self._import_rest)

    @property
    def case(self) -> "CasePane":
        """The ticket in the middle; there once `completed` was said."""
        assert self._case is not None
        return self._case

    @property
    def inspector(self) -> "Inspector":
        """The right pane; there once `completed` was said."""
        assert self._inspector is not None
        return self._inspector

    @property
    def ticket(self) -> int:
        """The ticket that is shown, here or in a window of its own; 0 where there is none."""
        return self._wanted

    def _import_rest(self) -> None:
        self.hub.tasks.errand(self, _import_ticket_parts, self._complete)

    def _complete(self, _: None) -> None:
        from copilot.ui.ask.inspector import Inspector
        from copilot.ui.bridge.housekeeping import start_housekeeping
        from copilot.ui.desk.bulk_actions import BulkActions
        from copilot.ui.desk.case_pane import CasePane
        from copilot.ui.desk.folder_watcher import FolderWatcher
        from copilot.ui.widgets.command_palette import CommandPalette
        from copilot.ui.widgets.toast import ToastHost

        self._case = case = CasePane(self.hub)
        self._inspector = inspector = Inspector(self.hub)
        for index, pane in ((1, case), (2, inspector)):
            old = self._panes.replaceWidget(index, pane)
            if old is not None:
                old.deleteLater()
        self._toasts = ToastHost(self)
        self._bulk = BulkActions(self.hub, self.sidebar, self._show_page, self.show_desk)
        case.header.tags_and_links.link_requested.connect(self._bulk.link)
        FolderWatcher(self.hub, self.settings["watched_folder"], self)
        self._palette_box = CommandPalette(self)
        self._menus.view.insertAction(self._menus.view.actions()[0], self._palette_box.open_action)
        self._palette_box.set_recent(self.settings["recent_commands"])
        self._layout.complete()
        inspector.wanted.connect(self._show_inspector)
        case.question_changed.connect(inspector.set_question)
        case.models_requested.connect(self.show_models)
        case.evidence_shown.connect(inspector.highlight)
        case.print_requested.connect(self.print_ticket)
        inspector.evidence_requested.connect(case.show_evidence)
        self.sidebar.marked.connect(case.set_marker)
        case.set_window_active(self.isActiveWindow())
        case.delete_bar.deleting.connect(self._leave_ticket)
        start_housekeeping(self.hub)
        for action in case.actions_for_palette():
            self._menus.ticket.insertAction(self._menus.ticket.actions()[0], action)
        self._add_ways(case)
        self._menus.ticket.addActions(self._bulk.actions_for_palette())
        self.hub.ticket_window_requested.connect(self.pop_out_ticket)
        self.hub.answer_window_requested.connect(self.pop_out_answer)
        self.hub.changed.connect(self._on_changed)
        if self._wanted:
            self.show_ticket(self._wanted)
        for text, undo_id in self._early_toasts:
            self._toast(text, undo_id)
        self._early_toasts.clear()
        self.completed.emit()
        from copilot.ui.bridge.backup_watch import BackupWatch
        from copilot.ui.desk.desk_guard import DeskGuard

        self._guard = DeskGuard(self.hub, self)
        self.backup_watch = BackupWatch(self.hub)

    def _add_ways(self, case: "CasePane") -> None:
        """Build what leads from ticket to ticket, and what tells of answers elsewhere."""
        from copilot.ui.desk.answer_news import AnswerNews
        from copilot.ui.desk.ticket_trail import TicketTrail
        from copilot.ui.shell.notifier import Notifier, SystemDelivery

        self._trail = TicketTrail(self.hub, self, self.sidebar.tickets, self.open_ticket)
        self._news = AnswerNews(self.hub, self.sidebar)
        self.sidebar.foot.addStretch(1)
        self.sidebar.foot.addWidget(self._news)
        delivery = SystemDelivery(self)
        self.notifier = Notifier(self.hub, delivery, parent=self)
        delivery.clicked.connect(self.notifier.open)
        self._news.ticket_requested.connect(self.show_answer)
        self.notifier.ticket_requested.connect(self.show_answer)
        ways = [*self._trail.actions_for_palette(), self._news.next_action]
        first = self._menus.view.actions()[0]
        self._menus.view.insertActions(first, ways)
        self._menus.view.insertSeparator(first)
        self._own_actions = [*ways, *self._own_actions]
        if self._palette_box:
            self._palette_box.set_actions(self.all_actions())

    # -- what can be done

    def show_answer(self, ticket: int) -> None:
        """Bring the newest answer of a ticket before the eyes, from wherever one is."""
        if self._popouts is not None and self._popouts.holds(ticket):
            self._popouts.reveal_answer(ticket)
            return
        if not self.isActiveWindow():
            self.come_forward()
        self.open_ticket(ticket)
        self.case.reveal_answer()

    def show_ticket(self, ticket: int) -> None:
        """Show a ticket in the middle and what the model sees of it at the right."""
        self._wanted = ticket
        self.show_desk()
        if self._case and self._inspector:
            if self._popouts is not None and self._popouts.holds(ticket):
                self._popouts.stand_in(ticket)
            else:
                self._case.show_ticket(ticket)
            self._inspector.show_ticket(ticket)
            self._trail.visited(ticket)
            self._news.set_current(ticket)

    def open_ticket(self, ticket: int) -> None:
        """Choose a ticket, wherever the request came from, and show it."""
        self.show_desk()
        self.sidebar.select(ticket)
        self._layout.show_ticket()

    def show_desk(self) -> None:
        """Go back from a page to the desk."""
        if self._stack.currentWidget() is not self._panes:
            self._stack.setCurrentWidget(self._panes)
            self._layout.make_room(None)
            if self.sidebar.isVisible():
                self.sidebar.focus_list()
            elif self._case:
                self._case.focus_composer()

    def new_ticket(self) -> None:
        """Open the page for a new ticket."""
        self._open_page("new")

    def new_from_clipboard(self) -> None:
        """Open the page for a new ticket, filled from what was copied elsewhere."""
        from copilot.ui.desk.clipping_reader import read_clipboard

        read_clipboard(self.hub, self, self._show_clipping)

    def print_ticket(self, ticket: int) -> None:
        """Open the page that puts a ticket on paper or into a PDF."""
        self._open_page("print")
        self._pages["print"].show_ticket(ticket)  # type: ignore[attr-defined]

    def import_tickets(self, file: Path | None = None) -> None:
        """Open the page that imports tickets from a file; where one is named, show what it holds."""
        self._open_page("import")
        if file:
            self._pages["import"].read_file(file)  # type: ignore[attr-defined]

    @property
    def popouts(self) -> "PopOuts":
        """The windows beside this one; made with the first of them."""
        if self._popouts is None:
            from copilot.ui.shell.popouts import PopOuts

            self._popouts = PopOuts(self, self.settings["popouts"])
        return self._popouts

    def pop_out_ticket(self, ticket: int = 0) -> None:
        """Open a ticket, else the one that is shown, in a window of its own."""
        if ticket or self._wanted:
            self.popouts.open_ticket(ticket or self._wanted)

    def pop_out_answer(self, uid: str = "") -> None:
        """Open an answer, else the newest one of the ticket that is shown, in a window of its own."""
        newest = self.case.conversation.last_card()
        if uid or newest:
            self.popouts.open_answer(uid or (newest.uid if newest else ""))

    def set_compact(self, compact: bool) -> None:
        """Make the window narrow, to stand beside another one, or as it was."""
        self.show_desk()
        self._layout.set_compact(compact)
        self._menus.compact.setChecked(compact)
        if compact and self._case:
            self._case.focus_composer()

    def come_forward(self) -> None:
        """Show the window in front of the others, wherever it was."""
        from copilot.ui.shell.notifier import bring_to_front

        self.is_hidden_away = False
        bring_to_front(self)

    def leave(self) -> None:
        """End the program, also where closing the window would only hide it."""
        self._is_leaving = True
        self.close()

    def keep_everything(self) -> None:
        """Store all that is typed, and wait until it is on the disk: the system may end the program any moment."""
        self.keep_typed()
        self._save_layout()
        stored = threading.Event()
        self.hub.tasks.write(self, stored.set)
        stored.wait(KEEP_SECONDS)

    def export_tickets(self) -> None:
        """Open the page that writes tickets into a file."""
        self._open_page("export")

    def keep_typed(self) -> None:
        """Store what is typed anywhere, without waiting."""
        if self._case:
            self._case.flush()
        if self._popouts is not None:
            self._popouts.flush()
        new = self._pages.get("new")
        if new is not None:
            new.flush()  # type: ignore[attr-defined]

    def forget_tickets(self) -> None:
        """Let go of every ticket and every change that could be undone: the desk was replaced."""
        self._wanted = 0
        if self._popouts is not None:
            self._popouts.forget()
        if self._case and self._inspector:
            self._case.forget()
            self._inspector.show_ticket(0)
        for name in set(self._pages) - {"settings", "models"}:
            page = self._pages.pop(name)
            self._stack.removeWidget(page)
            page.deleteLater()
        for toast in self._toasts.toasts if self._toasts else ():
            toast.dismiss()

    def show_settings(self) -> None:
        """Open the settings."""
        self._open_page("settings")

    def show_models(self) -> None:
        """Open the models page."""
        self._open_page("models")

    def show_privacy(self) -> None:
        """Open the page on what is recorded about people."""
        self._open_page("privacy")

    def shows_list(self) -> bool:
        """Whether the list is on screen with its tickets: from here on the window can be used."""
        return self.sidebar.is_filled()

    def shows_ticket(self) -> bool:
        """Whether the first ticket is on screen, which comes after the list."""
        return self._case is not None and self._case.is_showing()

    def shows_all(self) -> bool:
        """Whether the list and its first ticket are on screen, where there is one."""
        return self.shows_ticket() or (self._case is not None and self.shows_list() and not self._wanted)

    def undo(self) -> None:
        """Take back the newest change of the desk; text being typed has its own undo."""
        self.hub.undo()

    def offer_crash_report(self) -> None:
        """Say that the last run ended badly, and where its report lies."""
        path = self.hub.services.data_dir / "logs" / "crash-last.log"
        self._toast(
            tr("The last run ended unexpectedly. Its report (no ticket text) is {path}").format(path=path), 0
        )

    def shut_down(self) -> None:
        """Keep everything, end worker and threads."""
        self.keep_typed()
        if self._popouts is not None:
            self._popouts.close_all()
        self._save_layout()
        self.hub.close()

    # -- inner parts

    def _open_page(self, name: str) -> None:
        from copilot.ui.pages import make_page

        self._show_page(name, partial(make_page, self, self._theme, name))

    def _show_page(self, name: str, make: Callable[[], QWidget]) -> QWidget:
        if name not in self._pages:
            self._pages[name] = page = make()
            self._stack.addWidget(page)
        page = self._pages[name]
        self._stack.setCurrentWidget(page)
        self._layout.make_room(page)
        page.setFocus(Qt.FocusReason.OtherFocusReason)
        return page

    def _show_clipping(self, clipping: Any) -> None:
        self.new_ticket()
        self._pages["new"].show_clipping(clipping)  # type: ignore[attr-defined]

    def show_imported(self, _count: int) -> None:
        """Show what was brought in."""
        self.show_desk()
        self.sidebar.set_view(View.ALL)

    def _activate_ticket(self, ticket: int) -> None:
        self.show_ticket(ticket)
        self._layout.show_ticket()
        if self._case:
            self._case.focus_composer()

    def _leave_ticket(self, ticket: int) -> None:
        """Go on to the next ticket, or the one before, where this one is selected."""
        if self._popouts is not None:
            self._popouts.close_ticket(ticket)
        for go in (self.sidebar.select_next, self.sidebar.select_previous):
            if self.sidebar.current_id() == ticket:
                go()

    def _on_list_clicked(self, index: QModelIndex) -> None:
        """In the narrow window one click is enough: list and ticket are never there together."""
        if QApplication.keyboardModifiers() == Qt.KeyboardModifier.NoModifier and index.isValid():
            self._layout.show_ticket()

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.undone_id and self._toasts:
            self._toasts.withdraw(changes.undone_id)
            if self._popouts is not None:
                self._popouts.withdraw_undo(changes.undone_id)

    def _toast(self, text: str, undo_id: int) -> None:
        host = (self._popouts.toasts() if self._popouts else None) or self._toasts
        if host is None:
            self._early_toasts.append((text, undo_id))
        elif undo_id:
            host.show(text, tr("Undo"), partial(self.hub.undo, undo_id), undo_id=undo_id)
        else:
            host.show(text)

    def _offer(self, text: str, label: str, run: Any) -> None:
        if self._toasts is not None:
            self._toasts.show(text, label, run, seconds=30)

    def all_actions(self) -> list[QAction]:
        """Return every action there is, for the palette and for tests."""
        found = [*self.sidebar.actions_for_palette(), *self._own_actions]
        if self._bulk is not None:
            found += self._bulk.actions_for_palette()
        if self._case and self._inspector:
            found = [*self._case.actions_for_palette(), *found, *self._inspector.actions_for_palette()]
        return found

    def cycle(self, step: int) -> None:
        """Go to the next pane, or the one before."""
        panes = [
            pane
            for pane in (self.sidebar, self.case, self.inspector)
            if pane.isVisible() and pane.width() > 0
        ]
        focus = QApplication.focusWidget()
        at = next(
            (i for i, pane in enumerate(panes) if focus and pane.isAncestorOf(focus)), -1 if step > 0 else 0
        )
        pane = panes[(at + step) % len(panes)] if panes else None
        if pane is self.sidebar:
            self.sidebar.focus_list()
        elif pane is self._case and self._case:
            self._case.focus_composer()
        elif pane is self._inspector and self._inspector:
            self._inspector.focus_first()

    def toggle_inspector(self) -> None:
        """Show or hide what the model sees."""
        if self._inspector:
            self._layout.set_inspector_visible(not self._inspector.isVisible())
            self._menus.compact.setChecked(self._layout.is_compact)

    def _show_inspector(self) -> None:
        self.show_desk()
        if self._inspector and not self._inspector.isVisible():
            self.toggle_inspector()

    def _layout_changed(self, *_: object) -> None:
        self._layout_timer.start()

    def _save_layout(self) -> None:
        layout = self._layout.stored()
        work = partial(self.hub.services.settings.set, "window", layout)
        self.hub.tasks.write(self, work, failed=_nothing)  # nobody asked for it, so nobody is told
        if self._palette_box and list(self._palette_box.recent()) != self.settings["recent_commands"]:
            self.settings["recent_commands"] = recent = list(self._palette_box.recent())
            self.hub.tasks.write(self, partial(self.hub.services.settings.set, "recent_commands", recent))

    # -- Qt

    def changeEvent(self, event: QEvent) -> None:
        """Tell the answers whether the window is active: seconds visible count only then."""
        if event.type() == QEvent.Type.ActivationChange and self._case:
            self._case.set_window_active(self.isActiveWindow())
        super().changeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep what was typed before the window goes; the others go with it."""
        if self._guard and not self._guard.may_close():
            self._is_leaving = False
            event.ignore()
            if not self.isVisible():
                self.come_forward()
            return
        self.keep_typed()
        self._save_layout()
        if not self._is_leaving and self.stays_hidden():
            event.ignore()
            self.is_hidden_away = True
            self.hide()
            self.hidden_away.emit()
            return
        self._is_leaving = True
        if self._popouts is not None:
            self._popouts.close_all()
        event.accept()
        self.left.emit()

    def resizeEvent(self, event: Any) -> None:
        """Remember the size."""
        super().resizeEvent(event)
        if hasattr(self, "_layout_timer"):
            self._layout_timer.start()

    def moveEvent(self, event: Any) -> None:
        """Remember the place."""
        super().moveEvent(event)
        if hasattr(self, "_layout_timer"):
            self._layout_timer.start()


def _nothing(_: Exception) -> None:
    """Say nothing."""


def _import_ticket_parts() -> None:
    """Import what the ticket's parts need; about half of all modules."""
    importlib.import_module("copilot.services.tickets")
    importlib.import_module("copilot.services.ask")
    importlib.import_module("copilot.ui.ask.inspector")
    importlib.import_module("copilot.ui.desk.answer_news")
    importlib.import_module("copilot.ui.desk.case_pane")
    importlib.import_module("copilot.ui.desk.ticket_trail")
    importlib.import_module("copilot.ui.shell.notifier")
    importlib.import_module("copilot.ui.desk.bulk_actions")
    importlib.import_module("copilot.ui.widgets.command_palette")


def _never() -> bool:
    return False
