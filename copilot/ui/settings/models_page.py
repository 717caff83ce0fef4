"""The models page: which models there are, and getting, checking, choosing and removing them."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QVBoxLayout, QWidget

from copilot.domain.ticket import ChangeSet
from copilot.services.models import CancelledError, ModelCard, ModelState, Progress
from copilot.support.errors import KnownError
from copilot.support.i18n import tr
from copilot.support.text import one_line
from copilot.ui.bridge.hub import Hub
from copilot.ui.settings import model_words as words
from copilot.ui.settings.column_page import ColumnPage, label
from copilot.ui.settings.message_line import MessageLine
from copilot.ui.settings.model_row import Act, ModelRow
from copilot.ui.settings.models_head import ModelsHead
from copilot.ui.settings.progress_relay import ProgressRelay
from copilot.ui.widgets.hairline import Hairline


@dataclass(frozen=True, slots=True)
class _Job:
    """The one long thing under way; `model_id` is empty for an import, which has no row yet."""

    model_id: str
    stop: threading.Event = field(default_factory=threading.Event)


class ModelsPage(ColumnPage):
    """Nothing is fetched unless a person presses Install. One thing at a time changes the files.

    Signals:
        closed: The person wants back to the desk.
    """

    def __init__(self, hub: Hub, parent: QWidget | None = None) -> None:
        super().__init__(tr("Models"), parent)
        self._hub = hub
        self._models = hub.services.models
        self._cards: list[ModelCard] = []
        self._rows: dict[str, ModelRow] = {}
        self._job: _Job | None = None
        self._relay = ProgressRelay(self)
        self._relay.arrived.connect(self._on_progress)
        self._gone = threading.Event()  # a page that was deleted, or a program that ends, stops its errand
        self.destroyed.connect(self._gone.set)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.cancel)
        self.setAcceptDrops(True)

        self.head = ModelsHead()
        self.head.install_requested.connect(self._on_install_recommended)
        self.head.import_requested.connect(self.choose_file)
        self.message = MessageLine()
        self.message.cancelled.connect(self.cancel)
        self._drop_hint = QFrame()
        self._drop_hint.setProperty("kind", "code")
        hint = QVBoxLayout(self._drop_hint)
        hint.addWidget(label(tr("Drop the GGUF file to import it")), 0, Qt.AlignmentFlag.AlignCenter)
        self._drop_hint.hide()
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self._tests_heading = label(tr("For tests of the program only"), "small")
        self._tests_heading.setContentsMargins(0, 24, 0, 0)

        self.column.addWidget(self.head)
        self.column.addWidget(self._drop_hint)
        self.column.addWidget(self.message)
        self.column.addWidget(Hairline())
        self.column.setSpacing(12)
        self.column.addLayout(self._list)
        self.column.addStretch(1)
        self._import_action = QAction(tr("Import a GGUF file…"), self)
        self._import_action.triggered.connect(self.choose_file)
        hub.model_changed.connect(self.refresh)
        hub.changed.connect(self._on_changed)
        self._show([])
        self.refresh()

    # -- what can be done

    def refresh(self) -> None:
        """Read the list again."""
        failed = partial(self._on_failed, "")
        self._hub.tasks.read(self, self._models.list, self._show, failed, key="models")

    def row(self, model_id: str) -> ModelRow:
        """Return the row of a model that is shown."""
        return self._rows[model_id]

    def install(self, model_id: str, source: Path | None = None) -> None:
        """Bring a model of the catalogue here: from `source`, else from where the catalogue says."""
        work = partial(self._models.install, model_id, source=source)
        self._start(model_id, tr("Starting…"), work, partial(self._on_installed, model_id))

    def import_file(self, path: Path) -> None:
        """Take over a GGUF file."""
        name = one_line(path.name, 80)
        self._start(
            "",
            tr("Reading {file}…").format(file=name),
            partial(self._models.import_file, path),
            self._on_imported,
        )

    def verify(self, model_id: str) -> None:
        """Hash a model's file."""
        work = partial(self._models.verify, model_id)
        self._start(model_id, tr("Checking…"), work, partial(self._on_verified, model_id))

    def use(self, model_id: str) -> None:
        """Answer with a model from now on; a file that was never hashed is hashed first."""
        card = self._rows[model_id].card
        if card.state is ModelState.UNVERIFIED and not card.sha256:
            work = partial(self._models.verify, model_id)
            self._start(model_id, tr("Checking…"), work, partial(self._on_verified_to_use, model_id))
        else:
            self._choose(model_id)

    def remove(self, model_id: str) -> None:
        """Delete a model's file."""
        self._clear_messages(model_id)
        self._hub.tasks.write(
            self,
            partial(self._models.remove, model_id),
            partial(self._on_removed, model_id),
            partial(self._on_failed, model_id),
        )

    def cancel(self) -> None:
        """Stop what is under way; what came so far is kept."""
        if self._job is not None:
            self._job.stop.set()

    def choose_file(self) -> None:
        """Let a person pick a GGUF file."""
        dialog = QFileDialog(self, tr("Import a GGUF file"), "", tr("GGUF models (*.gguf);;All files (*)"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._on_file_chosen)
        dialog.open()

    def choose_source(self, model_id: str) -> None:
        """Let a person pick the folder or stick that holds a model's file."""
        dialog = QFileDialog(self, tr("The folder or USB stick that holds the file"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(partial(self._on_source_chosen, model_id))
        dialog.open()

    def actions_for_palette(self) -> list[QAction]:
        """Return this page's actions."""
        return [self._import_action, *super().actions_for_palette()]

    # -- what is shown

    def _show(self, cards: list[ModelCard]) -> None:
        self._cards = cards = sorted(cards, key=_is_for_tests)
        for gone in set(self._rows) - {card.id for card in cards}:
            row = self._rows.pop(gone)
            row.hide()
            row.deleteLater()
        while self._list.takeAt(0) is not None:
            pass
        heading_is_due = True
        self._tests_heading.hide()
        for card in cards:
            if card.for_tests and heading_is_due:
                heading_is_due = False
                self._list.addWidget(self._tests_heading)
                self._tests_heading.show()
            row = self._rows.get(card.id) or self._make_row(card)
            row.set_card(card)
            self._list.addWidget(row)
        self.head.set_cards(cards, is_fake=self._models.is_fake)
        self._set_blocked()

    def _make_row(self, card: ModelCard) -> ModelRow:
        row = ModelRow(card)
        row.requested.connect(self._on_requested)
        row.cancelled.connect(self.cancel)
        self._rows[card.id] = row
        return row

    def _set_blocked(self) -> None:
        is_blocked = self._job is not None
        for row in self._rows.values():
            row.set_blocked(is_blocked)
        self.head.set_blocked(is_blocked)
        self._import_action.setEnabled(not is_blocked)

    def _line(self, model_id: str) -> MessageLine:
        row = self._rows.get(model_id)
        return row.message if row else self.message

    def _clear_messages(self, model_id: str) -> None:
        self.message.clear()
        self._line(model_id).clear()

    # -- what is under way

    def _start(self, model_id: str, text: str, work: Callable[..., Any], done: Callable[[Any], None]) -> None:
        if self._job is not None:
            return
        self._clear_messages(model_id)
        self._job = job = _Job(model_id)
        line = self._line(model_id)
        line.show_progress(text, None)
        self._set_blocked()
        line.cancel_button.setFocus(Qt.FocusReason.OtherFocusReason)
        run = partial(work, progress=self._relay.report, cancelled=partial(_is_stopped, job.stop, self._gone))
        self._hub.tasks.errand(
            self, run, partial(self._on_done, done), partial(self._on_job_failed, model_id)
        )

    def _on_progress(self, progress: Progress) -> None:
        if self._job is not None:
            line = self._line(self._job.model_id)
            line.show_progress(words.progress_text(progress), words.share(progress))

    def _on_done(self, done: Callable[[Any], None], result: Any) -> None:
        self._end_job()
        done(result)

    def _on_job_failed(self, model_id: str, error: Exception) -> None:
        self._end_job()
        self._on_failed(model_id, error)
        self.refresh()  # part of the file may be here now

    def _end_job(self) -> None:
        if self._job is not None:
            self._relay.forget()
            self._line(self._job.model_id).clear()
            self._job = None
        self._set_blocked()

    def _on_failed(self, model_id: str, error: Exception) -> None:
        if isinstance(error, CancelledError):
            self._line(model_id).show_note(str(error))
        elif isinstance(error, KnownError):
            self._line(model_id).show_problem(str(error))
        else:
            text = tr("This should not have happened ({error}).")
            self._line(model_id).show_problem(text.format(error=f"{type(error).__name__}: {error}"))

    # -- how it ended

    def _on_installed(self, model_id: str, _path: Path) -> None:
        name = words.name_of(self._rows[model_id].card)
        self._line(model_id).show_note(tr("Installed, and checked against its publisher's hash."))
        self._hub.toast_requested.emit(tr("{name} is installed").format(name=name), 0)
        self._take_if_first(model_id)

    def _on_imported(self, card: ModelCard) -> None:
        name = words.name_of(card)
        if card.state is ModelState.INSTALLED:
            text = tr("{name} is imported, and it is the file its publisher made.").format(name=name)
        else:
            text = tr("{name} is imported. There is no publisher's hash to compare it with.").format(
                name=name
            )
        self.message.show_note(text)
        self._take_if_first(card.id)

    def _take_if_first(self, model_id: str) -> None:
        """Use a model that just came, where there was none to answer."""
        has_one = any(card.chosen and words.is_usable(card) for card in self._cards)
        is_for_tests = any(card.id == model_id and card.for_tests for card in self._cards)
        if has_one or is_for_tests or self._models.is_fake:
            self._hub.model_changed.emit()
        else:
            self._choose(model_id)

    def _on_verified(self, model_id: str, card: ModelCard) -> None:
        line = self._line(model_id)
        if card.state is ModelState.DAMAGED:
            line.show_problem(
                tr("The file is damaged: it is not what its publisher made. Remove it or install it again.")
            )
        elif card.state is ModelState.INSTALLED:
            line.show_note(tr("Checked: it is the file its publisher made."))
        else:
            line.show_note(
                tr(
                    "The file is whole. There is no publisher's hash to compare with; its own is {hash}…"
                ).format(hash=card.sha256[:16])
            )
        self._hub.model_changed.emit()

    def _on_verified_to_use(self, model_id: str, card: ModelCard) -> None:
        if card.state is ModelState.DAMAGED:
            self._on_verified(model_id, card)
        else:
            self._choose(model_id)

    def _choose(self, model_id: str) -> None:
        self._hub.tasks.write(
            self,
            partial(self._models.choose, model_id),
            self._on_model_changed,
            partial(self._on_failed, model_id),
        )

    def _on_removed(self, model_id: str, _nothing: None) -> None:
        name = words.name_of(self._rows[model_id].card) if model_id in self._rows else model_id
        self._hub.toast_requested.emit(tr("{name} is removed").format(name=name), 0)
        self._hub.model_changed.emit()

    def _on_model_changed(self, _nothing: None) -> None:
        self._hub.model_changed.emit()

    def _on_changed(self, changes: ChangeSet) -> None:
        if self.isVisible() and changes.list_changed and not changes.tickets:
            self.refresh()  # another process may have chosen or removed a model

    # -- inner parts

    def _on_requested(self, act: Act, model_id: str) -> None:
        {
            Act.INSTALL: self.install,
            Act.INSTALL_FROM: self.choose_source,
            Act.USE: self.use,
            Act.VERIFY: self.verify,
            Act.REMOVE: self.remove,
        }[act](model_id)

    def _on_install_recommended(self, model_id: str) -> None:
        self.install(model_id)
        self.scroll_area.ensureWidgetVisible(self._rows[model_id])

    def _on_file_chosen(self, path: str) -> None:
        self.import_file(Path(path))

    def _on_source_chosen(self, model_id: str, path: str) -> None:
        self.install(model_id, Path(path))

    # -- Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()  # memory that is free changes, and so may the files

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._job is None and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self._drop_hint.show()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._drop_hint.hide()
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self._drop_hint.hide()
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if len(files) == 1:
            self.import_file(files[0])
        elif files:
            self.message.show_problem(tr("Drop one file at a time. Nothing was imported."))


def _is_stopped(*events: threading.Event) -> bool:
    return any(event.is_set() for event in events)


def _is_for_tests(card: ModelCard) -> bool:
    return card.for_tests
