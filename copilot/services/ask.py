"""Ask: coach the question, show what would go along, send it, receive the answer, keep every word of both."""

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import cached_property, partial

from copilot.assistant.context import ContextItem, Plan, plan
from copilot.assistant.prompt import prompt_hash
from copilot.assistant.reading import citations, cited_labels, headline, read
from copilot.assistant.risk import find_commands
from copilot.assistant.tokens import EstimateCounter, TokenCounter
from copilot.assistant.turns import continue_plan
from copilot.coach.coach import Coach
from copilot.coach.context import CoachContext, Masked, Rewrite
from copilot.domain.coaching import CoachReport
from copilot.domain.conversation import (
    Answer,
    AnswerReading,
    AnswerState,
    CommandRisk,
    Decision,
    Question,
)
from copilot.domain.evidence import Evidence
from copilot.domain.ticket import Ticket
from copilot.inference import protocol
from copilot.inference.host import EngineHost
from copilot.services.answer_events import AnswerEvent, Chunk, Ended, Listener, Reading, Waiting
from copilot.services.deps import Deps
from copilot.services.late import LateWork
from copilot.services.line import Asked, Line
from copilot.services.models import ModelService
from copilot.services.prompting import EngineCounter, PromptState, epoch_of, read_state, turns_of
from copilot.services.receiving import Receiver
from copilot.services.recovery import owner_of
from copilot.services.unasked import give_back
from copilot.storage import conversation, desk_state, evidence, tickets
from copilot.storage.store import Db
from copilot.support.errors import KnownError
from copilot.support.i18n import tr
from copilot.support.ids import new_uid
from copilot.support.text import clean

SHORT_ANSWER = 190  # tokens; the prompt asks for about 150, and a sentence is not cut off for its last words
MORE = 300
RESERVE = 512  # of the window, for the answer and one "More"


