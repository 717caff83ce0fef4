"""What holds for every test of the window: the same style, language and font wherever it runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from copilot.services.bundle import Services
from copilot.ui.bridge.hub import Hub
from tests.helpers.desk import desk


@pytest.fixture(autouse=True)
def plain_desktop(qapp: QApplication) -> Iterator[None]:
    """Take style, palette, font, style sheet and locale back to the same start for every test."""
    style, font, palette, locale = qapp.style().objectName(), qapp.font(), qapp.palette(), QLocale()
    qapp.setStyle("Fusion")
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    yield
    qapp.setStyleSheet("")
    qapp.setPalette(palette)
    qapp.setFont(font)
    qapp.setStyle(style)
    QLocale.setDefault(locale)
    for texts in qapp.findChildren(QTranslator):
        qapp.removeTranslator(texts)
        texts.deleteLater()


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    """Real services on the sample desk, with the fake engine's default script."""
    with desk(tmp_path / "data", script="default") as opened:
        yield opened


@pytest.fixture
def hub(qapp: QApplication, services: Services) -> Iterator[Hub]:
    """The hub of a window; its threads end before the services close."""
    made = Hub(services)
    yield made
    made.close()
    made.deleteLater()
