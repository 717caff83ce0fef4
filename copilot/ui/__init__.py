"""Qt, and only here: the window, its screens and what they are made of."""

import builtins

import PySide6.QtCore  # noqa: F401 - first, because of what follows

# PySide6 puts a function before `import` that reads and tokenizes the source of every module imported from then on,
# to see whether it wants a `__feature__`. None of ours does, and it costs a tenth of the start.
builtins.__import__ = vars(builtins).get("__orig_import__", builtins.__import__)
