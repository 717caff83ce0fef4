import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.desk import tables
from copilot.desk.importing import RowError, read_file
from copilot.domain.ticket import Level, Person, Priority, Status, TicketType
from copilot.support.errors import KnownError
from copilot.support.text import clean
from tests.helpers.ticket_files import NOW, read, rows, titles


def test_a_servicenow_export_is_understood_without_a_map(tmp_path: Path) -> None:
    text = (
        "number,short_description,description,caller_id,incident_state,impact,urgency,priority,assigned_to,opened_at\n"
        "INC0000047,VPN drops,Since Monday,Dana Whitfield,Awaiting User Info,2 - Medium,1 - High,1 - Critical,"
        "Sam,29-02-2016 04:40\n"
    )
    ticket = read(tmp_path, text).drafts[0].ticket
    assert (ticket.number, ticket.title, ticket.body) == ("INC0000047", "VPN drops", "Since Monday")
    assert ticket.requester == Person("Dana Whitfield")
    assert (ticket.status, ticket.priority) == (Status.AWAITING_USER, Priority.P1)
    assert (ticket.impact, ticket.urgency, ticket.assignee) == (Level.MEDIUM, Level.HIGH, "Sam")
    assert (
        ticket.created_at
        == ticket.updated_at
        == ticket.sla_paused_since
        == datetime(2016, 2, 29, 4, 40, tzinfo=UTC)
    )
    assert (ticket.source, ticket.source_id) == ("import", "INC0000047")


def test_what_a_file_does_not_say_gets_plain_defaults(tmp_path: Path) -> None:
    ticket = read(tmp_path, "title\nNo sound\n").drafts[0].ticket
    assert (ticket.status, ticket.type, ticket.created_at, ticket.number) == (
        Status.NEW,
        TicketType.INCIDENT,
        NOW,
        "",
    )
    assert ticket.priority is Priority.P4  # one user, medium urgency


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_encodings_are_recognised(tmp_path: Path, encoding: str) -> None:
    result = read(tmp_path, "Title;Body\nDrucker läuft nicht – 打印机;x\n".encode(encoding))
    assert titles(result) == ["Drucker läuft nicht – 打印机"]
    assert result.notes == ()


def test_utf_16_of_either_byte_order_is_read(tmp_path: Path) -> None:
    assert titles(read(tmp_path, b"\xfe\xff" + "title\nçb\n".encode("utf-16-be"))) == ["çb"]
    assert titles(read(tmp_path, b"\xff\xfe" + "title\nçb\n".encode("utf-16-le"))) == ["çb"]


def test_windows_1252_is_a_fallback_that_says_so(tmp_path: Path) -> None:
    result = read(tmp_path, "title\nCafé “Süd”\n".encode("cp1252"))
    assert titles(result) == ["Café “Süd”"]
    assert "Windows-1252" in result.notes[0]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_whatever_the_text_holds(tmp_path: Path, delimiter: str) -> None:
    header = delimiter.join(["number", "title", "description"])
    row = delimiter.join(["7", "VPN", '"a, b; c | d\te"'])
    ticket = read(tmp_path, f"{header}\n{row}\n").drafts[0].ticket
    assert (ticket.number, ticket.title, ticket.body) == ("7", "VPN", "a, b; c | d\te")


