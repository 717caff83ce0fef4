"""The fonts of `tests/fonts` in place of the machine's, so that text has the same width everywhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from PySide6.QtGui import QFont, QFontDatabase

from copilot.ui.theme import manager

FOLDER = Path(__file__).parents[1] / "fonts"


class ShippedFonts:
    """Stands in for QFontDatabase where the theme asks for the system's fonts."""

    SystemFont = QFontDatabase.SystemFont

    @staticmethod
    def systemFont(which: QFontDatabase.SystemFont) -> QFont:
        is_fixed = which is QFontDatabase.SystemFont.FixedFont
        font = QFont("DejaVu Sans Mono" if is_fixed else "DejaVu Sans")
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        font.setStyleStrategy(QFont.StyleStrategy.PreferAntialias | QFont.StyleStrategy.NoSubpixelAntialias)
        return font


@contextmanager
def shipped_fonts() -> Iterator[None]:
    """Let the theme take the shipped fonts."""
    _load()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manager, "QFontDatabase", ShippedFonts)
        yield


@cache
def _load() -> None:
    for path in sorted(FOLDER.glob("*.ttf")):
        assert QFontDatabase.addApplicationFont(str(path)) >= 0, path
