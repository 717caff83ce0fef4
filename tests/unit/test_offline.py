"""Offline is a promise: tests cannot reach a network, and no code outside connectors could."""

import ast
import socket  # noqa: TID251 - to guard it
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.offline import NetworkGuard, NetworkTouchedError
from tests.helpers.paths import PACKAGE, python_files

NETWORK_MODULES = {
    "aiohttp",
    "ftplib",
    "http.client",
    "http.server",
    "httpcore",
    "httpx",
    "imaplib",
    "nntplib",
    "poplib",
    "requests",
    "smtplib",
    "socket",
    "socketserver",
    "ssl",
    "telnetlib",
    "urllib.request",
    "urllib3",
    "websockets",
    "xmlrpc",
    "PySide6.QtNetwork",
}
# A named pipe or a Unix socket between two windows of one user; nothing leaves the machine.
LOCAL_NAMES = {"PySide6.QtNetwork.QLocalServer", "PySide6.QtNetwork.QLocalSocket"}


def imported_names(source: str) -> Iterator[str]:
    """Yield every module and name that `source` imports, also through `import_module("...")`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            function = node.func
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            if name in {"import_module", "__import__"}:
                yield str(node.args[0].value)


def network_imports(source: str) -> list[str]:
    return [
        name
        for name in imported_names(source)
        if name not in LOCAL_NAMES
        and any(name == module or name.startswith(f"{module}.") for module in NETWORK_MODULES)
    ]


def test_no_module_outside_connectors_imports_a_network_module() -> None:
    files = [path for path in python_files(PACKAGE) if PACKAGE / "connectors" not in path.parents]
    assert len(files) > 30
    found = {str(path): network_imports(path.read_text(encoding="utf-8")) for path in files}
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    "source",
    [
        "import socket",
        "import socket as plug",
        "def f():\n    from urllib.request import urlopen",
        "from urllib import request",
        "import importlib\nimportlib.import_module('httpx')",
        "__import__('ssl')",
        "from PySide6.QtNetwork import QTcpSocket",
        "import PySide6.QtNetwork",
    ],
)
def test_the_scan_finds_an_import_in_every_shape(source: str) -> None:
    assert network_imports(source)


@pytest.mark.parametrize(
    "source",
    [
        "from PySide6.QtNetwork import QLocalServer",
        "import urllib.parse",
        "import sockets",
        "print('socket')",
    ],
)
def test_the_scan_lets_local_means_pass(source: str) -> None:
    assert network_imports(source) == []


def test_a_socket_in_a_test_is_caught_even_when_the_error_is_swallowed(no_network: NetworkGuard) -> None:
    with pytest.raises(NetworkTouchedError):
        socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    with pytest.raises(NetworkTouchedError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(NetworkTouchedError):
        socket.getaddrinfo("example.org", 443)
    assert len(no_network.attempts) == 3
    no_network.attempts.clear()  # or this test fails, as it should


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no Unix sockets here")
def test_a_unix_socket_is_left_alone(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(str(tmp_path / "s"))
        server.listen()
        client.connect(str(tmp_path / "s"))


@pytest.mark.loopback
def test_a_marked_test_reaches_this_machine_and_no_other(no_network: NetworkGuard) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        accepted, _ = server.accept()
        with accepted:
            client.sendall(b"x")
            assert accepted.recv(1) == b"x"
    with socket.socket() as client, pytest.raises(NetworkTouchedError):
        client.connect(("192.0.2.1", 80))
    no_network.attempts.clear()
