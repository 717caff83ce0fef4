"""Finding tickets: by number, by words, in any number, and by anything a person may type."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copilot.desk.search import parse
from copilot.domain.query import Query
from copilot.domain.ticket import Asset, Attachment, Message, Person, Status, Visibility
from copilot.storage import conversation, evidence, listing, tickets
from copilot.storage.store import Store
from tests.helpers.storage_kit import AT, MakeTicket, plain_ticket


def found(store: Store, query: Query) -> list[int]:
    with store.read() as db:
        return listing.search(db, query, AT)


def test_a_ticket_comes_back_as_it_was_stored(store: Store) -> None:
    ticket = replace(
        plain_ticket("Títle", "body\nlines"),
        requester=Person("Dana", "dana@corp.example", True),
        assets=(Asset("FIN-LT-1", "Windows 11", "ThinkPad", "S1"),),
        tags=("vpn", 'a"b'),
        status=Status.AWAITING_USER,
        sla_paused_since=AT,
        sla_paused_seconds=77,
        first_response_at=AT,
        is_sample=True,
        source_id="4711",
    )
    with store.write() as db:
        stored = tickets.insert(db, ticket)
    with store.read() as db:
        assert tickets.get(db, stored.id) == stored
    assert replace(stored, id=0, number="") == ticket


def test_a_message_comes_back_as_it_was_stored(store: Store, make_ticket: MakeTicket) -> None:
    message = Message(
        "msg_1",
        make_ticket(),
        AT,
        "Dana",
        Visibility.INTERNAL,
        "tëxt",
        True,
        (Attachment("a.log", "t/p", 3, "abc"),),
    )
    with store.write() as db:
        tickets.add_message(db, message)
    with store.read() as db:
        assert tickets.thread(db, message.ticket) == [message]


def test_a_ticket_without_a_number_gets_one_that_is_free(store: Store, make_ticket: MakeTicket) -> None:
    make_ticket(number="T-2")  # id 1, brought along by an import
    make_ticket(number="t-3")
    third = make_ticket()
    fourth = make_ticket()
    with store.read() as db:
        numbers = {ticket.id: ticket.number for ticket in tickets.get_many(db, [third, fourth]).values()}
    assert numbers == {third: "T-4", fourth: "T-5"}


@pytest.mark.parametrize("wanted", ["INC-7", "inc-7", "1"])
def test_a_ticket_is_found_by_its_number_or_its_id(
    store: Store, make_ticket: MakeTicket, wanted: str
) -> None:
    ticket = make_ticket(number="INC-7")
    with store.read() as db:
        assert getattr(tickets.find(db, wanted), "id", None) == ticket


@pytest.mark.parametrize("wanted", ["", "0", "-1", "٣", "9" * 18, "9" * 19, "9" * 5000, "INC", "1.0", "\x00"])
def test_what_names_no_ticket_finds_none(store: Store, make_ticket: MakeTicket, wanted: str) -> None:
    make_ticket(number="INC-7")
    with store.read() as db:
        assert tickets.find(db, wanted) is None


def test_words_are_found_in_title_body_requester_and_thread(store: Store, make_ticket: MakeTicket) -> None:
    ticket = make_ticket("Überlauf im Spooler", "Fehler 0x80070005")
    make_ticket("Something else")
    with store.write() as db:
        tickets.add_message(
            db, Message("msg_1", ticket, AT, "Dana", Visibility.PUBLIC, "the naïve toner-cartridge")
        )
        tickets.index(db, ticket)
    for word in ("überlauf", "UBERLAUF", "spoo", "0x8007", "cartridge", "toner-cart", "naive"):
        assert found(store, Query(words=(word,))) == [ticket], word
    assert found(store, Query(words=("angstrom",))) == [ticket + 1, ticket]
    assert found(store, Query(phrases=("im spooler",))) == [ticket]
    assert found(store, Query(phrases=("spooler im",))) == []
    assert found(store, Query(words=("spooler", "absent"))) == []


def test_a_hidden_message_is_not_found(store: Store, make_ticket: MakeTicket) -> None:
    ticket = make_ticket()
    with store.write() as db:
        tickets.add_message(db, Message("msg_1", ticket, AT, "D", Visibility.PUBLIC, "zebra"))
        tickets.set_message_hidden(db, "msg_1", True)
        tickets.index(db, ticket)
    assert found(store, Query(words=("zebra",))) == []


_TROUBLE = st.text(
    st.one_of(st.sampled_from("\"'*^():-+{}[]~&|\\%_.,;/\x00\x1b\u202e\u200b²½ﬁ中あ🖨é"), st.characters()),
    max_size=30,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=_TROUBLE)
def test_no_line_that_is_typed_makes_the_search_fail(
    store: Store, make_ticket: MakeTicket, text: str
) -> None:
    whole = text.encode("utf-8", "replace").decode("utf-8")  # half of a surrogate pair does not pass `parse`
    direct = Query(words=(whole,), phrases=(whole,), tags=(whole,), requester=whole, assignee=whole)
    for query in (
        direct,
        Query(words=(whole, "x")),
        parse(text, "me"),
        parse(f'"{text}"', "me"),
        parse(f"tag:{text} from:{text} x", "me"),
    ):
        assert isinstance(found(store, query), list)


@pytest.mark.parametrize(
    "line",
    [
        "NEAR(a b)",
        "a AND",
        "OR",
        "NOT",
        "title:x",
        "a*b",
        '"',
        '"""',
        "-x",
        "^x",
        "{title}: x",
        "(",
        "a OR b",
    ],
)
def test_words_of_the_index_language_are_plain_words(
    store: Store, make_ticket: MakeTicket, line: str
) -> None:
    ticket = make_ticket(f"before {line} after")
    assert ticket in found(store, parse(line, "me"))


def test_a_pasted_log_may_be_searched_for(store: Store, make_ticket: MakeTicket) -> None:
    text = " ".join(f"word{n}" for n in range(1500))
    ticket = make_ticket("log", text)
    assert found(store, parse(text, "me")) == [ticket]
    assert found(store, parse(text + " absent", "me")) == []


def test_lists_may_be_longer_than_sqlite_takes_values(store: Store) -> None:
    ids = range(1, 33_001)
    with store.write() as db:
        tickets.insert(db, plain_ticket("x"))
        names = [str(row[1]) for row in db.execute("PRAGMA table_info(ticket)")]
        others = ", ".join(f'"{name}"' for name in names if name not in ("id", "number"))
        db.execute(
            "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
            f"INSERT INTO ticket (id, number, {others}) SELECT i, 'N-' || i, {others} FROM ticket, n",
            (len(ids),),
        )
    with store.read() as db:
        assert len(tickets.get_many(db, ids)) == len(ids)
        assert conversation.answer_states(db, tuple(ids)) == {}
        assert evidence.get_many(db, [f"ev_{n}" for n in ids]) == []
