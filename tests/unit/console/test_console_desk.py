"""`backup`, `doctor`, `models list`, `start`, and the command line itself."""

import re
import sys
from pathlib import Path
from typing import NoReturn
from unittest.mock import ANY

import pytest

from copilot import __version__
from copilot.console.main import run
from copilot.console.output import Output
from copilot.services.bundle import Services
from copilot.storage import backup
from copilot.storage.migrate import migrations
from tests.helpers.hostile import forbidden_in
from tests.unit.console.conftest import Console


def titles(console: Console) -> list[str]:
    return [row["title"] for row in console("tickets", "list", "--json").document]


# -- backup


def test_a_backup_is_made_checked_and_restored(filled: Console, tmp_path: Path) -> None:
    copy = tmp_path / "copies" / "desk.db"
    made = filled("backup", "create", str(copy), "--json").document
    assert (made["path"], made["schema"], made["tickets"]) == (str(copy), migrations()[-1][0], 2)
    assert made["bytes"] == copy.stat().st_size
    assert filled("backup", "verify", str(copy), "--json").document == made
    file = tmp_path / "more.csv"
    file.write_text("number,title\nX-1,made later\n", encoding="utf-8")
    filled("tickets", "import", str(file))
    assert "made later" in titles(filled)
    assert filled("backup", "restore", str(copy), "--json").document["tickets"] == 2
    assert "made later" not in titles(filled)
    assert filled("backup", "verify", "--json").document["tickets"] == 2


def test_a_backup_without_a_name_is_told_where_it_is(filled: Console, data_dir: Path) -> None:
    done = filled("backup", "create")
    (copy,) = (data_dir / "backups").iterdir()
    assert str(copy) in done.out
    assert backup.verify(copy).tickets == 2


