"""The small steps that take a change back: whether one still fits, and taking it, which returns its opposite.

A step says what to set and, where a later change may have got in between, what the change left behind:

    ["ticket", id, {field: was}, {field: left}]     fields of a ticket
    ["tags", id, [was], [left]]                     its tags: only what differs between the two
    ["ticket.hidden", id, hidden]                   on the lists or off
    ["message", uid, hidden]                        in the thread or out
    ["evidence.removed", uid, removed]              on the list or off
    ["evidence.switched", uid, was, left]           goes to the model or not
    ["draft", ticket, slot, text, suggestion, left] what was being written
    ["link", one, another, was, left]               the link of two tickets, or null
    ["saved_view", name, view, typed]               a search with a name; view is "" for none
    ["pin", ticket, pinned]                         pinned or not
    ["decision", suggestion, uid]                   cannot be made again
    ["outcome", id]                                 whether an answer helped; cannot be made again

An import's `["tickets.gone", first, last]` is not taken here: `changes.py` does it in steps of its own.

Steps written by an earlier version know nothing of what was left; they are taken unchecked.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from copilot.domain.conversation import Decision, DecisionKind, Reason
from copilot.domain.link import LinkKind, TicketLink
from copilot.domain.query import View
from copilot.domain.ticket import ActorKind, Priority, Status, Ticket, TicketEvent, TicketType
from copilot.services.deps import Deps
from copilot.services.fields import field_name, shown
from copilot.storage import conversation, desk_state, evidence, links, marks, saved_views, tickets
from copilot.storage.rows import stamp, when
from copilot.storage.store import Db
from copilot.support.clock import from_text, to_text
from copilot.support.i18n import tr
from copilot.support.ids import new_uid

Step = list[Any]

_ENUMS = {"status": Status, "priority": Priority, "type": TicketType}
_TIMES = {"first_response_at", "resolved_at", "closed_at", "sla_paused_since"}
_SILENT = {*_TIMES, "sla_paused_seconds", "merged_into"}  # they follow the status


def stored(ticket: Ticket, field: str) -> Any:
    """Return a field as a step keeps it."""
    value = getattr(ticket, field)
    return stamp(value) if field in _TIMES else value


def link_step(one: int, another: int, was: TicketLink | None, left: TicketLink | None) -> Step:
    """Return the step that brings the link of two tickets back to what it was."""
    return ["link", one, another, _link_text(was), _link_text(left)]


def obstacle(db: Db, step: Step) -> str:
    """Return why a step no longer fits, as a sentence; empty where it does."""
    match step:
        case ["ticket", int(uid), dict(), dict(left)]:
            return _field_obstacle(db, uid, left)
        case ["tags", int(uid), list(was), list(left)]:
            return _tag_obstacle(db, uid, was, left)
        case ["evidence.removed", str(uid), target]:
            found = evidence.get_many(db, [uid])
            if found and found[0].removed == bool(target):
                words = (
                    tr("{label} of {number} has been put back since.")
                    if not target
                    else tr("{label} of {number} has been removed since.")
                )
                return words.format(label=found[0].label, number=_number(db, found[0].ticket))
        case ["evidence.switched", str(uid), _, left]:
            found = evidence.get_many(db, [uid])
            if found and found[0].switched_on != bool(left):
                return tr("{label} of {number} has been switched since.").format(
                    label=found[0].label, number=_number(db, found[0].ticket)
                )
        case ["link", int(one), int(another), _, left]:
            if _link_text(links.between(db, one, another)) != left:
                return tr("The link of {number} and {other} has been changed since.").format(
                    number=_number(db, one), other=_number(db, another)
                )
        case ["ticket.hidden", int(uid), _] if tickets.is_hidden(db, uid) is None:
            return tr("A ticket is no longer there.")
    return ""


def take(db: Db, deps: Deps, step: Step, now: datetime) -> Step | None:
    """Take a step; return the one that does the opposite, None where there is none."""
    match step:
        case ["ticket", int(uid), dict(was), *_]:
            return _take_fields(db, deps, uid, was, now)
        case ["tags", int(uid), list(was), list(left)]:
            return _take_tags(db, deps, uid, was, left, now)
        case ["message", str(uid), hidden]:
            tickets.set_message_hidden(db, uid, bool(hidden))
            return ["message", uid, not hidden]
        case ["evidence.removed", str(uid), removed]:
            evidence.set_removed(db, uid, bool(removed))
            return ["evidence.removed", uid, not removed]
        case ["evidence.switched", str(uid), was, *left]:
            evidence.set_switched(db, uid, bool(was))
            return ["evidence.switched", uid, left[0] if left else not was, was]
        case ["draft", int(ticket), str(slot), str(text), str(suggestion), str(left_text)]:
            before, came_from = desk_state.drafts(db, ticket).get(slot, ("", ""))
            after = _put_back(text, left_text, before)
            desk_state.save_draft(db, ticket, slot, after, now, suggestion)
            return ["draft", ticket, slot, before, came_from, after]
        case ["ticket.hidden", int(ticket), hidden]:
            tickets.set_hidden(db, ticket, bool(hidden))
            return ["ticket.hidden", ticket, not hidden]
        case ["link", int(one), int(another), was, left]:
            if was is None:
                links.remove(db, one, another)
            else:
                links.put(db, _link(was))
            return ["link", one, another, left, was]
        case ["saved_view", str(name), str(view), str(typed)]:
            return _take_view(db, name, view, typed)
        case ["pin", int(ticket), pinned]:
            if pinned:
                marks.pin(db, ticket, now)
            else:
                marks.unpin(db, ticket)
            return ["pin", ticket, not pinned]
        case ["outcome", int(row)]:
            conversation.remove_outcome(db, row)
            return None
        case ["decision", str(suggestion), str(uid)]:
            _take_decision_back(db, deps, suggestion, uid, now)
            return None
        case _:
            raise AssertionError(f"unknown undo step {step[:1]}")


# -- fields


def _field_obstacle(db: Db, uid: int, left: dict[str, Any]) -> str:
    now = tickets.get(db, uid)
    if now is None:
        return tr("A ticket is no longer there.")
    changed = [field for field, value in left.items() if stored(now, field) != value]
    if not changed:
        return ""
    told = next((field for field in changed if field not in _SILENT), None)
    if told is None:
        told = "status" if "status" in left else changed[0]
    return tr("{number}'s {field} has been changed since (to {value}).").format(
        number=now.number,
        field=field_name(told),
        value=shown(told, str(getattr(now, told))),
    )


def _take_fields(db: Db, deps: Deps, uid: int, was: dict[str, Any], now: datetime) -> Step | None:
    before = tickets.get(db, uid)
    if before is None:
        return None
    values = {name: _value(name, value) for name, value in was.items()}
    after: Ticket = replace(before, **values)
    tickets.update(db, after)
    tickets.add_events(
        db,
        [
            TicketEvent(
                uid, now, deps.me(), ActorKind.HUMAN, name, str(getattr(before, name)), str(value or "")
            )
            for name, value in was.items()
            if name not in _SILENT
        ],
    )
    return ["ticket", uid, {name: stored(before, name) for name in was}, was]


def _value(name: str, value: Any) -> Any:
    if name in _TIMES:
        return when(value)
    return _ENUMS[name](value) if name in _ENUMS else value


# -- tags


def _tag_obstacle(db: Db, uid: int, was: list[str], left: list[str]) -> str:
    ticket = tickets.get(db, uid)
    if ticket is None:
        return tr("A ticket is no longer there.")
    have = {tag.casefold() for tag in ticket.tags}
    other = [tag for tag in left if tag not in was and tag.casefold() not in have]
    other += [tag for tag in was if tag not in left and tag.casefold() in have]
    if not other:
        return ""
    return tr("{number}'s tag {tag} has been changed since.").format(number=ticket.number, tag=other[0])


def _take_tags(db: Db, deps: Deps, uid: int, was: list[str], left: list[str], now: datetime) -> Step | None:
    before = tickets.get(db, uid)
    if before is None:
        return None
    have = list(before.tags)
    if have == left:
        wanted = was
    else:  # other tags came or went meanwhile: they stay so
        gone = {tag.casefold() for tag in left if tag not in was}
        wanted = [tag for tag in have if tag.casefold() not in gone]
        known = {tag.casefold() for tag in wanted}
        wanted += [tag for tag in was if tag not in left and tag.casefold() not in known]
    tickets.update(db, replace(before, tags=tuple(wanted)))
    tickets.add_events(
        db,
        [TicketEvent(uid, now, deps.me(), ActorKind.HUMAN, "tags", ", ".join(have), ", ".join(wanted))],
    )
    return ["tags", uid, have, wanted]


# -- the rest


def _take_decision_back(db: Db, deps: Deps, suggestion: str, uid: str, now: datetime) -> None:
    decision = Decision(
        uid=new_uid("dec"),
        suggestion=suggestion,
        kind=DecisionKind.UNDO,
        reason=Reason.NONE_GIVEN,
        note="",
        at=now,
        by=deps.me(),
        undoes=uid,
    )
    conversation.add_decision(db, decision)


def _take_view(db: Db, name: str, view: str, typed: str) -> Step:
    found = [each for each in saved_views.all_views(db) if each.name.casefold() == name.casefold()]
    if view:
        saved_views.put(db, name, View(view), typed)
    else:
        saved_views.delete(db, name)
    return (
        ["saved_view", found[0].name, found[0].view, found[0].typed]
        if found
        else ["saved_view", name, "", ""]
    )


def _link_text(link: TicketLink | None) -> list[Any] | None:
    return [link.ticket, link.other, link.kind.value, link.by, to_text(link.at)] if link else None


def _link(text: list[Any]) -> TicketLink:
    return TicketLink(text[0], text[1], LinkKind(text[2]), text[3], from_text(text[4]))


def _number(db: Db, ticket: int) -> str:
    return tickets.numbers(db, [ticket]).get(ticket, tr("a ticket"))


def _put_back(text: str, left: str, written: str) -> str:
    """Return a draft that was `text` until a change left `left` of it, and is `written` now: no typed word is lost."""
    if written.strip() == left.strip():
        return text
    if not left.strip():
        return f"{text.rstrip()}\n\n{written}" if text.strip() else written
    return written.replace(left, text, 1)
