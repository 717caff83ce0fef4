"""An export holds everything of a ticket, and an import of it gives the same tickets again."""

import errno
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from copilot.domain.query import View
from copilot.domain.ticket import DraftLink, TicketDraft, Visibility
from copilot.services.bundle import Services
from copilot.services.exchange import StoppedError
from copilot.services.made_up_tickets import made_up
from copilot.services.storing import store_all
from copilot.storage import ticket_pages
from copilot.support.clock import FixedClock
from copilot.support.errors import KnownError
from tests.helpers.desk import desk
from tests.helpers.hostile import hostile_tickets


@pytest.fixture
def other(tmp_path: Path, clock: FixedClock) -> Iterator[Services]:
    """Open a second desk, which is empty."""
    with desk(tmp_path / "other", samples=False, clock=clock) as opened:
        yield opened


def everything(services: Services) -> list[TicketDraft]:
    """Return all tickets without what differs from desk to desk."""
    ids = sorted(services.tickets.search(View.ALL))
    with services.store.read() as db:
        drafts = ticket_pages.read(db, ids)
    return sorted(
        (
            TicketDraft(
                replace(d.ticket, id=0, merged_into=0),
                tuple(replace(m, uid="", ticket=0) for m in d.messages),
                tuple(sorted(d.links, key=lambda link: link.number)),
            )
            for d in drafts
        ),
        key=lambda d: d.ticket.number,
    )


@pytest.mark.parametrize("name", ["desk.json", "desk.csv"])
def test_the_sample_desk_moves_to_another_desk_without_loss(
    services: Services, other: Services, tmp_path: Path, clock: FixedClock, name: str
) -> None:
    services.exchange.make_samples()
    first, second = services.tickets.search(View.ALL)[:2]
    services.tickets.post(first, "=1+1\n- a list\n\n'quoted'", Visibility.INTERNAL)
    services.tickets.change(second, "status", "awaiting_user")
    clock.advance(timedelta(minutes=90))
    services.tickets.change(second, "status", "in_progress")
    with services.store.write() as db:
        number = services.tickets.case(second).ticket.number
        ticket_pages.link(db, first, [DraftLink("duplicate_of", number, "Robin", clock.now())])
        ticket_pages.link(
            db,
            second,
            [DraftLink("merged_into", services.tickets.case(first).ticket.number, "", clock.now())],
        )
    ids = services.tickets.search(View.ALL)
    done = services.exchange.export(ids, tmp_path / name)
    assert done.tickets == len(ids)
    assert done.bytes == (tmp_path / name).stat().st_size
    result = other.exchange.read(tmp_path / name)
    assert (result.errors, result.notes, result.is_ours) == ((), (), True)
    other.exchange.store(result)
    assert everything(other) == everything(services)


@pytest.mark.parametrize("name", ["desk.json", "desk.csv"])
def test_hostile_tickets_survive_the_way(
    services: Services, other: Services, tmp_path: Path, name: str
) -> None:
    hostile = tmp_path / "hostile.json"
    hostile.write_text(hostile_tickets(), encoding="utf-8")
    services.exchange.store(services.exchange.read(hostile))
    services.exchange.export(services.tickets.search(View.ALL), tmp_path / name)
    other.exchange.store(other.exchange.read(tmp_path / name))
    assert everything(other) == everything(services)
    assert len(everything(other)) == 1


def test_only_what_is_asked_for_is_written(services: Services, tmp_path: Path) -> None:
    store_all(services.deps, list(made_up(30, 1, services.deps.clock.now(), "Robin")))
    ids = services.tickets.search(View.ALL, "priority:P3")
    services.exchange.export(ids, tmp_path / "p3.json")
    numbers = {draft.ticket.number for draft in services.exchange.read(tmp_path / "p3.json").drafts}
    assert numbers == {row.number for row in services.tickets.rows(ids)}
    assert 0 < len(numbers) < 30


def test_the_format_is_that_of_the_ending_unless_told(
    services: Services, ticket: int, tmp_path: Path
) -> None:
    services.exchange.export([ticket], tmp_path / "a.JSON")
    services.exchange.export([ticket], tmp_path / "b.txt", "csv")
    assert (tmp_path / "a.JSON").read_text(encoding="utf-8").startswith("{")
    assert (tmp_path / "b.txt").read_text(encoding="utf-8-sig").startswith('"number"')
    with pytest.raises(KnownError, match=r"c\.xlsx does not say.*Nothing was written"):
        services.exchange.export([ticket], tmp_path / "c.xlsx")


@pytest.mark.parametrize(
    ("number", "text"), [(errno.ENOSPC, "disk is full"), (errno.EIO, "cannot be written")]
)
def test_a_failed_export_leaves_the_old_file_and_nothing_beside_it(
    services: Services, ticket: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, text: str
) -> None:
    def fail(_: int) -> None:
        raise OSError(number, "so it is")

    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "desk.json").write_text("old", encoding="utf-8")
    monkeypatch.setattr("copilot.services.exporting.os.fsync", fail)
    with pytest.raises(KnownError, match=text):
        services.exchange.export([ticket], folder / "desk.json")
    assert [path.name for path in folder.iterdir()] == ["desk.json"]
    assert (folder / "desk.json").read_text(encoding="utf-8") == "old"


def test_a_folder_that_is_not_there_is_said_so(services: Services, ticket: int, tmp_path: Path) -> None:
    with pytest.raises(KnownError, match=r"cannot be written.*Nothing was written"):
        services.exchange.export([ticket], tmp_path / "no" / "desk.json")


def test_a_stopped_export_leaves_nothing_and_tells_how_far_it_was(services: Services, tmp_path: Path) -> None:
    store_all(services.deps, list(made_up(450, 1, services.deps.clock.now(), "Robin")))
    ids = services.tickets.search(View.ALL)
    seen: list[tuple[int, int]] = []
    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(StoppedError):
        services.exchange.export(
            ids, folder / "a.json", "", lambda *at: seen.append(at), lambda: len(seen) > 1
        )
    assert seen == [(0, 450), (200, 450)]
    assert list(folder.iterdir()) == []
