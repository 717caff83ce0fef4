"""The main screens in German: no English is left, no field is left open, Qt and the dates speak it too."""

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from PySide6.QtCore import QDate, QLocale
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from copilot.ui.desk.view_switch import _ViewButton
from copilot.ui.settings.settings_page import SettingsPage
from tests.helpers.desk import desk
from tests.helpers.paths import RESOURCES
from tests.helpers.pseudo import texts_of, trouble, visible
from tests.helpers.scenes import SCENES, SIGHT, made_desk, on_screen, put_away
from tests.helpers.window import Page, button, child, children, open_page, shown_texts

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen has no window manager

MAIN = (
    *("desk", "answer overridden", "reply", "selection bar", "filter menu", "changes of today", "new ticket"),
    *("import mapping", "export page", "backups", "your data", "models", "command palette", "compact window"),
)


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path) -> Iterator[Page]:
    folder = tmp_path / "д"
    with desk(folder, samples=False) as services:
        services.settings.set("language", "de")
    with desk(folder, samples=False) as services:
        made_desk(services)
    with open_page(qtbot, folder, script="fast", samples=False) as opened:
        opened.window.resize(*SIGHT)
        yield opened
        put_away(opened)


@cache
def english() -> re.Pattern[str]:
    """Return a pattern of every English text that reads otherwise in German; fields hold anything."""
    with (RESOURCES / "i18n/de/LC_MESSAGES/copilot.po").open("rb") as file:
        catalog = read_po(file, locale="de")
    sources: list[str] = []
    for message in catalog:
        ours = message.id if isinstance(message.id, tuple | list) else [message.id]
        theirs = message.string if isinstance(message.string, tuple | list) else [message.string]
        sources += [
            text
            for text in ours
            if re.search(r"[A-Za-z]{4}", re.sub(r"\{\w*\}", "", text)) and text not in theirs
        ]
    return re.compile("|".join(re.sub(r"\\\{\w*\\\}", ".+", re.escape(text)) for text in sources))


def odd_texts() -> list[str]:
    found = set()
    for part in on_screen():
        for widget in visible(part):
            for text in texts_of(widget):
                if english().fullmatch(text) or re.search(r"\{\w*\}", text):
                    found.add(f"{type(widget).__name__}: {text}")
    return sorted(found)


@pytest.mark.slow
@pytest.mark.parametrize("name", MAIN)
def test_no_english_is_left_and_nothing_is_cut(page: Page, name: str) -> None:
    SCENES[name](page)
    page.settle()
    assert odd_texts() == []
    with suppress(page.qtbot.TimeoutError):  # layouts may need another turn
        page.qtbot.waitUntil(lambda: not cut(page), timeout=2000)
    assert cut(page) == []


def cut(page: Page) -> list[str]:
    found = [
        f"{type(widget).__name__}: {texts_of(widget)[-1]}"
        for part in on_screen()
        for widget in visible(part)
        if trouble(widget)
    ]
    found += [  # these may be cut, but not in a language that we speak
        view.text()
        for view in children(page.sidebar, _ViewButton)
        if view.fontMetrics().horizontalAdvance(f"{view.text()} {view._count}") + 16 > view.width()
    ]
    return found


def test_the_window_speaks_german_to_the_last_menu(page: Page) -> None:
    SCENES["selection bar"](page)
    page.settle()
    texts = [text for widget in visible(page.window) for text in texts_of(widget)]
    assert "3 ausgewählt" in texts
    assert QLocale().language() is QLocale.Language.German
    assert QLocale().toString(QDate(2026, 3, 2), "MMMM") == "März"
    field = child(page.window, QLineEdit)
    menu = field.createStandardContextMenu()
    assert any(action.text().startswith("&Rückgängig") for action in menu.actions())
    menu.deleteLater()


def test_the_language_is_chosen_in_the_settings_for_the_next_start(page: Page) -> None:
    page.run("Settings")
    page.settle()
    section = child(page.window, SettingsPage).appearance
    assert section.language_buttons["de"].isChecked()
    assert "Wirkt ab dem nächsten Start." in shown_texts(section)
    button(section, "English").click()
    page.settle()
    assert page.services.settings.get("language") == "en"
    assert odd_texts() == []


def test_what_english_leaves_is_found() -> None:
    assert english().fullmatch("3 tickets are meant.")
    assert english().fullmatch("Settings")
    assert not english().fullmatch("Einstellungen")
