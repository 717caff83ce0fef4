"""Undo: every change stores how to take it back, as a list of small inverse steps."""

from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from copilot.domain.conversation import Decision, DecisionKind, Reason
from copilot.domain.query import View
from copilot.domain.ticket import ActorKind, ChangeSet, Priority, Status, Ticket, TicketEvent, TicketType
from copilot.services.deps import Deps
from copilot.services.storing import delete_imported
from copilot.storage import conversation, desk_state, evidence, marks, saved_views, tickets
from copilot.storage.rows import stamp, when
from copilot.storage.store import Db
from copilot.support.errors import KnownError
from copilot.support.i18n import tr
from copilot.support.ids import new_uid

Step = list[Any]

_ENUMS = {"status": Status, "priority": Priority, "type": TicketType}
_MARKS = {"pin"}  # what is no change of the ticket itself
_TIMES = {"first_response_at", "resolved_at", "closed_at", "sla_paused_since"}


def restore_fields(before: Ticket, after: Ticket) -> Step:
    """Return the step that sets back what differs between the two."""
    old = dict[str, Any]()
    for field in fields(Ticket):
        was, now = getattr(before, field.name), getattr(after, field.name)
        if was != now and field.name != "updated_at":
            old[field.name] = stamp(was) if field.name in _TIMES else was
    return ["ticket", before.id, old]


def undo(deps: Deps, entry: int = 0) -> ChangeSet:
    """Take back the change `entry`, or the newest one.

    Raises:
        KnownError: There is nothing to undo.
    """
    with deps.store.read() as db:
        entry = entry or desk_state.newest_undo(db)
        found = desk_state.undo_entry(db, entry) if entry else None
    # An import is too long for one transaction; to take it out twice does no harm.
    if found and (imported := [step[1:] for step in found[2] if step[0] == "tickets.gone"]):
        delete_imported(deps, imported)
    with deps.store.write() as db:
        found = desk_state.undo_entry(db, entry) if entry else None
        if found is None:
            raise KnownError(tr("There is nothing to undo."))
        ticket, _, inverse = found
        now = deps.clock.now()
        for step in reversed(inverse):
            _apply(db, deps, step, now)
        desk_state.mark_undone(db, entry, now)
        if ticket and any(step[0] not in _MARKS for step in inverse):
            tickets.touch(db, ticket, now)
            tickets.index(db, ticket)
    return ChangeSet(tickets=frozenset({ticket} if ticket else ()), list_changed=True)


def _apply(db: Db, deps: Deps, step: Step, now: datetime) -> None:
    match step:
        case ["ticket", int(uid), dict(old)]:
            before = tickets.get(db, uid)
            if before is None:
                return
            values = dict[str, Any]()
            for name, value in old.items():
                if name in _TIMES:
                    values[name] = when(value)
                elif name in _ENUMS:
                    values[name] = _ENUMS[name](value)
                else:
                    values[name] = value
            after = replace(before, **values)
            tickets.update(db, after)
            tickets.add_events(
                db,
                [
                    TicketEvent(
                        uid,
                        now,
                        deps.me(),
                        ActorKind.HUMAN,
                        name,
                        str(getattr(before, name)),
                        str(value or ""),
                    )
                    for name, value in old.items()
                    if name not in _TIMES and name != "sla_paused_seconds"
                ],
            )
        case ["message", str(uid), hidden]:
            tickets.set_message_hidden(db, uid, bool(hidden))
        case ["evidence.removed", str(uid), removed]:
            evidence.set_removed(db, uid, bool(removed))
        case ["evidence.switched", str(uid), on]:
            evidence.set_switched(db, uid, bool(on))
        case ["draft", int(ticket), str(slot), str(text), str(suggestion), str(left)]:
            written = desk_state.drafts(db, ticket).get(slot, ("", ""))[0]
            desk_state.save_draft(db, ticket, slot, _put_back(text, left, written), now, suggestion)
        case ["tickets.gone", int(), int()]:
            pass  # done already, in steps
        case ["pin", int(ticket), pinned]:
            if pinned:
                marks.pin(db, ticket, now)
            else:
                marks.unpin(db, ticket)
        case ["outcome", int(uid)]:
            conversation.remove_outcome(db, uid)
        case ["ticket.hidden", int(ticket), hidden]:
            tickets.set_hidden(db, ticket, bool(hidden))
        case ["decision", str(suggestion), str(uid)]:
            conversation.add_decision(
                db,
                Decision(
                    uid=new_uid("dec"),
                    suggestion=suggestion,
                    kind=DecisionKind.UNDO,
                    reason=Reason.NONE_GIVEN,
                    note="",
                    at=now,
                    by=deps.me(),
                    undoes=uid,
                ),
            )
        case ["saved_view", str(name), str(view), str(typed)]:
            if view:
                saved_views.put(db, name, View(view), typed)
            else:
                saved_views.delete(db, name)
        case _:
            raise AssertionError(f"unknown undo step {step[:1]}")


def _put_back(text: str, left: str, written: str) -> str:
    """Return a draft that was `text` until a change left `left` of it, and is `written` now: no typed word is lost."""
    if written.strip() == left.strip():
        return text
    if not left.strip():
        return f"{text.rstrip()}\n\n{written}" if text.strip() else written
    return written.replace(left, text, 1)
