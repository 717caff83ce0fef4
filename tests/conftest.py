"""What holds for every test: no network, no screen, no real home, no unannounced warnings, nothing left running."""

import logging
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

from copilot.support import i18n
from copilot.support.clock import FixedClock
from tests.helpers.leaks import leaked_threads, qt_leaks, running_threads
from tests.helpers.logfail import LogWatch
from tests.helpers.offline import NetworkGuard

_HERE = Path(__file__).parent
_SLOW = {
    "test_ask_flow", "test_backups_ui", "test_console_ask", "test_crash_safety", "test_decisions_ui",
    "test_every_screen", "test_fake_engine_answers", "test_german", "test_golden", "test_notifier", "test_popouts",
    "test_several_tickets", "test_unstored",
}  # fmt: skip
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["LANGUAGE"] = "en"  # whatever the developer's machine speaks
# How long an example takes says something of the machine, not of the code.
# A run of the whole suite looks at the same examples each time; elsewhere new ones are tried.
settings.register_profile("desk", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("desk")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers that these fixtures read."""
    config.addinivalue_line("markers", "loopback: talks to a server of its own on this machine")
    config.addinivalue_line("markers", "logs(pattern, ...): may log warnings and errors that match")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out of the quick loop what starts processes of its own or goes through every screen: a second each time."""
    for item in items:
        folders = {_HERE / "e2e", _HERE / "worker"}
        if folders & set(item.path.parents) or item.path.stem in _SLOW:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Lead everything that looks for the user's folders (QSettings among them) into an empty one."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
            patch.setenv(name, str(folder))
        for name in ("CONFIG", "DATA", "CACHE", "STATE"):
            patch.setenv(f"XDG_{name}_HOME", str(folder / name.lower()))
        yield folder


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Speak English again after a test of another language."""
    yield
    i18n.install(Path(), "en")


@pytest.fixture(autouse=True)
def no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[NetworkGuard]:
    """Fail a test that reaches for the network."""
    guard = NetworkGuard(monkeypatch, loopback=request.node.get_closest_marker("loopback") is not None)
    yield guard
    if guard.attempts:
        pytest.fail("network touched: " + "; ".join(guard.attempts), pytrace=False)


@pytest.fixture(autouse=True)
def expected_logs(request: pytest.FixtureRequest) -> Iterator[LogWatch]:
    """Fail a test on log records of WARNING and above.

    `expected_logs.expect(pattern)` announces one that must come, `@pytest.mark.logs(pattern)` those that may.
    """
    watch = LogWatch(pattern for mark in request.node.iter_markers("logs") for pattern in mark.args)
    logging.getLogger().addHandler(watch)
    yield watch
    logging.getLogger().removeHandler(watch)
    if complaints := watch.complaints():
        pytest.fail("\n".join(complaints), pytrace=False)


@pytest.fixture(autouse=True)
def no_leaked_threads() -> Iterator[None]:
    """Fail a test that leaves threads behind."""
    before = running_threads()
    yield
    if leaks := leaked_threads(before):
        pytest.fail("\n".join(leaks), pytrace=False)


@pytest.fixture(autouse=True)
def no_qt_leaks(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test with a QApplication that leaves timers, threads, animations or windows behind."""
    if "qapp" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("qapp")
    before = qt_leaks()
    yield
    leaks = [name for identity, name in qt_leaks().items() if identity not in before]
    if leaks:
        pytest.fail("left behind: " + "; ".join(leaks), pytrace=False)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Return an empty data folder."""
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture
def clock() -> FixedClock:
    """Return a clock that stands at nine on a Monday morning."""
    return FixedClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
