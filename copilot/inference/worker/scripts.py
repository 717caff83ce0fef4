"""The fake engine's scripts: what it says and how fast."""

import re
from dataclasses import dataclass

from copilot.inference.protocol import Generate

ENDLESS = 3600.0  # seconds
SIGNATURE = "*Written by the built-in fake engine, not by a model.*"

_LABEL = re.compile(r"\bE\d{1,4}\b")
_SENTENCE = (
    "the printer queue holds jobs that the spooler cannot finish so restart it on the host and watch whether "
    "new jobs leave before anything else is changed"
)


@dataclass(frozen=True, slots=True)
class Script:
    """How a script runs.

    Attributes:
        name: As given on the command line.
        token_seconds: Time from one token to the next.
        prompt_seconds: Time to read 64 tokens of prompt.
        ignores_limit: It says all it has to say, whatever `max_tokens` is.
    """

    name: str
    token_seconds: float
    prompt_seconds: float
    ignores_limit: bool = False


_SCRIPTS = (
    Script("default", 0.005, 0.01),
    Script("slow", 0.05, 0.1, ignores_limit=True),
    Script("fast", 0.005, 0.01, ignores_limit=True),
    Script("burst", 0.0, 0.0, ignores_limit=True),
    Script("crash", 0.005, 0.01),
    Script("exit", 0.005, 0.01),
    Script("hang", 0.005, 0.01),
    Script("garbage", 0.005, 0.01),
    Script("oom", 0.005, 0.01),
)


def script_named(name: str) -> Script:
    """Return the script called `name`.

    Raises:
        ValueError: There is none.
    """
    for script in _SCRIPTS:
        if script.name == name:
            return script
    known = ", ".join(script.name for script in _SCRIPTS)
    raise ValueError(f"no fake script {name!r}; there are {known}, or the path of a .jsonl transcript")


def answer_text(script: Script, request: Generate) -> str:
    """Return what the script says to `request`; the same request always gets the same answer."""
    match script.name:
        case "slow":
            return _long_text(1500)
        case "fast":
            return _long_markdown(2000 * 5)
        case "burst":
            return _long_markdown(16_000)
        case _:
            return _cited_answer(request)


def _cited_answer(request: Generate) -> str:
    """Answer from the evidence labels of the prompt, in the order in which they first appear."""
    text = "\n".join(message.content for message in request.messages if message.role != "assistant")
    labels = list(dict.fromkeys(_LABEL.findall(text)))[:3]
    if not labels:
        body = (
            "There is no evidence in this question yet, so no cause can be named.\n\n"
            "1. Note the exact error message and when it first appeared.\n"
            "2. Find out whether one person or several are affected.\n"
            "3. Add what you find as evidence and ask again.\n"
        )
    else:
        first, last = labels[0], labels[-1]
        body = (
            f"**Likely cause:** what {_cite(labels)} describe belongs together and began with the change "
            f"that {_cite([first])} reports.\n\n"
            f"1. Confirm {_cite([first])} on the affected computer.\n"
            f"2. Undo that change for one person and test again.\n"
            f"3. Compare the result with {_cite([last])}.\n\n"
            "If the test changes nothing, this cause is wrong: escalate with the evidence attached.\n"
        )
    return f"{body}\n{SIGNATURE}"


def _cite(labels: list[str]) -> str:
    return " ".join(f"[{label}]" for label in labels)


def _long_text(length: int) -> str:
    text = ""
    turn = 0
    while len(text) < length:
        text += f"{_sentence(turn)} "
        turn += 1
    return f"{text}\n\n{SIGNATURE}"


def _long_markdown(length: int) -> str:
    text = ""
    section = 0
    while len(text) < length:
        section += 1
        text += (
            f"## Step {section}\n\n{_sentence(section)} {_sentence(section + 3)}\n\n"
            f"- {_sentence(section + 5)}\n- **Check** {_sentence(section + 8)}\n\n"
            f"```powershell\nGet-Service Spooler | Select-Object Status\nGet-PrintJob -PrinterName 'P{section}'\n```\n\n"
        )
    return f"{text}{SIGNATURE}"


def _sentence(turn: int) -> str:
    words = _SENTENCE.split()
    start = turn % len(words)
    words = (words[start:] + words[:start])[:12]
    return f"{' '.join(words).capitalize()}."
