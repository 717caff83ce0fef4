"""QPalette from tokens, for everything that the Fusion style draws by itself."""

from PySide6.QtGui import QColor, QPalette

from copilot.ui.theme.tokens import Tokens


def palette(tokens: Tokens) -> QPalette:
    """Return the palette of `tokens`."""
    role = QPalette.ColorRole
    colours = {
        role.Window: tokens.window,
        role.WindowText: tokens.text,
        role.Base: tokens.surface,
        role.AlternateBase: tokens.window,
        role.Text: tokens.text,
        role.PlaceholderText: tokens.placeholder,
        role.Button: tokens.raised,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.danger_ink,
        role.ToolTipBase: tokens.inverse,
        role.ToolTipText: tokens.inverse_text,
        role.Highlight: tokens.accent,
        role.HighlightedText: tokens.on_accent,
        role.Accent: tokens.accent,
        role.Link: tokens.link,
        role.LinkVisited: tokens.link,
        role.Light: tokens.raised,
        role.Midlight: tokens.hover,
        role.Mid: tokens.line,
        role.Dark: tokens.control_line,
        role.Shadow: tokens.hairline,
    }
    made = QPalette()
    for where, colour in colours.items():
        made.setColor(where, QColor(colour))
    for where in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, where, QColor(tokens.text_disabled))
    made.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(tokens.line))
    made.setColor(QPalette.ColorGroup.Disabled, role.HighlightedText, QColor(tokens.text))
    return made
