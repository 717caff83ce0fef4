"""A person is found where they stand, and nowhere else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.domain.redaction import MASK, PersonMask

ZOE = PersonMask(["Zoë Marker-Person"], ["zoe.marker@example.org"])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Zoë Marker-Person called", f"{MASK} called"),
        ("zoë  marker-person\ncalled", f"{MASK}\ncalled"),
        ("Zoe\u0308 Marker-Person", MASK),  # the same letters, composed another way
        ("- Zoë\nMarker-Person's PC", f"- {MASK}'s PC"),
        ("<zoe.marker@example.org>", f"<{MASK}>"),
        ("ZOE.MARKER@EXAMPLE.ORG.", f"{MASK}."),
        ("log_Zoë Marker-Person_2.txt", f"log_{MASK}_2.txt"),
        ("Ann-Zoë Marker-Person", None),
        ("Zoë Marker-Person-Smith", None),
        ("Zoë Marker-Persons", None),
        ("a.zoe.marker@example.org", None),
        ("zoe.marker@example.org.uk", None),
        ("Zoë", None),
        ("", None),
    ],
)
def test_running_text_is_masked_where_it_names_the_person(before: str, after: str | None) -> None:
    assert ZOE.text(before) == (before if after is None else after)
    assert ZOE.mentions(before) == (after is not None)


def test_a_name_of_one_word_is_masked_alone_but_not_amid_a_text() -> None:
    will = PersonMask(["Will"])
    assert will.text(" will ") == MASK
    assert will.text("Will it boot? Will says no.") == "Will it boot? Will says no."
    assert will.left("Will it boot? Will says no.") == 2
    assert will.name("Note by Will") == f"Note by {MASK}"
    assert PersonMask(["Weiß"]).name("Note by Weiß") == f"Note by {MASK}"


def test_texts_within_json_are_masked_and_nothing_else_of_it() -> None:
    before = '[ ["ticket", 7, {"assignee": "zoë marker-person", "title": "for Zoë Marker-Person"}] ]'
    after = json.loads(ZOE.document(before))
    assert after == [["ticket", 7, {"assignee": MASK, "title": f"for {MASK}"}]]
    untouched = '{ "a" : "Zoë" }'
    assert ZOE.document(untouched) == untouched
    assert ZOE.document("no json of Zoë Marker-Person") == f"no json of {MASK}"


def test_nobody_is_found_without_a_name() -> None:
    nobody = PersonMask(["", "  "], [""])
    assert (nobody.text("a"), nobody.name(""), nobody.mentions(""), nobody.left("a")) == ("a", "", False, 0)


@given(
    st.text(max_size=30),
    st.text(max_size=30),
    st.text(min_size=1, max_size=20).filter(lambda name: name.strip() and MASK not in name),
)
def test_what_was_masked_once_stays(before: str, after: str, name: str) -> None:
    mask = PersonMask([name])
    once = mask.text(f"{before} {name} {after}")
    assert mask.text(once) == once or name.strip().casefold() in MASK
