"""Chooses the look, applies it, and tells widgets when it changes."""

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QFont, QFontDatabase, QScreen
from PySide6.QtWidgets import QApplication

from copilot.support import paths
from copilot.ui.theme.palette import palette
from copilot.ui.theme.qss import style_sheet
from copilot.ui.theme.tokens import DARK, LIGHT, Tokens


class Scheme(StrEnum):
    """What the user chose."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class ThemeManager(QObject):
    """Keeps palette, style sheet and font of the application; a child of the application, one at a time.

    Signals:
        theme_changed(Tokens): After the new look was applied, and when icons are to be drawn for another screen.
    """

    theme_changed = Signal(object)

    def __init__(self, app: QApplication, scheme: Scheme = Scheme.SYSTEM, text_factor: float = 1.0) -> None:
        super().__init__(app)
        self._app = app
        self._scheme = scheme
        self._factor = _in_range(text_factor)
        self._font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
        self._tokens = self._choose()
        app.styleHints().colorSchemeChanged.connect(self._on_system_changed)
        app.screenAdded.connect(self._on_screen_added)
        self._apply()

    @property
    def tokens(self) -> Tokens:
        """The look in force, sizes already scaled."""
        return self._tokens

    @property
    def scheme(self) -> Scheme:
        """What the user chose."""
        return self._scheme

    @property
    def text_factor(self) -> float:
        """How large the text is, 1.0 to 2.0."""
        return self._factor

    def set_scheme(self, scheme: Scheme) -> None:
        """Follow the system or force one look."""
        self._scheme = scheme
        self._refresh()

    def set_text_factor(self, factor: float) -> None:
        """Scale text; values outside 1.0 to 2.0 are moved to the nearer end."""
        self._factor = _in_range(factor)
        self._refresh()

    @Slot(Qt.ColorScheme)
    def _on_system_changed(self, _scheme: Qt.ColorScheme) -> None:
        self._refresh()

    @Slot(QScreen)
    def _on_screen_added(self, _screen: QScreen) -> None:
        self.theme_changed.emit(self._tokens)

    def _choose(self) -> Tokens:
        dark = self._scheme is Scheme.DARK or (
            # Bare X11 and offscreen report Unknown: that is light.
            self._scheme is Scheme.SYSTEM and self._app.styleHints().colorScheme() is Qt.ColorScheme.Dark
        )
        return (DARK if dark else LIGHT).scaled(self._factor)

    def _refresh(self) -> None:
        chosen = self._choose()
        if chosen != self._tokens:
            self._tokens = chosen
            self._apply()
            self.theme_changed.emit(chosen)

    def _apply(self) -> None:
        font = QFont(self._font)
        font.setPixelSize(self._tokens.font_base)
        font.setFeature(QFont.Tag("tnum"), 1)  # figures of one width, so that times and counts do not dance
        self._app.setFont(font)
        self._app.setPalette(palette(self._tokens))
        self._app.setStyleSheet(style_sheet(self._tokens, paths.resources() / "icons", mono_family()))


def mono_family() -> str:
    """Return the family of the system's monospace font."""
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()


def mono_font(tokens: Tokens) -> QFont:
    """Return the monospace font for hosts, codes and commands."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(tokens.font_code)
    return font


def current_tokens() -> Tokens:
    """Return the look in force; light where no manager was made."""
    manager = _manager()
    return manager.tokens if manager else LIGHT


def follow(slot: Callable[[Tokens], None]) -> None:
    """Call `slot` now and after each change of look.

    `slot` must be a bound method of a QObject: Qt then drops the connection with the object.
    """
    manager = _manager()
    if manager:
        manager.theme_changed.connect(slot)
    slot(current_tokens())


def _manager() -> ThemeManager | None:
    app = QApplication.instance()
    if app is None:
        return None
    return app.findChild(ThemeManager, options=Qt.FindChildOption.FindDirectChildrenOnly)


def _in_range(factor: float) -> float:
    return min(2.0, max(1.0, factor))
