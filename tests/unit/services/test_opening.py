"""What one start hands to another is judged like a file from outside."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.services.opening import LINE_LIMIT, StartRequest, from_line, request

FILE = os.path.abspath("tickets.csv")


@pytest.mark.parametrize(
    "wanted",
    [
        StartRequest(),
        StartRequest(show="INC-1001"),
        StartRequest(file=FILE, compact=True),
        StartRequest(from_clipboard=True, token="abc-1_TIME2"),
    ],
)
def test_a_request_arrives_as_it_was_sent(wanted: StartRequest) -> None:
    line = wanted.to_line()
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert from_line(line) == wanted


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"v": 2}',
        b'{"v": 1, "show": 7}',
        b'{"v": 1, "compact": "yes"}',
        b'{"v": 1, "file": "relative.csv"}',
        json.dumps({"v": 1, "show": "x" * 65}).encode(),
        json.dumps({"v": 1, "file": FILE + "\0"}).encode(),
        json.dumps({"v": 1, "file": FILE + "x" * 5000}).encode(),
        b" " * LINE_LIMIT + b'{"v": 1}',
    ],
)
def test_anything_else_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_line(line)


def test_what_could_steer_a_terminal_or_a_desktop_is_taken_out() -> None:
    wanted = request("INC-1\x1b[2J\u202e001\n", token="x\ny")
    assert wanted.show == "INC-1001"
    assert wanted.token == ""


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_be_refused(line: bytes) -> None:
    try:
        wanted = from_line(line)
    except (ValueError, RecursionError):
        return
    assert wanted.file == "" or Path(wanted.file).is_absolute()
