"""What is recorded about a person: show it, export it, delete it."""

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from copilot.domain.personal_data import About, Form, PersonalField, declared, personal_data
from copilot.domain.redaction import PersonMask
from copilot.domain.ticket import ChangeSet
from copilot.services.deps import Deps
from copilot.services.footprint import Place, backup_folder, copies, footprint, forget_memory, inner_path
from copilot.storage import desk_state, personal, purge, tickets
from copilot.storage.personal import Found, Table
from copilot.storage.store import Db
from copilot.support.clock import to_text
from copilot.support.errors import KnownError
from copilot.support.i18n import tr
from copilot.support.text import one_line

_logger = logging.getLogger(__name__)
_WRITES = 3  # rows in one transaction: each may be a long text, and its ticket is indexed again
_DOERS = {"by", "actor", "author", "assignee"}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody the desk knows.

    Attributes:
        names: Their names as written.
        emails: Their addresses.
        is_me: Whether it is the technician at this desk.
        is_namesake: Whether somebody else with another address has that name: then a name alone is not them.
    """

    names: tuple[str, ...]
    emails: tuple[str, ...]
    is_me: bool = False
    is_namesake: bool = False

    @property
    def label(self) -> str:
        """Return what to call them."""
        return ", ".join((*self.names, *self.emails))


@dataclass(frozen=True, slots=True)
class Count:
    """How many records of one field there are."""

    field: PersonalField
    records: int


@dataclass(frozen=True, slots=True)
class Deletion:
    """What deleting a person changes, or would change.

    Attributes:
        person: Who.
        changes: Records by field of the register.
        left: Mentions that stay: a name of a single word amid a text may be any word.
        tickets: How many tickets are touched.
        copies: Copies of the desk, which still hold the person, newest first.
        changed: For the window; empty where nothing was changed yet.
    """

    person: Person
    changes: tuple[Count, ...]
    left: int
    tickets: int
    copies: tuple[Place, ...]
    changed: ChangeSet = field(default_factory=ChangeSet)

    @property
    def records(self) -> int:
        """How many records in all."""
        return sum(count.records for count in self.changes)


class PrivacyService:
    """Answers what is recorded about people, from the register."""

    def __init__(self, deps: Deps, data_dir: Path) -> None:
        self._deps = deps
        self._data_dir = data_dir

    # -- looking

    def counts(self) -> tuple[Count, ...]:
        """Return the register with how many records there are of each; for files, how many files."""
        files = self.places()
        found = []
        for one in personal_data():
            if one.form is Form.FILE:
                inner = [inner_path(place.path, self._data_dir) for place in files]
                records = sum(declared(path) == one for path in inner)
            else:
                with self._deps.store.read() as db:
                    records = personal.count(db, one)
            found.append(Count(one, records))
        return tuple(found)

    def places(self) -> tuple[Place, ...]:
        """Return every file that the program has written, but for the models."""
        return footprint(self._data_dir, backup_folder(self._deps.store))

    def find(self, typed: str = "") -> Person:
        """Return the person with this name or address; without one, the technician at this desk.

        Raises:
            KnownError: Several people have that name.
        """
        me = self._deps.me()
        wanted = " ".join(typed.split()) or me
        is_me = _same(wanted, me)
        with self._deps.store.read() as db:
            pairs = personal.people(db)
        if "@" in wanted:
            names = {name for name, email in pairs if _same(email, wanted) and name}
            others = {e for n, e in pairs if e and not _same(e, wanted) and any(_same(n, x) for x in names)}
            return Person(tuple(sorted(names)), (wanted,), is_me, bool(others))
        emails = {email.casefold(): email for name, email in pairs if _same(name, wanted) and email}
        if len(emails) > 1:
            raise KnownError(
                tr("{n} people are called {name}: {addresses}.").format(
                    n=len(emails), name=wanted, addresses=", ".join(sorted(emails.values()))
                ),
                todo=tr("Give the address instead."),
            )
        return Person((wanted,), tuple(emails.values()), is_me)

    def records(self, person: Person) -> Iterator[Found]:
        """Return every record about a person: that names them, is of their tickets or, for me, is of my own doing."""
        mask, mine = PersonMask(person.names, person.emails), self._tickets_of(person)
        for table in self._tables():
            own = person.is_me and not (_DOERS & set(table.forms)) and _is_about_me(table)
            for row in personal.rows(self._deps.store, table):
                if own or row.ticket in mine or (self._may_be(person, row, mine) and _names(row, mask)):
                    yield row

    def summary(self, person: Person) -> tuple[Count, ...]:
        """Return how many records about a person there are, by field; fields without any are left out."""
        found = dict[str, int]()
        for row in self.records(person):
            for column, value in row.values.items():
                if value not in (None, "", "[]", "{}"):
                    where = f"{row.table}.{column}"
                    found[where] = found.get(where, 0) + 1
        return _by_field(found)

    def export(self, person: Person, file: Path) -> int:
        """Write everything about a person into a JSON file; return how many records.

        Raises:
            KnownError: The file cannot be written.
        """
        with self._deps.store.read() as db:
            numbers = {row[0]: row[1] for row in db.execute("SELECT id, number FROM ticket")}
        records = [_document(row, numbers) for row in self.records(person)]
        document = {
            "person": {"names": person.names, "emails": person.emails, "is_me": person.is_me},
            "exported_at": to_text(self._deps.clock.now()),
            "register": [
                {"name": f.name, "what": f.what, "why": f.why, "kept": f.kept, "seen_by": f.seen_by}
                for f in personal_data()
            ],
            "records": records,
            "copies": [place.path.name for place in self._copies()],
        }
        partial = file.with_name(file.name + ".partial")
        try:
            partial.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
            partial.replace(file)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise KnownError(
                tr("{path} cannot be written: {reason}.").format(path=file, reason=error.strerror or error),
                todo=tr("Name another place."),
            ) from error
        return len(records)

    # -- deleting

    def preview(self, person: Person) -> Deletion:
        """Return what deleting a person would change."""
        return self._walk(person, write=False)

    def delete(self, person: Person) -> Deletion:
        """Put "(deleted person)" in the person's place wherever they are named. This cannot be undone."""
        done = self._walk(person, write=True)
        for ticket in done.changed.tickets:
            forget_memory(self._data_dir, ticket)
        if person.is_me:
            with self._deps.store.write() as db:
                desk_state.set_setting(db, "me", "")
        purge.forget(self._deps.store)
        _logger.info("a person was deleted: %d records changed", done.records)
        return done

    def delete_from_copies(self, person: Person, places: Sequence[Place]) -> list[str]:
        """Do the same in copies of the desk; return what could not be done, one sentence each."""
        problems = []
        for place in places:
            try:
                purge.scrub(place.path, lambda db: self._redact_copy(db, person))
            except KnownError as error:
                problems.append(str(error))
            except OSError as error:
                problems.append(
                    tr("{path} cannot be changed: {reason}.").format(path=place.path, reason=error.strerror)
                )
        return problems

    # -- inner parts

    def _copies(self) -> tuple[Place, ...]:
        return copies(self._data_dir, backup_folder(self._deps.store))

    def _tables(self) -> list[Table]:
        with self._deps.store.read() as db:
            return personal.tables(db)

    def _tickets_of(self, person: Person) -> frozenset[int]:
        with self._deps.store.read() as db:
            return _requested(db, person)

    @staticmethod
    def _may_be(person: Person, row: Found, mine: frozenset[int]) -> bool:
        return not person.is_namesake or row.ticket in mine

    def _walk(self, person: Person, *, write: bool) -> Deletion:
        mine = self._tickets_of(person)
        whole, addresses = PersonMask(person.names, person.emails), PersonMask((), person.emails)
        changes, touched, left = dict[str, int](), set[int](), 0
        for table in self._tables():
            waiting = list[Found]()
            for row in personal.rows(self._deps.store, table):
                mask = whole if self._may_be(person, row, mine) else addresses
                new = personal.redacted(table, row.values, mask)
                left += sum(mask.left(v) for c, v in row.values.items() if table.forms[c] is Form.TEXT and v)
                if not new:
                    continue
                touched.add(row.ticket)
                if not write:
                    _add(changes, {f"{table.name}.{column}": 1 for column in new})
                    continue
                waiting.append(row)
                if len(waiting) == _WRITES:
                    _add(changes, self._write(table, waiting, person, mine))
                    waiting.clear()
            if waiting:
                _add(changes, self._write(table, waiting, person, mine))
        touched.discard(0)
        return Deletion(
            person=person,
            changes=_by_field(changes),
            left=left,
            tickets=len(touched),
            copies=self._copies(),
            changed=ChangeSet(frozenset(touched), True) if write else ChangeSet(),
        )

    def _write(
        self, table: Table, found: Sequence[Found], person: Person, mine: frozenset[int]
    ) -> dict[str, int]:
        with self._deps.store.write() as db:
            changed = _redact(db, table, found, person, mine)
            for ticket in {row.ticket for row in found} - {0}:
                tickets.index(db, ticket)
        return changed

    def _redact_copy(self, db: Db, person: Person) -> None:
        if "redactions" not in purge.columns(db, "evidence"):
            raise KnownError(
                tr("A backup of an older version of the program cannot be changed."),
                tr("It was left as it is."),
                tr("Delete it."),
            )
        mine, mask = _requested(db, person), PersonMask(person.names, person.emails)
        touched = set[int]()
        for table in personal.tables(db):
            found = [row for row in personal.rows_of(db, table) if personal.redacted(table, row.values, mask)]
            _redact(db, table, found, person, mine)
            touched |= {row.ticket for row in found}
        for ticket in touched - {0}:
            tickets.index(db, ticket)


