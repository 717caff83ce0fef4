"""Theme and size of the text, which take effect at once, and the language, which the next start reads."""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QSlider, QSpinBox, QWidget

from copilot.support.i18n import tr
from copilot.ui.bridge.hub import Hub
from copilot.ui.settings.column_page import Section, line_of, scaled, wrapping_line_of
from copilot.ui.theme.manager import Scheme, ThemeManager, follow
from copilot.ui.theme.tokens import Tokens

_SETTLE_MS = 150  # a new size restyles the whole window: once the hand rests, not at every step

# The slider beside it replaces the arrows; and the rules for fields must not hold for the field inside the field.
NUMBER = """
QSpinBox::down-arrow { image: none; }
QSpinBox QLineEdit { border: none; padding: 0; min-height: 0; background: transparent; }
"""
# Fusion's own handle does not grow with the text, and is hard to see in the dark.
_SLIDER = """
QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {t.control_line}; }}
QSlider::sub-page:horizontal {{ background: {t.accent}; border-radius: 2px; }}
QSlider::handle:horizontal {{ width: {t.icon}px; margin: {out}px 0; border-radius: {half}px; background: {t.accent}; }}
QSlider::handle:horizontal:hover {{ background: {t.accent_hover}; }}
QSlider::handle:horizontal:focus {{ background: {t.text}; }}
QSlider {{ min-height: {t.icon}px; }}
"""


_LANGUAGES = {"en": "English", "de": "Deutsch"}  # each in its own words, so that it is found again


class AppearanceSection(Section):
    """How the window looks."""

    def __init__(self, hub: Hub, theme: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(tr("Appearance"), parent)
        self._hub = hub
        self._theme = theme
        self._schemes = QButtonGroup(self)
        self.scheme_buttons: dict[Scheme, QRadioButton] = {}
        for scheme, name in (
            (Scheme.SYSTEM, tr("As the system")),
            (Scheme.LIGHT, tr("Light")),
            (Scheme.DARK, tr("Dark")),
        ):
            button = QRadioButton(name)
            button.setAccessibleName(tr("Theme: {name}").format(name=name))
            button.clicked.connect(partial(self._on_scheme, scheme))
            self._schemes.addButton(button)
            self.scheme_buttons[scheme] = button
        choices = wrapping_line_of(*self.scheme_buttons.values(), gap=16)
        choices.setFocusProxy(self.scheme_buttons[Scheme.SYSTEM])
        self.add_line(tr("Theme"), choices)

        self._languages = QButtonGroup(self)
        self.language_buttons: dict[str, QRadioButton] = {}
        for language, name in (("system", tr("As the system")), *_LANGUAGES.items()):
            button = QRadioButton(name)
            button.setAccessibleName(tr("Language: {name}").format(name=name))
            button.clicked.connect(partial(self._keep, "language", language))
            self._languages.addButton(button)
            self.language_buttons[language] = button
        languages = wrapping_line_of(*self.language_buttons.values(), gap=16)
        languages.setFocusProxy(self.language_buttons["system"])
        self.add_line(tr("Language"), languages, tr("It takes effect at the next start."))

        self.size_slider = QSlider(Qt.Orientation.Horizontal)
        self.size_slider.setRange(100, 200)
        self.size_slider.setSingleStep(5)
        self.size_slider.setPageStep(25)
        self.size_slider.setAccessibleName(tr("Text size, slider"))
        self.size_box = QSpinBox()
        self.size_box.setRange(100, 200)
        self.size_box.setSingleStep(5)
        self.size_box.setStyleSheet(NUMBER)
        self.size_box.lineEdit().setTextMargins(8, 0, 8, 0)
        self.size_box.setSuffix(tr(" %"))
        self.size_box.setKeyboardTracking(False)
        self.size_box.setAccessibleName(tr("Text size in percent"))
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._apply_size)
        self.size_slider.valueChanged.connect(self._on_size)
        self.size_slider.sliderReleased.connect(self._settle.start)
        self.size_box.valueChanged.connect(self._on_size)
        sizes = line_of(self.size_slider, self.size_box)
        sizes.setFocusProxy(self.size_slider)
        self.add_line(tr("Text size"), sizes, tr("Also Ctrl+= and Ctrl+−; Ctrl+0 goes back to 100 %."))
        self.sync()
        follow(self._on_look)

    def sync(self) -> None:
        """Show what the theme is now: the menus change it too."""
        self.scheme_buttons[self._theme.scheme].setChecked(True)
        if not self._settle.isActive():
            self._show_size(round(self._theme.text_factor * 100))

    def show_settings(self, settings: dict[str, Any]) -> None:
        """Show what is stored; theme and size are known from the window itself."""
        self.language_buttons[settings["language"]].setChecked(True)

    def _on_look(self, tokens: Tokens) -> None:
        self.size_slider.setFixedWidth(scaled(160, tokens))
        self.size_slider.setStyleSheet(
            _SLIDER.format(t=tokens, half=tokens.icon // 2, out=2 - tokens.icon // 2)
        )
        self.sync()

    def _on_scheme(self, scheme: Scheme) -> None:
        self._theme.set_scheme(scheme)
        self._keep("theme", scheme.value)

    def _on_size(self, percent: int) -> None:
        self._show_size(percent)
        if not self.size_slider.isSliderDown():
            self._settle.start()

    def _show_size(self, percent: int) -> None:
        for control in (self.size_slider, self.size_box):
            control.blockSignals(True)
            control.setValue(percent)
            control.blockSignals(False)

    def _apply_size(self) -> None:
        factor = self.size_box.value() / 100
        if factor != self._theme.text_factor:
            self._theme.set_text_factor(factor)
            self._keep("text_size", factor)

    def _keep(self, name: str, value: object) -> None:
        self._hub.tasks.write(self, partial(self._hub.services.settings.set, name, value))
