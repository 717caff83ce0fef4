"""The arrows between the rooms hold, and the tools that guard them do catch a violation of each kind."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.helpers.paths import PACKAGE, RESOURCES, ROOT, TESTS, python_files

LONGEST_FILE = 600  # lines
RESOURCE_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
# Fixed by others: gettext's folder and its locale names, and what licences call themselves.
FOREIGN_NAME = re.compile(r"LC_MESSAGES|[a-z]{2,3}(_[A-Z]{2})?|README\.md|LICEN[CS]E.*|NOTICE.*")

# Each is one line planted at the end of a module that exists.
VIOLATIONS = {
    "a room imports the room beside it": ("desk/sla.py", "import copilot.coach"),
    "a room imports services": ("storage/__init__.py", "import copilot.services.deps"),
    "domain imports a room": ("domain/span.py", "import copilot.desk.search"),
    "support imports domain": ("support/ids.py", "import copilot.domain.span"),
    "console imports ui": ("console/__init__.py", "import copilot.ui"),
    "ui skips to a room": ("ui/__init__.py", "import copilot.desk.search"),
    "console skips to a room": ("console/__init__.py", "import copilot.storage"),
    "Qt in services": ("services/__init__.py", "import PySide6.QtCore"),
    "Qt in a room": ("inference/__init__.py", "import shiboken6"),
    "llama_cpp outside the worker": ("assistant/__init__.py", "import llama_cpp"),
}
NETWORK_IMPORTS = (
    "import httpx",
    "import socket",
    "import ssl",
    "import urllib.request",
    "import http.client",
    "from urllib.request import urlopen",
    "from PySide6.QtNetwork import QNetworkAccessManager",
    "from PySide6.QtNetwork import QTcpSocket",
)


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONUTF8": "1", "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    return run(folder, "-c", program)


def copy_of_the_package(folder: Path) -> Path:
    shutil.copytree(PACKAGE, folder / "copilot", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def plant(folder: Path, module: str, line: str) -> str:
    """Add `line` to `module` and return how import-linter names the forbidden import."""
    path = folder / "copilot" / module
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    importer = "copilot." + module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    imported = line.split()[1]
    return f"{importer} -> {imported if imported.startswith('copilot') else imported.split('.')[0]}"


def too_long(paths: Iterable[Path]) -> list[str]:
    counted = ((path, len(path.read_text(encoding="utf-8").splitlines())) for path in paths)
    return [f"{path}: {lines} lines" for path, lines in counted if lines > LONGEST_FILE]


def misnamed(folder: Path) -> list[str]:
    return [
        str(path)
        for path in sorted(folder.rglob("*"))
        if not RESOURCE_NAME.fullmatch(path.name) and not FOREIGN_NAME.fullmatch(path.name)
    ]


def test_the_arrows_between_the_rooms_hold() -> None:
    outcome = lint_imports(ROOT)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert " 0 broken" in outcome.stdout


@pytest.fixture(scope="module")
def report_on_planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, str]]:
    """Plant every violation in one copy and return what import-linter says, and what it should name."""
    folder = copy_of_the_package(tmp_path_factory.mktemp("planted"))
    named = {kind: plant(folder, module, line) for kind, (module, line) in VIOLATIONS.items()}
    outcome = lint_imports(folder)
    assert outcome.returncode == 1, outcome.stderr
    return outcome.stdout, named


@pytest.mark.parametrize("kind", VIOLATIONS)
def test_a_planted_violation_is_caught(report_on_planted: tuple[str, dict[str, str]], kind: str) -> None:
    report, named = report_on_planted
    assert re.search(rf"{re.escape(named[kind])}\b", report), report


def test_a_room_that_is_not_placed_is_caught(tmp_path: Path) -> None:
    folder = copy_of_the_package(tmp_path)
    (folder / "copilot" / "attic").mkdir()
    (folder / "copilot" / "attic" / "__init__.py").write_text('"""A room."""\n', encoding="utf-8")
    outcome = lint_imports(folder)
    assert outcome.returncode == 1
    assert "attic" in outcome.stdout


@pytest.mark.parametrize("line", NETWORK_IMPORTS)
def test_a_network_module_outside_connectors_is_caught(tmp_path: Path, line: str) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for room in ("services", "connectors"):
        (tmp_path / "copilot" / room).mkdir(parents=True)
        (tmp_path / "copilot" / room / "planted.py").write_text(f"{line}\n", encoding="utf-8")
    outcome = run(
        tmp_path, "-m", "ruff", "check", "--no-cache", "--select", "TID251", "--output-format", "concise"
    )
    found = [Path(each.split(":")[0]).as_posix() for each in outcome.stdout.splitlines() if "TID251" in each]
    assert set(found) == {"copilot/services/planted.py"}, outcome.stdout + outcome.stderr


def test_no_file_is_longer_than_600_lines(tmp_path: Path) -> None:
    assert too_long(python_files(PACKAGE, TESTS)) == []
    long = tmp_path / "long.py"
    long.write_text("x = 1\n" * (LONGEST_FILE + 1), encoding="utf-8")
    assert too_long([long]) == [f"{long}: 601 lines"]


def test_resources_are_named_so_that_every_file_system_takes_them(tmp_path: Path) -> None:
    assert misnamed(RESOURCES) == []
    for name in ("Icon.svg", "two words.json", "ü.svg", "fine-name_2.svg"):
        (tmp_path / name).touch()
    assert {Path(path).name for path in misnamed(tmp_path)} == {"Icon.svg", "two words.json", "ü.svg"}
