"""The ask box's text field: what is pasted and dropped there is looked at first."""

from PySide6.QtCore import QMimeData, Signal

from copilot.ui.widgets.growing_edit import GrowingEdit

LONG_TEXT = 800  # characters
LONG_LINES = 12


class PasteEdit(GrowingEdit):
    """Takes text as ever; files and pictures are handed on.

    Signals:
        long_pasted(str): A long text was pasted and stands in the box now.
        brought(QMimeData): Files or a picture; only valid while the signal is handled.
    """

    long_pasted = Signal(str)
    brought = Signal(object)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return is_no_text(source) or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        if is_no_text(source):
            self.brought.emit(source)
            return
        super().insertFromMimeData(source)
        text = source.text().replace("\r\n", "\n").replace("\r", "\n")
        if len(text) > LONG_TEXT or text.count("\n") >= LONG_LINES:
            self.long_pasted.emit(text)


def is_no_text(data: QMimeData) -> bool:
    """Tell whether files of this machine or a picture without words are meant; an address elsewhere is text."""
    if any(url.isLocalFile() and not url.host() for url in data.urls()):
        return True
    return data.hasImage() and not data.text().strip()
