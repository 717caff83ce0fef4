"""What counts as changed, and how much."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.decisions.record import compare, without_citations


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("It fails [E1].", "It fails."),
        ("It fails [E1, E12] now", "It fails now"),
        ("a [E1] [E2] b", "a b"),
        ("[E1] says so", " says so"),
        ("array[1] and [Ex]", "array[1] and [Ex]"),
        ("", ""),
    ],
)
def test_citations_are_taken_out_and_nothing_else(text: str, plain: str) -> None:
    assert without_citations(text) == plain


@pytest.mark.parametrize(
    ("suggested", "kept"),
    [
        ("Restart it [E1].", "Restart it."),
        ("one\ntwo", "one two"),
        (" padded ", "padded\n"),
        ("", ""),
    ],
)
def test_citations_and_white_space_are_no_edit(suggested: str, kept: str) -> None:
    assert compare(suggested, kept) is None


def test_a_changed_word_is_an_edit_with_its_diff() -> None:
    difference = compare("Restart the spooler.\nPrint a page.", "Restart the server.\nPrint a page.")
    assert difference is not None
    # 6 words, 5 of them alike on both sides: 2 * 5 / 12.
    assert difference.similarity == 0.8333
    assert difference.diff.splitlines() == [
        "--- suggested",
        "+++ kept",
        "@@ -1,2 +1,2 @@",
        "-Restart the spooler.",
        "+Restart the server.",
        " Print a page.",
    ]


def test_another_text_altogether_is_not_alike_at_all() -> None:
    difference = compare("alpha beta", "gamma delta")
    assert difference is not None
    assert difference.similarity == 0


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_texts_can_be_compared(suggested: str, kept: str) -> None:
    assert compare(suggested, suggested) is None
    difference = compare(suggested, kept)
    if difference is None:
        assert without_citations(suggested).split() == without_citations(kept).split()
    else:
        assert 0 <= difference.similarity <= 1
