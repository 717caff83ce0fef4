"""The menus of the main window and the commands in them."""

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from copilot.support.i18n import tr
from copilot.ui.theme.manager import Scheme, ThemeManager

if TYPE_CHECKING:
    from copilot.ui.main_window import MainWindow


class MainMenus:
    """Made with the window.

    Attributes:
        ticket: The menu that a ticket's own commands are added to.
        view: The menu of what is seen.
        own: The window's commands, in the order of the palette.
        compact: Checked while the window is narrow.
    """

    def __init__(self, window: "MainWindow", theme: ThemeManager, *, is_compact: bool) -> None:
        self._window = window
        self._theme = theme
        undo = self._action(tr("Undo the last change"), window.undo, "Ctrl+Alt+Z")
        clipping = self._action(tr("New ticket from clipboard"), window.new_from_clipboard, "Ctrl+Shift+N")
        next_pane = self._action(tr("Next pane"), partial(window.cycle, 1), "F6")
        previous_pane = self._action(tr("Previous pane"), partial(window.cycle, -1), "Shift+F6")
        inspector = self._action(tr("Show or hide what the model sees"), window.toggle_inspector, "Ctrl+I")
        export = self._action(tr("Export tickets…"), window.export_tickets)
        settings = self._action(tr("Settings"), window.show_settings, "Ctrl+,")
        models = self._action(tr("Models"), window.show_models)
        privacy = self._action(tr("Your data"), window.show_privacy)
        desk = self._action(tr("Back to the desk"), window.show_desk)
        leave = self._action(tr("Quit"), window.leave, "Ctrl+Q")
        # F9, beside F8: Ctrl+Shift+C copies in terminals and browsers, next to which this window stands.
        self.compact = self._action(tr("Compact window"), window.set_compact, "F9")
        self.compact.setCheckable(True)
        self.compact.setChecked(is_compact)
        out = self._action(
            tr("Open the ticket in a window of its own"), partial(window.pop_out_ticket, 0), "Ctrl+Shift+O"
        )
        answer_out = self._action(
            tr("Open the answer in a window of its own"), partial(window.pop_out_answer, "")
        )
        themes = [
            self._action(text, partial(self._set_theme, scheme))
            for text, scheme in (
                (tr("Theme: follow the system"), Scheme.SYSTEM),
                (tr("Theme: light"), Scheme.LIGHT),
                (tr("Theme: dark"), Scheme.DARK),
            )
        ]
        sizes = [
            self._action(tr("Larger text"), partial(self._change_text_size, 0.1), "Ctrl+=", "Ctrl++"),
            self._action(tr("Smaller text"), partial(self._change_text_size, -0.1), "Ctrl+-"),
            self._action(tr("Normal text size"), partial(self._change_text_size, 0.0), "Ctrl+0"),
        ]
        side = window.sidebar.actions_for_palette()
        self._menu(tr("&Desk"), *side, clipping, export, None, settings, models, privacy, None, leave)
        self.ticket = self._menu(tr("&Ticket"), None, out, answer_out, None, undo)
        self.view = self._menu(
            tr("&View"), next_pane, previous_pane, inspector, self.compact, None, *themes, None, *sizes
        )
        self.own = [
            *(undo, out, answer_out, clipping, self.compact, next_pane, previous_pane, inspector),
            *(export, settings, models, privacy, desk, *themes, *sizes, leave),
        ]
        window.addAction(desk)

    def _action(self, text: str, run: Any, *keys: str) -> QAction:
        made = QAction(text, self._window)
        made.setShortcuts([QKeySequence(key) for key in keys])
        made.triggered.connect(run)
        return made

    def _menu(self, title: str, *entries: QAction | None) -> QMenu:
        made: QMenu = self._window.menuBar().addMenu(title)
        for entry in entries:
            if entry is None:
                made.addSeparator()
            else:
                made.addAction(entry)
        return made

    def _set_theme(self, scheme: Scheme) -> None:
        self._theme.set_scheme(scheme)
        self._store("theme", scheme.value)

    def _change_text_size(self, step: float) -> None:
        size = min(2.0, max(1.0, round(self._theme.text_factor + step, 2))) if step else 1.0
        self._theme.set_text_factor(size)
        self._store("text_size", size)

    def _store(self, name: str, value: object) -> None:
        hub = self._window.hub
        hub.tasks.write(self._window, partial(hub.services.settings.set, name, value))
