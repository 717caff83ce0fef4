"""The console inside the test's own process, on a folder of its own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from copilot.__main__ import main
from tests.helpers.program import Run

Console = Callable[..., Run]


@pytest.fixture
def console(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> Console:
    """Run a command with the fake engine."""

    def run(*arguments: str) -> Run:
        capsys.readouterr()
        try:
            code = main(["--data-dir", str(data_dir), "--engine", "fake", *arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
        printed = capsys.readouterr()
        return Run(code, printed.out, printed.err)

    return run


@pytest.fixture
def filled(console: Console, tmp_path: Path) -> Console:
    """Have two tickets on the desk: INC-1, with a thread, and INC-2."""
    file = tmp_path / "desk.json"
    file.write_text(
        """[
        {"number": "INC-1", "title": "Printer offline", "body": "It says 0x0000011b since Monday.",
         "requester_name": "Dana Whitfield", "priority": "P1", "status": "new",
         "messages": [{"author": "Dana Whitfield", "text": "Still offline.", "from_requester": true}]},
        {"number": "INC-2", "title": "VPN drops", "body": "Every hour.", "priority": "P3"}
        ]""",
        encoding="utf-8",
    )
    assert console("tickets", "import", str(file)).code == 0
    return console
