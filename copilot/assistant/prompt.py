"""How a user message is written, and read again. Text from the ticket cannot leave its block.

A message is made of blocks between a line `<<<NAME` and a line `>>>`, and ends with the question and the labels to
cite. Runs of three angle brackets are replaced in everything that is put in, so the delimiters, and what a chat template
would take for its own control tokens, can only come from here.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from copilot.assistant.shorten import STANDARD_LIMIT, shorten, trouble_line
from copilot.assistant.tokens import estimate
from copilot.domain.evidence import Evidence
from copilot.domain.prompt import ChatMessage
from copilot.domain.ticket import Ticket
from copilot.support.paths import resources
from copilot.support.text import clean, one_line

_FIRST, _CHANGED = "Ticket:", "Ticket as it is now:"
_EVIDENCE, _NEW_EVIDENCE = "Evidence:", "New evidence:"
_KEYS = "Telling lines:"
_QUESTION = "Question: "
_CITE = "After each fact, write the label it comes from: "
_MOST_KEYS = 4
_NEAR_TOKENS = 150

_BLOCK = re.compile(r"^<<<([A-Z]*\d*)\n(.*?)\n>>>$", re.MULTILINE | re.DOTALL)
_BRACKETS = re.compile(r"<{3,}|>{3,}")
# Control tokens of the usual chat templates (ChatML, Llama, Mistral, Gemma), which a tokenizer may take for real.
_CONTROL = re.compile(
    r"<(\|[^<>|\n]{0,40}\|?|/?(?:s|bos|eos|pad|unk|start_of_turn|end_of_turn|think|tool_call|tool_response|tools)|<SYS>|</SYS>)>",
    re.IGNORECASE,
)
_INST = re.compile(r"\[(/?INST|/?SYSTEM_PROMPT|/?AVAILABLE_TOOLS|TOOL_CALLS)\]", re.IGNORECASE)
_LABEL = re.compile(r"\[(E\d+)\]")
_CITED = re.compile(rf"\n\n{_CITE}(?:\[E\d+\] ?)+$")


def system_text() -> str:
    """Return the system prompt that the program ships."""
    return (resources() / "assistant" / "system.md").read_text(encoding="utf-8").strip()


def system_version(text: str) -> str:
    """Return twelve hex digits that name this wording of the system prompt."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


def prompt_hash(messages: Sequence[ChatMessage]) -> str:
    """Return the SHA-256 of a whole prompt, hex; roles and borders of messages count."""
    whole = json.dumps([[m.role, m.content] for m in messages], ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(whole.encode("ascii")).hexdigest()


def flatten(messages: Sequence[ChatMessage]) -> str:
    """Return the messages as one text in which a longer prompt begins with the shorter one that it continues."""
    return "".join(f"<|{m.role}|>\n{m.content}<|end|>\n" for m in messages)


def defuse(text: str) -> str:
    """Return cleaned `text` that can neither close a block nor pass for a control token of a chat template."""
    text = _BRACKETS.sub(lambda m: ("‹" if m[0][0] == "<" else "›") * len(m[0]), clean(text))
    text = _CONTROL.sub(r"‹\1›", text).replace("<|", "‹|").replace("|>", "|›")
    return _INST.sub(r"(\1)", text)


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of evidence as it stands in a prompt; `text` includes the delimiters."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class UserMessage:
    """The parts of a user message.

    Attributes:
        first: Whether it opens the prompt.
        facts: Lines of the ticket's facts; empty where they were said before.
        blocks: Evidence that is sent with it.
        keys: Telling lines of the evidence, restated next to the question, as `(label, line)`.
        question: The question, defused.
        labels: Labels of all evidence in the prompt, named beside the question.
    """

    first: bool
    facts: str
    blocks: tuple[Block, ...]
    keys: tuple[tuple[str, str], ...]
    question: str
    labels: tuple[str, ...] = ()

    def render(self) -> str:
        """Return the message as it goes to the model."""
        parts = []
        if self.facts:
            parts.append(f"{_FIRST if self.first else _CHANGED}\n<<<TICKET\n{self.facts}\n>>>")
        if self.blocks:
            head = _EVIDENCE if self.first else _NEW_EVIDENCE
            parts.append("\n".join([head, *(block.text for block in self.blocks)]))
        if self.keys:
            lines = "\n".join(f"[{label}] {line}" for label, line in self.keys)
            parts.append(f"{_KEYS}\n<<<\n{lines}\n>>>")
        parts.append(_QUESTION + self.question)
        if self.labels:
            parts.append(_CITE + " ".join(f"[{label}]" for label in self.labels))
        return "\n\n".join(parts)


def parse(message: str) -> UserMessage:
    """Read a message that `UserMessage.render` wrote; any other text is all question."""
    facts, blocks, keys, end = "", [], [], 0
    for found in _BLOCK.finditer(message):
        name, body = found[1], found[2]
        if name == "TICKET":
            facts = body
        elif not name:  # nameless, since small models take a name there for a label to cite
            keys = [(k[1], line[k.end() + 1 :]) for line in body.split("\n") if (k := _LABEL.match(line))]
        else:
            blocks.append(Block(name, found[0]))
        end = found.end()
    question = message[end:].lstrip("\n").removeprefix(_QUESTION)
    labels: tuple[str, ...] = ()
    if cited := _CITED.search(question):
        question, labels = question[: cited.start()], tuple(_LABEL.findall(cited[0]))
    return UserMessage(
        message.startswith(_FIRST + "\n<<<"), facts, tuple(blocks), tuple(keys), question, labels
    )


def render_facts(ticket: Ticket) -> str:
    """Return the lines of the ticket's own fields; what was said and measured comes as evidence."""
    lines = [
        ("Title", ticket.title),
        ("Type", ticket.type.value),
        ("Priority", ticket.priority.value),
        ("Category", ticket.category),
        ("Service", ticket.service),
        ("Site", ticket.site),
        ("Requester", ticket.requester.name),
    ]
    return "\n".join(f"{name}: {_plain(value)}" for name, value in lines if value.strip())


def render_evidence(evidence: Evidence, limit: int = STANDARD_LIMIT) -> Block:
    """Return the evidence as a block of at most about `limit` tokens."""
    text = shorten(_LABEL.sub(r"(\1)", defuse(evidence.text)).strip(), limit)
    head = f"[{evidence.label}] {_plain(evidence.source)} ({evidence.kind.value.replace('_', ' ')}, {evidence.trust})"
    border = "\n" if "\n" in text else " "
    return Block(evidence.label, f"<<<{evidence.label}\n{head}:{border}{text}\n>>>")


def key_lines(evidence: Sequence[Evidence], near: Sequence[Block]) -> tuple[tuple[str, str], ...]:
    """Return up to four lines that tell of trouble, each from another piece of evidence.

    Short evidence right above the question (`near`) is not said twice. Of the rest, the first line of each is
    restated: small models answer better when the telling facts stand beside the question.
    """
    close = {block.label for block in near if estimate(block.text) <= _NEAR_TOKENS}
    far = [e for e in evidence if e.label not in close]
    found = ((e.label, trouble_line(_LABEL.sub(r"(\1)", defuse(e.text)))) for e in far)
    return tuple((label, line) for label, line in found if line)[:_MOST_KEYS]


def _plain(value: str) -> str:
    return _LABEL.sub(r"(\1)", defuse(one_line(value, 200)))
