"""What is pasted, dropped or chosen becomes evidence: text, files, pictures."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QUrl, Signal
from PySide6.QtGui import QImage

from copilot.domain.evidence import EvidenceKind, Trust
from copilot.domain.ticket import ChangeSet
from copilot.services.intake import IntakeService, NewFact, ReadFiles, StoredImage
from copilot.services.tickets import MAX_EVIDENCE
from copilot.support.errors import KnownError
from copilot.support.i18n import figure, tr
from copilot.support.text import one_line
from copilot.ui.bridge.hub import Hub
from copilot.ui.desk.pictures import encode, size_of


class EvidenceIntake(QObject):
    """Looks at what is brought, reads it beside everything else, and adds it as one change.

    Signals:
        too_long(int, object): For this ticket, `(name, length, end)` of a text that evidence does not take as a whole.
    """

    too_long = Signal(int, object)

    def __init__(self, hub: Hub, parent: QObject) -> None:
        super().__init__(parent)
        self._hub = hub

    def take(self, ticket: int, data: QMimeData | None, source: str) -> None:
        """Take what a clipboard or a drop holds: files of this machine, text, or a picture, in this order."""
        if not ticket:
            return
        data = data or QMimeData()  # an empty clipboard may have none
        files = [Path(url.toLocalFile()) for url in data.urls() if is_here(url)]
        elsewhere = [url for url in data.urls() if url.isLocalFile() and not is_here(url)]
        text = data.text()
        if elsewhere:
            name = one_line(elsewhere[0].fileName(), 60)
            self._hub.show_error(
                KnownError(
                    tr("{name} lies on another machine; nothing is fetched from there.").format(name=name),
                    todo=tr("Copy it to this machine and drop it again."),
                )
            )
        if files:
            self.read_files(ticket, files)
        elif elsewhere:
            return
        elif text.strip():
            self._add_text(ticket, text, source)
        elif data.hasImage() and isinstance(image := data.imageData(), QImage) and not image.isNull():
            work = partial(_pasted_fact, image, tr("screenshot.png"), tr("{how} picture").format(how=source))
            self._hub.tasks.errand(self, work, partial(self._add, ticket))
        else:
            self._hub.show_error(
                KnownError(
                    tr("There is no text, file or picture to use as evidence."),
                    todo=tr("Copy something first."),
                )
            )

    def read_files(self, ticket: int, paths: Sequence[Path]) -> None:
        """Read files, then add what is text or a picture."""
        # Beside everything else: a file on a slow share must not keep drafts from being stored.
        work = partial(_read, self._hub.services.intake, list(paths))
        self._hub.tasks.errand(self, work, partial(self._on_read, ticket))

    def add_end(self, ticket: int, name: str, end: str) -> None:
        """Add the end of a text that is too long."""
        source = tr("{name} (its end)").format(name=name)
        self._add(ticket, [NewFact(EvidenceKind.FILE, end, source, Trust.MEASURED)])

    def _add_text(self, ticket: int, text: str, source: str) -> None:
        if len(text) > MAX_EVIDENCE:
            self.too_long.emit(ticket, (source, len(text), text[-MAX_EVIDENCE:]))
        else:
            self._add(ticket, [NewFact(EvidenceKind.PASTE, text, source)])

    def _on_read(self, ticket: int, found: tuple[ReadFiles, list[NewFact], list[KnownError]]) -> None:
        files, facts, refused = found
        if facts:
            self._add(ticket, facts)
        for error in refused:
            self._hub.show_error(error)
        for file in files.too_long[:1]:
            self.too_long.emit(ticket, (file.name, file.total, file.text))
        for file in files.too_long[1:]:
            what = tr("{name} is too long to be one fact ({n} characters).")
            self._hub.show_error(
                KnownError(what.format(name=file.name, n=figure(file.total)), tr("Nothing was added."))
            )

    def _add(self, ticket: int, facts: list[NewFact]) -> None:
        self._hub.change(self, partial(_add, self._hub.services.intake, ticket, facts))


def is_here(url: QUrl) -> bool:
    """Tell whether an address is a file of this machine; one with a host would be opened over the network."""
    return url.isLocalFile() and not url.host()


def _add(service: IntakeService, ticket: int, facts: list[NewFact]) -> ChangeSet:
    return service.add(ticket, facts)


def _pasted_fact(image: QImage, name: str, source: str) -> list[NewFact]:
    return [_image_fact(encode(image, name), source, image.width(), image.height())]


def _read(service: IntakeService, paths: list[Path]) -> tuple[ReadFiles, list[NewFact], list[KnownError]]:
    files = service.read_files(paths)
    facts = [
        NewFact(EvidenceKind.FILE, f.text, f.name, Trust.MEASURED) for f in files.texts if f.text.strip()
    ]
    refused = list(files.refused)
    refused += [
        KnownError(tr("{name} is empty.").format(name=f.name), tr("Nothing was added."))
        for f in files.texts
        if not f.text.strip()
    ]
    for image in files.images:
        try:
            size = size_of(image)
        except KnownError as error:
            refused.append(error)
        else:
            facts.append(_image_fact(image, image.name, size.width(), size.height()))
    return files, facts, refused


def _image_fact(image: StoredImage, source: str, width: int, height: int) -> NewFact:
    text = tr("Image {name}, {w} × {h}. The model cannot see images: describe what matters.")
    return NewFact(
        EvidenceKind.ATTACHMENT,
        text.format(name=image.name, w=width, h=height),
        source,
        Trust.RECORDED,
        image,
    )
