"""Asking: stored before it is sent, received in steps, gone on with; all with an engine that the test plays."""

from pathlib import Path

import apsw
import pytest

from copilot.domain.conversation import AnswerState
from copilot.domain.evidence import EvidenceKind
from copilot.inference.protocol import Generate
from copilot.services.ask import AnswerEvent, Chunk, Ended, Reading
from copilot.services.bundle import Services
from copilot.storage import conversation
from copilot.support.clock import FixedClock
from copilot.support.errors import KnownError
from tests.helpers.desk import desk
from tests.helpers.played_engine import PlayedEngine
from tests.helpers.program import until

QUESTION = "Why does the printer say 0x0000011b since Monday?"


class Heard(list[AnswerEvent]):
    """A listener that keeps what it hears."""

    def __call__(self, event: AnswerEvent) -> None:
        self.append(event)

    @property
    def text(self) -> str:
        return "".join(event.text for event in self if isinstance(event, Chunk))

    @property
    def ended(self) -> Ended:
        (ended,) = (event for event in self if isinstance(event, Ended))
        return ended


def in_the_file(services: Services, sql: str) -> list[tuple[object, ...]]:
    """Ask the file as another program would: what is not committed is not there."""
    db = apsw.Connection(str(services.store.path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return [tuple(row) for row in db.execute(sql)]
    finally:
        db.close()


def exchanges(services: Services, ticket: int) -> list[tuple[str, bool, list[tuple[str, str, bool]]]]:
    """Return question, superseded, [(state, text, superseded)]."""
    return [
        (
            e.question.text,
            e.question.superseded,
            [(v.answer.state.value, v.answer.text, v.answer.superseded) for v in e.answers],
        )
        for e in services.ask.conversation(ticket)
    ]


def test_a_question_is_in_the_file_before_the_engine_gets_it(
    services: Services, engine: PlayedEngine, ticket: int
) -> None:
    services.tickets.save_draft(ticket, "question", QUESTION)
    seen = []

    def look(_: Generate) -> None:
        seen.append(in_the_file(services, "SELECT text, rendered <> '', epoch <> '' FROM question"))
        seen.append(in_the_file(services, "SELECT state, payload FROM suggestion"))
        seen.append(in_the_file(services, "SELECT slot FROM draft"))

    engine.on_request = look
    services.ask.ask(ticket, QUESTION, Heard())
    assert seen == [[(QUESTION, 1, 1)], [("queued", "")], []]


def test_an_answer_is_told_and_stored(services: Services, engine: PlayedEngine, ticket: int) -> None:
    heard = Heard()
    uid = services.ask.ask(ticket, QUESTION, heard)
    assert [type(event) for event in heard] == [Reading, Chunk, Ended]
    view = services.ask.view(uid)
    assert (
        view.answer == heard.ended.answer or view.answer.evidence
    )  # the stored one knows its evidence as well
    assert (view.answer.text, view.answer.state) == (engine.text, AnswerState.COMPLETE)
    assert (view.answer.model, view.answer.finish) == ("fake engine", "stop")
    assert view.answer.timings.prompt_tokens == 10
    assert [fact.label for fact in view.cited] == ["E1"]
    assert len(view.answer.prompt_hash) == 64
    assert view.decision is None
    assert QUESTION in engine.prompt
    assert "0x0000011b" in engine.prompt
    assert not services.ask.is_live(uid)


def test_an_answer_under_way_can_be_read_so_far(
    services: Services, engine: PlayedEngine, ticket: int
) -> None:
    engine.waits = True
    uid = services.ask.ask(ticket, QUESTION, Heard())
    engine.say("half ")
    engine.say("an answer")
    assert services.ask.is_live(uid)
    assert services.ask.text_so_far(uid) == "half an answer"
    engine.end()
    assert services.ask.text_so_far(uid) is None
    services.ask.wait(uid, 1)  # returns at once


def test_a_secret_is_refused_and_leaves_no_trace(
    services: Services, engine: PlayedEngine, ticket: int, data_dir: Path
) -> None:
    with pytest.raises(KnownError, match=r"secret.*Nothing was stored.*mask") as caught:
        services.ask.ask(ticket, "Login fails, password: Tr0ub4dor&3zz", Heard())
    assert "Tr0ub4dor" not in str(caught.value)
    assert services.ask.conversation(ticket) == ()
    assert engine.requests == []
    for file in data_dir.rglob("*"):
        assert not file.is_file() or b"Tr0ub4dor" not in file.read_bytes(), file


def test_a_secret_goes_when_a_person_insists(services: Services, engine: PlayedEngine, ticket: int) -> None:
    services.ask.ask(ticket, "password: Tr0ub4dor&3zz", Heard(), allow_secret=True)
    assert "Tr0ub4dor" in engine.prompt


@pytest.mark.parametrize("text", ["", " \n", "\u200b"])
def test_an_empty_question_is_refused(
    services: Services, engine: PlayedEngine, ticket: int, text: str
) -> None:
    with pytest.raises(KnownError, match="question is empty"):
        services.ask.ask(ticket, text, Heard())
    assert services.ask.conversation(ticket) == ()


def test_a_ticket_that_is_gone_is_said_so(services: Services, engine: PlayedEngine) -> None:
    with pytest.raises(KnownError, match="no longer there"):
        services.ask.ask(4711, QUESTION, Heard())
    assert in_the_file(services, "SELECT * FROM question") == []


def test_a_question_that_does_not_fit_is_kept_and_its_answer_failed(
    services: Services, engine: PlayedEngine, ticket: int
) -> None:
    services.settings.set("context_tokens", 1024)
    question = "why " * 3000
    with pytest.raises(KnownError, match=r"do not fit.*The question is kept"):
        services.ask.ask(ticket, question, Heard())
    ((asked, _, ((state, text, _),)),) = exchanges(services, ticket)
    assert (asked, state, text) == (question.strip(), "failed", "")
    assert engine.requests == []


# -- turns and epochs


def test_each_prompt_begins_with_the_one_before(
    services: Services, engine: PlayedEngine, clock: FixedClock, ticket: int
) -> None:
    services.ask.ask(ticket, QUESTION, Heard())
    services.tickets.add_evidence(ticket, EvidenceKind.PASTE, "Event 215, KB5005565 installed", "event log")
    services.ask.ask(ticket, "Which update was it?", Heard())
    services.tickets.change(ticket, "priority", "P1")
    services.ask.ask(ticket, "And now?", Heard())
    first, second, third = (request.messages for request in engine.requests)
    assert second[: len(first)] == first
    assert third[: len(second)] == second
    assert "KB5005565" in second[-1].content
    assert "KB5005565" not in third[-1].content or "KEY" in third[-1].content
    assert len(in_the_file(services, "SELECT uid FROM epoch")) == 1
    assert len({a[0] for a in in_the_file(services, "SELECT epoch FROM question")}) == 1


def test_a_failed_answer_is_no_part_of_the_next_prompt(
    services: Services, engine: PlayedEngine, ticket: int
) -> None:
    services.ask.ask(ticket, QUESTION, Heard())
    engine.waits = True
    services.ask.ask(ticket, "lost question", Heard())
    engine.fail("The engine crashed.")
    engine.waits = False
    services.ask.ask(ticket, "third question", Heard())
    assert engine.requests[2].messages[:-1] == engine.requests[1].messages[:-1]
    assert "lost question" not in engine.prompt


def test_evidence_switched_off_begins_a_new_epoch_without_it(
    services: Services, engine: PlayedEngine, ticket: int
) -> None:
    fact, _ = services.tickets.add_evidence(ticket, EvidenceKind.PASTE, "Dana is pregnant", "chat")
    services.ask.ask(ticket, QUESTION, Heard())
    assert "pregnant" in engine.prompt
    services.tickets.switch_evidence(fact.uid, False)
    preview = services.ask.preview(ticket, "And now?")
    assert preview.epoch_is_new
    assert preview.epoch_reason == "Evidence was taken out: E2."
    assert preview.reread_tokens > 0
    uid = services.ask.ask(ticket, "And now?", Heard())
    assert "pregnant" not in engine.prompt
    assert QUESTION in engine.prompt
    assert engine.requests[1].messages == preview.messages
    reasons = in_the_file(services, "SELECT reason FROM epoch ORDER BY rowid")
    assert reasons == [("first_question",), ("evidence_off",)]
    assert fact.uid not in services.ask.view(uid).answer.evidence


def test_looking_at_the_prompt_stores_nothing(services: Services, ticket: int) -> None:
    preview = services.ask.preview(ticket, QUESTION)
    assert preview.epoch_is_new
    assert QUESTION in preview.rendered
    assert in_the_file(services, "SELECT uid FROM epoch") == []
    assert in_the_file(services, "SELECT uid FROM question") == []


# -- stop, again, otherwise, on


def test_a_stopped_answer_keeps_what_came(services: Services, engine: PlayedEngine, ticket: int) -> None:
    engine.waits = True
    heard = Heard()
    uid = services.ask.ask(ticket, QUESTION, heard)
    engine.say("half an ans")
    services.ask.stop(uid)
    answer = services.ask.view(uid).answer
    assert (answer.text, answer.state, answer.finish) == ("half an ans", AnswerState.INTERRUPTED, "cancelled")
    assert heard.ended.answer.error == "Stopped."


def test_regenerating_keeps_the_old_answer_and_asks_the_same_prompt(
    services: Services, engine: PlayedEngine, ticket: int
) -> None:
    first = services.ask.ask(ticket, QUESTION, Heard())
    engine.text = "Another answer."
    second = services.ask.regenerate(first, Heard())
    assert first != second
    assert engine.requests[0].messages == engine.requests[1].messages
    ((_, _, answers),) = exchanges(services, ticket)
    assert [(text, superseded) for _, text, superseded in answers] == [
        (PlayedEngine().text, True),
        ("Another answer.", False),
    ]
    services.ask.ask(ticket, "And then?", Heard())
    assert "Another answer." in engine.prompt
    assert PlayedEngine().text not in engine.prompt


def test_editing_a_question_takes_it_and_what_followed_out_of_the_prompt(
    services: Services, engine: PlayedEngine, ticket: int
) -> None:
    services.ask.ask(ticket, "first", Heard())
    services.ask.ask(ticket, "second", Heard())
    services.ask.ask(ticket, "third", Heard())
    second = services.ask.conversation(ticket)[1].question.uid
    services.ask.edit_and_resend(second, ticket, "second, better", Heard())
    assert [(q, gone) for q, gone, _ in exchanges(services, ticket)] == [
        ("first", False),
        ("second", True),
        ("third", True),
        ("second, better", False),
    ]
    questions = [m.content for m in engine.requests[-1].messages if m.role == "user"]
    assert len(questions) == 2
    assert "Question: second, better" in questions[1]


@pytest.mark.parametrize("text", ["", "the password: Tr0ub4dor&3zz"])
def test_an_edit_that_is_refused_changes_nothing(
    services: Services, engine: PlayedEngine, ticket: int, text: str
) -> None:
    services.ask.ask(ticket, "first", Heard())
    before = exchanges(services, ticket)
    uid = services.ask.conversation(ticket)[0].question.uid
    with pytest.raises(KnownError):
        services.ask.edit_and_resend(uid, ticket, text, Heard())
    with pytest.raises(KnownError, match="no longer there"):
        services.ask.edit_and_resend("q_none", ticket, "x", Heard())
    assert exchanges(services, ticket) == before
    assert len(engine.requests) == 1


def test_more_goes_on_where_the_answer_stopped(services: Services, engine: PlayedEngine, ticket: int) -> None:
    engine.text = "The cause is"
    uid = services.ask.ask(ticket, QUESTION, Heard())
    engine.text = " the update."
    heard = Heard()
    assert services.ask.more(uid, heard) == uid
    assert engine.requests[1].messages == engine.requests[0].messages
    assert engine.requests[1].continue_text == "The cause is"
    (chunk,) = (event for event in heard if isinstance(event, Chunk))
    assert chunk.start == len("The cause is")
    assert services.ask.view(uid).answer.text == "The cause is the update."
    assert services.ask.view(uid).answer.state is AnswerState.COMPLETE
    services.ask.ask(ticket, "next", Heard())
    assert "The cause is the update." in engine.prompt


def test_only_the_newest_answer_goes_on(services: Services, engine: PlayedEngine, ticket: int) -> None:
    first = services.ask.ask(ticket, QUESTION, Heard())
    second = services.ask.ask(ticket, "next", Heard())
    with pytest.raises(KnownError, match="Only the newest"):
        services.ask.more(first, Heard())
    services.ask.regenerate(second, Heard())
    with pytest.raises(KnownError, match="Only the newest"):
        services.ask.more(second, Heard())
    with pytest.raises(KnownError, match="no answer"):
        services.ask.more("ans_none", Heard())


def test_an_answer_under_way_is_neither_continued_nor_begun_again(
    services: Services, engine: PlayedEngine, ticket: int
) -> None:
    engine.waits = True
    uid = services.ask.ask(ticket, QUESTION, Heard())
    engine.say("half")
    for call in (services.ask.more, services.ask.regenerate):
        with pytest.raises(KnownError, match="still being written"):
            call(uid, Heard())
    engine.end()
    assert exchanges(services, ticket) == [(QUESTION, False, [("complete", "half", False)])]


# -- trouble on the way


@pytest.mark.parametrize(("said", "state"), [("some words", "interrupted"), ("", "failed")])
def test_a_worker_that_is_lost_leaves_what_came_and_why(
    services: Services, engine: PlayedEngine, ticket: int, said: str, state: str
) -> None:
    engine.waits = True
    heard = Heard()
    uid = services.ask.ask(ticket, QUESTION, heard)
    if said:
        engine.say(said)
    engine.fail("The engine crashed.")
    answer = services.ask.view(uid).answer
    assert (answer.text, answer.state.value, answer.error) == (said, state, "The engine crashed.")
    engine.waits = False
    again = services.ask.regenerate(uid, Heard())
    assert services.ask.view(again).answer.state is AnswerState.COMPLETE


def test_words_are_stored_also_while_the_next_is_long_in_coming(
    services: Services, engine: PlayedEngine, ticket: int
) -> None:
    engine.waits = True
    services.ask.ask(ticket, QUESTION, Heard())
    for word, so_far in (("one ", "one "), ("two ", "one two "), ("three", "one two three")):
        engine.say(word)
        expected = [("streaming", so_far)]
        until(lambda: in_the_file(services, "SELECT state, payload FROM suggestion") == expected)  # noqa: B023
    engine.end()


@pytest.mark.logs("could not be stored")
def test_a_full_disk_during_an_answer_is_told_at_its_end(
    services: Services, engine: PlayedEngine, ticket: int
) -> None:
    engine.waits = True
    heard = Heard()
    uid = services.ask.ask(ticket, QUESTION, heard)
    writer = services.store._writer  # the limit is the connection's own
    writer.execute(f"PRAGMA max_page_count = {writer.execute('PRAGMA page_count').get}")
    engine.say("long " * 50_000)
    engine.end()
    ended = heard.ended.answer
    assert ended.state is AnswerState.INTERRUPTED
    assert "disk is full" in ended.error
    assert ended.text == "long " * 50_000
    assert not services.ask.is_live(uid)
    writer.execute("PRAGMA max_page_count = 1000000")
    assert exchanges(services, ticket)[0][0] == QUESTION
    heard.clear()
    until(lambda: heard)  # it is stored once there is room, and said
    assert heard.ended.answer.state is AnswerState.COMPLETE
    assert exchanges(services, ticket) == [(QUESTION, False, [("complete", "long " * 50_000, False)])]


@pytest.mark.logs("could not be stored")
def test_a_program_that_ends_while_the_disk_is_full_does_not_wait_for_room(
    services: Services, engine: PlayedEngine, ticket: int
) -> None:
    engine.waits = True
    services.ask.ask(ticket, QUESTION, Heard())
    writer = services.store._writer
    writer.execute(f"PRAGMA max_page_count = {writer.execute('PRAGMA page_count').get}")
    engine.say("long " * 50_000)
    engine.end()
    services.close()  # the fixtures see to it that no thread is left


def test_a_listener_hears_of_a_question_that_could_not_be_planned(
    services: Services, engine: PlayedEngine, ticket: int
) -> None:
    def broken(_: Generate) -> None:
        raise RuntimeError("boom")

    engine.on_request = broken
    heard = Heard()
    with pytest.raises(RuntimeError):
        services.ask.ask(ticket, QUESTION, heard)
    assert heard.ended.answer.state is AnswerState.FAILED
    assert heard.ended.answer.error == "The question could not be sent."
    assert exchanges(services, ticket) == [(QUESTION, False, [("failed", "", False)])]


# -- the coach, as the services hand it on


def test_the_coach_knows_the_ticket_and_earlier_questions(
    services: Services, engine: PlayedEngine, ticket: int
) -> None:
    services.ask.ask(ticket, QUESTION, Heard())
    context = services.ask.coach_context(ticket)
    assert [fact.label for fact in context.evidence] == ["E1"]
    assert context.earlier_turns == (QUESTION,)
    assert services.ask.coach(ticket, "password: Tr0ub4dor&3zz").blocks
    assert services.ask.examine("password: Tr0ub4dor&3zz", context).blocks
    masked = services.ask.mask("password: Tr0ub4dor&3zz").text
    assert "Tr0ub4dor" not in masked


@pytest.mark.parametrize(
    ("code", "risk"),
    [("Get-Service Spooler", "reads"), ("Remove-Item C:\\Users -Recurse", "destroys"), ("", "")],
)
def test_a_block_of_code_is_rated_by_its_worst_command(services: Services, code: str, risk: str) -> None:
    assert services.ask.rate(code, "powershell")[0] == risk


def test_a_conversation_is_read_by_the_next_program(
    data_dir: Path, clock: FixedClock, services: Services, engine: PlayedEngine, ticket: int
) -> None:
    uid = services.ask.ask(ticket, QUESTION, Heard())
    with services.store.read() as db:
        stored = conversation.answer(db, uid)
    with desk(data_dir, samples=False, clock=clock) as other:
        (exchange,) = other.ask.conversation(ticket)
    assert exchange.question.text == QUESTION
    assert [view.answer for view in exchange.answers] == [stored]