@dataclass(frozen=True, slots=True)
class AnswerView:
    """An answer with what the program makes of it; `cited` is the evidence it names or rests on, removed since or not."""

    answer: Answer
    reading: AnswerReading
    headline: str
    decision: Decision | None
    cited: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its answers, oldest first; more than one where it was regenerated."""

    question: Question
    answers: tuple[AnswerView, ...]


class AskService:
    """One technician's conversation with the model about tickets."""

    def __init__(
        self, deps: Deps, engine: EngineHost, load_coach: Callable[[], Coach], models: ModelService
    ) -> None:
        self._deps = deps
        self._engine = engine
        self._load_coach = load_coach
        self._models = models
        self._owner = owner_of(os.getpid())
        self._live = dict[str, Receiver]()
        self._lock = threading.Lock()
        self._line = Line(engine.cancel)
        self._late = LateWork()
        self._counts = dict[tuple[str, str], int]()

    @cached_property
    def _coach(self) -> Coach:
        """The rule packs are read when the first draft is examined, not at start."""
        return self._load_coach()

    # -- before sending

    def coach(self, ticket: int, text: str) -> CoachReport:
        """Examine a draft against the evidence that would go along."""
        return self._coach.examine(text, self._context(ticket, text))

    def coach_context(self, ticket: int) -> CoachContext:
        """Return what the coach needs, so that a window can examine without asking the database at every key."""
        return self._context(ticket, "")

    def examine(self, text: str, context: CoachContext) -> CoachReport:
        """Examine a draft; touches neither disk nor model."""
        return self._coach.examine(text, context)

    def improve(self, ticket: int, text: str) -> Rewrite:
        """Return the template rewrite of a draft."""
        return self._coach.improve(text, self._context(ticket, text))

    def mask(self, text: str) -> Masked:
        """Replace every secret in `text` by a mask."""
        return self._coach.mask(text)

    def preview(self, ticket: int, question: str) -> Plan:
        """Return exactly what would go to the model."""
        return self._plan(self._state(ticket), question)

    def rate(self, code: str, language: str) -> tuple[str, str]:
        """Return the worst risk in a block of code and why; both empty where it holds no command."""
        found = find_commands(f"```{language}\n{code}\n```")
        if not found:
            return "", ""
        order = list(CommandRisk)
        worst = max(found, key=lambda command: order.index(command.risk))
        return worst.risk.value, worst.why

    # -- sending

    def ask(self, ticket: int, text: str, listener: Listener, *, allow_secret: bool = False) -> str:
        """Store a question, send it when its turn comes and return the uid of its answer.

        Raises:
            KnownError: It is empty, holds a secret, or there is no model to answer it.
        """
        return self._ask(ticket, text, listener, allow_secret, ())

    def _ask(
        self, ticket: int, text: str, listener: Listener, allow_secret: bool, replaced: Sequence[Question]
    ) -> str:
        text = clean(text).strip()
        if not text:
            raise KnownError(tr("The question is empty."))
        if not allow_secret and (hits := self._coach.find_secrets(text)):
            raise KnownError(
                tr("The question holds what looks like a secret ({kinds}); it was not sent.").format(
                    kinds=", ".join(sorted({hit.kind for hit in hits}))
                ),
                tr("Nothing was stored: it would stay here and could leave with an escalation package."),
                tr("Put a mask such as <PASSWORD_1> in its place."),
            )
        now = self._deps.clock.now()
        try:
            model = self._models.ensure_loaded()
        except KnownError:
            with (
                self._deps.store.write() as db
            ):  # nothing can answer: the question is kept as the ticket's draft
                desk_state.save_draft(db, ticket, "question", text, now)
            raise
        self._withdraw(ticket, replaced)
        question = Question(new_uid("q"), ticket, text, "", "", now)
        answer = self._new_answer(ticket, question.uid, model)
        with self._deps.store.write() as db:  # before anything is sent: a crash in the next instant keeps it
            if tickets.get(db, ticket) is None:
                raise KnownError(tr("This ticket is no longer there."))
            conversation.add_question(db, question)
            conversation.add_answer(db, answer, "", self._owner)
            desk_state.save_draft(db, ticket, "question", "", now)
        self._enter(
            answer,
            listener,
            lambda: self._prepare(
                question, answer, superseding(conversation.set_question_superseded, replaced)
            ),
            lambda db, now: give_back(db, question, answer.uid, now),
        )
        return answer.uid

    def regenerate(self, answer_uid: str, listener: Listener) -> str:
        """Ask the same question again; the old answer stays, marked as superseded."""
        model = self._models.ensure_loaded()
        with self._deps.store.write() as db:
            old = self._ended(db, answer_uid)
            question = self._question(db, old)
            answer = self._new_answer(old.ticket, old.question, model)
            conversation.add_answer(db, answer, "", self._owner)
        self._enter(
            answer,
            listener,
            lambda: self._prepare(question, answer, superseding(conversation.set_answer_superseded, [old])),
            lambda db, _: conversation.set_answer_superseded(db, answer.uid, True),
        )
        return answer.uid

    def edit_and_resend(
        self, question_uid: str, ticket: int, text: str, listener: Listener, *, allow_secret: bool = False
    ) -> str:
        """Ask an edited question in place of an earlier one; what followed it leaves the prompt."""
        with self._deps.store.read() as db:
            asked = conversation.questions(db, ticket)
        position = next((i for i, q in enumerate(asked) if q.uid == question_uid), None)
        if position is None:
            raise KnownError(tr("This question is no longer there."))
        return self._ask(ticket, text, listener, allow_secret, asked[position:])

    def more(self, answer_uid: str, listener: Listener) -> str:
        """Let the newest answer go on where it stopped.

        Raises:
            KnownError: A later question has been asked since, or there is no model.
        """
        self._models.ensure_loaded()
        with self._deps.store.write() as db:
            old = self._ended(db, answer_uid)
            question = self._question(db, old)
            asked = [q.uid for q in conversation.questions(db, old.ticket) if not q.superseded]
            if asked[-1:] != [question.uid] or old.superseded:
                raise KnownError(
                    tr("Only the newest answer can go on."), todo=tr("Ask a follow-up question.")
                )
            if conversation.epoch(db, question.epoch) is None:
                raise KnownError(tr("This answer was never begun."), todo=tr("Ask again."))
            conversation.reopen_answer(db, answer_uid, self._owner)
        reopened = replace(old, state=AnswerState.QUEUED)
        self._enter(reopened, listener, lambda: self._prepare_more(question, old), unasked=old)
        return answer_uid

    def stop(self, answer_uid: str) -> None:
        """Stop an answer; what was received stays. A question that waits becomes a draft again, if there is no other."""
        self._line.stop(answer_uid)

    def stop_ticket(self, ticket: int) -> None:
        """Stop all that this process asks about a ticket, the last asked first."""
        for uid in reversed(self.live_answers(ticket)):
            self._line.stop(uid)

    def live_answers(self, ticket: int) -> list[str]:
        """Return uids of answers of a ticket that this process waits for or receives, in the order asked."""
        with self._lock:
            return [uid for uid, receiver in self._live.items() if receiver.ticket == ticket]

    def places(self) -> dict[int, int]:
        """Return for each ticket whose question waits its place in line; 1 is the next one."""
        return self._line.places()

    def close(self) -> None:
        """Take in no more; questions that wait become drafts. To be called before the engine is closed."""
        self._line.close()

    def join(self) -> None:
        """Wait for what was being prepared; to be called after the engine is closed."""
        self._line.join()
        self._late.close()

    def stop_all(self, timeout: float = 10) -> None:
        """Stop every answer that this process receives, and wait until what came is stored.

        Raises:
            KnownError: One does not end.
        """
        with self._lock:
            live = dict(self._live)
        for uid in reversed(live):  # those that wait first, or one would be asked when the one before it ends
            self.stop(uid)
        for receiver in live.values():
            if not receiver.ended.wait(timeout):
                raise KnownError(
                    tr("An answer is still being written."), todo=tr("Wait for its end, then try again.")
                )

    def is_live(self, answer_uid: str) -> bool:
        """Tell whether this process is receiving the answer."""
        with self._lock:
            return answer_uid in self._live

    def text_so_far(self, answer_uid: str) -> str | None:
        """Return what was received of an answer under way in this process; None where it has ended."""
        with self._lock:
            receiver = self._live.get(answer_uid)
        return receiver.text if receiver else None

    # -- afterwards

    def conversation(self, ticket: int) -> tuple[Exchange, ...]:
        """Return questions and answers of a ticket, oldest first."""
        with self._deps.store.read() as db:
            found = tickets.get(db, ticket)
            if found is None:
                return ()
            asked = conversation.questions(db, ticket)
            given = conversation.answers(db, ticket)
            facts = evidence.of_ticket(db, ticket, with_removed=True)
            decided = {a.uid: conversation.decision_now(db, a.uid) for a in given}
        views = [self._view(a, found, facts, decided[a.uid]) for a in given]
        return tuple(Exchange(q, tuple(v for v in views if v.answer.question == q.uid)) for q in asked)

    def view(self, answer_uid: str) -> AnswerView:
        """Return one answer with what the program makes of it."""
        with self._deps.store.read() as db:
            found = self._answer(db, answer_uid)
            ticket = tickets.get(db, found.ticket)
            if ticket is None:
                raise KnownError(tr("This ticket is no longer there."))
            facts = evidence.of_ticket(db, found.ticket, with_removed=True)
            decision = conversation.decision_now(db, answer_uid)
        return self._view(found, ticket, facts, decision)

    def wait(self, answer_uid: str, timeout: float | None = None) -> None:
        """Wait until an answer that this process receives has ended."""
        with self._lock:
            receiver = self._live.get(answer_uid)
        if receiver:
            receiver.ended.wait(timeout)

    # -- inner parts

    def _view(
        self, answer: Answer, ticket: Ticket, facts: Sequence[Evidence], decision: Decision | None
    ) -> AnswerView:
        known = [fact for fact in facts if fact.uid in answer.evidence]
        reading = read(answer.text, known, ticket)
        labels = {*cited_labels(answer.text, [fact.label for fact in known]), *citations(reading)}
        cited = tuple(fact for fact in known if fact.label in labels)
        return AnswerView(answer, reading, headline(reading), decision, cited)

    def _new_answer(self, ticket: int, question: str, model: str) -> Answer:
        return Answer(
            uid=new_uid("ans"),
            ticket=ticket,
            question=question,
            text="",
            state=AnswerState.QUEUED,
            model=model,
            prompt_hash="",
            evidence=(),
            created_at=self._deps.clock.now(),
        )

    def _enter(
        self,
        answer: Answer,
        listener: Listener,
        prepare: Callable[[], protocol.Generate],
        put_back: Callable[[Db, datetime], object] = lambda *_: None,
        unasked: Answer | None = None,
    ) -> None:
        """Let an answer stand in line: `prepare` writes its prompt when its turn comes.

        Args:
            answer: As it is stored, waiting.
            listener: Hears of it.
            prepare: Writes its prompt.
            put_back: What to do where it is taken out of the line, in the transaction that says so.
            unasked: What the answer is then; as it is without it, interrupted.
        """
        receiver = Receiver(self._deps, answer, listener, self._forget, self._late.add)

        def ready() -> Callable[[], None]:
            request = prepare()
            return lambda: self._engine.generate(request, receiver.on_event)

        def withdraw(why: str) -> None:
            end = replace(answer, state=AnswerState.INTERRUPTED, error=why, finish="cancelled")

            def also(db: Db) -> None:
                put_back(db, self._deps.clock.now())

            receiver.withdraw(unasked or end, also)

        with self._lock:
            self._live[answer.uid] = receiver
        self._line.enter(Asked(receiver, ready, withdraw))

    def _withdraw(self, ticket: int, questions: Sequence[Question]) -> None:
        """Take those of these questions out of the line that still wait in it."""
        if not questions:
            return
        replaced = {question.uid for question in questions}
        with self._deps.store.read() as db:
            given = [a.uid for a in conversation.answers(db, ticket) if a.question in replaced]
        for uid in given:
            if self._line.waits(uid):
                self._line.stop(uid)

    def _prepare(
        self, question: Question, answer: Answer, supersede: Callable[[Db], None]
    ) -> protocol.Generate:
        """Write the prompt of a question with all that is known by now, and store what it is made of."""
        model = self._models.ensure_loaded()  # another one may have been chosen while it waited
        with self._deps.store.write() as db:
            supersede(db)
        prepared = self._plan(self._state(question.ticket, question), question.text)
        if not prepared.fits:
            raise KnownError(
                tr("The question and the ticket do not fit into the model's window."),
                tr("The question is kept."),
                tr("Shorten it, switch evidence off, or choose a larger window in the settings."),
            )
        epoch = prepared.epoch
        with self._deps.store.write() as db:
            if prepared.epoch_is_new:
                conversation.add_epoch(
                    db, epoch.uid, question.ticket, self._deps.clock.now(), epoch.reason, asdict(epoch)
                )
            conversation.set_question_prompt(
                db, question.uid, prepared.rendered, epoch.uid, prepared.evidence_new
            )
            sent = tuple(item.evidence.uid for item in prepared.items if item.included)
            conversation.set_answer_prompt(db, answer.uid, prompt_hash(prepared.messages), epoch.uid, sent)
            if model != answer.model:
                conversation.set_answer_model(db, answer.uid, model)
        return protocol.Generate(answer.uid, prepared.messages, SHORT_ANSWER)

    def _prepare_more(self, question: Question, old: Answer) -> protocol.Generate:
        """Write the prompt with which an answer goes on."""
        self._models.ensure_loaded()
        with self._deps.store.read() as db:
            stored = conversation.epoch(db, question.epoch)
            if stored is None:
                raise KnownError(tr("This ticket is no longer there."))
            sent, _ = turns_of(db, old.ticket, question)
        turns = [turn for uid, turn in sent if uid == question.epoch]
        prompt = continue_plan(epoch_of(stored), turns, question.rendered, old.text)
        return protocol.Generate(old.uid, prompt.messages, MORE, continue_text=prompt.continue_text)

    def _forget(self, answer_uid: str) -> None:
        with self._lock:
            self._live.pop(answer_uid, None)
        self._line.leave(answer_uid)

    def _context(self, ticket: int, text: str) -> CoachContext:
        state = self._state(ticket)
        prepared = self._plan(state, text)
        sent = tuple(item.evidence for item in prepared.items if item.included)
        return CoachContext(state.ticket, sent, tuple(turn.question_text for turn in state.live))

    def _state(self, ticket: int, before: Question | None = None) -> PromptState:
        with self._deps.store.read() as db:
            return read_state(db, ticket, before)

    def _plan(self, state: PromptState, text: str) -> Plan:
        """Plan the prompt for `text`; asks the worker for token counts, so no lock is held here."""
        epoch = state.epoch
        return plan(
            state.ticket,
            state.evidence,
            epoch,
            [turn for uid, turn in state.sent if epoch and uid == epoch.uid],
            state.live,
            text,
            window=self._models.window(),
            reserve=RESERVE,
            counter=self._counter(),
            new_uid=partial(new_uid, "ep"),
        )

    def _counter(self) -> TokenCounter:
        model = self._models.loaded_name()
        if not model:
            return EstimateCounter()
        return EngineCounter(self._engine, model, self._counts)

    def _answer(self, db: Db, uid: str) -> Answer:
        found = conversation.answer(db, uid)
        if found is None:
            raise KnownError(tr("There is no answer {id}.").format(id=uid))
        return found

    def _ended(self, db: Db, uid: str) -> Answer:
        found = self._answer(db, uid)
        if found.state in {AnswerState.QUEUED, AnswerState.STREAMING}:
            raise KnownError(
                tr("This answer is still being written."), todo=tr("Wait for its end, or stop it.")
            )
        return found

    def _question(self, db: Db, answer: Answer) -> Question:
        return next(q for q in conversation.questions(db, answer.ticket) if q.uid == answer.question)


def superseding(
    mark: Callable[[Db, str, bool], None], old: Sequence[Question | Answer]
) -> Callable[[Db], None]:
    """Return what takes `old` out of the prompt: when the turn of what replaces it comes, and not before."""

    def supersede(db: Db) -> None:
        for each in old:
            mark(db, each.uid, True)

    return supersede


__all__ = [
    "AnswerEvent",
    "AnswerView",
    "AskService",
    "Chunk",
    "CoachContext",
    "ContextItem",
    "Ended",
    "Exchange",
    "Listener",
    "Masked",
    "Plan",
    "Reading",
    "Rewrite",
    "Waiting",
]
