"""Rules on the text itself: vague, leading, destructive, contradicting, talking to the model, two at once."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from copilot.coach.context import CoachContext
from copilot.coach.matching import Draft, Patterns, Phrases
from copilot.coach.packs import FaultsPack, Gated, bad_field, compile_all, read_pack
from copilot.domain.coaching import FactState, Intent
from copilot.domain.evidence import EvidenceKind
from copilot.domain.span import Span

FILE = "faults.yaml"
_LOOK_BACK = 80  # characters before a request that say whether it is one
_SPECIFIC = re.compile(r"\d|[\"\u201c\\]|\b[A-Z]{2,}-|\w\.\w")


@dataclass(frozen=True, slots=True)
class Fault:
    """What a rule found; `fields` fill the rule's title."""

    rule: str
    span: Span | None = None
    replacement: str = ""
    fields: tuple[tuple[str, str], ...] = ()


class Faults:
    """The rules, compiled once."""

    def __init__(self, pack: FaultsPack) -> None:
        self._pack = pack
        self._vague = Patterns(compile_all(FILE, "vague.phrases", pack.vague.phrases))
        causes = "|".join(re.escape(cause) for cause in sorted(pack.leading.causes, key=len, reverse=True))
        leading = tuple(pattern.replace("@CAUSE@", f"(?:{causes})") for pattern in pack.leading.patterns)
        self._leading = Patterns(compile_all(FILE, "leading.patterns", leading), pack.leading.gate)
        self._cause = re.compile(rf"\b(?:{causes})\b" if causes else r"(?!)")
        self._commands = _gated("destructive.commands", pack.destructive.commands)
        self._requests = _gated("destructive.requests", pack.destructive.requests)
        self._asked = compile_all(FILE, "destructive.asked_by", (pack.destructive.asked_by,))[0]
        self._described = compile_all(FILE, "destructive.described_by", (pack.destructive.described_by,))[0]
        self._covered = Phrases(pack.destructive.covered)
        self._injection = _gated("injection", pack.injection)
        self._second = _gated("second_question", pack.second_question)
        self._systems = tuple(
            (system, compile_all(FILE, f"systems[{number}].pattern", (system.pattern,))[0])
            for number, system in enumerate(pack.systems)
        )
        for number, (_, pattern) in enumerate(self._systems):
            if "v" not in pattern.groupindex:
                raise bad_field(FILE, f"systems[{number}].pattern", "the group `v` is missing")
        self._talks: dict[str, bool] = {}

    @classmethod
    def load(cls, folder: Path) -> "Faults":
        """Read `faults.yaml` in `folder`.

        Raises:
            KnownError: The file cannot be used.
        """
        return cls(read_pack(folder, FILE, FaultsPack))

    @property
    def role_mailboxes(self) -> tuple[str, ...]:
        """Names of shared mailboxes."""
        return self._pack.role_mailboxes

    def find(
        self, draft: Draft, intent: Intent, symptom: FactState | None, context: CoachContext
    ) -> Iterator[Fault]:
        """Yield the faults of a draft; `symptom` is None where the intent needs none."""
        if symptom is FactState.MISSING or (symptom is FactState.PRESENT and not context.earlier_turns):
            yield from self._find_vague(draft, symptom)
        yield from self._find_leading(draft, context)
        yield from self._find_destructive(draft, intent, context)
        yield from self._find_conflicts(draft, context)
        if span := self._injection.first(draft):
            yield Fault("injection.text", span)
        for item in context.evidence:
            if self._evidence_talks(item.text):
                yield Fault("injection.evidence", fields=(("label", item.label),))
        if span := self._second.first(draft):
            yield Fault("two_questions", span)

    def talks_to_model(self, text: str) -> bool:
        """Tell whether a text holds instructions to a model."""
        return self._injection.found(Draft(text))

    def _find_vague(self, draft: Draft, symptom: FactState) -> Iterator[Fault]:
        vague = self._pack.vague
        if draft.words == 0 or draft.words >= vague.short or _SPECIFIC.search(draft.text):
            return
        span = self._vague.first(draft)
        if span or (symptom is FactState.MISSING and draft.words < vague.very_short):
            yield Fault("vague", span)

    def _find_leading(self, draft: Draft, context: CoachContext) -> Iterator[Fault]:
        for span in self._leading.spans(draft):
            start = max((draft.lower.rfind(mark, 0, span.start) for mark in ".?!\n"), default=-1) + 1
            ends = [end for mark in "?!\n" if (end := draft.lower.find(mark, span.end)) >= 0]
            sentence = draft.lower[start : min(ends, default=len(draft.lower))]
            causes = {match[0] for match in self._cause.finditer(sentence)}
            if causes and self._backed(causes, context):
                continue
            yield Fault("leading", span)
            return

    @staticmethod
    def _backed(causes: set[str], context: CoachContext) -> bool:
        """Tell whether the evidence speaks of one of the causes."""
        texts = [item.text.lower() for item in context.evidence]
        return any(re.search(rf"\b{re.escape(cause)}\b", text) for cause in causes for text in texts)

    def _find_destructive(self, draft: Draft, intent: Intent, context: CoachContext) -> Iterator[Fault]:
        if self._covered.found(draft) or set(context.ticket.tags) & set(self._pack.destructive.safe_tags):
            return
        wants_action = intent in {Intent.COMMAND, Intent.HOW_TO}
        spans = [*self._commands.spans(draft), *self._requests.spans(draft)]
        for span in sorted(spans):
            first = max(0, span.start - _LOOK_BACK)
            if self._described.search(draft.lower, first, span.start):
                continue
            if wants_action or self._asked.search(draft.lower, first, span.start):
                yield Fault("destructive", span)
                return

    def _find_conflicts(self, draft: Draft, context: CoachContext) -> Iterator[Fault]:
        devices = [asset.os for asset in context.ticket.assets]
        devices += [item.text for item in context.evidence if item.kind is EvidenceKind.ASSET]
        for system, pattern in self._systems:
            if not any(word in draft.lower for word in system.gate):
                continue
            written = {match["v"] for match in pattern.finditer(draft.lower)}
            recorded = {
                match["v"]: device[match.start() : match.end()]
                for device in devices
                for match in pattern.finditer(Draft(device).lower)
            }
            # A question that names the device's version too compares the two or plans an upgrade.
            if not written or not recorded or written & recorded.keys() or self._names(draft, recorded):
                continue
            match = next(pattern.finditer(draft.lower))
            span = Span(*match.span())
            names = list(recorded.values())
            yield Fault(
                "conflict.environment",
                span,
                names[0] if len(names) == 1 else "",
                (("question", span.of(draft.text)), ("ticket", " / ".join(names))),
            )

    @staticmethod
    def _names(draft: Draft, recorded: dict[str, str]) -> bool:
        return any(f" {version} " in draft.padded for version in recorded)

    def _evidence_talks(self, text: str) -> bool:
        if text not in self._talks:
            if len(self._talks) >= 512:
                self._talks.clear()
            self._talks[text] = self._injection.found(Draft(text[:20_000]))
        return self._talks[text]


def _gated(field: str, entry: Gated) -> Patterns:
    return Patterns(compile_all(FILE, f"{field}.patterns", entry.patterns), entry.gate)
