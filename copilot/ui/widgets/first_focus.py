"""Hands the focus of a page or a group on to the part where one begins."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QWidget


class FirstFocus(QObject):
    """For pages with parts before the one where one begins.

    A focus proxy of Qt would hand the focus on, too, but Tab then passes over all that stands before that part.
    """

    def __init__(self, whole: QWidget, first: QWidget) -> None:
        super().__init__(whole)
        self.first = first
        whole.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.FocusIn and isinstance(event, QFocusEvent):
            self.first.setFocus(event.reason())
        return False


def begin_at(whole: QWidget, first: QWidget) -> None:
    """Give the focus to `first` whenever `whole` is given it; the newest call counts."""
    for known in whole.children():
        if isinstance(known, FirstFocus):
            known.first = first
            return
    FirstFocus(whole, first)
