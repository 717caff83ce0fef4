"""Reads the header of a GGUF file in Python, before any native code sees the file.

Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, versions 2 and 3. Every length is checked against
the size of the file and a cap before anything of that length is read, so that a hostile file costs little memory.
"""

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from copilot.support.errors import KnownError
from copilot.support.i18n import tr

Scalar = bool | int | float | str
_MAX_KEYS = 10_000
_MAX_TENSORS = 100_000
_MAX_KEY_BYTES = 65_535
_MAX_STRING_BYTES = 1 << 20  # the longest real one is a chat template of some 10 KB
_MAX_KEPT_ITEMS = 1_024  # arrays by layer; the vocabulary is passed over
_MAX_ITEMS = 10_000_000
_MAX_HEADER_BYTES = 64 << 20  # real ones have up to 15 MB

_STRING, _ARRAY = 8, 9
_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}

# ggml type: (weights a block, bytes a block), from ggml.c.
_BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 36),
    10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292),
    16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82),
    23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2),
    34: (256, 54), 35: (256, 66), 39: (32, 17),
}  # fmt: skip

# Architectures with a state that cannot be cut back, so that a changed prompt is read from the start.
_RECURRENT = frozenset({
    "arwkv7", "falcon-h1", "granitehybrid", "jamba", "kimi-linear", "lfm2", "lfm2moe", "mamba", "mamba2",
    "nemotron_h", "nemotron_h_moe", "plamo2", "qwen3next", "qwen35", "qwen35moe", "rwkv6", "rwkv6qwen2", "rwkv7",
})  # fmt: skip


class NotGgufError(KnownError):
    """The file is no GGUF model that this program can use."""


class TruncatedError(KnownError):
    """The file ends before its header or its weights do."""


@dataclass(frozen=True)
class GgufInfo:
    """What the header of a model file says.

    Attributes:
        version: Version of the format.
        architecture: Family of the model, such as `qwen2`.
        name: The model's own name, or empty.
        context_length: Tokens it was trained for; 0 where it does not say.
        block_count: Number of layers.
        head_count_kv: KV heads of each layer.
        key_length: Length of a key of one head.
        value_length: Length of a value of one head.
        embedding_length: Width of the model.
        sliding_window: Tokens that a layer with limited attention sees; 0 for none.
        has_recurrent: Whether it holds a state that cannot be cut back.
        chat_template: The Jinja template in the file, or empty.
        file_bytes: Size of the file.
        expected_bytes: Size that the weights need.
        metadata: The header's scalar values.
    """

    version: int
    architecture: str
    name: str
    context_length: int
    block_count: int
    head_count_kv: tuple[int, ...]
    key_length: int
    value_length: int
    embedding_length: int
    sliding_window: int
    has_recurrent: bool
    chat_template: str
    file_bytes: int
    expected_bytes: int
    metadata: Mapping[str, Scalar] = field(repr=False)

    @property
    def kv_bytes_per_token(self) -> int:
        """Bytes of 16-bit KV cache a token: KV heads of all layers x (key + value length) x 2."""
        return sum(self.head_count_kv) * (self.key_length + self.value_length) * 2

    @property
    def slow_follow_ups(self) -> bool:
        """Whether a follow-up question is likely to read the whole prompt again."""
        return self.has_recurrent or 0 < self.sliding_window < self.context_length


def inspect(path: Path) -> GgufInfo:
    """Read the header of `path`; the weights are not touched.

    Raises:
        NotGgufError: It is no GGUF model, or one of a kind that cannot be used.
        TruncatedError: The file is shorter than its header says.
        KnownError: The file cannot be read.
    """
    try:
        size = path.stat().st_size
        with path.open("rb", buffering=1 << 20) as file:
            return _read(_Reader(file, size, path.name))
    except OSError as error:
        raise KnownError(
            tr("{file} cannot be read: {problem}.").format(file=path.name, problem=error.strerror or error)
        ) from error


