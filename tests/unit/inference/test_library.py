import hashlib
import os
import shutil
import subprocess
import sys
from collections import namedtuple
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from copilot.inference import model_files
from copilot.inference.catalogue import Catalogue, ModelEntry
from copilot.inference.library import CancelledError, ModelLibrary, ModelState, Progress
from copilot.support.clock import FixedClock
from copilot.support.errors import KnownError
from tests.helpers.gguf_maker import gguf_bytes, write_gguf

CONTENT = gguf_bytes(weights=4096)
ENTRY = ModelEntry(
    id="tiny",
    name="Tiny Model",
    publisher="Nobody",
    repository="nobody/Tiny-GGUF",
    file="Tiny-Q4.gguf",
    url="https://example.org/Tiny-Q4.gguf",
    bytes=len(CONTENT),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    licence="MIT",
    licence_url="https://example.org",
    parameters="1K",
    context=2048,
    kv_bytes_per_token=1024,
    overhead_bytes=0,
    suits="4 GB",
    tested=False,
    note="For nothing.",
)
UNHASHED = replace(ENTRY, id="unhashed", name="Unhashed", file="Unhashed.gguf", sha256="")
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


class FakeFetcher:
    """Serves `content` and notes from which byte on it was asked."""

    def __init__(
        self, content: bytes = CONTENT, name: str = "fake", fails_at: int = -1, offered: bool = True
    ) -> None:
        self.content, self.name, self.fails_at, self.offered = content, name, fails_at, offered
        self.asked: list[int] = []

    def available(self, entry: ModelEntry) -> bool:
        return self.offered

    def fetch(
        self, entry: ModelEntry, part: Path, advance: Callable[[int], None], cancelled: Callable[[], bool]
    ) -> None:
        with part.open("ab") as file:
            self.asked.append(file.tell())
            while file.tell() < len(self.content) and not cancelled():
                if 0 <= self.fails_at <= file.tell():
                    raise KnownError("The line broke.")
                file.write(self.content[file.tell() :][:4096])
                advance(file.tell())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "models"


def library(folder: Path, *fetchers: FakeFetcher) -> ModelLibrary:
    return ModelLibrary(folder, Catalogue("tiny", (ENTRY, UNHASHED)), fetchers, FixedClock(AT))


def rest(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "partial").iterdir())


def test_new_library_lists_the_catalogue_as_missing_and_creates_nothing(folder: Path) -> None:
    assert [(info.id, info.state) for info in library(folder).list()] == [
        ("tiny", ModelState.MISSING),
        ("unhashed", ModelState.MISSING),
    ]
    assert not folder.exists()


def test_missing_model_says_how_to_install_it(folder: Path) -> None:
    with pytest.raises(KnownError, match=r"Tiny Model is not installed.*models install tiny"):
        library(folder).path_of("tiny")


def test_unknown_model_names_the_near_ones(folder: Path) -> None:
    with pytest.raises(KnownError, match=r"no model called “tinny”.*tiny"):
        library(folder).info("tinny")


def test_download_is_verified_and_leaves_nothing_behind(folder: Path) -> None:
    seen: list[Progress] = []
    models = library(folder, FakeFetcher())
    path = models.install("tiny", progress=seen.append)
    assert path.read_bytes() == CONTENT
    info = models.info("tiny")
    assert (info.state, info.sha256, info.verified_at) == (ModelState.INSTALLED, ENTRY.sha256, AT)
    assert models.path_of("tiny") == path
    assert {step.phase for step in seen} == {"downloading", "checking"}
    assert all(0 <= step.done_bytes <= step.total_bytes == len(CONTENT) for step in seen)
    assert rest(folder) == ["lock"]


def test_installing_twice_fetches_once(folder: Path) -> None:
    fetcher = FakeFetcher()
    library(folder, fetcher).install("tiny")
    library(folder, fetcher).install("tiny")
    assert fetcher.asked == [0]


