"""The register is whole: each column of the database is declared once, as personal or not."""

from collections import Counter
from pathlib import Path

import pytest

from copilot.domain.personal_data import NOT_PERSONAL, Form, declared, personal_data
from copilot.storage.store import Store


@pytest.fixture
def schema(tmp_path: Path) -> list[str]:
    """Return every `table.column` of a fresh database, the parts of full-text tables among them."""
    store = Store(tmp_path / "desk.db")
    try:
        with store.read() as db:
            tables = [r[0] for r in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
            return [
                f"{table}.{row[1]}" for table in tables for row in db.execute(f'PRAGMA table_info("{table}")')
            ]
    finally:
        store.close()


def test_every_column_is_declared_as_personal_or_not(schema: list[str]) -> None:
    assert len(schema) > 100
    neither = [where for where in schema if declared(where) is None and where not in NOT_PERSONAL]
    assert not neither, f"say in copilot/domain/personal_data.py what these hold about people: {neither}"
    both = [where for where in schema if declared(where) is not None and where in NOT_PERSONAL]
    assert not both


def test_a_new_column_would_be_noticed(schema: list[str]) -> None:
    assert declared("ticket.shoe_size") is None
    assert "ticket.shoe_size" not in NOT_PERSONAL


def test_nothing_is_declared_that_is_not_there(schema: list[str]) -> None:
    columns = [
        where
        for field in personal_data()
        if field.form is not Form.FILE
        for where in field.where
        if "*" not in where
    ]
    assert [where for where in (*columns, *NOT_PERSONAL) if where not in schema] == []
    assert [where for where, n in Counter(columns).items() if n > 1] == []


def test_every_entry_says_what_why_how_long_and_to_whom() -> None:
    for field in personal_data():
        assert all((field.name, field.what, field.why, field.kept, field.seen_by)), field
    names = Counter(field.name for field in personal_data())
    assert [name for name, n in names.items() if n > 1] == []


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("desk.db-wal", "The desk"),
        ("backups/desk-20260302-090000.db", "Backups"),
        ("desk-before-schema-2.db", "Backups"),
        ("desk-before-restore-2.db", "Backups"),
        ("desk-damaged.db-wal", "Backups"),
        ("cache/kv/7/prefix.kv", "The model's memory"),
        ("logs/worker.log", "Log"),
        ("logs/crash-last.log", "Crash reports"),
        ("notes.txt", ""),
    ],
)
def test_files_are_declared_too(path: str, name: str) -> None:
    field = declared(path)
    assert (field.name if field else "") == name