class _Reader:
    """Little-endian values from a file whose lengths are not to be trusted."""

    def __init__(self, file: BinaryIO, size: int, name: str) -> None:
        self.size = size
        self.name = name
        self._file = file
        self._at = 0

    @property
    def at(self) -> int:
        return self._at

    def take(self, length: int) -> bytes:
        self._advance(length)
        data = self._file.read(length)
        if len(data) != length:
            raise self.truncated()
        return data

    def skip(self, length: int) -> None:
        self._advance(length)
        self._file.seek(length, 1)

    def number(self, code: str) -> int:
        value: int = struct.unpack(f"<{code}", self.take(struct.calcsize(code)))[0]
        return value

    def count(self, most: int) -> int:
        value = self.number("Q")
        if value > most:
            raise self.broken()
        return value

    def text(self, most: int) -> str:
        return self.take(self.count(most)).decode("utf-8", "replace")

    def skip_texts(self, number: int) -> None:
        """Pass over the vocabulary: some 300,000 strings, hence without a call for each."""
        read, seek, at = self._file.read, self._file.seek, self._at
        for _ in range(number):
            length = int.from_bytes(read(8), "little")
            at += 8 + length
            if at > self.size or at > _MAX_HEADER_BYTES:
                break
            seek(length, 1)
        self._at = 0
        self._advance(at)

    def broken(self) -> NotGgufError:
        return NotGgufError(
            tr("The header of {file} is damaged or not a model's.").format(file=self.name),
            todo=tr("Fetch the file again from its publisher."),
        )

    def truncated(self) -> TruncatedError:
        return TruncatedError(
            tr("{file} ends too early: the header goes on after its {size:,} bytes.").format(
                file=self.name, size=self.size
            ),
            todo=tr("Fetch the file again: the download or copy was cut off."),
        )

    def _advance(self, length: int) -> None:
        self._at += length
        if self._at > self.size:
            raise self.truncated()
        if self._at > _MAX_HEADER_BYTES:
            raise self.broken()


def _read(reader: _Reader) -> GgufInfo:
    if reader.size < 4 or reader.take(4) != b"GGUF":
        raise NotGgufError(
            tr("{file} is not a GGUF file.").format(file=reader.name),
            todo=tr("Choose a model file whose name ends in .gguf."),
        )
    version = reader.number("I")
    if version not in (2, 3):
        # A big-endian file shows its version in the upper bytes.
        raise NotGgufError(
            tr("{file} has GGUF version {version}; this program reads 2 and 3, little-endian.").format(
                file=reader.name, version=version
            ),
            todo=tr("Fetch a newer file of the same model."),
        )
    tensors = reader.count(_MAX_TENSORS)
    scalars: dict[str, Scalar] = {}
    arrays: dict[str, tuple[int, ...]] = {}
    for _ in range(reader.count(_MAX_KEYS)):
        key = reader.text(_MAX_KEY_BYTES)
        kind = reader.number("I")
        if kind == _ARRAY:
            arrays[key] = _array(reader)
        else:
            scalars[key] = _scalar(reader, kind)
    return _info(reader, version, scalars, arrays, _weights_end(reader, tensors, scalars))


def _scalar(reader: _Reader, kind: int) -> Scalar:
    if kind == _STRING:
        return reader.text(_MAX_STRING_BYTES)
    code = _SCALARS.get(kind)
    if code is None:
        raise reader.broken()
    value: Scalar = struct.unpack(f"<{code}", reader.take(struct.calcsize(code)))[0]
    return value


def _array(reader: _Reader) -> tuple[int, ...]:
    """Return a short array of whole numbers; pass over any other."""
    kind = reader.number("I")
    length = reader.count(_MAX_ITEMS)
    if kind == _STRING:
        reader.skip_texts(length)
        return ()
    code = _SCALARS.get(kind)
    if code is None:  # arrays of arrays are allowed by the format and used by no model
        raise reader.broken()
    width = struct.calcsize(code)
    if length > _MAX_KEPT_ITEMS or code in "fd":
        reader.skip(length * width)
        return ()
    return tuple(int(value) for value in struct.unpack(f"<{length}{code}", reader.take(length * width)))


