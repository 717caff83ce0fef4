"""Token estimates and the shortening of long evidence."""

from hypothesis import given
from hypothesis import strategies as st

from copilot.assistant.shorten import STANDARD_LIMIT, shorten, trouble_line
from copilot.assistant.tokens import EstimateCounter, TokenCounter, estimate

PROSE = (
    "Nobody in the meeting room can open web pages over the cable since this morning. The wireless network works. "
    "A colleague tried another cable and another port in the wall without any change."
)


def test_estimate_is_marked_as_such_and_counts_each_text() -> None:
    counter: TokenCounter = EstimateCounter()
    assert not counter.exact
    assert counter.count(["", "word", "two words"]) == [0, 1, 2]


def test_english_takes_about_a_token_for_four_characters_and_digits_and_symbols_take_more() -> None:
    assert 3.2 < len(PROSE) / estimate(PROSE) < 5.5
    assert estimate("10.20.2.45:8080") > 10
    assert estimate("0x80070005 {[()]}") > estimate("permission denied")


@given(st.text(max_size=200), st.text(max_size=200))
def test_more_text_never_takes_fewer_tokens(first: str, second: str) -> None:
    assert estimate(f"{first}\n{second}") >= max(estimate(first), estimate(second))


def test_short_evidence_stays_as_it_is() -> None:
    assert shorten(PROSE) == PROSE


def test_long_log_keeps_head_tail_and_one_line_of_each_trouble() -> None:
    lines = [f"12:00:{n:02d} copied block {n * 977}" for n in range(600)]
    lines[200] = "12:03:20 ERROR disk 3 failed with 0x80070005"
    for n in range(300, 500):
        lines[n] = f"12:05:{n} WARN retry {n}"
    short = shorten("\n".join(lines))
    assert lines[0] in short
    assert lines[-1] in short
    assert lines[200] in short
    assert short.count("WARN retry") == 1
    assert "[… " in short
    assert "lines left out]" in short


def test_number_of_lines_left_out_is_right() -> None:
    lines = [f"nothing happened in round {n}" for n in range(400)]
    short = shorten("\n".join(lines)).split("\n")
    marks = [line for line in short if line.startswith("[… ")]
    left_out = sum(int(mark.split()[1]) for mark in marks)
    assert left_out + len(short) - len(marks) == len(lines)


@given(
    st.lists(st.text(max_size=300), max_size=80).map("\n".join), st.sampled_from([125, 250, STANDARD_LIMIT])
)
def test_shortening_is_repeatable_and_keeps_the_limit(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert short == shorten(text, limit)
    assert estimate(short) <= max(limit, 0)


def test_one_endless_line_is_cut_in_the_middle() -> None:
    short = shorten("start " + "abc123 " * 5000 + " end")
    assert short.startswith("start")
    assert short.endswith("end")
    assert estimate(short) <= STANDARD_LIMIT


def test_trouble_line_is_the_first_that_tells_of_trouble() -> None:
    assert trouble_line("all fine\n  access denied for x\nerror 5") == "access denied for x"
    assert trouble_line("all fine") == ""
