"""The program as its users run it: another process, its exit status, and nothing but what belongs on each stream."""

import os
import subprocess
import sys
from pathlib import Path

import apsw
import pytest

from tests.helpers.desk import desk
from tests.helpers.hostile import forbidden_in, hostile_tickets
from tests.helpers.program import Program, environment

QUESTION = "Why does the printer say 0x0000011b since Monday?"


@pytest.fixture
def program(data_dir: Path) -> Program:
    return Program(data_dir)


@pytest.fixture
def filled(program: Program) -> Program:
    """Have one ticket on the desk, INC-1."""
    with desk(program.data_dir, samples=False) as services:
        services.tickets.create("Drucker hängt", "It says 0x0000011b since Monday.")
    return program


def test_a_ticket_is_worked_from_a_file_to_a_decision(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "tickets.csv"
    file.write_text("number,title,body\nINC-7,Drucker hängt,0x0000011b since Monday\n", encoding="utf-8")
    assert program.json("tickets", "import", str(file))["imported"] == 1
    (row,) = program.json("tickets", "list", "--query", "drucker")
    assert "secret" in program.run("ask", "INC-7", "password: Tr0ub4dor&3zz").sentence
    answer = program.json("ask", row["number"], QUESTION)
    assert answer["state"] == "complete"
    program.json(
        "decide", answer["answer_id"], "override", "--reason", "wrong_cause", "--note", "nur Papier leer"
    )
    shown = program.json("tickets", "show", str(row["id"]))
    assert shown["questions"][0]["text"] == QUESTION
    assert shown["answers"][0]["text"] == answer["text"]
    (decision,) = shown["decisions"]
    assert (decision["kind"], decision["reason"], decision["note"]) == (
        "override",
        "wrong_cause",
        "nur Papier leer",
    )


def test_start_goes_through_the_loop_without_a_display(program: Program) -> None:
    done = program.run("start", "--console", "--no-model")
    assert done.code == 0, done.err
    assert "The decision is stored: accept" in done.out
    assert len(program.json("tickets", "list")) >= 40


def test_without_a_display_the_window_is_refused_in_one_sentence(program: Program) -> None:
    if sys.platform in ("win32", "darwin"):
        pytest.skip("there is always a display")
    done = program.run(env={"QT_QPA_PLATFORM": "", "DISPLAY": "", "WAYLAND_DISPLAY": ""})
    assert "no display" in done.sentence


def test_letters_of_all_languages_come_out_whatever_the_terminal_is_set_to(filled: Program) -> None:
    plain = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    assert "Drucker hängt" in filled.run("tickets", "list", env=plain).out
    assert filled.run("tickets", "list", "--json", env=plain).document[0]["title"] == "Drucker hängt"


@pytest.mark.skipif(sys.platform == "win32", reason="arguments are text on Windows")
def test_arguments_that_are_no_text_are_refused_in_one_sentence(filled: Program) -> None:
    assert "There is no ticket" in filled.run("tickets", "show", b"\xff\xfe").sentence
    assert filled.run("tickets", "list", "--query", b"\xff drucker", "--json").code == 0
    assert filled.run("tickets", "import", b"/tmp/\xff.csv").sentence


@pytest.mark.skipif(sys.platform == "win32", reason="a closed pipe is another error there")
def test_a_reader_that_goes_away_is_no_error(filled: Program) -> None:
    process = subprocess.Popen(
        filled.command("tickets", "show", "1", "--json"),
        env=environment(None),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    errors = process.stderr.read()
    process.stderr.close()
    assert (process.wait(60), errors) == (0, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_output_that_finds_no_room_is_one_sentence(filled: Program, unbuffered: str) -> None:
    env = environment({"PYTHONUNBUFFERED": unbuffered})
    for arguments in (("tickets", "list"), ("tickets", "list", "--json"), ("--help",), ("--version",)):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run(
                filled.command(*arguments), env=env, stdout=full, stderr=subprocess.PIPE, check=False
            )
        (line,) = done.stderr.decode().splitlines()
        assert "The output cannot be written: No space left on device." in line
        assert done.returncode == 2
    with open("/dev/full", "w", encoding="utf-8") as full:  # nobody can be told
        for arguments in (("tickets", "show", "none"), ("--bogus",)):
            assert (
                subprocess.run(filled.command(*arguments), env=env, stderr=full, check=False).returncode == 2
            )


def test_a_window_that_is_open_sees_what_a_restore_brings(filled: Program, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    assert filled.json("backup", "create", str(copy))["tickets"] == 1
    with desk(filled.data_dir, samples=False) as services:
        made, _ = services.tickets.create("made later")
        services.store.changed_elsewhere()
        assert filled.json("backup", "restore", str(copy))["tickets"] == 1
        assert services.store.changed_elsewhere()
        assert [row.title for row in services.tickets.rows([1, made.id])] == ["Drucker hängt"]
        services.tickets.change(1, "priority", "P1")
    assert filled.json("tickets", "show", "1")["priority"] == "P1"
    assert len(list(filled.data_dir.glob("desk-before-restore*.db"))) == 1


def test_a_desk_of_a_newer_program_is_refused_in_one_sentence(filled: Program) -> None:
    db = apsw.Connection(str(filled.data_dir / "desk.db"))
    db.execute("PRAGMA user_version = 999")
    db.close()
    assert "newer version" in filled.run("tickets", "list", "--json").sentence


@pytest.mark.slow
def test_a_desk_that_another_program_holds_is_said_so(filled: Program) -> None:
    answer = filled.json("ask", "1", QUESTION)["answer_id"]
    db = apsw.Connection(str(filled.data_dir / "desk.db"))
    db.execute("BEGIN IMMEDIATE")
    assert len(filled.json("tickets", "list")) == 1  # reading goes on
    done = filled.run("decide", answer, "accept", "--json")  # after five seconds of patience
    assert "Another program holds the database" in done.sentence
    db.execute("ROLLBACK")
    db.close()
    assert filled.run("decide", answer, "accept").code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="a limit on the size of files is POSIX")
def test_a_disk_that_is_full_costs_the_import_and_no_more(filled: Program, tmp_path: Path) -> None:
    file = tmp_path / "big.csv"
    file.write_text("title,body\n" + "".join(f"t{n},{'x' * 5000}\n" for n in range(800)), encoding="utf-8")
    limited = (
        "import resource, sys; from copilot.__main__ import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (900_000, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            limited,
            "--data-dir",
            str(filled.data_dir),
            "tickets",
            "import",
            str(file),
            "--json",
        ],
        env=environment(None),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    (sentence,) = done.stderr.splitlines()
    assert "What was stored before is kept." in sentence
    assert [row["title"] for row in filled.json("tickets", "list")] == ["Drucker hängt"]
    assert filled.json("tickets", "import", str(file))["imported"] == 800


def test_a_hostile_ticket_prints_as_text(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "hostile.json"
    file.write_text(hostile_tickets(), encoding="utf-8")
    for arguments in (
        ("tickets", "import", str(file)),
        ("tickets", "show", "H-1"),
        ("ask", "H-1", "What is in E2?"),
    ):
        done = program.run(*arguments)
        assert done.code == 0, done.err
        assert forbidden_in(done.out + done.err) == set(), arguments
    assert "<script>alert(1)</script>" in program.run("tickets", "show", "H-1", "--json").out


def test_nothing_is_written_outside_the_data_folder(filled: Program, tmp_path: Path, home: Path) -> None:
    def files() -> set[Path]:
        return {
            path for path in [*home.rglob("*"), *tmp_path.rglob("*")] if filled.data_dir not in path.parents
        }

    before = files()
    filled.json("ask", "1", QUESTION)
    filled.json("backup", "create")
    assert files() == before
    assert os.listdir(filled.data_dir / "backups")
