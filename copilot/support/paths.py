"""Where things lie, in a checkout, a wheel and a frozen build alike."""

import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def resources() -> Path:
    """Return the folder of icons, samples, rule packs and translations."""
    return _first(_PACKAGE / "_resources", _PACKAGE.parent / "resources")


def catalogue() -> Path:
    """Return the file of the model catalogue."""
    return _first(_PACKAGE / "_models" / "catalogue.toml", _PACKAGE.parent / "models" / "catalogue.toml")


def is_frozen() -> bool:
    """Tell whether this is an installed, frozen build."""
    return bool(getattr(sys, "frozen", False))


def is_checkout() -> bool:
    """Tell whether the program runs from a source checkout."""
    return not is_frozen() and (_PACKAGE.parent / "pyproject.toml").is_file()


def default_data_dir() -> Path:
    """Return the user's data folder; it is not created here."""
    from platformdirs import user_data_path  # 10 ms, and most runs name the folder

    return user_data_path("technician-copilot", appauthor=False)


def program_command(*arguments: str) -> list[str]:
    """Return the argv that starts this same program again with `arguments`."""
    if is_frozen():
        return [sys.executable, *arguments]
    return [sys.executable, "-m", "copilot", *arguments]


def _first(*candidates: Path) -> Path:
    return next((path for path in candidates if path.exists()), candidates[-1])