def test_excels_delimiter_line_is_obeyed(tmp_path: Path) -> None:
    assert titles(read(tmp_path, "sep=^\r\nid^title\r\n1^a,b;c\r\n")) == ["a,b;c"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_cells_may_hold_lines_quotes_and_delimiters(tmp_path: Path, end: str) -> None:
    text = end.join(["id,title,body", '1,"say ""hi"", twice","one', "", 'two, three"', "2,next,", ""])
    result = read(tmp_path, text)
    assert titles(result) == ['say "hi", twice', "next"]
    assert result.drafts[0].ticket.body == "one\n\ntwo, three"


def test_inch_marks_in_bare_cells_are_text(tmp_path: Path) -> None:
    result = read(tmp_path, 'id,title\n1,Monitor 24" flickers\n2,fine\n3,19" rack\n')
    assert titles(result) == ['Monitor 24" flickers', "fine", '19" rack']


@pytest.mark.parametrize(
    ("broken", "kept"),
    [
        ('INC-2,"not closed,x', ["a", "c", "d"]),
        ('INC-2,"closed"late,x', ["a", "c", "d"]),
        ('INC-2,"""not closed,x', ["a", "c", "d"]),
        ("INC-2,too,many,cells", ["a", "c", "d"]),
        ("INC-2", ["a", "c", "d"]),
        ("INC-2,nul\0here,x", ["a", "c", "d"]),
    ],
)
def test_a_broken_row_is_told_and_its_neighbours_are_kept(
    tmp_path: Path, broken: str, kept: list[str]
) -> None:
    result = read(tmp_path, f'number,title,body\nINC-1,a,x\n{broken}\nINC-3,c,"y"\nINC-4,d,"z\nz"\n')
    assert titles(result) == kept
    assert rows(result) == [3]


def test_a_row_never_swallows_the_one_below_it(tmp_path: Path) -> None:
    text = 'number,title,body\nINC-5,"not closed,x\nINC-6,y,closed",z\nINC-7,ok,ok\n'
    result = read(tmp_path, text)
    assert rows(result) == [2, 3]
    assert titles(result) == ["ok"]


def test_nul_inside_a_cell_of_several_lines_is_told(tmp_path: Path) -> None:
    result = read(tmp_path, 'title,body\na,"x\ny\0z"\nb,ok\n')
    assert rows(result) == [2]
    assert titles(result) == ["b"]


def test_a_cell_of_ten_megabytes_costs_only_its_row(tmp_path: Path) -> None:
    huge = "x" * (10 * 1024 * 1024)
    result = read(tmp_path, f'title,body\na,ok\nb,"{huge}\n"\nc,{"y" * 500_000}\n')
    assert titles(result) == ["a", "c"]
    assert rows(result) == [3]
    assert "1 MB" in result.errors[0].message


def test_empty_lines_and_empty_rows_are_no_tickets(tmp_path: Path) -> None:
    result = read(tmp_path, "title,body\n\na,x\n,\n\n")
    assert titles(result) == ["a"]
    assert result.errors == ()


def test_a_row_with_neither_title_nor_body_is_refused(tmp_path: Path) -> None:
    result = read(tmp_path, "number,title,body\n1,,\n2,,only a body\\nmore\n")
    assert rows(result) == [2]
    assert titles(result) == ["only a body\\nmore"]


def test_the_same_number_twice_is_told(tmp_path: Path) -> None:
    result = read(tmp_path, "number,title\n1,a\n2,b\n1,c\n")
    assert titles(result) == ["a", "b"]
    assert [(error.row, error.field) for error in result.errors] == [(4, "number")]


def test_every_fault_of_a_row_is_told_with_its_field(tmp_path: Path) -> None:
    result = read(tmp_path, "title,status,priority,impact,created\na,Purple,Loud,wide,yesterday\n")
    assert [error.field for error in result.errors] == ["created_at", "status", "impact", "priority"]
    assert result.drafts == ()


def test_columns_left_out_are_named(tmp_path: Path) -> None:
    assert "shoe size" in read(tmp_path, "title,shoe size\na,43\n").notes[0]


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    result = read(tmp_path, "title,body\n=cmd|' /C calc'!A0,<script>\x1b[31mred\u202e</script>\n")
    assert result.drafts[0].ticket.title == "=cmd|' /C calc'!A0"
    assert result.drafts[0].ticket.body == "<script>red</script>"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", b""),
        ("a.csv", b" \n\n"),
        ("a.csv", b"PK\x03\x04\x14\x00title"),
        ("a.csv", bytes(range(256)) * 40),
        ("a.csv", b"\xff\xfet\x00i\x00\xd8"),
        ("a.csv", b"title\n\x81\x8d\n"),
        ("a.csv", b"one,two\n1,2\n"),
        ("a.csv", b'"title\nx\n'),
        ("a.json", b'{"title": "a"}'),
        ("a.json", b"[1,"),
        ("a.json", b"[" * 100_000),
        ("a.json", b"[" + b"9" * 5000 + b"]"),
        ("a.xlsx", b"title\na\n"),
        ("a.xml", b"<tickets/>"),
    ],
)
def test_a_file_that_cannot_be_imported_is_refused_with_advice(
    tmp_path: Path, name: str, data: bytes
) -> None:
    with pytest.raises(KnownError) as refusal:
        read(tmp_path, data, name)
    assert refusal.value.kept == "Nothing was imported."
    assert refusal.value.todo


@pytest.mark.parametrize("name", ["missing.csv", ""])
def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(KnownError, match="cannot be read"):
        read_file(tmp_path / name, None, NOW)


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "LARGEST_FILE", 10)
    with pytest.raises(KnownError, match="larger than 1 GB"):
        read(tmp_path, "title\nsomething\n")


def test_progress_reaches_the_end(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("title\n" + "a\n" * 1200, encoding="utf-8")
    seen: list[tuple[int, int]] = []
    read_file(path, None, NOW, lambda done, total: seen.append((done, total)))
    assert seen == [(0, 1200), (500, 1200), (1000, 1200), (1200, 1200)]


_CELL = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\r\x00"), min_size=1, max_size=30
)


@given(st.lists(_CELL, min_size=1, max_size=8))
def test_what_a_csv_writer_wrote_comes_back(
    tmp_path_factory: pytest.TempPathFactory, bodies: list[str]
) -> None:
    path = tmp_path_factory.mktemp("csv") / "w.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["number", "title", "body"])
        writer.writerows([f"INC-{n}", "t", body] for n, body in enumerate(bodies))
    result = read_file(path, None, NOW)
    assert result.errors == ()
    assert [draft.ticket.body for draft in result.drafts] == [clean(body) for body in bodies]


def test_an_error_says_where_it_is() -> None:
    assert str(RowError(5, "status", "Unknown.")) == "Row 5, status: Unknown."
    assert str(RowError(5, "", "Broken.")) == "Row 5: Broken."


@given(
    data=st.one_of(
        st.binary(max_size=300), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
    ),
    name=st.sampled_from(["f.csv", "f.json", "f.jsonl"]),
)
def test_any_bytes_give_a_result_or_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str
) -> None:
    path = tmp_path_factory.mktemp("any") / name
    path.write_bytes(b"title,created\n" * name.endswith("csv") + data)
    try:
        drafts = read_file(path, None, NOW).drafts
    except KnownError:
        drafts = ()
    assert all(draft.ticket.title or draft.ticket.body for draft in drafts)
