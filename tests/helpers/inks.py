"""How well the words on a screen stand out from what is behind them, by the pixels that are painted."""

from collections import Counter
from collections.abc import Iterator

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontInfo, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QStyle,
    QStyleOptionButton,
    QToolButton,
    QWidget,
)

from copilot.ui.theme.contrast import AA_LARGE, AA_TEXT, ratio

FINE = 2  # so large is the picture made that a letter's stem has a pixel of the ink alone
LARGE, LARGE_BOLD = 24, 18.5  # pixels
_ICON_ONLY = Qt.ToolButtonStyle.ToolButtonIconOnly
_FEW = 4  # pixels of a colour that are noise


def faint(window: QWidget) -> list[str]:
    """Return the words on screen that are hard to read; what is switched off may be."""
    image = QImage(window.size() * FINE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(FINE)
    window.render(image)
    found = []
    for widget, words in _worded(window):
        place = _place_of_words(widget)
        seen = widget.visibleRegion().boundingRect()
        if not seen.contains(place):  # half of it is scrolled away
            continue
        stands_out = _ratio(image, QRect(widget.mapTo(window, place.topLeft()), place.size()))
        if stands_out < (AA_LARGE if _is_large(widget) else AA_TEXT):
            found.append(f"{stands_out:.1f}: {type(widget).__name__} “{words}”")
    return found


def _worded(window: QWidget) -> Iterator[tuple[QWidget, str]]:
    kinds = (QLabel, QAbstractButton, QLineEdit, QPlainTextEdit)
    for kind in kinds:
        for widget in window.findChildren(kind):
            assert isinstance(widget, kinds)
            if isinstance(widget, QPlainTextEdit):
                words = widget.toPlainText() or widget.placeholderText()
            elif isinstance(widget, QLineEdit):
                words = widget.text() or widget.placeholderText()
            else:
                words = widget.text()
            if isinstance(widget, QToolButton) and widget.toolButtonStyle() is _ICON_ONLY:
                continue  # a line of an icon is not made finer with the picture; the tokens' test covers icons
            if widget.isVisible() and widget.isEnabled() and words.strip():
                yield widget, words[:60]


def _place_of_words(widget: QWidget) -> QRect:
    """Return where the words are painted, without the box that can be ticked."""
    if isinstance(widget, QCheckBox | QRadioButton):
        option = QStyleOptionButton()
        widget.initStyleOption(option)
        element = QStyle.SubElement
        which = (
            element.SE_CheckBoxContents if isinstance(widget, QCheckBox) else element.SE_RadioButtonContents
        )
        return widget.style().subElementRect(which, option, widget)
    frame = 3 if isinstance(widget, QLineEdit | QPlainTextEdit | QAbstractButton) else 0
    return widget.rect().adjusted(frame, frame, -frame, -frame)


def _is_large(widget: QWidget) -> bool:
    font = QFontInfo(widget.font())
    return font.pixelSize() >= (LARGE_BOLD if font.bold() else LARGE)


def _ratio(image: QImage, place: QRect) -> float:
    part = image.copy(QRect(place.topLeft() * FINE, place.size() * FINE))
    counts = Counter(memoryview(part.convertToFormat(QImage.Format.Format_RGB32).constBits()).cast("I"))
    (behind, _), *others = counts.most_common()
    inks = [colour for colour, count in others if count >= _FEW] or [behind]
    return max(ratio(_name(behind), _name(ink)) for ink in inks)


def _name(colour: int) -> str:
    return f"#{colour & 0xFFFFFF:06x}"
