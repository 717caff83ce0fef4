"""Counting tokens, exactly where a model is loaded and by estimate where none is."""

import math
import re
from collections.abc import Sequence
from typing import Protocol

_WORDS = re.compile(r"[A-Za-z]+")
_LETTERS_PER_TOKEN = 6.0
_DIGIT, _SYMBOL, _NEWLINE, _OTHER = 1.0, 0.75, 1.0, 0.8


class TokenCounter(Protocol):
    """Says how many tokens texts take."""

    @property
    def exact(self) -> bool:
        """Whether a model's own tokenizer counts."""
        ...

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text, in the order given."""
        ...


class EstimateCounter:
    """An estimate without a model: about one token for 3.6 characters of English.

    Words cost one token for every six letters begun (a leading space belongs to its word), digits one each, as in
    the tokenizers of the Qwen and Llama families, other symbols somewhat less than one.
    """

    @property
    def exact(self) -> bool:
        """Always False: figures made from it are marked ≈."""
        return False

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return an estimate for each text, in tokens."""
        return [estimate(text) for text in texts]


def estimate(text: str) -> int:
    """Return about how many tokens `text` takes; the same text gives the same number everywhere."""
    words = _WORDS.findall(text)
    tokens = float(sum(math.ceil(len(word) / _LETTERS_PER_TOKEN) for word in words))
    for character in _WORDS.sub("", text):
        if character == "\n":
            tokens += _NEWLINE
        elif character.isspace():
            continue
        elif character.isdigit():
            tokens += _DIGIT
        else:
            tokens += _SYMBOL if character.isascii() else _OTHER
    return math.ceil(tokens)
