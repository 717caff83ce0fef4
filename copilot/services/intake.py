"""Evidence that is brought in: pasted text, files, pictures. Several at once are one change."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from copilot.desk.text_file import TextFile, read_any
from copilot.domain.evidence import EvidenceKind, Trust
from copilot.domain.ticket import ChangeSet
from copilot.services import changes
from copilot.services.deps import Deps
from copilot.services.tickets import MAX_EVIDENCE
from copilot.storage import attachments, desk_state, evidence, tickets
from copilot.storage.attachments import StoredImage as StoredImage
from copilot.support.errors import KnownError
from copilot.support.i18n import figure, tr, tr_n
from copilot.support.text import clean, one_line

MAX_IMAGE = 10_000_000  # bytes
IMAGE_REF = "image"  # `source_ref` of evidence that has a picture


@dataclass(frozen=True, slots=True)
class NewFact:
    """What is to become evidence; with `image`, `text` says what it is."""

    kind: EvidenceKind
    text: str
    source: str
    trust: Trust = Trust.STATED
    image: StoredImage | None = None


@dataclass(frozen=True, slots=True)
class ReadFiles:
    """What was found in files.

    Attributes:
        texts: Text of a length that evidence takes.
        too_long: Text that is longer.
        images: Name and bytes of files that begin like a picture; whether they are one is for Qt to say.
        refused: One sentence for each file that is neither.
    """

    texts: tuple[TextFile, ...]
    too_long: tuple[TextFile, ...]
    images: tuple[StoredImage, ...]
    refused: tuple[KnownError, ...]


class IntakeService:
    """Brings evidence in."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    def read_files(self, paths: Sequence[Path]) -> ReadFiles:
        """Read files of any kind; may take long on a slow share."""
        texts, too_long = list[TextFile](), list[TextFile]()
        images, refused = list[StoredImage](), list[KnownError]()
        for path in paths:
            try:
                found = read_any(path, MAX_EVIDENCE, MAX_IMAGE)
            except KnownError as error:
                refused.append(error)
                continue
            if isinstance(found, TextFile):
                (too_long if found.total > MAX_EVIDENCE else texts).append(found)
            else:
                images.append(StoredImage(found.name, found.media_type, found.data))
        return ReadFiles(tuple(texts), tuple(too_long), tuple(images), tuple(refused))

    def add(self, ticket: int, facts: Sequence[NewFact]) -> ChangeSet:
        """Add evidence, all or none; one undo takes all of it back.

        Raises:
            KnownError: The ticket is gone, or one of the texts is empty or too long.
        """
        ready = [(fact, clean(fact.text).strip()) for fact in facts]
        if not ready or not all(text for _, text in ready):
            raise KnownError(tr("There is no text to use as evidence."))
        if any(len(text) > MAX_EVIDENCE for _, text in ready):
            raise KnownError(
                tr("The text is too long; evidence takes up to {limit} characters.").format(
                    limit=figure(MAX_EVIDENCE)
                )
            )
        now = self._deps.clock.now()
        inverse: list[changes.Step] = []
        labels: list[str] = []
        with self._deps.store.write() as db:
            if tickets.get(db, ticket) is None:
                raise KnownError(tr("This ticket is no longer there."))
            for fact, text in ready:
                ref = IMAGE_REF if fact.image else ""
                source = one_line(fact.source, 120)
                stored = evidence.add(db, ticket, fact.kind, source, text, now, fact.trust, ref)
                if fact.image:
                    attachments.add(db, ticket, stored.uid, fact.image, now)
                inverse.append(["evidence.removed", stored.uid, True])
                labels.append(stored.label)
            tickets.index(db, ticket)
            if len(labels) == 1:
                label = tr("{label} added to the evidence").format(label=labels[0])
            else:
                label = tr_n("{n} fact added to the evidence", "{n} facts added to the evidence", len(labels))
            entry = desk_state.add_undo(db, ticket, label, inverse, now)
        return ChangeSet(frozenset({ticket}), False, label, entry)

    def image(self, evidence_uid: str) -> StoredImage:
        """Return the picture of a piece of evidence.

        Raises:
            KnownError: It has none.
        """
        with self._deps.store.read() as db:
            found = attachments.of_evidence(db, evidence_uid)
        if found is None:
            raise KnownError(tr("This picture is no longer there."))
        return found
