"""Text in from elsewhere and out to elsewhere: clippings, copies for another system, the ticket on paper."""

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from copilot.assistant.blocks import blocks_of, without_labels
from copilot.decisions.record import without_citations
from copilot.desk import printing
from copilot.desk.clipboard import read_clipping
from copilot.desk.printing import Sheet as Sheet
from copilot.desk.resolution import resolution
from copilot.domain.clipping import Clipping
from copilot.domain.conversation import DecisionKind
from copilot.domain.rich_text import Block, RichText, bullets, heading, paragraph, render
from copilot.services.deps import Deps
from copilot.storage import conversation, desk_state, evidence, tickets
from copilot.support.errors import KnownError
from copilot.support.i18n import tr
from copilot.support.text import one_line

if TYPE_CHECKING:
    from copilot.services.ask import AnswerView, AskService

_KEPT = (DecisionKind.ACCEPT, DecisionKind.EDIT, DecisionKind.USED)


class ClippingService:
    """Reads what was copied, and writes what is to be copied."""

    def __init__(self, deps: Deps, ask: Callable[[], "AskService"]) -> None:
        self._deps = deps
        self._ask = ask

    def read(self, text: str, html: str) -> Clipping:
        """Return what the clipboard holds as a ticket; touches no disk."""
        return read_clipping(text, html, self._deps.clock.now().astimezone(_Local()))

    # -- copies

    def reply(self, ticket: int) -> RichText:
        """Return the reply that is being written.

        Raises:
            KnownError: None is.
        """
        with self._deps.store.read() as db:
            text = desk_state.drafts(db, ticket).get("reply", ("", ""))[0]
        if not text.strip():
            raise KnownError(
                tr("No reply is being written."),
                todo=tr("Write one, or copy an answer as a reply from its card."),
            )
        return render(blocks_of(without_citations(text)))

    def answer_as_reply(self, answer: str) -> RichText:
        """Return an answer as the requester may read it: without citations and what they are called."""
        view = self._ask().view(answer)
        return render(blocks_of(without_labels(view.answer.text, {fact.label for fact in view.cited})))

    def answer_as_note(self, answer: str) -> RichText:
        """Return an answer with its evidence spelled out, and who wrote and who checked it."""
        view = self._ask().view(answer)
        blocks: list[Block] = blocks_of(view.answer.text)
        if view.cited:
            blocks.append(heading(tr("Evidence")))
            blocks.append(
                bullets(
                    tr("{label}: {source}").format(label=fact.label, source=one_line(fact.source, 200))
                    for fact in view.cited
                )
            )
        at = view.answer.finished_at or view.answer.created_at
        signed = tr("{model}, {date}: written with AI, checked by {name}.")
        date = at.astimezone().strftime("%Y-%m-%d %H:%M")
        blocks.append(paragraph(signed.format(model=view.answer.model, date=date, name=self._deps.me())))
        return render(blocks)

    def resolution(self, ticket: int) -> RichText:
        """Return problem, cause and what was done, from the ticket's notes and accepted answers."""
        with self._deps.store.read() as db:
            found = tickets.get(db, ticket)
            if found is None:
                raise KnownError(tr("This ticket is no longer there."))
            thread = tickets.thread(db, ticket)
            posted = {
                event.suggestion for event in tickets.events(db, ticket) if event.field in ("note", "reply")
            }
            kept = [
                answer
                for answer in conversation.answers(db, ticket)
                if not answer.superseded
                and answer.uid not in posted
                and (decision := conversation.decision_now(db, answer.uid)) is not None
                and decision.kind in _KEPT
            ]
        return render(resolution(found, thread, [blocks_of(without_citations(a.text)) for a in kept]))

    # -- paper

    def sheet(
        self, ticket: int, when: Callable[[datetime], str], *, with_internal: bool, with_answers: bool
    ) -> Sheet:
        """Return the ticket as it goes on paper; without `with_internal`, nothing that rests on an internal note.

        Raises:
            KnownError: There is no such ticket.
        """
        exchanges = self._ask().conversation(ticket) if with_answers else ()
        with self._deps.store.read() as db:
            found = tickets.get(db, ticket)
            if found is None:
                raise KnownError(tr("This ticket is no longer there."))
            thread = tickets.thread(db, ticket)
            facts = evidence.of_ticket(db, ticket)
            all_facts = evidence.of_ticket(db, ticket, with_removed=True)
        questions = [
            printing.PrintedQuestion(e.question.text, e.question.at, tuple(map(_printed, e.answers)))
            for e in exchanges
            if not e.question.superseded
        ]
        return printing.sheet(
            found, thread, facts, questions, when, with_internal=with_internal, all_facts=all_facts
        )


def _printed(view: "AnswerView") -> printing.PrintedAnswer:
    decision = tr("none yet")
    if view.decision:
        parts = [tr(view.decision.kind.value)]
        if view.decision.reason.value != "none_given":
            parts.append(tr(view.decision.reason.value.replace("_", " ")))
        decision = tr("{what}, by {name}").format(what=": ".join(parts), name=view.decision.by)
    return printing.PrintedAnswer(
        view.answer.model,
        render(blocks_of(view.answer.text)).html,
        view.headline,
        decision,
        tuple(fact.uid for fact in view.cited),
    )


class _Local(tzinfo):
    """This machine's zone, summer and winter."""

    def utcoffset(self, at: datetime | None) -> timedelta | None:
        return at.replace(tzinfo=None).astimezone().utcoffset() if at else None

    def dst(self, at: datetime | None) -> timedelta | None:
        return timedelta(0)

    def tzname(self, at: datetime | None) -> str | None:
        return None
