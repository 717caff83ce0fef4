"""A disk that is full, read-only or broken, a database that is held: one sentence, and nothing that was there is lost.

The full disk is a real one where the system lets a test mount a small file system; elsewhere the database is told not to
grow.
"""

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest

from copilot.app import World, build
from copilot.domain.query import View
from copilot.domain.ticket import Visibility
from copilot.services.bundle import Services
from copilot.services.settings import choose_data_dir, data_dir
from copilot.storage import search_index
from copilot.storage import store as store_module
from copilot.storage.migrate import migrations, schema_version
from copilot.storage.store import Store, connect
from copilot.support.clock import FixedClock
from copilot.support.errors import KnownError
from copilot.support.log import log_to_file
from copilot.support.paths import default_data_dir
from tests.fixtures.make_schema_fixture import HERE
from tests.helpers.desk import desk
from tests.helpers.failing import full_disk, held_by_another
from tests.helpers.paths import ROOT
from tests.helpers.played_engine import PlayedEngine

LONG = "A long story of a printer. " * 20_000


@pytest.fixture(params=["full", "held", "broken", "read-only"])
def trouble(request: pytest.FixtureRequest) -> str:
    return str(request.param)


SENTENCES = {
    "full": "The disk is full",
    "held": "Another program holds the database",
    "broken": "The disk reported an error",
    "read-only": "cannot be opened for writing",
}


class BreakableVfs(apsw.VFS):
    """The system's files, until `is_broken`."""

    def __init__(self) -> None:
        self.is_broken = False
        super().__init__("breakable", "")

    def xOpen(self, name: object, flags: list[int]) -> apsw.VFSFile:
        return BreakableFile(self, name, flags)


class BreakableFile(apsw.VFSFile):
    """A file of it."""

    def __init__(self, vfs: BreakableVfs, name: object, flags: list[int]) -> None:
        self._vfs = vfs
        super().__init__("", name, flags)  # type: ignore[arg-type]

    def xWrite(self, data: bytes, offset: int) -> None:
        if self._vfs.is_broken:
            raise apsw.IOError("the disk is broken")
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:
        if self._vfs.is_broken:
            raise apsw.IOError("the disk is broken")
        super().xSync(flags)


@contextmanager
def failing(services: Services, trouble: str) -> Iterator[None]:
    """Let writing fail in this way until the block ends."""
    store = services.store
    writer = store._writer
    if trouble == "full":
        with full_disk(store):
            yield
    elif trouble == "held":
        with held_by_another(store):
            yield
    elif trouble == "read-only":
        writer.execute("PRAGMA query_only = ON")
        try:
            yield
        finally:
            writer.execute("PRAGMA query_only = OFF")
    else:
        vfs = BreakableVfs()
        broken = apsw.Connection(str(store.path), vfs="breakable")
        for setting in ("journal_mode = WAL", "foreign_keys = ON"):
            broken.execute(f"PRAGMA {setting}")
        search_index.add_functions(broken)
        vfs.is_broken = True
        store._writer = broken
        try:
            yield
        finally:
            store._writer = writer
            vfs.is_broken = False
            broken.close()
            vfs.unregister()


def one_sentence(work: Callable[[], object], words: str) -> None:
    with pytest.raises(KnownError, match=words) as caught:
        work()
    assert "\n" not in str(caught.value)
    assert caught.value.kept
    assert caught.value.todo


def test_every_write_is_one_sentence_costs_nothing_and_works_afterwards(
    services: Services,
    ticket: int,
    engine: PlayedEngine,
    trouble: str,
    tmp_path: Path,
) -> None:
    tickets, exchange = services.tickets, services.exchange
    tickets.save_draft(ticket, "note", "kept")
    file = tmp_path / "in.csv"
    file.write_text(
        "number,title,body\n" + "".join(f"X-{n},t{n},{LONG[:5000]}\n" for n in range(40)), encoding="utf-8"
    )
    read = exchange.read(file)
    services.ask.coach(ticket, "load what is loaded once")
    work: dict[str, Callable[[], object]] = {
        "draft": lambda: tickets.save_draft(ticket, "note", LONG),
        "post": lambda: tickets.post(ticket, LONG, Visibility.INTERNAL),
        "create": lambda: tickets.create("new", LONG[:100_000]),
        "ask": lambda: services.ask.ask(ticket, LONG[:8000], lambda _: None),
        "import": lambda: exchange.store(read),
        "setting": lambda: services.settings.set("window", {"geometry": LONG}),
    }
    before = state(services, ticket)
    with failing(services, trouble):
        for name, each in work.items():
            one_sentence(each, SENTENCES[trouble])
            assert state(services, ticket) == before, name
    for each in work.values():
        each()
    assert len(services.tickets.search(View.ALL)) == 42


def state(services: Services, ticket: int) -> list[object]:
    """Return everything that a failed write might have spoiled, by the reading connection."""
    case = services.tickets.case(ticket)
    exchanges = services.ask.conversation(ticket)
    return [case, exchanges, services.settings.all(), services.tickets.search(View.ALL)]


