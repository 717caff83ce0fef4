"""What leaves for other systems and paper, and what comes in as evidence."""

from datetime import timedelta
from pathlib import Path

import pytest

from copilot.desk.resolution import find_cause
from copilot.domain.conversation import Answer, AnswerState, DecisionKind
from copilot.domain.evidence import EvidenceKind, Trust
from copilot.domain.ticket import Visibility
from copilot.services.bundle import Services
from copilot.services.intake import IMAGE_REF, NewFact, StoredImage
from copilot.services.tickets import MAX_EVIDENCE
from copilot.storage import conversation
from copilot.support.clock import FixedClock
from copilot.support.errors import KnownError
from copilot.support.ids import new_uid
from tests.helpers.hostile import ATTACK, forbidden_in

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


def add_answer(services: Services, ticket: int, text: str) -> str:
    facts = services.tickets.case(ticket).evidence
    made = Answer(
        new_uid("ans"),
        ticket,
        "q",
        text,
        AnswerState.COMPLETE,
        "small-model",
        "",
        tuple(fact.uid for fact in facts),
        services.tickets.now(),
    )
    with services.store.write() as db:
        conversation.add_answer(db, made, "", "")
    return made.uid


# -- copies


def test_a_reply_goes_without_citations_and_marks(services: Services, ticket: int) -> None:
    answer = add_answer(services, ticket, "The **spooler** hangs [E1].\n\n- Restart it [E1, E2]")
    made = services.clippings.answer_as_reply(answer)
    assert made.text == "The spooler hangs.\n\n- Restart it"
    assert made.html == "<p>The <strong>spooler</strong> hangs.</p><ul><li>Restart it</li></ul>"


def test_a_note_spells_its_evidence_out_and_says_who_checked(services: Services, ticket: int) -> None:
    answer = add_answer(services, ticket, "The printer says 0x0000011b since Monday [E1].")
    made = services.clippings.answer_as_note(answer)
    lines = made.text.split("\n")
    assert lines[0].endswith("[E1].")
    assert "- E1: Description by unknown requester" in lines
    assert lines[-1].startswith("small-model, 2026-03-02 ")
    assert lines[-1].endswith(f"written with AI, checked by {services.deps.me()}.")


def test_the_reply_being_written_is_copied_and_a_missing_one_told(services: Services, ticket: int) -> None:
    with pytest.raises(KnownError, match="No reply is being written"):
        services.clippings.reply(ticket)
    services.tickets.save_draft(ticket, "reply", "Dear Dana,\n\nit works <again> [E2].")
    made = services.clippings.reply(ticket)
    assert made.text == "Dear Dana,\n\nit works <again>."
    assert "&lt;again&gt;" in made.html


def test_a_resolution_has_problem_cause_and_what_was_done(
    services: Services, ticket: int, clock: FixedClock
) -> None:
    services.tickets.post(ticket, "Restarted the spooler.", Visibility.INTERNAL)
    clock.advance(timedelta(minutes=1))
    services.tickets.post(ticket, "Cause: a stuck job of 2 GB.\nDeleted it.", Visibility.INTERNAL)
    clock.advance(timedelta(minutes=1))
    services.tickets.post(ticket, "It prints again.", Visibility.PUBLIC)
    kept = add_answer(services, ticket, "Delete the stuck job [E1].")
    services.decisions.decide(kept, DecisionKind.ACCEPT)
    add_answer(services, ticket, "Nobody decided about this.")
    text = services.clippings.resolution(ticket).text
    order = [
        "Problem",
        "Printer offline",
        "Cause",
        "a stuck job of 2 GB.",
        "What was done",
        "Restarted the spooler.",
    ]
    order += ["Delete the stuck job.", "Told to the requester", "It prints again."]
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)
    assert "Nobody decided" not in text


def test_an_answer_that_became_a_note_is_told_once(services: Services, ticket: int) -> None:
    answer = add_answer(services, ticket, "Replace the cable.")
    services.decisions.accept(answer)
    services.tickets.post(ticket, services.tickets.case(ticket).drafts["note"].text, Visibility.INTERNAL)
    assert services.clippings.resolution(ticket).text.count("Replace the cable.") == 1


def test_a_cause_is_never_made_up(services: Services, ticket: int) -> None:
    assert "Cause\n\n(not noted in this ticket)" in services.clippings.resolution(ticket).text


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("Root cause: expired certificate", "expired certificate"),
        ("**Likely cause:** the dock", "the dock"),
        ("## Cause\n- the switch port was down", "the switch port was down"),
        ("Ursache: Kabel defekt", "Kabel defekt"),
        ("because of that we restarted", ""),
        ("The cause is unclear", ""),
        ("", ""),
    ],
)
def test_causes_are_found_where_they_are_named(text: str, cause: str) -> None:
    assert find_cause(text) == cause


