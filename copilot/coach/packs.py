"""The rule packs: their schema, and reading them from a folder of YAML files."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
import yaml

from copilot.coach.context import SecretKind
from copilot.domain.coaching import Intent, Severity
from copilot.domain.evidence import EvidenceKind
from copilot.support.errors import KnownError
from copilot.support.i18n import tr
from copilot.support.yaml_files import load_yaml

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Words = tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=80)], ...]
PatternText = Annotated[str, msgspec.Meta(min_length=1, max_length=1500)]


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a pack; unknown fields are refused, so that a typing error cannot switch a rule off."""


class Dimension(Entry, frozen=True):
    """One fact a question may need, and how it is recognised.

    Attributes:
        id: Stable id, such as `error_text`.
        label: The word on the strip and before the slot of a rewrite.
        ask: What to ask the user, completing "ask the user: …".
        need: How much each intent needs it, 0 to 1; an intent that is not named does not.
        only_if: Phrases of which one must occur in the question or its evidence before it is needed at all.
        enough_words: A question this long counts as having it; 0 for never.
        slot: Whether a rewrite has a line for it.
        holds: Kinds of evidence that have it by their nature.
        may_hold: Kinds of evidence in which it is looked for.
        phrases: Literal phrases; see `matching.Phrases`.
        patterns: Regular expressions in lower case.
        note_patterns: More of them, for evidence of kind `note` only.
    """

    id: str
    label: str
    ask: str
    need: dict[Intent, Share]
    only_if: Words = ()
    enough_words: int = 0
    slot: bool = True
    holds: tuple[EvidenceKind, ...] = ()
    may_hold: tuple[EvidenceKind, ...] = ()
    phrases: Words = ()
    patterns: tuple[PatternText, ...] = ()
    note_patterns: tuple[PatternText, ...] = ()


class NeedsPack(Entry, frozen=True):
    """`needs.yaml`: the need table. `threshold` is the need from which a fact is on the strip."""

    threshold: Share
    dimensions: tuple[Dimension, ...]


class Gated(Entry, frozen=True):
    """Patterns that run only where one of the `gate` literals occurs."""

    patterns: tuple[PatternText, ...]
    gate: Words = ()


class IntentWords(Entry, frozen=True):
    """How one intent is recognised, and what a rewrite says for it.

    Attributes:
        intent: The intent.
        goal: The goal line where the question has none of its own.
        answer_as: The shape asked for where the question names none.
        words: How it is asked for; `@START@` stands for the beginning of a request.
    """

    intent: Intent
    goal: str
    answer_as: str
    words: tuple[Gated, ...] = ()


class IntentsPack(Entry, frozen=True):
    """`intents.yaml`: intents in the order in which they are tried; the last is the default.

    `asking` recognises a sentence that asks for something.
    """

    asking: tuple[PatternText, ...]
    intents: tuple[IntentWords, ...]


class Message(Entry, frozen=True):
    """What a rule says.

    Attributes:
        id: Rule id.
        severity: How it counts.
        weight: 0 to 1, order among findings of one severity.
        title: A few words; may hold `{name}` fields that the rule fills.
        why: One sentence.
        example: One good example from the trade.
    """

    id: str
    severity: Severity
    weight: Share
    title: str
    why: str
    example: str = ""


class RulesPack(Entry, frozen=True):
    """`rules.yaml`: the wording and rank of every rule."""

    rules: tuple[Message, ...]


class Vague(Entry, frozen=True):
    """Shells without content; `short` is the number of words below which they count."""

    short: int
    very_short: int
    phrases: tuple[PatternText, ...]


class Leading(Entry, frozen=True):
    """Questions that bring their answer; `causes` are the nouns that evidence may back."""

    gate: Words
    patterns: tuple[PatternText, ...]
    causes: Words


