"""Everything about one person: show it, export it, delete it."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QPushButton, QWidget

from copilot.services.footprint import Place
from copilot.services.privacy import Count, Deletion, Person
from copilot.support.errors import KnownError
from copilot.support.i18n import tr, tr_n
from copilot.support.text import one_line
from copilot.ui.bridge.hub import Hub
from copilot.ui.desk.copies_bar import CopiesBar
from copilot.ui.format import number
from copilot.ui.settings.column_page import Section, label, wrapping_line_of
from copilot.ui.settings.message_line import MessageLine

T = TypeVar("T")


class PersonSection(Section):
    """A name or address, left empty for oneself, and what can be done."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(tr("One person"))
        self._hub = hub
        self._person: Person | None = None  # whose deletion is being asked about
        self.field = QLineEdit()
        self.field.setMaxLength(200)
        self.field.setPlaceholderText(tr("You"))
        self.field.textChanged.connect(self._on_typed)
        self.field.returnPressed.connect(self.show_records)
        self.add_line(
            tr("Name or e-mail"),
            self.field,
            tr(
                "A requester, a colleague, anybody; left empty, it is you. Names are found as they are written."
            ),
        )
        self.show_button, self.export_button, self.delete_button = QPushButton(), QPushButton(), QPushButton()
        self.show_button.clicked.connect(self.show_records)
        self.export_button.clicked.connect(self.choose_file)
        self.delete_button.clicked.connect(self.count)
        self._buttons = wrapping_line_of(self.show_button, self.export_button, self.delete_button)
        self.add_wide(self._buttons)
        self.add_gap()
        self.message = MessageLine(can_cancel=False)
        self.add_wide(self.message)
        self.result: QLabel = label(wraps=True)
        self.result.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.result.hide()
        self.add_wide(self.result)
        self.sure_button = QPushButton(tr("Delete for good"))
        self.sure_button.setProperty("kind", "danger")
        self.sure_button.clicked.connect(self.delete)
        self.keep_button = QPushButton(tr("Keep"))
        self.keep_button.clicked.connect(self._withdraw)
        self._question: QWidget = wrapping_line_of(self.sure_button, self.keep_button)
        self._question.hide()
        self.add_wide(self._question)
        self.copies = CopiesBar(hub)
        self.add_wide(self.copies)
        self._on_typed("")

    def show_records(self) -> None:
        """Say what is recorded about the person."""
        self._begin(tr("Looking…"))
        self._run(partial(_summary, self._hub, self._typed()), self._on_summary)

    def choose_file(self) -> None:
        """Ask where to write everything about the person."""
        dialog = QFileDialog(self, tr("Export everything about one person"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.setNameFilter(tr("JSON (*.json)"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._on_file)
        dialog.open()

    def export_to(self, file: Path) -> None:
        """Write everything about the person into a file."""
        self._begin(tr("Writing…"))
        self._run(partial(_export, self._hub, self._typed(), file), partial(self._on_exported, file))

    def count(self) -> None:
        """Count what deleting the person changes, then ask."""
        self._begin(tr("Counting…"))
        self._run(partial(_preview, self._hub, self._typed()), self._on_preview)

    def delete(self) -> None:
        """Do what was asked about."""
        person, self._person = self._person, None
        if person is None:
            return
        self._begin(tr("Deleting…"))
        self._run(partial(_delete, self._hub, person), self._on_deleted)

    def _typed(self) -> str:
        return one_line(self.field.text())

    def _on_typed(self, _text: str) -> None:
        mine = not self._typed()
        self.show_button.setText(tr("Show my data") if mine else tr("Show"))
        self.export_button.setText(tr("Export my data…") if mine else tr("Export…"))
        self.delete_button.setText(tr("Delete my name…") if mine else tr("Delete…"))
        self._person = None
        for part in (self._question, self.result):
            part.hide()
        self.message.clear()

    def _run(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        self._hub.tasks.errand(self, work, done, self._on_failed)

    def _begin(self, words: str) -> None:
        self._buttons.setEnabled(False)
        for part in (self._question, self.result, self.copies):
            part.hide()
        self.message.show_progress(words, None)

    def _end(self) -> None:
        self._buttons.setEnabled(True)
        self.message.clear()

    def _on_file(self, name: str) -> None:
        self.export_to(Path(name))

    def _on_failed(self, error: Exception) -> None:
        self._buttons.setEnabled(True)
        self.message.show_problem(str(error) if isinstance(error, KnownError) else repr(error))

    def _on_summary(self, found: tuple[Person, tuple[Count, ...]]) -> None:
        self._end()
        person, counts = found
        if not counts:
            self.message.show_note(tr("Nothing is recorded about {person}.").format(person=person.label))
            return
        self._say(tr("Recorded about {person}:").format(person=person.label), counts)

    def _on_exported(self, file: Path, count: int) -> None:
        self._end()
        records = tr_n("{n} record", "{n} records", count)
        self.message.show_note(
            tr("{records} written to {file}. The program does not look after that file.").format(
                records=records, file=file
            )
        )

    def _on_preview(self, found: Deletion) -> None:
        self._end()
        if not found.changes:
            self.message.show_note(tr("{person} is not named anywhere.").format(person=found.person.label))
            return
        self._person = found.person
        question = tr("Put “(deleted person)” in their place, on {tickets}? This cannot be undone.").format(
            tickets=tr_n("{n} ticket", "{n} tickets", found.tickets)
        )
        self._say(
            tr("These records name {person}:").format(person=found.person.label),
            found.changes,
            "\n".join(filter(None, (_left(found), question))),
        )
        self._question.show()
        self.keep_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_deleted(self, done: Deletion) -> None:
        self._end()
        self._hub.announce_change(done.changed)
        self.message.show_note(
            tr("{person} is deleted: {records} changed.").format(
                person=done.person.label, records=tr_n("{n} record", "{n} records", done.records)
            )
        )
        self.copies.offer(done.copies, partial(_clean, self._hub, done.person))

    def _withdraw(self) -> None:
        self._person = None
        self._question.hide()
        self.result.hide()
        self.delete_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _say(self, head: str, counts: Sequence[Count], tail: str = "") -> None:
        lines = [f"    {number(count.records)} × {count.field.name}" for count in counts]
        self.result.setText("\n".join([head, *lines, *([tail] if tail else [])]))
        self.result.show()


def _left(found: Deletion) -> str:
    if not found.left:
        return ""
    return tr_n(
        "{n} mention stays: a name of one word amid a text may be any word.",
        "{n} mentions stay: a name of one word amid a text may be any word.",
        found.left,
    )


def _summary(hub: Hub, typed: str) -> tuple[Person, tuple[Count, ...]]:
    service = hub.services.privacy
    person = service.find(typed)
    return person, service.summary(person)


def _export(hub: Hub, typed: str, file: Path) -> int:
    service = hub.services.privacy
    return service.export(service.find(typed), file)


def _preview(hub: Hub, typed: str) -> Deletion:
    service = hub.services.privacy
    return service.preview(service.find(typed))


def _delete(hub: Hub, person: Person) -> Deletion:
    return hub.services.privacy.delete(person)


def _clean(hub: Hub, person: Person, place: Place) -> list[str]:
    return hub.services.privacy.delete_from_copies(person, [place])
