"""What a command line does at worst, taken apart piece by piece."""

import base64
import binascii
import re

from copilot.assistant.commands import CommandTable, Verdict, worse
from copilot.assistant.shell import Line, name_of, take_apart, words
from copilot.domain.conversation import CommandRisk
from copilot.support.i18n import tr

_READS, _CHANGES, _DESTROYS = CommandRisk.READS, CommandRisk.CHANGES, CommandRisk.DESTROYS
_CMD = {"cmd", "bat", "batch", "dos"}
_SHELLS = {"bash", "sh", "zsh", "dash", "ksh", "fish", "csh", "tcsh"}
_POWERSHELLS = {"powershell", "pwsh"}
_EVALS = {"iex", "invoke-expression", "eval"}
_BLOCK_DEVICE = re.compile(r"^(/dev/(sd|hd|nvme|vd|disk|mapper|mmcblk|rdisk)|\\\\\.\\)", re.IGNORECASE)
_SYSTEM_FILE = re.compile(
    r"^(/etc/|/boot/|/usr/|/bin/|/lib|/sys/|/proc/|[a-z]:\\windows|%systemroot%|%windir%)", re.IGNORECASE
)
_METHOD = re.compile(r"(?:\.|::)([A-Za-z_]\w*)\s*\(")
_METHOD_READS = re.compile(
    r"(get\w*|to\w+|trim\w*|split|contains|startswith|endswith|substring|replace|indexof|join|format|parse|add(days|hours|minutes|seconds)|equals|isnullor\w+)$",
    re.IGNORECASE,
)
_METHOD_DESTROYS = re.compile(
    r"(delete\w*|kill|remove\w*|format|clear\w*|uninstall|shutdown|win32shutdown|terminate)$",
    re.IGNORECASE,
)
_ASSIGNMENT = re.compile(r"^\$[\w:.]+(\[[^\]]*\])?\s*[+-]?=\s*")
_IF_CMD = re.compile(
    r"^(?:/i\s+)?(?:not\s+)?(?:exist\s+\S+|defined\s+\S+|errorlevel\s+\d+|\S+\s*==\s*\S+)\s+", re.IGNORECASE
)
_DEEPEST = 6
_LONGEST = 4000  # characters
# What begins with a value, no command: variables, casts, numbers, members. ". file" runs a file, "[ -f x ]" is a test.
_VALUE = re.compile(r"[$@0-9,=<+-]|%\w|\.\w|\[\S|[A-Za-z_]\w*\s*=\s*\S*$")
_CALL = re.compile(r"(?<!&)&\s*[$(\[\"']")
_COMPARES = re.compile(r"\$[\w:.\[\]]+\s*(-[a-z]+\b.*|[-=|!+*/<>,].*|in\b.*)?$", re.IGNORECASE | re.DOTALL)


