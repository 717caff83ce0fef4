"""The fixtures of tests/conftest.py fail the tests that they should: shown by a run of pytest inside the test."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.helpers.paths import ROOT, TESTS

pytestmark = pytest.mark.slow

INNER = """
import logging
import os
import socket
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QSettings, QThread, QTimer
from PySide6.QtWidgets import QWidget

kept = []


def test_network():
    try:
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    except BaseException:
        pass


def test_warning():
    logging.getLogger("copilot.x").warning("disk is %s", "full")


def test_announced_warning_passes(expected_logs):
    expected_logs.expect("disk is full")
    logging.getLogger("copilot.x").warning("disk is %s", "full")


@pytest.mark.logs("^disk is", "^other")
def test_allowed_warning_passes():
    logging.getLogger("copilot.x").warning("disk is %s", "full")


@pytest.mark.logs("^paper is")
def test_other_warning_than_allowed():
    logging.getLogger("copilot.x").warning("disk is %s", "full")


def test_announced_warning_absent(expected_logs):
    expected_logs.expect("disk is full")


def test_thread():
    done = threading.Event()
    kept.append(done)
    threading.Thread(target=done.wait, name="lazy").start()


def test_own_daemon_thread():
    done = threading.Event()
    kept.append(done)
    threading.Thread(target=done.wait, name="copilot-writer", daemon=True).start()


def test_foreign_daemon_thread_passes():
    done = threading.Event()
    kept.append(done)
    threading.Thread(target=done.wait, daemon=True).start()


def test_timer(qapp):
    timer = QTimer()
    timer.setObjectName("blink")
    timer.start(100_000)
    kept.append(timer)


def test_qthread(qapp):
    thread = QThread()
    thread.start()
    kept.append(thread)


def test_widget(qapp):
    kept.append(QWidget())


def test_tidy_widget_passes(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    timer = QTimer(widget)
    timer.start(100_000)
    widget.show()


def test_home_passes():
    assert Path.home() == Path(os.environ["HOME"])
    assert QSettings("a", "b").fileName().startswith(os.environ["HOME"])


def test_end(qapp):
    for thing in kept:
        if isinstance(thing, threading.Event):
            thing.set()
        elif isinstance(thing, QThread):
            thing.quit()
            thing.wait()
    kept.clear()
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Run the inner tests with this checkout's conftest and return the outcome of each."""
    folder = tmp_path_factory.mktemp("inner")
    shutil.copy(ROOT / "pyproject.toml", folder)
    shutil.copytree(TESTS / "helpers", folder / "tests" / "helpers")
    shutil.copy(TESTS / "conftest.py", folder / "tests")
    (folder / "tests" / "test_inner.py").write_text(INNER, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "300"}
    report = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:randomly", "-p", "no:xdist", "-rA", "tests/test_inner.py"],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    ).stdout
    summary = report[report.index("short test summary") :]
    found: dict[str, str] = {}
    for line in summary.splitlines():
        if match := re.match(r"(PASSED|FAILED|ERROR) tests/test_inner\.py::(\w+)(?: - (.*))?", line):
            outcome = "passed" if match[1] == "PASSED" else str(match[3])
            if found.get(match[2], "passed") == "passed":
                found[match[2]] = outcome
    return found


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("network", "network touched"),
        ("warning", "disk is full"),
        ("other_warning_than_allowed", "disk is full"),
        ("announced_warning_absent", "did not come"),
        ("thread", "'lazy' still runs"),
        ("own_daemon_thread", "'copilot-writer' still runs"),
        ("timer", "active timer QTimer 'blink'"),
        ("qthread", "running thread QThread"),
        ("widget", "top-level widget QWidget"),
    ],
)
def test_what_is_left_behind_fails_the_test(outcomes: dict[str, str], name: str, complaint: str) -> None:
    assert complaint in outcomes[f"test_{name}"]


@pytest.mark.parametrize(
    "name", ["announced_warning", "allowed_warning", "foreign_daemon_thread", "tidy_widget", "home"]
)
def test_what_is_tidy_passes(outcomes: dict[str, str], name: str) -> None:
    assert outcomes[f"test_{name}_passes"] == "passed"
