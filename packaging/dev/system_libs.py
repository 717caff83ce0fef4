"""See to the system libraries that Qt needs on Linux, which no Python package can bring.

Run by `make run` and `make test`. Looks at what the loader cannot find; installs the Debian packages where it may
(as root, or by a sudo that asks nothing), otherwise says which command does it.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from places import VENV
from progress import SetupError, run, say, stop_on_signals

QT_PARTS = (
    "libQt6Widgets.so.6",
    "libQt6Svg.so.6",
    "libQt6Network.so.6",
    "libQt6DBus.so.6",
    "../plugins/platforms/libqoffscreen.so",
    "../plugins/platforms/libqxcb.so",
)
PACKAGE_OF = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libglx0",
    "libGLdispatch.so.0": "libglvnd0",
    "libOpenGL.so.0": "libopengl0",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libSM.so.6": "libsm6",
    "libICE.so.6": "libice6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libxcb-xinput.so.0": "libxcb-xinput0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")


def missing_libraries() -> set[str]:
    """Return the names of the shared libraries that Qt's parts need and the loader does not find."""
    folder = next(VENV.glob("lib/python3*/site-packages/PySide6/Qt/lib"), None)
    if folder is None or shutil.which("ldd") is None:
        return set()
    parts = [str(folder / part) for part in QT_PARTS if (folder / part).exists()]
    found = subprocess.run(
        ["ldd", *parts], capture_output=True, encoding="utf-8", check=False, env={**os.environ, "LC_ALL": "C"}
    )
    return set(re.findall(r"^\s*(\S+) => not found", found.stdout, flags=re.MULTILINE))


def font_is_there() -> bool:
    """Tell whether any scalable font is installed; without one Qt shows empty boxes."""
    folders = (Path(name).expanduser() for name in FONT_FOLDERS)
    return any(
        path.suffix.lower() in {".ttf", ".otf", ".ttc"} for folder in folders for path in folder.rglob("*")
    )


def install_command(packages: list[str]) -> list[str]:
    """Return the command that installs Debian packages without asking anything."""
    return ["apt-get", "install", "-y", "--no-install-recommends", *packages]


def install(packages: list[str], why: str) -> bool:
    """Install Debian packages if this machine lets us without a question.

    Args:
        packages: names of Debian packages.
        why: what they are needed for.

    Returns:
        False if this is not Debian or there is no right to install; nothing was done then.

    Raises:
        SetupError: apt-get was started and did not succeed.
    """
    if shutil.which("apt-get") is None:
        return False
    prefix: list[str] = []
    if os.geteuid() != 0:
        prefix = ["sudo", "-n"]
        if shutil.which("sudo") is None or subprocess.run([*prefix, "true"], capture_output=True).returncode:
            return False
    say(f"Installing with apt-get, for {why}: {' '.join(packages)}")
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive"]
    for title, command in (
        ("reading Debian's package lists", ["apt-get", "update"]),
        ("installing", install_command(packages)),
    ):
        run([*prefix, *quiet, *command], title=title, status=lambda line: line.strip()[:60])
    return True


def main() -> int:
    """See to what is missing; exit status 1 if the window or the tests cannot work without it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tests", action="store_true", help="also what only the tests need")
    tests = parser.parse_args().tests
    if not sys.platform.startswith("linux"):
        return 0
    display = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    if not tests and not display:
        return 0  # the program works in the console then, and needs none of this
    libraries = missing_libraries()
    packages = {PACKAGE_OF[name] for name in libraries if name in PACKAGE_OF}
    unknown = sorted(name for name in libraries if name not in PACKAGE_OF)
    if not font_is_there():
        packages.add("fonts-dejavu-core")
    needed = bool(packages or unknown)
    if tests and shutil.which("Xvfb") is None:
        packages.add("xvfb")
    if packages and install(sorted(packages), "Qt's window" if not tests else "Qt and its tests"):
        libraries = missing_libraries()
        unknown = sorted(libraries)
        packages = set()
        needed = bool(unknown)
    if packages:
        say("These Debian packages are missing, and there is no right here to install them. Please run:")
        say("    sudo " + " ".join(install_command(sorted(packages))))
        say(
            "(On another Linux: the packages that bring " + ", ".join(sorted(libraries)) + ".)"
            if libraries
            else ""
        )
    if unknown:
        say("Qt needs these libraries, and this machine does not have them: " + ", ".join(unknown))
    if not needed and packages:
        say("Without Xvfb the tests that need a real window are skipped; going on.")
    return 1 if needed else 0


if __name__ == "__main__":
    stop_on_signals()
    try:
        sys.exit(main())
    except SetupError as failure:
        say(str(failure))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
