"""The coach: examines a drafted question against the evidence that goes along with it."""

from collections.abc import Iterator
from pathlib import Path

from copilot.coach.context import CoachContext, Masked, Rewrite, SecretHit
from copilot.coach.faults import Fault, Faults
from copilot.coach.intents import Intents
from copilot.coach.matching import Draft
from copilot.coach.needs import Needs
from copilot.coach.packs import Message, RulesPack, bad_field, read_pack
from copilot.coach.personal import find_personal, is_somebody_else
from copilot.coach.rewrite import Rewriter
from copilot.coach.secret_finder import Names, SecretFinder
from copilot.domain.coaching import CoachReport, Fact, FactState, Finding, Intent, Severity
from copilot.domain.span import Span
from copilot.support.i18n import tr

PASS_LIMIT = 4_000  # characters; what is longer is a pasted log, and one pass must stay within a keystroke

_RULES_FILE = "rules.yaml"
_RANK = {Severity.BLOCK: 0, Severity.ASK: 1, Severity.HINT: 2}
_FAULT_RULES = frozenset(
    {
        "conflict.environment",
        "destructive",
        "injection.evidence",
        "injection.text",
        "leading",
        "personal_data",
        "two_questions",
        "vague",
    }
)


class Coach:
    """Judges a question by rules alone: the same text and context always give the same report."""

    def __init__(
        self, needs: Needs, intents: Intents, faults: Faults, finder: SecretFinder, rules: RulesPack
    ) -> None:
        self._needs = needs
        self._intents = intents
        self._faults = faults
        self._finder = finder
        self._messages = {message.id: message for message in rules.rules}
        self._rewriter = Rewriter(needs, intents, faults, finder)
        wanted = _FAULT_RULES | finder.rule_ids | {f"missing.{entry.id}" for entry in needs.dimensions}
        if lacking := sorted(wanted - self._messages.keys()):
            raise bad_field(_RULES_FILE, "rules", f"no wording for {', '.join(lacking)}")

    @classmethod
    def load(cls, folder: Path) -> "Coach":
        """Read the rule packs in `folder`: needs, intents, faults, secrets and rules, each a YAML file.

        Raises:
            KnownError: A file cannot be used; it names the file and the field.
        """
        return cls(
            Needs.load(folder),
            Intents.load(folder),
            Faults.load(folder),
            SecretFinder.load(folder),
            read_pack(folder, _RULES_FILE, RulesPack),
        )

    def examine(self, text: str, context: CoachContext) -> CoachReport:
        """Judge a draft.

        Secrets are looked for in the whole text, everything else in its first `PASS_LIMIT` characters.
        Placeholders that a rewrite left for the user count as nothing.
        """
        draft, intent, facts = self._read(text, context)
        ranked = list(self._secrets(text))
        if draft.words:
            ranked += self._personal(draft.text, context)
            ranked += self._faults_of(draft, intent, facts, context)
            vague = any(finding.rule == "vague" for _, finding in ranked)
            ranked += self._missing(facts, vague)
        ranked.sort(key=lambda item: (_RANK[item[1].severity], -item[0]))
        findings = tuple(finding for _, finding in ranked)
        ready = (
            draft.words > 0
            and all(fact.state is not FactState.MISSING for fact in facts)
            and not any(finding.severity in (Severity.BLOCK, Severity.ASK) for finding in findings)
        )
        return CoachReport(intent, findings, facts, ready)

    def improve(self, text: str, context: CoachContext) -> Rewrite:
        """Lay the question out in slots, with its secrets masked."""
        _, intent, facts = self._read(text, context)
        return self._rewriter.rewrite(text, context, intent, facts)

    def mask(self, text: str) -> Masked:
        """Replace each secret by `<PASSWORD_1>`, `<TOKEN_1>` or `<KEY_1>`; the same value by the same mask."""
        return self._finder.mask(text)

    def find_secrets(self, text: str) -> tuple[SecretHit, ...]:
        """Return the secrets in `text`, in order."""
        return self._finder.find(text)

    def _read(self, text: str, context: CoachContext) -> tuple[Draft, Intent, tuple[Fact, ...]]:
        request, case = self._rewriter.without_template(text[:PASS_LIMIT])
        draft = Draft(case)
        intent = self._intents.of(draft if request == case else Draft(request))
        return draft, intent, self._needs.facts(draft, intent, context)

    def _secrets(self, text: str) -> Iterator[tuple[float, Finding]]:
        names = Names()
        names.reserve(text)
        for hit in self._finder.find(text):
            mask = names.of(hit.span.of(text), hit.kind)
            yield self._finding(hit.rule, hit.span, mask)

    def _personal(self, text: str, context: CoachContext) -> Iterator[tuple[float, Finding]]:
        numbers: dict[str, int] = {}
        for data in find_personal(text):
            if is_somebody_else(text, data, context.ticket.requester, self._faults.role_mailboxes):
                numbers[data.kind] = numbers.get(data.kind, 0) + 1
                yield self._finding("personal_data", data.span, f"<{data.kind}_{numbers[data.kind]}>")

    def _faults_of(
        self, draft: Draft, intent: Intent, facts: tuple[Fact, ...], context: CoachContext
    ) -> Iterator[tuple[float, Finding]]:
        symptom = next((fact.state for fact in facts if fact.dimension == "symptom"), None)
        for fault in self._faults.find(draft, intent, symptom, context):
            yield self._finding_of(fault)

    def _missing(self, facts: tuple[Fact, ...], vague: bool) -> Iterator[tuple[float, Finding]]:
        for fact in facts:
            if fact.state is FactState.MISSING and not (vague and fact.dimension == "symptom"):
                weight, finding = self._finding(f"missing.{fact.dimension}")
                yield weight * fact.need, finding

    def _finding_of(self, fault: Fault) -> tuple[float, Finding]:
        return self._finding(fault.rule, fault.span, fault.replacement, dict(fault.fields))

    def _finding(
        self, rule: str, span: Span | None = None, replacement: str = "", fields: dict[str, str] | None = None
    ) -> tuple[float, Finding]:
        message: Message = self._messages[rule]
        title = tr(message.title)
        for name, value in (fields or {}).items():  # no str.format: the values are text from outside
            title = title.replace(f"{{{name}}}", value)
        return message.weight, Finding(
            rule, message.severity, title, tr(message.why), tr(message.example), span, replacement
        )
