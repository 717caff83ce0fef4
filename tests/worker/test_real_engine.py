"""The real engine with a small real model."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from copilot.inference.host import EngineHost, EngineState
from copilot.inference.protocol import PromptProgress
from tests.worker.worker_harness import Answer, Hosts

pytestmark = pytest.mark.real_model

SYSTEM = "You help technicians. " + "The printer on floor 3 is offline since Monday. " * 8
QUESTION = "What should I check first? Give a list."


@pytest.fixture(scope="module")
def host(test_model_path: Path) -> Iterator[EngineHost]:
    hosts = Hosts()
    host = hosts("--engine", "llama", load=test_model_path)
    ask(host, SYSTEM, QUESTION, max_tokens=1).done()  # all its threads run before the first test
    yield host
    hosts.close()


def ask(host: EngineHost, *contents: str, **options: Any) -> Answer:
    return _asker.ask(host, *contents, **{"max_tokens": 24, "temperature": 0.0, "seed": 1, **options})


_asker = Hosts()


def read_all(answer: Answer) -> tuple[int, int]:
    done = answer.done()
    return done.prompt_tokens, done.cached_tokens


def test_it_loads_and_describes_the_model(host: EngineHost) -> None:
    assert host.loaded is not None
    assert "Q4_1" in host.loaded.description
    assert host.loaded.n_ctx == 4096


def test_tokens_stream_and_progress_reaches_the_total(host: EngineHost) -> None:
    answer = ask(host, "Other head.", QUESTION)
    done = answer.done()
    assert done.answer_tokens == 24
    assert done.finish == "length"
    assert answer.progress[-1].done == done.prompt_tokens
    assert len(answer.text) > 20
    assert done.answer_seconds > 0


def test_the_same_seed_gives_the_same_answer(host: EngineHost) -> None:
    # Rounding depends on how many tokens are read at once, so both have to start from the same cached part.
    ask(host, SYSTEM, QUESTION, max_tokens=1).done()
    first = ask(host, SYSTEM, QUESTION, temperature=0.9, seed=7)
    second = ask(host, SYSTEM, QUESTION, temperature=0.9, seed=7)
    first.done()
    second.done()
    assert first.text == second.text


def test_the_next_turn_extends_prompt_and_answer_token_by_token(host: EngineHost) -> None:
    contents = [SYSTEM, QUESTION]
    # Hot sampling writes token sequences that no tokeniser would choose for the same text.
    for question in ("And then?", "What if that fails?", "Who has to be told?"):
        answer = ask(host, *contents, temperature=1.3, seed=3, max_tokens=40)
        before = answer.done()
        contents += [answer.text, question]
        following = ask(host, *contents, max_tokens=1)
        total, cached = read_all(following)
        # Of an answer that was cut at its limit the last token was never read back in.
        assert cached == before.prompt_tokens + before.answer_tokens - (before.finish == "length")
        assert total > cached


def test_a_continued_answer_goes_on_where_it_ended(host: EngineHost) -> None:
    ask(host, SYSTEM, QUESTION, max_tokens=1).done()
    whole = ask(host, SYSTEM, QUESTION, max_tokens=30)
    whole.done()
    part = ask(host, SYSTEM, QUESTION, max_tokens=15)
    before = part.done()
    more = ask(host, SYSTEM, QUESTION, max_tokens=15, continue_text=part.text)
    total, cached = read_all(more)
    assert total == before.prompt_tokens + 15
    assert cached == total - 1
    assert part.text + more.text == whole.text


def test_a_changed_tail_keeps_the_longest_common_prefix(host: EngineHost) -> None:
    total, _ = read_all(ask(host, SYSTEM, "alpha " * 40, max_tokens=1))
    changed_total, cached = read_all(ask(host, SYSTEM, "alpha " * 20 + "beta " * 20, max_tokens=1))
    system_only, _ = read_all(ask(host, SYSTEM, "beta", max_tokens=1))
    assert system_only < cached < min(total, changed_total)


def test_a_repeated_prompt_reads_one_token(host: EngineHost) -> None:
    total, _ = read_all(ask(host, SYSTEM, QUESTION, max_tokens=5))
    again, cached = read_all(ask(host, SYSTEM, QUESTION, max_tokens=5))
    assert (again, cached) == (total, total - 1)


def test_control_tokens_in_a_message_stay_text(host: EngineHost) -> None:
    plain, forged = host.count_tokens(["im_end", "<|im_end|>"], timeout=30.0) or [0, 0]
    assert forged > plain
    counts = host.count_tokens(["hello"], timeout=30.0)
    wrapped = host.count_tokens(["hello"], timeout=30.0, chat=True)
    assert counts is not None
    assert wrapped is not None
    assert wrapped[0] > counts[0]


def test_cancel_in_prefill_keeps_what_was_read(host: EngineHost) -> None:
    long = ("Fresh head for cancelling. " + "one two three " * 500, QUESTION)
    answer = ask(host, *long)
    answer.until(lambda event: isinstance(event, PromptProgress) and event.done >= 128)
    host.cancel(answer.request.id)
    done = answer.done()
    assert (done.finish, answer.text) == ("cancelled", "")
    read = answer.progress[-1].done
    assert 128 <= read < done.prompt_tokens
    again = ask(host, *long)
    first = again.until(lambda event: isinstance(event, PromptProgress))
    host.cancel(again.request.id)
    again.done()
    assert isinstance(first, PromptProgress)
    assert first.cached == read


def test_an_answer_after_a_cancel_in_prefill_is_the_same_as_without(host: EngineHost) -> None:
    contents = ("Head of its own. " + "four five six " * 150, QUESTION)
    ask(host, "Something else entirely.", "x", max_tokens=1).done()
    undisturbed = ask(host, *contents)
    undisturbed.done()
    ask(host, "Something else entirely.", "x", max_tokens=1).done()
    cancelled = ask(host, *contents)
    cancelled.until(lambda event: isinstance(event, PromptProgress) and event.done >= 64)
    host.cancel(cancelled.request.id)
    cancelled.end()
    resumed = ask(host, *contents)
    resumed.done()
    assert resumed.text == undisturbed.text


def test_cancel_in_decode_keeps_the_part_that_came(host: EngineHost) -> None:
    answer = ask(host, SYSTEM, QUESTION, max_tokens=2000)
    answer.until_token(5)
    host.cancel(answer.request.id)
    done = answer.done()
    assert done.finish == "cancelled"
    assert 5 <= done.answer_tokens < 2000
    following = ask(host, SYSTEM, QUESTION, answer.text, "Go on.", max_tokens=1)
    _, cached = read_all(following)
    assert cached >= done.prompt_tokens + done.answer_tokens - 1


def test_a_stop_text_ends_the_answer_and_is_left_out(host: EngineHost) -> None:
    ask(host, SYSTEM, QUESTION, max_tokens=1).done()
    plain = ask(host, SYSTEM, QUESTION)
    plain.done()
    stop = plain.text[10:13]
    answer = ask(host, SYSTEM, QUESTION, stop=(stop,))
    assert answer.done().finish == "stop"
    assert answer.text == plain.text[: plain.text.index(stop)]


def test_a_prompt_beyond_the_context_fails_with_its_counts(host: EngineHost) -> None:
    failed = ask(host, SYSTEM, "word " * 6000).failed()
    assert failed.code == "context_full"
    assert "4096" in failed.detail


def test_the_number_of_threads_can_be_set_while_it_runs(host: EngineHost) -> None:
    answer = ask(host, SYSTEM, QUESTION, max_tokens=300)
    answer.until_token()
    host.set_threads(1)
    report = host.status(timeout=30.0)
    assert report is not None
    assert report.n_threads == 1
    answer.until_token(2)
    host.set_threads(0)
    host.cancel(answer.request.id)
    answer.done()


@pytest.mark.parametrize(
    ("name", "length", "code"),
    [("truncated.gguf", 60_000_000, "incomplete or damaged"), ("head.gguf", 1000, "could not be loaded")],
)
def test_a_cut_model_file_is_named_as_such_and_the_worker_lives_on(
    host: EngineHost, test_model_path: Path, tmp_path: Path, name: str, length: int, code: str
) -> None:
    with test_model_path.open("rb") as model:
        (tmp_path / name).write_bytes(model.read(length))
    _fails_to_load(host, tmp_path / name, code)
    _loads_again(host, test_model_path)


def test_a_file_that_is_no_model_or_missing_is_named_as_such(
    host: EngineHost, test_model_path: Path, tmp_path: Path
) -> None:
    text = tmp_path / "notes.gguf"
    text.write_text("not a model", encoding="utf-8")
    _fails_to_load(host, text, "not a GGUF")
    _fails_to_load(host, tmp_path / "gone.gguf", "no model file gone.gguf")
    _loads_again(host, test_model_path)


def _fails_to_load(host: EngineHost, path: Path, reason: str) -> None:
    before = host.status(timeout=30.0)
    host.load(path)
    failed = ask(host, "x", "y").failed()
    assert failed.code == "no_model"
    assert reason in failed.detail
    assert host.state is EngineState.FAILED
    assert reason in host.last_error
    assert before is not None
    assert host.status(timeout=30.0) is not None


def _loads_again(host: EngineHost, path: Path) -> None:
    host.load(path)
    assert ask(host, "x", "y", max_tokens=1).done().answer_tokens == 1
    assert host.state is EngineState.READY
