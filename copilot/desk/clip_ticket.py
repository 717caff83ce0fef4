"""Reads a ticket page that was copied from a browser: labels with values, and the thread below them."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from copilot.desk.mapping import guess_columns, known_columns
from copilot.desk.values import read_priority, read_status, read_type
from copilot.support.text import one_line

# What pages say and files do not; the other names of a field are those of the import.
_ALSO = {
    "number": "ticketnummer, vorgangsnummer, numéro, numero, ticket #, issue, schlüssel, nummer",
    "short description": "kurzbeschreibung, titel, titre, betreff, objet, sujet, zusammenfassung, résumé, brève description",
    "description": "beschreibung, descriptif, problembeschreibung, contenu, nachricht",
    "requester": (
        "anforderer, melder, anrufer, kunde, demandeur, appelant, requestor, requestors, requester by, autor, auteur, "
        "rapporteur, gemeldet von, by, de, contact name, requested by, opened for, watch list caller"
    ),
    "email": "e-mail, e-mail-adresse, email address, mail, adresse e-mail, courriel, requestor email",
    "status": "zustand, statut, état, etat",
    "priority": "priorität, prioritaet, priorité, priorite",
    "impact": "auswirkung",
    "urgency": "dringlichkeit, urgence",
    "type": "typ, vorgangstyp, art, request type, ticket type",
    "assignee": "zugewiesen an, bearbeiter, zuständig, assigné à, attribué à, technicien, besitzer",
    "group": "gruppe, groupe, warteschlange, file, assignment group",
    "created": "erstellt, erstellt am, eröffnet, geöffnet, gemeldet am, créé, créé le, date d'ouverture, opening date, ouvert le",
    "updated": "aktualisiert, geändert, mis à jour, zuletzt aktualisiert, last update",
    "host": "gerät, computername, rechner, ordinateur, poste, matériel, associated assets, hardware, affected device",
    "os": "betriebssystem, système d'exploitation, environment, environnement",
    "location": "standort, lieu",
    "category": "kategorie, catégorie",
}
_CANONICAL = {name.strip(): canon for canon, line in _ALSO.items() for name in line.split(",")}
_READERS: dict[str, Callable[[str], object]] = {
    "status": read_status,
    "priority": read_priority,
    "type": read_type,
    "urgency": read_priority,
    "impact": read_priority,
}
# Where the fields end and people begin to speak; also marks of a page that are no value.
_SECTIONS = frozenset(
    {
        *(
            "activity",
            "activities",
            "comments",
            "work notes",
            "history",
            "conversation",
            "conversations",
            "all",
        ),
        *(
            "work log",
            "worklog",
            "notes",
            "people",
            "dates",
            "details",
            "attachments",
            "attachment",
            "transactions",
        ),
        *("sla", "slas", "more information", "linked issues", "issue links"),
        *("aktivität", "aktivitäten", "kommentare", "verlauf", "historie", "anhänge"),
        *("activité", "commentaires", "historique"),
    }
)
# From here on people speak, and "Serial number: 4KX81" is what one of them says.
_THREAD = re.compile(
    r"(?:activit(?:y|ies)|comments|history|conversations?|aktivitäten|kommentare|verlauf|historie|activités?|"
    r"commentaires|historique)\s?[:(]?\s?\d{0,5}\)?",
    re.IGNORECASE,
)
_PAIR = re.compile(r"([^:\t]{2,40}?)\s{0,3}\*?\s?(?::|\t)\s{0,9}(\S.*)")
_BARE = re.compile(r"\*?\s?([^:\t]{2,40}?)\s{0,3}\*?\s?[:*]?")
_NUMBER = re.compile(
    r"\b((?:INC|REQ|RITM|SCTASK|TASK|PRB|CHG|SR|IM|CS)[- #]?\d{3,10}|[A-Z][A-Z0-9]{1,9}-\d{1,7})\b|"
    r"(?:Ticket|Request|Case|Issue|Incident|Anfrage|Vorgang)\s?\(?(?:#|No\.?|Nr\.?|ID)?[ :]?\s?#?(\d{3,17})\)?|"
    r"(?:^|\s|\[)#((?:[A-Z]{2,4}-)?\d{2,12})\b"
)
_PLAIN_NUMBER = re.compile(r"\b((?:INC|REQ|RITM|PRB|CHG)\d{4,10})\b|\[(?:Ticket)?#:?\s?(\d{4,17})\]")


@dataclass(slots=True)
class Page:
    """Field of ours -> value, and the line each was taken from; `rest` is what follows the fields."""

    values: dict[str, str] = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)
    rest: list[str] = field(default_factory=list)


def read_page(lines: list[str]) -> Page | None:
    """Return the fields of a page; None where there are too few to be one."""
    page = Page()
    pairs, rest = _pairs(lines)
    page.rest = rest
    labels: dict[str, tuple[str, str]] = {}
    for label, value, line in pairs:
        canon = _canonical(label)
        if canon not in labels and value:
            labels[canon] = (value, line)
    for name, label in guess_columns(list(labels), {}).items():
        page.values[name], page.lines[name] = labels[label]
    return (
        page
        if len(page.values) >= 3 and {"title", "body", "number", "status", "priority"} & set(page.values)
        else None
    )


def find_number(lines: list[str]) -> tuple[str, str]:
    """Return a number that stands in the first lines of a page, and its line."""
    for line in [line for line in lines if line.strip()][:8]:
        if len(line) < 300 and (found := _NUMBER.search(line)):
            return next(group for group in found.groups() if group), one_line(line, 160)
    return "", ""


def find_plain_number(text: str) -> tuple[str, str]:
    """Return a number in running text that can hardly be anything else, and its line."""
    for line in text.split("\n")[:60]:
        if found := _PLAIN_NUMBER.search(line[:500]):
            return next(group for group in found.groups() if group), one_line(line, 160)
    return "", ""


def _canonical(label: str) -> str:
    words = " ".join(label.lower().split()).strip(" *:")
    return _CANONICAL.get(words, words)


def _is_label(label: str) -> bool:
    return known_columns([_canonical(label)], {}) > 0


def _pairs(lines: list[str]) -> tuple[list[tuple[str, str, str]], list[str]]:
    pairs: list[tuple[str, str, str]] = []
    rest: list[str] = []
    place = 0
    while place < len(lines):
        line = lines[place][:2000].strip()
        if len(pairs) >= 3 and _THREAD.fullmatch(line.strip()):
            return pairs, [*rest, *lines[place + 1 :]]
        cells = [cell.strip() for cell in line.split("\t") if cell.strip()]
        if (
            len(cells) >= 2
            and len(cells) % 2 == 0
            and all(_is_label(cell.rstrip(" :*")) for cell in cells[::2])
        ):
            pairs += [
                (cells[i].rstrip(" :*"), cells[i + 1], one_line(line, 160)) for i in range(0, len(cells), 2)
            ]
            place += 1
            continue
        found = _PAIR.fullmatch(line)
        if found and _is_label(found[1]):
            is_long = _field(found[1]) == "body"
            more, end = _following(lines, place + 1) if is_long else ([], place + 1)
            pairs.append((found[1], "\n".join([found[2].strip(), *more]), one_line(line, 160)))
            place = end
            continue
        bare = _BARE.fullmatch(line)
        if bare and _is_label(bare[1]):
            end, value = _value_below(lines, place + 1, bare[1])
            if value:
                pairs.append((bare[1], value, one_line(f"{line.strip()} {value}", 160)))
                place = end
                continue
        rest.append(lines[place])
        place += 1
    return pairs, rest


def _value_below(lines: list[str], place: int, label: str) -> tuple[int, str]:
    """Return the value under a label that stands alone, and the line behind it."""
    while place < len(lines) and not lines[place].strip():
        place += 1
    if place >= len(lines):
        return place, ""
    name, value = _field(label), lines[place].strip()
    if name == "body":
        more, end = _following(lines, place)
        return end, "\n".join(more).strip()
    if name in _READERS:
        try:
            _READERS[name](value)
        except ValueError:
            return place, ""
        return place + 1, value
    bare = _BARE.fullmatch(value[:100])
    if (bare and _is_label(bare[1])) or value.lower().strip(":") in _SECTIONS or _opens_pair(value):
        return place, ""
    return place + 1, value[:500]


def _opens_pair(value: str) -> bool:
    found = _PAIR.fullmatch(value[:200])
    return found is not None and _is_label(found[1])


def _following(lines: list[str], place: int) -> tuple[list[str], int]:
    """Return the lines of a description: up to the next label or section."""
    taken: list[str] = []
    while place < len(lines):
        line = lines[place][:200].strip()
        bare = _BARE.fullmatch(line)
        is_end = (
            bare is not None and (_is_label(bare[1]) or bare[1].strip().lower() in _SECTIONS)
        ) or _opens_pair(line)
        if is_end or _THREAD.fullmatch(line.strip()):
            break
        taken.append(lines[place])
        place += 1
    return taken, place


def _field(label: str) -> str:
    return next(iter(guess_columns([_canonical(label)], {})), "")
