"""No test touches a network: sockets other than local ones fail the test, even where the error is swallowed."""

import socket  # noqa: TID251 - to guard it
from typing import Any

import pytest

_LOCAL_FAMILIES = {int(family) for family in (getattr(socket, "AF_UNIX", None),) if family is not None}
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class NetworkTouchedError(AssertionError):
    """A test reached for the network."""


class NetworkGuard:
    """Stands in for the ways out; `attempts` lists what was tried.

    With `loopback` a test may talk to a server of its own on this machine.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, loopback: bool) -> None:
        self.attempts: list[str] = []
        self._loopback = loopback
        self._guard_creation(monkeypatch)
        for name in ("connect", "connect_ex", "bind"):
            self._guard_address(monkeypatch, name)
        for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr"):
            self._guard_lookup(monkeypatch, name)

    def _refuse(self, what: str) -> None:
        self.attempts.append(what)
        raise NetworkTouchedError(f"network touched: {what}")

    def _guard_creation(self, monkeypatch: pytest.MonkeyPatch) -> None:
        real = socket.socket.__init__

        def create(sock: socket.socket, family: int = -1, *args: Any, **kwargs: Any) -> None:
            adopted = kwargs.get("fileno") is not None or len(args) > 2
            if not (self._loopback or adopted or family in _LOCAL_FAMILIES):
                self._refuse(f"socket of family {family}")
            real(sock, family, *args, **kwargs)

        monkeypatch.setattr(socket.socket, "__init__", create)

    def _guard_address(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        real = getattr(socket.socket, name)

        def call(sock: socket.socket, address: Any) -> Any:
            inside = self._loopback and isinstance(address, tuple) and address[0] in _LOOPBACK
            if not (inside or sock.family in _LOCAL_FAMILIES):
                self._refuse(f"{name} {address!r}")
            return real(sock, address)

        monkeypatch.setattr(socket.socket, name, call)

    def _guard_lookup(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        real = getattr(socket, name)

        def call(host: Any, *args: Any, **kwargs: Any) -> Any:
            if not (self._loopback and host in _LOOPBACK):
                self._refuse(f"{name} {host!r}")
            return real(host, *args, **kwargs)

        monkeypatch.setattr(socket, name, call)
