"""Import is all or nothing, samples come once."""

from pathlib import Path

import pytest

from copilot.domain.query import View
from copilot.services.bundle import Services
from copilot.support.errors import KnownError

ROWS = "number,title,priority\nINC-1,one,P1\nINC-2,two,P2\n"


def write(folder: Path, text: str, name: str = "in.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def count(services: Services) -> int:
    return len(services.tickets.search(View.ALL))


def test_a_file_is_read_without_storing_and_then_stored(services: Services, tmp_path: Path) -> None:
    result = services.exchange.read(write(tmp_path, ROWS))
    assert count(services) == 0
    imported = services.exchange.store(result)
    assert len(imported.ids) == count(services) == 2
    assert imported.changes.list_changed
    assert services.tickets.case(imported.ids[0]).ticket.number == "INC-1"


def test_one_faulty_row_refuses_the_file_unless_it_may_be_left_out(
    services: Services, tmp_path: Path
) -> None:
    result = services.exchange.read(write(tmp_path, ROWS + "INC-3,,\n"))
    with pytest.raises(KnownError, match=r"(?s)1 row cannot be read:\n.*Nothing was imported") as caught:
        services.exchange.store(result)
    assert "--skip-errors" in str(caught.value)
    assert count(services) == 0
    assert len(services.exchange.store(result, skip_errors=True).ids) == 2


def test_many_faulty_rows_are_counted_and_not_all_named(services: Services, tmp_path: Path) -> None:
    result = services.exchange.read(write(tmp_path, "number,title\n" + "X,\n" * 25))
    with pytest.raises(KnownError) as caught:
        services.exchange.store(result)
    lines = str(caught.value).splitlines()
    assert len(lines) < 15
    assert any(line.strip().startswith("and ") and line.endswith(" more") for line in lines)


def test_a_file_without_tickets_is_said_so(services: Services, tmp_path: Path) -> None:
    result = services.exchange.read(write(tmp_path, "number,title\n"))
    with pytest.raises(KnownError, match="holds no tickets"):
        services.exchange.store(result)


def test_importing_the_same_file_twice_stores_it_once(services: Services, tmp_path: Path) -> None:
    result = services.exchange.read(write(tmp_path, ROWS))
    services.exchange.store(result)
    with pytest.raises(KnownError, match=r"INC-1, INC-2.*Nothing was imported"):
        services.exchange.store(result)
    assert count(services) == 2


def test_samples_fill_an_empty_desk_once(services: Services) -> None:
    made = services.exchange.make_samples()
    assert made == count(services) >= 40
    assert services.exchange.make_samples() == 0
    assert count(services) == made
    assert all(row.is_sample for row in services.tickets.rows(services.tickets.search(View.ALL)))


def test_samples_stay_away_from_a_desk_with_tickets(services: Services, ticket: int) -> None:
    assert services.exchange.make_samples() == 0
    assert services.tickets.search(View.ALL) == [ticket]


def test_known_tickets_are_left_out_when_told(services: Services, tmp_path: Path) -> None:
    services.exchange.store(services.exchange.read(write(tmp_path, ROWS)))
    more = services.exchange.read(
        write(tmp_path, ROWS.replace("INC", "inc") + "INC-3,three,P3\n", "more.csv")
    )
    assert services.exchange.count_known(more) == 2
    imported = services.exchange.store(more, skip_known=True)
    assert (len(imported.ids), imported.known) == (1, 2)
    assert imported.summary == "1 ticket from more.csv; 2 were on the desk already"
    again = services.exchange.store(more, skip_known=True)
    assert (again.ids, again.changes.undo_id) == ((), 0)
    assert count(services) == 3


def test_columns_are_read_as_last_time_unless_the_guess_is_asked_for(
    services: Services, tmp_path: Path
) -> None:
    file = write(tmp_path, "title,summary\nshort,long\n")
    opened = services.exchange.open(file)
    assert (opened.columns, opened.is_remembered) == ({"title": "title"}, False)
    chosen = services.exchange.read_rows(opened.table, {"title": "summary", "body": "title"})
    services.exchange.store(chosen)
    again = services.exchange.open(file)
    assert (again.columns, again.is_remembered) == ({"title": "summary", "body": "title"}, True)
    result = services.exchange.read(file)
    assert result.drafts[0].ticket.title == "long"
    assert "The columns are read as last time." in result.notes
    guessed = services.exchange.open(file, use_guess=True)
    assert (guessed.columns, guessed.is_remembered) == ({"title": "title"}, False)
    services.exchange.store(services.exchange.read_rows(guessed.table, guessed.columns))
    assert not services.exchange.open(file).is_remembered, "whoever imports by the guess wants it again"
