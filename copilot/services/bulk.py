"""The same change to many tickets: in steps, with one Undo for all."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from copilot.domain.ticket import ActorKind, ChangeSet, Ticket, TicketEvent
from copilot.services import changes
from copilot.services.deps import Deps
from copilot.services.fields import changed, clean_tags, field_name, shown, with_tags
from copilot.services.steps import Stop, Tell, in_steps, never, silent
from copilot.storage import desk_state, search_index, tickets, undo
from copilot.storage.store import Db
from copilot.support.errors import KnownError
from copilot.support.i18n import tr, tr_n
from copilot.support.text import one_line

BULK_FIELDS = ("status", "priority", "assignee")


class _Change(NamedTuple):
    """What is done to each ticket; `what` says so."""

    field: str
    what: str
    apply: Callable[[Ticket, datetime], Ticket]


@dataclass
class _Tally:
    """What one change of many tickets has done so far."""

    entries: list[int] = field(default_factory=list)
    touched: list[int] = field(default_factory=list)
    steps: list[changes.Step] = field(default_factory=list)  # of the transaction under way


class BulkService:
    """Changes tickets by the dozen or by the thousand."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    def change_many(
        self, ids: Sequence[int], field: str, value: str, *, tell: Tell = silent, stop: Stop = never
    ) -> ChangeSet:
        """Set one of `BULK_FIELDS`; tickets that have the value already are left out.

        Args:
            ids: The tickets.
            field: What to set.
            value: What to.
            tell: Gets how many tickets were reached, and of how many, after each transaction.
            stop: Asked before each transaction; what was changed until then stays, and can be undone.

        Raises:
            KnownError: The field cannot be changed or the value is not one of its values; nothing was changed.
        """
        return self._run(ids, _field_change(field, value), tell, stop)

    def tag_many(
        self,
        ids: Sequence[int],
        add: Iterable[str],
        remove: Iterable[str] = (),
        *,
        tell: Tell = silent,
        stop: Stop = never,
    ) -> ChangeSet:
        """Give tickets tags and take others off; letters' case tells no two tags apart.

        Raises:
            KnownError: No tag is named, or one is both to come and to go.
        """
        return self._run(ids, _tag_change(add, remove), tell, stop)

    def would_change(self, ids: Sequence[int], field: str, value: str) -> int:
        """Return how many tickets `change_many` would change; raises what it would raise."""
        return self._count(ids, _field_change(field, value))

    def would_tag(self, ids: Sequence[int], add: Iterable[str], remove: Iterable[str] = ()) -> int:
        """Return how many tickets `tag_many` would change; raises what it would raise."""
        return self._count(ids, _tag_change(add, remove))

    def known_tags(self) -> list[str]:
        """Return the tags that a field can complete, by name."""
        with self._deps.store.read() as db:
            return tickets.common_tags(db, among=10_000, limit=500)

    # -- inner parts

    def _count(self, ids: Sequence[int], change: _Change) -> int:
        now = self._deps.clock.now()
        with self._deps.store.read() as db:
            found = tickets.get_many(db, ids).values()
        return sum(change.apply(ticket, now) != ticket for ticket in found)

    def _run(self, ids: Sequence[int], change: _Change, tell: Tell, stop: Stop) -> ChangeSet:
        wanted = list(dict.fromkeys(ids))
        now, me = self._deps.clock.now(), self._deps.me()
        tally = _Tally()

        def work(db: Db, ticket: int) -> None:
            if self._change_one(db, ticket, change, now, me, tally):
                tally.touched.append(ticket)

        def store(db: Db) -> None:
            search_index.index_many(db, tally.touched[-len(tally.steps) :] if tally.steps else ())
            if tally.steps:  # each transaction can be undone, also where it was the last one before a crash
                made = tally.touched[-len(tally.steps) :]
                tally.entries.append(desk_state.add_undo(db, 0, change.what, tally.steps, now, made))
                tally.steps = []

        reached = in_steps(self._deps.store, wanted, work, tell, stop, store)
        return self._close(wanted, reached, change.what, tally)

    def _change_one(
        self, db: Db, ticket: int, change: _Change, now: datetime, me: str, tally: _Tally
    ) -> bool:
        before = tickets.get(db, ticket)
        if before is None:
            return False
        after = change.apply(before, now)
        if after == before:
            return False
        tickets.update(db, replace(after, updated_at=now))
        old, new = _text(before, change.field), _text(after, change.field)
        tickets.add_events(db, [TicketEvent(ticket, now, me, ActorKind.HUMAN, change.field, old, new)])
        if change.field == "tags":
            step: changes.Step = ["tags", ticket, list(before.tags), list(after.tags)]
        else:
            step = changes.restore_fields(before, after)
        tally.steps.append(changes.group(ticket, step))
        return True

    def _close(self, wanted: list[int], reached: int, what: str, tally: _Tally) -> ChangeSet:
        done = len(tally.touched)
        if not done:
            return ChangeSet(undo_label=_nothing(len(wanted)))
        with self._deps.store.write() as db:
            if len(wanted) == 1:
                numbers = tickets.numbers(db, wanted)
                label = tr("{number}: {what}").format(number=numbers[wanted[0]], what=what)
            elif done == len(wanted):
                label = f"{what}: " + tr_n("{n} ticket", "{n} tickets", done)
            else:
                label = tr("{what}: {n} of {all} changed").format(what=what, n=done, all=len(wanted))
            entry = undo.join(db, tally.entries, label, tally.touched)
        if reached < len(wanted):
            label = tr("{label}, then stopped").format(label=label)
        return ChangeSet(frozenset(tally.touched), True, label, entry)


def _field_change(field: str, value: str) -> _Change:
    if field not in BULK_FIELDS:
        raise KnownError(
            tr("The field {field} cannot be changed for many tickets at once.").format(field=field)
        )
    name = field_name(field)
    what = tr("{field} is now {value}").format(
        field=name[:1].upper() + name[1:], value=shown(field, one_line(value, 60))
    )
    return _Change(field, what, lambda ticket, now: changed(ticket, field, value, now))


def _tag_change(add: Iterable[str], remove: Iterable[str]) -> _Change:
    coming, going = clean_tags(add), clean_tags(remove)
    if not coming and not going:
        raise KnownError(tr("There is no tag to add or remove."))
    both = {tag.casefold() for tag in coming} & {tag.casefold() for tag in going}
    if both:
        raise KnownError(tr("{tag} cannot be added and removed at once.").format(tag=min(both)))
    if not going:
        what = tr("Tagged {tags}").format(tags=", ".join(coming))
    elif not coming:
        what = tr("No longer tagged {tags}").format(tags=", ".join(going))
    else:
        what = tr("Tagged {tags}, no longer {gone}").format(tags=", ".join(coming), gone=", ".join(going))
    return _Change("tags", what, lambda ticket, _: with_tags(ticket, coming, going))


def _text(ticket: Ticket, name: str) -> str:
    return ", ".join(ticket.tags) if name == "tags" else str(getattr(ticket, name))


def _nothing(count: int) -> str:
    return tr_n(
        "Nothing to change: {n} ticket has it so already",
        "Nothing to change: all {n} have it so already",
        count,
    )
