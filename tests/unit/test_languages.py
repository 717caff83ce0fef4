"""The translations: files that follow the code, and a language chosen once, before the first text."""

import ast
import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from copilot.coach.coach import Coach
from copilot.domain.evidence import EvidenceKind
from copilot.support import i18n
from copilot.support.i18n import LANGUAGES, figure, tr, tr_n
from tests.helpers.coach_kit import PACKS, context, evidence
from tests.helpers.desk import desk
from tests.helpers.paths import PACKAGE, RESOURCES, ROOT, python_files
from tests.unit.console.conftest import Console
from tests.unit.console.conftest import console as console

FOLDER = RESOURCES / "i18n"
GERMAN: dict[str, str] = {"No tickets match.": "Keine passenden Tickets."}
OTHERS = [language for language in LANGUAGES if language != "en"]


@pytest.fixture(scope="module")
def messages() -> Iterator[Any]:
    """The script behind `make messages`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "packaging" / "dev")
        yield importlib.import_module("messages")
        for name in ("messages", "progress", "places"):
            sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def template(messages: Any) -> Catalog:
    return messages.extract()  # type: ignore[no-any-return]


@pytest.fixture
def german() -> None:
    i18n.install(FOLDER, "de")


def translated(language: str) -> Catalog:
    with (FOLDER / language / "LC_MESSAGES" / "copilot.po").open("rb") as file:
        return read_po(file, locale=language)


def pairs(language: str) -> Iterator[tuple[str, str]]:
    """Yield each text with what it becomes; of a counted one each form, beside the plural."""
    for message in translated(language):
        words: Any = message.string
        if isinstance(message.id, tuple | list):
            yield from zip(message.id, words, strict=True)
        elif message.id:
            yield message.id, words


# -- the files


def test_the_template_holds_what_the_code_says(messages: Any, template: Catalog) -> None:
    known = messages.TEMPLATE.read_bytes()
    assert messages.po_text(template) == known, "run `make messages`"


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_follows_the_template_and_is_compiled(
    messages: Any, template: Catalog, language: str
) -> None:
    catalog = messages.update(template, language)
    path = messages.po_file(language)
    assert messages.po_text(catalog) == path.read_bytes(), "run `make messages`"
    assert messages.mo_text(catalog) == path.with_suffix(".mo").read_bytes(), "run `make messages`"


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated(messages: Any, template: Catalog, language: str) -> None:
    assert messages.lacking(messages.update(template, language)) == []


def odd(source: str, words: str) -> bool:
    """Tell whether a translation lost a field, a command, a line end or what it is joined by."""

    def parts(text: str) -> list[Any]:
        return [
            sorted(re.findall(r"\{[^}]*\}", text)),
            sorted(re.findall(r"`[^`]*`", text)),
            text.count("\n"),
            (text[:1].isspace(), text[-1:].isspace(), text[-1:] == "…", text[-1:] == ":"),
            text.count("&") if re.match(r"&\w", text) else 0,
        ]

    return parts(source) != parts(words)


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_keeps_fields_commands_and_edges(language: str) -> None:
    assert [pair for pair in pairs(language) if odd(*pair)] == []


def test_a_lost_field_is_found() -> None:
    assert odd("{n} of {all}", "{n} von allen")
    assert odd("Wait…", "Warten")
    assert odd(" (taken back)", "(zurückgenommen)")
    assert odd("`models install` gets one", "`models installieren`")
    assert not odd("{n} of {all}", "von {all} {n}")


def test_the_extractor_finds_code_counts_marks_and_resources(template: Catalog) -> None:
    ticket = template.get("{n} ticket is meant.")
    assert ticket is not None
    assert ticket.id == ("{n} ticket is meant.", "{n} tickets are meant.")
    for text in ("wrong cause", "in progress", "Password in the question", "shows network settings"):
        assert text in template
    assert not any("\\b" in str(message.id) for message in template), "a pattern is no text"


# -- the code


def early_calls(source: str) -> list[int]:
    """Return the lines where `tr` or `tr_n` is called while the module is imported."""
    found: list[int] = []

    def walk(node: ast.AST, later: bool) -> None:
        if isinstance(node, ast.Call) and not later:
            name = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
            if name in ("tr", "tr_n"):
                found.append(node.lineno)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            defaults = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
            for part in (*defaults, *getattr(node, "decorator_list", ())):
                walk(part, later)
            for part in node.body if isinstance(node.body, list) else [node.body]:
                walk(part, True)
            return
        for child in ast.iter_child_nodes(node):
            walk(child, later)

    walk(ast.parse(source), False)
    return found


def test_no_text_is_translated_before_the_language_is_known() -> None:
    early = {path.name: early_calls(path.read_text(encoding="utf-8")) for path in python_files(PACKAGE)}
    assert {name: lines for name, lines in early.items() if lines} == {}


def test_an_early_translation_is_found() -> None:
    assert early_calls("A = tr('x')\nclass B:\n    c = [tr('y')]\ndef f(a=tr('z')): return tr('late')") == [
        1,
        3,
        4,
    ]
    assert early_calls("f = lambda: tr('late')\nA = later('x')") == []


def comparisons(source: str) -> list[int]:
    """Return the lines that compare with a translated text or look for one."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Compare)
        for side in (node.left, *node.comparators)
        if isinstance(side, ast.Call) and getattr(side.func, "id", "") in ("tr", "tr_n")
    ]


