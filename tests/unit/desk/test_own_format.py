"""What we export is read again as it was, and no spreadsheet runs any of it."""

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.desk import own_format
from copilot.domain.ticket import (
    Asset,
    Attachment,
    DraftLink,
    Level,
    Message,
    Person,
    Priority,
    Status,
    Ticket,
    TicketDraft,
    TicketType,
    Visibility,
)
from copilot.support.clock import from_text, to_text
from copilot.support.text import clean, one_line

HOSTILE = st.sampled_from(
    [
        *(
            "=1+1",
            "@SUM(A1)",
            "-2",
            "+49 30",
            "'=x",
            "''@y",
            "\n=cmd|'/C calc'!A0",
            ';"=x"',
            "\t-1",
            "a\n- b\n'- c",
        ),
        *(
            "＝1",
            "",
            "N/A",
            "null",
            "INC-5,a,b,c",
            '"',
            "\u2028",
            "[]",
            "true",
            "\\n",
            "1e5",
            "007",
            " = 1",
            '""=1',
        ),
        ";'=1",
    ]
)
WORDS = (
    "assignee",
    "group",
    "category",
    "symptom",
    "service",
    "site",
    "language",
    "channel",
    "source",
    "source_id",
)
texts = st.one_of(HOSTILE, st.text(), st.lists(HOSTILE).map("".join)).map(clean)
words = texts.map(lambda text: " ".join(text.split()))
times = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)).map(
    lambda at: from_text(to_text(at))
)
maybe = st.none() | times
messages = st.builds(
    Message,
    uid=st.just(""),
    ticket=st.just(0),
    at=times,
    author=texts,
    visibility=st.sampled_from(Visibility),
    text=texts,
    from_requester=st.booleans(),
    attachments=st.lists(
        st.builds(
            Attachment,
            name=words.map(one_line),
            media_type=st.just("text/plain"),
            size=st.integers(0, 9**9),
            text=texts,
        ),
        max_size=2,
    ).map(tuple),
    origin=st.sampled_from(["desk", "ai", "import", "sample"]),
)
tickets = st.builds(
    Ticket,
    id=st.just(0),
    number=words.map(lambda text: text[:100].strip()),
    type=st.sampled_from(TicketType),
    title=texts.map(lambda text: text if text.strip() else "title"),
    body=texts,
    requester=st.builds(Person, texts, texts, st.booleans()),
    status=st.sampled_from(Status),
    priority=st.sampled_from(Priority),
    created_at=times,
    updated_at=times,
    impact=st.sampled_from(Level),
    urgency=st.sampled_from(Level),
    **dict.fromkeys(WORDS, texts),
    assets=st.lists(st.builds(Asset, texts, texts, texts, texts), max_size=2).map(tuple),
    tags=st.lists(texts, max_size=3).map(tuple),
    first_response_at=maybe,
    resolved_at=maybe,
    closed_at=maybe,
    sla_paused_seconds=st.integers(0, 9**9),
    sla_paused_since=maybe,
    is_sample=st.booleans(),
)
links = st.builds(DraftLink, st.sampled_from(own_format.LINK_KINDS), texts, words, times)
drafts = st.builds(
    TicketDraft, tickets, st.lists(messages, max_size=3).map(tuple), st.lists(links, max_size=2).map(tuple)
)


def read(values: dict[str, Any]) -> TicketDraft | None:
    draft, errors = own_format.read_record(values, 1)
    assert errors == []
    return draft


@settings(max_examples=40)
@given(drafts)
def test_json_is_read_as_it_was_written(draft: TicketDraft) -> None:
    assert read(json.loads(json.dumps(own_format.record(draft), ensure_ascii=False))) == draft


@settings(max_examples=40)
@given(drafts)
def test_a_csv_row_is_read_as_it_was_written(draft: TicketDraft) -> None:
    cells = own_format.cells(own_format.record(draft))
    assert read(own_format.from_cells(dict(zip(own_format.COLUMNS, cells, strict=True)))) == draft


@given(texts)
def test_an_apostrophe_is_put_before_a_formula_and_taken_off_again(text: str) -> None:
    safe = own_format.defuse(text)
    assert own_format.undo_defuse(safe) == text
    assert not safe.startswith(("=", "+", "-", "@", "＝"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@settings(max_examples=20)
@given(draft=drafts)
def test_no_cell_begins_a_formula_however_a_spreadsheet_parts_them(
    delimiter: str, draft: TicketDraft
) -> None:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerow(own_format.cells(own_format.record(draft)))
    for row in csv.reader(io.StringIO(out.getvalue(), newline=""), delimiter=delimiter):
        assert [cell for cell in row if cell.lstrip('"').startswith(("=", "+", "-", "@"))] == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("status", "lost"),
        ("created_at", "yesterday"),
        ("messages", "no list"),
        ("messages", [{"text": "no time"}]),
        ("assets", ["HL-1"]),
        ("tags", [1]),
        ("links", [{"kind": "married_to", "number": "INC-1", "at": "2026-03-02T09:00:00Z"}]),
        ("sla_paused_seconds", "-5"),
        ("number", "x" * 101),
    ],
)
def test_what_was_changed_to_nonsense_is_told_by_row_and_field(field: str, value: object) -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    ticket = Ticket(0, "INC-1", TicketType.INCIDENT, "t", "", Person(), Status.NEW, Priority.P3, at, at)
    values = own_format.record(TicketDraft(ticket))
    draft, errors = own_format.read_record({**values, field: value}, 7)
    assert draft is None
    assert [(error.row, error.field) for error in errors] == [(7, field)]