def _redact(
    db: Db, table: Table, found: Sequence[Found], person: Person, mine: frozenset[int]
) -> dict[str, int]:
    """Mask the person in these rows; a name that others have too only in rows of the person's own tickets."""
    sure = [row.key for row in found if not person.is_namesake or row.ticket in mine]
    unsure = [row.key for row in found if person.is_namesake and row.ticket not in mine]
    changed = personal.redact(db, table, sure, PersonMask(person.names, person.emails))
    _add(changed, personal.redact(db, table, unsure, PersonMask((), person.emails)))
    return changed


def _requested(db: Db, person: Person) -> frozenset[int]:
    """Return the tickets that the person asked for."""
    found = set[int]()
    for ticket, name, email in db.execute("SELECT id, requester_name, requester_email FROM ticket"):
        by_email = any(_same(email, one) for one in person.emails)
        by_name = any(_same(name, one) for one in person.names)
        if by_email or (by_name and not email):
            found.add(ticket)
    return frozenset(found)


def _is_about_me(table: Table) -> bool:
    fields = {declared(f"{table.name}.{column}") for column in table.forms}
    return any(one is not None and one.about is About.TECHNICIAN for one in fields)


def _names(row: Found, mask: PersonMask) -> bool:
    return any(isinstance(value, str) and mask.mentions(value) for value in row.values.values())


def _by_field(changes: dict[str, int]) -> tuple[Count, ...]:
    """Add up columns by the field that declares them, in the register's order."""
    found = []
    for one in personal_data():
        records = max((changes.get(where, 0) for where in one.where), default=0)
        if records:
            found.append(Count(one, records))
    return tuple(found)


def _add(total: dict[str, int], more: dict[str, int]) -> None:
    for where, records in more.items():
        total[where] = total.get(where, 0) + records


def _document(row: Found, numbers: dict[int, str]) -> dict[str, Any]:
    return {
        "table": row.table,
        "ticket": numbers.get(row.ticket, ""),
        **{name: personal.readable(value) for name, value in row.values.items()},
    }


def _same(one: str, other: str) -> bool:
    return one_line(one, 300).casefold() == one_line(other, 300).casefold()
