"""Undo: every change stores how to take it back, as a list of small steps (`services/undo_steps.py`).

A change of one ticket is taken back whole or not at all. One of many is a list of groups, one for each ticket; a
group that a later change got in the way of is left as it is, and said so.
"""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from copilot.domain.ticket import ActorKind, ChangeSet, Ticket, TicketEvent
from copilot.services.deps import Deps
from copilot.services.steps import Tell, in_steps, silent
from copilot.services.storing import delete_imported
from copilot.services.undo_steps import Step, obstacle, stored, take
from copilot.storage import search_index, tickets
from copilot.storage import undo as undo_entries
from copilot.storage.store import Db
from copilot.storage.undo import UndoEntry
from copilot.support.errors import KnownError
from copilot.support.i18n import tr

__all__ = ["Change", "Step", "group", "redo", "restore_fields", "size", "start_of_day", "today", "undo"]

MOST_LISTED = 500
_GROUPS = ("group", "merge")  # ["group", ticket, [steps]], ["merge", ticket, target, [steps]]


@dataclass(frozen=True, slots=True)
class Change:
    """A change of today, for a list.

    Attributes:
        id: What `undo` and `redo` take.
        at: When it was made (or made again), UTC.
        label: What it was, in words.
        tickets: Ids of the tickets that it touched.
        numbers: The numbers of the first few of them.
        is_undone: Whether it was taken back.
        can_redo: Whether it can be made again; what was decided about an answer cannot.
    """

    id: int
    at: datetime
    label: str
    tickets: tuple[int, ...]
    numbers: tuple[str, ...]
    is_undone: bool
    can_redo: bool


def restore_fields(before: Ticket, after: Ticket) -> Step:
    """Return the step that sets back what differs between the two."""
    was, left = dict[str, Any](), dict[str, Any]()
    for field in fields(Ticket):
        name = field.name
        if name != "updated_at" and getattr(before, name) != getattr(after, name):
            was[name], left[name] = stored(before, name), stored(after, name)
    return ["ticket", before.id, was, left]


def group(ticket: int, *steps: Step) -> Step:
    """Return steps of one ticket among many, which are taken together or not at all."""
    return ["group", ticket, list(steps)]


def start_of_day(now: datetime) -> datetime:
    """Return when the local day of `now` began: what was changed before can no longer be taken back."""
    return now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)


def today(deps: Deps) -> list[Change]:
    """Return what was changed today, newest first."""
    with deps.store.read() as db:
        entries = undo_entries.since(db, start_of_day(deps.clock.now()), MOST_LISTED)
        numbers = tickets.numbers(db, {ticket for entry in entries for ticket in entry.tickets[:4]})
    return [
        Change(
            id=entry.id,
            at=entry.at,
            label=entry.label,
            tickets=entry.tickets,
            numbers=tuple(numbers[ticket] for ticket in entry.tickets[:4] if ticket in numbers),
            is_undone=entry.undone_at is not None,
            can_redo=entry.undone_at is not None and bool(entry.steps),
        )
        for entry in entries
    ]


def undo(deps: Deps, entry: int = 0, tell: Tell = silent) -> ChangeSet:
    """Take back the change `entry`, or the newest one.

    Raises:
        KnownError: There is nothing to undo, the change is from an earlier day, or a later one got in the way.
    """
    found = _find(deps, entry, undone=False)
    is_import = bool(found.steps) and found.steps[0][0] == "tickets.gone"
    done = _take_import_back(deps, found) if is_import else _turn(deps, found, tell)
    return replace(done, undone_id=found.id)


def size(deps: Deps, entry: int = 0) -> tuple[int, int]:
    """Return the id of the change that `undo` would take back, and how many tickets it touched.

    Raises:
        KnownError: As `undo`.
    """
    found = _find(deps, entry, undone=False)
    return found.id, len(found.tickets)


def redo(deps: Deps, entry: int, tell: Tell = silent) -> ChangeSet:
    """Make a change again that was taken back.

    Raises:
        KnownError: It was not taken back, cannot be made again, or a later change got in the way.
    """
    found = _find(deps, entry, undone=True)
    if not found.steps:
        raise KnownError(tr("This cannot be done again."), todo=tr("Do it by hand."))
    return _turn(deps, found, tell)


def _find(deps: Deps, entry: int, *, undone: bool) -> UndoEntry:
    day = start_of_day(deps.clock.now())
    with deps.store.write() as db:  # not with the reader: a newer search would interrupt it
        entry = entry or undo_entries.newest(db, day)
        found = undo_entries.get(db, entry) if entry else None
    if found is None or (found.undone_at is not None) is not undone:
        raise KnownError(tr("There is nothing to do again.") if undone else tr("There is nothing to undo."))
    if found.at < day:
        raise KnownError(
            tr("This change is from an earlier day and can no longer be taken back."),
            todo=tr("Set it by hand."),
        )
    return found


