"""Pinned and recent tickets, and what the list says of answers."""

from datetime import timedelta

import pytest

from copilot.domain.conversation import Answer, AnswerState
from copilot.services.bundle import Services
from copilot.storage import conversation, tickets
from copilot.support.clock import FixedClock
from copilot.support.errors import KnownError
from copilot.support.ids import new_uid


@pytest.fixture
def three(services: Services) -> list[int]:
    return [services.tickets.create(f"Ticket {n}", "")[0].id for n in range(3)]


def ids(rows: object) -> list[int]:
    assert isinstance(rows, tuple)
    return [row.id for row in rows]


def hide(services: Services, ticket: int) -> None:
    with services.store.write() as db:
        tickets.set_hidden(db, ticket, True)


def answered(services: Services, ticket: int, state: AnswerState = AnswerState.COMPLETE) -> str:
    uid, now = new_uid("ans"), services.tickets.now()
    with services.store.write() as db:
        conversation.add_answer(db, Answer(uid, ticket, "q", "x", state, "m", "", (), now, now), "", "")
        if state is AnswerState.COMPLETE:
            found = conversation.answer(db, uid)
            assert found is not None
            conversation.finish_answer(db, Answer(uid, ticket, "q", "x", state, "m", "", (), now, now))
    return uid


def test_a_pin_is_set_shown_and_taken_back(services: Services, clock: FixedClock, three: list[int]) -> None:
    first = services.marks.set_pinned(three[0], True)
    clock.advance(timedelta(seconds=1))
    services.marks.toggle_pin(three[2])
    assert ids(services.marks.at_hand().pinned) == [three[2], three[0]]
    assert [row.is_pinned for row in services.ticket_list.rows(three)] == [True, False, True]
    assert first.undo_label == f"{services.ticket_list.rows(three)[0].number} pinned"
    assert first.list_changed
    before = services.tickets.case(three[0]).ticket
    services.tickets.undo(first.undo_id)
    assert ids(services.marks.at_hand().pinned) == [three[2]]
    assert services.tickets.case(three[0]).ticket == before  # a pin is no change of the ticket
    last = services.marks.toggle_pin(three[2])
    assert services.marks.at_hand().pinned == ()
    services.tickets.undo(last.undo_id)
    assert ids(services.marks.at_hand().pinned) == [three[2]]


def test_what_is_pinned_already_is_no_change(services: Services, three: list[int]) -> None:
    services.marks.set_pinned(three[0], True)
    assert services.marks.set_pinned(three[0], True).undo_id == 0
    with pytest.raises(KnownError, match="no longer there"):
        services.marks.set_pinned(4711, True)


def test_the_ticket_opened_last_comes_first_and_each_once(
    services: Services, clock: FixedClock, three: list[int]
) -> None:
    for ticket in (three[0], three[1], three[0], three[2], 4711):
        clock.advance(timedelta(seconds=1))
        services.marks.visit(ticket)
    assert ids(services.marks.at_hand().recent) == [three[2], three[0], three[1]]


def test_hidden_and_deleted_tickets_are_not_at_hand(
    services: Services, clock: FixedClock, three: list[int]
) -> None:
    for ticket in three:
        clock.advance(timedelta(seconds=1))
        services.marks.visit(ticket)
        services.marks.set_pinned(ticket, True)
    hide(services, three[2])
    with services.store.write() as db:
        db.execute("DELETE FROM ticket WHERE id = ?", (three[1],))
    marked = services.marks.at_hand()
    assert ids(marked.pinned) == ids(marked.recent) == [three[0]]
    assert services.marks.first_there([three[2], three[1], three[0]]) == three[0]
    assert services.marks.first_there([three[2], three[1]]) == 0


def test_news_are_the_answers_under_way_and_those_that_nobody_saw(
    services: Services, clock: FixedClock, three: list[int]
) -> None:
    late = answered(services, three[1])
    clock.advance(timedelta(seconds=1))
    answered(services, three[0])
    answered(services, three[2], AnswerState.STREAMING)
    assert services.attention.news() == ((three[2],), (three[1], three[0]))
    services.decisions.seen(late, 1)
    assert services.attention.news().ready == (three[0],)
    answered(services, three[0], AnswerState.QUEUED)  # what it says next is what counts
    assert services.attention.news().ready == ()
    hide(services, three[2])
    assert services.attention.news().under_way == (three[0],)


def test_an_answer_that_goes_on_is_new_again_at_its_end(services: Services, three: list[int]) -> None:
    uid = answered(services, three[0])
    services.decisions.seen(uid, 5)
    with services.store.write() as db:
        conversation.reopen_answer(db, uid, "")
    assert services.ticket_list.rows(three[:1])[0].answer_state == "streaming"
    with services.store.write() as db:
        found = conversation.answer(db, uid)
        assert found is not None
        conversation.finish_answer(
            db, Answer(uid, three[0], "q", "x y", AnswerState.COMPLETE, "m", "", (), found.created_at)
        )
    assert services.ticket_list.rows(three[:1])[0].answer_state == "ready"
