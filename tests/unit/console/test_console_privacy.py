"""What is recorded about people, on the command line."""

import json
from pathlib import Path

from tests.unit.console.conftest import Console

DANA = "Dana Whitfield"


def test_the_register_is_shown_with_counts(filled: Console) -> None:
    shown = filled("privacy", "show")
    assert shown.code == 0
    assert "Requester: Name and address of who asks for help" in shown.out
    assert "desk.db" in shown.out
    document = json.loads(filled("privacy", "show", "--json").out)
    requester = next(entry for entry in document["register"] if entry["name"] == "Requester")
    assert requester["records"] == 1
    assert requester["where"] == ["ticket.requester_name", "ticket.requester_email"]
    assert any(place["kind"] == "database" for place in document["places"])


def test_one_person_is_shown(filled: Console) -> None:
    document = json.loads(filled("privacy", "show", "--person", "dana whitfield", "--json").out)
    records = {entry["name"]: entry["records"] for entry in document["records"]}
    assert records["Requester"] == records["Authors of messages"] == 1
    assert "Nothing." in filled("privacy", "show", "--person", "Nobody Known").out


def test_everything_about_a_person_is_exported(filled: Console, tmp_path: Path) -> None:
    file = tmp_path / "dana.json"
    done = filled("privacy", "export", str(file), "--person", DANA)
    assert done.code == 0
    assert DANA in done.out
    records = json.loads(file.read_text(encoding="utf-8"))["records"]
    assert {"ticket", "message", "evidence"} <= {record["table"] for record in records}
    assert filled("privacy", "export", str(tmp_path / "me.json")).code == 0


def test_deleting_a_person_counts_first_and_does_it_with_yes(filled: Console) -> None:
    counted = filled("privacy", "delete", "--person", DANA)
    assert counted.code == 2
    assert "Would be deleted" in counted.out
    assert "Nothing was changed" in counted.err
    assert DANA in filled("tickets", "show", "INC-1").out
    before = json.loads(filled("privacy", "delete", "--person", DANA, "--json").out)
    done = json.loads(filled("privacy", "delete", "--person", DANA, "--yes", "--json").out)
    assert done["done"]
    assert done["changes"] == before["changes"]
    assert done["changes"]["Requester"] == 1
    shown = filled("tickets", "show", "INC-1").out
    assert DANA not in shown
    assert "(deleted person)" in shown
    assert "Nobody of that name" in filled("privacy", "delete", "--person", DANA, "--yes").out


def test_copies_of_a_deleted_person_are_named_cleaned_or_deleted(filled: Console, data_dir: Path) -> None:
    assert filled("backup", "create").code == 0
    (copy,) = (data_dir / "backups").glob("*.db")
    assert str(copy) in filled("privacy", "delete", "--person", DANA, "--yes").out
    assert DANA.encode() in copy.read_bytes()
    assert filled("privacy", "delete", "--person", DANA, "--yes", "--copies", "clean").code == 0
    assert DANA.encode() not in copy.read_bytes()
    assert filled("privacy", "delete", "--person", DANA, "--yes", "--copies", "delete").code == 0
    assert not copy.exists()


def test_a_ticket_is_deleted_with_yes_only(filled: Console, data_dir: Path) -> None:
    assert filled("backup", "create").code == 0
    (copy,) = (data_dir / "backups").glob("*.db")
    counted = filled("tickets", "delete", "INC-1")
    assert counted.code == 2
    assert "would be deleted" in counted.out
    done = filled("tickets", "delete", "INC-1", "--yes")
    assert done.code == 0
    assert str(copy) in done.out
    assert filled("tickets", "show", "INC-1").code == 2
    assert [row["number"] for row in json.loads(filled("tickets", "list", "--json").out)] == ["INC-2"]
    document = json.loads(filled("tickets", "delete", "INC-2", "--yes", "--copies", "clean", "--json").out)
    assert [Path(place["path"]) for place in document["copies"]] == [copy]
    assert b"VPN drops" not in copy.read_bytes()


def test_a_copy_that_cannot_be_cleaned_is_told(filled: Console, data_dir: Path) -> None:
    (data_dir / "backups").mkdir()
    (data_dir / "backups" / "broken.db").write_bytes(b"nothing" * 1000)
    done = filled("tickets", "delete", "INC-1", "--yes", "--copies", "clean")
    assert done.code == 2
    assert "broken.db" in done.err
    assert filled("tickets", "show", "INC-1").code == 2  # it is deleted all the same


def test_the_rules_are_applied(filled: Console) -> None:
    done = filled("privacy", "apply")
    assert (done.code, done.out) == (0, "Nothing was past its time.\n")
    assert json.loads(filled("privacy", "apply", "--json").out)["tickets"] == 0
