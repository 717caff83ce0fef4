import ipaddress
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from copilot.desk.samples import SAMPLE_TAG, load_samples
from copilot.desk.values import priority_of
from copilot.domain.sla import sla_state
from copilot.domain.ticket import Priority, Status, TicketDraft, TicketType, Visibility
from copilot.support.errors import KnownError
from copilot.support.paths import resources
from copilot.support.text import clean

FOLDER = resources() / "samples"
NOW = datetime(2026, 11, 23, 9, 30, 41, tzinfo=UTC)
ME = "Robin Hale"

SMALL = """
- number: INC-1
  type: incident
  title: Small
  status: in_progress
  priority: P3
  created: -60m
  messages:
    - {at: -50m, author: me, text: "since [[-55m %d/%b/%Y %H:%M]]:07"}
"""


@pytest.fixture(scope="module")
def desk() -> tuple[TicketDraft, ...]:
    return load_samples(FOLDER, NOW, ME)


def texts(draft: TicketDraft) -> Iterator[str]:
    yield draft.ticket.title
    yield draft.ticket.body
    yield draft.ticket.requester.email
    for message in draft.messages:
        yield message.text
        yield from (attachment.text for attachment in message.attachments)


def tagged(desk: tuple[TicketDraft, ...], tag: str) -> TicketDraft:
    [draft] = [draft for draft in desk if tag in draft.ticket.tags]
    return draft


def load_text(folder: Path, text: str, name: str = "a.yaml") -> tuple[TicketDraft, ...]:
    (folder / name).write_text(text, encoding="utf-8")
    return load_samples(folder, NOW, ME)


def test_the_desk_is_a_full_and_mixed_one(desk: tuple[TicketDraft, ...]) -> None:
    tickets = [draft.ticket for draft in desk]
    types = Counter(ticket.type for ticket in tickets)
    owners = Counter(ticket.assignee for ticket in tickets)
    assert len(tickets) >= 44
    assert types[TicketType.INCIDENT] >= 28
    assert types[TicketType.REQUEST] >= 12
    assert types[TicketType.QUESTION] >= 2
    assert types[TicketType.PROBLEM] >= 1
    assert owners[ME] >= 12
    assert owners[""] >= 12
    assert set(owners) == {ME, "", "Priya Nair", "Tomas Lind", "Wanda Okoro"}
    assert {ticket.status for ticket in tickets} == set(Status)
    assert {ticket.priority for ticket in tickets} == set(Priority)
    assert {ticket.site for ticket in tickets} >= {"Bristol", "Rotterdam", "Gdynia"}
    assert {ticket.language for ticket in tickets} >= {"en", "de", "pl"}
    assert sum(ticket.requester.vip for ticket in tickets) == 1
    assert sum(not draft.messages for draft in desk) >= 5
    assert sum(len(draft.messages) >= 10 for draft in desk) >= 2


def test_every_ticket_says_that_it_is_a_sample(desk: tuple[TicketDraft, ...]) -> None:
    for draft in desk:
        assert draft.ticket.is_sample
        assert draft.ticket.id == 0
        assert draft.ticket.source == "sample"
        assert SAMPLE_TAG in draft.ticket.tags
        assert {message.origin for message in draft.messages} <= {"sample"}
        assert {message.uid for message in draft.messages} <= {""}


def test_numbers_are_unique_and_start_with_their_type(desk: tuple[TicketDraft, ...]) -> None:
    prefixes = {"incident": "INC", "request": "REQ", "question": "QUE", "problem": "PRB", "change": "CHG"}
    assert len({draft.ticket.number for draft in desk}) == len(desk)
    for draft in desk:
        assert re.fullmatch(prefixes[draft.ticket.type] + r"-\d{4}", draft.ticket.number)


def test_priority_follows_from_impact_and_urgency(desk: tuple[TicketDraft, ...]) -> None:
    wrong = [
        draft.ticket.number
        for draft in desk
        if draft.ticket.priority is not priority_of(draft.ticket.impact, draft.ticket.urgency)
    ]
    assert wrong == []


