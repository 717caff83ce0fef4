"""What does not fit on a screen: words that are cut off, parts that lie over each other, parts out of reach."""

from itertools import combinations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollArea,
    QTabBar,
    QWidget,
)

from copilot.ui.widgets.elided_label import ElidedLabel
from tests.helpers.walk import described

SLACK = 1  # pixel; sizes are rounded


def unfit(window: QWidget) -> list[str]:
    """Return what is cut off, overlaps or cannot be scrolled to."""
    return [*cut_off(window), *overlapping(window), *beyond(window)]


def cut_off(window: QWidget) -> list[str]:
    """Return what is smaller than its words."""
    found = []
    for widget in _shown(window):
        if isinstance(widget, ElidedLabel):
            continue  # on purpose, with the whole in its tooltip
        if isinstance(widget, QLabel):
            needed = _label_needs(widget)
        elif isinstance(widget, QAbstractButton | QTabBar):
            needed = QSize(widget.sizeHint().width(), _text_height(widget))
        elif isinstance(widget, QComboBox):
            text = widget.fontMetrics().horizontalAdvance(widget.currentText())
            needed = QSize(text + widget.fontMetrics().height(), _text_height(widget))
        elif isinstance(widget, QLineEdit):
            needed = QSize(0, _text_height(widget))
        else:
            continue
        if needed.width() > widget.width() + SLACK or needed.height() > widget.height() + SLACK:
            has, wants = widget.size().toTuple(), needed.toTuple()
            found.append(f"cut off, {has} of {wants}: {described(widget)} {_words(widget)}")
    return found


def overlapping(window: QWidget) -> list[str]:
    """Return controls and words of one parent that lie over each other."""
    found = []
    for parent in (window, *window.findChildren(QWidget)):
        if not parent.isVisible():
            continue
        parts = [
            each
            for each in parent.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
            if each.isVisible() and not each.isWindow() and isinstance(each, _SHOWN)
        ]
        found += [
            f"over each other: {described(one)} {_words(one)} and {described(other)} {_words(other)}"
            for one, other in combinations(parts, 2)
            if _overlap(one.geometry(), other.geometry())
        ]
    return found


def beyond(window: QWidget) -> list[str]:
    """Return what sticks out of its part of the window where it cannot be scrolled to."""
    found = []
    for widget in _shown(window):
        room, at = widget.parentWidget(), widget
        while room is not None:
            place = QRect(widget.mapTo(room, QPoint(0, 0)), widget.size())
            scrolls = isinstance(room.parentWidget(), QAbstractScrollArea)
            if scrolls:
                area = room.parentWidget()
                assert isinstance(area, QAbstractScrollArea)
                off = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
                is_sideways = area.horizontalScrollBarPolicy() == off or not isinstance(area, QScrollArea)
                if is_sideways and (place.left() < -SLACK or place.right() > room.width() + SLACK):
                    found.append(f"beyond the side: {described(widget)} {_words(widget)}")
                break  # up and down one scrolls
            if not room.rect().adjusted(-SLACK, -SLACK, SLACK, SLACK).contains(place):
                found.append(f"beyond {type(room).__name__}: {described(widget)} {_words(widget)}")
                break
            at = room
            room = room.parentWidget() if not at.isWindow() else None
    return found


_SHOWN = (QLabel, QAbstractButton, QComboBox, QTabBar, QLineEdit, ElidedLabel)


def _shown(window: QWidget) -> list[QWidget]:
    return [
        each
        for each in window.findChildren(QWidget)
        if isinstance(each, _SHOWN)
        and each.isVisible()
        and not isinstance(each.parent(), QLineEdit | QTabBar)
    ]


def _text_height(widget: QWidget) -> int:
    return widget.fontMetrics().height()


def _label_needs(label: QLabel) -> QSize:
    needed = label.sizeHint()
    if label.wordWrap():
        needed.setHeight(label.heightForWidth(label.width()))
        longest = max(
            (label.fontMetrics().horizontalAdvance(word) for word in label.text().split()), default=0
        )
        needed.setWidth(longest)
    return needed


def _words(widget: QWidget) -> str:
    text = getattr(widget, "text", None)
    return f"“{str(text())[:40]}”" if callable(text) else ""


def _overlap(one: QRect, other: QRect) -> bool:
    both = one.intersected(other)
    return both.width() > SLACK and both.height() > SLACK
