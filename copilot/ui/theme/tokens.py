"""Every colour, distance, radius and type size, light and dark under the same names."""

from enum import StrEnum
from typing import NamedTuple


class Tone(StrEnum):
    """What a mark says; each has the tokens `<tone>_ink` and `<tone>_fill`."""

    NEUTRAL = "neutral"
    ACCENT = "accent"
    SUCCESS = "success"
    WARNING = "warning"
    DANGER = "danger"


class Tokens(NamedTuple):
    """One look. Colours are `#rrggbb`; lengths and type sizes are device-independent pixels on a 4-pixel grid.

    No dataclass: to make one of this many fields takes 4 ms of every start.

    Attributes:
        window: Behind everything: sidebar, bars.
        surface: Panes that hold content.
        raised: What floats: menus, the command palette.
        field: Inputs.
        code: Blocks of code.
        hover: Under the pointer.
        selected: The selected row.
        hairline: The line between two panes; decoration, nothing is known by it alone.
        line: Outline of a button, which its word already identifies.
        control_line: Outline of an input.
        accent: Fill of the one primary action; `on_accent` is the text on it.
        link: Accent as text.
        mark: Behind words that were searched for.
        inverse: Toasts and tooltips, the other way round.
    """

    name: str
    is_dark: bool

    window: str
    surface: str
    raised: str
    field: str
    code: str
    hover: str
    selected: str

    hairline: str
    line: str
    control_line: str

    text: str
    text_quiet: str
    text_disabled: str
    placeholder: str

    accent: str
    accent_hover: str
    on_accent: str
    link: str
    focus: str

    neutral_ink: str
    neutral_fill: str
    accent_ink: str
    accent_fill: str
    success_ink: str
    success_fill: str
    warning_ink: str
    warning_fill: str
    danger_ink: str
    danger_fill: str

    mark: str
    inverse: str
    inverse_text: str
    inverse_link: str

    space_1: int = 4
    space_2: int = 8
    space_3: int = 12
    space_4: int = 16
    space_6: int = 24
    space_8: int = 32
    radius_small: int = 4
    radius: int = 6
    radius_large: int = 8

    font_small: int = 12
    font_base: int = 13
    font_title: int = 16
    font_large: int = 20
    font_code: int = 12
    icon: int = 16
    control: int = 28
    row: int = 44

    def ink(self, tone: Tone) -> str:
        """Return the colour of text and icons in `tone`."""
        return str(getattr(self, f"{tone.value}_ink"))

    def fill(self, tone: Tone) -> str:
        """Return the colour behind text in `tone`."""
        return str(getattr(self, f"{tone.value}_fill"))

    def scaled(self, factor: float) -> "Tokens":
        """Return these tokens with type, icons, controls and rows `factor` times as large; distances stay."""
        sizes = ("font_small", "font_base", "font_title", "font_large", "font_code", "icon", "control", "row")
        return self._replace(**{name: round(getattr(self, name) * factor) for name in sizes})


LIGHT = Tokens(
    name="light",
    is_dark=False,
    window="#f5f6f8",
    surface="#ffffff",
    raised="#ffffff",
    field="#ffffff",
    code="#f5f6f8",
    hover="#eef0f3",
    selected="#e3e9fb",
    hairline="#e2e5ea",
    line="#ccd1d9",
    control_line="#858c98",
    text="#1b1e23",
    text_quiet="#59606c",
    text_disabled="#9aa1ad",
    placeholder="#666d79",
    accent="#3457d5",
    accent_hover="#2948b8",
    on_accent="#ffffff",
    link="#2b4cc4",
    focus="#3457d5",
    neutral_ink="#505763",
    neutral_fill="#ebedf1",
    accent_ink="#2b4cc4",
    accent_fill="#e3e9fb",
    success_ink="#17663a",
    success_fill="#e2f3e8",
    warning_ink="#845000",
    warning_fill="#fcf0d9",
    danger_ink="#ad231c",
    danger_fill="#fde9e7",
    mark="#ffe7a0",
    inverse="#24272d",
    inverse_text="#f3f4f6",
    inverse_link="#a9bcff",
)

DARK = Tokens(
    name="dark",
    is_dark=True,
    window="#16181b",
    surface="#1c1e22",
    raised="#25282d",
    field="#181a1d",
    code="#16181b",
    hover="#272a30",
    selected="#29345a",
    hairline="#2e3137",
    line="#444952",
    control_line="#7b828e",
    text="#e7e9ec",
    text_quiet="#a8aeb9",
    text_disabled="#666c77",
    placeholder="#959ba7",
    accent="#4465e0",
    accent_hover="#3b5bd6",
    on_accent="#ffffff",
    link="#a0b4ff",
    focus="#8aa2ff",
    neutral_ink="#b9bec8",
    neutral_fill="#30343a",
    accent_ink="#a9bbff",
    accent_fill="#29345a",
    success_ink="#86d6a4",
    success_fill="#1b3626",
    warning_ink="#f1bf66",
    warning_fill="#3c2f18",
    danger_ink="#ffa79f",
    danger_fill="#45211f",
    mark="#4b3d0f",
    inverse="#3a3e46",
    inverse_text="#f3f4f6",
    inverse_link="#b9c8ff",
)