def test_cancelled_download_goes_on_where_it_stopped(folder: Path) -> None:
    fetcher = FakeFetcher()
    models = library(folder, fetcher)
    done: list[int] = []
    with pytest.raises(CancelledError, match=r"stopped.*are kept"):
        models.install(
            "tiny", progress=lambda step: done.append(step.done_bytes), cancelled=lambda: max(done) >= 8192
        )
    assert models.info("tiny").state is ModelState.PARTIAL
    assert models.info("tiny").bytes_on_disk == 8192
    with pytest.raises(KnownError, match="not installed"):
        models.path_of("tiny")
    models.install("tiny")
    assert fetcher.asked == [0, 8192]
    assert models.info("tiny").state is ModelState.INSTALLED


def test_second_source_goes_on_where_the_first_failed(folder: Path) -> None:
    broken, whole = FakeFetcher(fails_at=4096), FakeFetcher()
    library(folder, broken, whole).install("tiny")
    assert whole.asked == [4096]


def test_every_failure_is_named_with_its_source(folder: Path, tmp_path: Path) -> None:
    first, second = FakeFetcher(fails_at=0, name="first"), FakeFetcher(CONTENT[:-5], name="second")
    unasked = FakeFetcher(name="third", offered=False)
    with pytest.raises(KnownError) as caught:
        library(folder, first, second, unasked).install("tiny", source=tmp_path)
    assert f"Tried {tmp_path}: there is no Tiny-Q4.gguf." in caught.value.what
    assert "Tried first: The line broke." in caught.value.what
    assert "Tried second: It ended after" in caught.value.what
    assert "third" not in caught.value.what
    assert "https://huggingface.co/nobody/Tiny-GGUF" in caught.value.todo


def test_wrong_bytes_are_deleted_and_said(folder: Path) -> None:
    models = library(folder, FakeFetcher(gguf_bytes(weights=4096, fill=b"\1")))
    with pytest.raises(KnownError, match=rf"not the one its publisher made.*{ENTRY.sha256[:12]}.*deleted"):
        models.install("tiny")
    assert models.info("tiny").state is ModelState.MISSING
    assert rest(folder) == ["lock"]


@pytest.mark.parametrize("name", ["Tiny-Q4.gguf", "tiny.gguf"])
def test_folder_or_stick_is_used_before_the_network(folder: Path, tmp_path: Path, name: str) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / name).write_bytes(CONTENT)
    fetcher = FakeFetcher()
    models = library(folder, fetcher)
    phases: set[str] = set()
    assert (
        models.install("tiny", source=stick, progress=lambda step: phases.add(step.phase)).read_bytes()
        == CONTENT
    )
    assert fetcher.asked == []
    assert "copying" in phases
    assert models.info("tiny").state is ModelState.INSTALLED


def test_stopped_copy_goes_on_where_it_stopped(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_files, "_CHUNK", 4096)
    source = tmp_path / "Tiny-Q4.gguf"
    source.write_bytes(CONTENT)
    models = library(folder)
    steps: list[Progress] = []
    with pytest.raises(CancelledError):
        models.install(
            "tiny", source=source, progress=steps.append, cancelled=lambda: steps[-1].done_bytes >= 4096
        )
    steps.clear()
    models.install("tiny", source=source, progress=steps.append)
    assert steps[0].done_bytes == 4096
    assert models.path_of("tiny").read_bytes() == CONTENT


def test_file_of_another_size_on_the_stick_is_named_and_the_next_source_used(
    folder: Path, tmp_path: Path
) -> None:
    source = tmp_path / "Tiny-Q4.gguf"
    source.write_bytes(CONTENT + b"x")
    with pytest.raises(KnownError, match=f"has {len(CONTENT) + 1:,} bytes and should have {len(CONTENT):,}"):
        library(folder).install("tiny", source=source)
    assert library(folder, FakeFetcher()).install("tiny", source=source).read_bytes() == CONTENT


