"""What was searched for is found in texts as the index finds it."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.desk.marking import Terms, fold, snippet
from copilot.desk.search import parse
from copilot.domain.query import Query


def marked(typed: str, text: str) -> list[str]:
    return [span.of(text) for span in Terms(parse(typed, "me")).spans(text)]


@pytest.mark.parametrize(
    ("typed", "text", "found"),
    [
        ("print", "Printers do not print; reprint", ["Print", "print"]),
        ("NAIVE uber", "A naïve Überlauf", ["naïve", "Über"]),
        ("toner-cart", "toner cartridge, toner_cart", ["toner cart", "toner_cart"]),
        ('"no network"', "No  network, no networks", ["No  network"]),
        ("INC-1001", "see inc-10017 and INC 1001", ["inc-1001", "INC 1001"]),
        ("status:new vpn", "new VPN", ["VPN"]),
        ("0x8007", "error 0x80070005", ["0x8007"]),
        ("a.b", "a.b a_b ab", ["a.b", "a_b"]),
        ("日本", "in 日本語", ["日本"]),
        ("🖨", "a 🖨 b", []),
        ("vpn vp", "vpn", ["vpn"]),
        ("", "anything", []),
    ],
)
def test_words_are_marked_as_the_index_finds_them(typed: str, text: str, found: list[str]) -> None:
    assert marked(typed, text) == found


@given(st.text(max_size=60))
def test_folding_keeps_every_character_in_its_place(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(words=st.lists(st.text(max_size=8), max_size=4).map(tuple), text=st.text(max_size=80))
def test_any_words_are_looked_for_in_any_text(words: tuple[str, ...], text: str) -> None:
    spans = Terms(Query(words=words, phrases=words)).spans(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(a.end <= b.start for a, b in itertools.pairwise(spans))


def test_a_snippet_is_one_line_around_what_was_found() -> None:
    text = "first line\n" * 20 + "the printer on floor 2\nsays so " + "and so on " * 40
    line = snippet(text, Terms(Query(words=("printer",))))
    assert "the printer on floor 2 says so" in line
    assert line.startswith("… ")
    assert line.endswith(" …")
    assert "\n" not in line
    assert snippet("nothing", Terms(Query(words=("printer",)))) == ""


def test_what_the_row_shows_need_not_be_said_again() -> None:
    terms = Terms(Query(words=("printer", "driver")))
    assert not terms.missing_in(["Printer", "driver v4"])
    rest = terms.missing_in(["Printer"])
    assert rest.spans("printer driver") == Terms(Query(words=("driver",))).spans("printer driver")
