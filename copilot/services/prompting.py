"""From what is stored to what a prompt is planned from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from copilot.assistant.tokens import EstimateCounter
from copilot.assistant.turns import Epoch, Turn
from copilot.domain.conversation import Answer, AnswerState, Question
from copilot.domain.evidence import Evidence
from copilot.domain.prompt import ChatMessage
from copilot.domain.ticket import Ticket
from copilot.inference.host import EngineHost
from copilot.storage import conversation, evidence, tickets
from copilot.storage.store import Db
from copilot.support.errors import KnownError
from copilot.support.i18n import tr

_PASSING = {AnswerState.QUEUED, AnswerState.STREAMING}


@dataclass(frozen=True, slots=True)
class PromptState:
    """What a prompt is made of: `sent` are turns by epoch as they were sent, `live` those that count now."""

    ticket: Ticket
    evidence: list[Evidence]
    epoch: Epoch | None
    sent: list[tuple[str, Turn]]
    live: list[Turn]


def read_state(db: Db, ticket: int, before: Question | None = None) -> PromptState:
    """Read what a prompt is made of; turns from `before` (a regenerated question) on are left out.

    Raises:
        KnownError: The ticket is gone.
    """
    found = tickets.get(db, ticket)
    if found is None:
        raise KnownError(tr("This ticket is no longer there."))
    stored = conversation.last_epoch(db, ticket)
    sent, live = turns_of(db, ticket, before)
    epoch = epoch_of(stored) if stored else None
    return PromptState(found, evidence.of_ticket(db, ticket), epoch, sent, live)


def turns_of(db: Db, ticket: int, before: Question | None) -> tuple[list[tuple[str, Turn]], list[Turn]]:
    """Return (epoch uid, turn) of every turn as it was sent, and the turns that are live now; up to `before`.

    A turn was sent with the answer that stood when the next question followed; regenerating it later changes what is
    live, not what was sent.
    """
    asked = conversation.questions(db, ticket)
    if before is not None:
        asked = asked[: next((i for i, q in enumerate(asked) if q.uid == before.uid), len(asked))]
    given: dict[str, list[Answer]] = {}
    for answer in conversation.answers(db, ticket):
        given.setdefault(answer.question, []).append(answer)
    sent, live = list[tuple[str, Turn]](), list[Turn]()
    for position, q in enumerate(asked):
        replies = [a for a in given.get(q.uid, []) if a.text and a.state not in _PASSING]
        current = next((a for a in reversed(replies) if not a.superseded), None)
        later = next((n.at for n in asked[position + 1 :] if n.epoch == q.epoch), None)
        earlier = [a for a in replies if later is None or a.created_at <= later]
        stood = (earlier[-1] if later is not None and earlier else current) or current
        if stood:
            sent.append((q.epoch, Turn(q.uid, q.text, q.rendered, q.evidence, stood.text)))
        if current and not q.superseded:
            live.append(Turn(q.uid, q.text, q.rendered, q.evidence, current.text))
    return sent, live


def epoch_of(stored: dict[str, Any]) -> Epoch:
    """Read a stored epoch."""
    return Epoch(
        uid=stored["uid"],
        system=stored["system"],
        preamble=tuple(ChatMessage(**message) for message in stored["preamble"]),
        known=tuple(stored["known"]),
        reason=stored["reason"],
        excluded=tuple(stored["excluded"]),
    )


class EngineCounter:
    """Counts with the loaded model's own tokenizer, once per text; estimates where the worker does not answer."""

    exact = True

    def __init__(self, engine: EngineHost, model: str, known: dict[tuple[str, str], int]) -> None:
        self._engine = engine
        self._model = model
        self._known = known

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return tokens of each text."""
        new = [text for text in dict.fromkeys(texts) if (self._model, text) not in self._known]
        if new:
            counts = self._engine.count_tokens(new)
            if counts is None:
                self.exact = False
                return EstimateCounter().count(texts)
            if len(self._known) > 5000:
                self._known.clear()
            self._known.update(zip(((self._model, text) for text in new), counts, strict=True))
        return [self._known[self._model, text] for text in texts]
