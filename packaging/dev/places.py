"""Where the setup finds and puts things, and the small questions it asks about them."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
PIP = (PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input")
CACHE = ROOT / ".cache"
WORK = CACHE / "setup"
LOG = CACHE / "setup.log"
LOCK_FILE = ROOT / "packaging" / "requirements.lock"


def user_cache() -> Path:
    """Return the folder of this person's caches, shared by all checkouts."""
    if os.name == "nt":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "technician-copilot"


def digest(*parts: str) -> str:
    """Return a fingerprint of `parts`."""
    return hashlib.sha256("\0".join(parts).encode("utf-8")).hexdigest()


def ask_venv(code: str) -> str:
    """Return what the virtual environment's Python prints for `code`, or nothing if it fails."""
    if not PYTHON.exists():
        return ""
    answer = subprocess.run([PYTHON, "-c", code], capture_output=True, encoding="utf-8", check=False)
    return "" if answer.returncode else answer.stdout.strip()


def pinned(name: str) -> str:
    """Return the lock file's entry for one package: its version and hashes, as pip reads them."""
    return next(entry for entry in pinned_packages() if entry.startswith(f"{name}=="))


def pinned_packages() -> list[str]:
    """Return the lock file's entries, one a package."""
    text = LOCK_FILE.read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
