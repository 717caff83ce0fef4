"""Turns a file into rows: encoding, CSV, JSON and JSON Lines. What is broken is told by row, and never merged."""

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from copilot.support.errors import KnownError
from copilot.support.i18n import tr

LARGEST_FILE = 1024 * 1024 * 1024  # bytes
LARGEST_CELL = 1024 * 1024  # characters
_DELIMITERS = (",", ";", "\t", "|")
_CSV, _JSON, _LINES = {".csv", ".tsv", ".tab", ".txt"}, {".json"}, {".jsonl", ".ndjson"}
_LISTS = ("tickets", "issues", "results", "records", "result", "items")
_BINARY = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"SQLite format 3\x00", b"\x1f\x8b", b"\x89PNG")
_C_LONG_MAX = 2**31 - 1  # csv keeps its limit in a C long, which has 32 bits on Windows


@dataclass(frozen=True, slots=True)
class RowError:
    """Why one row cannot be taken.

    Attributes:
        row: The line on which it begins, where the header is line 1 (CSV, JSON Lines), or its place in the list (JSON).
        field: Our field that is at fault; empty for the row as a whole.
        message: One sentence.
    """

    row: int
    field: str
    message: str

    def __str__(self) -> str:
        if self.field:
            text = tr("Row {row}, {field}: {message}")
            return text.format(row=self.row, field=self.field, message=self.message)
        return tr("Row {row}: {message}").format(row=self.row, message=self.message)


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `number` as in RowError. Cells of a CSV file are text, those of JSON whatever they were."""

    number: int
    cells: Mapping[str, object]


@dataclass(slots=True)
class Table:
    """A file's rows, with the rows that could not be read and remarks for the person who imports.

    `is_ours` where this program exported it: then every field is where it says, and lossless.
    """

    headers: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    is_ours: bool = False


def read_table(
    path: Path,
    recognised: Callable[[Sequence[str]], int],
    own_format: str = "",
    own_columns: Sequence[str] = (),
) -> Table:
    """Read a file of tickets.

    Args:
        path: A CSV, JSON or JSON Lines file.
        recognised: Returns how many of some column names mean something; chooses the delimiter.
        own_format: What `format` of a JSON file says where it is ours.
        own_columns: The columns of a CSV file that is ours.

    Raises:
        KnownError: The file cannot be read, is too large, is not text, or is of another format.
    """
    suffix = path.suffix.casefold()
    table = Table()
    text = _text(path, table)
    if not text.strip():
        raise _refuse(tr("{name} is empty.").format(name=path.name))
    if suffix in _JSON:
        _read_json(path.name, text, table, own_format)
    elif suffix in _LINES:
        _read_json_lines(text, table)
    elif suffix in _CSV:
        _read_csv(text, table, recognised, own_columns)
    else:
        raise _refuse(tr("{name} is of a format that cannot be imported.").format(name=path.name))
    return table


def _refuse(what: str, todo: str = "") -> KnownError:
    return KnownError(
        what,
        tr("Nothing was imported."),
        todo or tr("Export the tickets as CSV, JSON or JSON Lines and try again."),
    )


def _text(path: Path, table: Table) -> str:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise _refuse(
                tr("{name} is larger than 1 GB.").format(name=path.name), tr("Split it into smaller files.")
            )
        data = path.read_bytes()
    except OSError as error:
        raise _refuse(
            tr("{name} cannot be read: {why}.").format(
                name=path.name, why=error.strerror or type(error).__name__
            ),
            tr("Check that the file exists and that you may read it."),
        ) from error
    not_text = tr("{name} is not a text file.").format(name=path.name)
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16")
        head = data[: 64 * 1024]
        if data.startswith(_BINARY) or head.count(0) > len(head) // 100 + 4:
            raise _refuse(not_text)
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.encoding.startswith("utf-16"):
            raise _refuse(not_text) from error
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise _refuse(not_text, tr("Save the file as UTF-8 and try again.")) from error
    table.notes.append(tr("The file is not UTF-8; it was read as Windows-1252. Check names with accents."))
    return text


def _read_csv(
    text: str, table: Table, recognised: Callable[[Sequence[str]], int], own_columns: Sequence[str]
) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = next(index for index, line in enumerate(lines) if line.strip())
    told = re.fullmatch(r"sep=(.)", lines[first])  # Excel's own way to say it
    if told:
        first += 1
    delimiters = (told[1],) if told else _DELIMITERS
    old_limit = csv.field_size_limit(_C_LONG_MAX)  # a large cell is told by row below, not by an exception
    try:

        def header(delimiter: str) -> list[str]:
            record = next(_records(lines, first, delimiter, width=0), None)
            return [cell.strip() for cell in record.cells or ()] if record and not record.has_nul else []

        delimiter = max(delimiters, key=lambda each: (recognised(header(each)), len(header(each))))
        table.headers = header(delimiter)
        if not table.headers:
            raise _refuse(tr("The first row does not name the columns."))
        table.is_ours = table.headers == list(own_columns)
        # Ours are quoted as they should be, so what looks like a row in a cell is text.
        width = 0 if table.is_ours else len(table.headers)
        for record in islice(_records(lines, first, delimiter, width), 1, None):
            _take_record(record, table)
    finally:
        csv.field_size_limit(old_limit)


@dataclass(frozen=True, slots=True)
class _Record:
    line: int
    cells: list[str] | None  # None where the quoting is broken
    has_nul: bool


def _take_record(record: _Record, table: Table) -> None:
    cells, line = record.cells, record.line
    if cells is not None and not any(cell.strip() for cell in cells):
        return  # spreadsheets leave such rows at the end
    if record.has_nul:
        table.errors.append(RowError(line, "", tr("The row holds NUL bytes; the file is damaged here.")))
    elif cells is None:
        table.errors.append(
            RowError(line, "", tr("A quotation mark is opened and not closed, or stands alone."))
        )
    elif len(cells) != len(table.headers):
        message = tr("The row has {found} columns, the header has {wanted}.")
        table.errors.append(RowError(line, "", message.format(found=len(cells), wanted=len(table.headers))))
    elif not table.is_ours and any(len(cell) > LARGEST_CELL for cell in cells):
        table.errors.append(RowError(line, "", tr("A cell holds more than 1 MB.")))
    else:
        # Of two columns with one name the first counts.
        table.rows.append(Row(line, dict(zip(reversed(table.headers), reversed(cells), strict=True))))


def _records(lines: Sequence[str], first: int, delimiter: str, width: int) -> Iterator[_Record]:
    """Yield one record a row. A broken one ends with its own line, so that it cannot swallow the rows below it."""
    odd = [index for index in range(first, len(lines)) if lines[index].count('"') % 2]
    next_odd = iter(odd)
    closing = next(next_odd, None)
    index = first
    while index < len(lines):
        line = lines[index]
        if not line.strip():
            index += 1
            continue
        cells = line.split(delimiter) if '"' not in line else _parse(line, delimiter)
        end = index
        if cells is None:
            # Within a quoted cell quotation marks come in pairs, so it can end only on the next odd line.
            while closing is not None and closing <= index:
                closing = next(next_odd, None)
            if closing is not None and line.count('"') % 2:
                cells = _parse("\n".join(lines[index : closing + 1]), delimiter)
                if cells is not None and _swallowed_a_row(
                    cells, lines[index + 1 : closing + 1], delimiter, width
                ):
                    cells = None
                end = closing if cells is not None else index
        yield _Record(index + 1, cells, any("\0" in each for each in lines[index : end + 1]))
        index = end + 1


def _parse(record: str, delimiter: str) -> list[str] | None:
    """Return the cells of exactly one record, None where it is not one."""
    try:
        found = list(csv.reader([record], delimiter=delimiter, strict=True, skipinitialspace=True))
    except csv.Error:
        return None
    return found[0] if len(found) == 1 else None


def _swallowed_a_row(cells: Sequence[str], inner: Sequence[str], delimiter: str, width: int) -> bool:
    """Tell whether a line inside a quoted cell is a row itself: as many columns, and the same sort of first cell.

    `5,"not closed,x` and `6,y,closed",z` make one valid record by the letter of the format.
    """
    shape = _shape(cells[0])
    if width < 2 or not re.search(r"\d", cells[0]):
        return False
    return any(
        line.count(delimiter) >= width - 1 and _shape(line.split(delimiter, 1)[0].strip('" ')) == shape
        for line in inner
    )


def _shape(cell: str) -> str:
    return re.sub(r"\d+", "9", cell.strip())


def _read_json(name: str, text: str, table: Table, own_format: str) -> None:
    try:
        data = json.loads(text)
    except RecursionError as error:
        raise _refuse(tr("{name} is nested too deeply.").format(name=name)) from error
    except json.JSONDecodeError as error:
        what = tr("{name} is not valid JSON: line {line}, column {column}: {why}.")
        raise _refuse(
            what.format(name=name, line=error.lineno, column=error.colno, why=error.msg),
            tr("If it holds one object a line, name it .jsonl and try again."),
        ) from error
    except ValueError as error:  # a number of more than 4,300 digits
        raise _refuse(tr("{name} is not valid JSON: {why}.").format(name=name, why=error)) from error
    if isinstance(data, dict):
        table.is_ours = bool(own_format) and data.get("format") == own_format
        data = next((data[key] for key in _LISTS if isinstance(data.get(key), list)), None)
    if not isinstance(data, list):
        raise _refuse(
            tr("{name} does not hold a list of tickets.").format(name=name),
            tr('Write a list of objects, or {"tickets": [...]}, and try again.'),
        )
    for number, item in enumerate(data, start=1):
        _take_object(number, item, table)


def _read_json_lines(text: str, table: Table) -> None:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except (ValueError, RecursionError):
            table.errors.append(RowError(number, "", tr("The line is not a JSON object.")))
            continue
        _take_object(number, item, table)


def _take_object(number: int, item: object, table: Table) -> None:
    if not isinstance(item, dict):
        table.errors.append(RowError(number, "", tr("The entry is not an object with named fields.")))
        return
    # `ticket` beside `messages` is how some nest it, `fields` is Jira's.
    for key in () if table.is_ours else ("ticket", "fields"):
        inner = item.get(key)
        if isinstance(inner, dict):
            item = {**{name: value for name, value in item.items() if name != key}, **inner}
    if not table.is_ours and _largest(item) > LARGEST_CELL:
        table.errors.append(RowError(number, "", tr("A text holds more than 1 MB.")))
        return
    table.rows.append(Row(number, item))
    if len(item) != len(table.headers) or item.keys() != set(table.headers):
        known = set(table.headers)
        table.headers.extend(name for name in item if name not in known)


def _largest(value: object) -> int:
    """Return the length of the longest text in a JSON value."""
    longest, left = 0, [value]
    while left:  # a stack of our own: hostile files nest deeply
        each = left.pop()
        if isinstance(each, str):
            longest = max(longest, len(each))
        elif isinstance(each, dict):
            left.extend(each.values())
        elif isinstance(each, list):
            left.extend(each)
    return longest
