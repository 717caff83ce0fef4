"""Ties the statements of an answer to the evidence, by rule and without a model.

Rules, for each sentence or list item outside code:

* A citation of a label that does not exist makes it unsupported.
* A cited statement is supported where the cited evidence together holds all its hard facts (numbers, codes, versions,
  hosts, paths, quotations) and enough of its words; names and words may also come from the ticket's own fields. Labels
  of evidence that holds none of it are dropped. Hedged causes ("likely", "may") need less of the words, since they draw
  a conclusion; their hard facts must be there all the same. Advice is general, label or not, unless it has hard facts:
  those must be there.
* Without a citation, questions, advice, conditions and general knowledge ("Event 41 means …") are general. So is a
  hedged cause without hard facts, unless the evidence says it: it claims nothing that could be looked up.
* What is left and speaks of this ticket (its people, its machines, "this laptop", a report in the past tense, a hard
  fact) is supported where one piece of evidence, or the ticket's own fields, holds it; else it is unsupported.
"""

import re
from collections.abc import Sequence
from itertools import combinations

from copilot.assistant.facts import Match, Source, compare, content_words, hard_facts, holds
from copilot.assistant.risk import find_commands
from copilot.assistant.sentences import Sentence, sentences
from copilot.domain.conversation import AnswerReading, Claim, ClaimKind
from copilot.domain.evidence import Evidence
from copilot.domain.ticket import Ticket
from copilot.support.i18n import tr, tr_n

