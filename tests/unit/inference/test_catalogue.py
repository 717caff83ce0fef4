from pathlib import Path

import pytest

from copilot.inference.catalogue import load_catalogue
from copilot.support import paths
from copilot.support.errors import KnownError

ONE = """
default = "tiny"
[[model]]
id = "tiny"
name = "Tiny"
publisher = "Nobody"
repository = "nobody/Tiny-GGUF"
file = "Tiny.gguf"
url = "https://example.org/Tiny.gguf"
bytes = 10
sha256 = ""
licence = "MIT"
licence_url = "https://example.org/licence"
parameters = "1K"
context = 2048
kv_bytes_per_token = 1024
overhead_bytes = 0
suits = "4 GB"
tested = false
note = "For nothing."
"""


def load(folder: Path, text: str) -> None:
    file = folder / "catalogue.toml"
    file.write_text(text, encoding="utf-8")
    load_catalogue(file)


def test_shipped_catalogue_is_sound() -> None:
    catalogue = load_catalogue(paths.catalogue())
    default = catalogue.get(catalogue.default)
    assert default.tested
    assert not default.for_tests
    assert {entry.suits for entry in catalogue.models} >= {"8 GB", "16 GB"}
    for entry in catalogue.models:
        assert entry.url == f"https://huggingface.co/{entry.repository}/resolve/main/{entry.file}"
        assert not entry.licence_file or (paths.catalogue().parent / entry.licence_file).is_file()
    assert len({entry.sha256 for entry in catalogue.models}) == len(catalogue.models)


def test_unknown_id_names_the_nearest() -> None:
    catalogue = load_catalogue(paths.catalogue())
    with pytest.raises(KnownError, match=r"qwen3-4b-q4_k_m"):
        catalogue.get("Qwen3-4B")


def test_model_is_found_by_its_hash_but_never_by_no_hash(tmp_path: Path) -> None:
    catalogue = load_catalogue(paths.catalogue())
    entry = catalogue.models[0]
    assert catalogue.by_hash(entry.sha256) is entry
    (tmp_path / "c.toml").write_text(ONE, encoding="utf-8")
    unknown = load_catalogue(tmp_path / "c.toml")
    assert not unknown.models[0].hash_known
    assert unknown.by_hash("") is None


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("bytes = 10", "", "bytes"),
        ("bytes = 10", 'bytes = "10"', "bytes"),
        ("bytes = 10", "bytes = 0", "bytes"),
        ('sha256 = ""', 'sha256 = "xyz"', "sha256"),
        ("tested = false", "tested = false\ncolour = 1", "colour"),
        ("tested = false", 'tested = false\npackage = {name = "p", size = 2}', r"package\.size"),
        ("tested = false", 'tested = false\npackage = {name = "p"}', "version"),
        ('file = "Tiny.gguf"', 'file = "../Tiny.gguf"', "file"),
        ("https://example.org/Tiny.gguf", "http://example.org/Tiny.gguf", "url"),
        ('id = "tiny"', 'id = "../tiny"', "id"),
        ('default = "tiny"', 'default = "other"', "default"),
        ('default = "tiny"', "default = ", "line 2"),
        ("[[model]]", ONE.split("\n", 2)[2] + "\n[[model]]", "two models"),
    ],
)
def test_wrong_file_is_refused_with_its_name_and_the_field(
    tmp_path: Path, old: str, new: str, named: str
) -> None:
    with pytest.raises(KnownError, match=rf"catalogue\.toml.*{named}"):
        load(tmp_path, ONE.replace(old, new, 1))


def test_missing_file_is_a_known_error(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match=r"none\.toml"):
        load_catalogue(tmp_path / "none.toml")
