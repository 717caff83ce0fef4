"""Finds the commands in an answer and says what each would do at worst.

By rule, without the model, and on the careful side: a line is as bad as its worst part, and what is not known counts as
a change.
"""

import re

from copilot.assistant.commands import CommandTable, shipped
from copilot.assistant.markdown import fences, inline_code
from copilot.assistant.rating import Rater
from copilot.assistant.shell import name_of, words
from copilot.domain.conversation import Command, CommandRisk
from copilot.support.i18n import tr
from copilot.support.text import clean

# What a shell shows before a command. Kept narrow: "C:\\x.exe /f > log" begins with a command, not with a prompt.
_FOLDER = r"[A-Za-z]:\\(?:[^<>:\"/|?*&;\n.-]|(?<!\s)-|\.(?!exe|com|bat|cmd|ps1|vbs))*(?<!\s)>"
_PROMPT = re.compile(
    rf"^\s*(?:PS(?:\s+{_FOLDER}|>)|{_FOLDER}|[\w.-]+@[\w.-]+(?::[~\w/.-]*)?[$#]\s|\$\s|>\s(?=[A-Za-z]))\s*",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"^\s*(#|::|//|rem\s|rem$|<!--)", re.IGNORECASE)
_GOES_ON = re.compile(r"(\\|\^|(?<=\s)`|\|)\s*$")

_PROSE = re.compile(r"^[A-Z][\w'’]*,?(\s+[\w'’()\"-]+[,;:]?){1,}\s*[.,:!?]?$|^[A-Z][\w'’ ,]*[.,:!?]$")


def find_commands(answer: str) -> tuple[Command, ...]:
    """Return the commands of an answer in Markdown, in order, each once.

    Taken are the lines of fenced code, and inline code that begins with a known command. Comments are not commands.
    """
    table = shipped()
    found: dict[str, Command] = {}
    places: list[tuple[int, str, str]] = []
    for fence in fences(answer):
        lines = (line for line in _joined(fence.text) if _is_command(line, fence.language, table))
        places += [(fence.start, line, fence.language) for line in lines]
    places += [(at, text, "") for at, text in inline_code(answer) if _is_inline_command(text, table)]
    for _, line, language in sorted(places, key=lambda place: place[0]):
        command = rate(line, language)
        found.setdefault(command.text, command)
    return tuple(found.values())


def rate(line: str, language: str = "") -> Command:
    """Return the command line with what it does at worst.

    Args:
        line: One command line, possibly with pipes, several commands and a shell's prompt in front.
        language: The language of the code block that it stands in; empty where it is not known.
    """
    text = _PROMPT.sub("", clean(line)).strip()
    if not text or _COMMENT.match(text):
        return Command(text, CommandRisk.READS, tr("a comment"))
    risk, why = Rater(shipped(), language.lower()).line(text, 0)
    return Command(text, risk, why)


def _joined(text: str) -> list[str]:
    lines: list[str] = []
    open_line = ""
    for line in text.split("\n"):
        going = _GOES_ON.search(line)
        kept = line[: going.start()] + (" | " if going[1] == "|" else " ") if going else line
        open_line += kept
        if not going:
            lines.append(open_line)
            open_line = ""
    return [line for line in [*lines, open_line] if line.strip() and not _COMMENT.match(line)]


def _is_command(line: str, language: str, table: CommandTable) -> bool:
    text = _PROMPT.sub("", line).strip()
    first = (words(text) or [""])[0]
    if language.lower() in table.data:
        return table.knows(name_of(first)) and first.lower() not in table.english
    if language or text != line.strip():
        return bool(text)
    return not (_PROSE.match(text) and not (table.knows(name_of(first)) and first == first.lower()))


def _is_inline_command(text: str, table: CommandTable) -> bool:
    first, *rest = words(_PROMPT.sub("", text)) or [""]
    name = name_of(first)
    return (
        table.knows(name) and (bool(rest) or name not in table.english) and not first.startswith((".", "["))
    )
