"""Contrast as WCAG 2.2 measures it, and the pairs of tokens that must keep it."""

from copilot.ui.theme.tokens import Tokens, Tone

AA_TEXT = 4.5
AA_LARGE = 3.0  # large text, icons, focus rings and outlines that identify a control

SURFACES = ("window", "surface", "raised", "field", "hover", "selected", "code")


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb`, 0 to 1 (WCAG 2.2, "relative luminance")."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(first: str, second: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def pairs(tokens: Tokens) -> list[tuple[str, str, str, float]]:
    """Return (name, foreground, background, least ratio) of every pair that the interface shows."""
    found: list[tuple[str, str, str, float]] = []

    def need(front: str, back: str, least: float) -> None:
        found.append((f"{front} on {back}", getattr(tokens, front), getattr(tokens, back), least))

    for surface in SURFACES:
        need("text", surface, AA_TEXT)
        need("text_quiet", surface, AA_TEXT)
        need("link", surface, AA_TEXT)
        need("focus", surface, AA_LARGE)
        for tone in Tone:
            need(f"{tone.value}_ink", surface, AA_TEXT)
    for back in ("field", "raised", "surface", "window"):
        need("placeholder", back, AA_TEXT)
        need("control_line", back, AA_LARGE)
    for tone in Tone:
        need(f"{tone.value}_ink", f"{tone.value}_fill", AA_TEXT)
        need("text", f"{tone.value}_fill", AA_TEXT)
    need("on_accent", "accent", AA_TEXT)
    need("on_accent", "accent_hover", AA_TEXT)
    for front in ("inverse_text", "inverse_link"):
        need(front, "inverse", AA_TEXT)
    return found
