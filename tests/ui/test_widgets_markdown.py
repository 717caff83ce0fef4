"""Streamed Markdown: splitting, rendering, marks, links, safety."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QTextCharFormat, QTextDocument
from PySide6.QtWidgets import QTextBrowser, QTextEdit, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from copilot.ui.widgets.markdown_text import BlockSplitter, FenceSplitter, PieceKind, keep_labels
from copilot.ui.widgets.markdown_view import StreamingMarkdownView
from copilot.ui.widgets.markdown_writer import evidence_label
from copilot.ui.widgets.stream_cost import plain_cost, stream_cost

ANSWER = """## Likely cause

The DNS server on **LT-4471** is `10.0.0.53` [E3]. It is old.
Priya sees the same [E5, E7].

1. Compare the lease.
2. Renew it:

   then wait.
10. Ask.

- a point
  - below it

| Check | Seen |
|---|---|
| ping | [E2] |

> Quoted words.

---

Done 😀 at last. It is new.
"""

PIECES = st.lists(
    st.sampled_from(
        [
            "word ",
            "**b** ",
            "`c` ",
            "[E1] ",
            "\n",
            "\n\n",
            "# h\n",
            "- i\n",
            "1. n\n",
            "  x",
            "```\n",
            "~~~sh\n",
            "> q\n",
            "|a|b|\n",
        ]
    ),
    max_size=40,
)


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.show()
    return made


def view(window: QWidget) -> StreamingMarkdownView:
    made = StreamingMarkdownView(window)
    made.resize(500, 100)
    made.show()
    return made


def red_pixels(widget: QWidget) -> int:
    image = widget.grab().toImage()
    return sum(
        image.pixelColor(x, y).name() == "#ff0000"
        for x in range(image.width())
        for y in range(image.height())
    )


def red_file(folder: Path) -> Path:
    image = QImage(60, 60, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    image.save(str(folder / "red.png"))
    return folder / "red.png"


def stream(target: StreamingMarkdownView, text: str, size: int = 4, per_flush: int = 3) -> None:
    for count, start in enumerate(range(0, len(text), size)):
        target.append(text[start : start + size])
        if count % per_flush == 0:
            target.flush()
    target.finish()


def looks(document: QTextDocument) -> list[tuple[str, int, str, int]]:
    found = []
    block = document.begin()
    while block.isValid():
        marker = block.textList().itemText(block) if block.textList() else ""
        found.append(
            (
                block.text(),
                block.blockFormat().headingLevel(),
                marker,
                int(block.blockFormat().bottomMargin()),
            )
        )
        block = block.next()
    return found


def style_of(target: StreamingMarkdownView, words: str) -> QTextCharFormat:
    cursor = target.document().find(words, 0, QTextDocument.FindFlag.FindCaseSensitively)
    assert not cursor.isNull(), words
    return cursor.charFormat()


@given(PIECES, st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_blocks_and_tail_add_up_to_the_text_however_it_is_cut(
    pieces: list[str], chance: random.Random
) -> None:
    text = "".join(pieces)
    whole, bits = BlockSplitter(), BlockSplitter()
    at_once = whole.feed(text)
    one_by_one: list[str] = []
    start = 0
    while start < len(text):
        end = start + chance.randint(1, 5)
        one_by_one += bits.feed(text[start:end])
        start = end
    assert one_by_one == at_once
    assert bits.tail == whole.tail
    assert "".join([*at_once, whole.tail]).split() == text.split()


@pytest.mark.parametrize(
    ("text", "done", "tail"),
    [
        ("A line\nand more\n", [], "A line\nand more\n"),
        ("A line\n\nnext", ["A line\n\n"], "next"),
        ("# Head\n", ["# Head\n"], ""),
        ("- a\n- b\n", ["- a\n"], "- b\n"),
        ("- a\n\n", [], "- a\n\n"),
        ("- a\n\n  more", [], "- a\n\n  more"),
        ("- a\n\nn", ["- a\n\n"], "n"),
        ("```\na\n\nb\n", [], "```\na\n\nb\n"),
        ("```\na\n\nb\n```\n", ["```\na\n\nb\n```\n"], ""),
        ("|a|\n|-|\n|b|\n\n", ["|a|\n|-|\n|b|\n\n"], ""),
    ],
)
def test_a_block_is_finished_when_nothing_can_change_it(text: str, done: list[str], tail: str) -> None:
    splitter = BlockSplitter()
    assert splitter.feed(text) == done
    assert splitter.tail == tail


@given(PIECES, st.integers(1, 6))
@settings(max_examples=100, deadline=None)
def test_fences_are_found_however_the_text_is_cut(pieces: list[str], size: int) -> None:
    text = "".join(pieces)

    def joined(step: int) -> tuple[list[tuple[str, str]], int]:
        splitter = FenceSplitter()
        found = [piece for i in range(0, len(text), step) for piece in splitter.feed(text[i : i + step])]
        found += splitter.end()
        merged: list[tuple[str, str]] = []
        for piece in found:
            kind = piece.kind.value
            if merged and merged[-1][0] == kind and kind in ("text", "code"):
                merged[-1] = (kind, merged[-1][1] + piece.text)
            else:
                merged.append((kind, piece.text))
        return merged, found[-1].end if found else 0

    assert joined(size) == joined(len(text) or 1)
    assert joined(size)[1] == len(text)


def test_code_in_a_list_item_loses_the_indentation_of_its_fence() -> None:
    pieces = FenceSplitter().feed("1. Run\n\n   ```sh\n   a\n     b\n   ```\n   then wait\n2. Next\n")
    assert [(piece.kind, piece.text) for piece in pieces] == [
        (PieceKind.TEXT, "1. Run\n\n"),
        (PieceKind.OPEN, "sh"),
        (PieceKind.CODE, "a\n  b\n"),
        (PieceKind.CLOSE, ""),
        (PieceKind.TEXT, "then wait\n2. Next\n"),
    ]


def test_a_label_with_a_colon_is_not_swallowed_as_a_link_definition(window: QWidget) -> None:
    shown = view(window)
    shown.set_markdown("[E1]: timeout\n")
    assert shown.toPlainText() == "[E1]: timeout"
    assert keep_labels("```\n[E1]: x\n```\n") == "```\n[E1]: x\n```\n"


def test_a_streamed_answer_ends_up_as_the_same_answer_set_at_once(window: QWidget) -> None:
    streamed, whole = view(window), view(window)
    whole.set_markdown(ANSWER)
    for size, per_flush in ((1, 1), (4, 3), (7, 50), (5000, 1)):
        streamed = view(window)
        stream(streamed, ANSWER, size, per_flush)
        assert looks(streamed.document()) == looks(whole.document())
        assert streamed.text() == ANSWER


@given(PIECES)
@settings(max_examples=60, deadline=None)
def test_any_streamed_text_ends_up_as_the_same_text_set_at_once(pieces: list[str]) -> None:
    text = "".join(pieces)
    window = QWidget()
    streamed, whole = StreamingMarkdownView(window), StreamingMarkdownView(window)
    try:
        stream(streamed, text)
        whole.set_markdown(text)
        assert looks(streamed.document()) == looks(whole.document())
    finally:
        delete(window)


def test_finished_blocks_are_formatted_while_the_tail_is_still_plain(window: QWidget) -> None:
    shown = view(window)
    shown.append("**bold** words\n\n**half")
    shown.flush()
    assert shown.toPlainText() == "bold words\n**half"
    shown.append(" done**")
    shown.finish()
    assert shown.toPlainText() == "bold words\nhalf done"


def test_the_timer_shows_the_text_and_then_rests(qtbot: QtBot, window: QWidget) -> None:
    shown = view(window)
    shown.append("Hello")
    assert shown.toPlainText() == ""
    qtbot.waitUntil(lambda: shown.toPlainText() == "Hello")
    assert not shown._timer.isActive()


def test_lists_keep_their_numbers_and_tables_their_cells(window: QWidget) -> None:
    shown = view(window)
    stream(shown, ANSWER)
    markers = {text: marker for text, _, marker, _ in looks(shown.document()) if marker}
    assert markers["Compare the lease."] == "1."
    assert markers["Ask."] == "3."  # Markdown counts on, whatever the source says
    assert "ping" in shown.toPlainText()


def test_it_is_as_tall_as_its_text_at_any_width(window: QWidget) -> None:
    shown = view(window)
    shown.set_markdown("word " * 200)
    wide = shown.height()
    shown.resize(200, shown.height())
    assert shown.height() > wide * 2
    assert shown.height() >= shown.document().size().height()


def test_the_address_of_a_link_is_shown_as_text(window: QWidget) -> None:
    """A tooltip that takes it for HTML could show another address, or fetch a picture."""
    shown = view(window)
    shown.set_markdown("[site](https://x.example/?a=&lt;b&gt;bold&lt;/b&gt;&amp;c=&lt;img)")
    tip = style_of(shown, "site").toolTip()
    assert tip
    document = QTextDocument()
    document.setHtml(tip)
    assert document.toPlainText() == style_of(shown, "site").anchorHref()


def test_citations_are_links_and_other_links_are_only_reported(qtbot: QtBot, window: QWidget) -> None:
    shown = view(window)
    shown.set_markdown("Fact [E3], more [E5, E7], `[E9]`, [site](https://example.org).")
    assert style_of(shown, "[E3]").anchorHref() == "evidence:E3"
    assert style_of(shown, "E7").anchorHref() == "evidence:E7"
    assert not style_of(shown, "[E9]").isAnchor()
    assert style_of(shown, "site").toolTip() == "<span>https://example.org</span>"
    with qtbot.waitSignal(shown.evidence_clicked) as clicked:
        shown.anchorClicked.emit(QUrl("evidence:E5"))
    assert clicked.args == ["E5"]
    with qtbot.assertNotEmitted(shown.evidence_clicked), qtbot.waitSignal(shown.link_clicked) as followed:
        shown.anchorClicked.emit(QUrl("https://example.org"))
    assert followed.args == ["https://example.org"]
    assert not shown.openLinks()


@pytest.mark.parametrize(
    "address", ["evidence:", "evidence:../E3", "evidence:E3/x", "javascript:E3", "E3", "evidence:E12345678"]
)
def test_only_a_plain_label_is_evidence(address: str) -> None:
    assert evidence_label(address) is None


def test_html_stays_text_and_images_are_never_read(window: QWidget, tmp_path: Path) -> None:
    file = red_file(tmp_path)
    shown = view(window)
    hostile = f"<b>x</b> <img src='{file.as_uri()}'>\n\n![pic]({file.as_uri()})\n\n![][r]\n\n[r]: {file}\n"
    for fill in (shown.set_markdown, lambda text: stream(shown, text)):
        fill(hostile)
        assert "<b>x</b> <img" in shown.toPlainText()
        assert "[image: pic]" in shown.toPlainText()
        assert "\ufffc" not in shown.toPlainText()
        assert red_pixels(shown) == 0


def test_a_picture_that_gets_in_after_all_is_not_read_either(
    qtbot: QtBot, window: QWidget, tmp_path: Path
) -> None:
    file = red_file(tmp_path)
    shown, nothing = view(window), QTextBrowser()
    qtbot.addWidget(nothing)
    nothing.resize(200, 200)
    nothing.show()
    for widget in (shown, nothing):
        widget.document().setMarkdown(f"![pic]({file.as_uri()})")
    assert red_pixels(shown) == 0
    assert red_pixels(nothing) > 0  # Qt's own widget reads it: the test can tell


def test_a_selection_survives_the_stream(window: QWidget) -> None:
    shown = view(window)
    shown.append("First paragraph stands.\n\nSecond **one** grows")
    shown.flush()
    cursor = shown.document().find("paragraph")
    shown.setTextCursor(cursor)
    shown.append(" and grows.\n\nThird.\n\n")
    shown.flush()
    assert shown.textCursor().selectedText() == "paragraph"
    shown.selectAll()
    everything = shown.textCursor().selectedText()
    shown.append("Fourth")
    shown.flush()
    assert shown.textCursor().selectedText() == everything
    shown.setTextCursor(shown.document().find("Fourth"))
    shown.append(" and last.\n\n")
    shown.finish()
    assert shown.textCursor().selectedText() == "Fourth"


def test_nothing_is_selected_by_the_stream_itself(window: QWidget) -> None:
    shown = view(window)
    stream(shown, ANSWER)
    assert not shown.textCursor().hasSelection()


def test_marks_show_after_the_end_and_survive_a_new_look(window: QWidget) -> None:
    shown = view(window)
    first, second = "It is old.", "It is new."
    marks = [
        (ANSWER.index(first), ANSWER.index(first) + len(first), "unsupported", "No evidence says so."),
        (ANSWER.index(second), ANSWER.index(second) + len(second), "general", ""),
        (0, 4, "unsupported", "not words of the text"),
    ]
    for start in range(0, len(ANSWER), 9):
        shown.append(ANSWER[start : start + 9])
    shown.set_marks(marks)
    shown.finish()
    dotted = QTextCharFormat.UnderlineStyle.DotLine
    for _ in range(2):
        assert style_of(shown, "It is old").underlineStyle() is dotted
        assert style_of(shown, "It is old").toolTip() == "No evidence says so."
        assert (
            style_of(shown, "It is new").underlineStyle() is not dotted
        )  # behind a character of two UTF-16 units
        assert (
            style_of(shown, "It is new").foreground().color() != style_of(shown, "Priya").foreground().color()
        )
        assert style_of(shown, "Priya").underlineStyle() is not dotted
        shown._rewrite()
    shown.set_marks([])
    assert style_of(shown, "It is old").underlineStyle() is not dotted


def test_the_wheel_is_left_to_the_pane_around_it(window: QWidget) -> None:
    shown = view(window)
    assert shown.verticalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    assert shown.focusPolicy() != Qt.FocusPolicy.NoFocus
    assert shown.accessibleName()


def test_the_cost_of_a_stream_can_be_measured(qtbot: QtBot, window: QWidget) -> None:
    shown, edit = view(window), QTextEdit()
    edit.setParent(window)
    tokens = [ANSWER[start : start + 4] for start in range(0, len(ANSWER), 4)]
    assert stream_cost(shown, tokens) > 0
    assert plain_cost(edit, tokens) > 0
    assert shown.text() == edit.toPlainText() == ANSWER
