import struct
import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.inference.gguf import NotGgufError, TruncatedError, inspect
from copilot.support.errors import KnownError
from tests.helpers.gguf_maker import gguf_bytes, write_gguf


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "m.gguf"


def test_header_gives_shape_and_size(file: Path) -> None:
    info = inspect(write_gguf(file))
    assert (info.architecture, info.name, info.version) == ("llama", "Tiny", 3)
    assert (info.context_length, info.block_count, info.embedding_length) == (2048, 4, 256)
    assert info.chat_template == "{{ messages }}"
    assert info.expected_bytes == info.file_bytes == file.stat().st_size


def test_kv_bytes_follow_from_heads_and_layers(file: Path) -> None:
    # 4 layers x 2 KV heads x (32 + 32) x 2 bytes
    assert inspect(write_gguf(file)).kv_bytes_per_token == 1024


def test_explicit_key_length_and_heads_by_layer_are_used(file: Path) -> None:
    info = inspect(
        write_gguf(
            file,
            {
                "llama.attention.key_length": 128,
                "llama.attention.value_length": 64,
                "llama.attention.head_count_kv": [0, 2, 0, 2],
            },
        )
    )
    assert info.head_count_kv == (0, 2, 0, 2)
    assert info.kv_bytes_per_token == 4 * (128 + 64) * 2


def test_missing_kv_heads_mean_one_a_query_head(tmp_path: Path) -> None:
    plain = gguf_bytes().replace(b"head_count_kv", b"head_count_xx")
    (tmp_path / "m.gguf").write_bytes(plain)
    assert inspect(tmp_path / "m.gguf").head_count_kv == (8, 8, 8, 8)


@pytest.mark.parametrize(
    ("metadata", "recurrent", "slow"),
    [
        ({}, False, False),
        ({"general.architecture": "qwen3next"}, True, True),
        ({"general.architecture": "unheard-of", "unheard-of.ssm.state_size": 16}, True, True),
        ({"llama.attention.sliding_window": 512}, False, True),
        ({"llama.attention.sliding_window": 4096}, False, False),
    ],
)
def test_models_that_read_the_prompt_again_are_marked(
    file: Path, metadata: dict[str, str | int], recurrent: bool, slow: bool
) -> None:
    info = inspect(write_gguf(file, metadata))
    assert (info.has_recurrent, info.slow_follow_ups) == (recurrent, slow)


@pytest.mark.parametrize("content", [b"", b"GG", b"PK\x03\x04" + b"\0" * 100])
def test_other_files_are_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(NotGgufError, match=r"m\.gguf is not a GGUF file"):
        inspect(file)


@pytest.mark.parametrize("version", [1, 4, 0x03000000])
def test_other_versions_and_byte_orders_are_refused(file: Path, version: int) -> None:
    file.write_bytes(gguf_bytes(version=version))
    with pytest.raises(NotGgufError, match="GGUF version"):
        inspect(file)


@pytest.mark.parametrize(
    "metadata", [{"general.type": "adapter"}, {"general.architecture": "clip"}, {"general.architecture": ""}]
)
def test_what_is_no_language_model_is_refused(file: Path, metadata: dict[str, str]) -> None:
    with pytest.raises(NotGgufError, match="not a language model"):
        inspect(write_gguf(file, metadata))


def test_part_of_a_split_model_is_refused(file: Path) -> None:
    with pytest.raises(NotGgufError, match="one of 2 parts"):
        inspect(write_gguf(file, {"split.count": 2}))


def test_missing_weights_are_noticed_and_counted(file: Path) -> None:
    content = gguf_bytes()
    file.write_bytes(content[:-1])
    with pytest.raises(TruncatedError, match=f"has {len(content) - 1:,} bytes and needs {len(content):,}"):
        inspect(file)


@settings(deadline=None)
@given(cut=st.integers(4, len(gguf_bytes()) - 1))
def test_file_cut_anywhere_is_called_truncated(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    file = tmp_path_factory.mktemp("cut") / "m.gguf"
    file.write_bytes(gguf_bytes()[:cut])
    with pytest.raises(TruncatedError):
        inspect(file)


@settings(deadline=None)
@given(at=st.integers(4, 500), damage=st.binary(min_size=1, max_size=9))
def test_damaged_header_never_ends_in_anything_but_a_known_error(
    tmp_path_factory: pytest.TempPathFactory, at: int, damage: bytes
) -> None:
    content = bytearray(gguf_bytes())
    content[at : at + len(damage)] = damage
    file = tmp_path_factory.mktemp("damage") / "m.gguf"
    file.write_bytes(content)
    with suppress(KnownError):
        assert inspect(file).expected_bytes <= len(content)


@pytest.mark.parametrize(
    "lie",
    [
        struct.pack("<QQ", 1, 2**63),  # keys
        struct.pack("<QQ", 2**63, 0),  # tensors
        struct.pack("<QQQ", 0, 1, 2**62),  # length of a key
        struct.pack("<QQQ", 0, 1, 1) + b"k" + struct.pack("<IQ", 8, 2**40),  # length of a string
        struct.pack("<QQQ", 0, 1, 1) + b"k" + struct.pack("<IIQ", 9, 4, 2**40),  # length of an array
        struct.pack("<QQQ", 0, 1, 1) + b"k" + struct.pack("<IIQ", 9, 9, 1),  # arrays of arrays
    ],
)
def test_lengths_that_lie_cost_no_memory(file: Path, lie: bytes) -> None:
    file.write_bytes(b"GGUF" + struct.pack("<I", 3) + lie + b"\0" * 64)
    tracemalloc.start()
    try:
        with pytest.raises((NotGgufError, TruncatedError)):
            inspect(file)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


def test_missing_file_is_a_known_error(file: Path) -> None:
    with pytest.raises(KnownError, match="cannot be read"):
        inspect(file)
