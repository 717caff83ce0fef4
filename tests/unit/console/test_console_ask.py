"""`ask`, `coach` and `decide`."""

from pathlib import Path
from typing import Any

import pytest

from copilot.domain.conversation import Reason
from tests.helpers.desk import desk
from tests.helpers.hostile import forbidden_in, hostile_tickets
from tests.unit.console.conftest import Console

QUESTION = "Why does the printer say 0x0000011b since Monday?"
SECRET = "login fails for dana, password: Tr0ub4dor&3zz"


def show(console: Console) -> Any:
    return console("tickets", "show", "INC-1", "--json").document


@pytest.fixture
def answer(filled: Console) -> str:
    return str(filled("ask", "INC-1", QUESTION, "--json").document["answer_id"])


def test_an_answer_comes_as_one_document(filled: Console) -> None:
    done = filled("ask", "INC-1", QUESTION, "--json")
    assert done.code == 0, done.err
    document = done.document
    assert document["answer_id"].startswith("ans_")
    assert (document["ticket"], document["state"], document["model"]) == (1, "complete", "fake engine")
    assert "[E1]" in document["text"]
    assert [citation["label"] for citation in document["citations"]] == ["E1", "E2"]
    assert {"label", "evidence", "source", "supported"} == set(document["citations"][0])
    assert all({"text", "reason"} == set(sentence) for sentence in document["unsupported"])
    assert isinstance(document["commands"], list)
    timings = document["timings"]
    assert timings["prompt_tokens"] > 0
    assert timings["answer_tokens"] > 0
    assert {"cached_tokens", "prompt_seconds", "answer_seconds"} <= set(timings)


def test_an_answer_is_streamed_in_words(filled: Console) -> None:
    done = filled("ask", "INC-1", QUESTION)
    assert done.code == 0
    assert "**Likely cause:**" in done.out
    assert "Written by the built-in fake engine" in done.out
    assert "found in the evidence" in done.out


def test_commands_in_an_answer_carry_their_risk(filled: Console) -> None:
    done = filled("ask", "INC-1", QUESTION, "--json", "--fake-script", "burst")
    risks = {command["text"]: command["risk"] for command in done.document["commands"]}
    assert risks["Get-Service Spooler | Select-Object Status"] == "reads"


def test_question_answer_and_decisions_are_shown_with_the_ticket(filled: Console, answer: str) -> None:
    filled("decide", answer, "accept")
    filled("decide", answer, "override", "--reason", "wrong_cause", "--note", "it was the update")
    filled("ask", "INC-1", "And then?")
    shown = show(filled)
    assert [question["text"] for question in shown["questions"]] == [QUESTION, "And then?"]
    first, second = shown["answers"]
    assert (first["answer_id"], first["state"], first["decision"]) == (answer, "complete", "override")
    assert (first["question"], first["error"]) == (shown["questions"][0]["uid"], "")
    assert (second["state"], second["decision"]) == ("complete", None)
    decisions = [{k: d[k] for k in ("kind", "reason", "note", "answer_id")} for d in shown["decisions"]]
    assert decisions == [
        {"kind": "accept", "reason": "none_given", "note": "", "answer_id": answer},
        {"kind": "override", "reason": "wrong_cause", "note": "it was the update", "answer_id": answer},
    ]
    assert shown["decisions"][0]["at"] <= shown["decisions"][1]["at"]


