"""Tokens, contrast, palette, style sheet, icons and the manager."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QIcon, QPalette
from PySide6.QtWidgets import QApplication
from shiboken6 import delete

from copilot.support import paths
from copilot.ui.theme import icons
from copilot.ui.theme.contrast import pairs, ratio
from copilot.ui.theme.manager import Scheme, ThemeManager, current_tokens, follow
from copilot.ui.theme.qss import style_sheet
from copilot.ui.theme.tokens import DARK, LIGHT, Tokens, Tone


@pytest.fixture
def manager(qapp: QApplication) -> Iterator[ThemeManager]:
    font, palette = qapp.font(), qapp.palette()
    made = ThemeManager(qapp)
    yield made
    delete(made)
    qapp.setStyleSheet("")
    qapp.setFont(font)
    qapp.setPalette(palette)


class Follower(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Tokens] = []

    def on_theme(self, tokens: Tokens) -> None:
        self.seen.append(tokens)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_every_pair_that_is_shown_meets_wcag_aa(tokens: Tokens) -> None:
    checked = pairs(tokens)
    low = [
        f"{name}: {ratio(front, back):.2f} < {least}"
        for name, front, back, least in checked
        if ratio(front, back) < least
    ]
    assert len(checked) > 80
    assert not low


def test_contrast_agrees_with_the_values_that_wcag_publishes() -> None:
    assert ratio("#000000", "#ffffff") == pytest.approx(21.0)
    assert ratio("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert ratio("#ffffff", "#767676") == ratio("#767676", "#ffffff")


def test_each_tone_has_ink_and_fill() -> None:
    for tone in Tone:
        assert LIGHT.ink(tone).startswith("#")
        assert DARK.fill(tone).startswith("#")


def test_scaling_enlarges_type_and_leaves_colours_and_distances() -> None:
    large = LIGHT.scaled(2.0)
    assert (large.font_base, large.control, large.row) == (26, 56, 88)
    same = set(Tokens._fields) - {
        "font_small", "font_base", "font_title", "font_large", "font_code", "icon", "control", "row"
    }  # fmt: skip
    assert all(getattr(large, name) == getattr(LIGHT, name) for name in same)


def test_the_style_sheet_leaves_no_placeholder_and_balances_its_braces() -> None:
    sheet = style_sheet(DARK, paths.resources() / "icons", "Mono")
    assert sheet.count("{") == sheet.count("}")
    assert "{{" not in sheet
    assert DARK.accent in sheet


def test_files_that_the_style_sheet_names_exist() -> None:
    for name in ("arrow-fixed", "check-fixed"):
        assert (paths.resources() / "icons" / f"{name}.svg").is_file()


def test_system_scheme_is_light_where_the_system_says_nothing(manager: ThemeManager) -> None:
    assert QApplication.styleHints().colorScheme() is not Qt.ColorScheme.Dark
    assert manager.tokens == LIGHT
    assert current_tokens() == LIGHT


def test_forced_dark_changes_palette_sheet_and_followers(manager: ThemeManager, qapp: QApplication) -> None:
    follower = Follower()
    follow(follower.on_theme)
    manager.set_scheme(Scheme.DARK)
    assert qapp.palette().color(QPalette.ColorRole.Base).name() == DARK.surface
    assert DARK.accent in qapp.styleSheet()
    assert follower.seen == [LIGHT, DARK]
    manager.set_scheme(Scheme.DARK)
    assert len(follower.seen) == 2


def test_text_factor_stays_within_its_limits_and_sets_the_font(
    manager: ThemeManager, qapp: QApplication
) -> None:
    manager.set_text_factor(5)
    assert manager.text_factor == 2.0
    assert qapp.font().pixelSize() == 26
    manager.set_text_factor(0.1)
    assert qapp.font().pixelSize() == 13


def test_a_deleted_follower_is_not_called(manager: ThemeManager) -> None:
    follower = Follower()
    follow(follower.on_theme)
    delete(follower)
    manager.set_scheme(Scheme.DARK)  # a call would raise, which pytest-qt reports
    assert manager.tokens == DARK


def test_without_a_manager_widgets_are_light(qapp: QApplication) -> None:
    follower = Follower()
    follow(follower.on_theme)
    assert follower.seen == [LIGHT]


def test_every_icon_is_a_line_drawing_that_takes_its_colour(qapp: QApplication) -> None:
    names = sorted(file.stem for file in (paths.resources() / "icons").glob("*.svg"))
    assert len(names) >= 40
    for name in names:
        image = icons.pixmap(name, "#ff0000", 40).toImage()
        inked = [
            image.pixelColor(x, y)
            for x in range(40)
            for y in range(40)
            if image.pixelColor(x, y).alpha() == 255
        ]
        assert inked, name
        if not name.endswith("-fixed"):
            assert all((c.red(), c.green(), c.blue()) == (255, 0, 0) for c in inked), name


def test_pixmaps_are_sharp_for_the_pixel_ratio(qapp: QApplication) -> None:
    made = icons.pixmap("inbox", "#000000", 16, 2.0)
    assert made.width() == 32
    assert made.devicePixelRatio() == 2.0


def test_a_disabled_icon_has_its_own_colour(qapp: QApplication) -> None:
    made = icons.icon("stop", "#ff0000", "#00ff00")
    image = made.pixmap(16, QIcon.Mode.Disabled).toImage()
    colours = {image.pixelColor(x, 8).name() for x in range(16) if image.pixelColor(x, 8).alpha() > 200}
    assert colours == {"#00ff00"}


@pytest.mark.parametrize("name", ["nothing-like-it", "../icons/inbox", ""])
def test_an_unknown_icon_is_a_key_error(qapp: QApplication, name: str) -> None:
    with pytest.raises(KeyError):
        icons.pixmap(name, "#000000")