_BRACKET = re.compile(r"[\[(]([^\[\]()\n]{0,80}\bE\d+\b[^\[\]()\n]{0,120})[\])]")
_LEADING = re.compile(r"^(?:[*_`]*)(E\d+)(?:[*_`]*)\s*(?::|–|—|-\s)")
_SAID_BY = re.compile(
    r"\b(?:evidence|according to|from|in|see|per|by|and|as)\s+(E\d+)\b|\b(E\d+)\s+(?:shows?|says?|states?|reports?"
    r"|lists?|contains?|indicates?|mentions?|suggests?|confirms?)\b",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\bE(\d+)\s*(?:-|–|to)\s*E?(\d+)\b")
_LABEL = re.compile(r"\bE\d+\b")
_ONLY_LABELS = re.compile(r"(?:\s|E\d+|,|;|:|&|-|–|and|to|see|evidence)+$", re.IGNORECASE)

_IMPERATIVE = re.compile(
    r"(?:(?:please|first|second|third|next|then|finally|also|now|to begin|instead|otherwise|alternatively)[,:]?\s+)*"
    r"(?:please\s+)?(?:do not|don't|never|always)?\s*"
    r"(?:check|try|run|open|ask|verify|restart|reboot|use|look|test|make|confirm|update|install|uninstall|reinstall|disable"
    r"|enable|connect|disconnect|remove|replace|reset|set|start|stop|go|click|select|type|enter|review|collect|compare|ensure"
    r"|inspect|examine|clear|delete|free|contact|escalate|wait|note|see|perform|execute|monitor|investigate|consider|add"
    r"|change|create|download|roll|unplug|plug|turn|switch|sign|log|send|request|identify|determine|repair|scan|show|list"
    r"|ping|find|gather|get|let|keep|move|copy|back|apply|configure|correct|adjust|increase|extend|navigate|press|hold"
    r"|right-click|query|view|search|watch|measure|temporarily|manually|again|swap|boot|attach|tell|inform|explain)\b",
    re.IGNORECASE,
)
_ADVICE = re.compile(
    r"(?:you|we|the technician)\s+(?:can|could|should|may|might|need|must|will)\b|(?:it is|it's|it would be)\s+"
    r"(?:recommended|best|advisable|worth|helpful|important|possible to)\b|(?:i|we)\s+(?:recommend|suggest)\b"
    r"|to\s+(?:fix|resolve|solve|check|verify|confirm|see|find|test|diagnose|determine|identify|rule)\b|this\s+(?:command|step|check|test|will|would|helps?)\b"
    r"|the\s+(?:next|cheapest|first)\s+(?:step|check)\b|(?:here|the following)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"(?:if|when|whenever|unless|once|in case|should)\b|^(?:cannot say|can't say|not enough)", re.IGNORECASE
)
_KNOWLEDGE = re.compile(
    r"\b(?:means|stands for|is (?:a|an|usually|often|typically|generally|commonly|normally|used)|are (?:usually|often"
    r"|typically|generally|commonly|used)|usually|typically|generally|commonly|often|in general|normally)\b",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:likely|probably|possibly|perhaps|maybe|may|might|could|can|seems?|appears?|suggests?|indicat\w+|suspect\w*"
    r"|consistent with|points? to|potential\w*|presumably)\b",
    re.IGNORECASE,
)
_HERE = re.compile(
    r"\b(?:the (?:user|requester|customer|caller|ticket|log|logs|evidence|report|description|error|message|output)|this"
    r" (?:user|laptop|machine|computer|pc|device|server|printer|ticket|host|system|issue|problem|error|account|disk)"
    r"|(?:his|her|their)\s+\w+|(?:he|she|they)\s+\w+ed)\b"
    r"|^(?:the|a|an) (?:laptop|computer|machine|pc|device|server|printer|vpn|account|mailbox|backup|adapter|driver|system)\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:reported|said|stated|mentioned|tried|observed|showed|happened|occurred|started|began|failed|was|were|has been"
    r"|have been|had|did|stopped|changed|moved|restarted|crashed|dropped|received|returned)\b",
    re.IGNORECASE,
)
_STATE = re.compile(
    r"^(?:the|his|her|their|its|there|it|both|all|no)\b.*?\b(?:is|are|has|have|does|do|cannot|can't|isn't|aren't|doesn't|fails?|shows?|reports?)\b",
    re.IGNORECASE,
)

_CITED_SHARE, _CITED_WITH_FACTS, _INFERRED_SHARE, _LINKED_SHARE = 0.4, 0.25, 0.2, 0.6


def read(answer: str, evidence: Sequence[Evidence], ticket: Ticket) -> AnswerReading:
    """Judge every statement of an answer and every command in it.

    Args:
        answer: The Markdown as received, complete or not.
        evidence: The evidence that may be cited.
        ticket: The ticket; its own fields count as evidence without a label.
    """
    reader = _Reader(evidence, ticket)
    claims = (reader.claim(sentence) for sentence in sentences(answer))
    return AnswerReading(tuple(claim for claim in claims if claim is not None), find_commands(answer))


def headline(reading: AnswerReading) -> str:
    """Return one line on how the answer stands to the evidence."""
    if not reading.facts:
        return tr("No facts about this ticket: general advice only")
    text = tr_n(
        "{{supported}} of {n} fact found in the evidence",
        "{{supported}} of {n} facts found in the evidence",
        reading.facts,
    )
    return text.format(supported=reading.supported)


def citations(reading: AnswerReading) -> tuple[str, ...]:
    """Return the labels that hold the answer's statements, in order of their numbers."""
    labels = {
        label for claim in reading.claims if claim.kind is ClaimKind.SUPPORTED for label in claim.labels
    }
    return tuple(sorted(labels, key=_number))


def unsupported(answer: str, reading: AnswerReading) -> tuple[str, ...]:
    """Return the statements about this ticket that the evidence does not hold."""
    return tuple(answer[c.start : c.end] for c in reading.claims if c.kind is ClaimKind.UNSUPPORTED)


def cited_labels(text: str, known: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the labels that a statement cites, in order: `[E1]`, `[E1, E3]`, `(E3)`, `E3:`, "E3 shows".

    A label outside square brackets counts only where it is one of `known`: printers have error codes such as E03.
    """
    found: list[str] = []
    for bracket in _BRACKET.finditer(text):
        inside = _RANGE.sub(
            lambda m: " ".join(f"E{n}" for n in range(int(m[1]), min(int(m[2]), int(m[1]) + 20) + 1)),
            bracket[1],
        )
        labels = _LABEL.findall(inside)
        square = bracket[0][0] == "["
        found += [
            x for x in labels if x in known or square or (_ONLY_LABELS.match(bracket[1]) and len(x) < 4)
        ]
    bare = [m[1] for m in _LEADING.finditer(text)] + [m[1] or m[2] for m in _SAID_BY.finditer(text)]
    found += [label.upper() for label in bare if label.upper() in known]
    return tuple(dict.fromkeys(found))


class _Reader:
    """Judges statements against one ticket."""

    def __init__(self, evidence: Sequence[Evidence], ticket: Ticket) -> None:
        self._sources = {e.label: f"{e.source}\n{e.text}" for e in evidence}
        assets = [value for a in ticket.assets for value in (a.host, a.os, a.model, a.serial)]
        fields = [ticket.title, f"type {ticket.type.value}", f"priority {ticket.priority.value}"]
        fields += [ticket.category, ticket.symptom]
        fields += [ticket.service, ticket.site, ticket.requester.name, ticket.number, *assets]
        self._own = Source("", "\n".join(field for field in fields if field))
        self._names = [
            n.lower()
            for n in [*ticket.requester.name.split(), *(a.host for a in ticket.assets)]
            if len(n) > 2
        ]

    def claim(self, sentence: Sentence) -> Claim | None:
        """Return the judgement on a sentence; None where it says nothing."""
        cited = cited_labels(sentence.text, tuple(self._sources))
        plain = _plain(sentence.text, cited)
        if not content_words(plain) and not hard_facts(plain):
            unknown = [label for label in cited if label not in self._sources]
            return self._cited(sentence, plain, cited) if unknown else None
        if cited:
            return self._cited(sentence, plain, cited)
        return self._uncited(sentence, plain)

    def _cited(self, sentence: Sentence, plain: str, cited: tuple[str, ...]) -> Claim:
        if missing := [label for label in cited if label not in self._sources]:
            reason = tr("{labels} does not exist").format(labels=", ".join(missing))
            return self._made(sentence, ClaimKind.UNSUPPORTED, reason=reason)
        if plain.endswith("?"):
            return self._made(sentence, ClaimKind.GENERAL)
        advice = _is_advice(plain)
        if advice and not hard_facts(plain):
            return self._made(sentence, ClaimKind.GENERAL)
        match = compare(plain, [self._sources[label] for label in cited], self._own.text)
        if _says(match, plain, advice or _HEDGE.search(plain) is not None):
            helping = tuple(label for label in cited if compare(plain, [self._sources[label]]).words)
            return self._made(sentence, ClaimKind.SUPPORTED, helping or cited)
        reason = tr("{labels} does not say this").format(labels=", ".join(cited))
        return self._made(sentence, ClaimKind.UNSUPPORTED, reason=reason)

    def _uncited(self, sentence: Sentence, plain: str) -> Claim:
        if not self._is_about_ticket(plain):
            return self._made(sentence, ClaimKind.GENERAL)
        hedged = _HEDGE.search(plain) is not None and not hard_facts(plain)
        if _links(compare(plain, [self._own.text])):
            return self._made(sentence, ClaimKind.SUPPORTED)
        if linked := self._linked(plain):
            return self._made(sentence, ClaimKind.SUPPORTED, linked)
        if hedged:
            return self._made(sentence, ClaimKind.GENERAL)
        return self._made(sentence, ClaimKind.UNSUPPORTED, reason=tr("not in the evidence"))

    def _linked(self, plain: str) -> tuple[str, ...]:
        """Return the label of the evidence that holds an uncited statement, or two that each hold some of its facts."""
        own = self._own.text
        alone = {label: compare(plain, [text]) for label, text in self._sources.items()}
        good = [
            label
            for label, text in self._sources.items()
            if alone[label].words and _links(compare(plain, [text], own))
        ]
        if good:
            return (max(good, key=lambda label: alone[label].share),)
        facts = hard_facts(plain)
        some = [label for label, text in self._sources.items() if any(holds(text, fact) for fact in facts)]
        for pair in combinations(some, 2):
            if _links(compare(plain, [self._sources[label] for label in pair], own)):
                return pair
        return ()

    def _is_about_ticket(self, plain: str) -> bool:
        bare = plain.strip("*_ ")
        if bare.endswith("?") or _is_advice(bare) or _CONDITION.match(bare):
            return False
        facts = [fact for fact in hard_facts(plain) if f"`{fact}`" not in plain]
        named = any(re.search(rf"\b{re.escape(name)}\b", plain.lower()) for name in self._names)
        if _KNOWLEDGE.search(plain) and not named and not _HERE.search(plain):
            return False
        if _HEDGE.search(plain) and not facts:
            return bool(named or _HERE.search(plain))
        return bool(facts or named or _HERE.search(plain) or _PAST.search(plain) or _STATE.match(bare))

    @staticmethod
    def _made(sentence: Sentence, kind: ClaimKind, labels: tuple[str, ...] = (), reason: str = "") -> Claim:
        return Claim(sentence.start, sentence.end, kind, labels, reason)


def _is_advice(plain: str) -> bool:
    bare = plain.strip("*_ ")
    return bool(_IMPERATIVE.match(bare) or _ADVICE.match(bare))


def _says(match: Match, plain: str, inferred: bool) -> bool:
    if not match.hard or match.flipped:
        return False
    facts = bool(hard_facts(plain))
    needed = _INFERRED_SHARE if inferred else _CITED_WITH_FACTS if facts else _CITED_SHARE
    return match.share >= needed and (facts or match.words > 0)


def _links(match: Match) -> bool:
    return match.hard and not match.flipped and match.share >= _LINKED_SHARE


def _plain(text: str, cited: tuple[str, ...]) -> str:
    """Return the statement without its citations and Markdown emphasis."""
    text = _BRACKET.sub(lambda m: "" if any(label in m[1] for label in cited) else m[0], text)
    for label in cited:
        text = re.sub(rf"\b{label}\b:?", "", text)
    return re.sub(r"(\*\*|__|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w))", "", text).strip()


def _number(label: str) -> int:
    return int(label[1:]) if label[1:].isdecimal() else 0
