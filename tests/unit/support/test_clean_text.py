"""Hostile text loses what steers a terminal or hides, and nothing else."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.support.text import clean, one_line

FORBIDDEN = {*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0))} - {"\n", "\t"}
FORBIDDEN |= set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u200b\ufeff\u00ad")

STEERING = "\x1b[]()0;31mHJ\x07\x9b\x9d\\PX^_\n\r\u202e\u200bé e\u0301"
TROUBLE = st.text(st.one_of(st.sampled_from(STEERING), st.characters(exclude_categories=())))


@pytest.mark.parametrize(
    ("hostile", "plain"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[2J\x1b[1;1Hcleared", "cleared"),
        ("\x1b]0;new title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bcreset", "creset"),
        ("\x9b31mred", "31mred"),
        ("be\x07ll\x00 nul\x08", "bell nul"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("pass\u200bword", "password"),
        ("one\r\ntwo\rthree\n", "one\ntwo\nthree\n"),
        ("tab\tstays", "tab\tstays"),
        ("half \ud83d pair", "half \ufffd pair"),
        ("\ud83d\udda8", "🖨"),
        ("e\u0301", "é"),
        ("👩‍💻 עברית العربية", "👩‍💻 עברית العربية"),
    ],
)
def test_what_steers_or_hides_is_taken_out(hostile: str, plain: str) -> None:
    assert clean(hostile) == plain


@pytest.mark.parametrize("start", ["\x1b]", "\x1b]0;title", "\x1b[", "\x9d", "\x1bP"])
def test_an_escape_without_an_end_does_not_take_the_text_along(start: str) -> None:
    assert clean(f"{start}\nthe log goes on\nto its end\x07").endswith("\nthe log goes on\nto its end")


@given(TROUBLE)
def test_nothing_forbidden_is_left_and_cleaning_again_changes_nothing(text: str) -> None:
    cleaned = clean(text)
    assert not FORBIDDEN & set(cleaned)
    assert clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    cleaned.encode("utf-8")


@given(TROUBLE, st.integers(min_value=1, max_value=40))
def test_one_line_is_one_line_and_no_longer_than_told(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert line.splitlines() in ([line], [])
    assert line == line.strip()


def test_a_line_that_is_cut_says_so() -> None:
    assert one_line("one\n two   three", 100) == "one two three"
    assert one_line("one two three", 8) == "one two…"
