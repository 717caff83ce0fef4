"""How much of the window's time a streamed answer takes."""

import time
from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QTextEdit


class Streams(Protocol):
    """What shows a stream."""

    def append(self, text: str) -> None:
        """Take a token."""

    def flush(self) -> None:
        """Show what has been taken."""

    def finish(self) -> None:
        """Take the end."""


def stream_cost(view: Streams, tokens: Sequence[str], per_flush: int = 8) -> float:
    """Return the seconds that `view` keeps the GUI thread busy with `tokens`, painting included.

    Args:
        view: Shown on screen, empty.
        tokens: The answer in pieces.
        per_flush: Tokens that arrive between two flushes; 8 is 240 tokens/s at 30 flushes/s. With 0 the tokens come
            as fast as the event loop takes them, and the view flushes by its own timer.
    """
    start = time.thread_time()
    for index, token in enumerate(tokens, 1):
        view.append(token)
        if index % (per_flush or 1) == 0:
            if per_flush:
                view.flush()
            QCoreApplication.processEvents()
    view.finish()
    QCoreApplication.processEvents()
    return time.thread_time() - start


def plain_cost(edit: QTextEdit, tokens: Sequence[str], per_paint: int = 8) -> float:
    """Return the seconds that inserting `tokens` one by one as plain text into `edit` takes, for comparison."""
    start = time.thread_time()
    for index, token in enumerate(tokens, 1):
        edit.insertPlainText(token)
        if index % (per_paint or 1) == 0:
            QCoreApplication.processEvents()
    QCoreApplication.processEvents()
    return time.thread_time() - start
