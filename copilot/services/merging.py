"""Merging tickets: one stays, the others' texts and facts go over to it, and all of it can be taken back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from copilot.domain.evidence import Evidence
from copilot.domain.link import TicketLink
from copilot.domain.ticket import ActorKind, ChangeSet, Message, Status, Ticket, TicketEvent, Visibility
from copilot.services import changes
from copilot.services.deps import Deps
from copilot.services.fields import with_status
from copilot.services.steps import Stop, Tell, in_steps, never, silent
from copilot.services.undo_steps import link_step
from copilot.storage import desk_state, evidence, links, search_index, tickets, undo
from copilot.storage.store import Db
from copilot.support.errors import KnownError
from copilot.support.i18n import tr, tr_n
from copilot.support.ids import new_uid
from copilot.support.text import one_line

MOST_MERGED = 100  # at once; whoever wants more has selected the wrong thing


@dataclass(frozen=True, slots=True)
class MergePart:
    """One ticket that would be merged; `refused` says why it would not, and is empty where it would."""

    id: int
    number: str
    title: str
    status: Status
    messages: int = 0  # that go over, its description among them
    facts: int = 0  # evidence that the other ticket does not have yet
    links: int = 0
    refused: str = ""


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What a merge would do; `refused` says why nothing can be merged into the target."""

    target: int
    number: str
    title: str
    parts: tuple[MergePart, ...]
    refused: str = ""

    @property
    def accepted(self) -> tuple[MergePart, ...]:
        """The tickets that would be merged."""
        return () if self.refused else tuple(part for part in self.parts if not part.refused)


class MergeService:
    """Puts tickets about the same thing together."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    def preview(self, target: int, ids: Sequence[int]) -> MergePreview:
        """Return what merging the tickets `ids` into `target` would do.

        Raises:
            KnownError: There is no ticket `target`.
        """
        with self._deps.store.read() as db:
            into = _get(db, target)
            parts = [_part(db, into, ticket) for ticket in _others(target, ids)]
        return MergePreview(target, into.number, into.title, tuple(parts), _refuses(into))

    def merge(self, target: int, ids: Sequence[int], *, tell: Tell = silent, stop: Stop = never) -> ChangeSet:
        """Merge the tickets `ids` into `target`, one after the other; those merged already are left out.

        Raises:
            KnownError: There is nothing to merge, too much, or the target was itself merged.
        """
        wanted = _others(target, ids)
        if not wanted:
            raise KnownError(
                tr("A ticket cannot be merged into itself."), todo=tr("Choose another one, too.")
            )
        if len(wanted) > MOST_MERGED:
            raise KnownError(
                tr_n(
                    "At most {n} ticket can be merged at once.",
                    "At most {n} tickets can be merged at once.",
                    MOST_MERGED,
                ),
                tr("Nothing was merged."),
            )
        now = self._deps.clock.now()
        with self._deps.store.write() as db:
            into = _get(db, target)
            if why := _refuses(into):
                raise KnownError(why, tr("Nothing was merged."))
            refusals = [part.refused for part in (_part(db, into, each) for each in wanted) if part.refused]
            if len(refusals) == len(wanted):
                raise KnownError(refusals[0], tr("Nothing was merged."))
        merged, entries = list[int](), list[int]()

        def work(db: Db, ticket: int) -> None:
            source, still = tickets.get(db, ticket), tickets.get(db, target)
            if source is None or still is None or _refuses(still) or _refused(source):
                return
            step = ["merge", ticket, target, self._merge_one(db, source, still, now)]
            merged.append(ticket)
            label = tr("{number} merged into {target}").format(number=source.number, target=still.number)
            entries.append(desk_state.add_undo(db, 0, label, [step], now, [ticket, target]))

        in_steps(self._deps.store, wanted, work, tell, stop)
        if not merged:
            raise KnownError(tr("Nothing was merged."))
        with self._deps.store.write() as db:
            numbers = tickets.numbers(db, merged)
            what = numbers[merged[0]] if len(merged) == 1 else tr_n("{n} ticket", "{n} tickets", len(merged))
            label = tr("{what} merged into {target}").format(what=what, target=into.number)
            entry = undo.join(db, entries, label, [target, *merged])
        if len(merged) < len(wanted):
            label += tr(" ({n} of {all})").format(n=len(merged), all=len(wanted))
        return ChangeSet(frozenset({target, *merged}), True, label, entry)

    def undo_id(self, ticket: int) -> int:
        """Return the change of today that merged this ticket away; 0 where there is none that can be taken back."""
        with self._deps.store.read() as db:
            day = changes.start_of_day(self._deps.clock.now())
            return undo.newest_with(db, day, "merge", ticket)

    # -- inner parts

    def _merge_one(self, db: Db, source: Ticket, target: Ticket, now: datetime) -> list[changes.Step]:
        me = self._deps.me()
        steps, new_uids = list[changes.Step](), dict[str, str]()
        for message in _messages(db, source):
            copy = replace(
                message,
                uid=new_uid("msg"),
                ticket=target.id,
                author=tr("{name} (from {number})").format(
                    name=one_line(message.author, 80) or tr("unknown"), number=source.number
                ),
                origin="merge",
            )
            tickets.add_message(db, copy)
            new_uids[message.uid] = copy.uid
            steps.append(["message", copy.uid, True])
        note = Message(
            uid=new_uid("msg"),
            ticket=target.id,
            at=now,
            author=me,
            visibility=Visibility.INTERNAL,
            text=tr("Merged from {number}: {title}").format(
                number=source.number, title=one_line(source.title)
            ),
            origin="merge",
        )
        tickets.add_message(db, note)
        steps.append(["message", note.uid, True])
        for fact in _missing_facts(db, source, target):
            copied = evidence.add(
                db,
                target.id,
                fact.kind,
                tr("{source} (from {number})").format(source=fact.source, number=source.number),
                fact.text,
                fact.observed_at,
                fact.trust,
                new_uids.get(fact.source_ref, fact.source_ref if fact.source_ref != "description" else ""),
            )
            if not fact.switched_on:
                evidence.set_switched(db, copied.uid, False)
            evidence.copy_attachments(db, fact.uid, copied)
            steps.append(["evidence.removed", copied.uid, True])
        steps += self._move_links(db, source.id, target.id, now)
        after = replace(with_status(source, Status.MERGED, now), merged_into=target.id)
        tickets.update(db, replace(after, updated_at=now))
        steps.append(changes.restore_fields(source, after))
        tickets.add_events(
            db,
            [
                TicketEvent(source.id, now, me, ActorKind.HUMAN, "status", source.status, Status.MERGED),
                TicketEvent(source.id, now, me, ActorKind.HUMAN, "merged into", "", target.number),
                TicketEvent(target.id, now, me, ActorKind.HUMAN, "merged from", "", source.number),
            ],
        )
        tickets.touch(db, target.id, now)
        search_index.index_many(db, (source.id, target.id))
        return steps

    def _move_links(self, db: Db, source: int, target: int, now: datetime) -> list[changes.Step]:
        """Lead the source's links to the target; one between the two, or to where there is one, goes."""
        steps = list[changes.Step]()
        for link in links.stored_of(db, source):
            other = link.other if link.ticket == source else link.ticket
            links.remove(db, source, other)
            steps.append(link_step(source, other, link, None))
            if other == target or links.between(db, target, other):
                continue
            ends = (target, other) if link.ticket == source else (other, target)
            moved = TicketLink(*ends, link.kind, link.by, now)
            links.put(db, moved)
            steps.append(link_step(*ends, None, moved))
        return steps


