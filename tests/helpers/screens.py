"""Every screen of the program, each brought up on a sample desk whose clock, name and answers never change.

To add one: a function that leads there, and a line in `SCREENS`. Where a test shall look at the one widget only
and not at the whole window, the function returns it.
"""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QCoreApplication, QMimeData, Qt, QTimer
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from copilot.domain.evidence import EvidenceKind
from copilot.domain.query import View
from copilot.domain.ticket import Visibility
from copilot.inference.protocol import PromptProgress, Token
from copilot.inference.worker.transcript import Moment, Transcript, write_transcript
from copilot.support.clock import FixedClock
from copilot.support.errors import DamagedError
from tests.helpers.desk import desk as open_desk
from tests.helpers.fonts import shipped_fonts
from tests.helpers.window import CONTROL, SHIFT, Page, button, child, children, open_page

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SIZE = (1280, 800)
A_WHILE = 1000  # ms; a note that goes away by itself takes longer
ME = "Alex Morgan"
STANDS_STILL = "stands still"  # a script: an answer that stops in the middle and never ends
CLIPPING = Path(__file__).parents[1] / "unit/desk/clippings/servicenow.txt"
FILE = """Number,Short description,Opened,Caller,Priority,State
INC-7001,Projector in the large meeting room shows green,2026-02-27 14:02,Dana Whitfield,3 - Moderate,New
INC-7002,Cannot open the shared calendar,2026-02-27 15:40,Idris Cole,4 - Low,In Progress
INC-7003,,2026-02-27 16:11,Idris Cole,4 - Low,New
INC-7004,Laptop does not wake from sleep,not a time,Mia Okafor,2 - High,New
"""
ANSWER = (
    "**Likely cause:** the certificate of the gateway has run out [E1], and the client refuses it "
    "without saying so.\n\n1. Look at the date of the certificate on the gateway.\n2. Compare it with "
)

Shown = QWidget | None


@dataclass(frozen=True)
class Screen:
    """One screen.

    Attributes:
        name: Also the name of its pictures.
        show: Leads there; returns the widget to look at, or None for the whole window.
        script: What the fake engine plays.
        samples: Whether the desk has tickets.
        grows: Whether it takes the size of text that was chosen; not before the settings can be read.
    """

    name: str
    show: Callable[[Page], Shown]
    script: str = "default"
    samples: bool = True
    grows: bool = True


# -- the desk


def _desk(page: Page) -> Shown:
    page.open("INC-1043")
    page.sidebar.focus_list()
    return None


def _answer(page: Page) -> Shown:
    page.open("INC-1043")
    page.ask()
    _be_seen(page)
    page.sidebar.focus_list()
    return None


def _streaming(page: Page) -> Shown:
    page.open("INC-1043")
    card = page.ask(until="text")
    page.wait(lambda: card.text().strip().endswith("Compare it with"))
    page.wait(lambda: card._body.height() > 80)  # its last lines are shown a moment later
    page.window.inspector._timer.start()  # with an engine there, tokens are counted and not estimated any more
    page.settle()
    page.sidebar.focus_list()
    return None


def _queued(page: Page) -> Shown:
    page.open("INC-1045")
    page.ask(until="text")
    page.open("INC-1043")
    page.ask("Who else has this?", until="card")
    page.settle()
    page.sidebar.focus_list()
    return None


def _write(page: Page, tab: str, text: str) -> Shown:
    page.open("INC-1043")
    page.run(tab)
    page.write_box.setFocus()
    page.type(text)
    page.settle()
    return None


def _coached(page: Page) -> Shown:
    page.open("INC-1043")
    page.draft_question("my password is Sommer2024!, why does it not work?")
    page.settle()
    return None


def _evidence(page: Page) -> Shown:
    ticket = page.open("INC-1043")
    add = page.services.tickets.add_evidence
    log = "\n".join(f"09:1{n} svc[{n}]: cannot reach the broker" for n in range(9))
    page.hub.change(page.window, lambda: add(ticket, EvidenceKind.PASTE, log, "broker.log")[1])
    page.settle()
    label = list(page.facts())[-1]
    page.case.show_evidence(label)
    page.settle()
    page.sidebar.focus_list()
    return None


def _dismissed(page: Page) -> Shown:
    page.open("INC-1043")
    page.ask()
    _be_seen(page)
    page.run("Override the answer…")
    page.settle()
    return None


def _deleting(page: Page) -> Shown:
    ticket = page.open("INC-1043")
    page.hub.delete_requested.emit(ticket)
    page.settle()
    return None


# -- the list


def _search(page: Page) -> Shown:
    page.sidebar.set_view(View.ALL)
    page.sidebar.set_search("vpn")
    page.settle()
    page.sidebar.focus_list()
    return None


