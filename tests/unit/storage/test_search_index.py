"""The index that the list is found by: order, places, filters, and what is searched."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.domain.evidence import EvidenceKind, Trust
from copilot.domain.query import Query
from copilot.domain.sla import sla_state
from copilot.domain.ticket import Message, Priority, Status, TicketType, Visibility
from copilot.storage import conversation, evidence, listing, tickets
from copilot.storage.search_index import ID_OF_ROWID, complete, facet, index, index_many, list_key, remove
from copilot.storage.store import Store
from tests.helpers.storage_kit import AT, MakeTicket, plain_ticket

_TIMES = st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))


def found(store: Store, query: Query, now: datetime = AT, limit: int = -1) -> list[int]:
    with store.read() as db:
        ids = listing.search(db, query, now, limit)
        if limit < 0:
            assert listing.count(db, query, now) == len(ids)
        return ids


@given(
    a=st.tuples(
        st.sampled_from(list(Status)), st.sampled_from(list(Priority)), _TIMES, st.integers(1, 2**24 - 1)
    ),
    b=st.tuples(
        st.sampled_from(list(Status)), st.sampled_from(list(Priority)), _TIMES, st.integers(1, 2**24 - 1)
    ),
)
def test_places_are_in_the_order_of_the_list(
    a: tuple[Status, Priority, datetime, int], b: tuple[Status, Priority, datetime, int]
) -> None:
    def plain(status: Status, priority: Priority, at: datetime, ticket: int) -> tuple[bool, str, int, int]:
        return (not status.is_open, priority.value, -int(at.timestamp()), -ticket)

    assert (list_key(*a) < list_key(*b)) == (plain(*a) < plain(*b))
    db = apsw.Connection(":memory:")
    assert db.execute(f"SELECT {ID_OF_ROWID} FROM (SELECT ? AS rowid)", (list_key(*a),)).get == a[3]
    assert 0 < list_key(*a) < 2**63


def test_a_list_is_found_in_its_order_with_words_and_without(store: Store) -> None:
    rng = random.Random(7)
    with store.write() as db:
        stored = [
            tickets.insert(
                db,
                replace(
                    plain_ticket(f"printer {n}"),
                    status=rng.choice(list(Status)),
                    priority=rng.choice(list(Priority)),
                    updated_at=AT + timedelta(hours=rng.randint(0, 500)),
                ),
            )
            for n in range(60)
        ]
        index_many(db, [ticket.id for ticket in stored])
    wanted = sorted(
        stored, key=lambda t: (not t.status.is_open, t.priority, -t.updated_at.timestamp(), -t.id)
    )
    ids = [ticket.id for ticket in wanted]
    assert found(store, Query()) == found(store, Query(words=("print",))) == ids
    assert found(store, Query(words=("print",)), limit=7) == ids[:7]
    still_open = [ticket.id for ticket in wanted if ticket.status.is_open]
    assert found(store, Query(open_only=True)) == still_open


def test_what_changed_last_moves_to_the_front(store: Store, make_ticket: MakeTicket) -> None:
    first, second = make_ticket("one"), make_ticket("two")
    assert found(store, Query()) == [second, first]
    with store.write() as db:
        tickets.touch(db, first, AT + timedelta(seconds=1))
        index(db, first)
    assert found(store, Query()) == found(store, Query(open_only=True)) == [first, second]


@pytest.mark.parametrize("hours", [0, 3, 6.5, 7, 9, 20, 23, 200])
def test_the_index_knows_who_is_at_risk_as_the_clock_does(store: Store, hours: float) -> None:
    now, rng = AT + timedelta(hours=hours), random.Random(5)
    with store.write() as db:
        stored = []
        for _ in range(80):
            status = rng.choice(list(Status))
            paused = AT + timedelta(hours=rng.uniform(0, 30)) if status.stops_sla_clock else None
            made = replace(
                plain_ticket(), status=status, priority=rng.choice(list(Priority)), sla_paused_since=paused,
                created_at=AT - timedelta(hours=rng.uniform(0, 30)), sla_paused_seconds=rng.randint(0, 9000),
            )  # fmt: skip
            if paused is None or paused <= now:
                stored.append(tickets.insert(db, made))
        index_many(db, [ticket.id for ticket in stored])
    at_risk = {ticket.id for ticket in stored if sla_state(ticket, now).at_risk}
    ids = found(store, Query(sla_at_risk=True), now)
    assert set(ids) == at_risk
    by_id = {ticket.id: ticket for ticket in stored}
    left = [sla_state(by_id[i], now).left_minutes or 0.0 for i in ids if by_id[i].sla_paused_since is None]
    assert left == sorted(left)  # the most urgent first
    assert set(found(store, Query(sla_at_risk=True, words=("print",)), now)) == at_risk


def test_what_is_filtered_by_is_found_in_any_case_and_script(store: Store) -> None:
    with store.write() as db:
        made = tickets.insert(
            db,
            replace(plain_ticket("x"), assignee="Zoë  O'Brien", tags=("VPN", "日本"), type=TicketType.CHANGE),
        )
        index(db, made.id)
        other = tickets.insert(db, plain_ticket("y"))
        index(db, other.id)
    assert found(store, Query(assignee="ZOË  o'brien")) == [made.id]
    assert found(store, Query(assignee="Zoë")) == []
    assert found(store, Query(assignee="")) == [other.id]
    assert found(store, Query(tags=("vpn", "日本"))) == [made.id]
    assert found(store, Query(tags=("vpn", "absent"))) == []
    assert found(store, Query(types=(TicketType.CHANGE, TicketType.PROBLEM), priorities=(Priority.P3,))) == [
        made.id
    ]


def test_a_filter_is_not_found_in_what_a_ticket_says(store: Store, make_ticket: MakeTicket) -> None:
    make_ticket("trap", facet("assignee", "me") + " status new priority P1 " + facet("is", "open"))
    assert found(store, Query(assignee="me")) == []


def test_notes_answers_and_evidence_are_searched(store: Store, make_ticket: MakeTicket) -> None:
    ticket = make_ticket()
    with store.write() as db:
        tickets.add_message(db, Message("m1", ticket, AT, "Ann", Visibility.INTERNAL, "a quiet walrus"))
        fact = evidence.add(db, ticket, EvidenceKind.PASTE, "clipboard", "Event 41 lynx", AT, Trust.STATED)
        db.execute(
            "INSERT INTO suggestion (uid, ticket, kind, question, payload, state, model, prompt_hash, epoch, "
            "policy_version, evidence, created_at) VALUES ('a', ?, 'answer', '', 'Replace the ibex.', 'complete', "
            "'m', '', '', 0, '[]', ?)",
            (ticket, "2026-03-02T09:00:00.000Z"),
        )
        index(db, ticket)
        assert conversation.answer(db, "a") is not None
    for word in ("walrus", "lynx", "ibex"):
        assert found(store, Query(words=(word,))) == [ticket], word
    with store.write() as db:
        evidence.set_removed(db, fact.uid, True)
        index(db, ticket)
    assert found(store, Query(words=("lynx",))) == []


def test_a_single_character_begins_a_number_or_a_title(store: Store, make_ticket: MakeTicket) -> None:
    zebra = make_ticket("Zebra printer", "quick")
    make_ticket("The zebra", "quick zebra")
    numbered = make_ticket("Other", number="Z-9")
    assert set(found(store, Query(words=("z",)))) == {zebra, numbered}
    assert found(store, Query(words=("q",))) == []
    assert len(found(store, Query(words=("zebra", "q")))) == 2


def test_pinned_tickets_are_a_filter(store: Store, make_ticket: MakeTicket) -> None:
    one, two = make_ticket("one"), make_ticket("two")
    with store.write() as db:
        db.execute("INSERT INTO pin VALUES (?, '2026-03-02')", (one,))
    assert found(store, Query(pinned_only=True)) == [one]
    assert found(store, Query(pinned_only=True, words=("two",))) == []
    assert two in found(store, Query())


def test_a_hidden_ticket_is_in_no_list(store: Store, make_ticket: MakeTicket) -> None:
    ticket = make_ticket("zebra")
    with store.write() as db:
        tickets.set_hidden(db, ticket, True)
        index(db, ticket)
    assert (
        found(store, Query())
        == found(store, Query(words=("zebra",)))
        == found(store, Query(open_only=True))
        == []
    )
    with store.write() as db:
        tickets.set_hidden(db, ticket, False)
        index(db, ticket)
    assert found(store, Query(words=("zebra",))) == [ticket]
    with store.write() as db:
        remove(db, ticket)
    assert found(store, Query(words=("zebra",))) == []


def test_an_empty_index_is_filled_again(store: Store, make_ticket: MakeTicket) -> None:
    ids = {make_ticket(f"zebra {n}") for n in range(5)}
    with store.write() as db:
        db.execute("DELETE FROM ticket_fts WHERE rowid IN (SELECT list_key FROM ticket)")
        db.execute("UPDATE ticket SET list_key = 0, due_at = NULL, risk_at = NULL")
        complete(db)
    assert set(found(store, Query(words=("zebra",)))) == set(found(store, Query(open_only=True))) == ids
