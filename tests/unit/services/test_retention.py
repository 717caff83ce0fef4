"""What is past its time is removed, what is not stays; on a clock that the test moves."""

import logging
import os
from datetime import UTC, datetime, timedelta

import pytest

from copilot.domain.evidence import EvidenceKind
from copilot.domain.ticket import Visibility
from copilot.services import retention
from copilot.services.bundle import Services
from copilot.services.retention import RetentionReport
from copilot.support.clock import FixedClock
from copilot.support.log import trim_log
from tests.helpers.played_engine import PlayedEngine

DAY = timedelta(days=1)


def run(services: Services) -> RetentionReport:
    return retention.apply(services.deps, services.data_dir, services.tickets.now())


def rows(services: Services, sql: str) -> list[tuple[object, ...]]:
    with services.store.read() as db:
        return [tuple(row) for row in db.execute(sql)]


def test_on_a_day_of_work_nothing_is_past_its_time(
    services: Services, ticket: int, clock: FixedClock
) -> None:
    services.tickets.save_draft(ticket, "note", "half a note")
    services.tickets.change(ticket, "status", "closed")
    made, change = services.tickets.create("Taken back")
    services.tickets.undo(change.undo_id)
    clock.advance(timedelta(hours=5))
    before = rows(services, "SELECT count(*) FROM undo_entry")
    assert run(services) == RetentionReport()
    assert rows(services, "SELECT count(*) FROM undo_entry") == before
    assert rows(services, f"SELECT hidden FROM ticket WHERE id = {made.id}") == [(1,)]


def test_closed_tickets_stay_unless_a_rule_says_otherwise(
    services: Services, ticket: int, clock: FixedClock
) -> None:
    services.tickets.change(ticket, "status", "closed")
    clock.advance(DAY * 3650)
    assert run(services).tickets == 0
    assert services.tickets.case(ticket)


def test_closed_tickets_go_after_the_months_of_the_rule(
    services: Services, ticket: int, clock: FixedClock
) -> None:
    services.settings.set("retention", {"closed_months": 6})
    still_open, _ = services.tickets.create("Still open")
    services.tickets.change(ticket, "status", "closed")
    clock.advance(DAY * 60)
    later, _ = services.tickets.create("Closed later")
    services.tickets.change(later.id, "status", "closed")
    clock.advance(DAY * 123)  # 1 September at 9: closed on 2 March, not quite six months ago
    assert run(services).tickets == 0
    clock.advance(DAY)
    clock.advance(timedelta(minutes=1))
    report = run(services)
    assert report.tickets == 1
    assert report.ids == {ticket}
    left = {row[0] for row in rows(services, "SELECT id FROM ticket")}
    assert left == {still_open.id, later.id}


def test_undo_entries_stay_for_a_day_and_all_of_today(
    services: Services, ticket: int, clock: FixedClock
) -> None:
    clock.advance(timedelta(hours=23, minutes=59))
    assert run(services).undo == 0
    clock.advance(timedelta(minutes=2))
    assert run(services).undo == 1
    services.tickets.change(ticket, "priority", "P1")
    assert run(services).undo == 0


def test_a_ticket_whose_making_was_taken_back_goes_after_a_day(services: Services, clock: FixedClock) -> None:
    kept, _ = services.tickets.create("Kept")
    made, change = services.tickets.create("Taken back")
    services.tickets.undo(change.undo_id)
    clock.advance(DAY + timedelta(hours=1))
    assert run(services).hidden == 1
    assert rows(services, "SELECT id FROM ticket") == [(kept.id,)]
    assert made.id != kept.id


def test_tickets_of_an_import_under_way_stay(services: Services, ticket: int, clock: FixedClock) -> None:
    with services.store.write() as db:
        db.execute("UPDATE ticket SET hidden = 1")
        db.execute('INSERT INTO setting VALUES (\'import:im_1\', \'{"owner":"1:1","ranges":[[1,1]]}\')')
    clock.advance(DAY * 9)
    assert run(services).hidden == 0
    with services.store.write() as db:
        db.execute("DELETE FROM setting WHERE key LIKE 'import:%'")
    assert run(services).hidden == 1
    assert ticket


def test_what_was_taken_back_goes_after_a_day_unless_something_refers_to_it(
    services: Services, engine: PlayedEngine, ticket: int, clock: FixedClock
) -> None:
    note = services.tickets.post(ticket, "Wrong ticket, sorry", Visibility.INTERNAL)
    services.tickets.undo(note.undo_id)
    pasted, _ = services.tickets.add_evidence(ticket, EvidenceKind.PASTE, "never sent", "paste")
    services.tickets.remove_evidence(pasted.uid)
    services.ask.ask(ticket, "Why?", lambda _: None)
    sent = services.tickets.case(ticket).evidence[0]
    services.tickets.remove_evidence(sent.uid)
    assert run(services).texts == 0
    clock.advance(DAY + timedelta(hours=1))
    assert run(services).texts == 3  # the note, its fact, what was pasted
    assert rows(services, "SELECT text FROM message") == []
    assert rows(services, "SELECT uid FROM evidence") == [(sent.uid,)]