def _others(target: int, ids: Sequence[int]) -> list[int]:
    return [ticket for ticket in dict.fromkeys(ids) if ticket != target]


def _get(db: Db, ticket: int) -> Ticket:
    found = tickets.get(db, ticket)
    if found is None:
        raise KnownError(tr("This ticket is no longer there."))
    return found


def _refuses(target: Ticket) -> str:
    """Return why nothing can be merged into a ticket; what is merged away leads on, so no circle can come about."""
    if target.status is not Status.MERGED:
        return ""
    return tr("{number} is itself merged; choose the ticket that it was merged into.").format(
        number=target.number
    )


def _refused(source: Ticket) -> str:
    if source.status is not Status.MERGED:
        return ""
    return tr("{number} is merged already.").format(number=source.number)


def _part(db: Db, target: Ticket, ticket: int) -> MergePart:
    source = tickets.get(db, ticket)
    if source is None:
        return MergePart(ticket, "", "", Status.NEW, refused=tr("This ticket is no longer there."))
    title = one_line(source.title) or tr("(no title)")
    if why := _refused(source):
        return MergePart(ticket, source.number, title, source.status, refused=why)
    return MergePart(
        id=ticket,
        number=source.number,
        title=title,
        status=source.status,
        messages=len(_messages(db, source)),
        facts=len(_missing_facts(db, source, target)),
        links=sum(1 for link in links.of_ticket(db, ticket) if link.id != target.id),
    )


def _messages(db: Db, source: Ticket) -> list[Message]:
    """Return the source's thread, its description first: to the target that is one message among the others."""
    text = "\n\n".join(part for part in (source.title.strip(), source.body.strip()) if part)
    first = Message(
        uid="description",
        ticket=source.id,
        at=source.created_at,
        author=source.requester.name or tr("unknown requester"),
        visibility=Visibility.PUBLIC,
        text=text,
        from_requester=True,
    )
    return [*([first] if text else []), *tickets.thread(db, source.id)]


def _missing_facts(db: Db, source: Ticket, target: Ticket) -> list[Evidence]:
    """Return the facts of the source whose words the target does not have; also one that was taken off there stays off."""
    known = {fact.sha256 for fact in evidence.of_ticket(db, target.id, with_removed=True)}
    missing = list[Evidence]()
    for fact in evidence.of_ticket(db, source.id):
        if fact.sha256 not in known:
            known.add(fact.sha256)
            missing.append(fact)
    return missing
