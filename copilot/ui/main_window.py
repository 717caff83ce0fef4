"""The window: sidebar, ticket, inspector; pages for settings and models beside them."""

import base64
import importlib
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu, QStackedWidget, QWidget

from copilot.domain.query import View
from copilot.support.i18n import tr
from copilot.ui.bridge.hub import Hub
from copilot.ui.desk.sidebar import Sidebar
from copilot.ui.theme.manager import Scheme, ThemeManager
from copilot.ui.widgets.splitter import Splitter

if TYPE_CHECKING:
    from copilot.ui.ask.inspector import Inspector
    from copilot.ui.desk.bulk_actions import BulkActions
    from copilot.ui.desk.case_pane import CasePane
    from copilot.ui.desk.desk_guard import DeskGuard
    from copilot.ui.widgets.command_palette import CommandPalette
    from copilot.ui.widgets.toast import ToastHost

SAVE_LAYOUT_MS = 500


class MainWindow(QMainWindow):
    """One desk on screen.

    The list comes first: the ticket's parts are imported on another thread while it is already in use, and put in
    place a moment later.

    Signals:
        completed: The ticket's parts are there.
    """

    completed = Signal()

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
        self._wanted = 0  # the ticket to show once the ticket's parts are there
        self._early_toasts: list[tuple[str, int]] = []
        self._settings = settings
        self._own_actions: list[QAction] = []
        self._guard: DeskGuard | None = None
        hub.restored = settings["restored"]
        hub.setParent(self)
        self.setWindowTitle("Technician Copilot")
        self.setMinimumSize(880, 560)
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
        self._make_actions()

        self._layout_timer = QTimer(self, singleShot=True, interval=SAVE_LAYOUT_MS)
        self._layout_timer.timeout.connect(self._save_layout)
        self._restore_layout(settings["window"])
        self._panes.splitterMoved.connect(self._layout_changed)
        self.sidebar.ticket_selected.connect(self.show_ticket)
        self.sidebar.ticket_activated.connect(self._activate_ticket)
        self.sidebar.new_ticket_requested.connect(self.new_ticket)
        self.sidebar.import_requested.connect(self.import_tickets)
        hub.ticket_requested.connect(self.sidebar.select)
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

        sizes = self._panes.sizes()
        self._case = case = CasePane(self.hub)
        self._inspector = inspector = Inspector(self.hub)
        for index, pane in ((1, case), (2, inspector)):
            old = self._panes.replaceWidget(index, pane)
            if old is not None:
                old.deleteLater()
        self._toasts = ToastHost(self)
        self._bulk = BulkActions(self.hub, self.sidebar, self._show_page, self.show_desk)
        case.header.tags_and_links.link_requested.connect(self._bulk.link)
        FolderWatcher(self.hub, self._settings["watched_folder"], self)
        self._palette_box = CommandPalette(self)
        self._view_menu.insertAction(self._view_menu.actions()[0], self._palette_box.open_action)
        self._palette_box.set_recent(self._settings["recent_commands"])
        layout = self._settings["window"]
        inspector.setVisible(bool(layout.get("inspector", True)))
        if not self._panes.restoreState(_from_text(layout.get("panes", ""))):
            self._panes.setSizes(sizes)
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
            self._ticket_menu.insertAction(self._ticket_menu.actions()[0], action)
        self._add_ways(case)
        self._ticket_menu.addActions(self._bulk.actions_for_palette())
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

        self._trail = TicketTrail(self.hub, self, self.sidebar.tickets, self.sidebar.select)
        self._news = AnswerNews(self.hub, self.sidebar)
        self.sidebar.foot.addStretch(1)
        self.sidebar.foot.addWidget(self._news)
        delivery = SystemDelivery(self)
        self.notifier = Notifier(self.hub, delivery, parent=self)
        delivery.clicked.connect(self.notifier.open)
        self._news.ticket_requested.connect(self.show_answer)
        self.notifier.ticket_requested.connect(self.show_answer)
        ways = [*self._trail.actions_for_palette(), self._news.next_action]
        first = self._view_menu.actions()[0]
        self._view_menu.insertActions(first, ways)
        self._view_menu.insertSeparator(first)
        self._own_actions = [*ways, *self._own_actions]
        if self._palette_box:
            self._palette_box.set_actions(self.all_actions())

    # -- what can be done

    def show_answer(self, ticket: int) -> None:
        """Bring the newest answer of a ticket before the eyes, from wherever one is."""
        from copilot.ui.shell.notifier import bring_to_front

        if not self.isActiveWindow():
            bring_to_front(self)
        self.sidebar.select(ticket)
        self.case.reveal_answer()

    def show_ticket(self, ticket: int) -> None:
        """Show a ticket in the middle and what the model sees of it at the right."""
        self._wanted = ticket
        self.show_desk()
        if self._case and self._inspector:
            self._case.show_ticket(ticket)
            self._inspector.show_ticket(ticket)
            self._trail.visited(ticket)
            self._news.set_current(ticket)

    def show_desk(self) -> None:
        """Go back from a page to the desk."""
        if self._stack.currentWidget() is not self._panes:
            self._stack.setCurrentWidget(self._panes)
            self.sidebar.focus_list()

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

    def import_tickets(self) -> None:
        """Open the page that imports tickets from a file."""
        self._open_page("import")

    def export_tickets(self) -> None:
        """Open the page that writes tickets into a file."""
        self._open_page("export")

    def keep_typed(self) -> None:
        """Store what is typed anywhere, without waiting."""
        if self._case:
            self._case.flush()
        new = self._pages.get("new")
        if new is not None:
            new.flush()  # type: ignore[attr-defined]

    def forget_tickets(self) -> None:
        """Let go of every ticket and every change that could be undone: the desk was replaced."""
        self._wanted = 0
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
        if self._case:
            self._case.flush()
        self._save_layout()
        self.hub.close()

    # -- inner parts

    def _open_page(self, name: str) -> None:
        self._show_page(name, partial(self._make_page, name))

    def _show_page(self, name: str, make: Callable[[], QWidget]) -> QWidget:
        if name not in self._pages:
            self._pages[name] = page = make()
            self._stack.addWidget(page)
        page = self._pages[name]
        self._stack.setCurrentWidget(page)
        page.setFocus(Qt.FocusReason.OtherFocusReason)
        return page

    def _show_clipping(self, clipping: Any) -> None:
        self.new_ticket()
        self._pages["new"].show_clipping(clipping)  # type: ignore[attr-defined]

    def _make_page(self, name: str) -> QWidget:
        """Pages are imported when first opened: start-up pays for the desk alone."""
        if name == "new":
            from copilot.ui.desk.new_ticket import NewTicketPanel

            new = NewTicketPanel(self.hub)
            new.created.connect(self._on_created)
            new.closed.connect(self.show_desk)
            return new
        if name == "import":
            from copilot.ui.desk.import_panel import ImportPanel

            imports = ImportPanel(self.hub)
            imports.imported.connect(self._on_imported)
            imports.closed.connect(self.show_desk)
            return imports
        if name == "print":
            from copilot.ui.desk.print_page import PrintPage

            paper = PrintPage(self.hub)
            paper.closed.connect(self.show_desk)
            return paper
        if name == "export":
            from copilot.ui.desk.export_panel import ExportPanel

            exports = ExportPanel(self.hub, self.sidebar.listing)
            exports.closed.connect(self.show_desk)
            return exports
        if name == "settings":
            from copilot.ui.settings.settings_page import SettingsPage

            page = SettingsPage(self.hub, self._theme)
            page.models_requested.connect(self.show_models)
            page.privacy_requested.connect(self.show_privacy)
            page.closed.connect(self.show_desk)
            return page
        if name == "privacy":
            from copilot.ui.settings.privacy_page import PrivacyPage

            privacy = PrivacyPage(self.hub)
            privacy.closed.connect(self.show_desk)
            return privacy
        from copilot.ui.settings.models_page import ModelsPage

        models = ModelsPage(self.hub)
        models.closed.connect(self.show_desk)
        return models

    def _on_created(self, ticket: int) -> None:
        self.show_desk()
        self.sidebar.select(ticket)

    def _on_imported(self, _count: int) -> None:
        self.show_desk()
        self.sidebar.set_view(View.ALL)

    def _activate_ticket(self, ticket: int) -> None:
        self.show_ticket(ticket)
        if self._case:
            self._case.focus_composer()

    def _leave_ticket(self, ticket: int) -> None:
        """Go on to the next ticket, or the one before, where this one is selected."""
        for go in (self.sidebar.select_next, self.sidebar.select_previous):
            if self.sidebar.current_id() == ticket:
                go()

    def _toast(self, text: str, undo_id: int) -> None:
        if self._toasts is None:
            self._early_toasts.append((text, undo_id))
        elif undo_id:
            self._toasts.show(text, tr("Undo"), partial(self.hub.undo, undo_id))
        else:
            self._toasts.show(text)

    def _offer(self, text: str, label: str, run: Any) -> None:
        if self._toasts is not None:
            self._toasts.show(text, label, run, seconds=30)

    def _make_actions(self) -> None:
        def action(text: str, run: Any, *keys: str) -> QAction:
            made = QAction(text, self)
            made.setShortcuts([QKeySequence(key) for key in keys])
            made.triggered.connect(run)
            return made

        undo = action(tr("Undo the last change"), self.undo, "Ctrl+Alt+Z")
        clipping = action(tr("New ticket from clipboard"), self.new_from_clipboard, "Ctrl+Shift+N")
        next_pane = action(tr("Next pane"), partial(self._cycle, 1), "F6")
        previous_pane = action(tr("Previous pane"), partial(self._cycle, -1), "Shift+F6")
        inspector = action(tr("Show or hide what the model sees"), self._toggle_inspector, "Ctrl+I")
        export = action(tr("Export tickets…"), self.export_tickets)
        settings = action(tr("Settings"), self.show_settings, "Ctrl+,")
        models = action(tr("Models"), self.show_models)
        privacy = action(tr("Your data"), self.show_privacy)
        desk = action(tr("Back to the desk"), self.show_desk)
        leave = action(tr("Quit"), self.close, "Ctrl+Q")
        system = action(tr("Theme: follow the system"), partial(self._set_theme, "system"))
        light = action(tr("Theme: light"), partial(self._set_theme, "light"))
        dark = action(tr("Theme: dark"), partial(self._set_theme, "dark"))
        bigger = action(tr("Larger text"), partial(self._change_text_size, 0.1), "Ctrl+=", "Ctrl++")
        smaller = action(tr("Smaller text"), partial(self._change_text_size, -0.1), "Ctrl+-")
        normal = action(tr("Normal text size"), partial(self._change_text_size, 0.0), "Ctrl+0")

        def menu(title: str, *entries: QAction | None) -> QMenu:
            made: QMenu = self.menuBar().addMenu(title)
            for entry in entries:
                if entry is None:
                    made.addSeparator()
                else:
                    made.addAction(entry)
            return made

        side = self.sidebar.actions_for_palette()
        menu(tr("&Desk"), *side, clipping, export, None, settings, models, privacy, None, leave)
        self._ticket_menu = menu(tr("&Ticket"), None, undo)
        self._view_menu = menu(
            tr("&View"),
            next_pane,
            previous_pane,
            inspector,
            None,
            system,
            light,
            dark,
            None,
            bigger,
            smaller,
            normal,
        )
        self._own_actions = [
            undo, clipping, next_pane, previous_pane, inspector, export, settings, models, privacy, desk,
            system, light, dark, bigger, smaller, normal, leave,
        ]  # fmt: skip
        self.addAction(desk)

    def all_actions(self) -> list[QAction]:
        """Return every action there is, for the palette and for tests."""
        found = [*self.sidebar.actions_for_palette(), *self._own_actions]
        if self._bulk is not None:
            found += self._bulk.actions_for_palette()
        if self._case and self._inspector:
            found = [*self._case.actions_for_palette(), *found, *self._inspector.actions_for_palette()]
        return found

    def _cycle(self, step: int) -> None:
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

    def _toggle_inspector(self) -> None:
        if self._inspector:
            self._inspector.setVisible(not self._inspector.isVisible())
            self._layout_changed()

    def _set_theme(self, mode: str) -> None:
        self._theme.set_scheme(Scheme(mode))
        self.hub.tasks.write(self, partial(self.hub.services.settings.set, "theme", mode))

    def _change_text_size(self, step: float) -> None:
        size = min(2.0, max(1.0, round(self._theme.text_factor + step, 2))) if step else 1.0
        self._theme.set_text_factor(size)
        self.hub.tasks.write(self, partial(self.hub.services.settings.set, "text_size", size))

    def _layout_changed(self, *_: object) -> None:
        self._layout_timer.start()

    def _save_layout(self) -> None:
        layout = {
            "geometry": _to_text(self.saveGeometry()),
            "panes": _to_text(self._panes.saveState()),
            "inspector": self._inspector is None or not self._inspector.isHidden(),
        }
        work = partial(self.hub.services.settings.set, "window", layout)
        self.hub.tasks.write(self, work, failed=_nothing)  # nobody asked for it, so nobody is told
        if self._palette_box and list(self._palette_box.recent()) != self._settings["recent_commands"]:
            self._settings["recent_commands"] = recent = list(self._palette_box.recent())
            self.hub.tasks.write(self, partial(self.hub.services.settings.set, "recent_commands", recent))

    def _restore_layout(self, layout: dict[str, Any]) -> None:
        if not layout:
            return
        self.restoreGeometry(_from_text(layout.get("geometry", "")))
        self._panes.restoreState(_from_text(layout.get("panes", "")))
        if not any(
            screen.availableGeometry().intersects(self.geometry()) for screen in QApplication.screens()
        ):
            self.resize(1280, 800)
            self.move(QApplication.primaryScreen().availableGeometry().topLeft())

    # -- Qt

    def changeEvent(self, event: QEvent) -> None:
        """Tell the answers whether the window is active: seconds visible count only then."""
        if event.type() == QEvent.Type.ActivationChange and self._case:
            self._case.set_window_active(self.isActiveWindow())
        super().changeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep what was typed before the window goes."""
        if self._guard and not self._guard.may_close():
            event.ignore()
            return
        self.keep_typed()
        self._save_layout()
        event.accept()

    def resizeEvent(self, event: Any) -> None:
        """Remember the size."""
        super().resizeEvent(event)
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


def _to_text(data: QByteArray) -> str:
    return base64.b64encode(bytes(data.data())).decode("ascii")


def _from_text(text: str) -> QByteArray:
    return QByteArray(base64.b64decode(text.encode("ascii")))