def test_times_are_in_order_and_past(desk: tuple[TicketDraft, ...]) -> None:
    for draft in desk:
        ticket = draft.ticket
        times = [ticket.created_at, *(message.at for message in draft.messages)]
        assert times == sorted(times), ticket.number
        assert times[-1] <= ticket.updated_at <= NOW, ticket.number
        if ticket.resolved_at:
            assert ticket.created_at <= ticket.resolved_at <= ticket.updated_at, ticket.number
        assert (ticket.closed_at is not None) is (ticket.status is Status.CLOSED)
        assert (ticket.sla_paused_since is not None) is ticket.status.stops_sla_clock


def test_no_pasted_log_is_newer_than_the_message_that_carries_it() -> None:
    entry = re.compile(r"^ +(?:- at|created): -(\d+)m|\[\[-(\d+)m ", re.MULTILINE)
    stamps = 0
    for path in FOLDER.glob("*.yaml"):
        said = 0
        # A ticket's body comes before its `created`, and is read with it.
        for ticket in path.read_text(encoding="utf-8").split("\n- number: ")[1:]:
            created = re.search(r"^  created: -(\d+)m", ticket, re.MULTILINE)
            assert created
            body, _, thread = ticket.partition("\n  messages:")
            for age in re.findall(r"\[\[-(\d+)m ", body):
                assert int(age) >= int(created[1]), ticket[:9]
            for match in entry.finditer(thread):
                if match[1]:
                    said = int(match[1])
                else:
                    stamps += 1
                    assert int(match[2]) >= said, (ticket[:9], match[0])
    assert stamps > 450


def test_some_open_tickets_are_overdue_or_at_risk(desk: tuple[TicketDraft, ...]) -> None:
    states = {draft.ticket.number: sla_state(draft.ticket, NOW) for draft in desk}
    risky = {number for number, state in states.items() if state.at_risk}
    overdue = {number for number in risky if (states[number].left_minutes or 0) < 0}
    assert 5 <= len(risky) <= 9
    assert 2 <= len(overdue) < len(risky)
    assert not states["INC-1001"].at_risk


def test_hostile_texts_are_kept_raw(desk: tuple[TicketDraft, ...]) -> None:
    escapes = tagged(desk, "terminal-escapes").ticket.body
    bidi = tagged(desk, "bidi").ticket.title
    html = tagged(desk, "html").ticket.body
    assert "\x1b[31;1m" in escapes
    assert "\x1b]0;owned\x07" in escapes
    assert "\u202efdp.exe" in bidi
    assert "<script>" in html
    assert "<img src=" in html
    assert clean(escapes) != escapes
    assert clean(bidi).endswith("fdp.exe")
    injected = list(texts(tagged(desk, "prompt-injection")))
    assert sum("ignore your previous instructions" in text.lower() for text in injected) == 2


def test_odd_shapes_are_there(desk: tuple[TicketDraft, ...]) -> None:
    only = tagged(desk, "attachment-only")
    assert max(len(line) for text in texts(tagged(desk, "long-line")) for line in text.splitlines()) > 15_000
    assert max(len(text.splitlines()) for text in texts(tagged(desk, "long-log"))) == 400
    assert tagged(desk, "title-only").ticket.body == ""
    assert tagged(desk, "no-requester").ticket.requester.name == ""
    assert "🎧" in tagged(desk, "emoji").ticket.title
    assert only.ticket.body == only.messages[0].text == only.messages[0].attachments[0].text == ""
    assert only.messages[0].attachments[0].size > 0


def test_two_reports_of_one_fault_are_open(desk: tuple[TicketDraft, ...]) -> None:
    first, second = (draft.ticket for draft in desk if "duplicate-candidate" in draft.ticket.tags)
    assert first.status.is_open
    assert second.status.is_open
    assert first.symptom == second.symptom
    assert "HL-BRI-P03" in first.title
    assert "HL-BRI-P03" in second.body


def test_the_demo_ticket_is_mine_short_and_holds_its_clues(desk: tuple[TicketDraft, ...]) -> None:
    draft = desk[0]
    whole = "\n".join(texts(draft))
    assert draft.ticket.number == "INC-1001"
    assert draft.ticket.assignee == ME
    assert draft.ticket.priority is Priority.P2
    assert draft.ticket.status is Status.IN_PROGRESS
    assert len(whole) < 2_200  # about 700 tokens at three characters each
    for clue in ("169.254.87.23", "unable to contact your DHCP server", "event 1001", "new cable", "VLAN"):
        assert clue in whole


