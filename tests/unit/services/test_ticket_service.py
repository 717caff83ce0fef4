"""Work on tickets: every change is in the history and can be taken back, and no typed word is lost."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copilot.domain.evidence import EvidenceKind
from copilot.domain.query import View
from copilot.domain.ticket import (
    Asset,
    ChangeSet,
    Message,
    Person,
    Priority,
    Status,
    Ticket,
    TicketDraft,
    TicketType,
    Visibility,
)
from copilot.services.bundle import Services
from copilot.services.fields import CHANGEABLE
from copilot.services.tickets import MAX_EVIDENCE, TicketCase
from copilot.support.clock import FixedClock
from copilot.support.errors import KnownError
from tests.helpers.storage_kit import AT, plain_ticket

ANOTHER = {"status": "in_progress", "priority": "P1", "type": "request"}


def still(case: TicketCase) -> tuple[object, ...]:
    """Return what Undo has to bring back."""
    return replace(case.ticket, updated_at=AT), case.thread, case.evidence


# -- changes and their history


@pytest.mark.parametrize("field", CHANGEABLE)
def test_a_change_is_in_the_history_and_so_is_taking_it_back(
    services: Services, ticket: int, field: str
) -> None:
    before = services.tickets.case(ticket)
    old = str(getattr(before.ticket, field))
    value = ANOTHER.get(field, "Priya Nair")
    changes = services.tickets.change(ticket, field, value)
    assert changes.tickets == {ticket}
    assert changes.list_changed
    assert changes.undo_label
    assert getattr(services.tickets.case(ticket).ticket, field) == value
    services.tickets.undo(changes.undo_id)
    after = services.tickets.case(ticket)
    assert still(after) == still(before)
    events = [(e.field, e.old, e.new) for e in after.events[len(before.events) :]]
    assert events == [(field, old, value), (field, value, old)]


def test_a_change_to_the_same_value_is_none(services: Services, ticket: int) -> None:
    before = services.tickets.case(ticket)
    assert services.tickets.change(ticket, "status", "new") == ChangeSet()
    assert services.tickets.case(ticket) == before


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("status", "asleep", "Choose one of: new, triaged"),
        ("priority", "P9", "Choose one of: P1, P2"),
        ("id", "7", "cannot be changed"),
        ("number", "x", "cannot be changed"),
    ],
)
def test_what_cannot_be_set_is_said_and_nothing_changes(
    services: Services, ticket: int, field: str, value: str, sentence: str
) -> None:
    before = services.tickets.case(ticket)
    with pytest.raises(KnownError, match=sentence):
        services.tickets.change(ticket, field, value)
    assert services.tickets.case(ticket) == before


def test_a_ticket_that_is_gone_is_said_so(services: Services) -> None:
    with pytest.raises(KnownError, match="no longer there"):
        services.tickets.change(4711, "status", "closed")
    with pytest.raises(KnownError, match="no longer there"):
        services.tickets.case(4711)
    with pytest.raises(KnownError, match="There is no ticket 4711"):
        services.tickets.resolve_id("4711")


def test_undo_takes_each_change_back_once(services: Services, ticket: int) -> None:
    first = services.tickets.change(ticket, "priority", "P1")
    services.tickets.change(ticket, "assignee", "Priya")
    services.tickets.undo(first.undo_id)
    assert services.tickets.case(ticket).ticket.assignee == "Priya"
    assert services.tickets.case(ticket).ticket.priority is Priority.P3
    with pytest.raises(KnownError, match="nothing to undo"):
        services.tickets.undo(first.undo_id)
    services.tickets.undo()  # the newest that is left
    assert services.tickets.case(ticket).ticket.assignee != "Priya"


def test_undo_on_an_untouched_desk_is_said_so(services: Services) -> None:
    with pytest.raises(KnownError, match="nothing to undo"):
        services.tickets.undo()


STEPS = st.one_of(
    st.tuples(st.just("status"), st.sampled_from([s.value for s in Status if s is not Status.MERGED])),
    st.tuples(st.just("priority"), st.sampled_from(["P1", "P2", "P4"])),
    st.tuples(st.sampled_from(["title", "assignee", "category", "service", "site"]), st.text(max_size=12)),
    st.tuples(st.sampled_from(["note", "reply", "evidence"]), st.text(min_size=1, max_size=12)),
    st.tuples(st.sampled_from(["remove", "switch off", "switch on"]), st.integers(0, 9)),
    st.tuples(st.just("wait"), st.integers(1, 80)),
)


def take(services: Services, clock: FixedClock, ticket: int, step: tuple[str, str | int]) -> None:
    """Take one step; one that has no meaning here is left out."""
    service = services.tickets
    facts = service.case(ticket).evidence
    match step:
        case ("wait", int(minutes)):
            clock.advance(timedelta(minutes=minutes))
        case ("note" | "reply" as slot, str(text)):
            if "ok" + text.strip():
                service.post(
                    ticket, "ok" + text, Visibility.INTERNAL if slot == "note" else Visibility.PUBLIC
                )
        case ("evidence", str(text)):
            service.add_evidence(ticket, EvidenceKind.PASTE, "ok" + text, "paste")
        case ("remove", int(n)) if facts:
            service.remove_evidence(facts[n % len(facts)].uid)
        case ("switch off" | "switch on" as what, int(n)) if facts:
            service.switch_evidence(facts[n % len(facts)].uid, what == "switch on")
        case (str(field), str(value)):
            service.change(ticket, field, value)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=8))
def test_undoing_everything_brings_the_ticket_back(
    services: Services, clock: FixedClock, steps: list[tuple[str, str | int]]
) -> None:
    service = services.tickets
    noon = clock.now().astimezone().replace(hour=12, minute=0)
    clock.advance(noon - clock.now())  # of one local day: a change of the day before stays
    ticket = service.create("Printer offline", "since Monday", asset=Asset("FIN-LT-1"))[0].id
    original = service.case(ticket)
    for step in steps:
        take(services, clock, ticket, step)
    case = service.case(ticket)
    assert_history_leads_to(original, case)
    while True:
        service.undo()
        if not service.search(View.ALL, f"number:{original.ticket.number}"):
            break  # that was the creation itself, the oldest change
        case = service.case(ticket)
        assert_history_leads_to(original, case)
    assert still(case) == still(original)


def assert_history_leads_to(original: TicketCase, case: TicketCase) -> None:
    """Play the events on the original and compare."""
    played = {field: str(getattr(original.ticket, field)) for field in CHANGEABLE}
    for event in case.events:
        if event.field in played:
            assert event.old == played[event.field]
            played[event.field] = event.new
    assert played == {field: str(getattr(case.ticket, field)) for field in CHANGEABLE}


# -- the SLA clock


def test_the_sla_clock_stands_while_somebody_else_is_waited_for(
    services: Services, clock: FixedClock, ticket: int
) -> None:
    service = services.tickets

    def left() -> float:
        minutes = service.case(ticket).sla.left_minutes
        assert minutes is not None
        return minutes

    target = service.case(ticket).sla.target_minutes
    clock.advance(timedelta(minutes=10))
    service.change(ticket, "status", "awaiting_user")
    clock.advance(timedelta(minutes=100))
    assert left() == target - 10
    service.change(ticket, "status", "awaiting_vendor")
    clock.advance(timedelta(minutes=50))
    assert (left(), service.case(ticket).sla.paused) == (target - 10, True)
    service.change(ticket, "status", "in_progress")
    assert service.case(ticket).ticket.sla_paused_seconds == 150 * 60
    clock.advance(timedelta(minutes=5))
    assert (left(), service.case(ticket).sla.paused) == (target - 15, False)
    undone = service.change(ticket, "status", "awaiting_user")
    clock.advance(timedelta(minutes=7))
    service.undo(undone.undo_id)  # as if it had never been paused
    assert left() == target - 22


def test_resolving_stamps_the_time_and_opening_again_takes_it_off(
    services: Services, clock: FixedClock, ticket: int
) -> None:
    service = services.tickets
    service.change(ticket, "status", "resolved")
    resolved = clock.now()
    clock.advance(timedelta(hours=1))
    service.change(ticket, "status", "closed")
    found = service.case(ticket).ticket
    assert (found.resolved_at, found.closed_at) == (resolved, clock.now())
    assert service.case(ticket).sla.left_minutes is None
    service.change(ticket, "status", "in_progress")
    found = service.case(ticket).ticket
    assert (found.resolved_at, found.closed_at) == (None, None)


# -- notes, replies, drafts


def test_a_note_goes_into_thread_evidence_and_search(services: Services, ticket: int) -> None:
    services.tickets.save_draft(ticket, "note", "Replaced the toner cartridge")
    changes = services.tickets.post(ticket, " Replaced the toner cartridge ", Visibility.INTERNAL)
    case = services.tickets.case(ticket)
    assert [(m.text, m.visibility, m.origin) for m in case.thread] == [
        ("Replaced the toner cartridge", Visibility.INTERNAL, "desk")
    ]
    assert case.evidence[-1].source_ref == case.thread[0].uid
    assert case.drafts == {}
    assert services.tickets.search(View.ALL, "cartridge") == [ticket]
    services.tickets.undo(changes.undo_id)
    case = services.tickets.case(ticket)
    assert case.thread == ()
    assert [fact.label for fact in case.evidence] == ["E1"]
    assert case.drafts["note"].text == "Replaced the toner cartridge"
    assert services.tickets.search(View.ALL, "cartridge") == []


def test_the_first_reply_is_the_first_response_and_no_evidence(
    services: Services, clock: FixedClock, ticket: int
) -> None:
    services.tickets.post(ticket, "a note first", Visibility.INTERNAL)
    assert services.tickets.case(ticket).ticket.first_response_at is None
    clock.advance(timedelta(minutes=3))
    first = clock.now()
    services.tickets.post(ticket, "hello", Visibility.PUBLIC)
    clock.advance(timedelta(minutes=3))
    services.tickets.post(ticket, "hello again", Visibility.PUBLIC)
    case = services.tickets.case(ticket)
    assert case.ticket.first_response_at == first
    assert len(case.evidence) == 2


def test_an_empty_note_is_refused(services: Services, ticket: int) -> None:
    for text in ("", " \n ", "\u200b\x1b[0m"):
        with pytest.raises(KnownError, match="nothing written"):
            services.tickets.post(ticket, text, Visibility.INTERNAL)


def test_undoing_a_note_keeps_what_was_written_since(services: Services, ticket: int) -> None:
    changes = services.tickets.post(ticket, "the first note", Visibility.INTERNAL)
    services.tickets.save_draft(ticket, "note", "the second, half written")
    services.tickets.undo(changes.undo_id)
    draft = services.tickets.case(ticket).drafts["note"].text
    assert draft == "the first note\n\nthe second, half written"


def test_drafts_are_kept_per_ticket_and_slot(services: Services, ticket: int) -> None:
    other = services.tickets.create("Another")[0].id
    services.tickets.save_draft(ticket, "question", "why")
    services.tickets.save_draft(ticket, "reply", "dear")
    services.tickets.save_draft(other, "question", "what")
    services.tickets.save_draft(ticket, "reply", "")
    assert {k: d.text for k, d in services.tickets.case(ticket).drafts.items()} == {"question": "why"}
    assert {k: d.text for k, d in services.tickets.case(other).drafts.items()} == {"question": "what"}


# -- new tickets


def test_a_new_ticket_is_mine_and_its_text_is_evidence(services: Services, clock: FixedClock) -> None:
    ticket, _ = services.tickets.create(
        "VPN drops\n every hour", "body", requester=Person("Dana"), asset=Asset("FIN-LT-1", "Windows 11")
    )
    case = services.tickets.case(ticket.id)
    assert case.ticket.title == "VPN drops every hour"
    assert case.ticket.assignee == services.tickets.my_name()
    assert case.ticket.created_at == clock.now()
    assert [(f.label, f.kind, f.text) for f in case.evidence] == [
        ("E1", EvidenceKind.DESCRIPTION, "VPN drops every hour\n\nbody"),
        ("E2", EvidenceKind.ASSET, "Host: FIN-LT-1, OS: Windows 11"),
    ]
    assert ticket.id in services.tickets.search(View.MY_QUEUE)


def test_a_ticket_without_words_is_refused(services: Services) -> None:
    with pytest.raises(KnownError, match="needs a title"):
        services.tickets.create("  ", "\n")
    assert services.tickets.search(View.ALL) == []


def test_taking_back_a_new_ticket_brings_its_draft_back(services: Services) -> None:
    services.tickets.save_draft(0, "title", "VPN drops")
    services.tickets.save_draft(0, "body", "every hour")
    _, changes = services.tickets.create("VPN drops", "every hour")
    assert services.tickets.new_ticket_draft() == {}
    services.tickets.undo(changes.undo_id)
    assert services.tickets.search(View.ALL) == []
    drafts = {slot: draft.text for slot, draft in services.tickets.new_ticket_draft().items()}
    assert drafts == {"title": "VPN drops", "body": "every hour"}


def test_rows_say_what_is_missing_instead_of_nothing(services: Services) -> None:
    ticket = services.tickets.create("", "only a body")[0]
    (stored,) = services.tickets.store_all([TicketDraft(replace(plain_ticket(""), requester=Person()))])
    rows = services.tickets.rows([stored.id, ticket.id, 4711])
    assert [(r.id, r.title, r.requester) for r in rows] == [
        (stored.id, "(no title)", "(unknown)"),
        (ticket.id, "only a body", "(unknown)"),
    ]


def test_views_hold_what_their_names_say(services: Services, clock: FixedClock) -> None:
    service = services.tickets
    mine = service.create("mine", priority=Priority.P4)[0].id
    nobodys = service.create("nobody's", assignee="", priority=Priority.P4)[0].id
    late = service.create("late", assignee="Priya", priority=Priority.P1, type=TicketType.REQUEST)[0].id
    clock.advance(timedelta(hours=3, minutes=50))
    done = service.create("done")[0].id
    service.change(done, "status", "resolved")
    assert set(service.search(View.ALL)) == {mine, nobodys, late, done}
    assert service.search(View.MY_QUEUE) == [mine]
    assert service.search(View.UNASSIGNED) == [nobodys]
    assert service.search(View.SLA_AT_RISK) == [late]
    assert service.counts() == {View.MY_QUEUE: 1, View.UNASSIGNED: 1, View.SLA_AT_RISK: 1, View.ALL: 4}
    assert service.known_names() == [service.my_name(), "Priya"]


# -- evidence


def test_evidence_is_added_removed_and_switched_with_undo(services: Services, ticket: int) -> None:
    service = services.tickets
    fact, added = service.add_evidence(ticket, EvidenceKind.PASTE, "ping: timeout \x1b[31m", "ping\nresult")
    assert (fact.label, fact.text, fact.source) == ("E2", "ping: timeout", "ping result")
    off = service.switch_evidence(fact.uid, False)
    assert not service.case(ticket).evidence[1].switched_on
    service.undo(off.undo_id)
    assert service.case(ticket).evidence[1].switched_on
    removed = service.remove_evidence(fact.uid)
    assert [f.label for f in service.case(ticket).evidence] == ["E1"]
    service.undo(removed.undo_id)
    assert [f.label for f in service.case(ticket).evidence] == ["E1", "E2"]
    service.undo(added.undo_id)
    assert [f.label for f in service.case(ticket).evidence] == ["E1"]
    assert service.add_evidence(ticket, EvidenceKind.PASTE, "again", "x")[0].label == "E3"


@pytest.mark.parametrize("text", ["", "  ", "x" * (MAX_EVIDENCE + 1)])
def test_evidence_without_text_or_without_end_is_refused(services: Services, ticket: int, text: str) -> None:
    with pytest.raises(KnownError):
        services.tickets.add_evidence(ticket, EvidenceKind.PASTE, text, "x")
    with pytest.raises(KnownError, match="no longer there"):
        services.tickets.remove_evidence("ev_none")


# -- imported tickets


def hostile(text: str) -> str:
    return f"\x1b]0;owned\x07{text}\u202e\x9b31m"


def test_what_is_imported_is_stored_clean(services: Services) -> None:
    message = Message("", 0, AT, hostile("Dana"), Visibility.PUBLIC, hostile("text"), from_requester=True)
    ticket: Ticket = replace(plain_ticket(hostile("title"), hostile("body")), assets=(Asset(hostile("PC")),))
    (stored,) = services.tickets.store_all([TicketDraft(ticket, (message,))])
    case = services.tickets.case(stored.id)
    assert (case.ticket.title, case.ticket.body) == ("title31m", "body31m")
    assert case.thread[0].text == "text31m"
    for fact in case.evidence:
        assert not set("\x1b\u202e\x9b\x07") & set(fact.text + fact.source), fact


def test_tickets_with_and_without_numbers_get_along(services: Services) -> None:
    drafts = [
        TicketDraft(plain_ticket(f"t{n}", number=number)) for n, number in enumerate(["", "T-2", "", "T-1"])
    ]
    stored = services.tickets.store_all(drafts)
    assert [t.title for t in stored] == ["t0", "t1", "t2", "t3"]
    assert len({t.number for t in stored}) == 4
    assert (stored[1].number, stored[3].number) == ("T-2", "T-1")


def test_a_number_that_is_taken_refuses_the_whole_import(services: Services) -> None:
    services.tickets.store_all([TicketDraft(plain_ticket("x", number="INC-1"))])
    with pytest.raises(KnownError, match=r"inc-1.*Nothing was imported"):
        services.tickets.store_all(
            [TicketDraft(plain_ticket("y", number="INC-2")), TicketDraft(plain_ticket("z", number="inc-1"))]
        )
    assert len(services.tickets.search(View.ALL)) == 1
