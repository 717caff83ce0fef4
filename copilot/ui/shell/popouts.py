"""Tickets and answers in windows of their own. A ticket is open in one place only: what is typed has one owner."""

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QWidget

from copilot.support.i18n import tr
from copilot.ui.shell.answer_window import AnswerWindow
from copilot.ui.shell.away import AwayNotice
from copilot.ui.shell.notifier import bring_to_front
from copilot.ui.shell.placing import Place, Places, current_screens, place_of, put
from copilot.ui.shell.ticket_window import TicketWindow
from copilot.ui.widgets.toast import ToastHost

if TYPE_CHECKING:
    from copilot.ui.main_window import MainWindow

_STEP = 32  # pixels from one window to the next of its kind
_SIZES = {"ticket": (720, 760), "answer": (520, 560)}


class PopOuts(QObject):
    """All windows beside the main one."""

    def __init__(self, window: "MainWindow", stored: Any) -> None:
        super().__init__(window)
        self._window = window
        self._hub = window.hub
        self._tickets: dict[int, TicketWindow | None] = {}  # None while what was typed is being stored
        self._answers: dict[str, AnswerWindow] = {}
        self._notice = AwayNotice(window)
        self._notice.hide()
        self._notice.back_requested.connect(self.bring_back)
        self._notice.go_requested.connect(self.go_to)
        self._hub.desk_replacing.connect(self._on_replacing)
        known = stored if isinstance(stored, dict) else {}
        self._places = {kind: Places(known.get(kind)) for kind in _SIZES}

    def holds(self, ticket: int) -> bool:
        """Tell whether a ticket is open in a window of its own."""
        return ticket in self._tickets

    def stand_in(self, ticket: int) -> None:
        """Say in the main window that the ticket is open elsewhere; nothing of it is held there any more."""
        self._notice.show_ticket(ticket)
        self._window.case.stand_aside(self._notice)

    def open_ticket(self, ticket: int) -> None:
        """Give a ticket a window."""
        if ticket in self._tickets:
            self.go_to(ticket)
            return
        if self._window.case.composer.is_sending(ticket):
            self._hub.toast_requested.emit(tr("A question is being sent; try again in a moment."), 0)
            return
        self._tickets[ticket] = None
        if ticket == self._window.ticket:
            self.stand_in(ticket)
        # Behind the drafts on the writer's thread: what the new window reads is what was typed.
        self._hub.tasks.write(self, _nothing, partial(self._open, ticket))

    def open_answer(self, uid: str) -> None:
        """Give an answer a window."""
        window = self._answers.get(uid)
        if window is None:
            self._answers[uid] = window = AnswerWindow(self._hub, uid)
            window.closed.connect(self._on_answer_closed)
            window.evidence_requested.connect(self._show_evidence)
            self._place(window, "answer", len(self._answers) - 1)
            window.show()
        bring_to_front(window)

    def go_to(self, ticket: int) -> None:
        """Bring a ticket's window to the front."""
        window = self._tickets.get(ticket)
        if window is not None:
            bring_to_front(window)

    def bring_back(self, ticket: int) -> None:
        """Close a ticket's window; the main window shows the ticket."""
        self.close_ticket(ticket)
        self._window.come_forward()
        self._window.open_ticket(ticket)

    def close_ticket(self, ticket: int) -> None:
        """Close a ticket's window, if it has one."""
        window = self._tickets.get(ticket)
        if window is not None:
            window.close()

    def reveal_answer(self, ticket: int) -> None:
        """Bring the newest answer of a ticket before the eyes, in its window."""
        window = self._tickets.get(ticket)
        if window is not None:
            bring_to_front(window)
            window.case.reveal_answer()

    def windows(self) -> list[QWidget]:
        """Return every window there is."""
        return [*(window for window in self._tickets.values() if window), *self._answers.values()]

    def toasts(self) -> ToastHost | None:
        """Return where a note is seen: in the ticket's window that is used right now."""
        return next((w.toasts for w in self._tickets.values() if w and w.isActiveWindow()), None)

    def flush(self) -> None:
        """Store what is typed."""
        for window in self._tickets.values():
            if window is not None:
                window.case.flush()

    def forget(self) -> None:
        """Close every window and store nothing: what they show belongs to a desk that was replaced."""
        for window in self._tickets.values():
            if window is not None:
                window.case.forget()
        self.close_all()
        self._tickets.clear()

    def close_all(self) -> None:
        """Close every window, at the end of the program."""
        for window in list(self._tickets.values()):
            if window is not None:
                window.close_now()
        for answer in list(self._answers.values()):
            answer.close()

    def withdraw_undo(self, undo_id: int) -> None:
        """Take away the offers to undo what was undone."""
        for window in self._tickets.values():
            if window is not None:
                window.toasts.withdraw(undo_id)

    # -- inner parts

    def _open(self, ticket: int, _: None) -> None:
        window = TicketWindow(self._hub, ticket)
        self._tickets[ticket] = window
        window.closed.connect(self._on_ticket_closed)
        window.back_requested.connect(self.bring_back)
        window.delete_requested.connect(self._window.come_forward)  # where it is asked about
        window.case.models_requested.connect(self._show_models)
        window.case.print_requested.connect(self._print)
        self._place(window, "ticket", sum(each is not None for each in self._tickets.values()) - 1)
        window.show()
        bring_to_front(window)

    def _on_ticket_closed(self, ticket: int) -> None:
        window = self._tickets.get(ticket)
        if window is None:
            return
        self._keep_place(window, "ticket")
        self._tickets[ticket] = None
        self._hub.tasks.write(self, _nothing, partial(self._return, ticket))

    def _return(self, ticket: int, _: None) -> None:
        self._tickets.pop(ticket, None)
        if ticket == self._window.ticket:
            self._window.case.show_ticket(ticket)

    def _on_replacing(self, begins: bool) -> None:
        for window in self.windows():
            window.setEnabled(not begins)

    def _show_models(self) -> None:
        self._window.come_forward()
        self._window.show_models()

    def _print(self, ticket: int) -> None:
        self._window.come_forward()
        self._window.print_ticket(ticket)

    def _show_evidence(self, ticket: int, label: str) -> None:
        window = self._tickets.get(ticket)
        if window is not None:
            bring_to_front(window)
            window.case.show_evidence(label)
            return
        is_shown = ticket == self._window.ticket
        self._window.come_forward()
        self._window.open_ticket(ticket)
        if is_shown:
            self._window.case.show_evidence(label)

    def _on_answer_closed(self, uid: str) -> None:
        window = self._answers.pop(uid, None)
        if window is not None:
            self._keep_place(window, "answer")

    def _place(self, window: QWidget, kind: str, before: int) -> None:
        place = self._places[kind].find(current_screens())
        if place is None:
            window.resize(*_SIZES[kind])
        elif before:
            put(window, place._replace(rect=place.rect.translated(QPoint(_STEP, _STEP) * before)))
        else:
            put(window, place)

    def _keep_place(self, window: QWidget, kind: str) -> None:
        before: Place | None = self._places[kind].find(current_screens())
        self._places[kind].keep(place_of(window, before), current_screens())
        stored = {name: places.stored() for name, places in self._places.items()}
        self._hub.tasks.write(self, partial(self._hub.services.settings.set, "popouts", stored))


def _nothing() -> None:
    """Stand in a queue."""
