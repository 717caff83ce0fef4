"""Toasts, the command palette and the words it finds."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QAction, QEnterEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from copilot.ui.widgets.command_palette import CommandPalette
from copilot.ui.widgets.fuzzy import score
from copilot.ui.widgets.search_field import SearchField
from copilot.ui.widgets.toast import KEEP_CLEAR, ToastHost


class Window(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.resize(800, 600)
        self.edit = QLineEdit(self)
        self.done: list[str] = []

    def undo(self) -> None:
        self.done.append("undo")


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    made = Window()
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is made)
    made.edit.setFocus()
    return made


# -- toasts


def test_a_toast_stands_at_the_bottom_centre_and_follows_the_window(window: Window) -> None:
    host = ToastHost(window)
    toast = host.show("Copied.")
    for width, height in ((800, 600), (500, 420)):
        window.resize(width, height)
        QApplication.processEvents()
        assert abs(toast.geometry().center().x() - width // 2) <= 1
        assert height - 40 < toast.geometry().bottom() <= height


def test_toasts_stack_without_covering_each_other_and_old_ones_give_way(window: Window) -> None:
    host = ToastHost(window)
    for number in range(6):
        host.show(f"Note {number}")
    assert [toast.text for toast in host.toasts] == ["Note 2", "Note 3", "Note 4", "Note 5"]
    inner = [toast.geometry().adjusted(12, 12, -12, -12) for toast in host.toasts]
    assert all(above.bottom() < below.top() for above, below in pairwise(inner))


def test_a_toast_covers_nothing_that_is_typed_into(window: Window, qtbot: QtBot) -> None:
    """Neither a field nor the row of buttons under it, also when the box grows or comes later."""
    foot = QWidget(window)
    foot.setObjectName(KEEP_CLEAR)
    foot.setGeometry(0, 540, 800, 60)
    box = QPlainTextEdit(window)
    box.setGeometry(20, 440, 760, 100)
    for part in (foot, box):
        part.show()
    host = ToastHost(window)
    toasts = [host.show("Copied."), host.show("Status changed.", "Undo", window.undo)]

    def is_clear() -> bool:
        bodies = [toast.geometry().adjusted(12, 12, -12, -12) for toast in toasts]
        return not any(body.intersects(part.geometry()) for body in bodies for part in (foot, box))

    assert is_clear()
    assert toasts[-1].geometry().bottom() > 400  # as low as it can be
    box.setGeometry(20, 300, 760, 240)
    qtbot.waitUntil(is_clear)
    box.hide()
    foot.hide()
    qtbot.waitUntil(lambda: toasts[-1].geometry().bottom() > 560)


def test_a_toast_covers_text_that_is_only_read(window: Window) -> None:
    text = QPlainTextEdit(window)
    text.setReadOnly(True)
    text.setGeometry(0, 100, 800, 500)
    text.show()
    toast = ToastHost(window).show("Copied.")
    assert toast.geometry().bottom() > 560
    toast.dismiss()


def test_a_toast_goes_with_the_change_that_was_undone_elsewhere(window: Window) -> None:
    host = ToastHost(window)
    host.show("Status changed.", "Undo", window.undo, undo_id=7)
    host.show("Priority changed.", "Undo", window.undo, undo_id=8)
    host.withdraw(7)
    assert [toast.text for toast in host.toasts] == ["Priority changed."]
    assert window.done == []


def test_the_action_runs_once_and_closes_the_toast(window: Window, qtbot: QtBot) -> None:
    host = ToastHost(window)
    toast = host.show("Status changed.", "Undo", window.undo)
    assert toast.action_button is not None
    QTest.mouseClick(toast.action_button, Qt.MouseButton.LeftButton)
    toast.action_button.clicked.emit()
    assert window.done == ["undo"]
    assert host.toasts == ()


def test_a_toast_goes_away_by_itself(window: Window, qtbot: QtBot) -> None:
    host = ToastHost(window)
    host.show("Copied.", seconds=0.01)
    qtbot.waitUntil(lambda: host.toasts == ())


def test_the_clock_stands_while_the_pointer_is_on_the_toast(window: Window) -> None:
    toast = ToastHost(window).show("Copied.")
    paused = [toast.is_paused]
    at = QPointF(20, 20)
    for event in (QEnterEvent(at, at, at), QEvent(QEvent.Type.Leave)):
        QApplication.sendEvent(toast, event)
        paused.append(toast.is_paused)
    assert paused == [False, True, False]
    toast.dismiss()


def test_the_keyboard_reaches_a_toast_and_returns(window: Window, qtbot: QtBot) -> None:
    host = ToastHost(window)
    toast = host.show("Status changed.", "Undo", window.undo)
    host.focus_action.trigger()
    assert toast.action_button is not None
    assert toast.action_button.hasFocus()
    assert toast.is_paused
    QTest.keyClick(toast.action_button, Qt.Key.Key_Escape)
    assert host.toasts == ()
    assert window.edit.hasFocus()
    assert window.done == []


def test_a_toast_shows_hostile_text_as_text_and_wraps_it(window: Window) -> None:
    host = ToastHost(window)
    toast = host.show("<img src='x'> " + "word " * 80)
    assert toast.width() < window.width()
    assert toast._label.textFormat() is Qt.TextFormat.PlainText
    assert toast.accessibleName().startswith("<img")
    toast.dismiss()


# -- command palette


@pytest.fixture
def palette(window: Window) -> CommandPalette:
    made = CommandPalette(window)
    actions = []
    for text, keys, enabled in (
        ("&Ask the model…", "Ctrl+Return", True),
        ("Add evidence", "Ctrl+E", True),
        ("Escalate ticket", "", True),
        ("Switched off", "", False),
    ):
        action = QAction(text, window)
        action.setShortcut(QKeySequence(keys))
        action.setEnabled(enabled)
        action.triggered.connect(window.undo)
        actions.append(action)
    made.set_actions(actions)
    return made


def field(palette: CommandPalette) -> SearchField:
    found = palette.findChild(SearchField)
    assert found is not None
    return found


def test_ctrl_k_opens_the_palette_with_all_enabled_commands(
    window: Window, palette: CommandPalette, qtbot: QtBot
) -> None:
    QTest.keyClick(window.edit, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert palette.isVisible()
    assert field(palette).hasFocus()
    assert palette.shown() == ["Ask the model", "Add evidence", "Escalate ticket"]


def test_typing_filters_and_enter_runs_where_the_focus_was(
    window: Window, palette: CommandPalette, qtbot: QtBot
) -> None:
    palette.toggle()
    QTest.keyClicks(field(palette), "adev")
    assert palette.shown() == ["Add evidence"]
    QTest.keyClick(field(palette), Qt.Key.Key_Return)
    assert window.done == ["undo"]
    assert not palette.isVisible()
    assert window.edit.hasFocus()
    assert palette.recent() == ("Add evidence",)
    palette.toggle()
    assert palette.shown()[0] == "Add evidence"


def test_arrows_go_round_and_escape_first_empties_nothing_but_closes(
    window: Window, palette: CommandPalette, qtbot: QtBot
) -> None:
    palette.toggle()
    QTest.keyClick(field(palette), Qt.Key.Key_Up)
    assert palette.items.currentRow() == 2
    QTest.keyClick(field(palette), Qt.Key.Key_Down)
    assert palette.items.currentRow() == 0
    QTest.keyClicks(field(palette), "x")
    QTest.keyClick(field(palette), Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert window.edit.hasFocus()


def test_it_closes_when_the_focus_goes_elsewhere(window: Window, palette: CommandPalette) -> None:
    palette.toggle()
    window.edit.setFocus(Qt.FocusReason.MouseFocusReason)
    assert not palette.isVisible()
    assert window.edit.hasFocus()


def test_nothing_found_is_said_and_enter_does_nothing(
    window: Window, palette: CommandPalette, qtbot: QtBot
) -> None:
    palette.toggle()
    QTest.keyClicks(field(palette), "qqq")
    assert palette.shown() == []
    assert palette.nothing.isVisible()
    QTest.keyClick(field(palette), Qt.Key.Key_Return)
    assert window.done == []
    palette.close_picker()


def test_recent_commands_can_be_restored(palette: CommandPalette) -> None:
    palette.set_recent(["Escalate ticket", "gone"])
    palette.toggle()
    assert palette.shown()[0] == "Escalate ticket"
    palette.close_picker()


# -- fuzzy


@pytest.mark.parametrize(
    ("wanted", "better", "worse"),
    [
        ("ae", "Add evidence", "Search everything"),
        ("esc", "Escalate ticket", "Desk actions"),
        ("set", "Settings", "Reset all"),
        ("add", "Add evidence", "Add evidence to this ticket"),
        ("gi", "Go to insights", "Again"),
    ],
)
def test_beginnings_of_words_and_runs_count_most(wanted: str, better: str, worse: str) -> None:
    high, low = score(wanted, better), score(wanted, worse)
    assert high is not None
    assert low is None or high > low


def test_letters_must_all_occur_in_their_order() -> None:
    assert score("ba", "ab") is None
    assert score("aa", "a") is None
    assert score("", "anything") is not None
    assert score("A B", "ab") is not None
