"""Links between tickets."""

from collections.abc import Sequence

from copilot.domain.link import LinkedTicket, LinkKind, TicketLink
from copilot.domain.ticket import ActorKind, ChangeSet, TicketEvent
from copilot.services import changes
from copilot.services.deps import Deps
from copilot.services.undo_steps import link_step
from copilot.storage import desk_state, links, tickets
from copilot.storage.store import Db
from copilot.support.errors import KnownError
from copilot.support.i18n import tr, tr_n


class LinkService:
    """Links tickets and takes links away; both ends show a link."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    def of_ticket(self, ticket: int) -> list[LinkedTicket]:
        """Return the tickets that one is linked with."""
        with self._deps.store.read() as db:
            return links.of_ticket(db, ticket)

    def link(self, ids: Sequence[int], other: int, kind: LinkKind) -> ChangeSet:
        """Say what each of the tickets `ids` is to the ticket `other`; a pair has one link, the last one holds.

        Raises:
            KnownError: A ticket is not there, or there is only `other` itself.
        """
        wanted = [ticket for ticket in dict.fromkeys(ids) if ticket != other]
        if not wanted:
            raise KnownError(tr("A ticket cannot be linked with itself."), todo=tr("Choose another one."))
        now, me = self._deps.clock.now(), self._deps.me()
        inverse, touched = list[changes.Step](), list[int]()
        with self._deps.store.write() as db:
            numbers = self._numbers(db, [*wanted, other])
            for ticket in wanted:
                before = links.between(db, ticket, other)
                if before and before.kind is kind and (before.ticket == ticket or kind is LinkKind.RELATED):
                    continue
                made = TicketLink(ticket, other, kind, me, now)
                links.put(db, made)
                inverse.append(link_step(ticket, other, before, made))
                touched.append(ticket)
                text = f"{numbers[ticket]} {kind.value} {numbers[other]}"
                self._tell_history(db, [ticket, other], "", text)
            if not touched:
                return ChangeSet(undo_label=tr("Nothing to change: they are linked so already"))
            what = {
                LinkKind.RELATED: tr("{one} is related to {other}"),
                LinkKind.DUPLICATE_OF: tr("{one} is a duplicate of {other}"),
                LinkKind.CAUSED_BY: tr("{one} is caused by {other}"),
            }[kind]
            one = (
                numbers[touched[0]]
                if len(touched) == 1
                else tr_n("Each of {n} ticket", "Each of {n} tickets", len(touched))
            )
            label = what.format(one=one, other=numbers[other])
            entry = desk_state.add_undo(db, 0, label, inverse, now, [*touched, other])
        return ChangeSet(frozenset({*touched, other}), False, label, entry)

    def unlink(self, ticket: int, other: int) -> ChangeSet:
        """Take the link of two tickets away.

        Raises:
            KnownError: They are not linked.
        """
        now = self._deps.clock.now()
        with self._deps.store.write() as db:
            before = links.between(db, ticket, other)
            if before is None:
                raise KnownError(tr("These tickets are not linked."))
            numbers = tickets.numbers(db, [ticket, other])
            links.remove(db, ticket, other)
            text = f"{numbers[before.ticket]} {before.kind.value} {numbers[before.other]}"
            self._tell_history(db, [ticket, other], text, "")
            label = tr("{one} and {other} are no longer linked").format(
                one=numbers[ticket], other=numbers[other]
            )
            steps = [link_step(before.ticket, before.other, before, None)]
            entry = desk_state.add_undo(db, 0, label, steps, now, [ticket, other])
        return ChangeSet(frozenset({ticket, other}), False, label, entry)

    def _numbers(self, db: Db, ids: Sequence[int]) -> dict[int, str]:
        found = {ticket.id: ticket.number for ticket in tickets.get_many(db, ids).values()}
        if len(found) < len(set(ids)):
            raise KnownError(tr("This ticket is no longer there."))
        return found

    def _tell_history(self, db: Db, ids: Sequence[int], old: str, new: str) -> None:
        now, me = self._deps.clock.now(), self._deps.me()
        tickets.add_events(
            db, [TicketEvent(ticket, now, me, ActorKind.HUMAN, "link", old, new) for ticket in ids]
        )
