"""What happens to an answer, as window and console hear of it."""

from collections.abc import Callable
from dataclasses import dataclass

from copilot.domain.conversation import Answer


@dataclass(frozen=True, slots=True)
class Waiting:
    """The question waits; `place` is 1 for the next one, 0 once it waits for nothing but the model."""

    answer: str
    ticket: int
    place: int


@dataclass(frozen=True, slots=True)
class Reading:
    """The model reads the prompt; tokens. `cached` of them it knew already."""

    answer: str
    done: int
    total: int
    cached: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of the answer arrived; `start` is where it belongs, in characters."""

    answer: str
    start: int
    text: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The answer is complete, interrupted or failed, and stored so, unless its error says that it could not be."""

    answer: Answer


AnswerEvent = Waiting | Reading | Chunk | Ended
Listener = Callable[[AnswerEvent], None]
