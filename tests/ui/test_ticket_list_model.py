"""The ticket list's model: lazily read pages, refreshed in place."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from copilot.domain.query import View
from copilot.domain.ticket import Priority, Status, TicketRow
from copilot.services.bundle import Services
from copilot.support.errors import KnownError
from copilot.ui.bridge.hub import Hub
from copilot.ui.models.ticket_list import PAGE, TicketListModel, TicketRole, answer_text, spoken


class Reads:
    """Stands before the service's `rows` and keeps what was asked for."""

    def __init__(self, services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[tuple[int, ...]] = []
        self._rows = services.ticket_list.rows
        monkeypatch.setattr(type(services.ticket_list), "rows", lambda _self, ids: self(ids))

    def __call__(self, ids: Sequence[int]) -> list[TicketRow]:
        self.asked.append(tuple(ids))
        return self._rows(ids)


@pytest.fixture
def model(hub: Hub) -> TicketListModel:
    return TicketListModel(hub, hub)


def row_at(model: TicketListModel, place: int) -> Any:
    return model.index(place).data(TicketRole.ROW)


def wait_for_rows(qtbot: QtBot, model: TicketListModel, *places: int) -> None:
    qtbot.waitUntil(lambda: all(row_at(model, place) is not None for place in places))


def wait_until_idle(qtbot: QtBot, hub: Hub) -> None:
    qtbot.waitUntil(lambda: hub.tasks.is_idle)


def test_the_model_keeps_qts_rules(qtbot: QtBot, model: TicketListModel, services: Services) -> None:
    # The tester looks at every signal of the model and warns; a warning fails the test.
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    model.set_ids(services.tickets.search(View.ALL))
    wait_for_rows(qtbot, model, 0)
    model.refresh()
    model.set_ids(services.tickets.search(View.MY_QUEUE))
    wait_for_rows(qtbot, model, 0)
    model.refresh(model.ids[:2])
    model.set_ids([])
    assert tester.model() is model


def test_a_row_is_blank_until_its_page_was_read(
    qtbot: QtBot, model: TicketListModel, services: Services
) -> None:
    ids = services.tickets.search(View.ALL)
    model.set_ids(ids)
    assert model.rowCount() == len(ids)
    assert row_at(model, 0) is None
    assert model.index(0).data() == "Loading…"
    wait_for_rows(qtbot, model, 0)
    assert row_at(model, 0).number == services.tickets.rows(ids[:1])[0].number
    assert model.index(0).data() == row_at(model, 0).title
    assert model.index(0).data(TicketRole.ID) == ids[0]


def test_only_pages_that_are_looked_at_are_read(
    qtbot: QtBot, model: TicketListModel, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = Reads(services, monkeypatch)
    real = services.tickets.search(View.ALL)
    ids = [real[i % len(real)] + (0 if i < len(real) else 100_000 + i) for i in range(10_000)]
    model.set_ids(ids)
    index = model.index(9_999)
    assert model.flags(index) & Qt.ItemFlag.ItemIsSelectable
    assert index.data(TicketRole.ID) == ids[-1]
    assert index.data(Qt.ItemDataRole.DecorationRole) is None
    assert reads.asked == []
    wait_for_rows(qtbot, model, 0)
    assert reads.asked == [tuple(ids[:PAGE])]


def test_a_fast_scroll_reads_only_the_last_pages(
    qtbot: QtBot, hub: Hub, model: TicketListModel, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = Reads(services, monkeypatch)
    model.set_ids(range(1, 10_001))
    for place in range(0, 10_000, PAGE):
        row_at(model, place)
    wait_until_idle(qtbot, hub)
    assert len(reads.asked) <= 5
    assert 10_000 in reads.asked[1]  # the newest page comes first, after the one that was under way


def test_a_ticket_that_is_gone_is_asked_for_once(
    qtbot: QtBot, hub: Hub, model: TicketListModel, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = Reads(services, monkeypatch)
    model.set_ids([987_654])
    row_at(model, 0)
    wait_until_idle(qtbot, hub)
    assert row_at(model, 0) is None
    wait_until_idle(qtbot, hub)
    assert len(reads.asked) == 1


def test_refresh_changes_the_row_in_place(qtbot: QtBot, model: TicketListModel, services: Services) -> None:
    model.set_ids(services.tickets.search(View.ALL))
    wait_for_rows(qtbot, model, 3)
    ticket = model.ids[3]
    old_title = row_at(model, 3).title
    resets: list[bool] = []
    model.modelReset.connect(lambda: resets.append(True))
    services.tickets.change(ticket, "title", "A new title")
    with qtbot.waitSignal(model.dataChanged) as changed:
        model.refresh([ticket])
    first, last = changed.args[0], changed.args[1]
    assert (first.row(), last.row()) == (3, 3)
    assert row_at(model, 3).title == old_title, "the old row stays until the new one is there"
    qtbot.waitUntil(lambda: row_at(model, 3).title == "A new title")
    assert not resets


def test_what_was_read_before_a_change_is_read_again(
    qtbot: QtBot, hub: Hub, model: TicketListModel, services: Services
) -> None:
    ids = services.tickets.search(View.ALL)
    model.set_ids(ids)
    row_at(model, 0)  # under way
    model.refresh([ids[0]])
    wait_until_idle(qtbot, hub)
    services.tickets.change(ids[0], "title", "Changed behind its back")
    assert row_at(model, 0).title != "Changed behind its back"
    qtbot.waitUntil(lambda: row_at(model, 0).title == "Changed behind its back")


def test_the_same_ids_again_change_nothing(qtbot: QtBot, model: TicketListModel, services: Services) -> None:
    ids = services.tickets.search(View.ALL)
    model.set_ids(ids)
    with qtbot.assertNotEmitted(model.modelReset):
        model.set_ids(list(ids))
    with qtbot.waitSignal(model.modelReset):
        model.set_ids(ids[1:])
    assert model.place(ids[0]) == -1
    assert model.place(ids[1]) == 0


def test_a_failed_read_is_told_and_not_repeated_with_every_paint(
    qtbot: QtBot, hub: Hub, model: TicketListModel, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def rows(_self: object, ids: Sequence[int]) -> list[TicketRow]:
        asked.append(ids)
        raise KnownError("The disk is on fire.")

    monkeypatch.setattr(type(services.ticket_list), "rows", rows)
    model.set_ids([1])
    with qtbot.waitSignal(hub.toast_requested) as toast:
        row_at(model, 0)
    assert toast.args == ["The disk is on fire.", 0]
    row_at(model, 0)
    wait_until_idle(qtbot, hub)
    assert len(asked) == 1


def test_a_tooltip_shows_hostile_titles_as_text(
    qtbot: QtBot, model: TicketListModel, services: Services
) -> None:
    ticket = services.tickets.search(View.ALL)[0]
    services.tickets.change(ticket, "title", "<img src='file:///etc/passwd'><b>x")
    model.set_ids([ticket])
    wait_for_rows(qtbot, model, 0)
    tip = model.index(0).data(Qt.ItemDataRole.ToolTipRole)
    assert "<img" not in tip
    assert "<b>" not in tip
    assert "&lt;img" in tip


def test_a_screen_reader_hears_what_the_row_shows(
    qtbot: QtBot, model: TicketListModel, services: Services
) -> None:
    ticket = services.tickets.search(View.MY_QUEUE)[0]
    model.set_ids([ticket])
    wait_for_rows(qtbot, model, 0)
    row: TicketRow = row_at(model, 0)
    row = replace(row, answer_state="ready", priority=Priority.P2, status=Status.IN_PROGRESS, is_sample=True)
    words = spoken(row)
    for part in (row.title, "Answer ready", "Priority P2", row.number, row.requester, "In progress"):
        assert part in words
    assert "Resolution target" in words
    assert "sample ticket" in words
    assert answer_text(replace(row, answer_state="streaming")) == "Answering…"
    assert answer_text(replace(row, answer_state="")) == ""
    assert model.index(0).data(Qt.ItemDataRole.AccessibleTextRole) == spoken(row_at(model, 0))


def test_a_list_has_no_children(model: TicketListModel) -> None:
    model.set_ids([1, 2])
    assert model.rowCount(model.index(0)) == 0
    assert model.data(QModelIndex()) is None
