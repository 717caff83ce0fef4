"""Settings of this desk, and where its data folder is."""

import getpass
import json
from pathlib import Path
from typing import Any

from copilot.services.deps import Deps
from copilot.storage import desk_state
from copilot.storage.store import Store
from copilot.support import i18n
from copilot.support.errors import KnownError
from copilot.support.i18n import tr
from copilot.support.paths import default_data_dir
from copilot.support.text import one_line

DEFAULTS: dict[str, Any] = {
    "theme": "system",  # system, light, dark
    "language": "system",  # system, en, de; read at the start
    "text_size": 1.0,  # 1.0 to 2.0
    "model": "",  # catalogue id or file name; empty for the catalogue's default
    "context_tokens": 4096,
    "me": "",
    "window": {},  # places and panes
    "recent_commands": [],
    "notifications": True,
    "do_not_disturb": False,  # no notification, whatever the line above says
    "retention": {},  # services/retention.py knows the rules and their defaults
    "watched_folder": "",  # whose ticket files are imported by themselves; empty for none
    "backup_schedule": {"every": "day", "keep": 7, "folder": ""},
    "restored": "",  # which restore brought this content
    "backup_told": "",  # the day on which a backup that failed was told last
    "popouts": {},  # sizes of windows beside the main one
    "tray": True,  # an icon in the system tray, where there is one
    "tray_keeps_running": False,  # closing the window hides it there
}


class SettingsService:
    """Reads and writes settings; unknown names are bugs."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    def get(self, name: str) -> Any:
        """Return a setting."""
        with self._deps.store.read() as db:
            return desk_state.get_setting(db, name, DEFAULTS[name])

    def set(self, name: str, value: Any) -> None:
        """Store a setting."""
        if name not in DEFAULTS:
            raise KeyError(name)
        with self._deps.store.write() as db:
            desk_state.set_setting(db, name, value)

    def all(self) -> dict[str, Any]:
        """Return every setting."""
        with self._deps.store.read() as db:
            return {name: desk_state.get_setting(db, name, default) for name, default in DEFAULTS.items()}


def language(store: Store) -> str:
    """Return the language to speak on this desk, as far as setting and environment tell."""
    with store.read() as db:
        setting = str(desk_state.get_setting(db, "language", DEFAULTS["language"]))
    return i18n.chosen(setting, i18n.system_language())


def my_name(store: Store) -> str:
    """Return the name of the person at the desk: the setting, else the operating system's account."""
    with store.read() as db:
        name = str(desk_state.get_setting(db, "me", ""))
    if name:
        return name
    try:
        return one_line(getpass.getuser(), 60)
    except (KeyError, ImportError, OSError):  # an account without a name, as in some containers
        return tr("Technician")


def data_dir(chosen: Path | None) -> Path:
    """Return the data folder: the one named for this run, else the one chosen in the settings, else the default."""
    if chosen is not None:
        if not chosen.name:  # "" and "/" would scatter files where nobody looks for them
            raise KnownError(tr("--data-dir names no folder."), todo=tr("Name a folder, such as ./desk."))
        return chosen
    pointer = default_data_dir() / "location.json"
    if pointer.is_file():
        try:
            return Path(json.loads(pointer.read_text(encoding="utf-8"))["data_dir"])
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise KnownError(
                tr("{path} cannot be read.").format(path=pointer),
                tr("Your data folder was not touched."),
                tr("Delete that file to go back to the default folder, or name the folder with --data-dir."),
            ) from error
    return default_data_dir()


def choose_data_dir(folder: Path) -> None:
    """Remember another data folder for the next start; nothing is moved."""
    pointer = default_data_dir() / "location.json"
    pointer.parent.mkdir(parents=True, exist_ok=True)
    new = pointer.with_suffix(".partial")  # on a full disk the pointer that is there must stay whole
    try:
        new.write_text(json.dumps({"data_dir": str(folder)}), encoding="utf-8")
        new.replace(pointer)
    except OSError:
        new.unlink(missing_ok=True)
        raise
