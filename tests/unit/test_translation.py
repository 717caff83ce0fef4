"""Every text that the window shows goes through `tr`."""

import ast
from pathlib import Path

import pytest

from tests.helpers.paths import PACKAGE

# Calls whose first argument is shown to people.
_SHOWN = {
    "QLabel",
    "QPushButton",
    "QAction",
    "QCheckBox",
    "QRadioButton",
    "QGroupBox",
    "IconButton",
    "EmptyState",
    "setText",
    "setTitle",
    "setToolTip",
    "setPlaceholderText",
    "setAccessibleName",
    "setAccessibleDescription",
    "addAction",
    "addMenu",
    "addTab",
    "announce",
}
_POSITION = {"IconButton": 1, "EmptyState": 1, "announce": 1}
_NAMES = {"Technician Copilot"}


def untranslated(source: str) -> list[tuple[int, str]]:
    """Return (line, text) of literal words that are shown without `tr`."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
        position = _POSITION.get(name, 0)
        if name in _SHOWN and len(node.args) > position:
            argument = node.args[position]
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                words = argument.value
                if any(char.isalpha() for char in words) and words not in _NAMES:
                    found.append((node.lineno, words))
    return found


@pytest.mark.parametrize("path", sorted((PACKAGE / "ui").rglob("*.py")), ids=lambda p: p.name)
def test_what_the_window_shows_can_be_translated(path: Path) -> None:
    assert untranslated(path.read_text(encoding="utf-8")) == []


def test_a_literal_on_a_label_is_found() -> None:
    assert untranslated('QLabel("Hello")') == [(1, "Hello")]
    assert untranslated('button.setToolTip("Copy it")') == [(1, "Copy it")]
    assert untranslated('QLabel(tr("Hello")); IconButton("copy", tr("Copy"))') == []
