"""Writes the turns of a ticket again for a new epoch, changing as little and as late as it can."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from copilot.assistant.prompt import Block, defuse, parse
from copilot.assistant.turns import Epoch, Turn, answered
from copilot.domain.prompt import ChatMessage


@dataclass(frozen=True, slots=True)
class Slot:
    """One user message of the last prompt; `turn` is None where the question is no longer part of the ticket."""

    user: str
    turn: Turn | None


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The beginning of a new epoch.

    Attributes:
        preamble: Earlier turns.
        carried: Evidence of turns that are gone, to go with the next question, in the order it was sent.
        facts: The ticket's facts as they were last said; empty where they were not.
    """

    preamble: tuple[ChatMessage, ...]
    carried: tuple[Block, ...]
    facts: str


def slots_of(epoch: Epoch | None, turns: Sequence[Turn], older: Sequence[Turn]) -> list[Slot]:
    """Return the user messages of the last prompt in order, each with the live turn that it belongs to.

    Messages of the preamble are known by their question and answer, since an epoch stores texts only. Live turns that
    the last prompt did not have, and that it did not leave out for want of room, come last.
    """
    live = answered(older)
    slots: list[Slot] = []

    def claim(candidates: list[Turn]) -> Turn | None:
        if not candidates:
            return None
        live.remove(candidates[0])
        return candidates[0]

    if epoch is not None:
        for user, answer in zip(epoch.preamble[::2], epoch.preamble[1::2], strict=True):
            question = parse(user.content).question
            same = [turn for turn in live if turn.answer_text == answer.content and asked(turn) == question]
            slots.append(Slot(user.content, claim(same)))
        for sent in answered(turns):
            same = [turn for turn in live if turn.question_uid == sent.question_uid]
            slots.append(Slot(sent.rendered, claim(same)))
    left_out = epoch.excluded if epoch is not None else ()
    return slots + [Slot(turn.rendered, turn) for turn in live if turn.question_uid not in left_out]


def asked(turn: Turn) -> str:
    """Return the question of `turn` as it stands in a prompt."""
    return defuse(turn.question_text).strip()


def rebuild(slots: Sequence[Slot], drop: int, facts: str, keep: Callable[[Block], Block | None]) -> Rewritten:
    """Write the turns again; a message in which nothing changes keeps every byte.

    Args:
        slots: What the last prompt held.
        drop: How many of the oldest live turns to leave out.
        facts: The ticket's facts as they are now.
        keep: Says what becomes of a piece of evidence: itself, a shorter form, or None to leave it out.
    """
    preamble: list[ChatMessage] = []
    carried: list[Block] = []
    seen: set[str] = set()
    said = ""
    for slot in slots:
        message = parse(slot.user)
        blocks = [kept for block in message.blocks if block.label not in seen and (kept := keep(block))]
        seen.update(block.label for block in blocks)
        if slot.turn is None or drop > 0:
            drop -= slot.turn is not None
            carried += blocks
            continue
        first = not preamble
        new = replace(
            message,
            first=first,
            blocks=(*carried, *blocks),
            keys=tuple(key for key in message.keys if keep(Block(key[0], ""))),
            labels=tuple(label for label in message.labels if keep(Block(label, ""))),
        )
        user = slot.user
        if new != message:
            own = facts if first else "" if message.first else message.facts
            user = replace(new, facts=own).render()
        carried = []
        said = parse(user).facts or said
        preamble += [ChatMessage("user", user), ChatMessage("assistant", slot.turn.answer_text)]
    return Rewritten(tuple(preamble), tuple(carried), said)
