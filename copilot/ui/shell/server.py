"""Listens for a second start of the same desk; what it sends is judged like a file from outside."""

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from copilot.services.opening import LINE_LIMIT, from_line
from copilot.ui.shell.instance import ANSWER_NO, ANSWER_YES, server_name

_MOST_WAITING = 4
_SECONDS = 2.0  # a process that connects and says nothing is let go


class StartServer(QObject):
    """A named pipe or Unix socket that only this user may open.

    Signals:
        requested(StartRequest): A second start hands over what it was asked for.
    """

    requested = Signal(object)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.setMaxPendingConnections(_MOST_WAITING)
        self._server.newConnection.connect(self._on_connection)
        name = server_name(folder)
        QLocalServer.removeServer(name)  # of a process that crashed: whoever holds the lock is the only one
        self.is_listening = self._server.listen(name)

    def close(self) -> None:
        """Listen no longer."""
        self._server.close()

    def _on_connection(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            _Visitor(socket, self)


class _Visitor(QObject):
    """One connection: one line in, one word out."""

    def __init__(self, socket: QLocalSocket, server: StartServer) -> None:
        super().__init__(server)
        self._socket = socket
        self._server = server
        self._data = b""
        socket.setParent(self)
        socket.readyRead.connect(self._on_data)
        socket.disconnected.connect(self.deleteLater)
        self._timer = QTimer(self, singleShot=True, interval=round(_SECONDS * 1000))
        self._timer.timeout.connect(self._leave)
        self._timer.start()
        self._on_data()

    def _on_data(self) -> None:
        self._data += bytes(self._socket.read(LINE_LIMIT + 1 - len(self._data)).data())
        line, end, _ = self._data.partition(b"\n")
        if not end and len(self._data) <= LINE_LIMIT:
            return
        self._socket.readyRead.disconnect(self._on_data)
        try:
            wanted = from_line(line) if end else None
        except (ValueError, RecursionError):
            wanted = None
        self._socket.write((ANSWER_YES if wanted else ANSWER_NO) + b"\n")
        self._socket.flush()
        self._socket.disconnectFromServer()
        if wanted:
            self._server.requested.emit(wanted)

    def _leave(self) -> None:
        self._socket.abort()
        self.deleteLater()
