"""Takes command lines of cmd, PowerShell and Unix shells apart. Never fails: what it cannot read stays as it is."""

import re
from dataclasses import dataclass

_HARMLESS_TARGET = re.compile(r"(&\d|&-|nul|\$null|/dev/(null|stdout|stderr|tty))$", re.IGNORECASE)
_REDIRECT = re.compile(r"(>>?)\|?\s*(&\d|&-|\"[^\"]*\"|'[^']*'|[^\s\"'|&;<>(){}]*)")
_BORDER = re.compile(r"\|\|?|&&?|[;\n(){}]|$")
_WORD = re.compile(r"""(?:"[^"]*"?|'[^']*'?|[^\s"'])+""")
# An apostrophe inside a word ("don't") opens nothing.
_SINGLE = re.compile(r"(?<!\w)'[^'\n]*'")
_DOUBLE = re.compile(r'"[^"]*"')
_DOUBLE_ESCAPED = re.compile(r'"(?:\\.|[^"\\])*"')


@dataclass(frozen=True, slots=True)
class Line:
    """A command line in pieces.

    Attributes:
        parts: The commands in it, in order, without redirects.
        piped: For each part, whether it reads what the one before it wrote.
        targets: Files that output goes to, each with whether it is only added to.
        inner: Texts of command substitutions, which are command lines of their own.
    """

    parts: tuple[str, ...]
    piped: tuple[bool, ...]
    targets: tuple[tuple[str, bool], ...]
    inner: tuple[str, ...]


def take_apart(text: str, *, single: bool = True, escapes: bool = False) -> Line:
    """Split `text` at unquoted pipes, `&`, `;`, line ends, brackets and braces.

    Args:
        text: The command line.
        single: Whether single quotes quote; in cmd they do not.
        escapes: Whether a backslash keeps a double quote from closing, as in Unix shells.
    """
    bare = _SINGLE.sub(_blank, text) if single else text
    inner = _substitutions(text, bare)
    bare = (_DOUBLE_ESCAPED if escapes else _DOUBLE).sub(_blank, bare)
    targets = []
    for found in _REDIRECT.finditer(bare):
        if bare[found.start() - 1 : found.start()] in {"-", "="}:
            continue  # an arrow, no redirect
        target = text[found.start(2) : found.end(2)].strip("\"'")
        if not _HARMLESS_TARGET.match(target):
            targets.append((target, found[1] == ">>"))
        blank = " " * (found.end() - found.start())
        text = text[: found.start()] + blank + text[found.end() :]
        bare = bare[: found.start()] + blank + bare[found.end() :]
    parts: list[str] = []
    piped: list[bool] = []
    start, pipe = 0, False
    for border in _BORDER.finditer(bare):
        if part := text[start : border.start()].strip():
            parts.append(part)
            piped.append(pipe)
            pipe = False
        start, pipe = border.end(), border[0] == "|" or (pipe and not border[0].strip("(){} \n"))
    return Line(tuple(parts), tuple(piped), tuple(targets), inner)


def words(part: str) -> list[str]:
    """Return the words of a single command; quotes group and are taken off."""
    return [unquote(word) for word in _WORD.findall(part)]


def unquote(word: str) -> str:
    """Return `word` without quotes; a backslash stays, since it parts folders on Windows."""
    if len(word) > 1 and word[0] == word[-1] and word[0] in "\"'":
        return word[1:-1]
    return word.replace('"', "").replace("'", "")


def name_of(word: str) -> str:
    """Return the plain name of a command word: no folder, no ending of a program, lower case, no escapes."""
    name = re.split(r"[\\/]", word.replace("^", "").replace("`", ""))[-1].lower()
    return re.sub(r"\.(exe|cmd|bat|com)$", "", name)


def _blank(found: re.Match[str]) -> str:
    return found[0][0] + "_" * (len(found[0]) - 2) + found[0][-1]


def _substitutions(text: str, bare: str) -> tuple[str, ...]:
    found = [text[m.start(1) : m.end(1)] for m in re.finditer(r"`([^`\n]+)`", bare)]
    end = 0
    for opened in re.finditer(r"\$\(", bare):
        if opened.start() < end:
            continue  # inside the one before, whose text is taken apart in its turn
        depth, end = 1, opened.end()
        while end < len(bare) and depth:
            depth += {"(": 1, ")": -1}.get(bare[end], 0)
            end += 1
        found.append(text[opened.end() : end - (depth == 0)])
    return tuple(found)