def test_no_code_reads_a_translated_text_back() -> None:
    found = {path.name: comparisons(path.read_text(encoding="utf-8")) for path in python_files(PACKAGE)}
    assert {name: lines for name, lines in found.items() if lines} == {}
    assert comparisons("if item.text() == tr('Recent'): pass") == [1]


# -- the choice


@pytest.mark.parametrize(
    ("setting", "system", "language"),
    [
        ("system", "de_AT.UTF-8", "de"),
        ("system", "de", "de"),
        ("system", "de-CH", "de"),
        ("system", "fr_FR", "en"),
        ("system", "C.UTF-8", "en"),
        ("system", "", "en"),
        ("system", "den_CA", "en"),
        ("en", "de_DE", "en"),
        ("de", "en_GB", "de"),
        ("xx", "de_DE", "de"),
    ],
)
def test_the_setting_comes_before_the_system(setting: str, system: str, language: str) -> None:
    assert i18n.chosen(setting, system) == language


def test_the_environment_is_read_in_the_order_of_gettext(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("LANG", "en_GB"), ("LC_MESSAGES", "fr"), ("LC_ALL", "de_DE"), ("LANGUAGE", "sv:de")):
        monkeypatch.delenv("LANGUAGE", raising=False)
        monkeypatch.setenv(name, value)
        assert i18n.system_language() == value.split(":")[0]


def test_english_reads_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "open", None)
    i18n.install(tmp_path, "en")
    assert tr("Save") == "Save"


def test_a_text_that_is_empty_stays_empty(german: None) -> None:
    assert tr("") == ""


def test_numbers_follow_the_language(german: None) -> None:
    assert figure(1234.5, 1) == "1.234,5"
    i18n.install(FOLDER, "en")
    assert figure(1234.5, 1) == "1,234.5"
    assert figure(4096) == "4,096"


def test_german_counts(german: None) -> None:
    forms = [tr_n("{n} ticket is meant.", "{n} tickets are meant.", n) for n in (0, 1, 2)]
    assert forms == ["Gemeint sind 0 Tickets.", "Gemeint ist 1 Ticket.", "Gemeint sind 2 Tickets."]


# -- where it is used


def test_a_question_laid_out_in_english_is_read_in_german() -> None:
    where = context(evidence("E1", EvidenceKind.NOTE, "Restarted the laptop, no change."))
    english = Coach.load(PACKS).improve("Outlook closes since Monday. What is the likely cause?", where).text
    assert "Environment: [ask the user: " in english
    i18n.install(FOLDER, "de")
    coach = Coach.load(PACKS)
    german = coach.improve(english, where).text
    assert german.startswith("Ziel: What is the likely cause?\nSymptom: Outlook closes since Monday.\n")
    assert "Umgebung: [Anwender fragen: welches System" in german
    assert "ask the user" not in german
    assert coach.improve(german, where).text == german
    assert coach.examine(german, where).facts == coach.examine(english, where).facts


def test_the_console_speaks_the_language_of_the_desk(console: Console, data_dir: Path) -> None:
    assert console("tickets", "list").out == "No tickets match.\n"
    with desk(data_dir, samples=False) as services:
        services.settings.set("language", "de")
    assert console("tickets", "list").out == f"{GERMAN['No tickets match.']}\n"
    assert console("tickets", "list", "--json").document == []


def test_help_speaks_the_language_of_the_system(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "de")
    assert "einen anderen Datenordner verwenden" in " ".join(console("--help").out.split())