def _turn(deps: Deps, entry: UndoEntry, tell: Tell) -> ChangeSet:
    """Take an entry's steps and store their opposites in its place."""
    groups = _groups(entry.steps)[::-1]
    is_undo = entry.undone_at is None
    now = deps.clock.now()
    with deps.store.write() as db:
        later = undo_entries.later(db, entry) if is_undo and _hides(groups) else {}
    opposites, obstacles, touched = list[Step](), list[str](), set[int]()
    stale = set[int]()  # in the search index
    whole = True

    def turn(db: Db, one: Step) -> None:
        nonlocal whole
        why = _obstacle(db, one, later)
        if why:
            obstacles.append(why)
            return
        taken = [take(db, deps, step, now) for step in reversed(_steps(one))]
        whole = whole and None not in taken
        opposites.append(_like(one, [step for step in taken if step is not None]))
        found = _touch(db, deps, one, entry, now)
        touched.update(found)
        stale.update(found)
        if len(groups) == 1:  # the entry and what it did stay together whatever happens
            settle(db)

    def settle(db: Db) -> None:
        undone_at = now if is_undo else None
        undo_entries.settle(db, entry.id, opposites if whole else [], entry.at if is_undo else now, undone_at)

    def close(db: Db) -> None:
        search_index.index_many(db, sorted(stale))
        stale.clear()

    in_steps(deps.store, groups, turn, tell, close=close)
    if not opposites:
        what = obstacles[0] if obstacles else tr("Nothing was taken back.")
        raise KnownError(what, todo=tr("Undo that first, or set it by hand.") if obstacles else "")
    if len(groups) > 1:
        with deps.store.write() as db:
            settle(db)
    return ChangeSet(frozenset(touched), True, _told(entry, len(opposites), len(groups), obstacles))


def _told(entry: UndoEntry, taken: int, wanted: int, obstacles: list[str]) -> str:
    verb = tr("Taken back") if entry.undone_at is None else tr("Done again")
    if taken == wanted:
        return verb
    text = tr("{verb} for {n} of {all} tickets.").format(verb=verb, n=taken, all=wanted)
    if obstacles:
        text += " " + obstacles[0]
        if len(obstacles) > 1:
            text += " " + tr("So it is with {n} more.").format(n=len(obstacles) - 1)
    return text


def _take_import_back(deps: Deps, entry: UndoEntry) -> ChangeSet:
    """Delete an import's tickets, but for those that were worked on since; only the file brings them again."""
    with deps.store.write() as db:
        later = undo_entries.later(db, entry)
    ranges, kept = list[list[int]](), list[int]()
    for _, first, last in entry.steps:
        start = first
        for ticket in sorted(each for each in later if first <= each <= last):
            kept.append(ticket)
            if start < ticket:
                ranges.append([start, ticket - 1])
            start = ticket + 1
        if start <= last:
            ranges.append([start, last])
    gone = sum(last - first + 1 for first, last in ranges)
    with deps.store.write() as db:
        numbers = tickets.numbers(db, kept[:1])
    why = [_worked_on(numbers.get(ticket, ""), later[ticket]) for ticket in kept]
    if not gone:
        raise KnownError(why[0], todo=tr("Undo that first."))
    delete_imported(deps, ranges)
    with deps.store.write() as db:
        undo_entries.settle(db, entry.id, [], entry.at, deps.clock.now())
    return ChangeSet(frozenset(), True, _told(entry, gone, gone + len(kept), why))


def _worked_on(number: str, label: str) -> str:
    return tr("{number} has been worked on since ({label}).").format(number=number, label=label)


# -- groups


def _groups(steps: list[Step]) -> list[Step]:
    """Return the steps in groups of what is taken together."""
    if len(steps) > 1 and all(step[0] == "ticket.hidden" for step in steps):  # an import
        return [group(step[1], step) for step in steps]
    loose = [step for step in steps if step[0] not in _GROUPS]
    return [*([group(0, *loose)] if loose else []), *(step for step in steps if step[0] in _GROUPS)]


def _steps(one: Step) -> list[Step]:
    steps: list[Step] = one[-1]
    return steps


def _like(one: Step, steps: list[Step]) -> Step:
    return [*one[:-1], steps]


def _hides(groups: list[Step]) -> bool:
    return any(step[0] == "ticket.hidden" and step[2] for one in groups for step in _steps(one))


def _obstacle(db: Db, one: Step, later: dict[int, str]) -> str:
    if one[0] == "merge" and (into := tickets.get(db, one[2])) is not None and into.merged_into:
        return tr("{number} has itself been merged since.").format(number=into.number)
    for step in _steps(one):
        if step[0] == "ticket.hidden" and step[2] and step[1] in later:
            number = tickets.numbers(db, [step[1]]).get(step[1], "")
            return _worked_on(number, later[step[1]])
    # Steps of one group may build upon each other: the first that is taken is the last of the list.
    seen = set[tuple[Any, ...]]()
    for step in reversed(_steps(one)):
        key = tuple(step[:3]) if step[0] == "link" else tuple(step[:2])
        if key not in seen and (why := obstacle(db, step)):
            return why
        seen.add(key)
    return ""


def _touch(db: Db, deps: Deps, one: Step, entry: UndoEntry, now: datetime) -> set[int]:
    """Say when the tickets of a group were last changed; return them."""
    found = {one[1]} if one[1] else set(entry.tickets)
    if all(step[0] == "pin" for step in _steps(one)):  # no change of the ticket itself
        return found
    if one[0] == "merge":
        found.add(one[2])
        _tell_of_merge(db, deps, one[1], one[2], now, is_undo=entry.undone_at is None)
    for ticket in found:
        tickets.touch(db, ticket, now)
    return found


def _tell_of_merge(db: Db, deps: Deps, source: int, target: int, now: datetime, *, is_undo: bool) -> None:
    number = tickets.numbers(db, [source]).get(source, "")
    old, new = (number, "") if is_undo else ("", number)
    event = TicketEvent(target, now, deps.me(), ActorKind.HUMAN, "merged from", old, new)
    tickets.add_events(db, [event])