class Destructive(Entry, frozen=True):
    """Requests that destroy.

    Attributes:
        commands: Literal commands that destroy.
        requests: Verb and object.
        asked_by: What stands before a request in a question that only describes a fault.
        described_by: What stands before words that describe and do not request.
        covered: Phrases that show care: backup, test, rollback, scope.
        safe_tags: Ticket tags that show care.
    """

    commands: Gated
    requests: Gated
    asked_by: PatternText
    described_by: PatternText
    covered: Words
    safe_tags: Words


class System(Entry, frozen=True):
    """A family of operating systems; the pattern's group `v` is the version."""

    family: str
    gate: Words
    pattern: PatternText


class FaultsPack(Entry, frozen=True):
    """`faults.yaml`: what the rules on the text itself look for."""

    vague: Vague
    leading: Leading
    destructive: Destructive
    injection: Gated
    second_question: Gated
    systems: tuple[System, ...]
    role_mailboxes: Words


class Place(StrEnum):
    """Where a form is looked for, seen from a label such as "password"."""

    ANYWHERE = "anywhere"
    AFTER_LABEL = "after_label"  # right behind it
    NEAR_LABEL = "near_label"  # later in the same sentence
    BEFORE_LABEL = "before_label"  # right before it; the pattern ends with `$`


class ValueTest(StrEnum):
    """How sure the value itself must look; see `secret_values.passes`."""

    ANY = "any"
    PAIR = "pair"
    VALUE = "value"
    SHAPED = "shaped"
    STRONG = "strong"


class SecretRule(Entry, frozen=True):
    """One form of a secret; group `v` of the pattern is the secret.

    Attributes:
        rule: Rule id; its wording is in `rules.yaml`.
        kind: What it is masked as.
        place: Where the pattern is matched.
        pattern: Regular expression; `@NAME@` stands for the macro of that name.
        test: How the value is tested.
        gate: Literals in lower case of which one must occur, for a pattern that is matched anywhere.
        exact_case: Whether the pattern is matched on the text as written.
    """

    rule: str
    kind: SecretKind
    place: Place
    pattern: PatternText
    test: ValueTest
    gate: Words = ()
    exact_case: bool = False


class SecretsPack(Entry, frozen=True):
    """`secrets.yaml`.

    Attributes:
        label: What a password is called.
        label_gate: Literals of which one is part of every label.
        macros: Parts of patterns by name.
        not_secrets: Words that follow such a label without being a secret.
        products: Beginnings of names that look like a password with their version number.
        rules: The forms.
    """

    label: PatternText
    label_gate: Words
    macros: dict[str, PatternText]
    not_secrets: Words
    products: Words
    rules: tuple[SecretRule, ...]


_Pack = TypeVar("_Pack", bound=Entry)


def read_pack(folder: Path, name: str, schema: type[_Pack]) -> _Pack:
    """Read `folder/name` as `schema`.

    Raises:
        KnownError: The file is missing, no YAML, or breaks the schema; it names the file and the field.
    """
    path = folder / name
    try:
        return msgspec.convert(load_yaml(path.read_text(encoding="utf-8")), schema)
    except (OSError, UnicodeDecodeError) as error:
        raise _bad(name, str(error)) from error
    except yaml.YAMLError as error:
        raise _bad(name, " ".join(str(error).split())) from error
    except msgspec.ValidationError as error:
        raise _bad(name, str(error)) from error


def compile_all(file: str, field: str, patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """Compile the patterns of one field; `^` and `$` stand for line ends.

    Raises:
        KnownError: One is not a regular expression.
    """
    compiled = []
    for number, pattern in enumerate(patterns):
        try:
            compiled.append(re.compile(pattern, re.MULTILINE))
        except re.error as error:
            raise _bad(file, f"{error} - at `$.{field}[{number}]`") from error
    return tuple(compiled)


def bad_field(file: str, field: str, problem: str) -> KnownError:
    """Return the error for a field that the schema allows and the rules cannot use."""
    return _bad(file, f"{problem} - at `$.{field}`")


def _bad(file: str, problem: str) -> KnownError:
    return KnownError(
        tr("The coach's rule file {file} cannot be used: {problem}.").format(file=file, problem=problem),
        todo=tr("Mend the file, or put back the one that came with the program."),
    )