# -- on a disk of its own


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[Path]:
    """Mount a file system of this size."""
    folder.mkdir()
    mounted = sys.platform.startswith("linux") and os.geteuid() == 0
    if mounted:
        command = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "none", str(folder)]
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    if not mounted:
        pytest.skip("no small file system can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Take all room that is left."""
    path = folder / "filler"
    with path.open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue
    return path


@pytest.mark.logs("no room for this")
def test_a_full_disk_costs_neither_the_desk_nor_the_program(tmp_path: Path, clock: FixedClock) -> None:
    with (
        small_disk(tmp_path / "disk", 4000) as disk,
        desk(disk / "data", samples=False, clock=clock) as services,
    ):
        made, _ = services.tickets.create("Printer offline", "since Monday")
        services.tickets.save_draft(made.id, "note", "kept")
        filler = fill(disk)
        one_sentence(lambda: services.tickets.save_draft(made.id, "note", LONG), "disk")
        one_sentence(services.backups.create, "disk|No space")
        one_sentence(services.backups.run, "disk|No space")
        assert not list((disk / "data").rglob("*.partial"))
        assert services.backups.copies() == []
        logging.getLogger("copilot.test").error("no room for this %s", "x" * 10_000)
        assert services.tickets.case(made.id).drafts["note"].text == "kept"
        filler.unlink()
        services.tickets.save_draft(made.id, "note", "room again")
        assert services.tickets.case(made.id).drafts["note"].text == "room again"
        assert services.backups.create().tickets == 1


def test_a_restore_on_a_full_disk_leaves_the_desk_as_it_was(tmp_path: Path, clock: FixedClock) -> None:
    with desk(tmp_path / "other", samples=False, clock=clock) as other:
        for n in range(300):
            other.tickets.create(f"ticket {n}", LONG[:3000])
        copy = other.backups.create().path
    with small_disk(tmp_path / "disk", 2500) as disk, desk(disk, samples=False, clock=clock) as services:
        made, _ = services.tickets.create("Printer offline")
        one_sentence(lambda: services.backups.restore(copy), "disk")
        assert services.tickets.search(View.ALL) == [made.id]
        services.tickets.create("work goes on")
        assert not list(disk.glob("*restoring*"))


def test_a_migration_on_a_full_disk_changes_nothing_and_works_with_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 2000) as disk:
        database = disk / "desk.db"
        shutil.copy(HERE / "schema_1.db", database)
        content = database.read_bytes()
        filler = fill(disk)
        one_sentence(lambda: Store(database), "disk")
        assert not list(disk.glob("*.partial"))
        filler.unlink()
        db = connect(database, read_only=True)
        assert schema_version(db) == 1
        db.close()
        assert len(database.read_bytes()) == len(content)
        Store(database).close()
        assert len(list(disk.glob("desk-before-schema-*.db"))) == 1
        db = connect(database, read_only=True)
        assert schema_version(db) == migrations()[-1][0]
        db.close()


def test_a_start_on_a_full_disk_is_one_sentence_or_works(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 2000) as disk:
        fill(disk)
        one_sentence(lambda: build(World(disk / "data", "fake")), "disk|No space|cannot be made")


def test_another_data_folder_that_cannot_be_noted_leaves_the_old_choice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pointer = default_data_dir() / "location.json"
    try:
        choose_data_dir(tmp_path / "first")
        real = Path.write_text

        def half(path: Path, text: str, **_: object) -> int:
            real(path, text[:5], encoding="utf-8")
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(Path, "write_text", half)
        with pytest.raises(OSError, match="No space"):
            choose_data_dir(tmp_path / "second")
        monkeypatch.undo()
        assert data_dir(None) == tmp_path / "first"
        assert [each.name for each in pointer.parent.glob("location*")] == ["location.json"]
    finally:
        pointer.unlink(missing_ok=True)


# -- other programs and rights


@pytest.mark.parametrize("mode", ["EXCLUSIVE", "IMMEDIATE"])
def test_a_database_that_another_process_holds_opens_when_it_lets_go(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "desk.db"
    Store(path).close()
    script = (
        "import sys, apsw; db = apsw.Connection(sys.argv[1]); db.execute('PRAGMA journal_mode = DELETE');"
        f"db.execute('BEGIN {mode}'); print('held', flush=True); sys.stdin.readline()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        patient = store_module.BUSY_MS
        store_module.BUSY_MS = 50
        try:
            one_sentence(lambda: Store(path), "Another program holds the database")
        finally:
            store_module.BUSY_MS = patient
        other.communicate("go\n")
    Store(path).close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.logs("said on a full disk")
def test_a_log_that_cannot_be_written_is_no_trouble(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "copilot.log").symlink_to("/dev/full")
    log_to_file(folder)
    try:
        logging.getLogger("copilot.test").error("said on a full disk")
        (folder / "copilot.log").unlink()
        (folder / "copilot.log").mkdir()  # what cannot even be opened
        log_to_file(tmp_path / "elsewhere")
        log_to_file(folder)
        logging.getLogger("copilot.test").error("said on a full disk")
    finally:
        log_to_file(tmp_path / "elsewhere")
    assert capsys.readouterr().err == ""
