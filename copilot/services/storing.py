"""Stores new tickets: what is read of them as evidence, and many of them in short steps that count as one."""

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Sequence

from copilot.domain.evidence import EvidenceKind, Trust
from copilot.domain.ticket import ChangeSet, Message, TicketDraft, Visibility
from copilot.services.deps import Deps
from copilot.storage import desk_state, search_index, ticket_batch, ticket_pages
from copilot.storage.store import Db
from copilot.storage.ticket_batch import Ranges, TicketBatch, merge_ranges
from copilot.support.clock import to_text
from copilot.support.errors import KnownError
from copilot.support.i18n import tr
from copilot.support.ids import new_uid
from copilot.support.text import clean, one_line

MAX_EVIDENCE = 200_000  # characters; a longer log belongs into the log analysis
STEP_SECONDS = 0.009  # of processor time that a transaction of an import takes; it waits for the disk besides
_SMALLEST, _FIRST, _LARGEST = 10, 50, 1000  # tickets a step
_FOLD = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}  # as SQLite's NOCASE does

Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]


class StoppedError(KnownError):
    """A person stopped an import or export."""


def never() -> bool:
    """Nobody stops it."""
    return False


def no_progress(done: int, total: int) -> None:
    """Nobody looks."""


# -- one ticket


def store(db: Db, drafts: Sequence[TicketDraft]) -> list[int]:
    """Store new tickets inside the transaction of `db`; return their ids, in order."""
    ids = prepare(drafts).insert(db)
    search_index.index_many(db, ids)
    return list(ids)


def prepare(drafts: Sequence[TicketDraft], *, hidden: bool = False) -> TicketBatch:
    """Turn tickets into rows: text is cleaned, and what was said becomes evidence."""
    most = sum(
        1 + len(d.ticket.assets) + len(d.messages) + sum(len(m.attachments) for m in d.messages)
        for d in drafts
    )
    batch = TicketBatch(most, hidden=hidden)
    words = _Words()
    for draft in drafts:
        _add(batch, draft, words)
    batch.end_ticket()
    return batch


class _Words:
    """The names of sources, translated once."""

    def __init__(self) -> None:
        self.description = tr("Description by {name}")
        self.note = tr("Note by {name}")
        self.message = tr("Message by {name}")
        self.nobody = tr("unknown requester")
        self.unknown = tr("unknown")
        self.empty = tr("(empty message)")
        self.asset = tr("Asset record")


def _add(batch: TicketBatch, draft: TicketDraft, words: _Words) -> None:
    ticket = draft.ticket
    title, body = clean(ticket.title), clean(ticket.body)
    batch.add_ticket(ticket, title, body)
    at = to_text(ticket.created_at)
    short, long = title.strip(), body.strip()
    if short or long:
        source = words.description.format(name=ticket.requester.name or words.nobody)
        text = f"{short}\n\n{long}" if short and long else short or long
        batch.add_fact(EvidenceKind.DESCRIPTION, source, text, at, Trust.STATED, "description")
    for asset in ticket.assets:
        parts = (
            (tr("Host"), asset.host),
            (tr("OS"), asset.os),
            (tr("Model"), asset.model),
            (tr("Serial"), asset.serial),
        )
        text = ", ".join([f"{name}: {clean(value)}" for name, value in parts if value])
        if text:
            batch.add_fact(EvidenceKind.ASSET, words.asset, text, at, Trust.RECORDED)
    for message in draft.messages:
        _add_message(batch, message, words)


def _add_message(batch: TicketBatch, message: Message, words: _Words) -> None:
    text = clean(message.text)
    attachments = [
        type(a)(one_line(a.name), a.media_type, a.size or len(a.text.encode("utf-8")), clean(a.text))
        for a in message.attachments
    ]
    uid = batch.add_message(message, text, attachments)
    at = to_text(message.at)
    if message.from_requester or message.visibility is Visibility.INTERNAL:
        kind, source, fact = fact_of_message(message, text, words)
        batch.add_fact(kind, source, fact, at, Trust.STATED, uid)
    for attachment in attachments:
        if fact := attachment.text.strip():
            batch.add_fact(
                EvidenceKind.ATTACHMENT, attachment.name, fact[:MAX_EVIDENCE], at, Trust.MEASURED, uid
            )


