"""The page that exports tickets: which, as what, and what it says when it is done or fails."""

import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from copilot.domain.query import View
from copilot.services.bundle import Services
from copilot.ui.bridge.hub import Hub
from copilot.ui.desk.export_panel import ExportPanel
from tests.helpers.window import Page, page_fixture

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen has no window manager

page = page_fixture()


@pytest.fixture
def panel(qtbot: QtBot, hub: Hub) -> ExportPanel:
    made = ExportPanel(hub, lambda: (View.UNASSIGNED, ""))
    qtbot.addWidget(made)
    made.resize(900, 700)
    with qtbot.waitExposed(made):
        made.show()
    qtbot.waitUntil(lambda: hub.tasks.is_idle)
    return made


def numbers(services: Services, file: Path) -> list[str]:
    return [draft.ticket.number for draft in services.exchange.read(file).drafts]


def test_what_the_list_shows_is_written_as_it_is_ordered(
    qtbot: QtBot, hub: Hub, services: Services, panel: ExportPanel, tmp_path: Path
) -> None:
    listed = services.tickets.rows(services.tickets.search(View.UNASSIGNED))
    assert panel.listed.text() == f"What the list shows: {len(listed)} tickets"
    panel.export_to(tmp_path / "out.json")
    qtbot.waitUntil(lambda: hub.tasks.is_idle)
    assert numbers(services, tmp_path / "out.json") == [row.number for row in listed]
    assert panel.message.text.startswith(f"{len(listed)} tickets, ")
    assert str(tmp_path / "out.json") in panel.message.text
    assert panel.button.isEnabled()


def test_all_of_the_desk_as_csv(
    qtbot: QtBot, hub: Hub, services: Services, panel: ExportPanel, tmp_path: Path
) -> None:
    panel.all.click()
    panel.csv.click()
    panel.export_to(tmp_path / "out.csv")
    qtbot.waitUntil(lambda: hub.tasks.is_idle)
    assert (tmp_path / "out.csv").read_text(encoding="utf-8-sig").startswith('"number"')
    assert len(numbers(services, tmp_path / "out.csv")) == len(services.tickets.search(View.ALL))


def test_why_it_failed_is_said_on_the_page(
    qtbot: QtBot, hub: Hub, panel: ExportPanel, tmp_path: Path
) -> None:
    panel.export_to(tmp_path / "no" / "out.json")
    qtbot.waitUntil(lambda: hub.tasks.is_idle)
    assert "cannot be written" in panel.message.text
    assert panel.button.isEnabled()


def test_a_stopped_export_leaves_no_file(qtbot: QtBot, hub: Hub, panel: ExportPanel, tmp_path: Path) -> None:
    gate = threading.Event()
    for _ in range(2):  # the export begins when somebody has stopped it already
        hub.tasks.errand(hub, lambda: gate.wait(30))
    panel.export_to(tmp_path / "out.json")
    panel.stop()
    gate.set()
    qtbot.waitUntil(lambda: hub.tasks.is_idle)
    assert "The export was stopped." in panel.message.text
    assert list(tmp_path.glob("*out*")) == []


def test_the_window_offers_the_page_and_hands_over_what_is_listed(page: Page, tmp_path: Path) -> None:
    page.sidebar.set_view(View.UNASSIGNED)
    page.settle()
    action = next(a for a in page.window.all_actions() if a.text() == "Export tickets…")
    action.trigger()
    page.settle()
    shown = page.window.findChild(ExportPanel)
    assert shown is not None
    assert shown.isVisible()
    wanted = len(page.services.tickets.search(View.UNASSIGNED))
    assert shown.listed.text() == f"What the list shows: {wanted} tickets"
    shown.close_page()
    assert not shown.isVisible()
