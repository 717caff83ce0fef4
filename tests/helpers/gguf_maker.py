"""Writes tiny GGUF files for tests: a real header, and weights that are zeros."""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

Value = bool | int | float | str | Sequence[int] | Sequence[str]

_TINY: Mapping[str, Value] = {
    "general.architecture": "llama",
    "general.name": "Tiny",
    "general.type": "model",
    "llama.context_length": 2048,
    "llama.block_count": 4,
    "llama.embedding_length": 256,
    "llama.attention.head_count": 8,
    "llama.attention.head_count_kv": 2,
    "tokenizer.ggml.tokens": ["<s>", "</s>", "a"],
    "tokenizer.chat_template": "{{ messages }}",
}


def gguf_bytes(
    metadata: Mapping[str, Value] | None = None,
    *,
    version: int = 3,
    weights: int = 256,
    fill: bytes = b"\0",
    alignment: int = 32,
) -> bytes:
    """Return a GGUF file with one F32 tensor of `weights` values.

    Args:
        metadata: Keys that are added to, or replace, those of a tiny llama.
        version: Version of the format.
        weights: Number of values.
        fill: The byte that the weights are made of; gives files of one size different hashes.
        alignment: Where the weights begin.
    """
    keys = {**_TINY, **(metadata or {})}
    header = b"GGUF" + struct.pack("<IQQ", version, 1, len(keys))
    header += b"".join(_text(key) + _typed(value) for key, value in keys.items())
    header += _text("token_embd.weight") + struct.pack("<IQIQ", 1, weights, 0, 0)
    return header + b"\0" * (-len(header) % alignment) + fill * (weights * 4)


def write_gguf(
    path: Path, metadata: Mapping[str, Value] | None = None, *, weights: int = 256, fill: bytes = b"\0"
) -> Path:
    """Write such a file and return its path."""
    path.write_bytes(gguf_bytes(metadata, weights=weights, fill=fill))
    return path


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _typed(value: Value) -> bytes:
    if isinstance(value, bool):
        return struct.pack("<I?", 7, value)
    if isinstance(value, int):
        return struct.pack("<II", 4, value)
    if isinstance(value, float):
        return struct.pack("<If", 6, value)
    if isinstance(value, str):
        return struct.pack("<I", 8) + _text(value)
    items = list(value)
    if items and isinstance(items[0], str):
        return struct.pack("<IIQ", 9, 8, len(items)) + b"".join(_text(str(item)) for item in items)
    return struct.pack("<IIQ", 9, 5, len(items)) + b"".join(struct.pack("<i", item) for item in items)
