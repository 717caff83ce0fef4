"""Shows a keyboard shortcut as key caps."""

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget


class KeyHint(QWidget):
    """One cap a key, in the platform's own words."""

    def __init__(self, shortcut: QKeySequence | str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_shortcut(shortcut)

    def set_shortcut(self, shortcut: QKeySequence | str) -> None:
        """Show `shortcut`; nothing where it is empty."""
        while (item := self._row.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        words = shortcut_text(shortcut)
        self.setAccessibleName(words)
        for key in keys(words):
            cap = QLabel(key, self)
            cap.setProperty("kind", "key")
            self._row.addWidget(cap)
        if not words:
            self.hide()
        elif self.isHidden() and self.parentWidget() is not None:
            self.show()


def shortcut_text(shortcut: QKeySequence | str) -> str:
    """Return the first key combination in the platform's words ("Ctrl+K")."""
    first = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
    return first.split(", ")[0]


def keys(words: str) -> list[str]:
    """Split "Ctrl+Shift++" into its keys."""
    if not words:
        return []
    head, plus = (words[:-2], ["+"]) if words.endswith("++") else (words, [])
    return [key for key in head.split("+") if key] + plus
