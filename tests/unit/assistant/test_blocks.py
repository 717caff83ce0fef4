"""An answer's Markdown as text and HTML for other programs."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.assistant.blocks import blocks_of, without_labels
from copilot.domain.rich_text import render
from tests.helpers.hostile import ATTACK, forbidden_in

ANSWER = """## Likely cause

The **spooler** hangs; see `spoolsv.exe`.

1. Restart it:
```cmd
net stop spooler & net start spooler
```
2. Print a *test* page.

- one
  and more
- two [manual](http://x.example/a)
"""


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, bool(attrs)))


def tags(html: str) -> set[tuple[str, bool]]:
    parser = Tags()
    parser.feed(html)
    return set(parser.seen)


ALLOWED = {(tag, False) for tag in ("p", "br", "ul", "ol", "li", "pre", "code", "strong")} | {
    ("ol", True)
}  # its start


def test_an_answer_reads_the_same_both_ways() -> None:
    made = render(blocks_of(ANSWER))
    assert "Likely cause" in made.text
    assert "**" not in made.text
    assert "`" not in made.text
    assert "net stop spooler & net start spooler" in made.text
    assert "- one and more\n- two manual (http://x.example/a)" in made.text
    assert "<p><strong>Likely cause</strong></p>" in made.html
    assert "<code>spoolsv.exe</code>" in made.html
    assert "<pre>net stop spooler &amp; net start spooler</pre>" in made.html
    assert "2. Print a test page." in made.text
    assert '<ol start="2">' in made.html
    assert "<ul><li>one and more</li>" in made.html
    assert tags(made.html) <= ALLOWED


@pytest.mark.parametrize(
    "shape", ["{}", "- {}", "**{}**", "`{}`", "```\n{}\n```", "# {}", "[{}](http://e.example)"]
)
def test_an_attack_is_words(shape: str) -> None:
    made = render(blocks_of(shape.replace("{}", ATTACK)))
    assert tags(made.html) <= ALLOWED
    assert forbidden_in(made.text) == set()
    assert forbidden_in(made.html) == set()


@given(st.text(alphabet="ab*_`#-1. \n>[]()<&!\\", max_size=120))
@settings(max_examples=200, deadline=None)
def test_any_markdown_becomes_allowed_tags_only(markdown: str) -> None:
    made = render(blocks_of(markdown))
    assert tags(made.html) <= ALLOWED


@given(st.text(alphabet="ab*_#-1. \n>&<", max_size=120))
@settings(max_examples=200, deadline=None)
def test_no_word_is_lost(markdown: str) -> None:
    made = render(blocks_of(markdown))
    assert re.sub(r"[^ab]", "", made.text) == re.sub(r"[^ab]", "", markdown)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It hangs [E1].", "It hangs."),
        ("It hangs [E1, E3] and (E2).", "It hangs and."),
        ("See [E1–E3].", "See."),
        ("The printer says (E03).", "The printer says (E03)."),
    ],
)
def test_labels_are_left_out_and_error_codes_kept(text: str, expected: str) -> None:
    assert without_labels(text, {"E1", "E2", "E3"}) == expected
