"""Keep the translations up to date: take the texts out of the code, update every language, compile it.

Run by `make messages`. The files hold no line numbers and no dates, so that a diff shows texts and nothing else.
`messages.py --from FILE…` takes German texts from JSON files: `[{"id": "Save", "de": "Sichern"}]`, with
`[singular, plural]` where the text counts something.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from progress import say  # noqa: E402

from copilot.domain.conversation import DecisionKind, Reason  # noqa: E402 - found through the path above
from copilot.domain.ticket import Status, TicketType  # noqa: E402
from copilot.support.i18n import LANGUAGES  # noqa: E402
from copilot.support.yaml_files import load_yaml  # noqa: E402

FOLDER = ROOT / "resources" / "i18n"
TEMPLATE = FOLDER / "copilot.pot"
KEYWORDS: dict[str, Any] = {"tr": None, "later": None, "tr_n": (1, 2)}
# What people read of the files that they may edit; the patterns beside it stay as they are.
YAML_FIELDS = {
    "coach/needs.yaml": {"label", "ask"},
    "coach/intents.yaml": {"goal", "answer_as"},
    "coach/rules.yaml": {"title", "why", "example"},
    "assistant/commands.yaml": {"why"},
}
# Shown by their value, an underscore for a space.
ENUMS = (Status, TicketType, DecisionKind, Reason)
_CHANGING = (b"POT-Creation-Date", b"PO-Revision-Date", b"Generated-By", b"Last-Translator", b"Language-Team")
_UNUSED = (b"Project-Id-Version", b"Report-Msgid-Bugs-To")
_HEADERS = re.compile(rb'^"(?:' + b"|".join(_CHANGING + _UNUSED) + rb"): .*\n", re.M)

Text = str | tuple[str, str]
Found = tuple[str, Text, list[str]]


def extract() -> Catalog:
    """Return a catalog of every text in the code and the resources, sorted by file and text."""
    found: dict[str, tuple[Text, list[tuple[str, None]], list[str]]] = {}
    for file, text, comments in (*_from_code(), *_from_yaml(), *_from_models(), *_from_enums()):
        key = text if isinstance(text, str) else text[0]
        known, places, notes = found.setdefault(key, (text, [], []))
        if isinstance(text, tuple) and isinstance(known, str):
            found[key] = (text, places, notes)
        if (file, None) not in places:
            places.append((file, None))
        notes += [comment for comment in comments if comment not in notes]
    catalog = _catalog(None)
    for _, (text, places, notes) in sorted(found.items(), key=lambda entry: (entry[1][1], entry[0])):
        catalog.add(text, locations=places, auto_comments=notes)  # type: ignore[arg-type]  # a place has no line
    return _without_printf(catalog)


def _from_code() -> Iterator[Found]:
    for path in sorted((ROOT / "copilot").rglob("*.py")):
        for _, text, comments, _ in extract_from_file(
            "python", path, KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
        ):
            if text:
                yield _name(path), text if isinstance(text, str) else (text[0], text[1]), comments


def _from_yaml() -> Iterator[Found]:
    for name, fields in YAML_FIELDS.items():
        path = ROOT / "resources" / name
        for text in _values(load_yaml(path.read_text(encoding="utf-8")), fields):
            yield _name(path), text, []


def _values(node: Any, fields: set[str]) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in fields and isinstance(value, str):
                if value:
                    yield value
            else:
                yield from _values(value, fields)
    elif isinstance(node, list):
        for value in node:
            yield from _values(value, fields)


def _from_models() -> Iterator[Found]:
    import tomllib

    path = ROOT / "models" / "catalogue.toml"
    for model in tomllib.loads(path.read_text(encoding="utf-8"))["model"]:
        if model.get("note"):
            yield _name(path), model["note"], []


def _from_enums() -> Iterator[Found]:
    for kind in ENUMS:
        path = ROOT / Path(*kind.__module__.split(".")).with_suffix(".py")
        for value in kind:
            yield _name(path), value.value.replace("_", " "), []


def update(template: Catalog, language: str, given: Iterable[dict[str, Any]] = ()) -> Catalog:
    """Return the catalog of `language` with the template's texts: what is translated stays, what is gone goes."""
    path = po_file(language)
    catalog = _catalog(language)
    if path.exists():
        with path.open("rb") as file:
            catalog = read_po(file, locale=language)
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.fuzzy = False
    for entry in given:
        message = catalog.get(entry["id"])
        if message is not None and entry[language]:
            is_counted = isinstance(message.id, tuple)
            words = entry[language]
            if is_counted == isinstance(words, str):
                raise SystemExit(f"{entry['id']!r}: one text or two?")
            message.string = tuple(words) if is_counted else words
    return _without_printf(catalog)


def po_text(catalog: Catalog) -> bytes:
    """Return a catalog as its file holds it."""
    file = io.BytesIO()
    write_po(file, catalog, width=110, include_lineno=False, sort_by_file=True, ignore_obsolete=True)
    return _HEADERS.sub(b"", file.getvalue())


def mo_text(catalog: Catalog) -> bytes:
    """Return a catalog compiled; what is not translated is left out."""
    file = io.BytesIO()
    whole = read_po(io.BytesIO(po_text(catalog)), locale=catalog.locale)
    whole.creation_date = whole.revision_date = datetime(2026, 1, 1, tzinfo=UTC)  # the same each time
    write_mo(file, whole)
    return file.getvalue()


def po_file(language: str) -> Path:
    """Return the file of a language that translators edit; the compiled one lies beside it."""
    return FOLDER / language / "LC_MESSAGES" / "copilot.po"


def lacking(catalog: Catalog) -> list[str]:
    """Return the texts that are not translated."""
    return [str(message.id) for message in catalog if message.id and not _is_whole(message.string)]


def _is_whole(words: Any) -> bool:
    return bool(words) and (isinstance(words, str) or all(words))


def _catalog(language: str | None) -> Catalog:
    return Catalog(
        language,
        project="Technician Copilot",
        header_comment="# Made by `make messages`.",
        charset="utf-8",
        fuzzy=False,
    )


def _without_printf(catalog: Catalog) -> Catalog:
    """Take a mark off texts with a percent sign: fields are named in braces here."""
    for message in catalog:
        message.flags.discard("python-format")
    return catalog


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def main() -> None:
    """Extract, update, compile; say what is not translated."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--from", dest="sources", nargs="+", type=Path, default=[], metavar="FILE")
    parser.add_argument("--list", action="store_true", help="list the texts that are not translated")
    options = parser.parse_args()
    given = [entry for path in options.sources for entry in json.loads(path.read_text(encoding="utf-8"))]
    template = extract()
    FOLDER.mkdir(exist_ok=True)
    TEMPLATE.write_bytes(po_text(template))
    for language in LANGUAGES:
        if language != "en":
            path = po_file(language)
            path.parent.mkdir(parents=True, exist_ok=True)
            catalog = update(template, language, given)
            path.write_bytes(po_text(catalog))
            path.with_suffix(".mo").write_bytes(mo_text(catalog))
            left = lacking(catalog)
            say(f"{language}: {len(template) - len(left)} of {len(template)} texts translated")
            for text in left if options.list else ():
                say(f"  {text!r}")


if __name__ == "__main__":
    main()
