"""One window for a desk: a second start raises the first and hands over what it was asked for."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLockFile
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from copilot.domain.query import View
from copilot.services.opening import LINE_LIMIT, StartRequest
from copilot.services.settings import DEFAULTS
from copilot.support.errors import KnownError
from copilot.ui.desk.import_panel import ImportPanel
from copilot.ui.shell import instance
from copilot.ui.shell.instance import hand_over, lock, server_name, take_over
from copilot.ui.shell.life import Life
from copilot.ui.shell.server import StartServer
from tests.helpers.paths import ROOT
from tests.helpers.window import PATIENCE, Page, child, page_fixture

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen has no window manager

page = page_fixture()


@pytest.fixture(autouse=True)
def private_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))


@pytest.fixture
def server(qtbot: QtBot, tmp_path: Path) -> Iterator[StartServer]:
    made = StartServer(tmp_path)
    yield made
    made.close()
    made.deleteLater()


SECOND = """
import sys
from pathlib import Path
from copilot.services.opening import from_line
from copilot.support.errors import KnownError
from copilot.ui.shell.instance import hand_over
try:
    hand_over(Path(sys.argv[1]), from_line(sys.argv[2].encode()))
except KnownError as error:
    print(error)
"""


def second_start(qtbot: QtBot, folder: Path, wanted: StartRequest) -> str:
    """Hand over from another process while this one's event loop runs; return what it complains of."""
    process = subprocess.Popen(
        [sys.executable, "-c", SECOND, str(folder), wanted.to_line().decode()],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    qtbot.waitUntil(lambda: process.poll() is not None, timeout=PATIENCE)
    said, _ = process.communicate()
    return said.strip()


def say(qtbot: QtBot, folder: Path, data: bytes) -> bytes:
    socket = QLocalSocket()
    socket.connectToServer(server_name(folder))
    assert socket.waitForConnected(PATIENCE)
    socket.write(data)
    socket.flush()
    qtbot.waitUntil(
        lambda: socket.state() is QLocalSocket.LocalSocketState.UnconnectedState, timeout=PATIENCE
    )
    return bytes(socket.readAll().data()).strip()


# -- the lock


def test_only_one_process_holds_a_folder(tmp_path: Path) -> None:
    first = lock(tmp_path)
    assert first is not None
    assert first.isLocked()
    assert lock(tmp_path) is None
    assert lock(tmp_path / "other") is not None
    first.unlock()
    assert lock(tmp_path) is not None


CRASH = """
import os, sys
from pathlib import Path
from copilot.ui.shell.instance import lock
held = lock(Path(sys.argv[1]))
assert held.isLocked()
os._exit(9)
"""


def test_a_lock_that_a_crash_left_is_taken_over(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", CRASH, str(tmp_path)], cwd=ROOT, check=False)
    assert (tmp_path / instance.LOCK).exists()
    held = lock(tmp_path)
    assert held is not None
    assert held.isLocked()


def test_the_lock_of_a_process_whose_number_lives_on_is_taken_over(tmp_path: Path) -> None:
    """The number of a process that is gone may be another program's by now."""
    mine = QLockFile(str(tmp_path / "mine"))
    assert mine.tryLock(0)
    (tmp_path / instance.LOCK).write_bytes((tmp_path / "mine").read_bytes())  # but nobody holds it
    assert lock(tmp_path) is None
    held = take_over(tmp_path)
    assert held is not None
    assert held.isLocked()
    assert take_over(tmp_path) is None  # now somebody does


def test_a_lock_of_another_machine_is_left_alone(tmp_path: Path) -> None:
    mine = QLockFile(str(tmp_path / "mine"))
    assert mine.tryLock(0)
    lines = (tmp_path / "mine").read_text(encoding="utf-8").splitlines()
    lines[2] = "another-machine"
    (tmp_path / instance.LOCK).write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert take_over(tmp_path) is None


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="needs rights that are kept")
def test_a_folder_that_cannot_be_written_does_not_stop_the_start_here(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        held = lock(tmp_path)
    finally:
        tmp_path.chmod(0o700)
    assert held is not None  # opening the database says what is wrong


def test_a_folder_that_cannot_be_made_does_not_stop_the_start_here(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert lock(tmp_path / "file" / "desk") is not None


# -- the line between two processes


def test_the_name_is_of_the_user_and_the_folder(tmp_path: Path) -> None:
    assert server_name(tmp_path) == server_name(tmp_path / "sub" / "..")
    assert server_name(tmp_path) != server_name(tmp_path / "sub")
    assert len(server_name(tmp_path)) < 100 or sys.platform != "win32"


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe has rights of another kind")
def test_only_this_user_may_open_it(server: StartServer, tmp_path: Path) -> None:
    mode = stat.S_IMODE(Path(server_name(tmp_path)).stat().st_mode)
    assert mode & 0o077 == 0


def test_a_request_arrives(qtbot: QtBot, server: StartServer, tmp_path: Path) -> None:
    wanted = StartRequest(show="INC-1001", compact=True)
    with qtbot.waitSignal(server.requested, timeout=PATIENCE) as arrived:
        assert second_start(qtbot, tmp_path, wanted) == ""
    assert arrived.args == [wanted]


@pytest.mark.parametrize(
    "data",
    [
        b"\n",
        b"{}\n",
        b"[[[[\n",
        b"[" * 10_000 + b"\n",
        b"\x00\xff\n",
        json.dumps({"v": 99}).encode() + b"\n",
        b"x" * (LINE_LIMIT + 10),
    ],
)
def test_nonsense_is_refused_and_the_next_one_is_heard(
    qtbot: QtBot, server: StartServer, tmp_path: Path, data: bytes
) -> None:
    with qtbot.assertNotEmitted(server.requested):
        assert say(qtbot, tmp_path, data) == b"no"
    with qtbot.waitSignal(server.requested, timeout=PATIENCE):
        assert second_start(qtbot, tmp_path, StartRequest()) == ""


def test_one_that_says_nothing_is_let_go(
    qtbot: QtBot, server: StartServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("copilot.ui.shell.server._SECONDS", 0.05)
    assert say(qtbot, tmp_path, b'{"v": 1') == b""


def test_one_that_was_left_behind_by_a_crash_is_replaced(qtbot: QtBot, tmp_path: Path) -> None:
    if sys.platform != "win32":
        Path(server_name(tmp_path)).write_bytes(b"")
    made = StartServer(tmp_path)
    assert made.is_listening
    made.close()


def test_a_first_window_that_does_not_answer_is_said_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instance, "ANSWER_SECONDS", 0.2)
    with pytest.raises(KnownError, match="open already on this data folder, but does not answer"):
        hand_over(tmp_path, StartRequest())


# -- what the first window does


@pytest.fixture
def life(page: Page) -> Iterator[Life]:
    made = Life(page.window, dict(DEFAULTS), StartRequest())
    yield made
    made.close()


def test_a_second_start_raises_the_window_and_shows_its_ticket(page: Page, life: Life, qtbot: QtBot) -> None:
    page.window.showMinimized()
    other = page.services.tickets.search(View.MY_QUEUE)[2]
    number = page.services.tickets.case(other).ticket.number
    assert second_start(qtbot, page.services.data_dir, StartRequest(show=number)) == ""
    page.wait(lambda: page.ticket == other)
    assert not page.window.isMinimized()
    page.settle()


def test_a_number_that_is_no_ticket_is_said(page: Page, life: Life, qtbot: QtBot) -> None:
    assert second_start(qtbot, page.services.data_dir, StartRequest(show="INC-<b>none</b>")) == ""
    page.wait(lambda: "There is no ticket INC-<b>none</b>." in page.told())


def test_a_file_is_looked_at_and_nothing_is_stored(
    page: Page, life: Life, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "more.csv"
    file.write_text("number,title\nX-1,From a file\n", encoding="utf-8")
    before = len(page.services.tickets.search(View.ALL))
    assert second_start(qtbot, page.services.data_dir, StartRequest(file=str(file), compact=True)) == ""
    page.wait(lambda: child(page.window, ImportPanel)._file is not None)
    page.settle()
    assert len(page.services.tickets.search(View.ALL)) == before
    assert page.action("Compact window").isChecked()


def test_a_hidden_window_comes_back(page: Page, life: Life, qtbot: QtBot) -> None:
    page.window.hide()
    assert second_start(qtbot, page.services.data_dir, StartRequest()) == ""
    page.wait(page.window.isVisible)
