"""Which statements of an answer the evidence holds."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.assistant.reading import citations, cited_labels, headline, read, unsupported
from copilot.domain.conversation import ClaimKind, CommandRisk
from copilot.domain.evidence import Evidence, EvidenceKind, Trust
from copilot.domain.ticket import Asset, Person, Priority, Status, Ticket, TicketType

AT = datetime(2026, 10, 1, tzinfo=UTC)
TICKET = Ticket(
    7,
    "INC-7",
    TicketType.INCIDENT,
    "Laptop restarts by itself",
    "",
    Person("Dana Whitfield"),
    Status.NEW,
    Priority.P2,
    AT,
    AT,
    assets=(Asset("LT-2231", "Windows 11 23H2", "Latitude 5430"),),
)
TEXTS = {
    "E1": "My laptop has restarted three times since yesterday. It began after the dock firmware was updated.",
    "E2": "Filesystem Size Used Avail Use%\n/dev/sdb1 200G 200G 0 100% /var/backups",
    "E3": "14:02:11 Kernel-Power 41 rebooted without cleanly shutting down. BugcheckCode 0x00000133 DPC_WATCHDOG_VIOLATION\n"
    "14:01:58 PnP 219 The driver WudfRd failed to load for the Dell Dock",
    "E4": "The VPN does not connect from home. Version 10.0.19045, address 10.20.2.45, server srv-file02.corp.example",
}
EVIDENCE = tuple(
    Evidence(f"ev{label}", 7, label, EvidenceKind.NOTE, "Sam, note", "", AT, Trust.STATED, text, "")
    for label, text in TEXTS.items()
)


def only(answer: str) -> tuple[ClaimKind, tuple[str, ...], str]:
    reading = read(answer, EVIDENCE, TICKET)
    assert len(reading.claims) == 1, reading.claims
    return reading.claims[0].kind, reading.claims[0].labels, reading.claims[0].reason


@pytest.mark.parametrize(
    ("statement", "labels"),
    [
        ("The laptop restarted three times since yesterday [E1].", ("E1",)),
        ("The laptop has restarted 3 times. [E1]", ("E1",)),
        ("The machine rebooted after the dock firmware update (E1).", ("E1",)),
        ("E1: the dock firmware was updated before it began.", ("E1",)),
        ("E3 shows that the driver WudfRd failed to load.", ("E3",)),
        ("The bugcheck code is 0x133 [E3].", ("E3",)),
        ("The disk `/var/backups` is 100% full [E2].", ("E2",)),
        ("The restarts come with bugcheck 0x133 and began after the firmware update [E1, E3].", ("E1", "E3")),
        ("The restarts come with bugcheck 0x133 and began after the firmware update [E1][E3].", ("E1", "E3")),
        ('The log says "failed to load for the Dell Dock" [E3].', ("E3",)),
        ("The VPN cannot connect from home [E4].", ("E4",)),
        ("The VPN machine has version 19045 [E4].", ("E4",)),
        ("The dock driver is likely at fault [E3].", ("E3",)),
        ("Check the driver WudfRd and event 219 [E3].", ("E3",)),
    ],
)
def test_cited_statements_that_the_evidence_holds_are_supported(
    statement: str, labels: tuple[str, ...]
) -> None:
    assert only(statement)[:2] == (ClaimKind.SUPPORTED, labels)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("The laptop restarted three times [E9].", "E9 does not exist"),
        ("The laptop restarted three times [E1, E9].", "E9 does not exist"),
        ("[E9]", "E9 does not exist"),
        ("The laptop restarted seven times since yesterday [E1].", "E1 does not say this"),
        ("The laptop restarted 5 times since yesterday [E1].", "E1 does not say this"),
        ("The bugcheck code is 0x124 [E3].", "E3 does not say this"),
        ("The memory module is faulty [E3].", "E3 does not say this"),
        ("The memory module is likely faulty [E3].", "E3 does not say this"),
        ("The VPN connects from home [E4].", "E4 does not say this"),
        ("The disk /var/log is full [E2].", "E2 does not say this"),
        ("The address is 10.20.2.4 [E4].", "E4 does not say this"),
        ("Check event 55 in the log [E3].", "E3 does not say this"),
    ],
)
def test_cited_statements_that_the_evidence_does_not_hold_are_unsupported(
    statement: str, reason: str
) -> None:
    assert only(statement) == (ClaimKind.UNSUPPORTED, (), reason)


@pytest.mark.parametrize(
    ("statement", "labels"),
    [
        ("The laptop has restarted three times since yesterday.", ("E1",)),
        ("The driver WudfRd failed to load for the dock.", ("E3",)),
        ("The log shows `failed to load for the Dell Dock` as a message.", ("E3",)),
        ("The ticket has priority P2.", ()),
        ("The requester is Dana Whitfield.", ()),
        ("Her laptop LT-2231 is a Latitude 5430.", ()),
    ],
)
def test_uncited_statements_are_linked_to_the_evidence_or_the_ticket_that_holds_them(
    statement: str, labels: tuple[str, ...]
) -> None:
    assert only(statement)[:2] == (ClaimKind.SUPPORTED, labels)


@pytest.mark.parametrize(
    "statement",
    [
        "The user reported a burning smell.",
        "Dana changed her password on Monday.",
        "This laptop has 4 GB of memory.",
        "The error code is 0x80070005.",
        "The laptop was dropped last week.",
        "The server srv-mail09 is down.",
        "The requester installed version 7.2.1.",
        "It is probably caused by driver version 9.1.2.",
    ],
)
def test_uncited_statements_about_this_ticket_that_nothing_holds_are_unsupported(statement: str) -> None:
    assert only(statement) == (ClaimKind.UNSUPPORTED, (), "not in the evidence")


@pytest.mark.parametrize(
    "statement",
    [
        "Check the event log for event 55.",
        "Restart the laptop without the dock [E1].",
        "Please restart the spooler.",
        "You can run `sfc /verifyonly` first.",
        "If the disk is full, delete old backups.",
        "Event 41 means that the system lost power or hung.",
        "A bugcheck is usually caused by a driver.",
        "Does it happen without the dock?",
        "Cannot say yet.",
        "To rule this out, unplug the dock.",
        "A driver may be at fault.",
        "1. Open Device Manager.",
        "First, ask which dock it is.",
    ],
)
def test_advice_conditions_questions_and_general_knowledge_are_general(statement: str) -> None:
    assert only(statement)[0] is ClaimKind.GENERAL


def test_headings_code_and_empty_lines_are_no_statements() -> None:
    answer = "# The cause 0x99\n\n**Next check:**\n\n```\nThe error was 0x98.\n```\n\n---\n\n| a | b |\n|---|---|\n"
    claims = read(answer, EVIDENCE, TICKET).claims
    assert [answer[c.start : c.end] for c in claims] in ([], ["| a | b |"])


def test_offsets_point_at_each_sentence_in_the_markdown() -> None:
    answer = (
        "**Likely cause:** The driver WudfRd failed to load [E3]. It began after the dock firmware was updated. [E1]\n\n"
        "**Next check:** Unplug the dock, e.g. for an hour.\n\n```cmd\npnputil /enum-drivers\n```\n"
        "- The disk is 100% full [E2]\n- Version 10.0.19045 was seen\n  on the machine [E4].\n"
    )
    reading = read(answer, EVIDENCE, TICKET)
    assert [answer[c.start : c.end] for c in reading.claims] == [
        "The driver WudfRd failed to load [E3].",
        "It began after the dock firmware was updated. [E1]",
        "Unplug the dock, e.g. for an hour.",
        "The disk is 100% full [E2]",
        "Version 10.0.19045 was seen\n  on the machine [E4].",
    ]
    assert [c.kind.value for c in reading.claims] == [
        "supported",
        "supported",
        "general",
        "supported",
        "supported",
    ]
    assert [c.risk for c in reading.commands] == [CommandRisk.READS]
    assert citations(reading) == ("E1", "E2", "E3", "E4")
    assert unsupported(answer, reading) == ()


def test_code_that_begins_behind_text_is_code_and_not_a_statement() -> None:
    answer = "**Next check:** Look first. ```cmd\nnetsh winsock reset\n```\n\n**Why:** The driver WudfRd failed to load [E3]."
    reading = read(answer, EVIDENCE, TICKET)
    assert [answer[c.start : c.end] for c in reading.claims] == [
        "Look first.",
        "The driver WudfRd failed to load [E3].",
    ]
    assert [(c.text, c.risk) for c in reading.commands] == [("netsh winsock reset", CommandRisk.DESTROYS)]


def test_labels_cited_by_the_armful_count_only_where_they_hold_something() -> None:
    kind, labels, _ = only("The driver WudfRd failed to load [E1] [E2] [E3] [E4].")
    assert kind is ClaimKind.SUPPORTED
    assert "E3" in labels
    assert "E2" not in labels


def test_a_question_claims_nothing_even_with_a_label() -> None:
    assert only("Does the laptop restart without the dock [E1]?")[0] is ClaimKind.GENERAL


def test_dotted_leaders_do_not_split_a_statement() -> None:
    answer = "The adapter shows IPv4 Address. . . : 169.254.17.3 [E4]."
    assert [answer[c.start : c.end] for c in read(answer, EVIDENCE, TICKET).claims] == [answer]


def test_fields_of_the_ticket_help_to_hold_a_statement() -> None:
    assert only("The Latitude 5430 has restarted three times since yesterday [E1].")[:2] == (
        ClaimKind.SUPPORTED,
        ("E1",),
    )
    assert only("The Latitude 5430 has restarted three times since yesterday.")[:2] == (
        ClaimKind.SUPPORTED,
        ("E1",),
    )


def test_headline_counts_facts_and_says_when_there_are_none() -> None:
    mixed = "The driver WudfRd failed to load [E3]. The laptop was dropped last week. Unplug the dock."
    assert headline(read(mixed, EVIDENCE, TICKET)) == "1 of 2 facts found in the evidence"
    assert headline(read("The code is 0x133 [E3].", EVIDENCE, TICKET)) == "1 of 1 fact found in the evidence"
    assert headline(read("Unplug it.", EVIDENCE, TICKET)) == "No facts about this ticket: general advice only"
    assert unsupported(mixed, read(mixed, EVIDENCE, TICKET)) == ("The laptop was dropped last week.",)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("x [E1] y", ("E1",)),
        ("x [E1, E3]", ("E1", "E3")),
        ("x [E1-E3]", ("E1", "E2", "E3")),
        ("x (E3) [E3]", ("E3",)),
        ("E3: x", ("E3",)),
        ("**E3**: x", ("E3",)),
        ("according to E2 it is so", ("E2",)),
        ("[E2, laptop.log] x", ("E2",)),
        ("the printer shows E05", ()),
        ("the printer shows error (E052)", ()),
        ("no label at all [1]", ()),
    ],
)
def test_all_ways_to_cite_are_read_and_error_codes_are_not_taken_for_labels(
    text: str, labels: tuple[str, ...]
) -> None:
    assert cited_labels(text, tuple(TEXTS)) == labels


def test_an_answer_without_evidence_is_read_too() -> None:
    reading = read("The laptop was dropped [E1].", (), TICKET)
    assert reading.claims[0].reason == "E1 does not exist"


@given(st.text(max_size=400), st.text(max_size=100))
def test_reading_never_raises_and_offsets_lie_in_the_answer(answer: str, text: str) -> None:
    evidence = Evidence("ev1", 7, "E1", EvidenceKind.NOTE, "s", "", AT, Trust.STATED, text, "")
    reading = read(answer, (evidence,), TICKET)
    headline(reading)
    for claim in reading.claims:
        assert 0 <= claim.start < claim.end <= len(answer)


PIECES = [
    "**Why:** ",
    "The laptop ",
    "failed",
    ". ",
    "[E1]",
    "[E9]",
    "\n",
    "\n\n",
    "- ",
    "```",
    "`rm x`",
    "0x133",
    "(E3)",
    "# ",
]
PIECES += ["> ", "|", "10.0.0.1", "“", '"', "E1: ", "*", "_", "?", "C:\\x", "\\\\srv\\a", "1. "]


@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_reading_any_markdown_gives_ordered_statements_that_do_not_overlap(pieces: list[str]) -> None:
    answer = "".join(pieces)
    claims = read(answer, EVIDENCE, TICKET).claims
    assert all(a.end <= b.start for a, b in pairwise(claims))