def test_only_reserved_names_and_addresses_occur(desk: tuple[TicketDraft, ...]) -> None:
    documentation = [ipaddress.ip_network(n) for n in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]
    for draft in desk:
        for text in texts(draft):
            for domain in re.findall(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)", text):
                # Outlook names its data file after the address.
                assert domain.removesuffix(".ost").endswith(".example"), (draft.ticket.number, domain)
            for host in re.findall(r"https?://([^/\s:'\"]+)", text):
                assert host.endswith(".example"), (draft.ticket.number, host)
            for address in re.findall(r"(?<![\d.=])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])", text):
                ip = ipaddress.ip_address(address)
                reserved = ip.is_private or any(ip in network for network in documentation)
                assert reserved or address.startswith("255."), (draft.ticket.number, address)


def test_the_only_password_is_labelled_as_made_up(desk: tuple[TicketDraft, ...]) -> None:
    secret = re.compile(
        r"pass(?:word|wort)\s*(?:is|ist|[:=])\s+\S*\d|AKIA[0-9A-Z]{16}|gh[pousr]_\w{20}|BEGIN [A-Z ]*PRIVATE KEY"
        r"|eyJ\w{20}|xox[bap]-\w",
        re.IGNORECASE,
    )
    holders = [draft for draft in desk if any(secret.search(text) for text in texts(draft))]
    assert holders == [tagged(desk, "password-typed")]
    assert "NotReal-" in holders[0].ticket.body
    assert "made up" in holders[0].ticket.body


def test_loading_twice_gives_the_same(desk: tuple[TicketDraft, ...]) -> None:
    assert load_samples(FOLDER, NOW, ME) == desk


def test_times_move_with_now_and_stamps_follow_its_zone(tmp_path: Path) -> None:
    [draft] = load_text(tmp_path, SMALL)
    later = NOW.astimezone(timezone(timedelta(hours=2))) + timedelta(days=1)
    [moved] = load_samples(tmp_path, later, ME)
    assert draft.ticket.created_at == datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
    assert draft.messages[0].text == "since 23/Nov/2026 08:35:07"
    assert moved.ticket.created_at == draft.ticket.created_at + timedelta(days=1)
    assert moved.ticket.created_at.tzinfo is UTC
    assert moved.messages[0].text == "since 24/Nov/2026 10:35:07"


def test_me_stands_for_the_person_at_the_desk(tmp_path: Path) -> None:
    [draft] = load_text(tmp_path, SMALL)
    assert draft.messages[0].author == ME
    assert draft.messages[0].visibility is Visibility.PUBLIC
    assert draft.ticket.first_response_at == draft.messages[0].at


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("  title: Small", "  titel: Small", ["titel", "line 4"]),
        ("  status: in_progress", "  status: busy", ["busy", "status", "line 5"]),
        ("created: -60m", "created: yesterday", ["created", "line 7"]),
        ("author: me", "writer: me", ["writer", "messages[0]", "line 9"]),
        ("at: -50m", "at: -70m", ["INC-1", "messages", "not in order"]),
        ("status: in_progress", "status: resolved", ["INC-1", "resolved"]),
        ("created: -60m", "created: -60m\n  updated: -55m", ["INC-1", "updated"]),
        ("created: -60m", "created: -60m\n  resolved: -61m\n", ["INC-1", "resolved"]),
        ("title: Small", "title: [Small", ["line"]),
    ],
)
def test_a_fault_names_file_and_place(tmp_path: Path, old: str, new: str, named: list[str]) -> None:
    assert old in SMALL
    with pytest.raises(KnownError) as caught:
        load_text(tmp_path, SMALL.replace(old, new), "faulty.yaml")
    for word in ("faulty.yaml", *named):
        assert word in caught.value.what


@pytest.mark.parametrize("text", ["", "number: INC-1", "- 7"])
def test_a_file_of_another_shape_is_a_known_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(KnownError, match=r"faulty\.yaml"):
        load_text(tmp_path, text, "faulty.yaml")


def test_a_number_used_twice_is_refused(tmp_path: Path) -> None:
    load_text(tmp_path, SMALL)
    with pytest.raises(KnownError, match=r"b\.yaml.*INC-1"):
        load_text(tmp_path, SMALL, "b.yaml")


def test_a_folder_without_samples_is_a_known_error(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="no sample tickets"):
        load_samples(tmp_path, NOW, ME)
