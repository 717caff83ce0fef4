"""Turns and epochs: the record from which every prompt of a ticket can be written again, byte for byte."""

from collections.abc import Sequence
from dataclasses import dataclass

from copilot.domain.prompt import ChatMessage

FIRST, EVIDENCE_OFF, TURN_EDITED, WINDOW_FULL = "first_question", "evidence_off", "turn_edited", "window_full"
"""Why an epoch began, as stored in `Epoch.reason`."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question that was sent, with its finished answer.

    Attributes:
        question_uid: Uid of the question.
        question_text: The question as the technician sent it.
        rendered: The exact user message that went to the model.
        evidence: Uids of the evidence that first went along with it.
        answer_text: The answer, exactly as received.
    """

    question_uid: str
    question_text: str
    rendered: str
    evidence: tuple[str, ...]
    answer_text: str


@dataclass(frozen=True, slots=True)
class Epoch:
    """The fixed beginning of a run of prompts that only grow.

    Attributes:
        uid: Unique id.
        system: The system message.
        preamble: User and assistant messages of earlier turns, as they were written again when it began.
        known: Uids of the evidence in the preamble.
        reason: Why it began; one of the codes of this module.
        excluded: Uids of questions and of evidence that it leaves out for want of room, for as long as it lasts.
    """

    uid: str
    system: str
    preamble: tuple[ChatMessage, ...] = ()
    known: tuple[str, ...] = ()
    reason: str = FIRST
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Continuation:
    """What makes the model go on with an answer that was cut off.

    Attributes:
        messages: The prompt of the answer, as it was.
        continue_text: The answer so far, to be the beginning of the reply.
    """

    messages: tuple[ChatMessage, ...]
    continue_text: str


def answered(turns: Sequence[Turn]) -> list[Turn]:
    """Return the turns that have an answer; one that failed before its first word is no part of a prompt."""
    return [turn for turn in turns if turn.answer_text.strip()]


def so_far(epoch: Epoch, turns: Sequence[Turn]) -> tuple[ChatMessage, ...]:
    """Return the messages up to and including the last answer of the epoch's `turns`."""
    messages = [ChatMessage("system", epoch.system), *epoch.preamble]
    for turn in answered(turns):
        messages += [ChatMessage("user", turn.rendered), ChatMessage("assistant", turn.answer_text)]
    return tuple(messages)


def continue_plan(epoch: Epoch, turns: Sequence[Turn], rendered: str, answer: str) -> Continuation:
    """Return what "More" sends: the prompt of the question `rendered`, and its answer so far.

    Args:
        epoch: The epoch of the question.
        turns: The turns of that epoch before the question.
        rendered: The question's exact user message.
        answer: The answer so far, exactly as received.
    """
    return Continuation((*so_far(epoch, turns), ChatMessage("user", rendered)), answer)
