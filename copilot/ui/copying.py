"""Puts text on the clipboard for other systems: the same words as plain text and as HTML."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QGuiApplication

from copilot.domain.rich_text import RichText
from copilot.support.i18n import tr
from copilot.ui.bridge.hub import Hub


def copy_rich(
    hub: Hub, owner: QObject, work: Callable[[], RichText], done: Callable[[RichText], None] | None = None
) -> None:
    """Compose off the GUI thread, copy, say so, then call `done`."""
    hub.tasks.read(owner, work, partial(_on_composed, hub, done), hub.show_error)


def _on_composed(hub: Hub, done: Callable[[RichText], None] | None, words: RichText) -> None:
    data = QMimeData()
    data.setText(words.text)
    data.setHtml(words.html)
    QGuiApplication.clipboard().setMimeData(data)
    hub.toast_requested.emit(tr("Copied, as text and as HTML"), 0)
    if done is not None:
        done(words)