class Rater:
    """Rates command lines with one table, for one language."""

    def __init__(self, table: CommandTable, language: str) -> None:
        self._table = table
        self._language = language

    def line(self, text: str, depth: int) -> Verdict:
        """Return the verdict on a whole command line."""
        if depth > _DEEPEST or len(text) > _LONGEST:
            return _DESTROYS, tr("too long or too deeply nested to judge")
        single = self._language not in _CMD
        verdict = self._pieces(take_apart(text, single=single), depth)
        if '\\"' in text:  # it depends on the shell where the quote ends
            verdict = worse(verdict, self._pieces(take_apart(text, single=single, escapes=True), depth))
        return worse(verdict, _methods(text))

    def _pieces(self, line: Line, depth: int) -> Verdict:
        verdict: Verdict = (_READS, tr("only shows information"))
        first = True
        for part, piped in zip(line.parts, line.piped, strict=True):
            found = self._part(part, piped, depth)
            verdict = found if first else worse(verdict, found)
            first = False
        for target, added in line.targets:
            verdict = worse(verdict, _target(target, added))
        for text in line.inner:
            verdict = worse(verdict, self.line(text, depth + 1))
        return verdict

    def _part(self, part: str, piped: bool, depth: int) -> Verdict:
        if depth > _DEEPEST:
            return _DESTROYS, tr("too long or too deeply nested to judge")
        part = _ASSIGNMENT.sub("", part)
        while re.match(r"[A-Za-z_]\w*=\S*\s+\S", part):  # VARIABLE=value in front of a Unix command
            part = part.split(None, 1)[1]
        found = words(part)
        if not found or _VALUE.match(part):
            return self._expression(part)
        name, arguments = self._name(found, part)
        if name == "if" and (rest := _IF_CMD.sub("", arguments)) != arguments:
            return self._part(rest, False, depth + 1)
        if name in _SHELLS or name in _POWERSHELLS or name in _EVALS or name == "cmd":
            return self._interpreter(name, arguments, piped, depth)
        if (wrapper := self._table.wrappers.get(name)) is not None:
            return self._wrapped(found, wrapper.values, wrapper.skip, part, depth)
        if name == "find" and (ran := re.search(r"-(?:exec|execdir|ok|okdir)\s+(.*)", arguments)):
            return worse(self._part(ran[1], False, depth + 1), self._judge(name, arguments[: ran.start()]))
        return self._judge(name, arguments)

    def _name(self, found: list[str], part: str) -> tuple[str, str]:
        """Return the command's name and its arguments; `rd/s` is read as `rd /s`."""
        first = found[0]
        arguments = part.split(None, 1)[1] if len(part.split(None, 1)) > 1 else ""
        if part[0] in "\"'":
            arguments = " ".join(found[1:])
        glued = re.match(r"^([A-Za-z]+)(/.*|\.\..*|\\.*)$", first)
        if glued and self._table.knows(glued[1].lower()):
            return glued[1].lower(), f"{glued[2]} {arguments}".strip()
        return name_of(first), arguments

    def _judge(self, name: str, arguments: str) -> Verdict:
        if name.split(".")[0] in {"mkfs", "newfs", "fsck"}:  # mkfs.ext4
            name = name.split(".")[0]
        known = self._table.judge(name, arguments.strip())
        if known is None:
            return _CHANGES, tr("unknown command: treat as a change")
        if re.fullmatch(r"(--version|--help|/\?|-\?)", arguments.strip()):
            return _READS, tr("only shows help")
        if re.search(r"\s-whatif\b", f" {arguments}", re.IGNORECASE) and "-" in name:
            return _READS, tr("only says what it would do")
        return known

    def _wrapped(self, found: list[str], values: frozenset[str], skip: int, part: str, depth: int) -> Verdict:
        """Rate what a wrapper such as sudo runs; with nothing that is known, the worst known word counts."""
        if name_of(found[0]) == "su" and "-c" in found[:-1]:
            return self.line(found[found.index("-c") + 1], depth + 1)
        at = 1
        while at < len(found) and (
            found[at].startswith(("-", "\\\\")) or re.match(r"/[a-z]+(:\S*)?$|\w+=", found[at])
        ):
            at += 2 if found[at] in values else 1
        at += skip
        if at >= len(found):
            return (_READS, tr("only shows information")) if len(found) == 1 else self._worst_word(found[1:])
        rest = part
        for _ in range(at):
            rest = re.sub(r"""^(?:"[^"]*"?|'[^']*'?|[^\s"'])+\s*""", "", rest)
        name = name_of(found[at])
        if not rest or not (self._table.knows(name) or name.split(".")[0] == "mkfs"):
            inside = self.line(found[at], depth + 1) if " " in found[at] else self._worst_word(found[1:])
            return worse(inside, (_CHANGES, tr("unknown command: treat as a change")))
        return self._part(rest, False, depth + 1)

    def _worst_word(self, found: list[str]) -> Verdict:
        verdict: Verdict = (_CHANGES, tr("unknown command: treat as a change"))
        for at, word in enumerate(found):
            if (known := self._table.judge(name_of(word), " ".join(found[at + 1 :]))) is not None:
                verdict = worse(verdict, known)
        return verdict

    def _interpreter(self, name: str, arguments: str, piped: bool, depth: int) -> Verdict:
        hidden: Verdict = (_DESTROYS, tr("runs code that is not shown here"))
        found = words(arguments)
        if name in _EVALS:
            text = " ".join(found)
            return hidden if not text or "$" in text or piped else self.line(text, depth + 1)
        for at, word in enumerate(found):
            flag = word.lower()
            rest = " ".join(found[at + 1 :])
            if name in _POWERSHELLS and re.fullmatch(r"[-/]e(nc?\w*|c)?", flag):
                return self._encoded(rest, depth)
            if (name in _POWERSHELLS and re.fullmatch(r"[-/]c(o\w*)?", flag)) or (
                name == "cmd" and flag[:2] in {"/c", "/k"}
            ):
                return self.line(flag[2:] + " " + rest if name == "cmd" else rest, depth + 1)
            if name in _SHELLS and re.fullmatch(r"-[a-z]*c", flag) and rest:
                return worse(self.line(found[at + 1], depth + 1), self.line(rest, depth + 1))
        if piped:
            return hidden
        if name in _POWERSHELLS and found and not any(w.lower().startswith(("-f", "/f")) for w in found):
            plain = [word for word in found if not word.startswith("-")]
            if plain and self._table.knows(name_of(plain[0])):
                return self.line(" ".join(found[found.index(plain[0]) :]), depth + 1)
        return (
            (_CHANGES, tr("runs a script that is not shown here")) if found else (_READS, tr("opens a shell"))
        )

    def _encoded(self, text: str, depth: int) -> Verdict:
        """Rate PowerShell's -EncodedCommand: UTF-16 in base 64. Hiding a command is reason enough for a warning."""
        try:
            inside = base64.b64decode(text.strip(), validate=True).decode("utf-16-le")
        except (binascii.Error, ValueError):
            return _DESTROYS, tr("hides what it runs")
        verdict = self.line(inside, depth + 1)
        return worse((_CHANGES, tr("hides what it runs")), verdict)

    def _expression(self, part: str) -> Verdict:
        """Rate what begins with a value: harmless in itself, unless a variable stands where a command should."""
        found = words(part)
        if len(found) > 1 and part[0] in "$%" and not _COMPARES.match(part):
            return self._worst_word(found[1:])
        return _READS, tr("only works out a value")


def _methods(text: str) -> Verdict:
    verdict: Verdict = (_CHANGES, tr("calls what a value names")) if _CALL.search(text) else (_READS, "")
    if "$" not in text and "::" not in text and ")." not in text:
        return verdict
    for found in _METHOD.finditer(text):
        if _METHOD_DESTROYS.match(found[1]):
            return _DESTROYS, tr("deletes or ends something")
        if not _METHOD_READS.match(found[1]):
            verdict = _CHANGES, tr("calls a method: treat as a change")
    return verdict


def _target(target: str, added: bool) -> Verdict:
    if _BLOCK_DEVICE.match(target):
        return _DESTROYS, tr("overwrites a disk")
    if _SYSTEM_FILE.match(target) and not added:
        return _DESTROYS, tr("overwrites a file of the system")
    return _CHANGES, tr("adds to a file") if added else tr("overwrites a file")
