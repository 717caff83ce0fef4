"""After a whole day of work, people stand only where the register says that they do."""

from pathlib import Path

import pytest

from copilot.domain.personal_data import Form, declared
from copilot.services.bundle import Services
from copilot.support.clock import FixedClock
from tests.helpers.desk import desk
from tests.helpers.whole_day import MARKERS, play, traces

pytestmark = pytest.mark.logs("^unexpected")


@pytest.fixture
def day(data_dir: Path, tmp_path: Path, clock: FixedClock) -> Services:
    with desk(data_dir, samples=False, clock=clock) as services:
        play(services, tmp_path)
        return services


def columns_with_markers(services: Services) -> set[str]:
    found = set[str]()
    with services.store.read() as db:
        tables = [r[0] for r in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        for table in tables:
            names = [row[1] for row in db.execute(f'PRAGMA table_info("{table}")')]
            for row in db.execute(f'SELECT * FROM "{table}"'):
                for name, value in zip(names, row, strict=True):
                    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
                    if any(marker in text for marker in MARKERS):
                        found.add(f"{table}.{name}")
    return found


def test_people_stand_only_where_it_is_declared(data_dir: Path, tmp_path: Path, clock: FixedClock) -> None:
    with desk(data_dir, samples=False, clock=clock) as services:
        play(services, tmp_path)
        found = columns_with_markers(services)
        assert {where for where in found if declared(where) is None} == set()
        kinds = {field.form for where in found if (field := declared(where))}
        assert {Form.NAME, Form.TEXT, Form.JSON, Form.BLOB} <= kinds
        assert not {where for where in found if (f := declared(where)) and f.form is Form.TRACE}
        held = traces(data_dir)
    assert {path for path in held if declared(path) is None} == set()
    assert {"desk.db", "cache/kv/2/prefix.kv"} <= set(held) | {"desk.db"}
    assert any(path.startswith("backups/") for path in held)


def test_the_day_has_left_a_marker_in_every_text_that_can_hold_one(
    data_dir: Path, tmp_path: Path, clock: FixedClock
) -> None:
    """Or the test above would not notice a text that is declared nowhere else."""
    with desk(data_dir, samples=False, clock=clock) as services:
        play(services, tmp_path)
        found = columns_with_markers(services)
    expected = {
        "setting.value", "ticket.assignee", "ticket.requester_name", "ticket.requester_email", "ticket.title",
        "ticket.body", "ticket.site", "ticket.assets", "ticket.tags", "ticket_event.actor", "ticket_event.old",
        "ticket_event.new", "message.author", "message.text", "message.attachments", "evidence.text",
        "evidence.source", "evidence.source_ref", "question.text", "question.rendered", "epoch.payload",
        "decision.by", "decision.note", "decision.diff", "outcome.by", "draft.text", "undo_entry.label",
        "undo_entry.inverse", "saved_view.name", "saved_view.query", "ticket_link.by", "imported_file.name",
        "attachment.name", "attachment.data",
    }  # fmt: skip
    assert expected - found == set()


def test_log_and_crash_files_name_nobody(data_dir: Path, tmp_path: Path, clock: FixedClock) -> None:
    with desk(data_dir, samples=False, clock=clock) as services:
        play(services, tmp_path)
    log = (data_dir / "logs" / "copilot.log").read_text(encoding="utf-8")
    assert "ValueError" in log  # an error that quoted a person was logged
    assert [path for path in traces(data_dir) if path.startswith("logs/")] == []
