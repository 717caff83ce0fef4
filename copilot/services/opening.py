"""What a start of the window wants, from this process or handed over by a second one, and what it opens."""

import json
from pathlib import Path
from typing import NamedTuple, Protocol

from copilot.services.bundle import Services
from copilot.support.text import one_line

LINE_LIMIT = 16_384  # bytes of one line between two processes
_VERSION = 1
_LONGEST_PATH = 4096
_LONGEST_NUMBER = 64
_LONGEST_TOKEN = 256


class Opening(Protocol):
    """How a start gets at its desk."""

    @property
    def data_dir(self) -> Path:
        """The data folder."""
        ...

    @property
    def services(self) -> Services:
        """The services, opened when first asked for; asked again after a failure, they are opened again."""
        ...


class StartRequest(NamedTuple):
    """What the arguments of a start ask the window for.

    Attributes:
        show: Number or id of a ticket to show; empty for none.
        file: Whole path of a ticket file to look at on the import page; empty for none.
        from_clipboard: Begin a ticket with what is on the clipboard.
        compact: Narrow, beside another window.
        token: What the desktop gave the second process so that the first may come to the front; empty for none.
    """

    show: str = ""
    file: str = ""
    from_clipboard: bool = False
    compact: bool = False
    token: str = ""

    def to_line(self) -> bytes:
        """Return it as a line of JSON."""
        return json.dumps({"v": _VERSION, **self._asdict()}).encode("ascii") + b"\n"


def request(
    show: str = "", file: str = "", *, from_clipboard: bool = False, compact: bool = False, token: str = ""
) -> StartRequest:
    """Return a request whose every part is harmless: cleaned, limited, a path that is whole.

    Raises:
        ValueError: A part is too long, or the path is none.
    """
    if len(show) > _LONGEST_NUMBER or len(file) > _LONGEST_PATH:
        raise ValueError("too long")
    if file and ("\0" in file or not Path(file).is_absolute()):
        raise ValueError("not a whole path")
    if not (token.isascii() and token.isprintable() and len(token) <= _LONGEST_TOKEN):
        token = ""
    return StartRequest(one_line(show), file, from_clipboard, compact, token)


def from_line(line: bytes) -> StartRequest:
    """Read a request that another process sent.

    Raises:
        ValueError: It is not one.
    """
    if len(line) > LINE_LIMIT:
        raise ValueError("too long")
    data = json.loads(line)
    if not isinstance(data, dict) or data.get("v") != _VERSION:
        raise ValueError("another version")
    texts = [data.get(name, "") for name in ("show", "file", "token")]
    flags = [data.get(name, False) for name in ("from_clipboard", "compact")]
    if not all(isinstance(text, str) for text in texts) or not all(isinstance(flag, bool) for flag in flags):
        raise ValueError("wrong types")
    return request(texts[0], texts[1], from_clipboard=flags[0], compact=flags[1], token=texts[2])