def test_model_without_a_known_hash_is_never_downloaded(folder: Path, tmp_path: Path) -> None:
    fetcher = FakeFetcher()
    models = library(folder, fetcher)
    with pytest.raises(KnownError, match=r"hash is not known.*Unhashed\.gguf from https://"):
        models.install("unhashed")
    assert fetcher.asked == []
    path = models.install("unhashed", source=write_gguf(tmp_path / "Unhashed.gguf"))
    assert models.info("unhashed").state is ModelState.UNVERIFIED
    assert models.path_of("unhashed") == path


def test_full_disk_is_said_with_the_sum_before_anything_is_fetched(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", ["total", "used", "free"])
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9 - 10**6, 10**6))
    fetcher = FakeFetcher()
    with pytest.raises(KnownError, match=r"not enough room: .* 300 MB in reserve = 300 MB needed, 1 MB free"):
        library(folder, fetcher).install("tiny")
    assert fetcher.asked == []


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("moment", ["publish", "write_record", "hash_file"])
def test_end_of_the_process_at_any_moment_is_made_good(
    folder: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    def die(*_: object) -> None:
        raise Killed

    fetcher = FakeFetcher()
    with monkeypatch.context() as patch:
        patch.setattr(model_files, moment, die)
        with pytest.raises(Killed):
            library(folder, fetcher).install("tiny")
    models = library(folder, fetcher)
    models.install("tiny")
    assert fetcher.asked == [0]
    assert models.info("tiny").state is ModelState.INSTALLED


DYING = """
import os, sys
from pathlib import Path
from tests.unit.inference import test_library as t
class Dying(t.FakeFetcher):
    def fetch(self, entry, part, advance, cancelled):
        super().fetch(entry, part, lambda done: os._exit(9) if done >= 8192 else None, cancelled)
t.library(Path(sys.argv[1]), Dying()).install("tiny")
"""


def test_killed_process_leaves_no_lock_and_a_part_that_is_used(folder: Path) -> None:
    done = subprocess.run([sys.executable, "-c", DYING, str(folder)], check=False, cwd=os.getcwd())
    assert done.returncode == 9
    models, fetcher = library(folder), FakeFetcher()
    assert models.info("tiny").state is ModelState.PARTIAL
    library(folder, fetcher).install("tiny")
    assert 0 < fetcher.asked[0] <= 8192


def test_second_process_is_turned_away(folder: Path) -> None:
    class Nosy(FakeFetcher):
        def available(self, entry: ModelEntry) -> bool:
            with pytest.raises(KnownError, match="Another window or command"):
                library(folder, FakeFetcher()).install("tiny")
            return True

    assert library(folder, Nosy()).install("tiny").is_file()


def test_file_that_somebody_put_there_is_hashed_at_first_use_only(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.mkdir()
    (folder / "tiny.gguf").write_bytes(CONTENT)
    models = library(folder)
    assert models.info("tiny").state is ModelState.UNVERIFIED
    models.path_of("tiny")
    monkeypatch.setattr(model_files, "hash_file", None)
    assert models.path_of("tiny") == folder / "tiny.gguf"
    assert models.info("tiny").state is ModelState.INSTALLED


def test_changed_file_is_found_damaged_and_installed_anew(folder: Path) -> None:
    models = library(folder, FakeFetcher())
    path = models.install("tiny")
    path.write_bytes(gguf_bytes(weights=4096, fill=b"\2"))
    os.utime(path, ns=(1, 1))
    with pytest.raises(KnownError, match=r"Tiny Model is damaged.*models install tiny"):
        models.path_of("tiny")
    assert models.info("tiny").state is ModelState.DAMAGED
    assert models.install("tiny").read_bytes() == CONTENT
    assert models.info("tiny").state is ModelState.INSTALLED


def test_shortened_file_is_damaged_without_hashing(folder: Path) -> None:
    models = library(folder, FakeFetcher())
    models.install("tiny").write_bytes(CONTENT[:-1])
    assert models.info("tiny").state is ModelState.DAMAGED


def test_model_in_a_folder_without_write_permission_can_be_used(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    folder.mkdir()
    (folder / "tiny.gguf").write_bytes(CONTENT)
    monkeypatch.setattr(model_files, "write_record", refuse)
    assert library(folder).verify("tiny").state is ModelState.INSTALLED
    assert library(folder).path_of("tiny") == folder / "tiny.gguf"


@pytest.fixture(params=["link", "copy"])
def links(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    if request.param == "copy":
        monkeypatch.setattr(Path, "hardlink_to", refuse)
    return bool(request.param == "link")


def test_imported_file_of_the_catalogue_is_recognised(folder: Path, tmp_path: Path, links: bool) -> None:
    source = tmp_path / "renamed by hand.gguf"
    source.write_bytes(CONTENT)
    info = library(folder).import_file(source)
    assert (info.id, info.entry, info.state) == ("tiny", ENTRY, ModelState.INSTALLED)
    assert info.path.samefile(source) == links
    assert source.read_bytes() == info.path.read_bytes() == CONTENT
    assert rest(folder) == ["lock"]


def test_imported_stranger_is_unverified_and_can_be_used_by_its_id(
    folder: Path, tmp_path: Path, links: bool
) -> None:
    source = write_gguf(tmp_path / "My model (v2).gguf", fill=b"\3")
    models = library(folder)
    info = models.import_file(source)
    assert (info.id, info.entry, info.state) == ("My-model-v2", None, ModelState.UNVERIFIED)
    assert info.sha256 == hashlib.sha256(source.read_bytes()).hexdigest()
    assert models.resolve("My-model-v2") == info.path
    assert [each.id for each in models.list()] == ["tiny", "unhashed", "My-model-v2"]
    models.remove("My-model-v2")
    assert source.is_file()
    assert [each.id for each in models.list()] == ["tiny", "unhashed"]


def test_same_file_twice_is_one_model(folder: Path, tmp_path: Path) -> None:
    models = library(folder)
    first = models.import_file(write_gguf(tmp_path / "a.gguf"))
    assert models.import_file(write_gguf(tmp_path / "b.gguf")) == first
    assert len(models.list()) == 3


def test_other_file_of_the_same_name_gets_another(folder: Path, tmp_path: Path) -> None:
    models = library(folder)
    source = tmp_path / "tiny.gguf"
    assert models.import_file(write_gguf(source, fill=b"\1")).id == "tiny-2"
    source.unlink()
    assert models.import_file(write_gguf(source, fill=b"\2")).id == "tiny-3"


def test_file_dropped_into_the_folder_is_imported_in_place(folder: Path) -> None:
    folder.mkdir()
    (folder / "Tiny-Q4.gguf").write_bytes(CONTENT)
    assert library(folder).import_file(folder / "Tiny-Q4.gguf").id == "tiny"
    assert not (folder / "Tiny-Q4.gguf").exists()


def test_import_refuses_what_is_no_model(folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "notes.gguf"
    source.write_text("not a model", encoding="utf-8")
    with pytest.raises(KnownError, match="not a GGUF file"):
        library(folder).import_file(source)
    assert not folder.exists()


def test_file_outside_the_library_is_resolved_by_its_path(folder: Path, tmp_path: Path) -> None:
    source = write_gguf(tmp_path / "x.gguf")
    assert library(folder).resolve(str(source)) == source
    source.write_bytes(b"no")
    with pytest.raises(KnownError, match="not a GGUF file"):
        library(folder).resolve(str(source))


def test_removed_model_is_missing_with_all_that_was_begun(folder: Path) -> None:
    models = library(folder, FakeFetcher(fails_at=4096))
    with pytest.raises(KnownError):
        models.install("tiny")
    assert models.info("tiny").state is ModelState.PARTIAL
    models.remove("tiny")
    assert models.info("tiny").state is ModelState.MISSING
    assert rest(folder) == ["lock"]


def test_damaged_record_is_as_good_as_none(folder: Path) -> None:
    models = library(folder, FakeFetcher())
    path = models.install("tiny")
    model_files.record_path(path).write_text("{", encoding="utf-8")
    assert models.info("tiny").state is ModelState.UNVERIFIED
    assert models.path_of("tiny") == path
