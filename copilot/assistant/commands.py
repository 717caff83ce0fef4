"""The table of what commands do, from `resources/assistant/commands.yaml`."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec
import yaml

from copilot.domain.conversation import CommandRisk
from copilot.support.errors import KnownError
from copilot.support.i18n import tr
from copilot.support.paths import resources
from copilot.support.yaml_files import load_yaml

_ORDER = [CommandRisk.READS, CommandRisk.CHANGES, CommandRisk.DESTROYS]
_CMDLET = re.compile(r"([a-z]+)-[a-z]\w*")

Verdict = tuple[CommandRisk, str]
"""A risk, and why in a few words."""


def worse(first: Verdict, second: Verdict) -> Verdict:
    """Return the worse of two verdicts, the first where they are equal."""
    return second if _ORDER.index(second[0]) > _ORDER.index(first[0]) else first


class _Rule(msgspec.Struct, forbid_unknown_fields=True):
    when: str
    risk: CommandRisk
    why: str


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    names: list[str]
    risk: CommandRisk
    why: str
    rules: list[_Rule] = []


class _Wrapper(msgspec.Struct, forbid_unknown_fields=True):
    names: list[str]
    values: list[str] = []
    skip: int = 0


class _File(msgspec.Struct, forbid_unknown_fields=True):
    wrappers: list[_Wrapper]
    verbs: dict[CommandRisk, list[str]]
    data: list[str]
    english: list[str]
    commands: list[_Entry]


@dataclass(frozen=True, slots=True)
class Wrapper:
    """A command that runs the one that follows it.

    Attributes:
        values: Its options that take a value.
        skip: How many words stand before the command that it runs.
    """

    values: frozenset[str]
    skip: int


@dataclass(frozen=True, slots=True)
class Known:
    """A command of the table."""

    base: Verdict
    rules: tuple[tuple[re.Pattern[str], Verdict], ...]

    def judge(self, arguments: str) -> Verdict:
        """Return the worst verdict of the rules that match, or the command's own where none does."""
        verdict: Verdict | None = None
        for pattern, found in self.rules:
            if pattern.search(arguments):
                verdict = found if verdict is None else worse(verdict, found)
        return verdict or self.base


@dataclass(frozen=True, slots=True)
class CommandTable:
    """What is known of commands; names are in lower case.

    Attributes:
        known: The commands.
        wrappers: Commands that run another one.
        verbs: What the verb of a PowerShell cmdlet tells.
        data: Languages of code blocks that hold no commands.
        english: Commands that are English words too.
    """

    known: dict[str, Known]
    wrappers: dict[str, Wrapper]
    verbs: dict[str, CommandRisk]
    data: frozenset[str]
    english: frozenset[str]

    def knows(self, name: str) -> bool:
        """Tell whether `name` is a command of the table, a wrapper or a cmdlet with a known verb."""
        return name in self.known or name in self.wrappers or self._verb(name) is not None

    def judge(self, name: str, arguments: str) -> Verdict | None:
        """Return what `name` does with `arguments`, or None where it is not known."""
        if (known := self.known.get(name)) is not None:
            worst, words = known.judge(arguments)
            return worst, tr(words)
        if (risk := self._verb(name)) is not None:
            why = {
                CommandRisk.READS: tr("only shows information"),
                CommandRisk.CHANGES: tr("changes the system"),
                CommandRisk.DESTROYS: tr("removes or resets something"),
            }
            return risk, why[risk]
        return None

    def _verb(self, name: str) -> CommandRisk | None:
        found = _CMDLET.fullmatch(name)
        return self.verbs.get(found[1]) if found else None


def load(path: Path) -> CommandTable:
    """Read a table.

    Raises:
        KnownError: The file is not a table; the message names the field.
    """
    try:
        table = msgspec.convert(load_yaml(path.read_text(encoding="utf-8")), _File)
        known = {
            name: Known(
                (e.risk, e.why), tuple((re.compile(r.when, re.IGNORECASE), (r.risk, r.why)) for r in e.rules)
            )
            for e in table.commands
            for name in e.names
        }
    except (msgspec.ValidationError, yaml.YAMLError, re.error) as error:
        raise KnownError(
            tr("The table of commands {name} cannot be read: {error}").format(name=path.name, error=error),
            todo=tr("Correct the file or install the program again."),
        ) from error
    wrappers = {name: Wrapper(frozenset(w.values), w.skip) for w in table.wrappers for name in w.names}
    verbs = {verb: risk for risk, names in table.verbs.items() for verb in names}
    return CommandTable(known, wrappers, verbs, frozenset(table.data), frozenset(table.english))


@cache
def shipped() -> CommandTable:
    """Return the table that the program ships; it is read once."""
    return load(resources() / "assistant" / "commands.yaml")