def test_hostile_text_leaves_as_words(services: Services) -> None:
    made, _ = services.tickets.create(ATTACK, ATTACK)
    services.tickets.post(made.id, ATTACK, Visibility.INTERNAL)
    services.tickets.save_draft(made.id, "reply", ATTACK)
    answer = add_answer(services, made.id, ATTACK)
    for copy in (
        services.clippings.resolution(made.id),
        services.clippings.reply(made.id),
        services.clippings.answer_as_note(answer),
        services.clippings.answer_as_reply(answer),
    ):
        assert "<script" not in copy.html
        assert "<img" not in copy.html
        assert forbidden_in(copy.text + copy.html) == set()


# -- paper


def test_internal_notes_and_what_was_taken_from_them_stay_off_paper(services: Services, ticket: int) -> None:
    services.tickets.post(ticket, "The SECRET vault is in room 4.", Visibility.INTERNAL)
    services.tickets.post(ticket, "A colleague looks at it.", Visibility.PUBLIC)
    note = services.tickets.case(ticket).evidence[-1]
    services.tickets.add_evidence(
        ticket, EvidenceKind.SELECTION, "SECRET part", "From E2", source_ref=note.uid
    )

    def sheet(with_internal: bool) -> str:
        made = services.clippings.sheet(ticket, str, with_internal=with_internal, with_answers=True)
        assert made.left_out == (0 if with_internal else 3)
        return made.html

    assert "SECRET" not in sheet(False)
    assert "A colleague looks at it." in sheet(False)
    assert sheet(True).count("SECRET") == 3


# -- evidence


def test_several_facts_are_one_change_and_one_undo(services: Services, ticket: int) -> None:
    facts = [
        NewFact(EvidenceKind.FILE, "log", "a.log", Trust.MEASURED),
        NewFact(
            EvidenceKind.ATTACHMENT, "Image", "b.png", Trust.RECORDED, StoredImage("b.png", "image/png", PNG)
        ),
    ]
    before = services.tickets.case(ticket).evidence
    changes = services.intake.add(ticket, facts)
    added = services.tickets.case(ticket).evidence[len(before) :]
    assert [(f.text, f.source, f.source_ref) for f in added] == [
        ("log", "a.log", ""),
        ("Image", "b.png", IMAGE_REF),
    ]
    assert services.intake.image(added[1].uid) == StoredImage("b.png", "image/png", PNG)
    assert changes.undo_label == "2 facts added to the evidence"
    services.tickets.undo(changes.undo_id)
    assert services.tickets.case(ticket).evidence == before
    with pytest.raises(KnownError):
        services.intake.image(before[0].uid)


@pytest.mark.parametrize("text", ["", "  \n", "x" * (MAX_EVIDENCE + 1)])
def test_nothing_is_added_where_one_fact_cannot_be(services: Services, ticket: int, text: str) -> None:
    before = services.tickets.case(ticket).evidence
    with pytest.raises(KnownError):
        services.intake.add(
            ticket,
            [NewFact(EvidenceKind.PASTE, "good", "Pasted"), NewFact(EvidenceKind.PASTE, text, "Pasted")],
        )
    assert services.tickets.case(ticket).evidence == before


def test_files_are_sorted_into_text_pictures_and_refused(services: Services, tmp_path: Path) -> None:
    files = {
        "a.log": "Prüfung".encode("cp1252"),
        "b.log": "x".encode("utf-16"),
        "long.log": b"a" * MAX_EVIDENCE + b"the end",
        "c.bin": b"\0\1",
        "d.zip": b"PK\x03\x04",
        "e.txt": PNG,  # whatever it is called
        "big.png": PNG + bytes(10_000_000),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    found = services.intake.read_files([tmp_path / name for name in (*files, "gone.log")])
    assert [(f.name, f.text) for f in found.texts] == [("a.log", "Prüfung"), ("b.log", "x")]
    assert [(f.name, f.total, len(f.text)) for f in found.too_long] == [
        ("long.log", MAX_EVIDENCE + 7, MAX_EVIDENCE)
    ]
    assert found.too_long[0].text.endswith("the end")
    assert [image.name for image in found.images] == ["e.txt"]
    assert [error.what.split()[0] for error in found.refused] == ["c.bin", "d.zip", "big.png", "gone.log"]


def test_a_copied_ticket_brings_number_time_and_thread_along(services: Services, clock: FixedClock) -> None:
    text = (Path(__file__).parents[1] / "desk/clippings/servicenow.txt").read_text(encoding="utf-8")
    found = services.clippings.read(text, "")
    made, changes = services.tickets.create(
        found.title, found.body, number=found.number, created_at=clock.now(), messages=found.messages
    )
    case = services.tickets.case(made.id)
    assert made.number == "INC0010247"
    assert [m.visibility.value for m in case.thread] == ["public", "public", "internal"]
    assert "note" in {fact.kind.value for fact in case.evidence}
    with pytest.raises(KnownError, match="on the desk already"):
        services.tickets.create("again", number="inc0010247")
    services.tickets.undo(changes.undo_id)
