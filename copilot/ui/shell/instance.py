"""One window for a data folder: a second start raises the first one and hands over what it was asked for."""

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile, QSysInfo

from copilot.services.opening import StartRequest
from copilot.support.errors import KnownError
from copilot.support.i18n import tr

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalSocket

LOCK = "window.lock"
ANSWER_SECONDS = 3.0
ANSWER_YES, ANSWER_NO = b"yes", b"no"
_PAUSE = 0.05  # seconds between two tries to reach a window that is just starting


def lock(folder: Path) -> QLockFile | None:
    """Take the data folder for this process; None where another window has it.

    A lock that a crash left behind is taken over. Where no lock can be made (a read-only folder) the start goes on:
    opening the database says better what is wrong.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return QLockFile(str(folder / LOCK))
    held = QLockFile(str(folder / LOCK))
    held.setStaleLockTime(0)  # never for its age alone: a window may be open for weeks
    if held.tryLock(0) or held.error() is not QLockFile.LockError.LockFailedError:
        return held
    return None


def hand_over(folder: Path, request: StartRequest) -> None:
    """Ask the window that holds the folder to come forward and to do what was asked.

    Raises:
        KnownError: It does not answer.
    """
    from PySide6.QtNetwork import QLocalSocket

    _let_it_come_forward(folder)
    give_up = time.monotonic() + ANSWER_SECONDS
    while True:
        left = give_up - time.monotonic()
        if left <= 0:
            raise _silent(folder)
        socket = QLocalSocket()
        socket.connectToServer(server_name(folder))
        if socket.waitForConnected(round(left * 1000)):
            socket.write(request.to_line())
            answer = _read_line(socket, give_up)
            socket.abort()
            if answer == ANSWER_YES:
                return
            if answer == ANSWER_NO:
                raise KnownError(
                    tr("The window that is open already did not understand what it was asked for."),
                    todo=tr("Close it and start again: it may be of another version."),
                )
        time.sleep(_PAUSE)


def take_over(folder: Path) -> QLockFile | None:
    """Take the lock of a process that is gone though its number is in use again; None where it lives."""
    held = QLockFile(str(folder / LOCK))
    held.setStaleLockTime(0)
    _, host, _ = _holder(held)
    if host not in ("", QSysInfo.machineHostName()):
        return None  # of another machine, which nobody can see from here
    return held if held.removeStaleLockFile() and held.tryLock(0) else None


def server_name(folder: Path) -> str:
    """Return the name under which the window of this user and folder listens; in a private folder where there is one."""
    import hashlib  # and tempfile: after a start, which needs only the lock
    import tempfile

    whole = f"{_user()}\n{folder.resolve()}"
    name = f"technician-copilot-{hashlib.sha256(whole.encode('utf-8', 'surrogateescape')).hexdigest()[:20]}"
    if sys.platform == "win32":
        return name
    private = os.environ.get("XDG_RUNTIME_DIR", "")
    return str(Path(private if private and Path(private).is_dir() else tempfile.gettempdir()) / name)


def _read_line(socket: "QLocalSocket", give_up: float) -> bytes:
    data = b""
    while b"\n" not in data and (left := give_up - time.monotonic()) > 0 and len(data) < 16:
        if not socket.waitForReadyRead(max(1, round(left * 1000))):
            break
        data += bytes(socket.readAll().data())
    return data.strip()


def _let_it_come_forward(folder: Path) -> None:
    """Windows lets no program take the foreground unless the one in front allows it; that is this one."""
    if sys.platform == "win32":
        import ctypes

        pid, _, _ = _holder(QLockFile(str(folder / LOCK)))
        ctypes.windll.user32.AllowSetForegroundWindow(pid)


def _silent(folder: Path) -> KnownError:
    return KnownError(
        tr("Technician Copilot is open already on this data folder, but does not answer."),
        tr("Nothing was changed."),
        tr("Look for its window, or end it, and start again; the folder is {folder}.").format(folder=folder),
    )


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, ImportError, OSError):  # an account without a name, as in some containers
        return ""


def _holder(held: QLockFile) -> tuple[int, str, str]:
    """Return process id, host and program of who holds the lock; 0 and empty where nobody is named."""
    pid, host, program = held.getLockInfo()
    return int(pid), str(host), str(program)
