"""Every screen looks as it does in `tests/golden`, light and dark.

`COPILOT_GOLDEN=write pytest tests/ui/test_golden.py` writes the pictures anew.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from copilot.ui.theme.manager import Scheme
from tests.helpers.pictures import difference, differing, is_same, save_small
from tests.helpers.screens import SCREENS, Screen, every_screen, picture_at_rest, shown
from tests.helpers.window import Page

pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support"),  # offscreen has no window manager
    pytest.mark.skipif(not hasattr(time, "tzset"), reason="times are shown in the machine's own zone"),
]

FOLDER = Path(__file__).parents[1] / "golden"
SCHEMES = (Scheme.LIGHT, Scheme.DARK)
LARGEST = 100_000  # bytes
IS_WRITING = os.environ.get("COPILOT_GOLDEN") == "write"


def picture(page: Page, widget: QWidget, scheme: Scheme) -> QImage:
    page.window._theme.set_scheme(scheme)
    return picture_at_rest(page, widget)


@every_screen
def test_it_looks_as_before(
    qtbot: QtBot, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, screen: Screen
) -> None:
    complaints = []
    with shown(qtbot, tmp_path, tmp_path_factory, screen) as (page, widget):
        for scheme in SCHEMES:
            actual = picture(page, widget, scheme)
            golden = FOLDER / f"{screen.name}-{scheme}.png"
            if IS_WRITING:
                save_small(actual, golden)
                continue
            expected = QImage(str(golden))
            if expected.isNull():
                complaints.append(f"{golden.name} is not there")
            elif not is_same(expected, actual):
                seen, marked = tmp_path / f"actual-{golden.name}", tmp_path / f"difference-{golden.name}"
                save_small(actual, seen)
                save_small(difference(expected, actual), marked)
                count = len(differing(expected, actual))
                complaints.append(f"{golden.name}: {count} blocks differ; see {seen} and {marked}")
    assert complaints == []


def test_there_is_a_picture_of_every_screen_and_no_other() -> None:
    wanted = {f"{screen.name}-{scheme}.png" for screen in SCREENS for scheme in SCHEMES}
    assert {path.name for path in FOLDER.glob("*")} == wanted
    assert [path.name for path in FOLDER.glob("*") if path.stat().st_size >= LARGEST] == []


def sample(at: tuple[int, int] = (40, 40), colour: str = "#3457d5", shift: float = 0) -> QImage:
    image = QImage(400, 240, QImage.Format.Format_RGB32)
    image.fill(QColor("#ffffff"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(*at, 90, 28, 6, 6)
    painter.translate(shift, shift)
    painter.drawLine(40, 160, 300, 200)
    painter.end()
    return image


@pytest.mark.parametrize(
    "other",
    [sample, lambda: sample(shift=0.3)],
    ids=["nothing", "a third of a pixel"],
)
def test_pictures_that_show_the_same(qapp: QApplication, other: Callable[[], QImage]) -> None:
    assert is_same(sample(), other())


@pytest.mark.parametrize(
    "other",
    [
        lambda: sample((44, 40)),
        lambda: sample((40, 42)),
        lambda: sample(colour="#4d6fe0"),
        lambda: sample().copy(0, 0, 399, 240),
    ],
    ids=["moved to the right", "moved down", "another colour", "another size"],
)
def test_pictures_that_do_not(qapp: QApplication, other: Callable[[], QImage]) -> None:
    assert not is_same(sample(), other())
