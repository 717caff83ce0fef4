from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.domain.sla import DEFAULT_TARGETS, pause_changes, sla_moments, sla_state
from copilot.domain.ticket import Person, Priority, Status, Ticket, TicketType

CREATED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def ticket(priority: Priority = Priority.P2, status: Status = Status.IN_PROGRESS) -> Ticket:
    return Ticket(
        id=1,
        number="INC-1001",
        type=TicketType.INCIDENT,
        title="No VPN",
        body="",
        requester=Person("Dana"),
        status=status,
        priority=priority,
        created_at=CREATED,
        updated_at=CREATED,
    )


def after(**parts: float) -> datetime:
    return CREATED + timedelta(**parts)


@pytest.mark.parametrize("priority", list(Priority))
def test_a_fresh_ticket_has_its_whole_target_left(priority: Priority) -> None:
    state = sla_state(ticket(priority), CREATED)
    assert state.left_minutes == state.target_minutes == DEFAULT_TARGETS[priority]
    assert not state.at_risk


def test_less_than_a_fifth_left_is_at_risk_and_a_fifth_is_not() -> None:
    assert not sla_state(ticket(), after(minutes=384)).at_risk  # 96 of 480 left
    assert sla_state(ticket(), after(minutes=385)).at_risk


def test_overdue_counts_below_zero() -> None:
    state = sla_state(ticket(Priority.P1), after(hours=5))
    assert state.left_minutes == -60
    assert state.at_risk


def test_time_that_was_paused_does_not_count() -> None:
    state = sla_state(replace(ticket(), sla_paused_seconds=3600), after(hours=3))
    assert state.left_minutes == 480 - 120
    assert not state.paused


def test_a_paused_clock_stands_still_and_is_at_risk_only_when_overdue() -> None:
    waiting = replace(ticket(status=Status.AWAITING_USER), sla_paused_since=after(minutes=470))
    for now in (after(hours=8), after(days=9)):
        state = sla_state(waiting, now)
        assert state.left_minutes == 10
        assert state.paused
        assert not state.at_risk
    late = replace(waiting, sla_paused_since=after(minutes=481))
    assert sla_state(late, after(days=9)).at_risk


@pytest.mark.parametrize("status", [status for status in Status if not status.is_open])
def test_a_ticket_that_is_not_open_has_no_clock(status: Status) -> None:
    state = sla_state(ticket(status=status), after(days=30))
    assert state.left_minutes is None
    assert not state.at_risk


def test_targets_can_be_other_ones() -> None:
    assert sla_state(ticket(), CREATED, {Priority.P2: 60}).left_minutes == 60


def test_a_ticket_from_the_future_has_no_more_than_its_target() -> None:
    assert sla_state(ticket(), CREATED - timedelta(hours=1)).left_minutes == 480


def test_pause_and_resume_add_up() -> None:
    waiting_since = after(hours=1)
    assert pause_changes(ticket(), Status.AWAITING_USER, waiting_since) == (0, waiting_since)
    waiting = replace(
        ticket(status=Status.AWAITING_USER), sla_paused_seconds=60, sla_paused_since=waiting_since
    )
    assert pause_changes(waiting, Status.AWAITING_VENDOR, after(hours=2)) == (60, waiting_since)
    assert pause_changes(waiting, Status.IN_PROGRESS, after(hours=3)) == (60 + 7200, None)


def test_a_wait_for_a_change_does_not_stop_the_clock() -> None:
    assert pause_changes(ticket(), Status.AWAITING_CHANGE_OR_PROBLEM, after(hours=1)) == (0, None)


def test_a_clock_set_back_does_not_take_pause_away() -> None:
    waiting = replace(ticket(), sla_paused_seconds=60, sla_paused_since=after(hours=2))
    assert pause_changes(waiting, Status.IN_PROGRESS, after(hours=1)) == (60, None)


@given(
    worked=st.integers(0, 10_000),
    waited=st.integers(0, 10_000),
    status=st.sampled_from([*Status]),
    more=st.integers(0, 500),
)
def test_only_minutes_outside_pauses_are_used_up(worked: int, waited: int, status: Status, more: int) -> None:
    stopped = after(minutes=worked)
    seconds, since = pause_changes(ticket(), Status.AWAITING_USER, stopped)
    waiting = replace(ticket(status=Status.AWAITING_USER), sla_paused_seconds=seconds, sla_paused_since=since)
    resumed = stopped + timedelta(minutes=waited)
    seconds, since = pause_changes(waiting, status, resumed)
    state = sla_state(
        replace(waiting, status=status, sla_paused_seconds=seconds, sla_paused_since=since),
        resumed + timedelta(minutes=more),
    )
    used = worked if status.stops_sla_clock else worked + more
    assert state.left_minutes == (pytest.approx(480 - used) if status.is_open else None)


@given(
    priority=st.sampled_from(list(Priority)),
    status=st.sampled_from(list(Status)),
    paused_seconds=st.integers(0, 500_000),
    paused_at=st.none() | st.integers(0, 600_000),
    now=st.integers(-10_000, 900_000),
)
def test_the_moments_of_the_clock_say_what_its_state_says(
    priority: Priority, status: Status, paused_seconds: int, paused_at: int | None, now: int
) -> None:
    since = None if paused_at is None else after(seconds=paused_at)
    case = replace(ticket(priority, status), sla_paused_seconds=paused_seconds, sla_paused_since=since)
    moment = max(after(seconds=now), since or after(seconds=now))  # nothing waits before it began to
    state, (due, risk) = sla_state(case, moment), sla_moments(case)
    assert state.at_risk == (risk is not None and risk < moment)
    assert (due is None) == (state.left_minutes is None)
    if due is not None and state.left_minutes is not None and since is None and moment > CREATED:
        left = (due - moment).total_seconds() / 60
        assert state.left_minutes == pytest.approx(min(left, state.target_minutes))