def fact_of_message(
    message: Message, text: str, words: _Words | None = None
) -> tuple[EvidenceKind, str, str]:
    """Return kind, source and text of the fact that a message is."""
    words = words or _Words()
    is_note = message.visibility is Visibility.INTERNAL
    source = (words.note if is_note else words.message).format(
        name=one_line(message.author, 60) or words.unknown
    )
    return EvidenceKind.NOTE if is_note else EvidenceKind.MESSAGE, source, text.strip() or words.empty


# -- many tickets


def fold(number: str) -> str:
    """Return a ticket number as it is compared: without regard to the case of A to Z."""
    return number.translate(_FOLD)


def known_numbers(deps: Deps) -> frozenset[str]:
    """Return the numbers on the desk, folded."""
    with deps.store.read() as db:
        return frozenset(map(fold, ticket_batch.all_numbers(db)))


def taken_error(numbers: Sequence[str]) -> KnownError:
    """Return what to say where ticket numbers are on the desk already."""
    return KnownError(
        tr("These ticket numbers are on the desk already: {numbers}.").format(
            numbers=", ".join(numbers[:5]) + (" …" if len(numbers) > 5 else "")
        ),
        tr("Nothing was imported."),
        tr("Leave out the tickets that are known, or give them other numbers."),
    )


def store_all(
    deps: Deps,
    drafts: Sequence[TicketDraft],
    label: str = "",
    progress: Progress = no_progress,
    cancelled: Cancelled = never,
) -> tuple[list[int], ChangeSet]:
    """Store tickets in short transactions, all or none; with one Undo for all.

    Args:
        deps: The desk.
        drafts: The tickets; those with a number of their own are stored first, so that none is given away.
        label: What Undo takes back; empty for no Undo.
        progress: Called with tickets done and tickets in all.
        cancelled: Asked between two steps.

    Returns:
        The ids in the order of `drafts`, and the change.

    Raises:
        KnownError: A number is taken already, the disk is full, …; nothing stays.
        StoppedError: `cancelled` said so; nothing stays.
    """
    numbers = [draft.ticket.number for draft in drafts if draft.ticket.number]
    known = known_numbers(deps)
    if taken := [number for number in numbers if fold(number) in known]:
        raise taken_error(taken)
    return _Import(deps, progress, cancelled).run(drafts, label)


