import pytest

from copilot.coach import needs
from copilot.coach.coach import Coach
from copilot.coach.context import CoachContext
from copilot.coach.matching import Draft
from copilot.domain.coaching import Fact, FactState
from copilot.domain.evidence import EvidenceKind
from tests.helpers.coach_kit import PACKS, coach, context, evidence, examine

BARE = "Why does the program close by itself?"


def fact(text: str, dimension: str, where: CoachContext | None = None) -> Fact:
    return next(item for item in examine(text, where).facts if item.dimension == dimension)


@pytest.mark.parametrize(
    ("dimension", "text"),
    [
        ("symptom", "Outlook freezes"),
        ("symptom", "She cannot print to the shared queue"),
        ("error_text", "It fails with 0x80070005"),
        ("error_text", "The crash logs event ID 1000"),
        ("error_text", 'Error: "The trust relationship failed"'),
        ("error_text", "Sign-in fails, AADSTS50126"),
        ("environment", "The laptop runs Windows 11"),
        ("environment", "Teams 1.7.00 on her device"),
        ("environment", "FIN-LT-0231 does not boot"),
        ("since", "It freezes since Monday"),
        ("since", "Started after the update"),
        ("since", "It happens when she docks the laptop"),
        ("tried", "I restarted the spooler"),
        ("tried", "We already tried a new profile"),
        ("expected", "The drive should be mapped"),
        ("expected", "It used to work"),
    ],
)
def test_a_fact_in_the_question_is_present(dimension: str, text: str) -> None:
    assert fact(text, dimension).state is FactState.PRESENT


@pytest.mark.parametrize("dimension", ["environment", "since", "tried", "expected"])
def test_a_fact_that_nobody_gives_is_missing(dimension: str) -> None:
    assert fact(BARE, dimension).state is FactState.MISSING


@pytest.mark.parametrize(
    ("dimension", "kind", "text"),
    [
        ("environment", EvidenceKind.ASSET, "FIN-LT-0231"),
        ("symptom", EvidenceKind.DESCRIPTION, "Help"),
        ("since", EvidenceKind.MESSAGE, "since yesterday"),
        ("tried", EvidenceKind.NOTE, "Rebuilt the profile"),
        ("expected", EvidenceKind.MESSAGE, "It should open"),
    ],
)
def test_a_fact_in_the_evidence_counts_with_its_label(dimension: str, kind: EvidenceKind, text: str) -> None:
    found = fact("Why?", dimension, context(evidence("E3", kind, text)))
    assert (found.state, found.source) == (FactState.IN_TICKET, "E3")


def test_an_error_in_a_log_counts_where_the_question_speaks_of_one() -> None:
    log = context(evidence("E2", EvidenceKind.FILE, "10:02 faulting module ntdll.dll, code 0xc0000005"))
    found = fact("Why does it crash?", "error_text", log)
    assert (found.state, found.source) == (FactState.IN_TICKET, "E2")


def test_the_error_text_is_only_needed_where_there_is_an_error() -> None:
    assert "error_text" not in {item.dimension for item in examine("The screen stays black").facts}
    assert fact("The program shows an error", "error_text").state is FactState.MISSING


@pytest.mark.parametrize("kind", [EvidenceKind.SIMILAR_TICKET, EvidenceKind.KNOWLEDGE])
def test_another_tickets_facts_cover_nothing(kind: EvidenceKind) -> None:
    other = evidence("E5", kind, "Windows 11, since Monday, restarted, should open, crash 0x80070005")
    states = {item.state for item in examine("Why?", context(other)).facts}
    assert states == {FactState.MISSING}


def test_earlier_questions_of_the_conversation_count() -> None:
    earlier = "Outlook on Windows 11 freezes since Monday, restarted it, it should open."
    report = examine("And what would rule that out?", context(earlier=(earlier,)))
    assert {item.state for item in report.facts} == {FactState.PRESENT}
    assert report.ready


def test_a_placeholder_is_no_fact() -> None:
    text = "Outlook freezes.\nEnvironment: [ask the user: Windows 10 or 11?]"
    assert fact(text, "environment").state is FactState.MISSING
    assert fact("Outlook freezes.\nEnvironment: the old one", "environment").state is FactState.PRESENT


def test_facts_follow_the_order_of_the_pack_and_reach_the_threshold() -> None:
    order = [entry.id for entry in needs.Needs.load(PACKS).dimensions]
    for text in (
        "Why does it crash?",
        "Write a reply",
        "Give me the command to list users",
        "How do I map a drive?",
    ):
        facts = examine(text).facts
        assert [item.dimension for item in facts] == [
            name for name in order if name in {f.dimension for f in facts}
        ]
        assert all(item.need >= 0.5 for item in facts)
        assert all(item.label for item in facts)


def test_ready_means_all_there_and_nothing_blocks() -> None:
    text = "Outlook on Windows 11 freezes since Monday, restarted it, it should open."
    assert examine(text).ready
    assert not examine(text + " pw: Abc123!").ready
    assert not examine("Outlook freezes since Monday").ready


def test_a_piece_of_evidence_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    class Counted(Draft):
        def __init__(self, text: str) -> None:
            read.append(text)
            super().__init__(text)

    fresh = Coach.load(PACKS)
    where = context(evidence("E1", EvidenceKind.FILE, "the one log"), earlier=("the earlier question",))
    monkeypatch.setattr(needs, "Draft", Counted)
    for length in range(1, len(BARE)):
        fresh.examine(BARE[:length], where)
    assert sorted(read) == ["the earlier question", "the one log"]


def test_examining_compiles_no_pattern(monkeypatch: pytest.MonkeyPatch) -> None:
    coach().examine(BARE, context())

    def refuse(*_: object) -> None:
        raise AssertionError("a pattern was compiled")

    monkeypatch.setattr("re._compiler.compile", refuse)
    coach().examine(
        "Isn't it the DNS? Delete the user's folder, pw: Abc123! on Windows 10", context(os="Windows 11")
    )
