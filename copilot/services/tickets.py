"""Work on tickets: find, read, make, change, write, undo."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from copilot.decisions.record import compare
from copilot.domain.conversation import Decision, DecisionKind, Reason
from copilot.domain.evidence import Evidence, EvidenceKind, Trust
from copilot.domain.link import LinkedTicket
from copilot.domain.sla import sla_state
from copilot.domain.ticket import (
    ActorKind,
    Asset,
    ChangeSet,
    Message,
    Person,
    Priority,
    SlaState,
    Status,
    Ticket,
    TicketDraft,
    TicketEvent,
    TicketType,
    Visibility,
)
from copilot.services import changes, storing
from copilot.services.fields import CHANGEABLE, changed, field_name, shown
from copilot.services.storing import MAX_EVIDENCE as MAX_EVIDENCE
from copilot.services.ticket_list import TicketList
from copilot.storage import conversation, desk_state, evidence, links, tickets
from copilot.storage.store import Db
from copilot.support.errors import KnownError
from copilot.support.i18n import figure, tr
from copilot.support.ids import new_uid
from copilot.support.text import clean, one_line


@dataclass(frozen=True, slots=True)
class Draft:
    """Text being written, and the answer it came from."""

    text: str = ""
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class TicketCase:
    """Everything a person sees of one ticket; `drafts` by slot: `question`, `note`, `reply`."""

    ticket: Ticket
    thread: tuple[Message, ...]
    evidence: tuple[Evidence, ...]
    events: tuple[TicketEvent, ...]
    sla: SlaState
    drafts: dict[str, Draft]
    links: tuple[LinkedTicket, ...] = ()
    merged_into: str = ""  # number of the ticket that this one was merged into
    merged_here: tuple[tuple[int, str], ...] = ()  # id and number of those that were merged into this one


class TicketService(TicketList):
    """Use cases around the ticket; finding and listing come from `TicketList`."""

    # -- reading

    def resolve_id(self, id_or_number: str) -> int:
        """Return the id of a ticket by its number or id.

        Raises:
            KnownError: There is none.
        """
        with self._deps.store.read() as db:
            found = tickets.find(db, one_line(id_or_number))
        if found is None:
            raise KnownError(
                tr("There is no ticket {id}.").format(id=id_or_number or "“”"),
                todo=tr("`tickets list` shows them."),
            )
        return found.id

    def case(self, ticket: int) -> TicketCase:
        """Return everything about one ticket.

        Raises:
            KnownError: There is no such ticket.
        """
        with self._deps.store.read() as db:
            found = tickets.get(db, ticket)
            if found is None:
                raise KnownError(tr("This ticket is no longer there."))
            return TicketCase(
                ticket=found,
                thread=tuple(tickets.thread(db, ticket)),
                evidence=tuple(evidence.of_ticket(db, ticket)),
                events=tuple(tickets.events(db, ticket)),
                sla=sla_state(found, self._deps.clock.now()),
                drafts={slot: Draft(*pair) for slot, pair in desk_state.drafts(db, ticket).items()},
                links=tuple(links.of_ticket(db, ticket)),
                merged_into=tickets.numbers(db, [found.merged_into]).get(found.merged_into, ""),
                merged_here=tuple(tickets.numbers(db, tickets.merged_here(db, ticket)).items()),
            )

    def new_ticket_draft(self) -> dict[str, Draft]:
        """Return what was typed into a new ticket that is not made yet."""
        with self._deps.store.read() as db:
            return {slot: Draft(*pair) for slot, pair in desk_state.drafts(db, 0).items()}

    def known_names(self) -> list[str]:
        """Return people a ticket can be assigned to: me first, then everybody who has one."""
        me = self._deps.me()
        with self._deps.store.read() as db:
            return [me, *(name for name in tickets.known_names(db) if name != me)]

    def common_tags(self) -> list[str]:
        """Return the tags that tickets have most often, by name."""
        with self._deps.store.read() as db:
            return tickets.common_tags(db)

    # -- writing

    def create(
        self,
        title: str,
        body: str = "",
        *,
        requester: Person | None = None,
        type: TicketType = TicketType.INCIDENT,  # noqa: A002 - the trade's word
        priority: Priority = Priority.P3,
        assignee: str | None = None,
        asset: Asset | None = None,
        number: str = "",
        created_at: datetime | None = None,
        messages: Sequence[Message] = (),
    ) -> tuple[Ticket, ChangeSet]:
        """Make a ticket by hand; `assignee` None means me. One that was copied brings number, time and thread along.

        Raises:
            KnownError: Both title and body are empty, or the number is taken.
        """
        title, body = one_line(title, 300), clean(body).strip()
        if not title and not body:
            raise KnownError(tr("A ticket needs a title or a description."))
        now = self._deps.clock.now()
        ticket = Ticket(
            id=0,
            number=one_line(number, 100),
            type=type,
            title=title or one_line(body, 80),
            body=body,
            requester=requester or Person(),
            status=Status.NEW,
            priority=priority,
            created_at=created_at or now,
            updated_at=now,
            assignee=self._deps.me() if assignee is None else assignee,
            assets=(asset,) if asset else (),
            channel="desk",
        )
        with self._deps.store.write() as db:
            if ticket.number and tickets.number_taken(db, ticket.number):
                raise KnownError(
                    tr("{number} is on the desk already.").format(number=ticket.number),
                    tr("The form is kept."),
                    tr("Find it with the search, or empty the number to make another ticket."),
                )
            draft = TicketDraft(ticket, tuple(messages))
            stored = self._get(db, storing.store(db, [draft])[0])
            inverse: list[changes.Step] = [["ticket.hidden", stored.id, True]]
            for slot, (text, _) in desk_state.drafts(db, 0).items():
                desk_state.save_draft(db, 0, slot, "", now)
                inverse.append(["draft", 0, slot, text, "", ""])
            label = tr("Made {number}").format(number=stored.number)
            entry = desk_state.add_undo(db, stored.id, label, inverse, now)
        return stored, ChangeSet(frozenset({stored.id}), True, label, entry)

    def store_all(self, drafts: Sequence[TicketDraft]) -> list[Ticket]:
        """Store imported tickets, all or none; a taken number is an error.

        Raises:
            KnownError: A number is taken already.
        """
        ids, _ = storing.store_all(self._deps, drafts)
        with self._deps.store.read() as db:
            stored = tickets.get_many(db, ids)
        return [stored[i] for i in ids]

    def change(self, ticket: int, field: str, value: str) -> ChangeSet:
        """Set one of `CHANGEABLE` and write it into the history.

        Raises:
            KnownError: The field cannot be changed or the value is not one of its values.
        """
        if field not in CHANGEABLE:
            raise KnownError(tr("The field {field} cannot be changed.").format(field=field))
        now = self._deps.clock.now()
        with self._deps.store.write() as db:
            before = self._get(db, ticket)
            after = changed(before, field, value, now)
            if getattr(before, field) == getattr(after, field):
                return ChangeSet()
            after = replace(after, updated_at=now)
            tickets.update(db, after)
            old, new = str(getattr(before, field)), str(getattr(after, field))
            tickets.add_events(
                db, [TicketEvent(ticket, now, self._deps.me(), ActorKind.HUMAN, field, old, new)]
            )
            tickets.index(db, ticket)
            label = tr("{number}: {field} is now {value}").format(
                number=before.number, field=field_name(field), value=shown(field, new)
            )
            entry = desk_state.add_undo(db, ticket, label, [changes.restore_fields(before, after)], now)
        return ChangeSet(frozenset({ticket}), True, label, entry)

    def post(self, ticket: int, text: str, visibility: Visibility) -> ChangeSet:
        """Add a note or a reply to the thread, and clear its draft.

        Where the draft came from an answer and was changed, the change is stored as an `edit` decision.

        Raises:
            KnownError: The text is empty.
        """
        text = clean(text).strip()
        if not text:
            raise KnownError(tr("There is nothing written yet."))
        now, me = self._deps.clock.now(), self._deps.me()
        slot = "note" if visibility is Visibility.INTERNAL else "reply"
        with self._deps.store.write() as db:
            before = self._get(db, ticket)
            suggestion = desk_state.drafts(db, ticket).get(slot, ("", ""))[1]
            message = Message(
                uid=new_uid("msg"),
                ticket=ticket,
                at=now,
                author=me,
                visibility=visibility,
                text=text,
                origin="ai" if suggestion else "desk",
            )
            tickets.add_message(db, message)
            inverse: list[changes.Step] = [
                ["message", message.uid, True],
                ["draft", ticket, slot, text, suggestion, ""],
            ]
            if visibility is Visibility.INTERNAL:
                fact = _evidence_of_message(db, message)
                inverse.append(["evidence.removed", fact.uid, True])
            after = before
            if visibility is Visibility.PUBLIC and before.first_response_at is None:
                after = replace(before, first_response_at=now)
            tickets.update(db, replace(after, updated_at=now))
            inverse.append(changes.restore_fields(before, after))
            if suggestion and (step := self._record_edit(db, suggestion, text, now)):
                inverse.append(step)
            desk_state.save_draft(db, ticket, slot, "", now)
            event = TicketEvent(ticket, now, me, ActorKind.HUMAN, slot, "", message.uid, suggestion)
            tickets.add_events(db, [event])
            tickets.index(db, ticket)
            label = tr("Note added") if slot == "note" else tr("Reply added to the thread")
            entry = desk_state.add_undo(db, ticket, label, inverse, now)
        return ChangeSet(frozenset({ticket}), True, label, entry)

    def save_draft(self, ticket: int, slot: str, text: str) -> None:
        """Keep what is being written (called while a person types)."""
        with self._deps.store.write() as db:
            desk_state.save_draft(db, ticket, slot, text, self._deps.clock.now())

    def add_evidence(
        self,
        ticket: int,
        kind: EvidenceKind,
        text: str,
        source: str,
        *,
        source_ref: str = "",
        trust: Trust = Trust.STATED,
    ) -> tuple[Evidence, ChangeSet]:
        """Add a fact by hand.

        Raises:
            KnownError: The text is empty or longer than `MAX_EVIDENCE` characters.
        """
        text = clean(text).strip()
        if not text:
            raise KnownError(tr("There is no text to use as evidence."))
        if len(text) > MAX_EVIDENCE:
            raise KnownError(
                tr("This text has {n} characters; evidence takes up to {limit}.").format(
                    n=figure(len(text)), limit=figure(MAX_EVIDENCE)
                ),
                todo=tr("Select the part that matters and use that."),
            )
        now = self._deps.clock.now()
        with self._deps.store.write() as db:
            self._get(db, ticket)
            fact = evidence.add(db, ticket, kind, one_line(source, 120), text, now, trust, source_ref)
            label = tr("{label} added to the evidence").format(label=fact.label)
            entry = desk_state.add_undo(db, ticket, label, [["evidence.removed", fact.uid, True]], now)
            tickets.index(db, ticket)
        return fact, ChangeSet(frozenset({ticket}), False, label, entry)

    def remove_evidence(self, uid: str) -> ChangeSet:
        """Take a fact off the list; answers that cite it keep it."""
        return self._evidence_change(uid, "evidence.removed", tr("{label} removed"))

    def switch_evidence(self, uid: str, on: bool) -> ChangeSet:
        """Say whether a fact goes to the model."""
        label = tr("{label} goes to the model") if on else tr("{label} is kept from the model")
        return self._evidence_change(uid, "evidence.switched", label, on)

    def undo(self, entry: int = 0) -> ChangeSet:
        """Take back a change; 0 means the newest."""
        return changes.undo(self._deps, entry)

    def undo_size(self, entry: int = 0) -> tuple[int, int]:
        """Return which change `undo` would take back, and how many tickets it touched.

        Raises:
            KnownError: There is none.
        """
        return changes.size(self._deps, entry)

    def redo(self, entry: int) -> ChangeSet:
        """Make a change again that was taken back."""
        return changes.redo(self._deps, entry)

    def changes_today(self) -> list[changes.Change]:
        """Return what was changed today, newest first."""
        return changes.today(self._deps)

    # -- inner parts

    def _evidence_change(self, uid: str, step: str, label: str, on: bool = True) -> ChangeSet:
        now = self._deps.clock.now()
        with self._deps.store.write() as db:
            found = evidence.get_many(db, [uid])
            if not found:
                raise KnownError(tr("This evidence is no longer there."))
            fact = found[0]
            if step == "evidence.removed":
                evidence.set_removed(db, uid, True)
                inverse: changes.Step = [step, uid, False]
            else:
                evidence.set_switched(db, uid, on)
                inverse = [step, uid, fact.switched_on]
            text = label.format(label=fact.label)
            entry = desk_state.add_undo(db, fact.ticket, text, [inverse], now)
            if step == "evidence.removed":
                tickets.index(db, fact.ticket)
        return ChangeSet(frozenset({fact.ticket}), False, text, entry)

    def _record_edit(self, db: Db, suggestion: str, kept: str, now: datetime) -> changes.Step | None:
        """Store an edit decision where the text that is kept differs from the one that was accepted."""
        answer = conversation.answer(db, suggestion)
        if answer is None:
            return None
        difference = compare(answer.text, kept)
        if difference is None:
            return None
        decision = Decision(
            uid=new_uid("dec"),
            suggestion=suggestion,
            kind=DecisionKind.EDIT,
            reason=Reason.NONE_GIVEN,
            note="",
            at=now,
            by=self._deps.me(),
            edit_similarity=difference.similarity,
            diff=difference.diff,
        )
        conversation.add_decision(db, decision)
        return ["decision", suggestion, decision.uid]

    def _get(self, db: Db, ticket: int) -> Ticket:
        found = tickets.get(db, ticket)
        if found is None:
            raise KnownError(tr("This ticket is no longer there."))
        return found


def _evidence_of_message(db: Db, message: Message) -> Evidence:
    kind, source, text = storing.fact_of_message(message, message.text)
    return evidence.add(db, message.ticket, kind, source, text, message.at, Trust.STATED, message.uid)
