"""Copies are made when due, thinned out without losing the last whole one, and put back after a look."""

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from copilot.domain.conversation import AnswerState
from copilot.domain.query import View
from copilot.domain.ticket import Visibility
from copilot.services import backups
from copilot.services.backups import Every, Kind, Named, Progress, Schedule, StoppedError
from copilot.services.bundle import Services
from copilot.support.clock import FixedClock
from copilot.support.errors import KnownError
from tests.helpers.desk import desk
from tests.helpers.played_engine import PlayedEngine

DAY = timedelta(days=1)


def names(services: Services, kind: Kind) -> list[str]:
    return [each.path.name for each in services.backups.copies() if each.kind is kind]


def run_for(services: Services, clock: FixedClock, days: int) -> None:
    """Let a window look once a day."""
    for _ in range(days):
        if services.backups.due():
            services.backups.run()
        clock.advance(DAY)


# -- when


def test_a_copy_is_due_once_a_day(services: Services, ticket: int, clock: FixedClock) -> None:
    made = services.backups
    assert made.schedule() == Schedule(Every.DAY, 7, "")
    assert made.due()
    facts = made.run()
    assert facts.path.parent == services.data_dir / "backups"
    assert facts.tickets == 1
    assert not made.due()
    clock.advance(timedelta(hours=13))
    assert not made.due()
    clock.advance(timedelta(hours=8))
    assert made.due()
    assert made.next_at() is not None
    assert made.next_at() <= clock.now()  # type: ignore[operator]


def test_a_machine_that_was_off_catches_up_with_one_copy(
    services: Services, ticket: int, clock: FixedClock
) -> None:
    services.backups.run()
    clock.advance(30 * DAY)
    run_for(services, clock, 1)
    clock.advance(-DAY)
    assert not services.backups.due()
    assert len(names(services, Kind.SCHEDULE)) == 2


def test_weekly_and_off(services: Services, ticket: int, clock: FixedClock) -> None:
    services.backups.set_schedule(Schedule(Every.WEEK))
    services.backups.run()
    clock.advance(6 * DAY)
    assert not services.backups.due()
    clock.advance(DAY)
    assert services.backups.due()
    services.backups.set_schedule(Schedule(Every.OFF))
    assert not services.backups.due()
    assert services.backups.next_at() is None


def test_an_empty_desk_is_not_copied_over_time_in_place_of_a_full_one(services: Services) -> None:
    assert not services.backups.due()


def test_a_copy_from_the_future_does_not_end_the_schedule(
    services: Services, ticket: int, clock: FixedClock
) -> None:
    clock.advance(5000 * DAY)  # the machine's battery was empty and its clock wrong
    services.backups.run()
    clock.advance(-5000 * DAY)
    assert services.backups.due()


def test_settings_that_make_no_sense_are_the_default(services: Services) -> None:
    nonsense: object
    for nonsense in (None, {"every": "hour"}, {"every": "day", "keep": "x", "folder": ""}, []):
        services.settings.set("backup_schedule", nonsense)
        assert services.backups.schedule() == Schedule()
    with pytest.raises(KnownError, match="Between 1 and"):
        services.backups.set_schedule(Schedule(keep=0))


@pytest.mark.parametrize(
    ("battery", "is_good", "pause"),
    [((90, True), True, 0.01), ((90, False), True, 0.05), ((10, False), False, 0.05), (None, True, 0.01)],
)
def test_a_battery_is_spared(
    services: Services,
    ticket: int,
    monkeypatch: pytest.MonkeyPatch,
    battery: tuple[int, bool] | None,
    is_good: bool,
    pause: float,
) -> None:
    found = battery and SimpleNamespace(percent=battery[0], power_plugged=battery[1])
    monkeypatch.setattr(psutil, "sensors_battery", lambda: found, raising=False)
    rested: list[float] = []
    monkeypatch.setattr("copilot.services.backups.time.sleep", rested.append)
    for n in range(60):
        services.tickets.create(f"ticket {n}", "x" * 3000)
    assert services.backups.is_good_moment() is is_good
    services.backups.run()
    assert set(rested) == {pause}


# -- what is kept


def test_seven_days_and_four_weeks_are_kept(services: Services, ticket: int, clock: FixedClock) -> None:
    by_hand = services.backups.create().path
    run_for(services, clock, 60)
    last = clock.now() - DAY
    dates = sorted(name[10:18] for name in names(services, Kind.SCHEDULE))
    daily = {f"{last - n * DAY:%Y%m%d}" for n in range(7)}
    assert daily <= set(dates)
    assert len(dates) == 7 + 4
    assert dates[0] <= f"{last - 27 * DAY:%Y%m%d}"
    assert by_hand.is_file()
    assert names(services, Kind.HAND) == [by_hand.name]


