"""The template rewrite: the question's own sentences sorted into slots, filled up from the evidence.

It invents nothing: every word comes from the question, from evidence that goes along, or from the template.
"""

import re
from collections.abc import Iterable

from copilot.coach.context import CoachContext, Rewrite
from copilot.coach.faults import Faults
from copilot.coach.intents import Intents, split_sentences
from copilot.coach.matching import fold
from copilot.coach.needs import Needs
from copilot.coach.packs import Dimension
from copilot.coach.secret_finder import Names, SecretFinder
from copilot.domain.coaching import Fact, FactState, Intent
from copilot.domain.evidence import Evidence, EvidenceKind
from copilot.support.i18n import both, later, tr

_ASK = later("ask the user")
_GOAL = "goal"
_ANSWER = "output_shape"
_LINE = 200  # characters of evidence that one slot quotes
# A sentence that speaks to several dimensions goes to the first of these.
_ORDER = ("tried", "expected", "symptom", "error_text", "since", "environment")
_EXTRACTED = ("error_text", "environment")  # repeated from a sentence elsewhere, as the model looks for them
_QUOTES = '"\u201c\u201d'

_PROSE = frozenset(
    {EvidenceKind.DESCRIPTION, EvidenceKind.MESSAGE, EvidenceKind.NOTE, EvidenceKind.SELECTION}
)


def gap(ask: str) -> str:
    """Return the placeholder for a fact that nobody has yet."""
    return f"[{tr(_ASK)}: {ask}]"


