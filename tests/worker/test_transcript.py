"""Answers recorded from a real model, replayed by the fake engine."""

from pathlib import Path

import pytest

from copilot.inference.protocol import Done, PromptProgress, Token
from copilot.inference.worker.transcript import Moment, Transcript, read_transcript, write_transcript
from tests.worker.worker_harness import Hosts

RECORDED = Path(__file__).parent / "transcripts" / "smollm2-135m-printer.jsonl"


def test_a_recorded_answer_is_replayed_event_by_event_under_the_new_id(hosts: Hosts) -> None:
    recorded = read_transcript(RECORDED)
    host = hosts.fake(str(RECORDED))
    answer = hosts.ask(host)
    done = answer.done()
    assert host.loaded is not None
    assert "fake engine" in host.loaded.description
    assert "SmolLM2-135M" in host.loaded.description
    said = [moment.event for moment in recorded.moments]
    assert answer.text == "".join(event.text for event in said if isinstance(event, Token))
    assert len(answer.progress) == sum(isinstance(event, PromptProgress) for event in said)
    last = said[-1]
    assert isinstance(last, Done)
    assert done.id == answer.request.id
    assert (done.prompt_tokens, done.answer_tokens) == (last.prompt_tokens, last.answer_tokens)


def test_a_replay_can_be_cancelled(hosts: Hosts) -> None:
    host = hosts.fake(str(RECORDED))
    answer = hosts.ask(host)
    answer.until_token(2)
    host.cancel(answer.request.id)
    assert answer.done().finish == "cancelled"


def test_a_transcript_reads_back_as_written(tmp_path: Path) -> None:
    transcript = Transcript("a model", (Moment(0.5, Token("x", "hë")), Moment(1.0, Done("x", "stop"))))
    write_transcript(tmp_path / "t.jsonl", transcript)
    assert read_transcript(tmp_path / "t.jsonl") == transcript


def test_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text('{"transcript": 2, "label": "later"}\n', encoding="utf-8")
    with pytest.raises(ValueError, match="version 2"):
        read_transcript(path)
