"""Interface texts: one `tr` for window and console, on the standard library's gettext."""

import gettext
import os
import sys
from pathlib import Path

LANGUAGES = ("en", "de")
"""What the program speaks; English is the source and needs no file."""

_SOURCE = "en"

_SEPARATORS = {"de": str.maketrans(",.", ".,")}

_translations: gettext.NullTranslations = gettext.NullTranslations()
_separators: dict[int, str | int | None] = {}


def chosen(setting: str, system: str) -> str:
    """Return the language to speak: the one set, else the system's ("de_AT"), else English."""
    wanted = setting if setting in LANGUAGES else system.replace("-", "_").partition("_")[0].lower()
    return wanted if wanted in LANGUAGES else _SOURCE


def system_language() -> str:
    """Return the language that the environment names ("de_DE.UTF-8"); empty where it names none."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):  # the order of gettext
        if value := os.environ.get(name, "").split(":")[0]:
            return value
    if sys.platform == "win32":
        import ctypes

        german = 0x07  # the primary language, in the low 10 bits
        return "de" if ctypes.windll.kernel32.GetUserDefaultUILanguage() & 0x3FF == german else ""
    return ""


def install(folder: Path, language: str) -> None:
    """Speak `language` from now on, from `folder/<language>/LC_MESSAGES/copilot.mo`; English where there is none."""
    global _translations, _separators
    _separators = dict(_SEPARATORS.get(language, {}))
    _translations = gettext.NullTranslations()
    if language != _SOURCE:  # English loads nothing: its texts are the source
        path = folder / language / "LC_MESSAGES" / "copilot.mo"
        if path.is_file():
            with path.open("rb") as file:
                _translations = gettext.GNUTranslations(file)


def tr(message: str) -> str:
    """Return the translation of `message`."""
    return (
        _translations.gettext(message) if message else ""
    )  # gettext answers an empty text with its own header


def both(message: str) -> tuple[str, ...]:
    """Return the forms in which a text of ours may stand in what was stored: as it is now, and in English."""
    return tuple(dict.fromkeys((tr(message), message)))


def figure(value: float, decimals: int = 0) -> str:
    """Return a number with the language's separators; the window's own numbers follow the system's region."""
    return f"{value:,.{decimals}f}".translate(_separators)


def later(message: str) -> str:
    """Return `message` as it is: marked for the translators where `tr` is called later, by a name."""
    return message


def tr_n(singular: str, plural: str, n: int) -> str:
    """Return the translation for `n` things, with `{n}` filled in."""
    return _translations.ngettext(singular, plural, n).format(n=n)
