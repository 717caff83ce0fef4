"""Questions and answers through a real worker process with the scripted engine."""

import queue
from pathlib import Path

import psutil
import pytest

from copilot.domain.conversation import Answer, AnswerState
from copilot.domain.evidence import EvidenceKind
from copilot.services.ask import AnswerEvent, Chunk, Ended
from copilot.services.bundle import Services
from tests.helpers.desk import desk

PATIENCE = 60.0  # seconds until a test gives up waiting; never an assertion on speed
QUESTION = "Why does the printer say 0x0000011b since Monday?"


class Conversation:
    """Asks and listens."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.ticket = services.tickets.create("Printer offline", "It says 0x0000011b since Monday.")[0].id
        self.events: queue.Queue[AnswerEvent] = queue.Queue()

    def ask(self, text: str = QUESTION) -> str:
        return self.services.ask.ask(self.ticket, text, self.events.put)

    def until_words(self, count: int = 1) -> str:
        text = ""
        while count:
            event = self.events.get(timeout=PATIENCE)
            assert not isinstance(event, Ended), event
            if isinstance(event, Chunk):
                text += event.text
                count -= 1
        return text

    def until_end(self) -> Answer:
        while True:
            event = self.events.get(timeout=PATIENCE)
            if isinstance(event, Ended):
                return self.services.ask.view(event.answer.uid).answer


def workers() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "--worker" in child.cmdline()]


def test_a_second_turn_reads_only_what_is_new(data_dir: Path) -> None:
    with desk(data_dir, script="default", samples=False) as services:
        talk = Conversation(services)
        talk.ask()
        first = talk.until_end()
        assert first.state is AnswerState.COMPLETE
        assert first.timings.cached_tokens == 0
        services.tickets.add_evidence(talk.ticket, EvidenceKind.PASTE, "KB5005565 installed", "log")
        talk.ask("Which update was it?")
        second = talk.until_end()
        known = first.timings.prompt_tokens + first.timings.answer_tokens
        assert second.timings.cached_tokens >= known - 2
        assert second.timings.prompt_tokens > known
        services.tickets.switch_evidence(services.tickets.case(talk.ticket).evidence[-1].uid, False)
        talk.ask("And without it?")
        third = talk.until_end()
        assert third.timings.cached_tokens < second.timings.prompt_tokens
        assert third.timings.cached_tokens >= known - 2  # the first turn did not change


def test_stopping_ends_the_answer_and_the_next_question_is_answered(data_dir: Path) -> None:
    with desk(data_dir, script="slow", samples=False) as services:
        talk = Conversation(services)
        uid = talk.ask()
        heard = talk.until_words(5)
        services.ask.stop(uid)
        answer = talk.until_end()
        assert (answer.state, answer.finish) == (AnswerState.INTERRUPTED, "cancelled")
        assert answer.text.startswith(heard)
        talk.ask("And now?")
        talk.until_words()
        assert len(services.ask.conversation(talk.ticket)) == 2


@pytest.mark.logs("^the worker ended")
def test_a_crash_keeps_question_and_words_and_the_answer_can_be_had_again(data_dir: Path) -> None:
    with desk(data_dir, script="crash", samples=False) as services:
        talk = Conversation(services)
        uid = talk.ask()
        heard = talk.until_words(20)
        answer = talk.until_end()
        assert (answer.state, answer.text) == (AnswerState.INTERRUPTED, heard)
        assert "kept" in answer.error
        assert "\n" not in answer.error
        ticket = talk.ticket
    with desk(data_dir, script="default", samples=False) as services:
        events: queue.Queue[AnswerEvent] = queue.Queue()
        again = services.ask.regenerate(uid, events.put)
        services.ask.wait(again, PATIENCE)
        ((old, new),) = (exchange.answers for exchange in services.ask.conversation(ticket))
        assert (old.answer.text, old.answer.superseded) == (heard, True)
        assert new.answer.state is AnswerState.COMPLETE


@pytest.mark.logs("^the worker ended")
def test_a_killed_worker_costs_the_answer_in_flight_and_no_more(data_dir: Path) -> None:
    with desk(data_dir, script="slow", samples=False) as services:
        talk = Conversation(services)
        talk.ask()
        heard = talk.until_words(3)
        (worker,) = workers()
        worker.kill()
        answer = talk.until_end()
        assert answer.state is AnswerState.INTERRUPTED
        assert answer.text.startswith(heard)
        assert answer.error
        talk.ask("Are you there?")
        assert talk.until_words()
    assert workers() == []


def test_closing_the_desk_ends_the_worker_and_keeps_the_words(data_dir: Path) -> None:
    with desk(data_dir, script="slow", samples=False) as services:
        talk = Conversation(services)
        uid = talk.ask()
        heard = talk.until_words(3)
    assert workers() == []
    with desk(data_dir, samples=False) as services:
        answer = services.ask.view(uid).answer
    assert answer.state is AnswerState.INTERRUPTED
    assert answer.text.startswith(heard)


@pytest.mark.logs("^the worker (ended|sent)")
@pytest.mark.parametrize("script", ["oom", "exit", "garbage"])
def test_each_way_to_fail_is_one_sentence(data_dir: Path, script: str) -> None:
    with desk(data_dir, script=script, samples=False) as services:
        talk = Conversation(services)
        talk.ask()
        answer = talk.until_end()
    assert answer.state in (AnswerState.INTERRUPTED, AnswerState.FAILED)
    assert answer.error
    assert "\n" not in answer.error
    assert "Traceback" not in answer.error
