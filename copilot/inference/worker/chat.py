"""Lays a conversation out as tokens by the model's own chat template.

Two promises beyond rendering the template:

* Append-only: an assistant message that this worker wrote goes back in as the very tokens that were sampled, and every
  message is tokenised for itself, so the prompt of the next turn begins with the whole prompt and answer of this one.
* No forged turns: control tokens are recognised in the template's own text only; `<|im_start|>` in a ticket stays text.
"""

import re
import secrets
from collections import OrderedDict
from collections.abc import Callable, Sequence

from copilot.domain.prompt import ChatMessage
from copilot.inference.worker.base import EngineError

_REMEMBERED = 64  # answers

Render = Callable[[list[dict[str, str]], bool], str]
TokenizeText = Callable[[str, bool], list[int]]


class PromptBuilder:
    """Builds prompts for one loaded model, and remembers the tokens of its answers."""

    def __init__(self, render: Render, tokenize: TokenizeText, bos: int | None) -> None:
        """Prepare.

        Args:
            render: Gives the template's text for messages and whether the answer begins at its end.
            tokenize: Gives the tokens of a text and whether control tokens in it are recognised.
            bos: The token that has to stand at the beginning, if the model wants one.
        """
        self._render = render
        self._tokenize = tokenize
        self._bos = bos
        self._answers: OrderedDict[str, tuple[int, ...]] = OrderedDict()

    def build(self, messages: Sequence[ChatMessage], continue_text: str = "") -> list[int]:
        """Return the tokens of the prompt, up to where the answer goes on.

        Raises:
            EngineError: The template refuses these messages.
        """
        tokens = self._layout(messages, answer_next=True)
        if continue_text:
            tokens += self._content(continue_text)
        if self._bos is not None and tokens[:1] != [self._bos]:
            tokens.insert(0, self._bos)
        return tokens

    def remember(self, text: str, tokens: Sequence[int]) -> None:
        """Keep the tokens of an answer, for when it comes back as a message."""
        if text.strip():
            self._answers[text.strip()] = tuple(tokens)
            self._answers.move_to_end(text.strip())
            if len(self._answers) > _REMEMBERED:
                self._answers.popitem(last=False)

    def continued(self, continue_text: str) -> list[int]:
        """Return the tokens that `build` appends for `continue_text`."""
        return self._content(continue_text) if continue_text else []

    def message_size(self, text: str) -> int:
        """Return what `text` costs as one more user message, in tokens."""
        before = [ChatMessage("user", "a"), ChatMessage("assistant", "b")]
        after = [*before, ChatMessage("user", text)]
        return len(self._layout(after, answer_next=False)) - len(self._layout(before, answer_next=False))

    def _content(self, text: str) -> list[int]:
        remembered = self._answers.get(text.strip())
        return list(remembered) if remembered is not None else self._tokenize(text, False)

    def _layout(self, messages: Sequence[ChatMessage], *, answer_next: bool) -> list[int]:
        # The template sees marks for contents; a mark is letters and digits, which no template trims or escapes.
        key = secrets.token_hex(8)
        marks = [{"role": each.role, "content": f"M{key}N{index}E"} for index, each in enumerate(messages)]
        contents = [each.content for each in messages]
        try:
            text = self._render(marks, answer_next)
        except Exception as error:
            merged = _without_system(marks)
            if merged is None:
                raise EngineError(
                    "template", f"The model's chat template refuses the messages: {error}"
                ) from error
            try:
                text = self._render(merged, answer_next)
            except Exception as again:
                raise EngineError(
                    "template", f"The model's chat template refuses the messages: {again}"
                ) from again
        tokens: list[int] = []
        for index, part in enumerate(re.split(f"M{key}N([0-9]+)E", text)):
            if index % 2:
                number = int(part)
                is_answer = messages[number].role == "assistant"
                content = contents[number]
                tokens += self._content(content) if is_answer else self._tokenize(content, False)
            elif part:
                tokens += self._tokenize(part, True)
        return tokens


def _without_system(marks: list[dict[str, str]]) -> list[dict[str, str]] | None:
    """Put the system message into the first user message, for templates that know no system role."""
    if len(marks) < 2 or marks[0]["role"] != "system":
        return None
    head, first, *rest = marks
    return [{"role": first["role"], "content": f"{head['content']}\n\n{first['content']}"}, *rest]
