"""Decisions fall out of use: what is kept unchanged stays accepted, what is changed becomes an edit with its diff."""

from datetime import timedelta

import pytest

from copilot.domain.conversation import Answer, AnswerState, Decision, DecisionKind, Fixed, Reason
from copilot.domain.ticket import Visibility
from copilot.services.bundle import Services
from copilot.storage import conversation
from copilot.support.clock import FixedClock
from copilot.support.errors import KnownError
from copilot.support.ids import new_uid

TEXT = "Restart the spooler [E1].\n\nThen print a test page [E1, E2]."


@pytest.fixture
def answer(services: Services, ticket: int) -> str:
    return add_answer(services, ticket)


def add_answer(
    services: Services, ticket: int, text: str = TEXT, state: AnswerState = AnswerState.COMPLETE
) -> str:
    made = Answer(new_uid("ans"), ticket, "q", text, state, "fake engine", "", (), services.tickets.now())
    with services.store.write() as db:
        conversation.add_answer(db, made, "", "")
    return made.uid


def now(services: Services, answer: str) -> Decision | None:
    with services.store.read() as db:
        return conversation.decision_now(db, answer)


def kinds(services: Services, answer: str) -> list[str]:
    return [decision.kind.value for decision in services.decisions.history(answer)]


def draft(services: Services, ticket: int, slot: str = "note") -> str:
    found = services.tickets.case(ticket).drafts.get(slot)
    return found.text if found else ""


def test_accepting_writes_the_note_draft_and_undo_takes_both_back(
    services: Services, ticket: int, answer: str
) -> None:
    changes = services.decisions.accept(answer)
    assert draft(services, ticket) == TEXT
    assert services.tickets.case(ticket).drafts["note"].suggestion == answer
    assert kinds(services, answer) == ["accept"]
    services.tickets.undo(changes.undo_id)
    assert draft(services, ticket) == ""
    assert kinds(services, answer) == ["accept", "undo"]
    assert now(services, answer) is None


def test_a_reply_goes_without_citations(services: Services, ticket: int, answer: str) -> None:
    services.decisions.accept(answer, "reply")
    assert draft(services, ticket, "reply") == "Restart the spooler.\n\nThen print a test page."


def test_what_is_written_already_stays_before_the_answer(
    services: Services, ticket: int, answer: str
) -> None:
    services.tickets.save_draft(ticket, "note", "I called Dana.  \n")
    changes = services.decisions.accept(answer)
    assert draft(services, ticket) == f"I called Dana.\n\n{TEXT}"
    services.tickets.undo(changes.undo_id)
    assert draft(services, ticket).strip() == "I called Dana."


def test_taking_an_acceptance_back_keeps_what_was_typed_since(
    services: Services, ticket: int, answer: str
) -> None:
    changes = services.decisions.accept(answer)
    services.tickets.save_draft(ticket, "note", f"{TEXT}\n\nDone at 10:15, Dana can print.")
    services.tickets.undo(changes.undo_id)
    assert draft(services, ticket).strip() == "Done at 10:15, Dana can print."
    again = services.decisions.accept(answer)
    services.tickets.save_draft(ticket, "note", "all of it written anew")
    services.tickets.undo(again.undo_id)
    assert draft(services, ticket) == "all of it written anew"


@pytest.mark.parametrize(
    ("slot", "visibility"), [("note", Visibility.INTERNAL), ("reply", Visibility.PUBLIC)]
)
def test_what_is_kept_unchanged_stays_accepted(
    services: Services, ticket: int, answer: str, slot: str, visibility: Visibility
) -> None:
    services.decisions.accept(answer, slot)
    services.tickets.post(ticket, draft(services, ticket, slot) + "\n", visibility)
    assert kinds(services, answer) == ["accept"]
    case = services.tickets.case(ticket)
    assert case.thread[0].origin == "ai"
    assert case.events[-1].suggestion == answer


def test_what_is_changed_before_it_is_kept_becomes_an_edit(
    services: Services, ticket: int, answer: str
) -> None:
    services.decisions.accept(answer)
    kept = TEXT.replace("Restart", "Stop")
    services.tickets.save_draft(ticket, "note", kept)
    changes = services.tickets.post(ticket, kept, Visibility.INTERNAL)
    decision = now(services, answer)
    assert decision is not None
    assert decision.kind is DecisionKind.EDIT
    assert decision.edit_similarity is not None
    assert 0.5 < decision.edit_similarity < 1
    assert "-Restart the spooler [E1]." in decision.diff
    assert "+Stop the spooler [E1]." in decision.diff
    services.tickets.undo(changes.undo_id)
    assert kinds(services, answer) == ["accept", "edit", "undo"]
    decision = now(services, answer)
    assert decision is not None
    assert decision.kind is DecisionKind.ACCEPT
    assert services.tickets.case(ticket).drafts["note"].suggestion == answer


def test_a_note_of_my_own_says_nothing_about_an_answer(services: Services, ticket: int, answer: str) -> None:
    services.decisions.accept(answer)
    services.tickets.save_draft(ticket, "note", "")  # thrown away
    services.tickets.save_draft(ticket, "note", "my own words")
    services.tickets.post(ticket, "my own words", Visibility.INTERNAL)
    assert kinds(services, answer) == ["accept"]
    assert services.tickets.case(ticket).thread[0].origin == "desk"


