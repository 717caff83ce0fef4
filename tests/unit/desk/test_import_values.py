from datetime import UTC, datetime
from pathlib import Path

import pytest

from copilot.desk.importing import load_mapping
from copilot.domain.ticket import Person, Priority, Status
from copilot.support.errors import KnownError
from tests.helpers.ticket_files import read, rows


@pytest.mark.parametrize(
    ("spelling", "status"),
    [
        ("New", Status.NEW),
        ("Active", Status.IN_PROGRESS),
        ("Work in Progress", Status.IN_PROGRESS),
        ("in_progress", Status.IN_PROGRESS),
        ("2 - In Progress", Status.IN_PROGRESS),
        ("Awaiting User Info", Status.AWAITING_USER),
        ("Awaiting Evidence", Status.AWAITING_USER),
        ("stalled", Status.AWAITING_USER),
        ("hold", Status.AWAITING_VENDOR),
        ("Awaiting Problem", Status.AWAITING_CHANGE_OR_PROBLEM),
        ("Resolved", Status.RESOLVED),
        ("Closed Complete", Status.CLOSED),
        ("Canceled", Status.CANCELLED),
        ("Won't Fix", Status.CANCELLED),
        ("", Status.NEW),
    ],
)
def test_statuses_are_read_as_others_spell_them(tmp_path: Path, spelling: str, status: Status) -> None:
    assert read(tmp_path, f"title,State\na,{spelling}\n").drafts[0].ticket.status is status


@pytest.mark.parametrize("status", list(Status))
def test_our_own_statuses_are_read(tmp_path: Path, status: Status) -> None:
    assert read(tmp_path, f"title,status\na,{status}\n").drafts[0].ticket.status is status


@pytest.mark.parametrize(
    ("spelling", "priority"),
    [
        ("1 - Critical", Priority.P1),
        ("P2", Priority.P2),
        ("p2 (high)", Priority.P2),
        ("High", Priority.P2),
        ("Priority 3", Priority.P3),
        ("Normal", Priority.P3),
        ("4", Priority.P4),
        ("5 - Planning", Priority.P4),
        ("1 - Low", Priority.P4),
        ("URGENT", Priority.P1),
    ],
)
def test_priorities_are_read_as_others_spell_them(tmp_path: Path, spelling: str, priority: Priority) -> None:
    assert read(tmp_path, f"title,Priority\na,{spelling}\n").drafts[0].ticket.priority is priority


def test_bare_priority_numbers_are_remarked_upon(tmp_path: Path) -> None:
    assert any("bare numbers" in note for note in read(tmp_path, "title,priority\na,1\n").notes)
    assert not read(tmp_path, "title,priority\na,P1\n").notes


def test_priority_follows_impact_and_urgency_where_it_is_not_given(tmp_path: Path) -> None:
    result = read(tmp_path, "title,impact,urgency\na,High,High\nb,low,high\nc,medium,3\n")
    assert [draft.ticket.priority for draft in result.drafts] == [Priority.P1, Priority.P3, Priority.P4]


