"""What the technician wants of the model, read from verbs and their places."""

import re
from dataclasses import dataclass
from pathlib import Path

from copilot.coach.matching import Draft, Patterns
from copilot.coach.packs import IntentsPack, IntentWords, bad_field, compile_all, read_pack
from copilot.domain.coaching import Intent

FILE = "intents.yaml"
_START = (
    r"(?:(?:^|[.!?:\n]\s*)\W*(?:and |then |now |so |next |ok |hi |hello |thanks )*"
    r"|\b(?:please|can you|could you|would you|will you|i need you to|i want you to|help me(?: to)?|let's|just|i need to) )"
)


@dataclass(frozen=True, slots=True)
class _Rule:
    intent: Intent
    goal: str
    answer_as: str
    words: tuple[Patterns, ...]


class Intents:
    """The intent patterns, compiled once."""

    def __init__(self, pack: IntentsPack) -> None:
        named = {entry.intent for entry in pack.intents}
        if len(named) != len(pack.intents) or named != set(Intent):
            raise bad_field(FILE, "intents", "each intent must be there exactly once")
        self._rules = tuple(
            _Rule(entry.intent, entry.goal, entry.answer_as, _words(number, entry))
            for number, entry in enumerate(pack.intents)
        )
        self._asking = Patterns(compile_all(FILE, "asking", pack.asking))

    @classmethod
    def load(cls, folder: Path) -> "Intents":
        """Read `intents.yaml` in `folder`.

        Raises:
            KnownError: The file cannot be used.
        """
        return cls(read_pack(folder, FILE, IntentsPack))

    def of(self, draft: Draft) -> Intent:
        """Return the first intent whose patterns occur, or the default."""
        for rule in self._rules:
            if any(words.found(draft) for words in rule.words):
                return rule.intent
        return self._rules[-1].intent

    def asks(self, sentence: str) -> bool:
        """Tell whether a sentence asks for something."""
        return self._asking.found(Draft(sentence))

    def goal(self, intent: Intent) -> str:
        """Return the goal line for questions that have none."""
        return self._rule(intent).goal

    def answer_as(self, intent: Intent) -> str:
        """Return the shape of answer for questions that name none."""
        return self._rule(intent).answer_as

    def _rule(self, intent: Intent) -> _Rule:
        return next(rule for rule in self._rules if rule.intent is intent)


def _words(number: int, entry: IntentWords) -> tuple[Patterns, ...]:
    groups = []
    for place, group in enumerate(entry.words):
        field = f"intents[{number}].words[{place}].patterns"
        patterns = tuple(pattern.replace("@START@", _START) for pattern in group.patterns)
        groups.append(Patterns(compile_all(FILE, field, patterns), group.gate))
    return tuple(groups)


def split_sentences(text: str) -> list[str]:
    """Return the sentences of `text`, none empty; a quotation on one line is never cut."""
    parts = (part.strip() for line in text.split("\n") for part in _SENTENCE.findall(line))
    return [part for part in parts if part]


_SENTENCE = re.compile(
    r'(?:"[^"]*"|\u201c[^\u201d]*\u201d|[^.!?"\u201c]|[.!?](?![.!?]*(?:\s|$))|["\u201c])+[.!?]*|[.!?]+'
)
