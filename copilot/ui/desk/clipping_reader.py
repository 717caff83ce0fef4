"""Takes the clipboard's words to the service that reads them."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QGuiApplication

from copilot.domain.clipping import Clipping
from copilot.support.i18n import tr
from copilot.ui.bridge.hub import Hub

_LONGEST = 2_000_000  # characters that are handed over; the reader takes less


def read_clipboard(hub: Hub, owner: QObject, done: Callable[[Clipping], None]) -> None:
    """Read the clipboard as a ticket and call `done`; say so where there is no text on it."""
    data = QGuiApplication.clipboard().mimeData() or QMimeData()  # an empty clipboard may have none
    text, html = data.text()[:_LONGEST], data.html()[:_LONGEST] if data.hasHtml() else ""
    if not text.strip() and data.hasImage():
        words = tr(
            "There is a picture on the clipboard, and no text. Add it to the evidence of a ticket with Ctrl+Shift+V."
        )
        hub.toast_requested.emit(words, 0)
    elif not text.strip() and not html.strip():
        words = tr("The clipboard is empty. Copy a mail, a ticket page or a chat, then try again.")
        hub.toast_requested.emit(words, 0)
    else:
        # Beside everything else: reading a long page takes a second, and importing the reader a moment.
        hub.tasks.errand(owner, partial(_read, hub, text, html), partial(_on_read, hub, done))


def _read(hub: Hub, text: str, html: str) -> Clipping:
    return hub.services.clippings.read(text, html)


def _on_read(hub: Hub, done: Callable[[Clipping], None], clipping: Clipping) -> None:
    if clipping.title or clipping.body:
        done(clipping)
    else:
        hub.toast_requested.emit(tr("There is no text on the clipboard that could be a ticket."), 0)
