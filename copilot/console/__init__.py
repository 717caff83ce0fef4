"""Commands for the terminal, one file a group."""