@pytest.mark.parametrize(
    "spelling",
    [
        "2026-11-30T14:05:00Z",
        "2026-11-30 14:05",
        "2026-11-30T15:05:00.000+0100",
        "2026-11-30 15:05:00 +01:00",
        "2026-11-30 14:05:00 UTC",
        "2026/11/30 14:05",
        "1796047500",
        "1796047500000",
        "30/11/2026 14:05",
        "11/30/2026 2:05 PM",
        "11/30/2026 2:05:00 p.m.",
        "30-11-2026 14:05",
        "30.11.2026 14:05",
        "30 Nov 2026 14:05",
        "30-Nov-2026 14:05",
        '"Mon, 30 Nov 2026 14:05:00 +0000"',
        '"November 30, 2026 2:05 pm"',
    ],
)
def test_times_are_read_as_others_spell_them(tmp_path: Path, spelling: str) -> None:
    result = read(tmp_path, f"title,Created\na,{spelling}\n")
    assert result.errors == ()
    assert result.drafts[0].ticket.created_at == datetime(2026, 11, 30, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize("nothing", ["", "?", "1970-01-01T00:00:00Z", "0000-00-00 00:00:00", "null"])
def test_zero_times_mean_not_set(tmp_path: Path, nothing: str) -> None:
    assert read(tmp_path, f"title,resolved_at\na,{nothing}\n").drafts[0].ticket.resolved_at is None


@pytest.mark.parametrize(
    "bad", ["soon", "31/02/2026", "2026-13-01", "9" * 5000, "13/13/2026", "30/11/2026 25:00", "0 Foo 2026"]
)
def test_what_is_no_time_is_told(tmp_path: Path, bad: str) -> None:
    result = read(tmp_path, f"title,created\na,{bad}\n")
    assert [error.field for error in result.errors] == ["created_at"]


def test_a_day_that_can_be_two_is_refused(tmp_path: Path) -> None:
    result = read(tmp_path, "title,created\na,03/04/2026\nb,05/05/2026\n")
    assert rows(result) == [2]
    assert "two days" in result.errors[0].message


@pytest.mark.parametrize(("witness", "month"), [("30/11/2026", 4), ("11/30/2026", 3)])
def test_rows_that_can_be_read_one_way_decide_for_the_others(
    tmp_path: Path, witness: str, month: int
) -> None:
    result = read(tmp_path, f"title,created\na,03/04/2026\nb,{witness}\n")
    assert result.drafts[0].ticket.created_at.month == month


def test_rows_that_disagree_decide_nothing(tmp_path: Path) -> None:
    assert rows(read(tmp_path, "title,created\na,03/04/2026\nb,30/11/2026\nc,11/30/2026\n")) == [2]


@pytest.mark.parametrize(("dayfirst", "month"), [(True, 4), (False, 3)])
def test_a_map_can_say_that_the_day_comes_first(tmp_path: Path, dayfirst: bool, month: int) -> None:
    result = read(tmp_path, "title,created\na,03/04/2026\n", mapping={"dayfirst": dayfirst})
    assert result.drafts[0].ticket.created_at.month == month


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("map.yaml", "title: Betreff\nstatus: Zustand\nvalues:\n  status: {Offen: in_progress, 7: closed}\n"),
        (
            "map.json",
            '{"title": "Betreff", "status": "Zustand", "values": {"status": {"offen": "In Progress", "7": "closed"}}}',
        ),
    ],
)
def test_a_map_file_names_columns_and_values(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    mapping = load_mapping(tmp_path / name)
    result = read(tmp_path, "Betreff;Zustand\na;Offen\nb;7\nc;resolved\n", mapping=mapping)
    assert [draft.ticket.status for draft in result.drafts] == [
        Status.IN_PROGRESS,
        Status.CLOSED,
        Status.RESOLVED,
    ]
    assert result.mapping == {"title": "Betreff", "status": "Zustand"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a\n",
        "colour: X\n",
        "title: [a]\n",
        "values: {status: {a: purple}}\n",
        "values: {colour: {a: b}}\n",
        "{",
        "a: !!python/x 1\n",
    ],
)
def test_a_map_file_that_is_not_understood_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KnownError):
        load_mapping(path)


def test_a_map_file_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KnownError):
        load_mapping(tmp_path / "none.yaml")


def test_a_map_that_names_a_missing_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="Betreff"):
        read(tmp_path, "title\na\n", mapping={"title": "Betreff"})


@pytest.mark.parametrize(
    ("cell", "person"),
    [
        ("Dana Whitfield <dana@x.example>", Person("Dana Whitfield", "dana@x.example")),
        ("dana@x.example", Person("", "dana@x.example")),
        ("Dana", Person("Dana")),
        ("?", Person()),
    ],
)
def test_requesters_are_read_with_their_address(tmp_path: Path, cell: str, person: Person) -> None:
    assert read(tmp_path, f"title,caller\na,{cell}\n").drafts[0].ticket.requester == person
