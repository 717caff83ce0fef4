"""Every part of the window in a language that is 40 % longer than English: nothing is cut, nothing is untranslated."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from copilot.support import i18n
from copilot.support.errors import DamagedError
from copilot.support.i18n import tr, tr_n
from copilot.ui.shell.start_error import StartErrorWindow
from copilot.ui.shell.tray import Tray
from tests.helpers.desk import desk
from tests.helpers.pseudo import Pseudo, texts_of, trouble, untranslated, visible
from tests.helpers.scenes import SCENES, SIGHT, made_desk, menus, on_screen, put_away
from tests.helpers.window import Page, open_page, shown_texts

pytestmark = [
    pytest.mark.slow,
    pytest.mark.qt_log_ignore("This plugin does not support"),  # offscreen has no window manager
]


@pytest.fixture
def pseudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "install", lambda _folder, _language: None)
    monkeypatch.setattr(i18n, "_translations", Pseudo())
    QLocale.setDefault(QLocale(QLocale.Language.Russian))  # dates in other letters than ours


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path, pseudo: None) -> Iterator[Page]:
    folder = tmp_path / "д"
    with desk(folder, samples=False) as services:
        made_desk(services)
    with open_page(qtbot, folder, script="fast", samples=False) as opened:
        opened.window.resize(*SIGHT)
        yield opened
        put_away(opened)


@pytest.mark.parametrize("name", SCENES)
def test_every_text_is_translated_and_has_room(page: Page, name: str) -> None:
    SCENES[name](page)
    page.settle()
    with suppress(page.qtbot.TimeoutError):  # layouts may need another turn
        page.qtbot.waitUntil(lambda: not problems(), timeout=2000)
    assert "\n".join(problems()) == ""


def problems() -> list[str]:
    found = set()
    for part in on_screen():
        for widget in visible(part):
            texts = texts_of(widget)
            where = f"{type(widget).__name__} in {type(widget.parent()).__name__}"
            if problem := trouble(widget):
                found.add(f"{where}: {(texts or [''])[-1]!r} {problem}")
            found |= {f"{where}: {text!r} is not translated" for text in texts if untranslated(text)}
    return sorted(found)


def test_every_command_is_translated(page: Page) -> None:
    texts = [action.text() for action in page.window.all_actions()]
    texts += [action.text() for menu in menus(page) for action in (menu.menuAction(), *menu.actions())]
    assert len(texts) > 60
    assert [text for text in texts if untranslated(text)] == []


def test_a_start_that_fails_says_so_in_the_language(qtbot: QtBot, pseudo: None, tmp_path: Path) -> None:
    with desk(tmp_path / "д", samples=False) as services:
        services.backups.create(tmp_path / "backups" / "д.db")
    window = StartErrorWindow(DamagedError(tr("Disk full"), tr("Kept"), tr("Make room.")), tmp_path)
    window.show()
    qtbot.waitUntil(lambda: bool(shown_texts(window)))
    assert problems() == []
    window.close_tasks()
    window.close()
    window.deleteLater()


def test_the_tray_speaks_the_language(page: Page) -> None:
    tray = Tray(page.window, lambda: False)
    texts = [action.text() for action in tray.menu.actions() if not action.isSeparator()]
    tray.close()
    assert len(texts) > 4
    assert [text for text in texts if untranslated(text) or not text] == []


# -- the finder itself


def test_the_language_keeps_fields_and_brackets_texts(pseudo: None) -> None:
    assert tr("Save") == "[Sàvé ··]"
    assert tr("Delete {name} now").format(name="Х") == "[Délété Х ñöw ····]"
    assert tr("{n} %") == "{n} %"
    assert tr_n("{n} page", "{n} pages", 2) == "[2 pàgéš ··]"
    assert tr(" (taken back)").startswith(" [")


def test_a_text_that_bypassed_tr_is_found() -> None:
    assert untranslated("Save") == "Save"
    assert untranslated("[Šàvé ··]: failed") == "failed"
    assert untranslated("[Šàvé [Ñö ·] ··] INC-1 P1 Ctrl+S") == ""
    assert untranslated("Принтер 5.1") == ""


def test_a_text_without_room_is_found(qtbot: QtBot) -> None:
    label, pushed, field, wrapped = (
        QLabel("A long line of text"),
        QPushButton("Push me now"),
        QLineEdit(),
        QLabel(),
    )
    field.setPlaceholderText("Type a number, a title or a name")
    wrapped.setWordWrap(True)
    wrapped.setText("many words " * 20)
    for widget in (label, pushed, field, wrapped):
        qtbot.addWidget(widget)
        widget.show()
        widget.setFixedSize(40, 30)
        assert trouble(widget)
        widget.setFixedSize(900, 200)
        assert not trouble(widget)
