"""Each way a worker can end has a code and sentences a technician can act on."""

import pytest

from copilot.inference.exits import explain, last_line, sentence


@pytest.mark.parametrize(
    ("returncode", "code"),
    [
        (-4, "illegal_instruction"),
        (0xC000001D, "illegal_instruction"),
        (0xC000001D - (1 << 32), "illegal_instruction"),
        (-11, "crash"),
        (0xC0000005, "crash"),
        (0xC0000005 - (1 << 32), "crash"),
        (-7, "model_unreadable"),
        (0xC0000006, "model_unreadable"),
        (-9, "out_of_memory"),
        (-6, "abort"),
        (3, "abort"),
        (0xC0000135, "library_missing"),
        (-15, "ended"),
        (0, "ended"),
        (1, "exit"),
        (77, "exit"),
        (-99, "exit"),
    ],
)
def test_each_status_has_its_code(returncode: int, code: str) -> None:
    assert explain(returncode, [])[0] == code


@pytest.mark.parametrize("returncode", [-4, -11, -7, -9, -6, 3, 0xC0000135, -15, 1, -99])
def test_every_explanation_says_what_was_kept_and_what_to_do(returncode: int) -> None:
    _, text = explain(returncode, ["some last words"])
    assert "question" in text
    assert "kept" in text
    assert any(
        verb in text
        for verb in ("Ask again", "Choose a smaller model", "Install", "Repair", "Check that its drive")
    )
    assert "{" not in text


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("terminate called after throwing an instance of 'std::bad_alloc'", "out_of_memory"),
        ("MemoryError", "out_of_memory"),
        ("ModuleNotFoundError: No module named 'llama_cpp'", "library_missing"),
        ("libc.so.6: version `GLIBC_2.38' not found", "library_missing"),
        ("something else", "abort"),
    ],
)
def test_the_last_words_tell_an_abort_apart(line: str, code: str) -> None:
    assert explain(-6, ["before", line, ""])[0] == code


def test_last_words_do_not_overrule_a_clear_status() -> None:
    assert explain(-11, ["MemoryError"])[0] == "crash"


def test_an_unknown_status_is_named_with_its_last_words() -> None:
    code, text = explain(77, ["ValueError: bad thing"])
    assert code == "exit"
    assert "77" in text
    assert "ValueError: bad thing" in text


def test_windows_status_is_named_in_hexadecimal() -> None:
    assert "0xC0000005" in explain(0xC0000005, [])[1]


def test_the_last_line_skips_empty_ones_and_is_cut() -> None:
    assert last_line(["a", "b", "  ", ""]) == "b"
    assert last_line([]) == ""
    assert len(last_line(["x" * 500])) == 200


def test_the_hosts_own_codes_have_sentences() -> None:
    assert "stopped responding" in sentence("hung")
    assert "could not be understood" in sentence("protocol")
    assert "could not be started" in sentence("start_failed")