def _weights_end(reader: _Reader, tensors: int, scalars: Mapping[str, Scalar]) -> int:
    """Return the size that the file must have, read from the list of tensors."""
    end = 0
    for _ in range(tensors):
        reader.skip(reader.count(_MAX_KEY_BYTES))
        dimensions = reader.number("I")
        if dimensions > 8:
            raise reader.broken()
        weights = math.prod(reader.number("Q") for _ in range(dimensions))
        block, width = _BLOCKS.get(reader.number("I"), (1, 0))  # an unknown type counts as empty
        end = max(end, reader.number("Q") + weights // block * width)
    alignment = scalars.get("general.alignment", 32)
    if not isinstance(alignment, int) or not 0 < alignment <= 1 << 20:
        raise reader.broken()
    return -(-reader.at // alignment) * alignment + end if tensors else reader.at


def _info(
    reader: _Reader,
    version: int,
    scalars: Mapping[str, Scalar],
    arrays: Mapping[str, tuple[int, ...]],
    expected: int,
) -> GgufInfo:
    architecture = _text(scalars, "general.architecture")

    def number(key: str, otherwise: int = 0) -> int:
        value = scalars.get(f"{architecture}.{key}", otherwise)
        return value if isinstance(value, int) else otherwise

    _refuse_other_kinds(reader, architecture, scalars)
    if reader.size < expected:
        raise TruncatedError(
            tr("{file} is cut off: it has {size:,} bytes and needs {expected:,}.").format(
                file=reader.name, size=reader.size, expected=expected
            ),
            todo=tr("Fetch the file again: the download or copy was cut off."),
        )
    blocks, width = number("block_count"), number("embedding_length")
    heads = arrays.get(f"{architecture}.attention.head_count", ())
    query_heads = number("attention.head_count") or (max(heads) if heads else 0)
    kv_heads = arrays.get(f"{architecture}.attention.head_count_kv") or (
        (number("attention.head_count_kv", query_heads),) * min(blocks, _MAX_KEPT_ITEMS)
    )
    head_width = width // query_heads if query_heads > 0 else 0
    return GgufInfo(
        version=version,
        architecture=architecture,
        name=_text(scalars, "general.name"),
        context_length=number("context_length"),
        block_count=blocks,
        head_count_kv=kv_heads,
        key_length=number("attention.key_length", head_width),
        value_length=number("attention.value_length", head_width),
        embedding_length=width,
        sliding_window=number("attention.sliding_window"),
        has_recurrent=architecture in _RECURRENT
        or any(key.startswith((f"{architecture}.ssm.", f"{architecture}.wkv.")) for key in scalars),
        chat_template=_text(scalars, "tokenizer.chat_template"),
        file_bytes=reader.size,
        expected_bytes=expected,
        metadata=scalars,
    )


def _refuse_other_kinds(reader: _Reader, architecture: str, scalars: Mapping[str, Scalar]) -> None:
    parts = scalars.get("split.count", 1)
    if isinstance(parts, int) and parts > 1:
        raise NotGgufError(
            tr("{file} is one of {n} parts of a model.").format(file=reader.name, n=parts),
            todo=tr("Fetch the model as a single file."),
        )
    kind = scalars.get("general.type", "model")
    if not architecture or architecture == "clip" or kind != "model":
        raise NotGgufError(
            tr("{file} is a GGUF file but not a language model.").format(file=reader.name),
            todo=tr("Choose the model itself, not an adapter, a vocabulary or an image part."),
        )


def _text(scalars: Mapping[str, Scalar], key: str) -> str:
    value = scalars.get(key, "")
    return value if isinstance(value, str) else ""
