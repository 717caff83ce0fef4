"""What is said about a model, and the port through which its bytes come."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol

from copilot.inference.catalogue import ModelEntry

Phase = Literal["downloading", "copying", "checking"]


@dataclass(frozen=True)
class Progress:
    """How far an installation, import or check is.

    Attributes:
        done_bytes: Bytes so far, earlier runs included.
        total_bytes: Bytes in all.
        source: Where they come from, for people.
        phase: What is being done.
    """

    done_bytes: int
    total_bytes: int
    source: str
    phase: Phase


Report = Callable[[Progress], None]


class Fetcher(Protocol):
    """Brings a model's bytes from somewhere else; lives in `connectors`."""

    @property
    def name(self) -> str:
        """What people call the place."""
        ...

    def available(self, entry: ModelEntry) -> bool:
        """Tell whether the place can be asked for this model at all; no network is touched."""
        ...

    def fetch(
        self, entry: ModelEntry, part: Path, advance: Callable[[int], None], cancelled: Callable[[], bool]
    ) -> None:
        """Append to `part` until the file is whole, keeping what is there.

        `advance` is told the size of `part`; `cancelled` is asked often, from any thread, and once it is true the
        method returns. Anything kept beside `part` has a name that starts with the name of `part`.

        Raises:
            KnownError: It cannot be had from there now; `part` is kept.
        """
        ...


class ModelState(StrEnum):
    """Whether a model can be used."""

    INSTALLED = "installed"  # its hash was compared with the publisher's
    PARTIAL = "partial"  # an installation was begun
    MISSING = "missing"
    UNVERIFIED = "unverified"  # there is no publisher's hash to compare with, or it was not done yet
    DAMAGED = "damaged"


@dataclass(frozen=True)
class ModelInfo:
    """One model, installed or not.

    Attributes:
        id: Id of the catalogue, or the file's name without `.gguf` for an imported one.
        entry: What the catalogue says; None for an imported model.
        path: Where the file is or would be.
        state: Whether it can be used.
        bytes_on_disk: Size of what is there, a begun installation included.
        sha256: Hash of the file; empty if it was not computed.
        verified_at: When the hash was computed.
    """

    id: str
    entry: ModelEntry | None
    path: Path
    state: ModelState
    bytes_on_disk: int
    sha256: str
    verified_at: datetime | None
