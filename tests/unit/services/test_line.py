"""Several questions at once: one is asked, the others wait, are prepared at their turn and can be taken back."""

import os
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from copilot.domain.conversation import AnswerState
from copilot.domain.evidence import EvidenceKind
from copilot.inference.host import EngineHost
from copilot.inference.protocol import Generate
from copilot.services.answer_events import AnswerEvent, Ended, Waiting
from copilot.services.bundle import Services
from copilot.services.recovery import owner_of, recover
from copilot.support.clock import FixedClock
from tests.helpers.desk import desk
from tests.helpers.played_engine import PlayedEngine
from tests.helpers.program import until

FIRST = "Why does the printer say 0x0000011b?"
SECOND = "Which update was it?"


class Heard(list[AnswerEvent]):
    """A listener that keeps what it hears."""

    def __call__(self, event: AnswerEvent) -> None:
        self.append(event)

    @property
    def places(self) -> list[int]:
        return [event.place for event in self if isinstance(event, Waiting)]

    @property
    def has_ended(self) -> bool:
        return any(isinstance(event, Ended) for event in self)


@pytest.fixture
def other(services: Services) -> int:
    """Return the id of a second ticket."""
    return services.tickets.create("VPN down", "Error 809 since this morning.")[0].id


def question_draft(services: Services, ticket: int) -> str:
    drafts = services.tickets.case(ticket).drafts
    return drafts["question"].text if "question" in drafts else ""


def state(services: Services, ticket: int) -> tuple[str, int]:
    (row,) = services.ticket_list.rows([ticket])
    return row.answer_state, row.place


def sent(engine: PlayedEngine, requests: int) -> None:
    """Wait until the engine got so many requests."""
    until(lambda: len(engine.requests) == requests)


def test_a_second_question_waits_and_is_asked_when_the_first_has_ended(
    services: Services, engine: PlayedEngine, ticket: int, other: int
) -> None:
    engine.waits = True
    first = services.ask.ask(ticket, FIRST, Heard())
    heard = Heard()
    second = services.ask.ask(other, "Why 809?", heard)
    assert heard.places == [1]
    assert len(engine.requests) == 1
    assert (state(services, ticket), state(services, other)) == (("streaming", 0), ("waiting", 1))
    engine.say("The update.")
    engine.end()
    sent(engine, 2)
    assert heard.places == [1, 0]
    assert state(services, other) == ("streaming", 0)
    engine.say("A blocked port.")
    engine.end()
    until(lambda: heard.has_ended)
    assert services.ask.view(first).answer.text == "The update."
    assert services.ask.view(second).answer.text == "A blocked port."


def test_a_question_on_the_same_ticket_is_planned_with_the_answer_before_it(
    services: Services, engine: PlayedEngine, clock: FixedClock, ticket: int
) -> None:
    engine.waits = True
    services.ask.ask(ticket, FIRST, Heard())
    engine.say("It is KB5005565")
    clock.advance(timedelta(seconds=1))
    uid = services.ask.ask(ticket, SECOND, Heard())
    assert services.ask.conversation(ticket)[1].question.rendered == ""  # nothing is written before its turn
    services.tickets.add_evidence(ticket, EvidenceKind.PASTE, "Event 215 at noon", "event log")
    engine.say(", installed on Monday.")
    engine.end()
    sent(engine, 2)
    before, after = (request.messages for request in engine.requests)
    assert after[: len(before)] == before  # it only grew
    assert after[len(before)].content == "It is KB5005565, installed on Monday."
    assert "Event 215 at noon" in after[-1].content
    engine.end()
    until(lambda: not services.ask.is_live(uid))
    epochs = {exchange.question.epoch for exchange in services.ask.conversation(ticket)}
    assert len(epochs) == 1


def test_who_waits_moves_up_in_the_order_asked(
    services: Services, engine: PlayedEngine, ticket: int, other: int
) -> None:
    engine.waits = True
    services.ask.ask(ticket, FIRST, Heard())
    heard = [Heard(), Heard(), Heard()]
    waiting = [
        services.ask.ask(each, text, ear)
        for each, text, ear in zip((other, ticket, other), ("b", "c", "d"), heard, strict=True)
    ]
    assert [ear.places for ear in heard] == [[1], [2], [3]]
    assert services.ask.places() == {other: 1}  # the first ticket is being answered
    services.ask.stop(waiting[1])
    assert [ear.places for ear in heard] == [[1], [2], [3, 2]]
    for number, text in ((2, "b"), (3, "d")):
        engine.end()
        sent(engine, number)
        assert f"Question: {text}" in engine.prompt
    engine.end()


