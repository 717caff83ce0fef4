"""A language that nobody speaks: longer than English, and every text that went through `tr` stands in brackets."""

import getpass
import gettext
import re

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QMenu,
    QPlainTextEdit,
    QStyle,
    QStyleOptionComboBox,
    QStyleOptionFrame,
    QTabBar,
    QTextEdit,
    QWidget,
)

from copilot.ui.widgets.elided_label import ElidedLabel

LONGER = 0.4  # what German and its like need more than English
_ACCENTS = str.maketrans("aeiouyAEIOUYcnsz", "àéïöüýÀÉÏÖÜÝçñšž")
_KEPT = re.compile(r"\{[^}]*\}|<[^>]+>|&\w+;|`[^`]*`")  # fields, markup, commands
_BRACKETED = re.compile(r"\[[^\[\]]*(?:\]|…$)")
_MARKUP = re.compile(r"</?\w[^>]*>")
# No words of ours: numbers of tickets and evidence, priorities, keys, units, paths and files, and the names of
# products, languages, columns (tests/helpers/scenes.py) and of who runs the tests.
_NAMES = re.compile(
    r"\b[A-Z]{1,5}-?\d+\b|\b(?:Ctrl|Alt|Shift|Esc|Enter|Del|Up|Down|Left|Right|Tab|F\d+|kB|MB|GB)\b"
    r"|(?:\b[A-Z]:)?[/\\]\S+|\S+\.(?:csv|db|pdf)\b|\b(?:number|title|priority)\b"
    r"|\b(?:Technician Copilot|English|Deutsch|fake engine|powershell)\b"
    r"|\b(?:Llama|Mistral|Phi|Qwen|SmolLM)[\w.-]*(?: (?:Coder|mini|Instruct|v?\d[\w.]*))*|"
    + re.escape(getpass.getuser())
)
_LETTERS = re.compile(r"[A-Za-z]{2,}")


class Pseudo(gettext.NullTranslations):
    """Translates by lengthening: "Save" becomes "[Šàvé ··]"; fields, markup and commands stay."""

    def gettext(self, message: str) -> str:
        """Return the pseudo translation."""
        if not re.search(r"[A-Za-z]", _KEPT.sub("", message)):
            return message
        core = message.strip()
        start = message.index(core)
        pieces, end = [], 0
        for kept in _KEPT.finditer(core):
            pieces += [core[end : kept.start()].translate(_ACCENTS), kept[0]]
            end = kept.end()
        pieces.append(core[end:].translate(_ACCENTS))
        dots = "·" * max(1, round(len(_KEPT.sub("", core)) * LONGER))
        more = " ".join(dots[at : at + 8] for at in range(0, len(dots), 8))  # in words, so that it can wrap
        return f"{message[:start]}[{''.join(pieces)} {more}]{message[start + len(core) :]}"

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Return the pseudo translation of one form."""
        return self.gettext(singular if n == 1 else plural)


def untranslated(text: str) -> str:
    """Return the words in `text` that went through no `tr`; ticket data of the tests is not in Latin letters."""
    text = _MARKUP.sub(" ", text)
    before = ""
    while text != before:  # a field may hold a bracketed text of its own
        before, text = text, _BRACKETED.sub(" ", text)
    return " ".join(_LETTERS.findall(_NAMES.sub(" ", text)))


def texts_of(widget: QWidget) -> list[str]:
    """Return every text of ours that a widget shows or says, what people wrote left out."""
    texts = [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()]
    if isinstance(widget, QLabel | QAbstractButton):
        texts.append(widget.text())
    elif isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit):
        texts.append(widget.placeholderText())
    elif isinstance(widget, QComboBox):
        texts += [widget.itemText(at) for at in range(widget.count())]
    elif isinstance(widget, QTabBar):
        texts += [widget.tabText(at) for at in range(widget.count())]
    elif isinstance(widget, QListWidget):
        texts += [widget.item(at).text() for at in range(widget.count())]
    elif isinstance(widget, QMenu):
        texts += [action.text() for action in widget.actions()]
    return [text for text in texts if text]


def trouble(widget: QWidget) -> str:
    """Return how much of its text a widget cannot show; empty where all fits or it is meant to be cut or wrapped."""
    have, want = widget.width(), 0
    if isinstance(widget, ElidedLabel):
        return ""
    if isinstance(widget, QLabel):
        if not widget.text():
            return ""
        if widget.wordWrap():
            need = widget.heightForWidth(widget.width())
            return f"{widget.height()} of {need} pixels high" if widget.height() < need else ""
        want = widget.sizeHint().width()
    elif isinstance(widget, QAbstractButton):
        want = widget.minimumSizeHint().width() if widget.text() else 0  # less than its hint where it elides
    elif isinstance(widget, QTabBar):
        want = widget.sizeHint().width()
    elif isinstance(widget, QLineEdit) and widget.placeholderText() and not widget.text():
        option = QStyleOptionFrame()
        widget.initStyleOption(option)
        inner = widget.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, widget)
        margins = widget.textMargins()
        have = inner.width() - margins.left() - margins.right() - 4  # Qt's own two pixels at each side
        want = widget.fontMetrics().horizontalAdvance(widget.placeholderText())
    elif isinstance(widget, QComboBox) and not widget.isEditable():
        option_box = QStyleOptionComboBox()
        widget.initStyleOption(option_box)
        field = widget.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option_box, QStyle.SubControl.SC_ComboBoxEditField, widget
        )
        have, want = field.width(), widget.fontMetrics().horizontalAdvance(widget.currentText())
    if want > have:
        return f"{have} of {want} pixels wide"
    return _hidden(widget) if want else ""


def _hidden(widget: QWidget) -> str:
    """Return how far a widget sticks out sideways of what it lies in."""
    window = widget.window()
    at = widget.mapTo(window, QPoint(0, 0)).x()
    seen = widget.visibleRegion().boundingRect()
    if seen.isEmpty() and 0 <= at < window.width():
        return ""  # scrolled away, or under something
    return f"{seen.width()} of {widget.width()} pixels in sight" if seen.width() < widget.width() else ""


def visible(parent: QWidget) -> list[QWidget]:
    """Return `parent` and what of it is on screen; a table's or list's inner parts are the table's business."""
    found = [parent, *(each for each in parent.findChildren(QWidget) if each.isVisible())]
    return [each for each in found if not _is_inner(each)]


def _is_inner(widget: QWidget) -> bool:
    up = widget.parentWidget()
    while up is not None:
        if isinstance(up, QAbstractItemView | QComboBox):
            return True
        up = up.parentWidget()
    return False
