"""What the main window does about a desk that cannot be written, or that another one takes the place of."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QStatusBar

from copilot.domain.listing import ChangeSet
from copilot.domain.query import View
from copilot.services.bundle import Services
from copilot.support.errors import KnownError
from copilot.support.i18n import tr
from copilot.ui.bridge.hub import Hub
from copilot.ui.widgets.banner import Banner

if TYPE_CHECKING:
    from copilot.ui.main_window import MainWindow


class DeskGuard(QObject):
    """Shows the banner while drafts cannot be stored, and leads the window from one desk to the next."""

    def __init__(self, hub: Hub, window: "MainWindow") -> None:
        super().__init__(window)
        self._hub = hub
        self._window = window
        self._banner: Banner | None = None
        self._was_warned = False
        hub.drafts.trouble_changed.connect(self._on_trouble)
        hub.desk_replacing.connect(self._on_replacing)
        hub.desk_replaced.connect(self._on_replaced)

    @property
    def banner(self) -> Banner | None:
        """The banner; there once it was needed."""
        return self._banner

    def may_close(self) -> bool:
        """Tell whether the window may close; the first time that typed text would be lost it says so instead."""
        if not self._hub.drafts.why or self._was_warned:
            return True
        self._was_warned = True
        self._on_trouble()
        return False

    def _on_trouble(self) -> None:
        why = self._hub.drafts.why
        if self._banner is None:
            self._banner = Banner(tr("Try now"))
            self._banner.acted.connect(self._hub.drafts.retry)
            bar = QStatusBar(self._window)
            bar.setSizeGripEnabled(False)
            bar.setContentsMargins(0, 0, 0, 0)
            bar.addWidget(self._banner, 1)
            self._window.setStatusBar(bar)
        self._was_warned = self._was_warned and bool(why)
        if self._was_warned:
            words = tr("Not stored yet. {why} Closing now loses it; close once more to do so.")
        else:
            words = tr("Not stored yet. {why} What you typed stays in its box and is tried again by itself.")
        self._banner.say(words.format(why=why) if why else "")
        self._window.statusBar().setVisible(bool(why))

    def _on_replacing(self, begins: bool) -> None:
        if begins:
            self._window.keep_typed()
        self._window.setEnabled(not begins)

    def _on_replaced(self) -> None:
        number = self._window.case.number  # ids mean nothing on another desk
        self._window.forget_tickets()
        self._hub.tasks.read(self, partial(_id_of, self._hub.services, number), self._on_found)

    def _on_found(self, ticket: int) -> None:
        if ticket:
            self._window.sidebar.select(ticket)
        self._hub.changed.emit(ChangeSet(list_changed=True))
        self._window.sidebar.focus_list()


def _id_of(services: Services, number: str) -> int:
    """Return the ticket that has the number here, else the first one that a list shows; 0 where there is none."""
    try:
        if number:
            return services.tickets.resolve_id(number)
    except KnownError:
        pass
    return next((ids[0] for view in (View.MY_QUEUE, View.ALL) if (ids := services.tickets.search(view))), 0)
