"""Text from outside is hostile: what cannot be seen is made visible, what steers a terminal is taken out."""

import functools
import re
import unicodedata

# ECMA-48: CSI, OSC (ended by BEL or ST; one without an end must not take the rest of the text along) and
# two-character escapes.
_ESCAPES = r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]|[\x9b\x90\x9d]"
_CONTROLS = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
# Explicit directional formatting characters (UAX #9) can show text in another order than it is stored.
_BIDI = "[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]"
_INVISIBLE = "[\u200b\u2060\ufeff\u00ad\U000e0000-\U000e007f]"


def clean(text: str) -> str:
    """Return `text` without terminal escapes, control characters and invisible or direction-changing ones.

    Line ends become `\\n`; lone surrogates become U+FFFD; text is normalised to NFC.
    """
    # In Unicode's words: nothing that is taken out is printable. Line ends are neither, and stay.
    if not text.isprintable() and not text.replace("\n", "").replace("\t", "").isprintable():
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        for pattern in _unwanted():
            text = pattern.sub("", text)
    return unicodedata.normalize("NFC", text)


def one_line(text: str, limit: int = 200) -> str:
    """Return cleaned `text` on one line, cut to `limit` characters with an ellipsis."""
    if text.isascii() and text.isprintable() and len(text) <= limit and "  " not in text:
        return text.strip()
    line = " ".join(clean(text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


@functools.cache
def _unwanted() -> list[re.Pattern[str]]:
    """Compiled when first needed: most titles are printable, and a start lists titles."""
    return [re.compile(pattern) for pattern in (_ESCAPES, _CONTROLS, _BIDI, _INVISIBLE)]
