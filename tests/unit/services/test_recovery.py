"""After a crash: answers of programs that are gone are marked, those of programs that run are left alone."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from copilot.domain.conversation import Answer, AnswerState
from copilot.services.bundle import Services
from copilot.services.recovery import is_alive, owner_of, recover
from copilot.storage import conversation
from copilot.support.clock import FixedClock
from copilot.support.ids import new_uid
from tests.helpers.desk import desk


def receiving(services: Services, ticket: int, owner: str, text: str = "") -> str:
    """Store an answer as a program leaves it that is killed while receiving."""
    uid = new_uid("ans")
    answer = Answer(uid, ticket, "q", "", AnswerState.QUEUED, "m", "", (), services.tickets.now())
    with services.store.write() as db:
        conversation.add_answer(db, answer, "", owner)
        if text:
            conversation.save_answer_text(db, uid, text)
    return uid


def stored(services: Services, uid: str) -> Answer:
    with services.store.read() as db:
        found = conversation.answer(db, uid)
    assert found is not None
    return found


def ended_owner() -> str:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    owner = owner_of(process.pid)
    assert is_alive(owner)
    process.communicate(b"\n")
    return owner


def test_answers_of_programs_that_are_gone_are_interrupted_and_keep_their_words(
    services: Services, clock: FixedClock, ticket: int
) -> None:
    gone = ended_owner()
    half = receiving(services, ticket, gone, "half an answer")
    none = receiving(services, ticket, gone)
    mine = receiving(services, ticket, owner_of(os.getpid()), "still coming")
    clock.advance(timedelta(minutes=1))
    assert recover(services.deps) == 2
    for uid, text in ((half, "half an answer"), (none, "")):
        answer = stored(services, uid)
        assert (answer.state, answer.text) == (AnswerState.INTERRUPTED, text)
        assert answer.error == "The program ended while this answer was being written."
        assert answer.finished_at == clock.now()
    assert stored(services, mine).state is AnswerState.STREAMING
    assert recover(services.deps) == 0


def test_opening_a_desk_recovers_it(data_dir: Path, services: Services, ticket: int) -> None:
    uid = receiving(services, ticket, ended_owner(), "half")
    with desk(data_dir, samples=False):
        assert stored(services, uid).state is AnswerState.INTERRUPTED


def test_another_process_with_the_same_number_is_another() -> None:
    pid, began = owner_of(os.getpid()).split(":")
    assert not is_alive(f"{pid}:{float(began) - 60:.2f}")
    assert not is_alive("")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no zombies")
def test_a_killed_program_that_nobody_has_waited_for_is_gone() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    owner = owner_of(process.pid)
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # it is dead and still has its entry
    assert psutil.Process(process.pid).status() == psutil.STATUS_ZOMBIE
    assert not is_alive(owner)
    process.communicate()


def test_a_process_that_may_not_be_looked_at_is_none_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = owner_of(os.getpid())

    def refuse(_: psutil.Process) -> float:
        raise psutil.AccessDenied(1)

    monkeypatch.setattr(psutil.Process, "create_time", refuse)
    assert not is_alive(owner)