def test_a_citation_of_removed_evidence_stays(filled: Console, answer: str, data_dir: Path) -> None:
    before = show(filled)["answers"][0]["citations"]
    assert before
    with desk(data_dir, samples=False) as services:
        for fact in services.tickets.case(1).evidence:
            services.tickets.remove_evidence(fact.uid)
    shown = show(filled)
    assert shown["evidence"] == []
    assert shown["answers"][0]["citations"] == before


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_secret_is_refused_and_not_stored(
    filled: Console, data_dir: Path, options: tuple[str, ...]
) -> None:
    done = filled("ask", "INC-1", SECRET, *options)
    assert "secret" in done.sentence
    assert "Tr0ub4dor" not in done.err + done.out
    assert done.out == ""
    assert show(filled)["questions"] == []
    for file in data_dir.rglob("*"):
        assert not file.is_file() or b"Tr0ub4dor" not in file.read_bytes(), file


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("ask", "INC-9", QUESTION), "There is no ticket INC-9"),
        (("ask", "INC-1", "  "), "The question is empty"),
        (("ask", "INC-1"), "arguments are required: question"),
        (("coach", "INC-9", QUESTION), "There is no ticket INC-9"),
        (("decide", "ans_none", "accept"), "There is no answer ans_none"),
        (("decide", "\udcff", "accept"), "There is no answer"),
        (("decide", "ans_none", "shrug"), "invalid choice: 'shrug'"),
        (("decide", "ans_none", "override", "--reason", "mood"), "invalid choice: 'mood'"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    filled: Console, arguments: tuple[str, ...], sentence: str
) -> None:
    done = filled(*arguments, "--json")
    assert sentence in done.sentence
    assert done.out == ""
    assert show(filled)["questions"] == []


@pytest.mark.logs("^the worker ended")
def test_an_engine_that_crashes_leaves_the_words_and_says_so(filled: Console) -> None:
    done = filled("ask", "INC-1", QUESTION, "--json", "--fake-script", "crash")
    assert "The engine" in done.sentence
    assert done.document["state"] == "interrupted"
    assert done.document["text"]
    (answer,) = show(filled)["answers"]
    assert (answer["state"], answer["text"]) == ("interrupted", done.document["text"])
    assert answer["error"]
    assert filled("ask", "INC-1", QUESTION).code == 0


@pytest.mark.logs("^the worker ended")
def test_a_script_that_does_not_exist_is_said_so(filled: Console) -> None:
    done = filled("ask", "INC-1", QUESTION, "--json", "--fake-script", "nonsense")
    assert "no fake script 'nonsense'" in done.sentence
    assert show(filled)["answers"][0]["state"] == "failed"


@pytest.mark.parametrize("kind", ["accept", "edit", "override", "escalate"])
def test_a_decision_comes_back_as_a_document(filled: Console, answer: str, kind: str) -> None:
    document = filled("decide", answer, kind, "--json").document
    assert (document["kind"], document["reason"], document["note"]) == (kind, "none_given", "")
    assert (document["answer_id"], document["suggestion"]) == (answer, answer)
    assert document["uid"].startswith("dec_")
    assert document["at"]


def test_every_reason_of_the_design_is_taken(filled: Console, answer: str) -> None:
    for reason in Reason:
        done = filled(
            "decide", answer, "override", f"--reason={reason}", "--note", "a\x1b[31m\u202eb", "--json"
        )
        assert (done.document["reason"], done.document["note"]) == (reason, "ab")
    assert [d["reason"] for d in show(filled)["decisions"]] == [r.value for r in Reason]


def test_the_coach_examines_without_sending(filled: Console) -> None:
    document = filled("coach", "INC-1", "printer broken", "--json").document
    assert {"intent", "findings", "facts", "ready", "improved"} <= set(document)
    assert "printer broken" in document["improved"]
    blocked = filled("coach", "INC-1", SECRET, "--json")
    assert any(finding["severity"] == "block" for finding in blocked.document["findings"])
    assert "printer" in filled("coach", "INC-1", "printer broken").out
    assert show(filled)["questions"] == []


def test_nothing_of_a_hostile_ticket_steers_the_terminal(console: Console, tmp_path: Path) -> None:
    file = tmp_path / "hostile.json"
    file.write_text(hostile_tickets(), encoding="utf-8")
    assert console("tickets", "import", str(file)).code == 0
    for arguments in (
        ("ask", "H-1", "Why \x1b[31m red \u202e?"),
        ("coach", "H-1", "why \x1b]0;x"),
        ("tickets", "show", "H-1"),
    ):
        for options in ((), ("--json",)):
            done = console(*arguments, *options)
            assert done.code == 0, done.err
            assert forbidden_in(done.out + done.err) == set(), arguments