def test_copies_from_before_a_change_are_kept_for_ninety_days(
    services: Services, ticket: int, clock: FixedClock
) -> None:
    copy = services.backups.create().path
    for n, name in enumerate(("before-restore", "before-schema-2", "damaged"), 1):
        path = services.data_dir / f"desk-{name}.db"
        shutil.copy(copy, path)
        at = (clock.now() - (80 + n) * DAY).timestamp()
        os.utime(path, (at, at))
    assert services.backups.prune() == []
    clock.advance(30 * DAY)
    assert {path.name for path in services.backups.prune()} == {
        "desk-before-restore.db",
        "desk-before-schema-2.db",
    }
    assert [each.kind for each in services.backups.copies()] == [Kind.HAND, Kind.DAMAGED]


def test_the_only_whole_copy_is_never_deleted(services: Services, ticket: int, clock: FixedClock) -> None:
    services.backups.set_schedule(Schedule(keep=1))
    oldest = services.backups.run().path
    for _ in range(40):
        clock.advance(DAY)
        shutil.copy(oldest, oldest.with_name(f"desk-auto-{clock.now():%Y%m%d-%H%M%S}-x.db"))
    for path in oldest.parent.glob("desk-auto-*.db"):
        if path != oldest:
            path.write_bytes(b"bad sector" * 100)
    services.backups.prune()
    assert oldest.is_file()
    newer = services.backups.run().path
    assert not oldest.exists()
    assert newer.is_file()


