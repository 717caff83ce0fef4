"""Finding secrets and masking them."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from pathlib import Path

from copilot.coach.context import Masked, SecretHit, SecretKind
from copilot.coach.matching import fold
from copilot.coach.packs import Place, SecretRule, SecretsPack, ValueTest, bad_field, read_pack
from copilot.coach.secret_values import MASK, ValueTests, trim
from copilot.domain.span import Span

FILE = "secrets.yaml"
_NEAR = re.compile(r"[^\n]{0,90}")
_SENTENCE_END = re.compile(r"[.!?;]\s")
_REACH_BACK = 110  # characters before a label
_REPEATED_FROM = 6  # a shorter secret may well be an ordinary word elsewhere


class Names:
    """Gives each value its mask; the same value always gets the same one."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._last: dict[str, int] = {}

    def reserve(self, text: str) -> None:
        """Never give out a mask that stands in `text` already."""
        for match in MASK.finditer(text):
            number = int(match[2][:6])
            self._last[match[1]] = max(self._last.get(match[1], 0), number)

    def of(self, value: str, kind: SecretKind) -> str:
        """Return the mask of `value`."""
        if value not in self._names:
            self._last[kind.value] = self._last.get(kind.value, 0) + 1
            self._names[value] = f"<{kind.value}_{self._last[kind.value]}>"
        return self._names[value]


class SecretFinder:
    """The secret rules, compiled once."""

    def __init__(self, pack: SecretsPack) -> None:
        self._tests = ValueTests(pack.not_secrets, pack.products)
        self._label = _compile(pack.label, "label", pack)
        self._label_gate = pack.label_gate
        self._rules = tuple(
            (rule, _compile(rule.pattern, f"rules[{number}].pattern", pack))
            for number, rule in enumerate(pack.rules)
        )
        for number, (_, pattern) in enumerate(self._rules):
            if "v" not in pattern.groupindex:
                raise bad_field(FILE, f"rules[{number}].pattern", "the group `v` is missing")
        self.rule_ids = frozenset(rule.rule for rule in pack.rules)

    @classmethod
    def load(cls, folder: Path) -> "SecretFinder":
        """Read `secrets.yaml` in `folder`.

        Raises:
            KnownError: The file cannot be used.
        """
        return cls(read_pack(folder, FILE, SecretsPack))

    def find(self, text: str) -> tuple[SecretHit, ...]:
        """Return the secrets in `text` in order, none overlapping another."""
        lower = fold(text)
        masks = [Span(*match.span()) for match in MASK.finditer(text)]
        # Where forms overlap, a pair tells best where the password begins; else the earlier and longer one holds.
        found = sorted(
            self._candidates(text, lower, masks),
            key=lambda item: (item[0], item[1].span.start, -item[1].span.end),
        )
        apart = _Apart()
        hits = [hit for _, hit in found if apart.add(hit.span)]
        return tuple(sorted(hits + list(_repeats(text, hits, masks))))

    def mask(self, text: str, names: Names | None = None) -> Masked:
        """Return `text` with every secret masked.

        Masking can bring a label and a value together, so it is repeated until nothing is found; each round
        takes characters away that are not part of a mask, so it ends.
        """
        names = names or Names()
        names.reserve(text)
        masked = text
        all_hits: list[SecretHit] = []
        origin: list[int] | None = None  # offset in `text` of each character of `masked`
        while hits := self.find(masked):
            if origin is None:
                origin = list(range(len(text) + 1))
            parts: list[str] = []
            offsets: list[int] = []
            done = 0
            for hit in hits:
                name = names.of(hit.span.of(masked), hit.kind)
                parts += [masked[done : hit.span.start], name]
                offsets += origin[done : hit.span.start] + [origin[hit.span.start]] * len(name)
                span = Span(origin[hit.span.start], origin[hit.span.end - 1] + 1)
                if masked is not text:  # a later round may widen what an earlier one found
                    all_hits = [other for other in all_hits if not other.span.overlaps(span)]
                all_hits.append(SecretHit(span, hit.rule, hit.kind))
                done = hit.span.end
            masked = "".join(parts) + masked[done:]
            origin = offsets + origin[done:]
        return Masked(masked, tuple(sorted(all_hits)))

    def _candidates(self, text: str, lower: str, masks: list[Span]) -> Iterator[tuple[bool, SecretHit]]:
        labels: list[tuple[int, int]] = []
        if any(word in lower for word in self._label_gate):
            labels = [match.span() for match in self._label.finditer(lower)]
        for rule, pattern in self._rules:
            if rule.place is not Place.ANYWHERE:
                matches = _around(labels, lower, rule.place, pattern)
            elif any(word in lower for word in rule.gate):
                matches = pattern.finditer(text if rule.exact_case else lower)
            else:
                continue
            for match in matches:
                if hit := self._hit(text, rule, Span(*match.span("v")), masks):
                    yield rule.test is not ValueTest.PAIR, hit

    def _hit(self, text: str, rule: SecretRule, span: Span, masks: list[Span]) -> SecretHit | None:
        span = trim(text, span)
        # A mask is never cut in two; they are in order and apart.
        for mask in masks[max(0, bisect_left(masks, span) - 1) : bisect_left(masks, Span(span.end, 0))]:
            if mask.overlaps(span):
                span = Span(min(mask.start, span.start), max(mask.end, span.end))
        if self._tests.passes(span.of(text), rule.test):
            return SecretHit(span, rule.rule, rule.kind)
        return None


def _around(
    labels: list[tuple[int, int]], lower: str, place: Place, pattern: re.Pattern[str]
) -> Iterator[re.Match[str]]:
    for start, end in labels:
        if place is Place.AFTER_LABEL:
            if match := pattern.match(lower, end):
                yield match
        elif place is Place.NEAR_LABEL:
            reach = _NEAR.match(lower, end)
            stop = reach.end() if reach else end
            if sentence := _SENTENCE_END.search(lower, end, stop):
                stop = sentence.start()
            yield from pattern.finditer(lower, end, stop)
        else:
            first = max(0, start - _REACH_BACK, lower.rfind("\n", 0, start) + 1)
            if match := pattern.search(lower, first, start):
                yield match


class _Apart:
    """Spans of which none overlaps another."""

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self._spans = sorted(spans)

    def add(self, span: Span) -> bool:
        """Take `span` in unless it overlaps one that is there."""
        at = bisect_left(self._spans, span)
        if any(span.overlaps(other) for other in self._spans[max(0, at - 1) : at + 1]):
            return False
        self._spans.insert(at, span)
        return True


def _repeats(text: str, hits: list[SecretHit], masks: list[Span]) -> Iterator[SecretHit]:
    """Yield further places of the same values, which stand there without any label."""
    free = _Apart([*(hit.span for hit in hits), *masks])
    seen: set[str] = set()
    for hit in hits:
        value = hit.span.of(text)
        if len(value) < _REPEATED_FROM or value in seen or "\n" in value:
            continue
        seen.add(value)
        at = text.find(value)
        while at >= 0:
            span = Span(at, at + len(value))
            if free.add(span):
                yield SecretHit(span, hit.rule, hit.kind)
            at = text.find(value, at + len(value))


def _compile(pattern: str, field: str, pack: SecretsPack) -> re.Pattern[str]:
    for name, part in pack.macros.items():
        pattern = pattern.replace(f"@{name}@", part)
    pattern = pattern.replace("@LABEL@", pack.label)
    try:
        return re.compile(pattern)
    except re.error as error:
        raise bad_field(FILE, field, str(error)) from error