def test_a_question_taken_back_is_the_draft_again_and_never_reaches_the_model(
    services: Services, engine: PlayedEngine, ticket: int, other: int
) -> None:
    engine.waits = True
    first = services.ask.ask(ticket, FIRST, Heard())
    heard = Heard()
    uid = services.ask.ask(other, "Why 809?", heard)
    assert question_draft(services, other) == ""
    services.ask.stop(uid)
    assert question_draft(services, other) == "Why 809?"
    (exchange,) = services.ask.conversation(other)
    answer = exchange.answers[0].answer
    assert exchange.question.superseded  # it stands in the box, not in the conversation too
    assert (answer.state, answer.error) == (AnswerState.INTERRUPTED, "Stopped before it was asked.")
    assert heard.has_ended
    assert not services.ask.is_live(uid)
    assert state(services, other) == ("", 0)
    engine.end()
    services.ask.wait(first, 5)
    services.ask.ask(other, "Why 809, again?", Heard())
    assert "Why 809?" not in engine.prompt
    assert len(engine.requests) == 2
    engine.end()


def test_a_question_taken_back_stays_where_another_one_is_written(
    services: Services, engine: PlayedEngine, ticket: int, other: int
) -> None:
    engine.waits = True
    services.ask.ask(ticket, FIRST, Heard())
    uid = services.ask.ask(other, "Why 809?", Heard())
    services.tickets.save_draft(other, "question", "And since wh")
    services.ask.stop_ticket(other)
    assert question_draft(services, other) == "And since wh"
    (exchange,) = services.ask.conversation(other)
    assert (exchange.question.text, exchange.question.superseded) == ("Why 809?", False)
    engine.end()
    engine.waits = False
    again = services.ask.regenerate(uid, Heard())
    services.ask.wait(again, 5)
    assert services.ask.view(again).answer.state is AnswerState.COMPLETE


def test_stopping_a_ticket_takes_back_what_waits_and_stops_what_is_written(
    services: Services, engine: PlayedEngine, ticket: int
) -> None:
    engine.waits = True
    first = services.ask.ask(ticket, FIRST, Heard())
    engine.say("half")
    second = services.ask.ask(ticket, SECOND, Heard())
    assert services.ask.live_answers(ticket) == [first, second]
    services.ask.stop_ticket(ticket)
    assert services.ask.view(first).answer.text == "half"
    assert services.ask.view(first).answer.error == "Stopped."
    assert question_draft(services, ticket) == SECOND
    assert len(engine.requests) == 1
    assert services.ask.live_answers(ticket) == []


def test_an_edit_takes_the_place_of_a_question_that_waits(
    services: Services, engine: PlayedEngine, ticket: int
) -> None:
    engine.waits = True
    services.ask.ask(ticket, FIRST, Heard())
    services.ask.ask(ticket, SECOND, Heard())
    waiting = services.ask.conversation(ticket)[1].question.uid
    services.ask.edit_and_resend(waiting, ticket, "Which update, exactly?", Heard())
    assert question_draft(services, ticket) == ""
    engine.end()
    sent(engine, 2)
    assert "Which update, exactly?" in engine.prompt
    assert SECOND not in engine.prompt
    engine.end()
    assert [e.question.superseded for e in services.ask.conversation(ticket)] == [False, True, False]


def test_what_an_edit_replaces_stays_until_its_turn_comes(
    services: Services, engine: PlayedEngine, ticket: int, other: int
) -> None:
    services.ask.ask(ticket, FIRST, Heard())
    asked = services.ask.conversation(ticket)[0].question.uid
    engine.waits = True
    services.ask.ask(other, "Why 809?", Heard())
    uid = services.ask.edit_and_resend(asked, ticket, "Why, exactly?", Heard())
    services.ask.stop(uid)
    assert [e.question.superseded for e in services.ask.conversation(ticket)] == [False, True]
    assert question_draft(services, ticket) == "Why, exactly?"
    engine.end()


def test_asking_again_and_more_leave_the_answer_as_it_was_when_taken_back(
    services: Services, engine: PlayedEngine, ticket: int, other: int
) -> None:
    first = services.ask.ask(ticket, FIRST, Heard())
    before = services.ask.view(first).answer
    engine.waits = True
    services.ask.ask(other, "Why 809?", Heard())
    services.ask.more(first, Heard())
    assert state(services, ticket) == ("waiting", 1)
    services.ask.stop(first)
    after = services.ask.view(first).answer
    assert (after.text, after.state, after.finish, after.timings) == (
        before.text,
        AnswerState.COMPLETE,
        before.finish,
        before.timings,
    )
    again = services.ask.regenerate(first, Heard())
    assert not services.ask.view(first).answer.superseded  # it stands until the new one begins
    services.ask.stop(again)
    assert not services.ask.view(first).answer.superseded
    assert services.ask.view(again).answer.superseded
    engine.end()
    engine.waits = False
    services.ask.more(first, Heard())  # it is still the newest
    assert services.ask.view(first).answer.text == before.text + engine.text


