"""A window comes back where it was, and always where a hand can reach its title bar."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect, QSize

from copilot.ui.shell.placing import GRIP, TITLE, Place, Places, Screen, place_window

LAPTOP = Screen("laptop", QRect(0, 0, 1366, 728))
WIDE = Screen("wide", QRect(1366, 0, 2560, 1400))
BOTH = [LAPTOP, WIDE]


def test_under_the_same_screens_a_window_is_exactly_where_it_was() -> None:
    for rect in (QRect(2000, 200, 1280, 800), QRect(1200, 600, 900, 600), QRect(-100, 10, 1000, 700)):
        for holder in BOTH:
            if holder.area.intersects(QRect(rect.topLeft(), QSize(rect.width(), TITLE))):
                assert place_window(Place(rect, screen=holder), [holder]) == rect


def test_a_window_whose_screen_is_gone_comes_to_the_primary_one() -> None:
    placed = place_window(Place(QRect(2000, 200, 1280, 800), screen=WIDE), [LAPTOP])
    assert LAPTOP.area.contains(placed)
    assert placed.size() == QSize(1280, 728 - TITLE)


def test_a_window_follows_its_screen_to_the_other_side() -> None:
    left = Screen("wide", QRect(-2560, 0, 2560, 1400))
    placed = place_window(Place(QRect(1500, 100, 1000, 800), screen=WIDE), [LAPTOP, left])
    assert placed == QRect(-2426, 100, 1000, 800) or LAPTOP.area.intersects(placed)
    gone = place_window(Place(QRect(3000, 100, 900, 800), screen=WIDE), [LAPTOP, left])
    assert gone == QRect(3000 - 1366 - 2560, 100, 900, 800)


def test_a_screen_of_another_scale_holds_the_whole_window() -> None:
    scaled = Screen("wide", QRect(1366, 0, 1280, 700), 2.0)  # 200 %: half the room in the same pixels
    placed = place_window(Place(QRect(1400, 50, 1280, 1300), screen=WIDE), [LAPTOP, scaled])
    assert scaled.area.contains(placed)


@pytest.mark.parametrize(
    "rect",
    [
        QRect(0, -TITLE, 800, 600),  # the title bar is above the screen
        QRect(1366 - GRIP + 1, 0, 800, 600),  # too little of it at the right
        QRect(-800 + GRIP - 1, 0, 800, 600),  # and at the left
        QRect(0, 728 - TITLE // 2 + 1, 800, 600),  # and at the foot
    ],
)
def test_a_title_bar_out_of_reach_is_brought_back(rect: QRect) -> None:
    placed = place_window(Place(rect, screen=LAPTOP), [LAPTOP])
    assert LAPTOP.area.contains(placed)


screens = st.builds(
    Screen,
    st.sampled_from(["a", "b", "c"]),
    st.builds(
        QRect,
        st.integers(-5000, 5000),
        st.integers(-5000, 5000),
        st.integers(640, 5000),
        st.integers(480, 3000),
    ),
    st.sampled_from([1.0, 1.25, 2.0]),
)
rects = st.builds(
    QRect, st.integers(-9000, 9000), st.integers(-9000, 9000), st.integers(360, 6000), st.integers(300, 4000)
)


@given(rects, st.none() | screens, st.lists(screens, min_size=1, max_size=3))
def test_wherever_it_was_a_hand_finds_enough_of_the_title_bar(
    rect: QRect, was: Screen | None, now: list[Screen]
) -> None:
    placed = place_window(Place(rect, screen=was), now)
    strip = QRect(placed.topLeft(), QSize(placed.width(), TITLE))
    seen = [screen.area.intersected(strip) for screen in now]
    assert any(part.width() >= min(GRIP, placed.width()) and part.height() >= TITLE // 2 for part in seen)
    assert placed.width() <= rect.width()
    assert placed.height() <= rect.height()


def test_each_configuration_of_screens_has_its_own_place() -> None:
    places = Places()
    alone, docked = (
        Place(QRect(10, 10, 900, 600), screen=LAPTOP),
        Place(QRect(1500, 0, 1280, 900), True, WIDE),
    )
    places.keep(alone, [LAPTOP])
    places.keep(docked, BOTH)
    again = Places(places.stored())
    assert again.find([LAPTOP]) == alone
    assert again.find([WIDE, LAPTOP]) == docked  # whichever of them is the primary one
    assert again.find([Screen("new", QRect(0, 0, 800, 600))]) == docked  # kept last
    for n in range(20):
        places.keep(alone, [Screen(f"screen {n}", QRect(0, 0, 800, 600))])
    assert len(places.stored()) == 8


@pytest.mark.parametrize(
    "stored",
    [
        None,
        [],
        "x",
        {"a": None},
        {"a": {"rect": [1, 2]}},
        {"a": {"rect": ["x", 0, 0, 0]}},
        {"a": {"rect": [0, 0, 5, 5]}},
        {"a": {"rect": [0, 0, 500, 500], "screen": ["x"]}},
        {"a": {"rect": [0, 0, 500, 500], "screen": 7}},
        {"a": {"rect": [10**30, 0, 500, 500]}},
    ],
)
def test_a_setting_that_is_no_place_is_none(stored: object) -> None:
    assert Places(stored).find([LAPTOP]) is None