def test_a_message_that_undo_could_bring_back_stays(
    services: Services, ticket: int, clock: FixedClock
) -> None:
    note = services.tickets.post(ticket, "Long ago", Visibility.INTERNAL)
    clock.advance(DAY * 3)
    with services.store.write() as db:  # as a change of many tickets at once might hide it
        (uid,) = [row[0] for row in db.execute("SELECT uid FROM message")]
        db.execute("UPDATE message SET hidden = 1")
        db.execute(
            "INSERT INTO undo_entry (ticket, label, inverse, at) VALUES (?, '', ?, ?)",
            (ticket, f'[["message","{uid}",false]]', "2026-03-05T08:00:00.000Z"),
        )
    assert note.undo_id
    assert run(services).texts == 0


def test_drafts_of_closed_tickets_go_after_their_days_and_others_never(
    services: Services, ticket: int, clock: FixedClock
) -> None:
    still_open, _ = services.tickets.create("Still open")
    for uid in (ticket, still_open.id, 0):
        services.tickets.save_draft(uid, "note", "half a sentence")
    services.tickets.change(ticket, "status", "closed")
    clock.advance(DAY * 29)
    assert run(services).drafts == 0
    clock.advance(DAY * 2)
    assert run(services).drafts == 1
    assert {row[0] for row in rows(services, "SELECT ticket FROM draft")} == {still_open.id, 0}


def test_visits_are_forgotten(services: Services, ticket: int, clock: FixedClock) -> None:
    with services.store.write() as db:
        db.execute("INSERT INTO visit VALUES (?, '2026-03-02T09:00:00.000Z')", (ticket,))
    clock.advance(DAY * 89)
    assert run(services).visits == 0
    clock.advance(DAY * 2)
    assert run(services).visits == 1


def test_old_logs_and_crash_files_go(services: Services, clock: FixedClock) -> None:
    logs = services.data_dir / "logs"
    logs.mkdir(exist_ok=True)
    old = (clock.now() - 31 * DAY).timestamp()
    for name, at in (
        ("copilot.old.log", old),
        ("crash-last.log", old),
        ("crash.log", old),  # of the run that is under way
        ("worker.log", clock.now().timestamp()),
    ):
        (logs / name).write_text("x", encoding="utf-8")
        os.utime(logs / name, (at, at))
    assert run(services).logs == 2
    assert {path.name for path in logs.iterdir()} >= {"crash.log", "worker.log"}
    assert not (logs / "crash-last.log").exists()


def test_the_log_in_use_loses_its_old_lines_only(services: Services) -> None:
    logger = logging.getLogger("copilot")
    logger.info("new")
    log = services.data_dir / "logs" / "copilot.log"
    new = log.read_text(encoding="utf-8")
    log.write_text(f"2025-01-01 10:00:00,000 INFO x old\n  more of it\n{new}", encoding="utf-8")
    assert trim_log(log.parent, datetime(2025, 2, 1, tzinfo=UTC)) == 1
    assert log.read_text(encoding="utf-8") == new
    logger.info("newer")
    assert log.read_text(encoding="utf-8").endswith("newer\n")
    assert trim_log(log.parent, datetime(2025, 2, 1, tzinfo=UTC)) == 0
    assert trim_log(log.parent / "nowhere", datetime(2025, 2, 1, tzinfo=UTC)) == 0


def test_the_log_says_how_much_and_not_what(services: Services, ticket: int, clock: FixedClock) -> None:
    services.settings.set("retention", {"closed_months": 1})
    services.tickets.change(ticket, "status", "closed")
    clock.advance(DAY * 40)
    run(services)
    log = (services.data_dir / "logs" / "copilot.log").read_text(encoding="utf-8")
    assert "'tickets': 1" in log
    assert "Printer" not in log


def test_a_stop_between_two_steps_leaves_the_rest_for_the_next_time(
    services: Services, clock: FixedClock
) -> None:
    services.settings.set("retention", {"closed_months": 1})
    for n in range(3):
        made, _ = services.tickets.create(f"Closed {n}")
        services.tickets.change(made.id, "status", "closed")
    clock.advance(DAY * 40)
    steps = 0

    def stop() -> None:
        nonlocal steps
        steps += 1
        if steps == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        retention.apply(services.deps, services.data_dir, clock.now(), stop)
    assert run(services).tickets == 1
    assert rows(services, "SELECT count(*) FROM ticket") == [(0,)]


@pytest.mark.parametrize(
    ("stored", "name", "value"),
    [
        ({}, "draft_days", 30),
        ({"draft_days": 0}, "draft_days", 1),
        ({"draft_days": 10_000}, "draft_days", 365),
        ({"draft_days": "soon"}, "draft_days", 30),
        ({"closed_months": -1}, "closed_months", 0),
        ({"undo_days": True}, "undo_days", 1),
    ],
)
def test_rules_are_made_whole(stored: dict[str, object], name: str, value: int) -> None:
    assert retention.rules(stored)[name] == value


def test_months_are_counted_in_months() -> None:
    end = datetime(2026, 8, 31, 9, tzinfo=UTC)
    assert retention.months_before(end, 6) == datetime(2026, 2, 28, 9, tzinfo=UTC)
    assert retention.months_before(end, 8) == datetime(2025, 12, 31, 9, tzinfo=UTC)
    assert retention.months_before(end, 0) == end


def test_the_report_says_in_words_what_went() -> None:
    assert retention.sentence(RetentionReport()) == "Nothing was past its time."
    report = RetentionReport(tickets=2, visits=1)
    assert retention.sentence(report) == "Removed: 2 closed tickets, 1 visit."