def _filters(page: Page) -> Shown:
    from copilot.ui.desk.filter_menu import FilterMenu

    page.sidebar.set_view(View.ALL)
    page.sidebar.set_search("status:new")
    page.settle()
    page.sidebar.open_filters()
    page.wait(lambda: [each for each in page.sidebar.findChildren(FilterMenu) if each.isVisible()])
    return page.sidebar.findChildren(FilterMenu)[-1]


def _nothing_found(page: Page) -> Shown:
    page.sidebar.set_view(View.ALL)
    page.sidebar.set_search("zebra crossing")
    page.settle()
    return None


def _selected(page: Page, count: int = 3) -> Shown:
    page.sidebar.set_view(View.ALL)
    page.settle()
    page.sidebar.select(page.sidebar.tickets._tickets.ids[1])
    page.settle()
    page.sidebar.focus_list()
    for _ in range(count - 1):
        page.press(Qt.Key.Key_Down, SHIFT)
    page.settle()
    return None


def _row_menu(page: Page) -> Shown:
    page.open("INC-1043")
    page.sidebar.focus_list()
    tickets = page.sidebar.tickets
    tickets.customContextMenuRequested.emit(tickets.visualRect(tickets.currentIndex()).center())
    page.wait(QApplication.activePopupWidget)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


# -- the pages


def _page_of(page: Page, command: str) -> Shown:
    page.run(command)
    page.settle()
    return None


def _merge(page: Page) -> Shown:
    _selected(page)
    return _page_of(page, "Merge with other tickets…")


def _link(page: Page) -> Shown:
    _selected(page)
    return _page_of(page, "Link with another ticket…")


def _changes(page: Page) -> Shown:
    ticket = page.open("INC-1043")
    for field, value in (("priority", "P1"), ("status", "in_progress"), ("assignee", "")):
        change = partial(page.services.tickets.change, ticket, field, value)
        page.hub.change(page.window, change)
    page.settle()
    _quiet(page)
    return _page_of(page, "Changes of today")


def _clipping(page: Page) -> Shown:
    QGuiApplication.clipboard().setText(CLIPPING.read_text(encoding="utf-8"))
    page.sidebar.focus_list()
    page.press(Qt.Key.Key_N, CONTROL | SHIFT)
    page.wait(lambda: "new" in page.window._pages and page.window._pages["new"].isVisible())
    page.settle()
    return None


def _import_preview(page: Page) -> Shown:
    from copilot.ui.desk.import_panel import ImportPanel

    _page_of(page, "Import tickets…")
    panel = page.window._pages["import"]
    assert isinstance(panel, ImportPanel)
    path = page.services.data_dir.parent / "tickets.csv"
    path.write_text(FILE, encoding="utf-8")
    panel.read_file(path)
    page.settle()
    page.wait(panel.preview.isVisible)
    return None


def _restore(page: Page) -> Shown:
    from copilot.ui.settings.backup_section import BackupSection

    page.services.backups.create()
    page.hub.change(page.window, partial(page.services.tickets.change, page.ticket, "priority", "P1"))
    page.settle()
    _page_of(page, "Settings")
    section = child(page.window, BackupSection)
    page.wait(lambda: section.rows)
    button(section.rows[0], "Restore…").click()
    page.settle()
    page.wait(lambda: section.card)
    assert section.card is not None
    _quiet(page)
    _scroll_to(section.card)
    return None


def _scroll_to(widget: QWidget) -> None:
    parent = widget.parentWidget()
    while parent is not None and not isinstance(parent, QScrollArea):
        parent = parent.parentWidget()
    assert parent is not None
    QCoreApplication.processEvents()
    parent.ensureWidgetVisible(widget, 0, 40)


def _foot(page: Page, command: str) -> Shown:
    _page_of(page, command)
    current = page.window._stack.currentWidget()
    assert current is not None
    bar = child(current, QScrollArea).verticalScrollBar()
    bar.setValue(bar.maximum())
    return None


def _quiet(page: Page) -> None:
    for toast in page.toasts():
        toast.dismiss()


def _print(page: Page) -> Shown:
    page.open("INC-1043")
    post = partial(page.services.tickets.post, page.ticket, "It is the gateway.", Visibility.PUBLIC)
    page.hub.change(page.window, post)
    page.settle()
    _quiet(page)
    page.run("Print or save as PDF…")
    page.wait(lambda: getattr(page.window._pages["print"], "_sheet", None))
    page.settle()
    return None


# -- what floats above


def _recent(page: Page) -> Shown:
    for number in ("INC-1045", "INC-1046", "INC-1043"):
        page.open(number)
    page.press(Qt.Key.Key_E, CONTROL)
    page.settle()
    return None


