"""The small widgets, and how times and numbers read."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFont,
    QImage,
    QPainter,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QProgressBar, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from copilot.domain.coaching import Severity
from copilot.domain.conversation import ClaimKind, CommandRisk
from copilot.domain.ticket import Priority, SlaState, Status
from copilot.support import paths
from copilot.ui import format as texts
from copilot.ui.theme.tokens import LIGHT
from copilot.ui.widgets import announce as announcing
from copilot.ui.widgets.chip import Chip, chip_font, chip_size, paint_chip
from copilot.ui.widgets.elided_label import ElidedLabel
from copilot.ui.widgets.empty_state import EmptyState
from copilot.ui.widgets.icon_button import IconButton
from copilot.ui.widgets.key_hint import KeyHint, keys
from copilot.ui.widgets.marks import (
    Mark,
    claim_mark,
    priority_mark,
    risk_mark,
    severity_mark,
    sla_mark,
    status_mark,
)
from copilot.ui.widgets.plain_text import PlainTextView
from copilot.ui.widgets.progress_line import ProgressLine
from copilot.ui.widgets.search_field import SearchField
from copilot.ui.widgets.splitter import Splitter

NOW = datetime(2025, 3, 14, 12, 0, tzinfo=UTC)


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.show()
    return made


# -- format


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(seconds=-30), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=2), "2 h ago"),
        (timedelta(days=6, hours=23), "6 d ago"),
        (timedelta(days=7), "07/03/2025"),
    ],
)
def test_times_are_relative_for_a_week(ago: timedelta, text: str) -> None:
    assert texts.relative_time(NOW - ago, NOW) == text


def test_a_time_ahead_is_shown_as_it_is() -> None:
    assert "14/03/2025" in texts.relative_time(NOW + timedelta(hours=1), NOW)


def test_the_absolute_time_is_whole() -> None:
    assert "14 March 2025" in texts.absolute_time(NOW)


@pytest.mark.parametrize(
    ("left", "paused", "text"),
    [
        (130, False, "2 h 10 min left"),
        (0.2, False, "1 min left"),
        (120, False, "2 h left"),
        (1440 * 2, False, "2 d left"),
        (1440 + 61, False, "1 d 1 h left"),
        (-60, False, "1 h overdue"),
        (-60, True, "1 h overdue"),
        (30, True, "paused"),
        (None, False, ""),
    ],
)
def test_the_sla_reads_as_time_left(left: float | None, paused: bool, text: str) -> None:
    assert texts.sla_text(SlaState(240, left, paused, False)) == text


def test_numbers_follow_the_locale() -> None:
    assert texts.number(12345) == "12,345"
    assert texts.number(0.5, 2) == "0.50"
    assert texts.percent(0.42) == "42 %"
    assert texts.data_size(1_500_000) == "1.5 MB"


# -- marks and chips


def test_every_mark_has_a_word_and_an_icon_that_exists() -> None:
    slas = [
        sla_mark(SlaState(240, left, paused, risk))
        for left, paused, risk in ((9, False, True), (-9, False, True), (99, True, False), (99, False, False))
    ]
    marks = [
        *map(priority_mark, Priority),
        *map(status_mark, Status),
        *map(risk_mark, CommandRisk),
        *map(severity_mark, Severity),
        *map(claim_mark, ClaimKind),
        *slas,
    ]
    for mark in marks:
        assert mark is not None
        assert mark.text
        assert mark.spoken
        assert (paths.resources() / "icons" / f"{mark.icon}.svg").is_file(), mark.icon
    assert len({(mark.icon, mark.text) for mark in map(risk_mark, CommandRisk)}) == 3


def test_a_closed_ticket_has_no_sla_mark() -> None:
    assert sla_mark(SlaState(240, None, False, False)) is None


def test_a_chip_says_its_mark_and_hides_without_one(window: QWidget) -> None:
    chip = Chip(priority_mark(Priority.P1), window)
    chip.show()
    assert chip.accessibleName() == "Priority P1"
    wide = chip.sizeHint().width()
    chip.set_mark(status_mark(Status.AWAITING_VENDOR))
    assert chip.sizeHint().width() > wide
    chip.set_mark(None)
    assert chip.isHidden()
    assert chip.sizeHint() == QSize(0, 0)
    chip.set_mark(priority_mark(Priority.P2))
    assert chip.isVisible()


def test_a_delegate_can_paint_a_chip_inside_its_row() -> None:
    mark = priority_mark(Priority.P1)
    font = chip_font(QFont(), LIGHT)
    image = QImage(200, 44, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    paint_chip(painter, image.rect(), mark, font, LIGHT)
    painter.end()
    width = chip_size(mark, font, LIGHT).width()
    assert image.pixelColor(3, 22).name() == LIGHT.fill(mark.tone)
    assert all(image.pixelColor(x, 22).name() == "#ffffff" for x in range(width + 1, 200))


# -- plain text


def test_hostile_text_stays_text(window: QWidget) -> None:
    view = PlainTextView("Message", parent=window)
    view.set_text("<b>x</b>\x1b[31m red\u202egnp.exe")
    assert view.toPlainText() == "<b>x</b> redgnp.exe"
    assert view.isReadOnly()
    assert not view.document().isUndoRedoEnabled()


def test_it_grows_with_its_text_and_its_width(window: QWidget, qtbot: QtBot) -> None:
    view = PlainTextView("Message", parent=window)
    view.show()
    view.resize(400, 10)
    view.set_text("one line")
    one = view.height()
    view.set_text("word " * 100)
    wide = view.height()
    view.resize(150, wide)
    assert one < wide < view.height()
    qtbot.waitUntil(lambda: view.verticalScrollBar().maximum() == 0)


def test_a_long_log_scrolls_inside(window: QWidget) -> None:
    view = PlainTextView("Log", monospace=True, max_lines=20, parent=window)
    view.show()
    view.set_text("line\n" * 5000)
    assert view.height() <= 21 * view.fontMetrics().lineSpacing()
    assert view.verticalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAsNeeded


def test_a_selection_can_become_evidence(window: QWidget, qtbot: QtBot) -> None:
    view = PlainTextView("Message", parent=window)
    view.set_text("first\nsecond")
    assert not view.evidence_action.isEnabled()
    with qtbot.assertNotEmitted(view.evidence_requested):
        view.evidence_action.trigger()
    view.selectAll()
    assert view.evidence_action.isEnabled()
    with qtbot.waitSignal(view.evidence_requested) as asked:
        view.evidence_action.trigger()
    assert asked.args == ["first\nsecond"]


def test_the_context_menu_offers_copy_and_evidence(window: QWidget) -> None:
    view = PlainTextView("Message", parent=window)
    view.set_text("words")
    view.show()
    view.selectAll()
    menu = view.context_menu()
    words = [action.text() for action in menu.actions() if action.isEnabled() and action.text()]
    assert words == ["Copy", "Use as evidence", "Select all"]


# -- the rest


def test_an_elided_label_keeps_the_whole_text_as_its_tooltip(window: QWidget) -> None:
    label = ElidedLabel("A rather long\nsentence about a printer", window)
    label.show()
    label.resize(60, 20)
    assert label.shown_text().endswith("…")
    assert label.toolTip() == "<span>A rather long sentence about a printer</span>"
    label.resize(560, 20)
    assert label.shown_text() == label.text()
    assert label.toolTip() == ""


def test_escape_empties_the_search_field_first(window: QWidget, qtbot: QtBot) -> None:
    field = SearchField("Search tickets", window)
    field.setText("vpn")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == ""
    assert field.accessibleName() == "Search tickets"


def test_arrow_keys_move_a_splitter_that_has_the_focus(window: QWidget, qtbot: QtBot) -> None:
    splitter = Splitter(Qt.Orientation.Horizontal, window)
    splitter.resize(600, 200)
    for _ in range(2):
        splitter.addWidget(QLineEdit())
    splitter.setSizes([300, 300])
    splitter.show()
    handle = splitter.handle(1)
    before = splitter.sizes()[0]
    QTest.keyClick(handle, Qt.Key.Key_Right)
    assert splitter.sizes()[0] == before + 16
    QTest.keyClick(handle, Qt.Key.Key_Left)
    assert splitter.sizes()[0] == before
    assert handle.accessibleName()
    assert handle.focusPolicy() & Qt.FocusPolicy.TabFocus


@pytest.mark.parametrize(
    ("words", "caps"), [("Ctrl+K", ["Ctrl", "K"]), ("Ctrl++", ["Ctrl", "+"]), ("", []), ("F8", ["F8"])]
)
def test_a_shortcut_splits_into_its_keys(words: str, caps: list[str]) -> None:
    assert keys(words) == caps


def test_a_key_hint_shows_one_cap_a_key(window: QWidget) -> None:
    hint = KeyHint("Ctrl+Shift+E", window)
    assert [cap.text() for cap in hint.findChildren(QLabel)] == ["Ctrl", "Shift", "E"]
    hint.set_shortcut("")
    assert hint.isHidden()


def test_an_empty_place_offers_its_one_button(window: QWidget, qtbot: QtBot) -> None:
    empty = EmptyState("inbox", "No tickets here yet.", "Import tickets", window)
    button = empty.findChild(QPushButton)
    assert button is not None
    with qtbot.waitSignal(empty.action_requested):
        button.click()
    empty.set_content("inbox", "All done.")
    assert button.isHidden()
    assert empty.accessibleName() == "All done."


def test_progress_is_a_share_or_only_running(window: QWidget) -> None:
    line = ProgressLine("Reading", window)
    bar = line.findChild(QProgressBar)
    assert bar is not None
    assert bar.maximum() == 0
    line.set_progress("Importing", 0.42)
    assert (bar.value(), bar.maximum(), bar.accessibleName()) == (420, 1000, "Importing")
    assert "42 %" in [label.text() for label in line.findChildren(QLabel)]


def test_an_icon_button_has_a_name_and_a_tooltip(window: QWidget) -> None:
    button = IconButton("gear", "Settings", parent=window)
    assert (button.accessibleName(), button.toolTip()) == ("Settings", "Settings")
    assert not button.icon().isNull()
    interface = QAccessible.queryAccessibleInterface(button)
    assert interface.text(QAccessible.Text.Name) == "Settings"


def test_an_announcement_reaches_the_accessibility_bridge(
    window: QWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[QAccessibleAnnouncementEvent] = []

    bridge = SimpleNamespace(
        AnnouncementPoliteness=QAccessible.AnnouncementPoliteness, updateAccessibility=sent.append
    )
    monkeypatch.setattr("PySide6.QtGui.QAccessible", bridge)
    announcing.announce(window, "2 findings")
    announcing.announce(window, "Stopped", assertive=True)
    politeness = QAccessible.AnnouncementPoliteness
    assert [(event.message(), event.politeness()) for event in sent] == [
        ("2 findings", politeness.Polite),
        ("Stopped", politeness.Assertive),
    ]
    assert window.accessibleDescription() == "Stopped"


def test_a_mark_is_a_value() -> None:
    assert priority_mark(Priority.P1) == priority_mark(Priority.P1)
    assert isinstance(priority_mark(Priority.P1), Mark)
