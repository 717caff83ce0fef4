"""The wire protocol survives the wire, and refuses what is not it."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.domain.prompt import ChatMessage
from copilot.inference import protocol
from copilot.inference.protocol import (
    Cancel,
    Done,
    Event,
    Failed,
    Generate,
    Hello,
    Load,
    ProtocolError,
    Request,
    Token,
    decode_event,
    decode_request,
    encode,
)


@given(st.text(st.characters(codec="utf-8")))
def test_any_text_comes_back_unchanged_on_one_line(text: str) -> None:
    token = Token("a", text)
    line = encode(token)
    assert line.count(b"\n") == 1
    assert decode_event(line) == token
    request = Generate("a", (ChatMessage("user", text),), continue_text=text)
    assert decode_request(encode(request)) == request


def test_defaults_are_those_of_the_contract() -> None:
    load, generate = Load("m.gguf"), Generate("a", ())
    assert (load.n_ctx, load.n_threads) == (4096, 0)
    assert (generate.max_tokens, generate.temperature, generate.repeat_penalty) == (160, 0.2, 1.05)


def test_every_message_has_a_tag_of_its_own() -> None:
    kinds = (*get_args(Request), *get_args(Event))
    tags = {kind.__struct_config__.tag for kind in kinds}
    assert len(tags) == len(kinds) == 17


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"nonsense",
        b"{}",
        b"[]",
        b"\xff\xfe",
        b'{"type":"unheard_of"}',
        b'{"type":"cancel"}',
        b'{"type":"cancel","id":7}',
        b'{"type":"cancel","id":"\xff"}',
        b'{"type":"generate","id":"a","messages":[{"role":"user"}]}',
        b"[" * 100_000,
    ],
)
def test_a_line_that_is_no_message_gives_a_clean_error(line: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode_request(line)
    with pytest.raises(ProtocolError):
        decode_event(line)


def test_requests_and_events_are_not_taken_for_each_other() -> None:
    with pytest.raises(ProtocolError):
        decode_event(encode(Cancel("a")))
    with pytest.raises(ProtocolError):
        decode_request(encode(Failed("a", "decode", "x")))


def test_unknown_fields_of_a_newer_sender_are_ignored() -> None:
    line = b'{"type":"hello","protocol":1,"engine":"fake","version":"1","pid":5,"new":true}'
    assert decode_event(line) == Hello(protocol.PROTOCOL, "fake", "1", 5)


def test_half_a_surrogate_pair_is_refused_when_sending() -> None:
    with pytest.raises(ProtocolError):
        encode(Token("a", "\ud83d"))


def test_an_end_that_is_no_known_one_is_refused() -> None:
    assert decode_event(encode(Done("a", "length"))) == Done("a", "length")
    with pytest.raises(ProtocolError):
        decode_event(b'{"type":"done","id":"a","finish":"tired"}')
