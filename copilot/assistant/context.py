"""What of a ticket goes to the model.

A prompt only grows while its epoch lasts, so that the model has to read nothing twice. What cannot be had by growing
(evidence taken out, a turn edited, a full window) starts a new epoch, whose prompt repeats as much of the beginning
of the last one as it can. `plan` is pure: asking for a preview of a drafted question changes nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from copilot.assistant.prompt import (
    Block,
    UserMessage,
    defuse,
    key_lines,
    parse,
    render_evidence,
    render_facts,
    system_text,
)
from copilot.assistant.rebuild import Slot, rebuild, slots_of
from copilot.assistant.shorten import STANDARD_LIMIT
from copilot.assistant.tokens import TokenCounter
from copilot.assistant.turns import (
    EVIDENCE_OFF,
    FIRST,
    TURN_EDITED,
    WINDOW_FULL,
    Epoch,
    Turn,
    answered,
    so_far,
)
from copilot.domain.evidence import Evidence, EvidenceKind
from copilot.domain.prompt import ChatMessage
from copilot.domain.ticket import Ticket
from copilot.support.i18n import tr, tr_n

_MESSAGE_TOKENS = 5  # what a chat template puts around a message; ChatML takes 5
_LIMITS = (STANDARD_LIMIT, STANDARD_LIMIT // 2, STANDARD_LIMIT // 4)
_ALL = 10**9
_TARGET = 0.8  # a full window is emptied to here
_GENERAL = {EvidenceKind.KNOWLEDGE, EvidenceKind.SIMILAR_TICKET}


@dataclass(frozen=True, slots=True)
class ContextItem:
    """What becomes of one piece of evidence.

    Attributes:
        evidence: The evidence.
        tokens: What it takes in the prompt, or would take.
        included: Whether the model sees it.
        reason: Why it does not, in a few words; empty where it does.
        already_sent: Whether it stands in the part of the prompt before this question.
        shortened: Whether lines of it are left out.
    """

    evidence: Evidence
    tokens: int
    included: bool
    reason: str
    already_sent: bool
    shortened: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """A prompt, and what went into it.

    Attributes:
        messages: The system message, earlier turns and the new user message.
        rendered: The new user message, exactly.
        epoch: The epoch it belongs to, the given one or a new one.
        epoch_is_new: Whether the epoch has to be stored.
        epoch_reason: Why a new epoch begins, one sentence; empty within an epoch.
        items: What becomes of each piece of evidence, in the order given.
        tokens: Tokens of the whole prompt.
        exact: Whether the model's own tokenizer counted; else figures are estimates.
        reread_tokens: Tokens after the longest beginning that this prompt shares with the ticket's last one.
        evidence_new: Uids of the evidence that goes with this question for the first time.
        left_out: What the technician should know is missing, one sentence each.
        fits: Whether the prompt leaves the reserve for an answer. False only where nothing is left to leave out.
    """

    messages: tuple[ChatMessage, ...]
    rendered: str
    epoch: Epoch
    epoch_is_new: bool
    epoch_reason: str
    items: tuple[ContextItem, ...]
    tokens: int
    exact: bool
    reread_tokens: int
    evidence_new: tuple[str, ...]
    left_out: tuple[str, ...]
    fits: bool


@dataclass(frozen=True, slots=True)
class _Draft:
    """One way to write the prompt."""

    epoch: Epoch
    turns: tuple[Turn, ...]
    user: UserMessage
    dropped: int = 0

    def messages(self) -> tuple[ChatMessage, ...]:
        return (*so_far(self.epoch, self.turns), ChatMessage("user", self.user.render()))


class _Counter:
    """Counts each text once; a real counter asks another process."""

    def __init__(self, counter: TokenCounter) -> None:
        self._counter = counter
        self._known: dict[str, int] = {}

    def texts(self, texts: Sequence[str]) -> list[int]:
        unknown = [text for text in dict.fromkeys(texts) if text not in self._known]
        if unknown:
            self._known.update(zip(unknown, self._counter.count(unknown), strict=True))
        return [self._known[text] for text in texts]

    def messages(self, messages: Sequence[ChatMessage]) -> int:
        return sum(self.texts([m.content for m in messages])) + _MESSAGE_TOKENS * (len(messages) + 1)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What a prompt is written from."""

    evidence: tuple[Evidence, ...]
    facts: str
    question: str
    system: str
    slots: tuple[Slot, ...]

    def fresh(self, epoch: Epoch, drop: int, limit: int, out: frozenset[str]) -> _Draft:
        """Write the prompt of a new epoch that leaves out the `drop` oldest turns and the evidence `out`."""
        usable = {e.label: e for e in self.evidence if _usable(e) and e.uid not in out}

        def keep(block: Block) -> Block | None:
            if (found := usable.get(block.label)) is None:
                return None
            return block if limit == STANDARD_LIMIT else render_evidence(found, limit)

        begun = rebuild(self.slots, drop, self.facts, keep)
        known = {b.label for m in begun.preamble[::2] for b in parse(m.content).blocks}
        carried = {block.label for block in begun.carried}
        rest = [render_evidence(e, limit) for label, e in usable.items() if label not in known | carried]
        live = [slot.turn.question_uid for slot in self.slots if slot.turn is not None]
        epoch = replace(
            epoch,
            preamble=begun.preamble,
            known=tuple(e.uid for e in self.evidence if e.label in known),
            excluded=(*epoch.excluded, *live[:drop], *sorted(out)),
        )
        user = self.user(begun.facts, not begun.preamble, (*begun.carried, *rest), tuple(usable.values()))
        return _Draft(epoch, (), user, drop)

    def grown(self, epoch: Epoch, turns: Sequence[Turn]) -> _Draft:
        """Write the prompt that continues `epoch`."""
        sent = _sent(epoch, turns)
        messages = so_far(epoch, turns)
        said = next((f for m in reversed(messages) if m.role == "user" and (f := parse(m.content).facts)), "")
        new = [e for e in self.evidence if _usable(e) and e.uid not in sent and e.uid not in epoch.excluded]
        shown = tuple(e for e in self.evidence if e.uid in sent or e in new)
        blocks = tuple(render_evidence(e) for e in new)
        return _Draft(epoch, tuple(turns), self.user(said, len(messages) == 1, blocks, shown))

    def user(
        self, said: str, first: bool, blocks: tuple[Block, ...], shown: Sequence[Evidence]
    ) -> UserMessage:
        facts = self.facts if first or said != self.facts else ""
        return UserMessage(
            first, facts, blocks, key_lines(shown, blocks), self.question, tuple(e.label for e in shown)
        )


