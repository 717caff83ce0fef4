import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.desk.importing import read_file
from copilot.domain.ticket import Asset, Person, Priority, Status, TicketType, Visibility
from tests.helpers.ticket_files import NOW, read, rows, titles

OWN = {
    "id": 12,
    "number": "INC-1001",
    "type": "request",
    "title": "VPN drops",
    "body": "Every hour",
    "requester": {"name": "Dana", "email": "dana@x.example", "vip": True},
    "status": "awaiting_user",
    "priority": "P1",
    "impact": "high",
    "urgency": "low",
    "created_at": "2026-03-01T08:00:00.000Z",
    "updated_at": "2026-03-01T10:00:00.000Z",
    "assets": [{"host": "LT-1", "os": "Windows 11", "model": "X1", "serial": "S"}],
    "tags": ["vpn", "wifi"],
    "sla_paused_seconds": 30,
    "sla_paused_since": "2026-03-01T09:00:00.000Z",
    "messages": [
        {"at": "2026-03-01T09:00:00Z", "author": "Sam", "visibility": "internal", "text": "called"},
        {
            "at": "2026-03-01T08:30:00Z",
            "author": "Dana",
            "visibility": "public",
            "text": "again",
            "from_requester": True,
            "attachments": [{"name": "a.log", "media_type": "text/plain", "size": 3, "text": "err"}],
        },
    ],
}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("t.json", json.dumps([OWN])),
        ("t.json", json.dumps({"tickets": [OWN]})),
        ("t.json", json.dumps({"tickets": [{"ticket": OWN, "messages": OWN["messages"]}]})),
        ("t.jsonl", json.dumps(OWN) + "\n\n"),
    ],
)
def test_our_own_json_comes_back_whole(tmp_path: Path, name: str, text: str) -> None:
    result = read(tmp_path, text, name)
    assert result.errors == ()
    (draft,) = result.drafts
    ticket = draft.ticket
    assert (ticket.number, ticket.type, ticket.status) == (
        "INC-1001",
        TicketType.REQUEST,
        Status.AWAITING_USER,
    )
    assert ticket.requester == Person("Dana", "dana@x.example", vip=True)
    assert ticket.assets == (Asset("LT-1", "Windows 11", "X1", "S"),)
    assert ticket.tags == ("vpn", "wifi")
    assert (ticket.sla_paused_seconds, ticket.sla_paused_since) == (30, datetime(2026, 3, 1, 9, tzinfo=UTC))
    first, second = draft.messages
    assert (first.author, first.from_requester, first.visibility) == ("Dana", True, Visibility.PUBLIC)
    assert first.attachments[0].text == "err"
    assert (second.author, second.from_requester, second.visibility) == ("Sam", False, Visibility.INTERNAL)
    assert {message.origin for message in draft.messages} == {"import"}


def test_jiras_nesting_is_read(tmp_path: Path) -> None:
    issue = {
        "key": "HD-7",
        "fields": {
            "summary": "VPN",
            "reporter": {"displayName": "Dana", "emailAddress": "d@x.example"},
            "priority": {"name": "Highest"},
            "status": {"name": "To Do"},
            "labels": ["vpn"],
            "created": "2026-03-01T08:00:00.000+0000",
        },
    }
    ticket = read(tmp_path, json.dumps({"issues": [issue]}), "j.json").drafts[0].ticket
    assert (ticket.number, ticket.title, ticket.priority, ticket.tags) == (
        "HD-7",
        "VPN",
        Priority.P1,
        ("vpn",),
    )
    assert ticket.requester == Person("Dana", "d@x.example")


def test_messages_are_private_unless_the_file_says_otherwise(tmp_path: Path) -> None:
    data = [
        {
            "title": "a",
            "messages": [{"text": "x"}, {"text": "y", "public": True}, {"text": "z", "is_private": True}],
        }
    ]
    messages = read(tmp_path, json.dumps(data), "m.json").drafts[0].messages
    assert [message.visibility for message in messages] == [
        Visibility.INTERNAL,
        Visibility.PUBLIC,
        Visibility.INTERNAL,
    ]


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({"title": {"a": [1]}}, "title"),
        ({"title": "a", "messages": ["x"]}, "messages"),
        ({"title": "a", "messages": [{"text": ""}]}, "messages"),
        ({"title": "a", "messages": [{"text": "x", "at": "soon"}]}, "messages"),
        ({"title": "a", "assets": [1]}, "assets"),
        ({"title": "a", "sla_paused_seconds": -1}, "sla_paused_seconds"),
        ({"title": "a", "created_at": 1e300}, "created_at"),
        (7, ""),
        ({"title": "a", "body": "x" * 2_000_000}, ""),
    ],
)
def test_wrong_json_types_are_told_by_row(tmp_path: Path, item: object, field: str) -> None:
    result = read(tmp_path, json.dumps([{"title": "ok"}, item]), "w.json")
    assert titles(result) == ["ok"]
    assert {(error.row, error.field) for error in result.errors} >= {(2, field)}


def test_a_broken_json_line_is_told_by_its_line(tmp_path: Path) -> None:
    result = read(tmp_path, '{"title": "a"}\n{"title": \n{"title": "b"}\n', "l.jsonl")
    assert titles(result) == ["a", "b"]
    assert rows(result) == [2]


_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "text", "at", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["title", *OWN, "email", "fields", "ticket"]), _JSON))
def test_any_json_object_gives_a_ticket_or_errors(
    tmp_path_factory: pytest.TempPathFactory, item: dict[str, Any]
) -> None:
    path = tmp_path_factory.mktemp("json") / "f.json"
    path.write_text(json.dumps([{"title": "ok"}, item]), encoding="utf-8")
    result = read_file(path, None, NOW)
    assert len(result.drafts) == 1 + (not any(error.row == 2 for error in result.errors))
