"""The body of an answer and its blocks of code."""

from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from copilot.ui.theme.manager import Scheme, ThemeManager
from copilot.ui.theme.tokens import DARK
from copilot.ui.widgets.answer_body import AnswerBody
from copilot.ui.widgets.chip import Chip
from copilot.ui.widgets.code_block import CodeBlock
from copilot.ui.widgets.markdown_view import StreamingMarkdownView

ANSWER = """Look first [E3]:

1. The lease:

   ```powershell
   ipconfig /all
   ```

2. Then renew it. It is slow.

```cmd
del /q C:\\Temp\\*
echo done
```

Done.
"""


def rate(code: str, language: str) -> tuple[str, str]:
    return ("destroys", f"Deletes files ({language}).") if "del " in code else ("reads", "")


@pytest.fixture
def body(qtbot: QtBot) -> AnswerBody:
    area = QScrollArea()
    qtbot.addWidget(area)
    area.resize(600, 700)
    area.setWidgetResizable(True)
    pane = QWidget()
    column = QVBoxLayout(pane)
    made = AnswerBody(rate)
    made.kept = area  # type: ignore[attr-defined]
    column.addWidget(made)
    column.addStretch(1)
    area.setWidget(pane)
    area.show()
    return made


def parts(body: AnswerBody) -> list[QWidget]:
    found = [
        w
        for w in body.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if not w.isHidden()
    ]
    return sorted(found, key=lambda w: w.y())


def stream(body: AnswerBody, text: str, size: int, per_flush: int = 2) -> None:
    for count, start in enumerate(range(0, len(text), size)):
        body.append(text[start : start + size])
        if count % per_flush == 0:
            body.flush()
    body.finish()


def shape(body: AnswerBody) -> list[tuple[str, str]]:
    found = []
    for part in parts(body):
        text = part.code() if isinstance(part, CodeBlock) else part.toPlainText()  # type: ignore[attr-defined]
        found.append((type(part).__name__, text))
    return found


def test_text_and_code_alternate_in_the_order_of_the_answer(body: AnswerBody) -> None:
    body.set_markdown(ANSWER)
    assert shape(body) == [
        ("StreamingMarkdownView", "Look first [E3]:\nThe lease:"),
        ("CodeBlock", "ipconfig /all"),
        ("StreamingMarkdownView", "Then renew it. It is slow."),
        ("CodeBlock", "del /q C:\\Temp\\*\necho done"),
        ("StreamingMarkdownView", "Done."),
    ]
    assert body.text() == ANSWER


@pytest.mark.parametrize("size", [1, 3, 11, 4000])
def test_a_stream_ends_up_as_the_same_answer_set_at_once(body: AnswerBody, size: int) -> None:
    stream(body, ANSWER, size)
    streamed = shape(body)
    body.set_markdown("something else")
    body.set_markdown(ANSWER)
    assert shape(body) == streamed


def test_parts_stand_below_each_other_and_the_body_holds_them_all(body: AnswerBody, qtbot: QtBot) -> None:
    stream(body, ANSWER, 4)
    qtbot.waitUntil(lambda: body.width() > 300)
    stacked = parts(body)
    assert len(stacked) == 5
    for above, below in pairwise(stacked):
        assert below.y() >= above.y() + above.height() + 8
    assert body.height() == stacked[-1].y() + stacked[-1].height()
    assert {part.width() for part in stacked} == {body.width()}


def test_code_can_be_copied_and_is_rated_only_once_it_is_complete(body: AnswerBody, qtbot: QtBot) -> None:
    body.append("```cmd\ndel /q C:\\Te")
    body.flush()
    block = body.code_blocks()[0]
    button, chip = block.findChild(QToolButton), block.findChild(Chip)
    assert button is not None
    assert chip is not None
    assert block.code() == "del /q C:\\Te"
    assert (button.isEnabled(), chip.mark) == (False, None)
    body.append("mp\\*\n```\n")
    body.flush()
    assert button.isEnabled()
    assert chip.mark is not None
    assert (chip.mark.text, chip.mark.icon) == ("Destroys", "alert-octagon")
    with qtbot.waitSignal(body.copied) as copied:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert copied.args == ["del /q C:\\Temp\\*"]
    assert QGuiApplication.clipboard().text() == "del /q C:\\Temp\\*"
    assert button.text() == "Copied"
    qtbot.waitUntil(lambda: button.text() == "Copy")


def test_code_that_is_never_closed_ends_with_the_answer(body: AnswerBody) -> None:
    stream(body, "```sh\nls\n", 2)
    chip = body.code_blocks()[0].findChild(Chip)
    assert chip is not None
    assert chip.mark is not None
    assert chip.mark.text == "Reads"


def test_a_long_command_wraps_so_that_its_end_can_be_seen(body: AnswerBody, qtbot: QtBot) -> None:
    body.set_markdown("```sh\nls" + " " * 400 + "; rm -rf /\n```\n\n```sh\nls\n```\n")
    qtbot.waitUntil(lambda: body.width() > 300)
    long, short = body.code_blocks()
    assert long.height() > short.height() + 10  # spaces hang, the command stands on a second line


def test_signals_of_all_parts_come_out_of_the_body(body: AnswerBody, qtbot: QtBot) -> None:
    body.set_markdown(ANSWER)
    view = body.findChildren(StreamingMarkdownView)[0]
    with qtbot.waitSignal(body.evidence_clicked) as clicked:
        view.evidence_clicked.emit("E3")
    assert clicked.args == ["E3"]


def test_marks_find_their_part(body: AnswerBody) -> None:
    stream(body, ANSWER, 5)
    words = "It is slow."
    at = ANSWER.index(words)
    body.set_marks([(at, at + len(words), "unsupported", "Not in the evidence.")])
    tips = {}
    for view in body.findChildren(StreamingMarkdownView):
        cursor = view.document().find("slow")
        if not cursor.isNull():
            tips[view.toPlainText()] = cursor.charFormat().toolTip()
    assert tips == {"Then renew it. It is slow.": "Not in the evidence."}


def test_another_look_reaches_text_that_stands_already(body: AnswerBody, qapp: QApplication) -> None:
    manager = ThemeManager(qapp)
    try:
        late = AnswerBody(rate, body)
        late.set_markdown("See [E1].")
        manager.set_scheme(Scheme.DARK)
        cursor = late.findChildren(StreamingMarkdownView)[0].document().find("E1")
        assert cursor.charFormat().foreground().color().name() == DARK.link
        assert qapp.palette().color(QPalette.ColorRole.Text).name() == DARK.text
    finally:
        delete(manager)


def test_every_part_that_takes_the_focus_has_a_name(body: AnswerBody) -> None:
    body.set_markdown(ANSWER)
    unnamed = [
        w for w in body.findChildren(QWidget)
        if w.focusPolicy() & Qt.FocusPolicy.TabFocus and not w.accessibleName() and not w.isHidden()
    ]  # fmt: skip
    assert not unnamed
