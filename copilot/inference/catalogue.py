"""The models that the program knows: numbers, hashes, licences and where the bytes can be had."""

import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import msgspec

from copilot.support.errors import KnownError
from copilot.support.i18n import tr

_ID = re.compile(r"[a-z0-9][a-z0-9._-]*")
_SHA256 = re.compile(r"[0-9a-f]{64}|")


@dataclass(frozen=True)
class PackageParts:
    """Packages of a registry that carry a model's bytes; used as containers, nothing in them is run.

    Attributes:
        name: Name of the package, with `{n}` for the number of the part, counted from 1.
        version: The one version to take.
        count: How many parts there are.
        member: Pattern of the one file inside each wheel.
    """

    name: str
    version: str
    count: int
    member: str


@dataclass(frozen=True)
class ModelEntry:
    """One model of the catalogue.

    Attributes:
        id: Our name for it; the installed file is `<id>.gguf`.
        name: Its name for people.
        publisher: Who made it, and who made the file where that is someone else.
        repository: The publisher's repository, `owner/name`.
        file: The publisher's file name.
        url: The publisher's address of the file, https.
        bytes: Size of the file.
        sha256: Hash of the file in hexadecimal; empty where it is not known.
        licence: SPDX id or the licence's own name.
        licence_url: Where the licence can be read.
        parameters: Number of weights, as people write it.
        context: Tokens it was trained for.
        kv_bytes_per_token: Bytes of 16-bit KV cache a token.
        overhead_bytes: Memory beside file and KV cache.
        suits: Total memory of the machine it is meant for.
        tested: Whether this project has run it.
        note: One sentence on what it is good for.
        licence_file: The licence's text beside the catalogue, if it is kept there.
        for_tests: Whether it is of use to tests only.
        package: Packages that carry the same bytes.
    """

    id: str
    name: str
    publisher: str
    repository: str
    file: str
    url: str
    bytes: int
    sha256: str
    licence: str
    licence_url: str
    parameters: str
    context: int
    kv_bytes_per_token: int
    overhead_bytes: int
    suits: str
    tested: bool
    note: str
    licence_file: str = ""
    for_tests: bool = False
    package: PackageParts | None = None

    @property
    def hash_known(self) -> bool:
        """Whether a download can be verified; without it there is none, only an import."""
        return bool(self.sha256)

    @property
    def page(self) -> str:
        """The publisher's page about the model."""
        return f"https://huggingface.co/{self.repository}"


@dataclass(frozen=True)
class Catalogue:
    """All known models, in the order of the file.

    Attributes:
        default: Id of the model for who has not chosen.
        models: The entries.
    """

    default: str
    models: tuple[ModelEntry, ...]

    def find(self, model_id: str) -> ModelEntry | None:
        """Return the entry called `model_id`, or None."""
        return next((entry for entry in self.models if entry.id == model_id), None)

    def by_hash(self, sha256: str) -> ModelEntry | None:
        """Return the entry whose file has this hash, or None."""
        return next((entry for entry in self.models if entry.hash_known and entry.sha256 == sha256), None)

    def get(self, model_id: str) -> ModelEntry:
        """Return the entry called `model_id`.

        Raises:
            KnownError: There is none; the ids nearest to it are named.
        """
        entry = self.find(model_id)
        if entry is None:
            raise unknown_model(model_id, [known.id for known in self.models])
        return entry


def unknown_model(model_id: str, known: Sequence[str]) -> KnownError:
    """Return the error for a model that is neither in the catalogue nor imported."""
    near = difflib.get_close_matches(model_id.lower(), known, n=3, cutoff=0.4) or known
    return KnownError(
        tr("There is no model called “{id}”.").format(id=model_id),
        todo=tr("Choose one of: {ids}.").format(ids=", ".join(near)),
    )


def load_catalogue(path: Path) -> Catalogue:
    """Read the catalogue.

    Raises:
        KnownError: The file cannot be read or a field is wrong; file and field are named.
    """
    try:
        with path.open("rb") as file:
            content = tomllib.load(file)
    except OSError as error:
        raise _wrong(path, error.strerror or str(error)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _wrong(path, str(error)) from error
    tables = content.get("model", [])
    entries = tuple(_entry(path, number, table) for number, table in enumerate(tables, start=1))
    catalogue = Catalogue(str(content.get("default", "")), entries)
    ids = [entry.id for entry in entries]
    twice = next((model_id for model_id in ids if ids.count(model_id) > 1), "")
    if twice:
        raise _wrong(path, tr("two models are called “{id}”").format(id=twice))
    if catalogue.find(catalogue.default) is None:
        raise _wrong(path, tr("`default` names no model of the file"))
    return catalogue


def _entry(path: Path, number: int, table: Mapping[str, Any]) -> ModelEntry:
    label = table.get("id", number)
    package = table.get("package", {})
    unknown = sorted(
        {*table} - {field.name for field in fields(ModelEntry)}
        | {f"package.{key}" for key in {*package} - {field.name for field in fields(PackageParts)}}
    )
    if unknown:
        raise _wrong(path, tr("model {id}: unknown field `{field}`").format(id=label, field=unknown[0]))
    try:
        entry = msgspec.convert(table, ModelEntry)
    except msgspec.ValidationError as error:
        raise _wrong(path, tr("model {id}: {problem}").format(id=label, problem=error)) from error
    checks = {
        "id": _ID.fullmatch(entry.id),
        "sha256": _SHA256.fullmatch(entry.sha256),
        # The name is joined to a folder that the user names, so it must stay inside it.
        "file": entry.file.endswith(".gguf") and not set(entry.file) & set("/\\:"),
        "url": entry.url.startswith("https://"),
        "bytes": entry.bytes > 0,
        "context": entry.context > 0,
        "kv_bytes_per_token": entry.kv_bytes_per_token > 0,
        "overhead_bytes": entry.overhead_bytes >= 0,
        "package.count": entry.package is None or entry.package.count > 0,
    }
    for field, good in checks.items():
        if not good:
            raise _wrong(
                path, tr("model {id}: the value of `{field}` is wrong").format(id=label, field=field)
            )
    return entry


def _wrong(path: Path, problem: str) -> KnownError:
    return KnownError(
        tr("The model catalogue {file} cannot be used: {problem}.").format(file=path, problem=problem),
        todo=tr("Correct the file or install the program again."),
    )
