"""How the window looks: tokens, and what turns them into palette, style sheet, fonts and icons."""
