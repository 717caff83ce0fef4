"""The program is told to end: what is typed is stored, the worker ends, and the exit status is that of a close."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from copilot.storage import desk_state
from copilot.storage.store import Store
from copilot.ui.shell.endings import Endings
from copilot.ui.shell.instance import LOCK
from tests.helpers.desk import desk
from tests.helpers.paths import ROOT
from tests.helpers.window import PATIENCE, Page, page_fixture

pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support"),  # offscreen has no window manager
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals"),
]

page = page_fixture()

# The program as it is started, with a hand that types, asks, and says when both is done.
PROGRAM = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
import copilot.ui.application as application
from copilot.__main__ import main

opened = application.open_window

def watched(app, services):
    window = opened(app, services)
    asked = []

    def step():
        if not window.shows_ticket() or not window.hub.tasks.is_idle:
            return
        composer = window.case.composer
        if not asked:
            asked.append(1)
            composer._input.setPlainText("What is the likely cause?")
            composer.send()
        elif (card := window.case.conversation.last_card()) and card.text():
            timer.stop()
            composer._save_timer.setInterval(100_000)  # only the end of the program stores it
            composer._input.setPlainText("half wri")
            print("now", flush=True)

    timer = QTimer(window, interval=20)
    timer.timeout.connect(step)
    timer.start()
    return window

application.open_window = watched
sys.exit(main(["--engine", "fake", "--fake-script", "slow", "--data-dir", sys.argv[1]]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_the_program_like_a_closed_window(
    number: signal.Signals, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with desk(tmp_path):
        pass
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(ROOT),
        "XDG_RUNTIME_DIR": str(tmp_path_factory.mktemp("run")),
    }
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert program.stdout is not None
        assert program.stdout.readline().strip() == "now"
        workers = psutil.Process(program.pid).children(recursive=True)
        assert workers
        program.send_signal(number)
        assert program.wait(PATIENCE / 1000) == 0
    finally:
        program.kill()
        program.wait()
        if program.stdout:
            program.stdout.close()
    _, alive = psutil.wait_procs(workers, timeout=PATIENCE / 1000)
    assert alive == []
    assert not (tmp_path / LOCK).exists()
    assert not (tmp_path / "desk.db-wal").exists()  # closed, not left
    store = Store(tmp_path / "desk.db")
    try:
        with store.read() as db:
            texts = [row[0] for row in db.execute("SELECT text FROM draft")]
    finally:
        store.close()
    assert texts == ["half wri"]


def test_a_signal_is_heard_while_the_event_loop_rests_and_all_is_put_back(qtbot: QtBot) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)]
    endings = Endings()
    with qtbot.waitSignal(endings.wanted, timeout=PATIENCE):
        os.kill(os.getpid(), signal.SIGTERM)
    endings.close()
    assert [signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)] == before
    assert signal.set_wakeup_fd(-1) == -1
    endings.deleteLater()
    QCoreApplication.processEvents()


def test_the_end_of_a_session_waits_until_all_is_on_the_disk(page: Page) -> None:
    endings = Endings(page.window)
    endings.session_ends.connect(page.window.keep_everything)
    ticket = page.ticket
    page.composer._save_timer.setInterval(100_000)
    page.draft_question("typed at the last moment")
    endings.session_ends.emit()  # from here on the system may end the program
    store = Store(page.services.data_dir / "desk.db")
    try:
        with store.read() as db:
            assert desk_state.drafts(db, ticket)["question"][0] == "typed at the last moment"
    finally:
        store.close()
    endings.close()
    page.composer._save_timer.setInterval(10)
    page.settle()