def _palette(page: Page) -> Shown:
    page.open("INC-1043")
    page.press(Qt.Key.Key_K, CONTROL)
    page.settle()
    return None


def _toasts(page: Page) -> Shown:
    ticket = page.open("INC-1043")
    page.hub.change(page.window, partial(page.services.tickets.change, ticket, "priority", "P1"))
    page.settle()
    page.sidebar.focus_list()
    return None


def _picture(page: Page) -> Shown:
    from copilot.ui.desk.picture_view import PictureOverlay, PictureView

    page.open("INC-1043")
    image = QImage(640, 360, QImage.Format.Format_RGB32)
    image.fill(QColor("#f3f4f6"))
    painter = QPainter(image)
    painter.fillRect(0, 0, 640, 40, QColor("#3457d5"))
    painter.fillRect(120, 140, 400, 100, QColor("#d14343"))
    painter.end()
    data = QMimeData()
    data.setImageData(image)
    page.case.evidence.take(data, "Pasted")
    page.settle()
    page.case.show_evidence(list(page.facts())[-1])
    page.wait(lambda: [each for each in children(page.case, PictureView) if each.is_loaded])
    children(page.case, PictureView)[0].open_large()
    page.wait(lambda: children(page.window, PictureOverlay))
    page.settle()
    return None


# -- other forms of the window, and other windows


def _compact(page: Page) -> Shown:
    page.open("INC-1043")
    page.press(Qt.Key.Key_F9)
    page.settle()
    return None


def _compact_list(page: Page) -> Shown:
    from copilot.ui.shell.compact import CompactBar

    _compact(page)
    button(child(page.window, CompactBar), "Tickets").click()
    page.settle()
    return None


def _ticket_window(page: Page) -> Shown:
    page.open("INC-1043")
    page.run("Open the ticket in a window of its own")
    page.wait(lambda: page.window.popouts.windows())
    page.settle()
    window = page.window.popouts.windows()[-1]
    page.wait(window.isActiveWindow)
    return window


def _away(page: Page) -> Shown:
    _ticket_window(page)
    page.window.activateWindow()
    page.wait(page.window.isActiveWindow)
    page.sidebar.focus_list()
    return None


def _answer_window(page: Page) -> Shown:
    page.open("INC-1043")
    page.ask()
    _be_seen(page)
    page.window.pop_out_answer()
    page.wait(lambda: page.window.popouts.windows())
    page.settle()
    window = page.window.popouts.windows()[-1]
    page.wait(window.isActiveWindow)
    return window


def _start_error(page: Page) -> Shown:
    from copilot.ui.shell.start_error import StartErrorWindow

    error = DamagedError("The database is damaged.", "It was left as it is.", "Restore the latest backup.")
    window = StartErrorWindow(error, page.services.data_dir)
    window.setParent(page.window, Qt.WindowType.Dialog)
    window.show()
    page.wait(window.isActiveWindow)
    return window


def _be_seen(page: Page) -> None:
    """Wait until the newest answer counts as seen; a second is a millisecond here."""
    card = page.card()
    page.case._scroll.ensureWidgetVisible(card)
    card._timer.setInterval(1)
    page.wait(lambda: page.stored_answer(card.uid).answer.seconds_visible > 0)
    page.wait(lambda: page.ticket not in page.services.attention.news().ready)
    page.settle()


def _plain(_: Page) -> Shown:
    return None


SCREENS = (
    Screen("desk", _desk),
    Screen("desk-answer", _answer),
    Screen("desk-streaming", _streaming, STANDS_STILL),
    Screen("desk-queued", _queued, STANDS_STILL),
    Screen("desk-note", partial(_write, tab="Write an internal note", text="Asked the network team.")),
    Screen("desk-reply", partial(_write, tab="Write a reply", text="Hello, please try it again now.")),
    Screen("desk-coach", _coached),
    Screen("desk-evidence", _evidence),
    Screen("desk-override", _dismissed),
    Screen("desk-delete", _deleting),
    Screen("desk-toast", _toasts),
    Screen("desk-empty", _plain, samples=False),
    Screen("search", _search),
    Screen("search-filters", _filters),
    Screen("search-nothing", _nothing_found),
    Screen("selection", _selected),
    Screen("row-menu", _row_menu),
    Screen("merge", _merge),
    Screen("link", _link),
    Screen("changes", _changes),
    Screen("new-ticket", partial(_page_of, command="New ticket")),
    Screen("new-from-clipboard", _clipping),
    Screen("import", partial(_page_of, command="Import tickets…")),
    Screen("import-preview", _import_preview),
    Screen("export", partial(_page_of, command="Export tickets…")),
    Screen("settings", partial(_page_of, command="Settings")),
    Screen("settings-foot", partial(_foot, command="Settings")),
    Screen("restore", _restore),
    Screen("your-data", partial(_page_of, command="Your data")),
    Screen("your-data-foot", partial(_foot, command="Your data")),
    Screen("models", partial(_page_of, command="Models")),
    Screen("print", _print),
    Screen("compact", _compact),
    Screen("compact-list", _compact_list),
    Screen("ticket-window", _ticket_window),
    Screen("ticket-away", _away),
    Screen("answer-window", _answer_window),
    Screen("start-error", _start_error, grows=False),
    Screen("recent", _recent),
    Screen("palette", _palette),
    Screen("picture", _picture),
)
BY_NAME = {screen.name: screen for screen in SCREENS}
every_screen = pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)