def test_two_desks_that_share_a_folder_leave_each_others_copies_alone(
    services: Services, ticket: int, clock: FixedClock, tmp_path: Path
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    with desk(tmp_path / "other", samples=False, clock=clock) as other:
        other.tickets.create("of the other")
        for each in (services, other):
            each.backups.set_schedule(Schedule(Every.DAY, 1, str(shared)))
        for _ in range(40):
            for each in (services, other):
                assert each.backups.due()
                each.backups.run()
            clock.advance(DAY)
        assert len(list(shared.iterdir())) == 2 * (1 + 4)
        assert len(names(services, Kind.SCHEDULE)) == len(list(shared.iterdir()))


def test_a_folder_that_is_not_there_is_said_so_and_not_made(
    services: Services, ticket: int, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    with pytest.raises(KnownError, match=r"stick, is not there"):
        services.backups.set_schedule(Schedule(folder=str(stick)))
    stick.mkdir()
    services.backups.set_schedule(Schedule(folder=str(stick)))
    stick.rmdir()
    with pytest.raises(KnownError, match=r"stick, is not there"):
        services.backups.run()
    assert not stick.exists()


def test_a_failure_is_told_once_a_day(services: Services, clock: FixedClock) -> None:
    told = [services.backups.may_tell_failure() for _ in range(3)]
    clock.advance(DAY)
    assert [*told, services.backups.may_tell_failure()] == [True, False, False, True]


def test_what_a_killed_program_left_half_copied_is_cleared_away(
    services: Services, ticket: int, clock: FixedClock
) -> None:
    folder = services.backups.create().path.parent
    left = folder / "desk-auto-20260101-090000-x.db.4711.partial"
    left.touch()
    at = (clock.now() - 2 * DAY).timestamp()
    os.utime(left, (at, at))
    services.backups.run()
    assert not left.exists()


# -- by hand


def test_a_backup_without_a_name_goes_into_the_data_folder_and_takes_no_others_place(
    services: Services, ticket: int
) -> None:
    first, second = services.backups.create().path, services.backups.create().path
    assert first == services.data_dir / "backups" / "desk-20260302-090000.db"
    assert second.name == "desk-20260302-090000-2.db"
    assert [each.when for each in services.backups.copies()] == [datetime(2026, 3, 2, 9, tzinfo=UTC)] * 2
    assert [each.tickets for each in services.backups.copies()] == [1, 1]


def test_a_copy_tells_how_far_it_is_and_can_be_stopped(services: Services, ticket: int) -> None:
    for n in range(900):
        services.tickets.create(f"ticket {n}", "x" * 3000)
    told: list[Progress] = []
    services.backups.create(progress=told.append)
    shares = [each.share for each in told]
    assert shares[0] == 0.0
    assert shares[-1] == 1.0
    assert shares == sorted(shares, key=lambda share: share or 0)
    assert len(shares) > 3
    with pytest.raises(StoppedError):
        services.backups.create(cancelled=lambda: True)
    assert len(services.backups.copies()) == 1


def test_only_a_backup_of_the_desk_is_deleted(services: Services, ticket: int, tmp_path: Path) -> None:
    copy = services.backups.create().path
    for other in (services.data_dir / "desk.db", tmp_path / "x.db"):
        with pytest.raises(KnownError, match="no backup of this desk"):
            services.backups.delete(other)
    services.backups.delete(copy)
    assert services.backups.copies() == []


def test_a_copy_that_cannot_be_read_is_listed_as_such(services: Services, ticket: int) -> None:
    copy = services.backups.create().path
    copy.write_bytes(b"scratched")
    (found,) = services.backups.copies()
    assert found.tickets is None


# -- going back


def test_a_restore_shows_before_what_it_takes_and_brings(services: Services, clock: FixedClock) -> None:
    tickets = services.tickets
    same, changed, lost = (tickets.create(title)[0] for title in ("same", "changed", "taken back"))
    copy = services.backups.create().path
    when = clock.now()
    clock.advance(timedelta(hours=2))
    tickets.post(changed.id, "later", Visibility.INTERNAL)
    with services.deps.store.write() as db:
        db.execute("UPDATE ticket SET hidden = 1 WHERE id = ?", (lost.id,))
    for n in range(25):
        clock.advance(timedelta(minutes=1))
        made, _ = tickets.create(f"new {n}\x1b[31m")
    tickets.save_draft(made.id, "note", "half a note")
    look = services.backups.preview(copy)
    assert (look.when, look.facts.tickets, look.newest) == (when, 3, when)
    assert look.difference is not None
    assert look.difference.only_here.total == 25
    assert look.difference.only_here.first[0] == (made.number, "new 24")
    assert len(look.difference.only_here.first) == 20
    assert look.difference.only_there == Named(1, ((lost.number, "taken back"),))
    assert look.difference.changed == Named(1, ((changed.number, "changed"),))
    assert look.drafts_apart == 1
    assert len(tickets.search(View.ALL)) == 27  # nothing was done yet
    assert (same.number, "same") not in look.difference.changed.first


def test_a_restore_takes_place_while_the_desk_is_open_and_can_be_taken_back(
    services: Services, ticket: int
) -> None:
    copy = services.backups.create().path
    later, _ = services.tickets.create("made later")
    done = services.backups.restore(copy)
    assert services.tickets.search(View.ALL) == [ticket]
    assert done.kept is not None
    assert names(services, Kind.RESTORE) == [done.kept.name]
    services.tickets.create("work goes on")
    services.backups.restore(done.kept)
    assert set(services.tickets.search(View.ALL)) == {ticket, later.id}
    assert len(names(services, Kind.RESTORE)) == 2


def test_an_answer_under_way_is_stopped_and_kept_before_a_restore(
    services: Services, ticket: int, engine: PlayedEngine
) -> None:
    copy = services.backups.create().path
    engine.waits = True
    uid = services.ask.ask(ticket, "What is the likely cause?", lambda _: None)
    engine.say("The spooler")
    done = services.backups.restore(copy)
    assert services.ask.conversation(ticket) == ()
    assert done.kept is not None
    services.backups.restore(done.kept)
    assert services.ask.view(uid).answer.text == "The spooler"
    assert services.ask.view(uid).answer.state is AnswerState.INTERRUPTED


def test_an_answer_that_was_being_written_in_the_copy_is_not_waited_for(
    services: Services, ticket: int, engine: PlayedEngine
) -> None:
    engine.waits = True
    uid = services.ask.ask(ticket, "What is the likely cause?", lambda _: None)
    engine.say("The spooler")
    copy = services.backups.create().path
    services.backups.restore(copy)
    answer = services.ask.view(uid).answer
    assert answer.state is AnswerState.INTERRUPTED
    assert "backup" in answer.error


def test_a_desk_that_cannot_be_read_is_restored_without_a_comparison(
    tmp_path: Path, clock: FixedClock
) -> None:
    with desk(tmp_path / "good", samples=False) as services:
        services.tickets.create("whole")
        copy = services.backups.create().path
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "desk.db").write_bytes(b"scratched" * 1000)
    assert backups.preview_backup(copy, bad).difference is None
    assert backups.restore_backup(copy, bad, clock).facts.tickets == 1
    assert backups.verify_backup(None, bad).tickets == 1
    assert backups.preview_backup(copy, tmp_path / "none").difference is None


def test_what_is_no_backup_is_refused_before_an_answer_is_stopped(
    services: Services, ticket: int, engine: PlayedEngine, tmp_path: Path
) -> None:
    (tmp_path / "x.db").write_bytes(b"scratched" * 1000)
    engine.waits = True
    uid = services.ask.ask(ticket, "What is the likely cause?", lambda _: None)
    engine.say("The spooler")
    calls: list[Callable[[Path], object]] = [services.backups.restore, services.backups.preview]
    for call in calls:
        with pytest.raises(KnownError, match="not a database"):
            call(tmp_path / "x.db")
    assert services.ask.is_live(uid)
    services.ask.stop(uid)