def test_a_question_that_cannot_be_asked_does_not_hold_up_the_next(
    services: Services, engine: PlayedEngine, ticket: int, other: int
) -> None:
    engine.waits = True
    services.ask.ask(ticket, FIRST, Heard())
    services.settings.set("context_tokens", 1024)
    too_long = Heard()
    uid = services.ask.ask(other, "why " * 3000, too_long)
    next_one = services.ask.ask(ticket, SECOND, Heard())
    engine.end()
    sent(engine, 2)
    assert services.ask.view(uid).answer.state is AnswerState.FAILED
    assert "do not fit" in services.ask.view(uid).answer.error
    assert state(services, other) == ("failed", 0)
    assert SECOND in engine.prompt
    engine.end()
    services.ask.wait(next_one, 5)


def test_who_stops_a_question_while_its_prompt_is_written_stops_it(
    services: Services, engine: PlayedEngine, ticket: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing, go_on = threading.Event(), threading.Event()

    def count(*_: object, **__: object) -> None:
        writing.set()
        go_on.wait(10)

    monkeypatch.setattr(EngineHost, "count_tokens", count)
    monkeypatch.setattr(type(services.models), "loaded_name", lambda _: "fake")
    heard = Heard()
    thread = threading.Thread(target=services.ask.ask, args=(ticket, FIRST, heard))
    thread.start()
    assert writing.wait(10)
    (uid,) = services.ask.live_answers(ticket)
    services.ask.stop(uid)
    go_on.set()
    thread.join()
    assert engine.requests == []
    assert services.ask.view(uid).answer.error == "Stopped."


# -- the end of the program


def test_at_the_end_of_the_program_questions_that_wait_become_drafts(
    data_dir: Path, services: Services, engine: PlayedEngine, ticket: int, other: int
) -> None:
    engine.waits = True
    services.ask.ask(ticket, FIRST, Heard())
    engine.say("half")
    services.ask.ask(other, "Why 809?", Heard())
    services.ask.ask(other, "And since when?", Heard())
    services.ask.close()
    engine.fail("The program is closing.")
    services.ask.join()
    services.close()
    with desk(data_dir, samples=False) as opened:
        assert question_draft(opened, other) == "Why 809?"
        first, second = opened.ask.conversation(other)
        assert first.question.superseded
        assert second.answers[0].answer.error == "The program was closed before it was asked."
        assert opened.ask.conversation(ticket)[0].answers[0].answer.text == "half"
    assert len(engine.requests) == 1


def test_a_question_asked_while_the_program_closes_is_kept_as_a_draft(
    services: Services, engine: PlayedEngine, ticket: int
) -> None:
    services.ask.close()
    services.ask.ask(ticket, FIRST, Heard())
    assert engine.requests == []
    assert question_draft(services, ticket) == FIRST


def test_after_a_crash_a_question_that_was_never_sent_is_a_draft_again(
    services: Services, engine: PlayedEngine, ticket: int, other: int
) -> None:
    engine.waits = True
    sent_one = services.ask.ask(ticket, FIRST, Heard())
    services.ask.ask(other, "Why 809?", Heard())
    kept = services.ask.ask(ticket, SECOND, Heard())
    services.tickets.save_draft(ticket, "question", "something else")
    with services.store.write() as db:  # as if all this had been another process, which is gone
        db.execute("UPDATE suggestion SET owner = ?", (f"{owner_of(os.getpid())}1",))
    assert recover(services.deps) == 3
    assert question_draft(services, other) == "Why 809?"
    assert question_draft(services, ticket) == "something else"
    errors = [services.ask.view(uid).answer.error for uid in (sent_one, kept)]
    assert errors == [
        "The program ended while this answer was being written.",
        "The program ended before this was asked.",
    ]
    engine.end()


def test_a_request_reaches_the_model_only_when_nothing_else_is_asked(
    services: Services, engine: PlayedEngine, ticket: int, other: int
) -> None:
    engine.waits = True
    under_way: list[int] = []
    alive = [0]

    def look(_: Generate) -> None:
        alive[0] += 1
        under_way.append(alive[0])

    engine.on_request = look
    uids = [services.ask.ask(each, f"question {each}", Heard()) for each in (ticket, other, ticket, other)]
    for number in range(1, 5):
        sent(engine, number)
        alive[0] -= 1
        engine.end()
    for uid in uids:
        services.ask.wait(uid, 5)
    assert under_way == [1, 1, 1, 1]
