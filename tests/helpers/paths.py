"""Where the checkout's parts lie."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "copilot"
RESOURCES = ROOT / "resources"
TESTS = ROOT / "tests"


def python_files(*folders: Path) -> Iterator[Path]:
    """Yield the Python files below `folders`."""
    for folder in folders:
        yield from sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)
