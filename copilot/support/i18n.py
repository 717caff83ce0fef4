"""Interface texts: one `tr` for window and console, on the standard library's gettext."""

import gettext
from pathlib import Path

_translations: gettext.NullTranslations = gettext.NullTranslations()


def install(folder: Path, language: str) -> None:
    """Load `folder/<language>/LC_MESSAGES/copilot.mo`; English is the source and the fallback."""
    global _translations
    _translations = gettext.NullTranslations()
    if any(folder.glob("*/")):  # gettext imports the standard library's locale tables before it looks
        _translations = gettext.translation("copilot", folder, [language], fallback=True)


def tr(message: str) -> str:
    """Return the translation of `message`."""
    return _translations.gettext(message)


def tr_n(singular: str, plural: str, n: int) -> str:
    """Return the translation for `n` things, with `{n}` filled in."""
    return _translations.ngettext(singular, plural, n).format(n=n)