def test_copying_counts_as_used_and_weakens_nothing(services: Services, ticket: int, answer: str) -> None:
    services.decisions.used(answer, "Restart-Service\nSpooler")
    services.decisions.used(answer, "again")
    assert [(d.kind, d.note) for d in services.decisions.history(answer)] == [
        (DecisionKind.USED, "Restart-Service Spooler")
    ]
    services.decisions.decide(answer, DecisionKind.OVERRIDE, Reason.WRONG_CAUSE)
    services.decisions.used(answer, "once more")
    decision = now(services, answer)
    assert decision is not None
    assert (decision.kind, decision.reason) == (DecisionKind.OVERRIDE, Reason.WRONG_CAUSE)


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_is_stored_with_its_note(services: Services, answer: str, reason: Reason) -> None:
    stored, changes = services.decisions.decide(
        answer, DecisionKind.OVERRIDE, reason, " not\u202e this\x1b[0m "
    )
    assert services.decisions.history(answer) == [stored]
    assert (stored.reason, stored.note) == (reason, "not this")
    services.tickets.undo(changes.undo_id)
    assert now(services, answer) is None


def test_an_escalation_is_in_the_history_of_the_ticket(services: Services, ticket: int, answer: str) -> None:
    services.decisions.decide(answer, DecisionKind.ESCALATE, Reason.POLICY_OR_VIP)
    event = services.tickets.case(ticket).events[-1]
    assert (event.field, event.new, event.suggestion) == ("escalated", "policy_or_vip", answer)


def test_a_reason_given_later_holds(services: Services, answer: str) -> None:
    services.decisions.decide(answer, DecisionKind.OVERRIDE)
    services.decisions.set_reason(answer, DecisionKind.OVERRIDE, Reason.QUICKER_BY_HAND)
    decision = now(services, answer)
    assert decision is not None
    assert decision.reason is Reason.QUICKER_BY_HAND
    assert len(services.decisions.history(answer)) == 2


@pytest.mark.parametrize("state", [AnswerState.QUEUED, AnswerState.STREAMING])
def test_an_answer_still_being_written_cannot_be_decided_about(
    services: Services, ticket: int, state: AnswerState
) -> None:
    answer = add_answer(services, ticket, state=state)
    with pytest.raises(KnownError, match="still being written"):
        services.decisions.decide(answer, DecisionKind.ACCEPT)
    with pytest.raises(KnownError, match="still being written"):
        services.decisions.accept(answer)
    with pytest.raises(KnownError, match="no answer ans_none"):
        services.decisions.decide("ans_none", DecisionKind.ACCEPT)
    assert kinds(services, answer) == []


@pytest.mark.parametrize(
    ("fixed", "kind", "outcomes"),
    [
        (Fixed.YES, "used", [Fixed.YES]),
        (Fixed.PARTLY, "used", [Fixed.PARTLY]),
        (Fixed.NO, "override", [Fixed.NO]),
        (None, "ignore", []),
    ],
)
def test_did_it_fix_it_is_asked_of_what_is_still_open(
    services: Services,
    clock: FixedClock,
    ticket: int,
    answer: str,
    fixed: Fixed | None,
    kind: str,
    outcomes: list[Fixed],
) -> None:
    clock.advance(timedelta(minutes=1))
    decided = add_answer(services, ticket)
    services.decisions.accept(decided)
    unfinished = add_answer(services, ticket, state=AnswerState.INTERRUPTED)
    old = add_answer(services, ticket)
    with services.store.write() as db:
        conversation.set_answer_superseded(db, old, True)
    assert [a.uid for a in services.decisions.open_answers(ticket)] == [answer]
    services.decisions.did_it_fix(ticket, fixed)
    assert kinds(services, answer) == [kind]
    assert kinds(services, decided) == ["accept"]
    assert kinds(services, unfinished) == kinds(services, old) == []
    assert services.decisions.open_answers(ticket) == []
    with services.store.read() as db:
        assert conversation.outcomes(db, answer) == outcomes


@pytest.mark.parametrize("fixed", [Fixed.YES, Fixed.NO, None])
def test_did_it_fix_it_can_be_taken_back(
    services: Services, ticket: int, answer: str, fixed: Fixed | None
) -> None:
    changes = services.decisions.did_it_fix(ticket, fixed)
    assert changes.undo_label
    services.tickets.undo(changes.undo_id)
    with services.store.read() as db:
        assert conversation.outcomes(db, answer) == []
    assert [a.uid for a in services.decisions.open_answers(ticket)] == [answer]
    assert kinds(services, answer)[-1] == "undo"


def test_only_answers_from_before_the_resolution_may_have_fixed_it(
    services: Services, clock: FixedClock, ticket: int, answer: str
) -> None:
    assert services.decisions.to_confirm(ticket) == []  # it is open
    services.tickets.change(ticket, "status", "resolved")
    clock.advance(timedelta(hours=1))
    after = add_answer(services, ticket)
    assert [a.uid for a in services.decisions.to_confirm(ticket)] == [answer]
    services.decisions.did_it_fix(ticket, Fixed.YES)
    assert services.decisions.to_confirm(ticket) == []
    assert [a.uid for a in services.decisions.open_answers(ticket)] == [after]
    assert services.decisions.did_it_fix(ticket, Fixed.YES).undo_id == 0


def test_seconds_on_screen_add_up(services: Services, ticket: int, answer: str) -> None:
    assert services.tickets.rows([ticket])[0].answer_state == "ready"
    services.decisions.seen(answer, 1.5)
    services.decisions.seen(answer, 2)
    with services.store.read() as db:
        found = conversation.answer(db, answer)
    assert found is not None
    assert found.seconds_visible == 3.5
    assert services.tickets.rows([ticket])[0].answer_state == ""
