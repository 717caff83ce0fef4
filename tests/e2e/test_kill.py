"""Whatever is killed, and when: what was asked is there, what came is there, and nothing is left running."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import apsw
import psutil
import pytest

from tests.helpers.desk import desk
from tests.helpers.program import PATIENCE, Program, until, workers_of

QUESTION = "Why does the printer say 0x0000011b since Monday?"


@pytest.fixture
def program(data_dir: Path) -> Program:
    """Have one ticket on the desk."""
    with desk(data_dir, samples=False) as services:
        services.tickets.create("Printer offline", "It says 0x0000011b since Monday.")
    return Program(data_dir)


def stored(program: Program, sql: str) -> list[tuple[Any, ...]]:
    """Look into the file while the program runs."""
    db = apsw.Connection(str(program.data_dir / "desk.db"), flags=apsw.SQLITE_OPEN_READONLY)
    db.set_busy_timeout(5000)
    try:
        return [tuple(row) for row in db.execute(sql)]
    finally:
        db.close()


def heard(process: "subprocess.Popen[bytes]", at_least: int) -> str:
    """Read what it prints until there is enough of it."""
    assert process.stdout is not None
    words = b""
    while len(words) < at_least:
        more = process.stdout.read(at_least - len(words))
        assert more, "it ended"
        words += more
    return words.decode("utf-8")


def conversation(program: Program) -> tuple[list[str], list[tuple[str, str]]]:
    """Start the program anew and return the questions, and state and text of the answers."""
    shown = program.json("tickets", "show", "1")
    questions = [question["text"] for question in shown["questions"]]
    return questions, [(answer["state"], answer["text"]) for answer in shown["answers"]]


def gone(processes: list[psutil.Process]) -> None:
    """Wait until none of them is left."""
    _, alive = psutil.wait_procs(processes, timeout=PATIENCE)
    assert alive == []


def test_a_question_is_there_although_the_program_was_killed_at_once(program: Program) -> None:
    with program.started("ask", "1", QUESTION, script="slow") as process:
        until(lambda: stored(program, "SELECT 1 FROM question"))
        process.kill()
        workers = workers_of(process.pid)
    questions, ((state, _),) = conversation(program)
    assert questions == [QUESTION]
    assert state == "interrupted"
    gone(workers)


def test_what_was_on_the_screen_is_there_after_a_kill_and_no_worker_stays(program: Program) -> None:
    with program.started("ask", "1", QUESTION, script="slow") as process:
        words = heard(process, 60)
        until(lambda: stored(program, "SELECT payload FROM suggestion")[0][0].startswith(words))
        workers = workers_of(process.pid)
        assert len(workers) == 1
        process.kill()
        gone(workers)  # it ends by itself when its stdin closes
        # The program is a zombie until the block ends, which must not count as alive.
        questions, ((state, text),) = conversation(program)
    assert (questions, state) == ([QUESTION], "interrupted")
    assert text.startswith(words)


def test_words_before_a_silence_are_there_after_a_kill(program: Program) -> None:
    with program.started("ask", "1", QUESTION, script="hang") as process:  # twenty words, then nothing
        words = heard(process, 40)
        until(lambda: stored(program, "SELECT payload FROM suggestion")[0][0].startswith(words))
        process.kill()
    _, ((state, text),) = conversation(program)
    assert state == "interrupted"
    assert text.startswith(words)


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.3, 0.8, 1.5])
def test_a_kill_at_any_moment_leaves_a_whole_desk(program: Program, seconds: float) -> None:
    with program.started("ask", "1", QUESTION, script="slow") as process:
        time.sleep(seconds)  # any moment: what is asserted holds at each
        there = stored(program, "SELECT text FROM question")
        came = stored(program, "SELECT payload FROM suggestion")
        workers = workers_of(process.pid)
        process.kill()
    gone(workers)
    questions, answers = conversation(program)
    assert len(questions) == len(answers) >= len(there)
    for (state, text), (before,) in zip(answers, came, strict=False):
        assert state == "interrupted"
        assert text.startswith(before)
    assert program.json("backup", "verify")["tickets"] == 1


def test_another_program_does_not_take_a_living_answer_for_lost(program: Program) -> None:
    with program.started("ask", "1", QUESTION, script="slow") as process:
        words = heard(process, 10)
        until(lambda: stored(program, "SELECT payload FROM suggestion")[0][0].startswith(words))
        _, ((state, _),) = conversation(program)
        assert state == "streaming"
        heard(process, 10)  # and it goes on
        process.kill()
    _, ((state, _),) = conversation(program)
    assert state == "interrupted"


def test_a_worker_that_is_killed_is_one_sentence_and_the_next_question_is_answered(program: Program) -> None:
    with program.started("ask", "1", QUESTION, script="slow") as process:
        words = heard(process, 40)
        (worker,) = workers_of(process.pid)
        worker.kill()
        rest, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 2
    lines = [line for line in errors.decode().splitlines() if line.startswith("technician-copilot: ")]
    assert len(lines) == 1
    assert "kept" in lines[0]
    assert b"Traceback" not in errors
    questions, ((state, text),) = conversation(program)
    assert (questions, state) == ([QUESTION], "interrupted")
    assert text.startswith(words)
    assert (words + rest.decode()).startswith(text)
    assert program.json("ask", "1", "And now?")["state"] == "complete"


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C goes to a whole console there")
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_ctrl_c_stops_the_answer_and_keeps_what_came(program: Program, options: tuple[str, ...]) -> None:
    with program.started("ask", "1", QUESTION, *options, script="slow") as process:
        words = until(lambda: stored(program, "SELECT payload FROM suggestion WHERE payload <> ''"))[0][0]
        workers = workers_of(process.pid)
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, errors
    assert b"Traceback" not in errors
    assert errors.decode().splitlines()[-1] == "technician-copilot: Stopped."
    gone(workers)
    _, ((state, text),) = conversation(program)
    assert state == "interrupted"
    assert text.startswith(words)
    assert (b'"state": "interrupted"' in out) is bool(options)


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C goes to a whole console there")
def test_ctrl_c_before_the_answer_ends_the_program_in_order(program: Program) -> None:
    with program.started("ask", "1", QUESTION, script="slow") as process:
        workers = until(lambda: workers_of(process.pid))
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode in (2, 130)
    assert b"Traceback" not in errors
    gone(workers)
    questions, answers = conversation(program)
    assert questions in ([], [QUESTION])
    assert all(state in ("interrupted", "failed") for state, _ in answers)