def plan(
    ticket: Ticket,
    evidence: Sequence[Evidence],
    epoch: Epoch | None,
    turns: Sequence[Turn],
    older: Sequence[Turn],
    question: str,
    *,
    window: int = 4096,
    reserve: int = 512,
    counter: TokenCounter,
    new_uid: Callable[[], str],
    system: str = "",
) -> Plan:
    """Write the prompt for `question`.

    Args:
        ticket: The ticket as it is now.
        evidence: All evidence of the ticket that was not removed, in the order of its labels.
        epoch: The ticket's last epoch; None where there is none.
        turns: Every finished turn that was sent in that epoch, in order, also those superseded since.
        older: All finished turns of the ticket that are live, in order, those of this epoch included.
        question: The question, secrets masked; it may still be a draft.
        window: Tokens the model can hold.
        reserve: Tokens kept free for the answer.
        counter: Counts tokens.
        new_uid: Gives the uid of a new epoch.
        system: The system message of a new epoch; by default the one that the program ships.
    """
    count = _Counter(counter)
    desk = _Desk(
        tuple(evidence),
        render_facts(ticket),
        defuse(question).strip(),
        system or system_text(),
        tuple(slots_of(epoch, turns, older)),
    )
    reason, sentence = _why_new(epoch, turns, older, desk)
    draft = None
    if epoch is not None and not reason:
        draft = desk.grown(epoch, answered(turns))
        if count.messages(draft.messages()) > window - reserve:
            reason, sentence, draft = (
                WINDOW_FULL,
                tr("The window is full: the oldest parts are left out."),
                None,
            )
    if draft is None:
        uids = {e.uid for e in evidence}
        excluded = tuple(uid for uid in (epoch.excluded if epoch else ()) if uid not in uids)
        base = Epoch(new_uid(), desk.system, reason=reason, excluded=excluded)
        draft = _fit(desk, base, window - reserve, count)
    before = so_far(epoch, turns) if epoch is not None else ()
    return _finish(desk, draft, before, sentence, window - reserve, count, counter.exact)


def _usable(evidence: Evidence) -> bool:
    return evidence.switched_on and not evidence.removed and not evidence.superseded_by


def _sent(epoch: Epoch, turns: Sequence[Turn]) -> set[str]:
    return {*epoch.known, *(uid for turn in answered(turns) for uid in turn.evidence)}


def _why_new(
    epoch: Epoch | None, turns: Sequence[Turn], older: Sequence[Turn], desk: _Desk
) -> tuple[str, str]:
    if epoch is None:
        return FIRST, tr("This is the first question on this ticket.")
    usable = {e.uid for e in desk.evidence if _usable(e)}
    if gone := _sent(epoch, turns) - usable:
        labels = ", ".join(e.label for e in desk.evidence if e.uid in gone)
        if labels:
            return EVIDENCE_OFF, tr("Evidence was taken out: {labels}.").format(labels=labels)
        return EVIDENCE_OFF, tr("Evidence was taken out.")
    answers = {turn.question_uid: turn.answer_text for turn in older}
    changed = any(answers.get(turn.question_uid) != turn.answer_text for turn in answered(turns))
    if changed or any(slot.turn is None for slot in desk.slots):
        return TURN_EDITED, tr("An earlier question or answer was changed.")
    return "", ""


