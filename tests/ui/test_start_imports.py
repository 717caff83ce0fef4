"""What a start imports before its list is on screen: a count of work that no busy machine can blur."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.helpers.desk import desk
from tests.helpers.paths import ROOT

# Parts of the program that come later, and libraries that only they need: from 1 to 60 ms each.
LATER = {
    "copilot.assistant",
    "copilot.coach",
    "copilot.connectors",
    "copilot.console.ask",
    "copilot.console.models",
    "copilot.decisions",
    "copilot.desk.importing",
    "copilot.domain.conversation",
    "copilot.domain.evidence",
    "copilot.domain.ticket",
    "copilot.inference",
    "copilot.services.ask",
    "copilot.services.tickets",
    "copilot.ui.ask",
    "copilot.ui.bridge.answers",
    "copilot.ui.desk.case_pane",
    "copilot.ui.desk.list_empty",
    "copilot.ui.desk.row_menu",
    "copilot.ui.settings",
    "copilot.ui.shell.compact",
    "copilot.ui.shell.life",
    "copilot.ui.shell.popouts",
    "copilot.ui.shell.server",
    "copilot.ui.shell.start_error",
    "copilot.ui.shell.tray",
    "copilot.ui.widgets.command_palette",
    "copilot.ui.widgets.toast",
    "difflib",
    "html",
    "httpx",
    "keyring",
    "llama_cpp",
    "msgspec",
    "psutil",
    "socket",
    "yaml",
    "PySide6.QtNetwork",
}
# Classes that PySide makes when something first touches them, each with hundreds of names.
LATER_IN_QT = {"QAccessible", "QDialog", "QGradient", "QMessageBox", "QStyle"}

# The program without a command, up to the moment when it says that its list is filled.
START = """
import json, os, sys
import copilot.app
from copilot.__main__ import main

def run_window(opening, request):
    from copilot.ui.application import application, make_window
    from copilot.ui.desk.row_delegate import TicketRowDelegate

    painted = set()
    paint = TicketRowDelegate.paint

    def counting(self, painter, option, index):
        paint(self, painter, option, index)
        painted.add(index.row())

    def report():
        qt = [name for part in ("QtGui", "QtWidgets") for name in vars(sys.modules["PySide6." + part])]
        print(json.dumps({"rows": len(painted), "modules": sorted(sys.modules), "qt": qt}), flush=True)
        os._exit(0)

    TicketRowDelegate.paint = counting
    app = application(sys.argv[:1])
    window = make_window(app, opening.services)
    window.sidebar.filled.disconnect()
    window.sidebar.filled.connect(report)
    window.show()
    app.exec()

copilot.app.run_window = run_window
main(["--engine", "fake", "--data-dir", sys.argv[1]])
"""


def test_the_list_is_painted_before_anything_else_is_imported(tmp_path: Path) -> None:
    with desk(tmp_path):
        pass
    start = subprocess.run(
        [sys.executable, "-c", START, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    seen = json.loads(start.stdout)
    assert seen["rows"] > 5
    assert LATER & set(seen["modules"]) == set()
    assert LATER_IN_QT & set(seen["qt"]) == set()
