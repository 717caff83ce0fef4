"""Reads and redacts what is recorded about people, by the register: a column declared there is treated here."""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from copilot.domain.personal_data import Form, PersonalField, personal_data
from copilot.domain.redaction import PersonMask
from copilot.storage.purge import columns
from copilot.storage.store import Db, Store

BATCH = 200  # rows of one read
Row = dict[str, Any]
_EMPTY = "'', '[]', '{}'"
_COUNTED = {"evidence", "decision"}  # their rows count redactions, or a trigger refuses


@dataclass(frozen=True, slots=True)
class Table:
    """A table that holds something about people.

    Attributes:
        name: Its name.
        key: The columns that name a row.
        forms: The personal columns, each with its form.
        ticket: SQL for the ticket that a row belongs to; `0` where it belongs to none.
    """

    name: str
    key: tuple[str, ...]
    forms: dict[str, Form]
    ticket: str


@dataclass(frozen=True, slots=True)
class Found:
    """A row with something about people: its personal columns, and the others that tell what it is."""

    table: str
    key: tuple[Any, ...]
    ticket: int
    values: Row


def tables(db: Db) -> list[Table]:
    """Return the tables of the register, as far as this database has them."""
    forms = dict[str, dict[str, Form]]()
    for field in personal_data():
        if field.form not in (Form.FILE, Form.INDEX):
            for where in field.where:
                table, column = where.split(".")
                forms.setdefault(table, {})[column] = field.form
    keyless = {row[1] for row in db.execute("PRAGMA table_list") if row[4]}  # WITHOUT ROWID
    found = []
    for name, wanted in forms.items():
        have = columns(db, name)
        if not have:
            continue
        key: tuple[str, ...] = ("rowid",)
        if name in keyless:
            key = tuple(row[1] for row in db.execute(f'PRAGMA table_info("{name}")') if row[5])
        ticket = "ticket" if "ticket" in have else "0"
        if name == "ticket":
            ticket = "id"
        elif "suggestion" in have and "ticket" not in have:
            ticket = "(SELECT s.ticket FROM suggestion s WHERE s.uid = suggestion)"
        found.append(Table(name, key, {c: f for c, f in wanted.items() if c in have}, ticket))
    return found


def count(db: Db, field: PersonalField) -> int:
    """Return how many rows hold something in one of the field's columns."""
    by_table = dict[str, list[str]]()
    for where in field.where:
        table, _, column = where.partition(".")
        by_table.setdefault(table.rstrip("*"), []).append(column)
    total = 0
    for table, wanted in by_table.items():
        holds = " OR ".join(f"coalesce(\"{c}\", '') NOT IN ({_EMPTY})" for c in wanted if c)
        total += int(db.execute(f"SELECT count(*) FROM {table} WHERE {holds or '1'}").get)
    return total


def rows(store: Store, table: Table) -> Iterator[Found]:
    """Read a table in steps, so that nobody waits for it."""
    after: tuple[Any, ...] = ()
    while True:
        with store.read() as db:
            batch = _batch(db, table, after)
        yield from batch
        if len(batch) < BATCH:
            return
        after = batch[-1].key


def rows_of(db: Db, table: Table) -> Iterator[Found]:
    """Read a table of a database that nobody else uses."""
    after: tuple[Any, ...] = ()
    while batch := _batch(db, table, after):
        yield from batch
        after = batch[-1].key


def redact(db: Db, table: Table, keys: Iterable[tuple[Any, ...]], mask: PersonMask) -> dict[str, int]:
    """Put the mask in the person's place in these rows; return how many rows changed, by `table.column`."""
    changed = dict[str, int]()
    for key in keys:
        found = _select(db, table, f"({', '.join(table.key)}) = ({', '.join('?' * len(key))})", key, 1)
        for row in found:
            new = redacted(table, row.values, mask)
            if not new:
                continue
            for column in new:
                changed[f"{table.name}.{column}"] = changed.get(f"{table.name}.{column}", 0) + 1
            _update(db, table, key, new)
    return changed


def redacted(table: Table, values: Row, mask: PersonMask) -> Row:
    """Return the columns that change when the person is masked, with their new values."""
    new = Row()
    for column, form in table.forms.items():
        before = values[column]
        if not isinstance(before, str):
            continue
        after = before
        if form is Form.NAME:
            after = mask.name(before)
        elif form is Form.TEXT:
            after = mask.text(before)
        elif form is Form.JSON:
            after = mask.document(before)
        if after != before:
            new[column] = "" if column == "requester_email" else after  # a mask is no address
    return new


def people(db: Db) -> list[tuple[str, str]]:
    """Return (name, address) of everybody who has asked for help, each pair once."""
    return [(r[0], r[1]) for r in db.execute("SELECT DISTINCT requester_name, requester_email FROM ticket")]


def readable(value: Any) -> Any:
    """Return a value as JSON can hold it."""
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value


def _batch(db: Db, table: Table, after: Sequence[Any]) -> list[Found]:
    if not after:
        return _select(db, table, "1", (), BATCH)
    key = ", ".join(table.key)
    return _select(db, table, f"({key}) > ({', '.join('?' * len(after))})", after, BATCH)


def _select(db: Db, table: Table, where: str, values: Sequence[Any], limit: int) -> list[Found]:
    key = ", ".join(table.key)
    names = list(table.forms)
    picked = ", ".join(f'"{name}"' for name in names)
    found = db.execute(
        f"SELECT {key}, {table.ticket}, {picked} FROM {table.name} WHERE {where} ORDER BY {key} LIMIT {limit}",
        tuple(values),
    )
    n = len(table.key)
    return [
        Found(table.name, tuple(row[:n]), int(row[n] or 0), dict(zip(names, row[n + 1 :], strict=True)))
        for row in found
    ]


def _update(db: Db, table: Table, key: Sequence[Any], new: Row) -> None:
    values = dict(new)
    if table.name == "evidence" and "text" in new:
        values["sha256"] = hashlib.sha256(str(new["text"]).encode("utf-8")).hexdigest()
    if table.name == "ticket" and {"requester_name", "requester_email"} & set(new):
        values["requester_vip"] = 0
    sets = [f'"{name}" = ?' for name in values]
    if table.name in _COUNTED:
        sets.append("redactions = redactions + 1")
    where = " AND ".join(f"{name} = ?" for name in table.key)
    db.execute(f"UPDATE {table.name} SET {', '.join(sets)} WHERE {where}", (*values.values(), *key))
