"""Made-up tickets look like those of a large desk, and are the same each time."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from copilot.domain.ticket import TicketDraft
from copilot.services.made_up_tickets import made_up

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def drafts() -> list[TicketDraft]:
    return list(made_up(3000, 7, NOW, "Robin"))


def test_the_same_arguments_give_the_same_tickets(drafts: list[TicketDraft]) -> None:
    assert list(made_up(3000, 7, NOW, "Robin")) == drafts
    assert list(made_up(3000, 8, NOW, "Robin")) != drafts


def test_about_one_in_twelve_is_open(drafts: list[TicketDraft]) -> None:
    share = sum(draft.ticket.status.is_open for draft in drafts) / len(drafts)
    assert 0.06 < share < 0.10


def test_twelve_assignees_with_me_and_nobody(drafts: list[TicketDraft]) -> None:
    names = {draft.ticket.assignee for draft in drafts}
    assert len(names) == 12
    assert {"", "Robin"} <= names


def test_they_are_made_over_three_years_and_nothing_happens_later_than_now(drafts: list[TicketDraft]) -> None:
    created = [draft.ticket.created_at for draft in drafts]
    assert NOW - min(created) > timedelta(days=1000)
    assert NOW - max(created) < timedelta(hours=2)
    for draft in drafts:
        times = [draft.ticket.created_at, *(m.at for m in draft.messages), draft.ticket.updated_at, NOW]
        assert times == sorted(times)


def test_bodies_hold_30_to_80_words_of_a_large_vocabulary(drafts: list[TicketDraft]) -> None:
    bodies = [draft.ticket.body.split() for draft in drafts]
    assert all(30 <= len(body) <= 80 for body in bodies)
    words = {word for body in bodies for word in re.findall(r"[\w.-]+", " ".join(body).casefold())}
    assert len(words) > 3000


def test_each_has_a_number_of_its_own_messages_tags_and_a_machine(drafts: list[TicketDraft]) -> None:
    assert len({draft.ticket.number for draft in drafts}) == len(drafts)
    assert all(
        1 <= len(draft.messages) <= 3 and draft.ticket.tags and draft.ticket.assets for draft in drafts
    )
