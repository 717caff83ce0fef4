"""Program or worker end at the worst moment: what was typed, asked and received is there at the next start."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from copilot.domain.conversation import AnswerState
from copilot.storage import desk_state
from copilot.storage.store import Store
from copilot.ui.desk.new_ticket import NewTicketPanel
from tests.helpers.window import PATIENCE, Page, child, open_page, page_fixture, shown_texts

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen has no window manager

page = page_fixture()
slow_page = page_fixture(script="slow")
crash_page = page_fixture(script="crash")

LIMIT_MS = 250  # what was typed so long ago may not be lost


def on_disk(page: Page, ticket: int) -> dict[str, str]:
    """Return the drafts as a program finds them that starts now, while this one has closed nothing."""
    store = Store(page.services.data_dir / "desk.db")
    try:
        with store.read() as db:
            return {slot: text for slot, (text, _) in desk_state.drafts(db, ticket).items()}
    finally:
        store.close()


def test_what_was_typed_is_on_disk_without_leaving_or_closing_anything(page: Page, qtbot: QtBot) -> None:
    ticket = page.ticket
    for timer in (page.composer._save_timer, page.editor._timer):
        assert timer.interval() <= LIMIT_MS / 2  # the other half is for the disk
    page.draft_question("a question")
    page.wait(lambda: on_disk(page, ticket).get("question") == "a question")
    page.run("Write an internal note")
    page.type("a note")
    page.wait(lambda: on_disk(page, ticket).get("note") == "a note")
    page.run("Write a reply")
    page.type("a reply")
    page.wait(lambda: on_disk(page, ticket).get("reply") == "a reply")
    page.run("New ticket")
    panel = child(page.window, NewTicketPanel)
    assert panel._saving.interval() <= LIMIT_MS / 2
    page.type("A caller just now")
    page.wait(lambda: on_disk(page, 0).get("new_title") == "A caller just now")


def test_one_who_types_without_a_pause_is_stored_all_the_same(page: Page, qtbot: QtBot) -> None:
    for start, box in (
        ("Ask the model", page.ask_box),
        ("Write an internal note", page.write_box),
    ):
        page.run(start)
        for _ in range(200):
            page.type("ab ")
            qtbot.wait(10)  # no pause is long enough for a timer that each key starts anew
            if any(text.strip() for text in on_disk(page, page.ticket).values()):
                break
        assert box.toPlainText().startswith(next(iter(on_disk(page, page.ticket).values())))
        box.clear()
        page.settle()


def test_a_partial_answer_is_stored_while_it_streams(slow_page: Page) -> None:
    page = slow_page
    card = page.ask(until="text")
    page.wait(lambda: page.stored_answer(card.uid).answer.text)
    stored = page.stored_answer(card.uid).answer
    assert stored.state is AnswerState.STREAMING
    assert card.text().startswith(stored.text[:20])
    page.press(Qt.Key.Key_Escape)
    page.wait_for_end(card.uid)


PROGRAM = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from copilot.app import World, build
from copilot.ui.application import application, make_window

services = build(World(Path(sys.argv[1]), "fake", "slow"))
services.exchange.make_samples()
app = application(sys.argv[:1])
window = make_window(app, services)
window.show()
asked = []

def step():
    if not window.shows_ticket() or not window.hub.tasks.is_idle:
        return
    case = window.case
    if not asked:
        asked.append(1)
        case.composer._input.setPlainText("What is the likely cause?")
        case.composer.send()
    elif (card := case.conversation.last_card()) and services.ask.view(card.uid).answer.text:
        timer.stop()
        case.composer._input.setPlainText("the next question, half wri")
        case._open_tab(1)
        case.editor._input.setPlainText("a note, half wri")
        QTimer.singleShot(1000, lambda: print("now", flush=True))

timer = QTimer(window, interval=20)
timer.timeout.connect(step)
timer.start()
app.exec()
"""


@pytest.mark.slow
def test_a_killed_program_starts_with_everything_and_marks_the_answer(qtbot: QtBot, tmp_path: Path) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": os.pathsep.join(sys.path)}
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert program.stdout is not None
        assert program.stdout.readline().strip() == "now"
    finally:
        workers = psutil.Process(program.pid).children(recursive=True)
        program.kill()
        program.wait()
        if program.stdout:
            program.stdout.close()
    psutil.wait_procs(workers, timeout=PATIENCE / 1000)
    assert not [worker for worker in workers if worker.is_running()]  # it ends with its window
    with open_page(qtbot, tmp_path, samples=False) as page:
        page.wait(page.conversation.last_card)
        card = page.card()
        stored = page.stored_answer(card.uid).answer
        assert stored.state is AnswerState.INTERRUPTED
        assert card.text() == stored.text != ""
        assert "Interrupted: The program ended while this answer was being written." in shown_texts(card)
        assert "What is the likely cause?" in shown_texts(page.conversation)
        assert page.ask_box.toPlainText() == "the next question, half wri"
        page.run("Write an internal note")
        assert page.write_box.toPlainText() == "a note, half wri"
        page.run("Ask the same again")  # and work goes on
        page.wait(lambda: page.card() is not card)
        page.wait_for_end(page.card().uid)
        assert page.stored_answer(page.card().uid).answer.state is AnswerState.COMPLETE


@pytest.mark.logs("the worker ended with")
def test_a_worker_that_crashes_costs_the_rest_of_the_answer_only(crash_page: Page) -> None:
    page = crash_page
    card = page.ask()
    stored = page.stored_answer(card.uid).answer
    assert stored.state is AnswerState.INTERRUPTED
    assert card.text() == stored.text != ""
    notice = next(text for text in shown_texts(card) if text.startswith("Interrupted: "))
    assert notice.endswith(".")
    assert "are kept" in notice
    assert "What is the likely cause?" in shown_texts(page.conversation)
    page.run("Write an internal note")
    page.type("still here")
    assert page.write_box.toPlainText() == "still here"


def worker() -> psutil.Process:
    return next(each for each in psutil.Process().children() if "--worker" in each.cmdline())


@pytest.mark.logs("the worker ended with")
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals")
def test_asking_again_after_the_worker_was_killed_works(slow_page: Page) -> None:
    page = slow_page
    card = page.ask(until="text")
    worker().send_signal(signal.SIGKILL)  # as the kernel does when memory runs out
    page.wait_for_end(card.uid)
    assert page.stored_answer(card.uid).answer.state is AnswerState.INTERRUPTED
    assert any("memory" in text for text in shown_texts(card))
    page.run("Ask the same again")
    page.wait(lambda: page.card() is not card)
    page.wait(page.card().text)
    page.press(Qt.Key.Key_Escape)
    page.wait_for_end(page.card().uid)
    assert page.stored_answer(page.card().uid).answer.error == "Stopped."
