"""A store, and tickets in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from copilot.storage import tickets
from copilot.storage.store import Store
from tests.helpers.storage_kit import MakeTicket, plain_ticket


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    store = Store(path)
    yield store
    store.close()


@pytest.fixture
def make_ticket(store: Store) -> MakeTicket:
    """Store a ticket and return its id."""

    def make(title: str = "Printer offline", body: str = "", number: str = "") -> int:
        with store.write() as db:
            stored = tickets.insert(db, plain_ticket(title, body, number))
            tickets.index(db, stored.id)
        return stored.id

    return make