class Rewriter:
    """Lays a question out in slots."""

    def __init__(self, needs: Needs, intents: Intents, faults: Faults, finder: SecretFinder) -> None:
        self._needs = needs
        self._intents = intents
        self._faults = faults
        self._finder = finder
        self._slots = {entry.id: entry.label for entry in needs.dimensions if entry.slot}
        answer = next((entry.label for entry in needs.dimensions if entry.id == _ANSWER), later("Answer as"))
        sources = {_GOAL: later("Goal"), **self._slots, _ANSWER: answer}
        self._labels = {slot: tr(label) for slot, label in sources.items()}
        # A draft may be older than the choice of a language, so it is read in both.
        self._heads = [(slot, head) for slot, label in sources.items() for head in both(label)]
        heads = "|".join(re.escape(head) for _, head in self._heads)
        asks = "|".join(map(re.escape, both(_ASK)))
        self._gap = re.compile(rf"(?m)(?:^(?:{heads}):[ \t]*)?\[(?:{asks}):[^\]\n]*\]")
        self._answers = _any_of(text for intent in Intent for text in both(intents.answer_as(intent)))
        self._goals = _any_of(text for intent in Intent for text in both(intents.goal(intent)))

    def without_template(self, text: str) -> tuple[str, str]:
        """Return `text` with blanks for what an earlier rewrite added: it is no fact of the case.

        The first form keeps the template's goal, which tells the intent; the second does not.
        """
        for pattern in (self._gap, self._answers):
            text = pattern.sub(_blank, text)
        return text, self._goals.sub(_blank, text)

    def rewrite(self, text: str, context: CoachContext, intent: Intent, facts: tuple[Fact, ...]) -> Rewrite:
        """Return the question in slots; `intent` and `facts` are the coach's reading of it."""
        names = Names()
        for part in (text, *(item.text for item in context.evidence)):
            names.reserve(part)
        question = self._finder.mask(text, names).text
        filled = self._sort(question, intent)
        by_id = {fact.dimension: fact for fact in facts}
        evidence = {item.label: item for item in context.evidence}
        gaps: list[str] = []
        used: list[str] = []
        quoted: set[str] = set()
        for entry in self._needs.dimensions:
            fact = by_id.get(entry.id)
            if not entry.slot or filled.get(entry.id):
                continue
            if entry.id in _EXTRACTED and (found := self._extract(entry.id, question)):
                filled[entry.id] = [", ".join(found)]
            elif fact and fact.state is FactState.IN_TICKET and fact.source in evidence:
                filled[entry.id] = [self._quote(entry, evidence[fact.source], names, quoted)]
                used.append(fact.source)
            elif fact and fact.state is FactState.MISSING:
                filled[entry.id] = [gap(tr(entry.ask))]
                gaps.append(entry.id)
        if not filled.get(_GOAL):
            filled[_GOAL] = [tr(self._intents.goal(intent))]
        if not filled.get(_ANSWER) and _ANSWER not in self._needs.dimensions_in(question):
            filled[_ANSWER] = [tr(self._intents.answer_as(intent))]
        lines = [
            f"{label}: {_join(filled[slot])}" for slot, label in self._labels.items() if filled.get(slot)
        ]
        return Rewrite(
            self._finder.mask("\n".join(lines), names).text, tuple(gaps), tuple(dict.fromkeys(used))
        )

    def _sort(self, question: str, intent: Intent) -> dict[str, list[str]]:
        filled: dict[str, list[str]] = {}
        for line in self._gap.sub(" ", question).split("\n"):
            slot, rest = self._heading(line)
            if slot:
                if rest:
                    filled.setdefault(slot, []).append(rest)
                continue
            for sentence in split_sentences(line):
                filled.setdefault(self._slot_of(sentence, intent), []).append(sentence)
        return filled

    def _heading(self, line: str) -> tuple[str, str]:
        """Return slot and content of a line that an earlier rewrite laid out; both empty for any other."""
        folded = fold(line)
        for slot, label in self._heads:
            head = fold(label) + ":"
            if folded.startswith(head):
                return slot, line[len(head) :].strip()
        return "", ""

    def _slot_of(self, sentence: str, intent: Intent) -> str:
        if self._intents.asks(sentence):
            return _GOAL
        dimensions = self._needs.dimensions_in(sentence)
        default = "symptom" if intent is Intent.DIAGNOSE else _GOAL
        return next((slot for slot in _ORDER if slot in dimensions and slot in self._slots), default)

    def _extract(self, dimension: str, question: str) -> tuple[str, ...]:
        return tuple(
            _even_quotes(words) for words in self._needs.fragments(dimension, self._gap.sub(" ", question))
        )

    def _quote(self, entry: Dimension, item: Evidence, names: Names, quoted: set[str]) -> str:
        pieces = _pieces(self._finder.mask(item.text, names).text, item.kind)
        safe = [piece for piece in pieces if piece and not self._faults.talks_to_model(piece)]
        fresh = [piece for piece in safe if piece not in quoted]  # no sentence stands in two slots
        line = self._needs.telling_line(entry.id, fresh, item.kind)
        if not line and fresh and item.kind in entry.holds:
            line = fresh[0]
        quoted.add(line)
        if not line:
            return tr("see [{label}]").format(label=item.label)
        return f"{_even_quotes(_cut(line))} [{item.label}]"


def _any_of(sentences: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(sentences, key=len, reverse=True))))


def _pieces(text: str, kind: EvidenceKind) -> list[str]:
    """Return the lines of a machine's output, or the sentences of what people wrote, which wraps anywhere."""
    if kind not in _PROSE:
        return [line.strip() for line in text.split("\n")]
    paragraphs = (" ".join(part.split()) for part in re.split(r"\n\s*\n", text))
    return [sentence.strip() for paragraph in paragraphs for sentence in split_sentences(paragraph)]


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _cut(line: str) -> str:
    """Return at most `_LINE` characters of `line`, ending with a whole word."""
    if len(line) <= _LINE:
        return line
    words = line[: _LINE + 1].rsplit(None, 1)
    return f"{words[0]} …" if len(words) == 2 else "…"


def _even_quotes(words: str) -> str:
    """Return `words` without quotation marks where a cut left one alone."""
    if words.count('"') % 2 or words.count("\u201c") != words.count("\u201d"):
        return "".join(char for char in words if char not in _QUOTES)
    return words


def _join(pieces: Iterable[str]) -> str:
    """Join sentences; behind a lone quotation mark a new line begins, or it would pair with the next one."""
    joined = ""
    for piece in pieces:
        lone = joined.count('"') % 2 or joined.count("\u201c") != joined.count("\u201d")
        joined += ("\n" if lone else " ") + piece if joined else piece
    return joined
