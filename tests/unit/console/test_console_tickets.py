"""`tickets import|list|show`."""

import json
from pathlib import Path

import pytest

from copilot.console import ticket_files
from tests.helpers.hostile import forbidden_in, hostile_tickets
from tests.unit.console.conftest import Console


def count(console: Console) -> int:
    return len(console("tickets", "list", "--json").document)


def write(folder: Path, text: str | bytes, name: str = "in.csv") -> str:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


# -- list


def test_the_list_is_a_list_of_tickets(filled: Console) -> None:
    first, second = filled("tickets", "list", "--json").document
    assert (first["number"], first["title"], first["priority"]) == ("INC-1", "Printer offline", "P1")
    assert first["requester"] == "Dana Whitfield"
    assert first["status"] == "new"
    assert isinstance(first["id"], int)
    assert first["updated_at"].endswith("Z")
    assert second["number"] == "INC-2"


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("printer", ["INC-1"]),
        ("priority:P3", ["INC-2"]),
        ("number:inc-2", ["INC-2"]),
        ('"every hour"', ["INC-2"]),
        ("still offl", ["INC-1"]),
        ("nothing such", []),
        ("\"'*(", ["INC-1", "INC-2"]),
    ],
)
def test_a_query_narrows_the_list(filled: Console, query: str, numbers: list[str]) -> None:
    done = filled("tickets", "list", "--query", query, "--json")
    assert (done.code, done.err) == (0, "")
    assert [row["number"] for row in done.document] == numbers


def test_an_empty_list_is_a_list_and_said_in_words(console: Console) -> None:
    assert console("tickets", "list", "--json").document == []
    assert console("tickets", "list").out == "No tickets match.\n"


def test_a_view_narrows_the_list(filled: Console) -> None:
    assert filled("tickets", "list", "--view", "my_queue", "--json").document == []
    assert len(filled("tickets", "list", "--view", "unassigned", "--json").document) == 2


@pytest.mark.parametrize(
    "order",
    [
        ("--json", "tickets", "list", "--query", "vpn"),
        ("tickets", "--json", "list", "--query", "vpn"),
        ("tickets", "list", "--query", "vpn", "--json"),
        ("tickets", "list", "--json", "--query=vpn"),
    ],
)
def test_options_stand_before_and_after_the_command(filled: Console, order: tuple[str, ...]) -> None:
    assert [row["number"] for row in filled(*order).document] == ["INC-2"]


def test_a_data_folder_named_after_the_command_counts(filled: Console, tmp_path: Path) -> None:
    assert filled("tickets", "list", "--data-dir", str(tmp_path / "other"), "--json").document == []
    assert (tmp_path / "other" / "desk.db").is_file()
    assert count(filled) == 2


# -- show


@pytest.mark.parametrize("name", ["INC-1", "inc-1", "1"])
def test_a_ticket_is_shown_with_all_that_belongs_to_it(filled: Console, name: str) -> None:
    shown = filled("tickets", "show", name, "--json").document
    assert (shown["id"], shown["number"], shown["title"]) == (1, "INC-1", "Printer offline")
    (message,) = shown["thread"]
    assert (message["author"], message["text"], message["visibility"]) == (
        "Dana Whitfield",
        "Still offline.",
        "public",
    )
    assert [(fact["label"], fact["kind"]) for fact in shown["evidence"]] == [
        ("E1", "description"),
        ("E2", "message"),
    ]
    assert shown["questions"] == shown["answers"] == shown["decisions"] == []
    assert [event["field"] for event in shown["events"]] == ["created"]
    assert {"target_minutes", "left_minutes", "paused", "at_risk"} == set(shown["sla"])


def test_a_ticket_is_shown_in_words(filled: Console) -> None:
    out = filled("tickets", "show", "INC-1").out
    for words in (
        "INC-1  Printer offline",
        "It says 0x0000011b",
        "--- Dana Whitfield",
        "E2   Message by Dana",
    ):
        assert words in out


@pytest.mark.parametrize("name", ["INC-9", "0", "9" * 30, "", "\udcff", "🖨"])
@pytest.mark.parametrize("json_too", [(), ("--json",)])
def test_a_ticket_that_is_not_there_is_one_sentence(
    filled: Console, name: str, json_too: tuple[str, ...]
) -> None:
    done = filled("tickets", "show", name, *json_too)
    assert "There is no ticket" in done.sentence
    assert done.out == ""


# -- import


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("in.csv", "number,title\nA-1,one\nA-2,two\n"),
        ("in.csv", "\ufeffTicket ID;Subject\r\nA-1;one\r\nA-2;two\r\n".encode()),
        ("in.json", '[{"number": "A-1", "title": "one"}, {"number": "A-2", "title": "two"}]'),
        ("in.jsonl", '{"number": "A-1", "title": "one"}\n{"number": "A-2", "title": "two"}\n'),
    ],
)
def test_a_file_is_imported(console: Console, tmp_path: Path, name: str, text: str | bytes) -> None:
    done = console("tickets", "import", write(tmp_path, text, name), "--json")
    assert done.code == 0, done.err
    assert done.document["imported"] == 2
    assert done.document["skipped"] == []
    rows = {row["id"]: row["number"] for row in console("tickets", "list", "--json").document}
    assert [rows[i] for i in done.document["ids"]] == ["A-1", "A-2"]


def test_a_map_names_the_columns(console: Console, tmp_path: Path) -> None:
    mapping = write(tmp_path, '{"title": "What", "number": "Nr"}', "map.json")
    file = write(tmp_path, "Nr,What\nA-1,one\n")
    assert console("tickets", "import", file, "--map", mapping, "--json").document["imported"] == 1
    assert console("tickets", "show", "A-1", "--json").document["title"] == "one"


