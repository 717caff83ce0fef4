"""Which facts a question needs, and where they are: in it, in the evidence that goes along, or nowhere."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from copilot.coach.context import CoachContext
from copilot.coach.matching import Draft, Matcher, Patterns, Phrases, fold
from copilot.coach.packs import Dimension, NeedsPack, bad_field, compile_all, read_pack
from copilot.domain.coaching import Fact, FactState, Intent
from copilot.domain.evidence import Evidence, EvidenceKind
from copilot.support.i18n import both, tr

FILE = "needs.yaml"
_EVIDENCE_LIMIT = 20_000  # characters of one piece of evidence that are read
_FRAGMENT = 160  # characters
_REMEMBERED = 512  # readings kept; evidence is immutable, so it is read once


@dataclass(frozen=True, slots=True)
class _Reading:
    """Dimensions found in a text, and dimensions that it makes needed."""

    holds: frozenset[str]
    calls_for: frozenset[str]


class _Compiled:
    def __init__(self, number: int, entry: Dimension) -> None:
        field = f"dimensions[{number}]"
        patterns = compile_all(FILE, f"{field}.patterns", entry.patterns)
        notes = compile_all(FILE, f"{field}.note_patterns", entry.note_patterns)
        heads = "|".join(re.escape(fold(label)) for label in both(entry.label))
        heading = re.compile(rf"(?m)^(?:{heads}):[ \t]*[^\s]")
        phrases = Phrases(entry.phrases)
        self.entry = entry
        self.patterns = Patterns(patterns)
        self.in_evidence = Matcher(phrases, Patterns(patterns))
        self.in_note = Matcher(phrases, Patterns(patterns + notes))
        self.in_question = Matcher(phrases, Patterns((heading, *patterns)))
        self.calls = Phrases(entry.only_if) if entry.only_if else None


class Needs:
    """The need table and its patterns, compiled once."""

    def __init__(self, pack: NeedsPack) -> None:
        ids = [entry.id for entry in pack.dimensions]
        if len(set(ids)) != len(ids):
            raise bad_field(FILE, "dimensions", "an id occurs twice")
        self._threshold = pack.threshold
        self._dimensions = tuple(_Compiled(number, entry) for number, entry in enumerate(pack.dimensions))
        self._by_id = {dimension.entry.id: dimension for dimension in self._dimensions}
        self._readings: dict[tuple[str, str], _Reading] = {}

    @classmethod
    def load(cls, folder: Path) -> "Needs":
        """Read `needs.yaml` in `folder`.

        Raises:
            KnownError: The file cannot be used.
        """
        return cls(read_pack(folder, FILE, NeedsPack))

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """The dimensions in the order of the strip."""
        return tuple(dimension.entry for dimension in self._dimensions)

    def facts(self, draft: Draft, intent: Intent, context: CoachContext) -> tuple[Fact, ...]:
        """Return the facts that `intent` needs, in the order of the strip.

        A fact of an earlier question of the conversation counts as being in the question.
        """
        needed = tuple(
            item for item in self._dimensions if item.entry.need.get(intent, 0.0) >= self._threshold
        )
        question = self._read_question(draft, needed)
        earlier = [self._read_earlier(turn) for turn in context.earlier_turns]
        evidence = [(item, self._read_evidence(item)) for item in context.evidence]
        called = question.calls_for.union(
            *(reading.calls_for for reading in earlier), *(reading.calls_for for _, reading in evidence)
        )
        present = question.holds.union(*(reading.holds for reading in earlier))
        facts = []
        for dimension in needed:
            entry = dimension.entry
            if dimension.calls and entry.id not in called | present:
                continue
            holding = [item for item, reading in evidence if entry.id in reading.holds]
            # What holds such facts by its nature (a note what was tried, a record the machine) tells them best.
            kinds = {*entry.holds, EvidenceKind.NOTE} if entry.note_patterns else set(entry.holds)
            best = next((item for item in holding if item.kind in kinds), None)
            source = best.label if best else holding[0].label if holding else ""
            state = FactState.IN_TICKET if source else FactState.MISSING
            if entry.id in present:
                state, source = FactState.PRESENT, ""
            facts.append(Fact(entry.id, tr(entry.label), state, source, entry.need[intent]))
        return tuple(facts)

    def dimensions_in(self, sentence: str) -> frozenset[str]:
        """Return the dimensions that one sentence speaks to."""
        draft = Draft(sentence)
        return frozenset(
            dimension.entry.id for dimension in self._dimensions if dimension.in_question.found(draft)
        )

    def fragments(self, dimension: str, text: str) -> tuple[str, ...]:
        """Return the words of `text` that a pattern of the dimension covers, whole words, at most three."""
        compiled = self._by_id[dimension]
        found: list[str] = []
        for span in compiled.patterns.spans(Draft(text)):
            start, end = span.start, span.end
            while start > 0 and not text[start - 1].isspace():
                start -= 1
            while end < len(text) and not text[end].isspace():
                end += 1
            words = text[start:end].strip(" \t.,;:()?!")
            if words and len(words) <= _FRAGMENT and not any(words in other for other in found):
                found.append(words)
        return tuple(found[:3])

    def telling_line(self, dimension: str, lines: list[str], kind: EvidenceKind) -> str:
        """Return the first line of evidence that has the fact in its words; empty where none has."""
        compiled = self._by_id[dimension]
        matchers = [compiled.in_evidence] + ([compiled.in_note] if kind is EvidenceKind.NOTE else [])
        return next((line for found in matchers for line in lines if found.found(Draft(line))), "")

    @staticmethod
    def _read_question(draft: Draft, dimensions: tuple[_Compiled, ...]) -> _Reading:
        holds = set()
        calls = set()
        for dimension in dimensions:
            entry = dimension.entry
            if 0 < entry.enough_words <= draft.words or dimension.in_question.found(draft):
                holds.add(entry.id)
            if dimension.calls and dimension.calls.found(draft):
                calls.add(entry.id)
        return _Reading(frozenset(holds), frozenset(calls))

    def _read_earlier(self, text: str) -> _Reading:
        return self._remember(
            ("", text), lambda: self._read_question(Draft(text[:_EVIDENCE_LIMIT]), self._dimensions)
        )

    def _read_evidence(self, item: Evidence) -> _Reading:
        return self._remember((item.kind.value, item.text), lambda: self._read_new_evidence(item))

    def _read_new_evidence(self, item: Evidence) -> _Reading:
        draft = Draft(item.text[:_EVIDENCE_LIMIT])
        holds = set()
        calls = set()
        for dimension in self._dimensions:
            entry = dimension.entry
            matcher = dimension.in_note if item.kind is EvidenceKind.NOTE else dimension.in_evidence
            if item.kind in entry.holds or (item.kind in entry.may_hold and matcher.found(draft)):
                holds.add(entry.id)
            if item.kind in entry.may_hold and dimension.calls and dimension.calls.found(draft):
                calls.add(entry.id)
        return _Reading(frozenset(holds), frozenset(calls))

    def _remember(self, key: tuple[str, str], read: Callable[[], _Reading]) -> _Reading:
        reading = self._readings.get(key)
        if reading is None:
            if len(self._readings) >= _REMEMBERED:
                self._readings.clear()
            reading = self._readings[key] = read()
        return reading
