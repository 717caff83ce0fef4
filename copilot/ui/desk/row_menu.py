"""What a right click on a ticket of the list offers."""

from functools import partial

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction, QActionGroup, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from copilot.domain.ticket import ChangeSet, Priority, Status, TicketRow
from copilot.services.tickets import TicketService
from copilot.support.i18n import tr
from copilot.ui.bridge.hub import Hub
from copilot.ui.widgets.marks import status_text


class RowMenu(QMenu):
    """Open, assign, copy, set priority and status.

    Signals:
        open_requested(int): Work on this ticket.
    """

    open_requested = Signal(int)

    def __init__(self, hub: Hub, row: TicketRow, parent: QWidget) -> None:
        super().__init__(parent)
        self._hub = hub
        self._row = row
        self.aboutToHide.connect(self.deleteLater)
        self.addAction(tr("Open")).triggered.connect(self._open)
        self.addAction(tr("Open in a window of its own")).triggered.connect(self._open_window)
        self.addAction(tr("Assign to me")).triggered.connect(self._assign_to_me)
        pin = tr("Unpin") if row.is_pinned else tr("Pin")
        self.addAction(pin).triggered.connect(self._pin)
        if row.answer_state in ("streaming", "waiting") and hub.services.ask.live_answers(row.id):
            self.addAction(tr("Stop the answer")).triggered.connect(self._stop)
        self.addSeparator()
        priorities = [(priority.value, priority.value) for priority in Priority]
        self._add_choices(tr("Priority"), "priority", priorities, row.priority)
        # A ticket is merged into another one, which this menu cannot ask for.
        statuses = [(status.value, status_text(status)) for status in Status if status is not Status.MERGED]
        self._add_choices(tr("Status"), "status", statuses, row.status)
        self.addSeparator()
        self.addAction(tr("Copy number")).triggered.connect(self._copy_number)
        self.addAction(tr("Copy title")).triggered.connect(self._copy_title)
        self.addSeparator()
        self.addAction(tr("Delete…")).triggered.connect(self._delete)

    def _add_choices(self, title: str, field: str, choices: list[tuple[str, str]], now: str) -> None:
        menu = self.addMenu(title)
        group = QActionGroup(menu)
        for value, text in choices:
            action = QAction(text, group)
            action.setCheckable(True)
            action.setChecked(value == now)
            action.setData((field, value))
            menu.addAction(action)
        group.triggered.connect(self._on_choice)

    def _on_choice(self, action: QAction) -> None:
        field, value = action.data()
        tickets = self._hub.services.tickets
        self._hub.change(self._hub, partial(tickets.change, self._row.id, field, value))

    def _assign_to_me(self) -> None:
        work = partial(_assign_to_me, self._hub.services.tickets, self._row.id)
        self._hub.change(self._hub, work)  # the menu is gone before the write has ended

    def _pin(self) -> None:
        work = partial(self._hub.services.marks.set_pinned, self._row.id, not self._row.is_pinned)
        self._hub.change(self._hub, work)

    def _stop(self) -> None:
        self._hub.tasks.write(self._hub, partial(self._hub.services.ask.stop_ticket, self._row.id))

    def _open(self) -> None:
        self.open_requested.emit(self._row.id)

    def _open_window(self) -> None:
        self._hub.ticket_window_requested.emit(self._row.id)

    def _copy_number(self) -> None:
        QGuiApplication.clipboard().setText(self._row.number)

    def _copy_title(self) -> None:
        QGuiApplication.clipboard().setText(self._row.title)

    def _delete(self) -> None:
        self._hub.ticket_requested.emit(self._row.id)  # one sees what goes
        self._hub.delete_requested.emit(self._row.id)


def open_row_menu(hub: Hub, row: TicketRow, parent: QWidget, at: QPoint) -> RowMenu:
    """Show the menu at the screen's point `at`; it deletes itself when it closes."""
    menu = RowMenu(hub, row, parent)
    menu.popup(at)
    return menu


def _assign_to_me(service: TicketService, ticket: int) -> ChangeSet:
    return service.change(ticket, "assignee", service.known_names()[0])