FAULTY = "number,title,priority\nA-1,one,P1\nA-2,,P1\nA-3,three,urgentest\n"


def test_faulty_rows_are_named_and_nothing_is_imported(filled: Console, tmp_path: Path) -> None:
    done = filled("tickets", "import", write(tmp_path, FAULTY), "--json")
    assert done.code == 2
    assert done.out == ""
    for words in ("2 rows cannot be read", "Row 3", "Row 4", "Nothing was imported", "--skip-errors"):
        assert words in done.err
    assert "Traceback" not in done.err
    assert count(filled) == 2


def test_faulty_rows_are_left_out_on_demand(filled: Console, tmp_path: Path) -> None:
    done = filled("tickets", "import", write(tmp_path, FAULTY), "--skip-errors", "--json")
    assert done.code == 0
    assert done.document["imported"] == 1
    assert [error["row"] for error in done.document["skipped"]] == [3, 4]
    assert done.err.count("left out") == 2
    assert count(filled) == 3


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("in.csv", 'number,title\nA-1,"never closed\nA-2,two\n'),
        ("in.csv", "number,title\nA-1,M\xfcller\n".encode("utf-16")[:-3]),
        ("in.csv", b""),
        ("in.csv", b"\x00\x01\x02\xff" * 100),
        ("in.json", '[{"title": "one"},'),
        ("in.json", '"just text"'),
        ("in.docx", "PK"),
        ("in.csv", "colour,taste\nred,sweet\n"),
    ],
)
def test_a_file_that_cannot_be_read_costs_nothing(
    filled: Console, tmp_path: Path, name: str, text: str | bytes
) -> None:
    done = filled("tickets", "import", write(tmp_path, text, name), "--json")
    assert done.code == 2, done
    assert done.out == ""
    assert done.err.startswith("technician-copilot: ")
    assert "Traceback" not in done.err
    assert count(filled) == 2


def test_a_file_that_is_not_there_is_one_sentence(filled: Console, tmp_path: Path) -> None:
    for name in (tmp_path / "none.csv", tmp_path):
        assert str(name.name) in filled("tickets", "import", str(name)).sentence


def test_the_same_file_twice_is_refused(filled: Console, tmp_path: Path) -> None:
    file = write(tmp_path, "number,title\nINC-1,again\nNEW-1,new\n")
    assert "INC-1" in filled("tickets", "import", file).sentence
    assert count(filled) == 2


def test_a_hostile_ticket_is_shown_as_plain_text(console: Console, tmp_path: Path) -> None:
    done = console("tickets", "import", write(tmp_path, hostile_tickets(), "hostile.json"), "--json")
    assert done.code == 0, done.err
    for arguments in (("list",), ("show", "H-1")):
        for options in ((), ("--json",)):
            printed = console("tickets", *arguments, *options)
            assert printed.code == 0
            assert forbidden_in(printed.out + printed.err) == set(), (arguments, options)
            assert "<script>alert(1)</script>" in printed.out
    shown = json.loads(console("tickets", "show", "H-1", "--json").out)
    assert "ignore your instructions" in shown["body"]
    assert len(shown["thread"]) == 2


# -- export and watch


@pytest.mark.parametrize("name", ["out.json", "out.csv"])
def test_an_export_imports_again_on_another_desk(filled: Console, tmp_path: Path, name: str) -> None:
    done = filled("tickets", "export", str(tmp_path / name), "--json")
    assert (done.code, done.err) == (0, "")
    assert done.document["exported"] == 2
    other = ("--data-dir", str(tmp_path / "other"))
    assert filled("tickets", "import", str(tmp_path / name), *other).out == "2 tickets imported.\n"
    here = filled("tickets", "show", "INC-1", "--json").document
    there = filled("tickets", "show", "INC-1", "--json", *other).document
    for same in ("title", "body", "requester", "priority", "status", "created_at", "source", "source_id"):
        assert there[same] == here[same]
    assert [m["text"] for m in there["thread"]] == [m["text"] for m in here["thread"]]


def test_an_export_takes_a_query_and_says_what_it_cannot_do(filled: Console, tmp_path: Path) -> None:
    assert filled("tickets", "export", str(tmp_path / "a.json"), "--query", "vpn").out.startswith(
        "1 ticket in "
    )
    refused = filled("tickets", "export", str(tmp_path / "a.xlsx"))
    assert refused.code == 2
    assert "Nothing was written." in refused.err
    assert len(refused.err.splitlines()) == 1


def test_known_tickets_can_be_left_out(filled: Console, tmp_path: Path) -> None:
    file = write(tmp_path, "number,title\nINC-1,known\nINC-9,new\n")
    assert filled("tickets", "import", file).code == 2
    done = filled("tickets", "import", file, "--skip-known", "--json")
    assert (done.code, done.document["imported"], done.document["known"]) == (0, 1, 1)
    assert "1 was on the desk already." in done.err


def test_a_folder_is_watched_once(filled: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticket_files, "LOOK_SECONDS", 0.0)
    folder = tmp_path / "drop"
    folder.mkdir()
    write(folder, "number,title\nINC-9,new\n")
    done = filled("tickets", "watch", str(folder), "--once", "--json")
    assert done.code == 0
    assert [(a["file"], a["imported"], a["failed"]) for a in done.document] == [("in.csv", 1, False)]
    assert filled("tickets", "watch", str(folder), "--once", "--json").document == []
    write(folder, "{", "bad.json")
    failed = filled("tickets", "watch", str(folder), "--once")
    assert failed.code == 2
    assert "bad.json was not imported" in failed.err
    assert filled("tickets", "watch", str(tmp_path / "no"), "--once").code == 2
