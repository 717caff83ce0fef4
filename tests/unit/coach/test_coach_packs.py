import shutil
from pathlib import Path

import pytest

from copilot.coach.coach import Coach
from copilot.support.errors import KnownError
from tests.helpers.coach_kit import PACKS


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACKS, tmp_path / "packs"))


@pytest.mark.parametrize(
    ("file", "old", "new", "field"),
    [
        ("needs.yaml", "threshold: 0.5", "threshold: 2", "$.threshold"),
        ("needs.yaml", "diagnose: 1.0", "guess: 1.0", "$.dimensions[0].need"),
        ("needs.yaml", "    label: Symptom", "    lable: Symptom", "$.dimensions[0]"),
        ("needs.yaml", "- id: since", "- id: tried", "$.dimensions"),
        ("intents.yaml", "- intent: explain", "- intent: draft", "$.intents"),
        ("faults.yaml", '"(?P<v>\\\\b(?:another', '"(?P<v>\\\\b((?:another', "$.second_question.patterns[2]"),
        ("faults.yaml", "windows )?server (?P<v>", "windows )?server (?:", "$.systems[1].pattern"),
        ("rules.yaml", "severity: block", "severity: fatal", "$.rules[0].severity"),
        ("rules.yaml", "- id: leading", "- id: misleading", "$.rules"),
        ("secrets.yaml", "test: strong", "test: vague", "test"),
        ("secrets.yaml", "://[^", "://([^", "$.rules["),
    ],
)
def test_a_fault_in_a_pack_names_file_and_field(
    packs: Path, file: str, old: str, new: str, field: str
) -> None:
    path = packs / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(KnownError) as caught:
        Coach.load(packs)
    assert file in caught.value.what
    assert field in caught.value.what


@pytest.mark.parametrize("content", [None, "a: [", "- 1", "\t"])
def test_a_missing_or_broken_file_is_named(packs: Path, content: str | None) -> None:
    (packs / "faults.yaml").unlink()
    if content is not None:
        (packs / "faults.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(KnownError, match=r"faults\.yaml"):
        Coach.load(packs)