@contextmanager
def shown(
    qtbot: QtBot, folder: Path, factory: pytest.TempPathFactory, screen: Screen
) -> Iterator[tuple[Page, QWidget]]:
    """Open the window in `folder`, go to the screen, and give the page and the widget to look at."""
    data = folder / "data"
    shutil.copytree(_sample_desk(factory, samples=screen.samples), data)
    script = str(_stands_still(folder)) if screen.script == STANDS_STILL else screen.script
    with (
        _at_greenwich(),
        _on_a_known_machine(),
        shipped_fonts(),
        open_page(qtbot, data, script=script, samples=False, clock=FixedClock(NOW)) as page,
    ):
        page.window.resize(*SIZE)  # the offscreen platform's own screen is smaller
        page.settle()
        widget = screen.show(page) or page.window
        try:
            yield page, widget
        finally:
            while (popup := QApplication.activePopupWidget()) is not None:
                popup.close()
            for ticket in page.services.attention.news().under_way:
                page.services.ask.stop_ticket(ticket)
            page.wait(lambda: not page.services.attention.news().under_way)
            page.settle()


def picture_at_rest(page: Page, widget: QWidget) -> QImage:
    """Return a picture once three in a row are the same: layouts within layouts take a few turns of the loop."""
    _hide_the_machine(page, widget)
    before, same = QImage(), 0
    for _ in range(20):
        page.settle()
        page.wait(lambda: not _is_about_to_change())
        now = widget.grab().toImage()
        same = same + 1 if now == before else 0
        if same == 2:
            break
        before = now
    return before


def _is_about_to_change() -> bool:
    """Whether a part waits a moment before it reads or shows something."""
    return any(
        timer.isActive() and timer.isSingleShot() and timer.interval() < A_WHILE
        for window in QApplication.topLevelWidgets()
        for timer in window.findChildren(QTimer)
    )


def _hide_the_machine(page: Page, widget: QWidget) -> None:
    """Let the data folder have the same name everywhere."""
    folder = str(page.services.data_dir.parent)
    for label in widget.findChildren(QLabel):
        if folder in label.text():
            label.setText(label.text().replace(folder, "/home/alex/desk"))


def _sample_desk(factory: pytest.TempPathFactory, *, samples: bool) -> Path:
    """Return the folder of a desk that was made once for the whole run, to be copied."""
    folder = factory.getbasetemp() / ("still-desk" if samples else "still-empty-desk")
    if not folder.exists():
        with open_desk(folder, samples=False, clock=FixedClock(NOW)) as services:
            services.settings.set("me", ME)
            services.settings.set("theme", "light")
            if samples:
                services.exchange.make_samples()
    return folder


def _stands_still(folder: Path) -> Path:
    """Return the script of an answer that gets so far and no further."""
    words = [Moment(0.0, Token("r", word)) for word in ANSWER.split(" ") for word in (f"{word} ",)]
    start = Moment(0.0, PromptProgress("r", 812, 812, 0))
    path = folder / "stands-still.jsonl"
    end = Moment(3600.0, Token("r", "nothing"))
    write_transcript(path, Transcript("an answer that stands still", (start, *words, end)))
    return path


@contextmanager
def _on_a_known_machine() -> Iterator[None]:
    """Have 8 GB of free memory and a text cursor that does not blink."""
    memory = SimpleNamespace(total=16 * 10**9, available=8 * 10**9)
    hints = QGuiApplication.styleHints()
    blink = hints.cursorFlashTime()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("copilot.services.models.psutil.virtual_memory", lambda: memory)
        hints.setCursorFlashTime(0)
        yield
    hints.setCursorFlashTime(blink)


@contextmanager
def _at_greenwich() -> Iterator[None]:
    """Show times as they are at Greenwich, wherever the machine stands (Windows keeps its own)."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    if hasattr(time, "tzset"):
        time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    if hasattr(time, "tzset"):
        time.tzset()
