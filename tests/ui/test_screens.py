"""Every screen of the registry comes up."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.helpers.screens import Screen, every_screen, shown

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@every_screen
def test_up(qtbot: QtBot, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, screen: Screen) -> None:
    with shown(qtbot, tmp_path, tmp_path_factory, screen) as (_, widget):
        assert widget.isVisible()
