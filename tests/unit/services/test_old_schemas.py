"""A desk that any released program has worked on is whole under this one."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from copilot.domain.query import View
from copilot.services.bundle import Services
from copilot.storage import backup
from copilot.storage.migrate import migrations
from copilot.storage.restore import restore
from copilot.support.clock import FixedClock
from tests.fixtures.make_schema_fixture import HERE, snapshot
from tests.helpers.desk import desk

SCHEMAS = (1,)  # of every release; tests/fixtures/make_schema_fixture.py makes the files of another

NEWEST = migrations()[-1][0]


@pytest.fixture(params=SCHEMAS)
def schema(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def said(schema: int) -> dict[str, Any]:
    """All that the old program said of its desk."""
    text = (HERE / f"schema_{schema}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.fixture
def opened(schema: int, data_dir: Path) -> Iterator[Services]:
    shutil.copy(HERE / f"schema_{schema}.db", data_dir / "desk.db")
    same_day = FixedClock(datetime(2026, 3, 2, 12, 30, tzinfo=UTC))  # a change can be taken back on its day
    with desk(data_dir, samples=False, clock=same_day) as services:
        yield services


def plain(value: Any) -> Any:
    return json.loads(json.dumps(value))


def test_everything_is_there(opened: Services, said: dict[str, Any]) -> None:
    found = plain(snapshot(opened))
    assert found["tickets"] == said["tickets"]
    assert (found["settings"], found["new"]) == (said["settings"], said["new"])
    for words, numbers in said["found"].items():  # a later search may look into more of a ticket
        assert set(numbers) <= set(found["found"][words]), words
    assert any(ticket["conversation"] for ticket in said["tickets"])


def test_it_is_whole_and_so_is_the_copy_made_before(
    schema: int, opened: Services, said: dict[str, Any], data_dir: Path, tmp_path: Path
) -> None:
    facts = backup.verify(data_dir / "desk.db")
    assert (facts.schema, facts.tickets) == (NEWEST, len(said["tickets"]))
    if schema == NEWEST:
        return
    (copy,) = data_dir.glob("desk-before-schema-*.db")
    assert backup.verify(copy).schema == schema
    restore(copy, tmp_path / "again" / "desk.db")
    with desk(tmp_path / "again", samples=False) as again:
        assert plain(snapshot(again))["tickets"] == said["tickets"]


def test_what_the_old_program_did_can_still_be_undone(opened: Services, said: dict[str, Any]) -> None:
    tickets = opened.tickets
    entry, ticket, before = said["undo"]["priority"]
    assert tickets.case(ticket).ticket.priority != before
    tickets.undo(entry)
    assert tickets.case(ticket).ticket.priority == before
    entry, ticket = said["undo"]["status"]
    tickets.undo(entry)
    assert tickets.case(ticket).ticket.status.is_open
    entry, ticket = said["undo"]["note"]
    notes = len(tickets.case(ticket).thread)
    assert ticket in tickets.search(View.ALL, "rang")
    tickets.undo(entry)
    assert len(tickets.case(ticket).thread) == notes - 1
    assert ticket not in tickets.search(View.ALL, "rang")
    entry, ticket, uid = said["undo"]["evidence"]
    tickets.undo(entry)
    assert next(fact for fact in tickets.case(ticket).evidence if fact.uid == uid).switched_on


@pytest.mark.slow
def test_work_goes_on(opened: Services) -> None:
    ticket = opened.tickets.resolve_id("INC-1001")
    uid = opened.ask.ask(ticket, "And now?", lambda _: None)
    opened.ask.wait(uid, 60)
    assert opened.ask.view(uid).answer.text
    opened.tickets.change(ticket, "title", "Zeppelin hangar dark")
    assert ticket in opened.tickets.search(View.ALL, "zeppelin")


def test_each_schema_that_was_released_is_tested() -> None:
    there = sorted(int(path.stem.removeprefix("schema_")) for path in HERE.glob("schema_*.db"))
    assert tuple(there) == SCHEMAS
    assert all(path.stat().st_size < 300_000 for path in HERE.glob("schema_*.db"))
