from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from copilot.desk.search import merge, parse, toggled, view_query
from copilot.domain.query import Query, View
from copilot.domain.ticket import Priority, Status, TicketType

ME = "Sam Okoro"


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("", {}),
        ("vpn drops", {"words": ("vpn", "drops")}),
        ("vpn VPN vpn", {"words": ("vpn", "VPN")}),
        ('"disk full" now', {"words": ("now",), "phrases": ("disk full",)}),
        ("“disk full”", {"phrases": ("disk full",)}),
        ('"disk fu', {"words": ("disk", "fu")}),
        ("status:new,in_progress", {"statuses": (Status.NEW, Status.IN_PROGRESS)}),
        ("Status:In-Progress", {"statuses": (Status.IN_PROGRESS,)}),
        ('status:"awaiting user"', {"statuses": (Status.AWAITING_USER,)}),
        ("status:new status:closed", {"statuses": (Status.NEW, Status.CLOSED)}),
        ("priority:p1,P2", {"priorities": (Priority.P1, Priority.P2)}),
        ("type:request", {"types": (TicketType.REQUEST,)}),
        ("assignee:me", {"assignee": ME}),
        ("assignee:none", {"assignee": ""}),
        ('assignee:"Dana Whitfield"', {"assignee": "Dana Whitfield"}),
        ("from:dana", {"requester": "dana"}),
        ("number:1001", {"number": "1001"}),
        ("INC-1001", {"number": "INC-1001"}),
        ("inc0000047", {"number": "inc0000047"}),
        ("#1001", {"number": "1001"}),
        ("tag:vpn tag:wifi", {"tags": ("vpn", "wifi")}),
        ("is:open", {"open_only": True}),
        ("is:atrisk", {"sla_at_risk": True}),
        ("is:at-risk", {"sla_at_risk": True}),
        (
            "printer is:open priority:P1",
            {"words": ("printer",), "open_only": True, "priorities": (Priority.P1,)},
        ),
    ],
)
def test_each_form_is_understood(text: str, fields: dict[str, Any]) -> None:
    assert parse(text, ME) == Query(**fields)


@pytest.mark.parametrize(
    "text", ["status:blue", "status:new,blue", "colour:red", "is:blue", "http://x.example", "C:\\temp"]
)
def test_what_is_not_understood_is_a_word(text: str) -> None:
    is_filter = text.startswith(("status", "is"))
    assert parse(text, ME) == Query(words=(text,), unknown=(text,) if is_filter else ())


def test_an_unknown_field_with_a_phrase_keeps_the_phrase() -> None:
    assert parse('error:"disk full"', ME) == Query(words=("error",), phrases=("disk full",))


@pytest.mark.parametrize(
    "text", ["status:", "tag:", "assignee:", "status:,", 'from:""', "-", '"', '""', "***", ":"]
)
def test_a_search_that_is_only_begun_asks_for_nothing(text: str) -> None:
    assert parse(text, ME) == Query()


@pytest.mark.parametrize("text", ["SHA-256", "office365", "windows11", "KB5034441", "INC-"])
def test_words_with_digits_are_not_taken_for_ticket_numbers(text: str) -> None:
    assert parse(text, ME).words == (text,)


def test_invisible_characters_do_not_change_a_search() -> None:
    assert parse("is:\u200bopen\x00", ME) == Query(open_only=True)


_PIECES = st.sampled_from(
    ["status:", "is:", "assignee:", "number:", '"', "“", ",", ":", " ", "new", "INC-1", "\x00", "#"]
)


@given(st.one_of(st.text(), st.lists(st.one_of(_PIECES, st.text(max_size=3))).map("".join)))
def test_no_text_at_all_raises_and_words_are_never_blank(text: str) -> None:
    query = parse(text, ME)
    for found in query.words + query.phrases + query.tags:
        assert found.strip()


@given(
    st.lists(st.sampled_from(list(Status)), min_size=1, unique=True),
    st.lists(st.sampled_from(list(Priority)), min_size=1, unique=True),
)
def test_lists_keep_every_value(statuses: list[Status], priorities: list[Priority]) -> None:
    query = parse(f"status:{','.join(statuses)} priority:{','.join(priorities)}", ME)
    assert query == Query(statuses=tuple(statuses), priorities=tuple(priorities))


def test_views_show_open_tickets_except_all() -> None:
    assert view_query(View.MY_QUEUE, ME) == Query(assignee=ME, open_only=True)
    assert view_query(View.UNASSIGNED, ME) == Query(assignee="", open_only=True)
    assert view_query(View.SLA_AT_RISK, ME) == Query(open_only=True, sla_at_risk=True)
    assert view_query(View.ALL, ME) == Query()


@pytest.mark.parametrize("view", list(View))
def test_typing_nothing_leaves_the_view(view: View) -> None:
    assert merge(view_query(view, ME), parse("", ME)) == view_query(view, ME)


def test_what_is_typed_narrows_the_view() -> None:
    merged = merge(view_query(View.MY_QUEUE, ME), parse("vpn priority:P1 tag:x from:dana", ME))
    assert merged == Query(
        words=("vpn",), priorities=(Priority.P1,), tags=("x",), requester="dana", assignee=ME, open_only=True
    )


def test_what_is_typed_wins_over_the_view() -> None:
    merged = merge(view_query(View.MY_QUEUE, ME), parse("assignee:none status:closed", ME))
    assert merged == Query(statuses=(Status.CLOSED,), assignee="", open_only=False)


@pytest.mark.parametrize(
    ("before", "name", "value", "after"),
    [
        ("", "status", "new", "status:new"),
        ("vpn", "status", "new", "vpn status:new"),
        ("vpn status:new", "status", "triaged", "vpn status:new,triaged"),
        ("status:new,triaged vpn", "status", "New", "vpn status:triaged"),
        ("status:new", "status", "new", ""),
        ("assignee:dana x", "assignee", "Tomas Lind", 'x assignee:"Tomas Lind"'),
        ('assignee:"Tomas Lind"', "assignee", "tomas lind", ""),
        ("is:open", "is", "pinned", "is:open is:pinned"),
        ("is:open is:pinned", "is", "open", "is:pinned"),
        ("tag:a", "tag", "b c", 'tag:"a,b c"'),
        ('"two words" vpn', "priority", "P1", '"two words" vpn priority:P1'),
    ],
)
def test_a_filter_is_put_in_and_taken_out(before: str, name: str, value: str, after: str) -> None:
    assert toggled(before, name, value) == after


@given(st.text(max_size=40), st.sampled_from(["status", "assignee", "tag", "is"]))
@example('"', "assignee")
def test_a_filter_that_was_put_in_is_understood(text: str, name: str) -> None:
    value = {"status": "new", "assignee": "Zoë Q", "tag": "vpn", "is": "pinned"}[name]
    query = parse(toggled("vpn " + text.replace(name, ""), name, value), ME)
    held = {
        "status": Status.NEW in query.statuses,
        "assignee": query.assignee == "Zoë Q",
        "tag": "vpn" in query.tags,
        "is": query.pinned_only,
    }
    assert held[name]
