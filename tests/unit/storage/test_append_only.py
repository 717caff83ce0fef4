"""What was recorded stays as it was: evidence, labels, decisions; and which decision holds follows from them."""

import hashlib
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copilot.domain.conversation import Answer, AnswerState, Decision, DecisionKind, Reason
from copilot.domain.evidence import EvidenceKind, Trust
from copilot.storage import conversation, evidence
from copilot.storage.store import Store
from copilot.support.errors import BugError
from copilot.support.ids import new_uid
from tests.helpers.storage_kit import AT, MakeTicket


def add_fact(store: Store, ticket: int, text: str = "ping: timeout") -> str:
    with store.write() as db:
        return evidence.add(db, ticket, EvidenceKind.PASTE, "paste", text, AT, Trust.MEASURED).uid


def add_answer(store: Store, ticket: int, state: AnswerState = AnswerState.COMPLETE) -> str:
    answer = Answer(new_uid("ans"), ticket, "q", "text", state, "m", "", (), AT)
    with store.write() as db:
        conversation.add_answer(db, answer, "", "")
    return answer.uid


def decide(store: Store, answer: str, kind: DecisionKind, undoes: str = "") -> str:
    uid = new_uid("dec")
    with store.write() as db:
        conversation.add_decision(
            db, Decision(uid, answer, kind, Reason.NONE_GIVEN, "", AT, "me", undoes=undoes)
        )
    return uid


def holds(store: Store, answer: str) -> str | None:
    with store.read() as db:
        found = conversation.decision_now(db, answer)
    return found.uid if found else None


@pytest.mark.parametrize(
    "change",
    [
        "text = 'other'",
        "label = 'E9'",
        "kind = 'note'",
        "source = 'somebody else'",
        "source_ref = 'msg_1'",
        "observed_at = '2020-01-01T00:00:00.000Z'",
        "trust = 'stated'",
        "sha256 = ''",
        "uid = 'ev_x'",
        "ticket = ticket",
    ],
)
def test_a_fact_never_changes(store: Store, make_ticket: MakeTicket, change: str) -> None:
    uid = add_fact(store, make_ticket())
    with pytest.raises(BugError, match="evidence is immutable"), store.write() as db:
        db.execute(f"UPDATE evidence SET {change}")
    with store.read() as db:
        assert evidence.get_many(db, [uid])[0].text == "ping: timeout"


def test_the_standing_of_a_fact_may_change(store: Store, make_ticket: MakeTicket) -> None:
    ticket = make_ticket()
    uid = add_fact(store, ticket)
    with store.write() as db:
        evidence.set_switched(db, uid, False)
        evidence.set_removed(db, uid, True)
    with store.read() as db:
        assert evidence.of_ticket(db, ticket) == []
        (fact,) = evidence.of_ticket(db, ticket, with_removed=True)
    assert (fact.removed, fact.switched_on) == (True, False)


def test_a_fact_carries_the_hash_of_its_text(store: Store, make_ticket: MakeTicket) -> None:
    uid = add_fact(store, make_ticket(), "Ü ≠ U")
    with store.read() as db:
        assert evidence.get_many(db, [uid])[0].sha256 == hashlib.sha256("Ü ≠ U".encode()).hexdigest()


def test_labels_count_up_per_ticket_and_are_never_used_again(store: Store, make_ticket: MakeTicket) -> None:
    first, second = make_ticket(), make_ticket()
    uids = [add_fact(store, first) for _ in range(11)]
    with store.write() as db:
        for uid in uids:
            evidence.set_removed(db, uid, True)
        db.execute("DELETE FROM evidence WHERE uid = ?", (uids[-1],))
    add_fact(store, first)
    add_fact(store, second)
    with store.read() as db:
        assert [fact.label for fact in evidence.of_ticket(db, first)] == ["E12"]
        assert [fact.label for fact in evidence.of_ticket(db, second)] == ["E1"]
        labels = [fact.label for fact in evidence.of_ticket(db, first, with_removed=True)]
    assert labels == [*(f"E{n}" for n in range(1, 11)), "E12"]  # in order of numbers, E10 after E9


def test_a_label_of_a_change_that_was_rolled_back_is_given_again(
    store: Store, make_ticket: MakeTicket
) -> None:
    ticket = make_ticket()
    with store.write() as db:
        db.execute("SAVEPOINT undone")
        assert evidence.add(db, ticket, EvidenceKind.PASTE, "", "lost", AT, Trust.STATED).label == "E1"
        db.execute("ROLLBACK TO undone")
    add_fact(store, ticket)
    with store.read() as db:
        assert [fact.label for fact in evidence.of_ticket(db, ticket)] == ["E1"]


@pytest.mark.parametrize(
    "change",
    ["UPDATE decision SET reason = 'other'", "DELETE FROM decision", "UPDATE decision SET note = note"],
)
def test_a_decision_is_neither_changed_nor_deleted(
    store: Store, make_ticket: MakeTicket, change: str
) -> None:
    answer = add_answer(store, make_ticket())
    decision = decide(store, answer, DecisionKind.ACCEPT)
    with pytest.raises(BugError, match="decisions are append-only"), store.write() as db:
        db.execute(change)
    assert holds(store, answer) == decision


def test_a_ticket_deleted_as_a_whole_takes_all_of_its_record_along(
    store: Store, make_ticket: MakeTicket
) -> None:
    ticket = make_ticket()
    add_fact(store, ticket)
    decide(store, add_answer(store, ticket), DecisionKind.ACCEPT)
    with store.write() as db:
        db.execute("DELETE FROM ticket WHERE id = ?", (ticket,))
    with store.read() as db:
        for table in ("evidence", "suggestion", "decision"):
            assert db.execute(f"SELECT count(*) FROM {table}").get == 0


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.one_of(
            st.sampled_from([k for k in DecisionKind if k is not DecisionKind.UNDO]),
            st.integers(min_value=0, max_value=20),  # take back the n-th that is there
        ),
        max_size=12,
    )
)
def test_the_last_decision_that_was_not_taken_back_holds(
    store: Store, make_ticket: MakeTicket, steps: list[DecisionKind | int]
) -> None:
    ticket = make_ticket()
    answer, other = add_answer(store, ticket), add_answer(store, ticket)
    bystander = decide(store, other, DecisionKind.USED)
    standing: list[str] = []
    entries = 0
    for step in steps:
        if isinstance(step, DecisionKind):
            standing.append(decide(store, answer, step))
        elif standing:
            decide(store, answer, DecisionKind.UNDO, undoes=standing.pop(step % len(standing)))
        else:
            continue
        entries += 1
        assert holds(store, answer) == (standing[-1] if standing else None)
    assert holds(store, other) == bystander
    with store.read() as db:
        assert len(conversation.decisions(db, answer)) == entries


def test_an_answer_that_has_ended_is_not_set_back_by_a_late_piece(
    store: Store, make_ticket: MakeTicket
) -> None:
    ticket = make_ticket()
    answer = add_answer(store, ticket, AnswerState.QUEUED)
    with store.write() as db:
        conversation.save_answer_text(db, answer, "so far")
    with store.read() as db:
        assert conversation.answers(db, ticket)[0].state is AnswerState.STREAMING
    with store.write() as db:
        (begun,) = conversation.answers(db, ticket)
        ended = replace(begun, text="all of it", state=AnswerState.COMPLETE, finished_at=AT)
        conversation.finish_answer(db, ended)
        conversation.save_answer_text(db, answer, "so far")
    with store.read() as db:
        (found,) = conversation.answers(db, ticket)
    assert (found.text, found.state) == ("all of it", AnswerState.COMPLETE)
