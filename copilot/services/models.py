"""Models: which there are, which is in use, and bringing it into the worker."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psutil

from copilot.inference import gguf
from copilot.inference.host import EngineHost, EngineState
from copilot.inference.library import CancelledError, ModelInfo, ModelLibrary, ModelState, Progress
from copilot.inference.machine import memory_estimate
from copilot.services.settings import SettingsService
from copilot.support.errors import KnownError
from copilot.support.i18n import tr

FAKE = "fake engine"
_OVERHEAD = 500_000_000  # bytes beside file and KV cache, for a model that the catalogue does not know

__all__ = ["FAKE", "CancelledError", "ModelCard", "ModelService", "ModelState", "Progress"]


@dataclass(frozen=True, slots=True)
class ModelCard:
    """All that a person wants to know of one model before choosing it.

    Attributes:
        id: Name for commands.
        name: Name for people.
        state: Whether it can be used.
        chosen: Whether it answers the questions.
        file_bytes: Size of the whole file.
        bytes_on_disk: How much of it is here.
        publisher: Who made it.
        licence: SPDX id or name.
        licence_url: Where the licence can be read.
        page: The publisher's page.
        parameters: Number of weights, in words.
        suits: Total memory of the machine it is meant for.
        tested: Whether this project has run it.
        for_tests: Whether it is of use to tests only.
        can_download: Whether it can be downloaded and checked.
        note: What it is good for.
        memory: The sum of what it needs against what is free.
        fits: Whether it fits now.
        sha256: Hash of the file here.
        verified_at: When it was hashed.
        path: Where the file is or would be.
        context: Tokens it was trained for; 0 if unknown.
    """

    id: str
    name: str
    state: ModelState
    chosen: bool
    file_bytes: int
    bytes_on_disk: int
    publisher: str
    licence: str
    licence_url: str
    page: str
    parameters: str
    suits: str
    tested: bool
    for_tests: bool
    can_download: bool
    note: str
    memory: str
    fits: bool
    sha256: str
    verified_at: datetime | None
    path: str
    context: int


class ModelService:
    """Use cases around model files and the worker that runs one."""

    def __init__(
        self, library: ModelLibrary, engine: EngineHost, settings: SettingsService, *, is_fake: bool
    ) -> None:
        self._library = library
        self._engine = engine
        self._settings = settings
        self.is_fake = is_fake
        self._asked_for: tuple[Path | None, int] = (None, 0)  # file and window that the engine was last given

    @property
    def folder(self) -> Path:
        """Where model files lie."""
        return self._library.folder

    def list(self) -> list[ModelCard]:
        """Return every model of the catalogue and every imported one."""
        chosen = self.chosen()
        return [self._card(info, chosen) for info in self._library.list()]

    def full_id(self, beginning: str) -> str:
        """Return the one id that begins so; `beginning` itself where there is none or more than one."""
        ids = [info.id for info in self._library.list()]
        matches = [model_id for model_id in ids if model_id.startswith(beginning)]
        return matches[0] if beginning and beginning not in ids and len(matches) == 1 else beginning

    def card(self, model_id: str) -> ModelCard:
        """Return one model.

        Raises:
            KnownError: It is unknown.
        """
        return self._card(self._library.info(model_id), self.chosen())

    def chosen(self) -> str:
        """Return the id of the model that answers; empty for the fake engine."""
        if self.is_fake:
            return ""
        return str(self._settings.get("model")) or self._library.default_id

    def choose(self, model_id: str) -> None:
        """Use another model from the next question on.

        Raises:
            KnownError: It is not installed.
        """
        self._library.path_of(model_id)
        self._settings.set("model", model_id)

    def window(self) -> int:
        """Return the size of the model's window in tokens."""
        return int(self._settings.get("context_tokens"))

    def loaded_name(self) -> str:
        """Return what names the model that the worker has loaded; empty where there is none."""
        loaded = self._engine.loaded
        return loaded.path if loaded else ""

    def is_installed(self) -> bool:
        """Tell whether there is something that could answer a question; nothing is hashed."""
        if self.is_fake:
            return True
        try:
            state = self._library.info(self.chosen()).state
        except KnownError:
            return False
        return state in (ModelState.INSTALLED, ModelState.UNVERIFIED)

    def ensure_loaded(self) -> str:
        """Ask the worker for the chosen model, unless it has it; return its name. Does not wait for the load.

        Raises:
            KnownError: The model is not installed, or needs more memory than is free.
        """
        if self.is_fake:
            self._load(Path("fake"))
            return FAKE
        model_id = self.chosen()
        path = self._library.path_of(model_id)
        if self._asked_for == (path, self.window()) and self._engine.state is not EngineState.FAILED:
            return model_id
        card = self.card(model_id)
        if not card.fits:
            raise KnownError(
                tr("There is not enough free memory for this model: {sum}.").format(sum=card.memory),
                tr("Your question is kept."),
                tr("Close other programs, or choose a smaller model."),
            )
        self._load(path)
        return model_id

    def install(
        self,
        model_id: str,
        *,
        source: Path | None = None,
        progress: Callable[[Progress], None],
        cancelled: Callable[[], bool],
    ) -> Path:
        """Bring a catalogue model here; see `ModelLibrary.install`."""
        return self._library.install(model_id, source=source, progress=progress, cancelled=cancelled)

    def import_file(
        self, path: Path, *, progress: Callable[[Progress], None], cancelled: Callable[[], bool]
    ) -> ModelCard:
        """Take over a GGUF file; see `ModelLibrary.import_file`."""
        return self._card(self._library.import_file(path, progress, cancelled), self.chosen())

    def verify(
        self, model_id: str, *, progress: Callable[[Progress], None], cancelled: Callable[[], bool]
    ) -> ModelCard:
        """Hash the file again."""
        return self._card(self._library.verify(model_id, progress, cancelled), self.chosen())

    def remove(self, model_id: str) -> None:
        """Delete a model file."""
        self._library.remove(model_id)
        if self._settings.get("model") == model_id:
            self._settings.set("model", "")

    def _load(self, path: Path) -> None:
        wanted = (path, self.window())
        if self._asked_for != wanted or self._engine.state is EngineState.FAILED:
            self._engine.load(path, wanted[1])
            self._asked_for = wanted

    def _card(self, info: ModelInfo, chosen: str) -> ModelCard:
        entry, note = info.entry, ""
        if entry:
            kv_bytes, overhead, trained = entry.kv_bytes_per_token, entry.overhead_bytes, entry.context
        else:
            kv_bytes, overhead, trained, note = _read_header(info.path)
        size = entry.bytes if entry else info.bytes_on_disk
        memory = memory_estimate(size, kv_bytes, self.window(), overhead, psutil.virtual_memory().available)
        return ModelCard(
            id=info.id,
            name=entry.name if entry else info.id,
            state=info.state,
            chosen=info.id == chosen,
            file_bytes=size,
            bytes_on_disk=info.bytes_on_disk,
            publisher=entry.publisher if entry else "",
            licence=entry.licence if entry else tr("unknown"),
            licence_url=entry.licence_url if entry else "",
            page=entry.page if entry else "",
            parameters=entry.parameters if entry else "",
            suits=entry.suits if entry else "",
            tested=bool(entry and entry.tested),
            for_tests=bool(entry and entry.for_tests),
            can_download=bool(entry and entry.hash_known),
            note=entry.note if entry else note,
            memory=memory.sentence,
            fits=memory.fits,
            sha256=info.sha256,
            verified_at=info.verified_at,
            path=str(info.path),
            context=trained,
        )


def _read_header(path: Path) -> tuple[int, int, int, str]:
    """Return KV bytes a token, overhead, trained context and a note; a broken file must not hide the others."""
    try:
        header = gguf.inspect(path)
    except KnownError as error:
        return 0, _OVERHEAD, 0, error.what
    note = tr("Imported by hand; there is no publisher's hash to compare with.")
    return header.kv_bytes_per_token, _OVERHEAD, header.context_length, note
