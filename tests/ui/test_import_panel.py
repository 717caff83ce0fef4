"""The page that imports a file: which columns are read, what that makes, and what is stored in the end."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QPushButton, QTableView, QWidget
from pytestqt.qtbot import QtBot

from copilot.domain.query import View
from copilot.services.bundle import Services
from copilot.ui.bridge.hub import Hub
from copilot.ui.desk import import_panel
from copilot.ui.desk.import_file import TicketFile
from copilot.ui.desk.import_panel import ImportPanel

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen has no window manager

GOOD = """number,title,requester,priority,status,colour
A-1,Printer <b>jams</b>,Dana,P2,new,red
A-2,Mouse missing,Rob,P4,new,blue
"""
FAULTY = GOOD + "A-3,,Rob,P9,new,blue\n"


def wait_until_idle(qtbot: QtBot, hub: Hub) -> None:
    qtbot.waitUntil(lambda: hub.tasks.is_idle)


def button(parent: QWidget, text: str) -> QAbstractButton:
    return next(b for b in parent.findChildren(QAbstractButton) if b.text() == text and b.isVisibleTo(parent))


def click(parent: QWidget, text: str) -> None:
    QTest.mouseClick(button(parent, text), Qt.MouseButton.LeftButton)


@pytest.fixture
def panel(qtbot: QtBot, hub: Hub) -> ImportPanel:
    made = ImportPanel(hub)
    qtbot.addWidget(made)
    made.resize(900, 700)
    with qtbot.waitExposed(made):
        made.show()
    return made


def file_of(folder: Path, text: str, name: str = "tickets.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def cells(panel: ImportPanel, name: str) -> list[list[str]]:
    table = next(t for t in panel.findChildren(QTableView) if t.accessibleName() == name)
    model = table.model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def words(panel: QWidget) -> str:
    return "\n".join(label.text() for label in panel.findChildren(QLabel) if label.isVisibleTo(panel))


def test_a_file_is_shown_before_anything_is_stored(
    qtbot: QtBot, hub: Hub, services: Services, panel: ImportPanel, tmp_path: Path
) -> None:
    before = services.tickets.search(View.ALL)
    panel.read_file(file_of(tmp_path, GOOD))
    wait_until_idle(qtbot, hub)
    assert "tickets.csv: 2 tickets" in words(panel)
    assert panel.preview.mapping.columns()["requester"] == "requester"
    assert "Columns left out: colour." in words(panel)
    assert cells(panel, "First tickets of the file")[0][:5] == [
        "A-1",
        "Printer <b>jams</b>",
        "Dana",
        "New",
        "P2",
    ]
    assert services.tickets.search(View.ALL) == before
    with (
        qtbot.waitSignal(hub.changed),
        qtbot.waitSignal(hub.toast_requested) as toast,
        qtbot.waitSignal(panel.imported) as done,
    ):
        click(panel, "Import 2 tickets")
    assert len(services.tickets.search(View.ALL)) == len(before) + 2
    assert done.args == [2]
    assert toast.args[0] == "2 tickets from tickets.csv"
    services.tickets.undo(toast.args[1])
    assert services.tickets.search(View.ALL) == before


def test_faulty_rows_are_listed_and_left_out_only_when_told(
    qtbot: QtBot, hub: Hub, services: Services, panel: ImportPanel, tmp_path: Path
) -> None:
    before = len(services.tickets.search(View.ALL))
    panel.read_file(file_of(tmp_path, FAULTY))
    wait_until_idle(qtbot, hub)
    assert "2 tickets, 1 faulty row" in words(panel)
    rows = cells(panel, "Rows that cannot be imported")
    assert {(row[0], row[1]) for row in rows} == {("4", "Title"), ("4", "Priority")}
    with qtbot.waitSignal(panel.imported) as done:
        click(panel, "Import without the 1 faulty row")
    assert done.args == [2]
    assert len(services.tickets.search(View.ALL)) == before + 2


def test_a_file_with_nothing_but_faults_cannot_be_imported(
    qtbot: QtBot, hub: Hub, panel: ImportPanel, tmp_path: Path
) -> None:
    panel.read_file(file_of(tmp_path, "title,priority\n,P9\n"))
    wait_until_idle(qtbot, hub)
    shown = [b.text() for b in panel.findChildren(QPushButton) if b.isVisibleTo(panel)]
    assert not any(text.startswith("Import") for text in shown)
    panel.import_now()
    assert hub.tasks.is_idle


def test_tickets_that_are_known_stay_out_and_nothing_is_stored_where_they_should_not(
    qtbot: QtBot, hub: Hub, services: Services, panel: ImportPanel, tmp_path: Path
) -> None:
    taken = services.tickets.rows(services.tickets.search(View.ALL)[:1])[0].number
    before = len(services.tickets.search(View.ALL))
    panel.read_file(file_of(tmp_path, f"number,title\nB-1,One\n{taken},Two\n"))
    wait_until_idle(qtbot, hub)
    choice = panel.preview.skip_known
    assert choice.isVisible()
    assert "the 1 ticket that is on the desk already" in choice.text()
    choice.setChecked(False)
    assert not button(panel, "Import 1 ticket").isEnabled()
    choice.setChecked(True)
    with qtbot.waitSignal(hub.toast_requested) as toast:
        click(panel, "Import 1 ticket")
    assert toast.args[0] == "1 ticket from tickets.csv; 1 was on the desk already"
    assert len(services.tickets.search(View.ALL)) == before + 1


def choose(panel: ImportPanel, field: str, column: str) -> None:
    """Choose a column as a person does; the empty one is "not imported"."""
    box = panel.preview.mapping.choice(field)
    place = box.findText(column or "not imported")
    assert place >= 0
    box.setCurrentIndex(place)
    box.activated.emit(place)


def test_columns_that_cannot_be_guessed_are_chosen_and_used_again_next_time(
    qtbot: QtBot, hub: Hub, services: Services, panel: ImportPanel, tmp_path: Path
) -> None:
    panel.read_file(file_of(tmp_path, "Kurztext,Melder\nDrucker klemmt,Dana\n"))
    wait_until_idle(qtbot, hub)
    assert "Choose the column of the title or of the description." in words(panel)
    assert not any(b.text().startswith("Import") and b.isVisible() for b in panel.findChildren(QPushButton))
    choose(panel, "title", "Kurztext")
    wait_until_idle(qtbot, hub)
    assert cells(panel, "First tickets of the file")[0][1:3] == ["Drucker klemmt", ""]
    choose(panel, "requester", "Melder")
    wait_until_idle(qtbot, hub)
    assert cells(panel, "First tickets of the file")[0][1:3] == ["Drucker klemmt", "Dana"]
    with qtbot.waitSignal(panel.imported):
        click(panel, "Import 1 ticket")

    panel.read_file(file_of(tmp_path, "Kurztext,Melder\nMaus fehlt,Rob\n", "next.csv"))
    wait_until_idle(qtbot, hub)
    assert "Read as last time." in words(panel)
    assert cells(panel, "First tickets of the file")[0][1:3] == ["Maus fehlt", "Rob"]
    click(panel, "Use the guess instead")
    wait_until_idle(qtbot, hub)
    assert "Read as last time." not in words(panel)
    assert panel.preview.mapping.columns() == {}


def test_what_is_not_to_be_imported_is_left_out_and_faults_go_with_it(
    qtbot: QtBot, hub: Hub, panel: ImportPanel, tmp_path: Path
) -> None:
    panel.read_file(file_of(tmp_path, "number,title,priority\nA-1,Printer,Loud\n"))
    wait_until_idle(qtbot, hub)
    assert [row[:2] for row in cells(panel, "Rows that cannot be imported")] == [["2", "Priority"]]
    choose(panel, "priority", "")
    wait_until_idle(qtbot, hub)
    assert cells(panel, "Rows that cannot be imported") == []
    assert button(panel, "Import 1 ticket").isEnabled()


def test_a_large_file_shows_its_first_rows_and_then_all(
    qtbot: QtBot, hub: Hub, panel: ImportPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_panel, "_LOOK_FIRST", 50)
    shown: list[tuple[int, bool]] = []
    show = panel.preview.show_file

    def count(file: TicketFile) -> None:
        shown.append((file.count, file.is_whole))
        show(file)

    monkeypatch.setattr(panel.preview, "show_file", count)
    panel.read_file(file_of(tmp_path, "title\n" + "".join(f"Fault {n}\n" for n in range(120))))
    wait_until_idle(qtbot, hub)
    assert shown == [(20, False), (120, True)]
    assert button(panel, "Import 120 tickets").isEnabled()


def test_a_stopped_import_leaves_nothing_behind_and_can_be_started_again(
    qtbot: QtBot,
    hub: Hub,
    services: Services,
    panel: ImportPanel,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = services.tickets.search(View.ALL)
    panel.read_file(file_of(tmp_path, "title\n" + "".join(f"Fault {n}\n" for n in range(300))))
    wait_until_idle(qtbot, hub)
    with services.store.write():  # nothing else is stored meanwhile
        panel.import_now()
        panel.stop()
    wait_until_idle(qtbot, hub)
    assert services.tickets.search(View.ALL) == before
    with qtbot.waitSignal(panel.imported) as done:
        click(panel, "Import 300 tickets")
    assert done.args == [300]


def test_our_own_export_has_no_columns_to_choose(
    qtbot: QtBot, hub: Hub, services: Services, panel: ImportPanel, tmp_path: Path
) -> None:
    ids = services.tickets.search(View.ALL)
    services.exchange.export(ids, tmp_path / "desk.csv")
    panel.read_file(tmp_path / "desk.csv")
    wait_until_idle(qtbot, hub)
    assert not panel.preview.mapping.isVisible()
    assert "Exported by Technician Copilot" in words(panel)
    assert not any(b.isEnabled() for b in panel.findChildren(QPushButton) if b.text().startswith("Import 0"))


def test_a_file_that_cannot_be_read_says_why(
    qtbot: QtBot, hub: Hub, panel: ImportPanel, tmp_path: Path
) -> None:
    panel.read_file(file_of(tmp_path, ""))
    wait_until_idle(qtbot, hub)
    assert panel.start.sentence.startswith("tickets.csv is empty.")


def test_a_map_file_says_what_no_name_tells(
    qtbot: QtBot, hub: Hub, panel: ImportPanel, tmp_path: Path
) -> None:
    path = file_of(tmp_path, "Kurztext,Melder\nDrucker klemmt,Dana\n")
    panel.read_file(path, file_of(tmp_path, "title: Kurztext\nrequester: Melder\n", "map.yaml"))
    wait_until_idle(qtbot, hub)
    assert cells(panel, "First tickets of the file")[0][1:3] == ["Drucker klemmt", "Dana"]


def test_a_file_without_tickets_says_so(qtbot: QtBot, hub: Hub, panel: ImportPanel, tmp_path: Path) -> None:
    panel.read_file(file_of(tmp_path, "number,title\n"))
    wait_until_idle(qtbot, hub)
    assert panel.start.sentence == "tickets.csv holds no tickets."


def test_only_the_file_chosen_last_is_shown(
    qtbot: QtBot, hub: Hub, panel: ImportPanel, tmp_path: Path
) -> None:
    panel.read_file(file_of(tmp_path, GOOD, "first.csv"))
    panel.read_file(file_of(tmp_path, "title\nAnother\n", "second.csv"))
    wait_until_idle(qtbot, hub)
    assert "second.csv: 1 ticket" in words(panel)
    panel.read_file(file_of(tmp_path, GOOD, "first.csv"))
    with qtbot.waitSignal(panel.closed):
        panel.close_page()
    wait_until_idle(qtbot, hub)
    assert panel.start.isVisible(), "a file that was given up does not come back"


def test_a_dropped_file_is_read(qtbot: QtBot, hub: Hub, panel: ImportPanel, tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file_of(tmp_path, GOOD)))])
    event = QDropEvent(
        QPointF(QPoint(50, 50)),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    panel.dropEvent(event)
    assert event.isAccepted()
    wait_until_idle(qtbot, hub)
    assert "tickets.csv: 2 tickets" in words(panel)


def test_an_address_of_the_network_is_not_taken(hub: Hub, panel: ImportPanel) -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://collector.example/tickets.csv")])
    event = QDropEvent(
        QPointF(QPoint(50, 50)),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    panel.dropEvent(event)
    assert hub.tasks.is_idle
    assert panel.start.isVisible()


def test_cells_that_look_like_html_are_text_in_tooltips_too(
    qtbot: QtBot, hub: Hub, panel: ImportPanel, tmp_path: Path
) -> None:
    panel.read_file(file_of(tmp_path, GOOD))
    wait_until_idle(qtbot, hub)
    table = next(t for t in panel.findChildren(QTableView) if t.accessibleName().startswith("First"))
    tip = table.model().index(0, 1).data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;b&gt;" in tip
    assert all(
        label.textFormat() is Qt.TextFormat.PlainText
        for label in panel.preview.findChildren(QLabel)
        if label.text()
    )