@pytest.mark.parametrize("action", ["verify", "restore"])
def test_what_is_no_backup_is_one_sentence(filled: Console, tmp_path: Path, action: str) -> None:
    filled("backup", "create", str(tmp_path / "cut.db"))
    content = (tmp_path / "cut.db").read_bytes()
    (tmp_path / "cut.db").write_bytes(content[: len(content) // 2])
    (tmp_path / "letter.db").write_text("Dear Dana,\n" * 500, encoding="utf-8")
    for name, words in (
        ("cut.db", "damaged"),
        ("letter.db", "not a database of this program"),
        ("none.db", "There is no file"),
    ):
        done = filled("backup", action, str(tmp_path / name), "--json")
        assert words in done.sentence
        assert done.out == ""
    assert len(titles(filled)) == 2


def test_places_where_no_backup_can_be_are_one_sentence(
    filled: Console, data_dir: Path, tmp_path: Path
) -> None:
    assert "cannot be written" in filled("backup", "create", str(tmp_path)).sentence
    assert "own database" in filled("backup", "create", str(data_dir / "desk.db")).sentence
    assert "own database" in filled("backup", "restore", str(data_dir / "desk.db")).sentence
    assert len(titles(filled)) == 2


def test_an_unreadable_desk_says_how_to_mend_it_and_that_works(
    filled: Console, data_dir: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    filled("backup", "create", str(copy))
    (data_dir / "desk.db").write_bytes(b"scribble" * 5000)
    done = filled("tickets", "list", "--json")
    assert "backup restore" in done.sentence
    assert done.out == ""
    assert filled("backup", "restore", str(copy)).code == 0
    assert len(titles(filled)) == 2


# -- the schedule, the list, the look before a restore


def test_the_schedule_is_shown_set_and_run(filled: Console, data_dir: Path, tmp_path: Path) -> None:
    assert filled("backup", "schedule", "--json").document == {
        "every": "day",
        "keep": 7,
        "folder": str(data_dir / "backups"),
        "last": None,
        "next": ANY,
        "made": None,
    }
    folder = tmp_path / "elsewhere"
    assert "is not there" in filled("backup", "schedule", "--folder", str(folder)).sentence
    folder.mkdir()
    shown = filled("backup", "schedule", "--every", "week", "--keep", "3", "--folder", str(folder))
    assert f"One backup a week, 3 kept, in {folder}." in shown.out
    made = filled("backup", "schedule", "--run-if-due", "--json").document
    assert Path(made["made"]).parent == folder
    assert backup.verify(Path(made["made"])).tickets == 2
    assert made["last"] < made["next"]
    again = filled("backup", "schedule", "--run-if-due")
    assert "No backup is due." in again.out
    assert filled("backup", "schedule", "--folder", "", "--json").document["folder"] == str(
        data_dir / "backups"
    )
    off = filled("backup", "schedule", "--every", "off", "--run-if-due")
    assert "No backups are made by themselves." in off.out
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize("keep", ["0", "-3", "100"])
def test_a_number_of_copies_that_makes_no_sense_is_refused(filled: Console, keep: str) -> None:
    assert "Between 1 and 99" in filled("backup", "schedule", "--keep", keep).sentence


def test_every_copy_is_listed_with_its_kind(filled: Console, data_dir: Path) -> None:
    assert "There is no backup" in filled("backup", "list").out
    made = filled("backup", "create", "--json").document
    filled("backup", "schedule", "--run-if-due")
    filled("backup", "restore", made["path"])
    rows = filled("backup", "list", "--json").document
    assert {row["kind"] for row in rows} == {"hand", "schedule", "before_restore"}
    assert all(row["tickets"] == 2 for row in rows)
    shown = filled("backup", "list").out
    assert all(row["path"] in shown for row in rows)


def test_a_restore_is_looked_at_before(filled: Console, tmp_path: Path, data_dir: Path) -> None:
    copy = tmp_path / "copy.db"
    filled("backup", "create", str(copy))
    file = tmp_path / "more.csv"
    file.write_text("number,title\n" + "".join(f"X-{n},later {n}\n" for n in range(25)), encoding="utf-8")
    filled("tickets", "import", str(file))
    look = filled("backup", "restore", str(copy), "--preview")
    assert look.code == 0
    assert "Only on the desk now; a restore would take them away: 25" in look.out
    assert "and 5 more" in look.out
    assert "In both, but not alike; a restore would set them back: 0" in look.out
    assert "Nothing was changed." in look.out
    document = filled("backup", "restore", str(copy), "--preview", "--json").document
    assert document["difference"]["lost"]["count"] == 25
    assert len(titles(filled)) == 27
    assert not list(data_dir.glob("desk-before-restore*"))
    done = filled("backup", "restore", str(copy), "--json").document
    look = filled("backup", "restore", done["kept"], "--preview")
    assert "Only in the backup; a restore would bring them back: 25" in look.out
    filled("backup", "restore", done["kept"])
    assert len(titles(filled)) == 27


@pytest.mark.parametrize("action", [("verify",), ("restore",), ("restore", "--preview")])
def test_whatever_is_no_backup_gets_its_own_sentence(
    filled: Console, tmp_path: Path, action: tuple[str, ...]
) -> None:
    (tmp_path / "empty.db").touch()
    for name, words in (("empty.db", "is empty"), ("", "is a folder")):
        done = filled("backup", action[0], str(tmp_path / name), *action[1:])
        assert words in done.sentence
        assert done.out == ""


# -- doctor and models


def test_the_doctor_examines_machine_database_and_engine(filled: Console) -> None:
    done = filled("doctor", "--json")
    assert done.code == 0, done.err
    report = done.document
    assert report["version"] == __version__
    assert report["ok"] is True
    checks = {check["name"]: check for check in report["checks"]}
    assert set(checks) == {"Database", "Model file", "Memory", "Engine"}
    assert all(check["ok"] for check in checks.values())
    assert "2 tickets" in checks["Database"]["detail"]
    assert re.search(r"20 tokens at [\d.]+ tokens a second", checks["Engine"]["detail"])
    assert report["machine"]
    words = filled("doctor").out
    assert "Technician Copilot" in words
    assert "Printer" not in words  # it can be copied into a message


@pytest.mark.logs("^the worker ended")
def test_the_doctor_says_what_fails(filled: Console) -> None:
    done = filled("doctor", "--json", "--fake-script", "oom")
    assert done.code == 2
    failed = [check["name"] for check in done.document["checks"] if not check["ok"]]
    assert failed == ["Engine"]
    assert done.document["ok"] is False
    assert "FAIL Engine" in filled("doctor", "--fake-script", "oom").out


def test_models_are_listed_with_licence_hash_and_memory(console: Console) -> None:
    done = console("models", "list", "--json", "--engine", "llama")
    assert done.code == 0
    cards = {card["id"]: card for card in done.document}
    (chosen,) = (name for name, card in cards.items() if card["chosen"])
    assert chosen.startswith("qwen2.5-coder-1.5b")
    assert len(cards) >= 6
    for card in cards.values():
        assert card["state"] == "missing"
        assert card["licence"]
        assert card["memory"]
        assert card["file_bytes"] > 1_000_000
    assert "qwen2.5-coder-1.5b" in console("models", "list").out


def test_a_model_that_does_not_exist_is_one_sentence(console: Console, tmp_path: Path) -> None:
    for arguments in (("verify", "gpt-9"), ("remove", "gpt-9"), ("use", "gpt-9"), ("install", "gpt-9")):
        done = console("models", *arguments, "--json")
        assert "gpt-9" in done.sentence
        assert done.out == ""
    assert console("models", "import", str(tmp_path / "none.gguf")).sentence


# -- start


def test_start_works_a_sample_ticket_through_the_whole_loop(console: Console) -> None:
    done = console("start", "--console", "--no-model")
    assert done.code == 0, done.err
    steps = (
        "sample tickets made",
        "A weak question",
        "The improved question",
        "The answer (fake engine)",
        "The evidence it cites:\n  E1 ",
        "The decision is stored: accept",
    )
    places = [done.out.index(step) for step in steps]
    assert places == sorted(places)
    again = console("start", "--console", "--no-model", "--json")
    assert again.document["decision"] == "accept"
    assert len(titles(console)) >= 40
    shown = console("tickets", "show", again.document["ticket"], "--json").document
    assert [d["kind"] for d in shown["decisions"]] == ["accept", "accept"]


def test_start_without_a_model_says_so_and_downloads_nothing(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from copilot.__main__ import main

    assert main(["--data-dir", str(data_dir), "start", "--console", "--no-model"]) == 2
    printed = capsys.readouterr()
    assert "The improved question" in printed.out
    assert "There is no model" in printed.err


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there is always a display")
def test_the_window_needs_a_display(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert "no display" in console().sentence


# -- the command line


@pytest.mark.parametrize(
    "arguments",
    [("dance",), ("tickets",), ("tickets", "dance"), ("backup",), ("--colour",), ("tickets", "show")],
)
def test_a_command_that_does_not_exist_is_one_sentence(console: Console, arguments: tuple[str, ...]) -> None:
    done = console(*arguments)
    assert done.sentence
    assert done.out == ""


def test_help_and_version_end_well(console: Console) -> None:
    assert console("--version").out.strip() == __version__
    for arguments in ((), ("tickets",), ("ask",), ("models", "install")):
        done = console(*arguments, "--help")
        assert done.code == 0
        assert "--data-dir" in done.out


def test_a_data_folder_that_cannot_be_is_one_sentence(console: Console, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = console("tickets", "list", "--data-dir", str(tmp_path / "file"))
    assert "data folder" in done.sentence


def _refuse(*_: object) -> NoReturn:
    raise AssertionError("not here")


@pytest.mark.logs("^unexpected")
def test_a_bug_is_one_line_and_status_1(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    def build(*_: object) -> Services:
        raise ZeroDivisionError("one\x1b[31m two")

    assert run(["tickets", "list", "--json"], build, _refuse, _refuse) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "ZeroDivisionError: one two" in printed.err
    assert len([line for line in printed.err.splitlines() if line.startswith("technician-copilot")]) == 1


def test_ctrl_c_is_status_130(capsys: pytest.CaptureFixture[str]) -> None:
    def build(*_: object) -> Services:
        raise KeyboardInterrupt

    assert run(["tickets", "list"], build, _refuse, _refuse) == 130
    assert capsys.readouterr().err == "technician-copilot: Stopped.\n"


def test_output_for_people_is_clean_and_absent_with_json(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "a\x1b[31mb\u202e\x07\x9b\r\n"
    for as_json in (False, True):
        output = Output(as_json=as_json)
        output.text(hostile)
        output.progress(hostile)
        output.progress("too soon after the first")
        output.note(hostile)
        output.error(hostile)
        output.document({"text": "ä"})
        printed = capsys.readouterr()
        assert forbidden_in(printed.out + printed.err) == set()
        assert printed.out == ('{\n  "text": "ä"\n}\n' if as_json else "ab\n\n")
        assert "too soon" not in printed.err