def _fit(desk: _Desk, base: Epoch, room: int, count: _Counter) -> _Draft:
    """Leave out as little as needed: old turns first, then lines of evidence, then whole pieces of evidence.

    What has to be cut is cut a little deeper, so that the next question need not start yet another epoch; where that
    cannot be had, the first version that fits at all is taken.
    """
    live = sum(slot.turn is not None for slot in desk.slots)
    fitting: _Draft | None = None
    draft = desk.fresh(base, 0, STANDARD_LIMIT, frozenset())
    for drop, limit, out in _cuts(desk, live):
        draft = desk.fresh(base, drop, limit, out)
        size = count.messages(draft.messages())
        whole = drop == 0 and limit == STANDARD_LIMIT and not out
        if size <= (room if whole else room * _TARGET):
            return draft
        if fitting is None and size <= room:
            fitting = draft
    return fitting or draft


def _cuts(desk: _Desk, live: int) -> Iterator[tuple[int, int, frozenset[str]]]:
    """Yield turns to drop, tokens for each piece of evidence, and evidence to leave out, in order of the loss."""
    for drop in range(live + 1):
        yield drop, STANDARD_LIMIT, frozenset()
    for limit in _LIMITS[1:]:
        yield live, limit, frozenset()
    out: set[str] = set()
    for item in sorted((e for e in desk.evidence if _usable(e)), key=lambda e: e.kind not in _GENERAL):
        if item.kind is not EvidenceKind.DESCRIPTION:
            out.add(item.uid)
            yield live, _LIMITS[-1], frozenset(out)


def _finish(
    desk: _Desk,
    draft: _Draft,
    before: tuple[ChatMessage, ...],
    sentence: str,
    room: int,
    count: _Counter,
    exact: bool,
) -> Plan:
    messages = draft.messages()
    tokens = count.messages(messages)
    blocks = {b.label: b for m in messages if m.role == "user" for b in parse(m.content).blocks}
    new = {block.label for block in draft.user.blocks}
    items = tuple(_item(e, blocks.get(e.label), e.label in new, desk, count) for e in desk.evidence)
    return Plan(
        messages=messages,
        rendered=messages[-1].content,
        epoch=draft.epoch,
        epoch_is_new=bool(sentence),
        epoch_reason=sentence,
        items=items,
        tokens=tokens,
        exact=exact,
        reread_tokens=_reread(before, messages, count),
        evidence_new=tuple(item.evidence.uid for item in items if item.included and not item.already_sent),
        left_out=_left_out(draft, items, tokens <= room),
        fits=tokens <= room,
    )


def _item(evidence: Evidence, block: Block | None, new: bool, desk: _Desk, count: _Counter) -> ContextItem:
    reason = ""
    if block is None and evidence.superseded_by:
        successor = next((e.label for e in desk.evidence if e.uid == evidence.superseded_by), "")
        reason = tr("replaced by {label}").format(label=successor) if successor else tr("replaced")
    elif block is None:
        reason = tr("no room") if _usable(evidence) else tr("switched off")
    shown = block or render_evidence(evidence)
    return ContextItem(
        evidence=evidence,
        tokens=count.texts([shown.text])[0],
        included=block is not None,
        reason=reason,
        already_sent=block is not None and not new,
        shortened=shown != render_evidence(evidence, _ALL),
    )


def _reread(before: Sequence[ChatMessage], now: Sequence[ChatMessage], count: _Counter) -> int:
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, now, strict=False)))
    rest = list(now[same:])
    if same < len(before) and rest and before[same].role == rest[0].role:
        old, new = before[same].content, rest[0].content
        shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
        rest[0] = ChatMessage(rest[0].role, new[shared:])
    return count.messages(rest)


def _left_out(draft: _Draft, items: Sequence[ContextItem], fits: bool) -> tuple[str, ...]:
    sentences = []
    if draft.dropped:
        sentences.append(
            tr_n(
                "The oldest question and its answer are left out.",
                "The {n} oldest questions and their answers are left out.",
                draft.dropped,
            )
        )
    for item in items:
        label = item.evidence.label
        if not item.included and _usable(item.evidence):
            sentences.append(tr("{label} is left out: there is no room for it.").format(label=label))
        elif item.included and item.shortened and not item.already_sent:
            sentences.append(tr("{label} is long: only its telling lines are sent.").format(label=label))
    if not fits:
        sentences.append(tr("The question is too long for the model's window."))
    return tuple(sentences)
