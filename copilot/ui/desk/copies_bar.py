"""Copies of the desk that still hold what was deleted: what is to become of them."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from copilot.services.footprint import Place
from copilot.support.i18n import tr, tr_n
from copilot.ui.bridge.hub import Hub
from copilot.ui.format import absolute_date
from copilot.ui.settings.column_page import label, wrapping_line_of
from copilot.ui.settings.message_line import MessageLine
from copilot.ui.widgets.first_focus import begin_at

_NAMED = 4  # copies by name; of the others it is said how many there are
Work = Callable[[Place], Sequence[str]]


class CopiesBar(QWidget):
    """Names the copies by name and date; takes what was deleted out of them, or deletes them, one by one.

    Signals:
        closed: Everything is said and done.
    """

    closed = Signal()

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self._hub = hub
        self._copies: list[Place] = []
        self._total = 0
        self._done = 0
        self._clean: Work | None = None
        self._words: QLabel = label(wraps=True)
        self.clean_button = QPushButton()
        self.clean_button.setToolTip(tr("Rewrites each copy without it; they stay whole backups otherwise"))
        self.clean_button.clicked.connect(self._on_clean)
        self.delete_button = QPushButton()
        self.delete_button.setProperty("kind", "danger")
        self.delete_button.clicked.connect(self._on_delete)
        self.leave_button = QPushButton(tr("Leave it there"))
        self.leave_button.setProperty("kind", "quiet")
        self.leave_button.clicked.connect(self._close)
        self._buttons = wrapping_line_of(self.clean_button, self.delete_button, self.leave_button)
        self.message = MessageLine()
        self.message.cancelled.connect(self._on_cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._words)
        column.addWidget(self._buttons)
        column.addWidget(self.message)
        begin_at(self, self.clean_button)
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._words.text()

    def offer(self, copies: Sequence[Place], clean: Work) -> None:
        """Ask what is to become of the copies; `clean` takes out of one what was deleted, off this thread."""
        self._copies, self._clean = list(copies), clean
        self._words.setText(_named(copies))
        n = len(copies)
        self.clean_button.setText(tr_n("Take it out of the backup", "Take it out of the {n} backups", n))
        self.delete_button.setText(tr_n("Delete the backup", "Delete the {n} backups", n))
        self._words.show()
        self._buttons.show()
        self.message.clear()
        self.setVisible(bool(copies))

    def _on_clean(self) -> None:
        if self._clean:
            self._begin(self._clean, tr("Taking it out of backup {n} of {total}…"))

    def _on_delete(self) -> None:
        self._begin(self._delete, tr("Deleting backup {n} of {total}…"))

    def _delete(self, place: Place) -> Sequence[str]:
        return self._hub.services.removal.delete_copies([place.path])

    def _begin(self, work: Work, words: str) -> None:
        self._total, self._done = len(self._copies), 0
        self._buttons.hide()
        self._next(work, words, ())

    def _next(self, work: Work, words: str, problems: Sequence[str], more: Sequence[str] = ()) -> None:
        problems = (*problems, *more)
        if not self._copies:
            self._words.hide()
            if problems:
                self.message.show_problem("\n".join(problems))
            else:
                self.message.show_note(
                    tr_n(
                        "{n} backup does not hold it any more.",
                        "{n} backups do not hold it any more.",
                        self._total,
                    )
                )
            self._buttons.hide()
            self.closed.emit()
            return
        place = self._copies.pop(0)
        self._done += 1
        text = words.format(n=self._done, total=self._total)
        self.message.show_progress(text, (self._done - 1) / self._total)
        self._hub.tasks.errand(self, partial(work, place), partial(self._next, work, words, problems))

    def _on_cancel(self) -> None:
        """Stop after the copy that is being written."""
        left, self._copies = len(self._copies), []
        self._total -= left

    def _close(self) -> None:
        self.hide()
        self.closed.emit()


def _named(copies: Sequence[Place]) -> str:
    names = ", ".join(f"{p.path.name} ({absolute_date(p.at)})" for p in copies[:_NAMED])
    if len(copies) > _NAMED:
        more = len(copies) - _NAMED
        names = tr("{names} and {more}").format(names=names, more=tr_n("{n} more", "{n} more", more))
    return tr(
        "It still stands in backups of the desk: {names}. "
        "Exports and copies that you put elsewhere are not known to the program."
    ).format(names=names)
