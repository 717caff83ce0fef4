"""After a whole day of work, people stand only where the register says that they do."""

from pathlib import Path

import pytest

from copilot.domain.personal_data import Form, declared
from copilot.services.bundle import Services
from tests.helpers.played_engine import PlayedEngine
from tests.helpers.whole_day import MARKERS, REQUESTER, play, traces

pytestmark = pytest.mark.logs("^unexpected")


@pytest.fixture(autouse=True)
def day(services: Services, engine: PlayedEngine, tmp_path: Path) -> None:
    """Play the day, with answers that name people too."""
    engine.text = f"Ask {REQUESTER} [E1]."
    play(services, tmp_path)


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


def test_people_stand_only_where_it_is_declared(services: Services) -> None:
    found = columns_with_markers(services)
    assert {where for where in found if declared(where) is None} == set()
    # Times and words of a list hold no name: what does is declared as what can hold one, or nobody could take it out.
    assert {where for where in found if (f := declared(where)) and f.form is Form.TRACE} == set()
    held = traces(services.data_dir)
    assert {path for path in held if declared(path) is None} == set()
    assert {"desk.db-wal", "cache/kv/2/prefix.kv"} <= set(held)
    assert any(path.startswith("backups/") for path in held)


def test_the_day_has_left_a_name_in_every_place_that_can_hold_one(services: Services) -> None:
    """Or the test above would not notice much."""
    can_hold = {
        "setting.value", "ticket.assignee", "ticket.requester_name", "ticket.requester_email", "ticket.title",
        "ticket.body", "ticket.site", "ticket.assets", "ticket.tags", "ticket_event.actor", "ticket_event.old",
        "ticket_event.new", "message.author", "message.text", "message.attachments", "evidence.text",
        "evidence.source", "evidence.source_ref", "question.text", "question.rendered", "suggestion.payload",
        "epoch.payload", "decision.by", "decision.note", "decision.diff", "outcome.by", "draft.text",
        "undo_entry.label", "undo_entry.inverse", "saved_view.name", "saved_view.query", "ticket_link.by",
        "imported_file.name", "attachment.name", "attachment.data",
    }  # fmt: skip
    assert can_hold - columns_with_markers(services) == set()


def test_log_and_crash_files_name_nobody(services: Services) -> None:
    log = (services.data_dir / "logs" / "copilot.log").read_text(encoding="utf-8")
    assert "ValueError" in log  # an error that quoted a person was logged, with where it came from
    assert 'whole_day.py", line' in log
    assert [path for path in traces(services.data_dir) if path.startswith("logs/")] == []
