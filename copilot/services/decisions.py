"""Decisions: they fall out of use, and every one can be taken back."""

from copilot.decisions.record import without_citations
from copilot.domain.conversation import (
    Answer,
    AnswerState,
    Decision,
    DecisionKind,
    Fixed,
    Reason,
)
from copilot.domain.ticket import ActorKind, ChangeSet, Status, TicketEvent
from copilot.services import changes
from copilot.services.deps import Deps
from copilot.storage import conversation, desk_state, tickets
from copilot.storage.store import Db
from copilot.support.errors import KnownError
from copilot.support.i18n import tr
from copilot.support.ids import new_uid
from copilot.support.text import clean, one_line


class DecisionService:
    """What was done with answers."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    def accept(self, answer_uid: str, slot: str = "note") -> ChangeSet:
        """Put the answer into the note or reply draft (after what is written there) and store `accept`."""
        with self._deps.store.write() as db:
            answer = self._answer(db, answer_uid)
            now = self._deps.clock.now()
            text, suggestion = desk_state.drafts(db, answer.ticket).get(slot, ("", ""))
            body = answer.text.strip() if slot == "note" else without_citations(answer.text).strip()
            whole = f"{text.rstrip()}\n\n{body}" if text.strip() else body
            desk_state.save_draft(db, answer.ticket, slot, whole, now, answer_uid)
            decision = self._add(db, answer, DecisionKind.ACCEPT)
            label = tr("Answer put into the note") if slot == "note" else tr("Answer put into the reply")
            inverse: list[changes.Step] = [
                ["draft", answer.ticket, slot, text, suggestion, whole],
                ["decision", answer_uid, decision.uid],
            ]
            entry = desk_state.add_undo(db, answer.ticket, label, inverse, now)
        return ChangeSet(frozenset({answer.ticket}), False, label, entry)

    def used(self, answer_uid: str, what: str) -> None:
        """Store that (a part of) the answer was copied; a stronger decision is not weakened by it."""
        with self._deps.store.write() as db:
            answer = self._answer(db, answer_uid)
            if conversation.decision_now(db, answer_uid) is None:
                self._add(db, answer, DecisionKind.USED, note=one_line(what, 200))

    def decide(
        self, answer_uid: str, kind: DecisionKind, reason: Reason = Reason.NONE_GIVEN, note: str = ""
    ) -> tuple[Decision, ChangeSet]:
        """Store a decision with its reason; `escalate` is written into the ticket's history as well."""
        with self._deps.store.write() as db:
            answer = self._answer(db, answer_uid)
            now = self._deps.clock.now()
            decision = self._add(db, answer, kind, reason, clean(note).strip())
            if kind is DecisionKind.ESCALATE:
                event = TicketEvent(
                    answer.ticket, now, decision.by, ActorKind.HUMAN, "escalated", "", reason, answer_uid
                )
                tickets.add_events(db, [event])
            label = {
                DecisionKind.ACCEPT: tr("Accepted"),
                DecisionKind.EDIT: tr("Accepted with changes"),
                DecisionKind.OVERRIDE: tr("Overridden"),
                DecisionKind.ESCALATE: tr("Escalated"),
            }.get(kind, tr("Stored"))
            entry = desk_state.add_undo(
                db, answer.ticket, label, [["decision", answer_uid, decision.uid]], now
            )
        return decision, ChangeSet(frozenset({answer.ticket}), False, label, entry)

    def set_reason(self, answer_uid: str, kind: DecisionKind, reason: Reason, note: str = "") -> ChangeSet:
        """Store the reason that a person gives after the decision; the later entry holds."""
        return self.decide(answer_uid, kind, reason, note)[1]

    def open_answers(self, ticket: int) -> list[Answer]:
        """Return complete answers that nothing was decided about."""
        with self._deps.store.read() as db:
            return self._open_answers(db, ticket)

    def to_confirm(self, ticket: int) -> list[Answer]:
        """Return the open answers from before a ticket was resolved: did one of them fix it?"""
        with self._deps.store.read() as db:
            found = tickets.get(db, ticket)
            is_resolved = found is not None and found.status is Status.RESOLVED
            return self._before_resolution(db, ticket) if is_resolved else []

    def did_it_fix(self, ticket: int, fixed: Fixed | None) -> ChangeSet:
        """Store "Did it fix it?" for the newest answers still open; None means the question was skipped.

        Yes and partly count as `used`, no as `override` without a reason, skipped as `ignore`.
        """
        kind, note = {
            Fixed.YES: (DecisionKind.USED, "fixed it"),
            Fixed.PARTLY: (DecisionKind.USED, "fixed it in part"),
            Fixed.NO: (DecisionKind.OVERRIDE, "did not fix it"),
            None: (DecisionKind.IGNORE, ""),
        }[fixed]
        label = {
            Fixed.YES: tr("Kept: it fixed it"),
            Fixed.PARTLY: tr("Kept: it fixed it in part"),
            Fixed.NO: tr("Kept: it did not fix it"),
            None: tr("Skipped"),
        }[fixed]
        now = self._deps.clock.now()
        inverse = list[changes.Step]()
        with self._deps.store.write() as db:
            for answer in self._before_resolution(db, ticket):
                inverse.append(["decision", answer.uid, self._add(db, answer, kind, note=note).uid])
                if fixed:
                    outcome = conversation.add_outcome(db, answer.uid, fixed, self._deps.me(), now)
                    inverse.append(["outcome", outcome])
            if not inverse:
                return ChangeSet()
            entry = desk_state.add_undo(db, ticket, label, inverse, now)
        return ChangeSet(frozenset({ticket}), False, label, entry)

    def seen(self, answer_uid: str, seconds: float) -> None:
        """Count seconds that an answer was on screen in an active window."""
        with self._deps.store.write() as db:
            conversation.add_seconds_visible(db, answer_uid, seconds, self._deps.clock.now())

    def history(self, answer_uid: str) -> list[Decision]:
        """Return everything decided about an answer, oldest first."""
        with self._deps.store.read() as db:
            return conversation.decisions(db, answer_uid)

    def _before_resolution(self, db: Db, ticket: int) -> list[Answer]:
        found = tickets.get(db, ticket)
        until = found.resolved_at if found else None
        return [a for a in self._open_answers(db, ticket) if until is None or a.created_at <= until]

    def _open_answers(self, db: Db, ticket: int) -> list[Answer]:
        return [
            answer
            for answer in conversation.answers(db, ticket)
            if answer.state is AnswerState.COMPLETE
            and not answer.superseded
            and conversation.decision_now(db, answer.uid) is None
        ]

    def _add(
        self,
        db: Db,
        answer: Answer,
        kind: DecisionKind,
        reason: Reason = Reason.NONE_GIVEN,
        note: str = "",
    ) -> Decision:
        decision = Decision(
            uid=new_uid("dec"),
            suggestion=answer.uid,
            kind=kind,
            reason=reason,
            note=note,
            at=self._deps.clock.now(),
            by=self._deps.me(),
        )
        conversation.add_decision(db, decision)
        return decision

    def _answer(self, db: Db, uid: str) -> Answer:
        found = conversation.answer(db, uid)
        if found is None:
            raise KnownError(
                tr("There is no answer {id}.").format(id=uid),
                todo=tr("`tickets show` lists a ticket's answers."),
            )
        if found.state in {AnswerState.QUEUED, AnswerState.STREAMING}:
            raise KnownError(
                tr("This answer is still being written."), todo=tr("Wait for its end, or stop it.")
            )
        return found