class _Import:
    """Tickets on their way in; a setting says which, for the case of a crash."""

    def __init__(self, deps: Deps, progress: Progress, cancelled: Cancelled) -> None:
        from copilot.services.recovery import owner_of  # psutil: 20 ms

        self._deps = deps
        self._progress = progress
        self._cancelled = cancelled
        self._key = desk_state.UNFINISHED_IMPORT + new_uid("im")
        self._owner = owner_of(os.getpid())
        self._ranges: Ranges = []

    def run(self, drafts: Sequence[TicketDraft], label: str) -> tuple[list[int], ChangeSet]:
        order = sorted(range(len(drafts)), key=lambda i: not drafts[i].ticket.number)
        ids = [0] * len(drafts)
        try:
            self._store(drafts, order, ids)
            self._show(len(drafts))
            self._link(drafts, ids)
            entry = self._finish(label)
        except BaseException:
            with contextlib.suppress(KnownError):  # of a full disk, say; the next start tries again
                take_out(self._deps, self._key, self._ranges)
            raise
        return ids, ChangeSet(frozenset(ids), True, label, entry)

    def _store(self, drafts: Sequence[TicketDraft], order: Sequence[int], ids: list[int]) -> None:
        """Store all but the index, which is quicker to write by itself, in larger parts."""
        done, step = 0, _FIRST
        while done < len(order):
            self._look_up(done / 2, len(order))
            part = order[done : done + step]
            batch = prepare([drafts[i] for i in part], hidden=True)
            with self._deps.store.write() as db:
                began = time.thread_time()
                if taken := ticket_batch.taken_numbers(db, batch.numbers()):
                    raise taken_error(taken)
                stored = batch.insert(db)
                ranges = merge_ranges(self._ranges, stored)
                desk_state.set_setting(db, self._key, {"owner": self._owner, "ranges": ranges})
            self._ranges = ranges
            for i, ticket in zip(part, stored, strict=True):
                ids[i] = ticket
            done += len(part)
            step = _next_step(len(part), time.thread_time() - began)

    def _show(self, total: int) -> None:
        """Put the tickets on the lists, and where the search finds them."""
        for done in _in_steps(self._deps, self._ranges, ticket_batch.show):
            self._look_up((total + done) / 2, total)

    def _link(self, drafts: Sequence[TicketDraft], ids: Sequence[int]) -> None:
        """Link tickets with others, now that all have their numbers."""
        linked = [(ids[i], draft.links) for i, draft in enumerate(drafts) if draft.links]
        for start in range(0, len(linked), _FIRST):
            with self._deps.store.write() as db:
                for ticket, links in linked[start : start + _FIRST]:
                    ticket_pages.link(db, ticket, links)

    def _look_up(self, done: float, total: int) -> None:
        """Say how far it is, and stop where a person says so."""
        self._progress(int(done), total)
        self._deps.store.give_way()
        if self._cancelled():
            raise StoppedError(tr("The import was stopped."), tr("Nothing was imported."))

    def _finish(self, label: str) -> int:
        """From here on the import counts, whatever happens."""
        steps = [["tickets.gone", first, last] for first, last in self._ranges]
        with self._deps.store.write() as db:
            desk_state.drop_setting(db, self._key)
            return desk_state.add_undo(db, 0, label, steps, self._deps.clock.now()) if label else 0


def take_out(deps: Deps, key: str, ranges: Ranges) -> None:
    """Delete what an import stored that did not come to its end."""
    delete_imported(deps, ranges)
    with deps.store.write() as db:
        desk_state.drop_setting(db, key)


def take_out_unfinished(deps: Deps, is_alive: Callable[[str], bool]) -> None:
    """Take out what imports left behind whose process is gone."""
    with deps.store.read() as db:
        found = desk_state.settings_from(db, desk_state.UNFINISHED_IMPORT)
    for key, state in found.items():
        if not is_alive(state["owner"]):
            take_out(deps, key, state["ranges"])


def take_out_leftovers(deps: Deps) -> None:
    """Take out what an earlier import of this process could not, when the disk was full, say. None may be running."""
    from copilot.services.recovery import is_alive, owner_of

    mine = owner_of(os.getpid())
    take_out_unfinished(deps, lambda owner: owner != mine and is_alive(owner))


def delete_imported(deps: Deps, ranges: Ranges) -> None:
    """Take an import back; what somebody has worked on since is hidden instead."""
    for _ in _in_steps(deps, ranges, ticket_batch.delete):
        pass


def _in_steps(deps: Deps, ranges: Ranges, work: Callable[[Db, range], None]) -> Iterator[int]:
    """Do `work` for all tickets of `ranges` in short transactions; yield how many are done after each."""
    done, step = 0, _FIRST
    for first, last in ranges:
        at = first
        while at <= last:
            ids = range(at, min(last + 1, at + step))
            with deps.store.write() as db:
                began = time.thread_time()
                work(db, ids)
            step = _next_step(len(ids), time.thread_time() - began)
            at = ids.stop
            done += len(ids)
            deps.store.give_way()
            yield done


def _next_step(tickets: int, seconds: float) -> int:
    """Return how many tickets fit into a transaction, now that so many took so long."""
    return min(
        _LARGEST, max(_SMALLEST, round(tickets * min(1.4, max(0.7, STEP_SECONDS / max(seconds, 0.0001)))))
    )
