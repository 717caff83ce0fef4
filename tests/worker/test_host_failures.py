"""The host when the worker dies, hangs or talks nonsense: one end per request, and the next one works."""

import os
import signal
import sys
import threading
from pathlib import Path

import psutil
import pytest

from copilot.inference.host import EngineHost, EngineState
from copilot.inference.protocol import Failed, Generate, PromptProgress
from copilot.support.errors import BugError
from tests.helpers.logfail import LogWatch
from tests.worker.worker_harness import Answer, Hosts, messages

CODES = {"crash": "abort", "exit": "abort", "garbage": "protocol"}
LOGGED = {"crash": "the worker ended", "exit": "the worker ended", "garbage": "the worker sent not an event"}


@pytest.mark.parametrize("script", ["crash", "exit", "garbage"])
def test_a_worker_that_breaks_fails_the_request_once_and_keeps_what_came(
    hosts: Hosts, script: str, expected_logs: LogWatch
) -> None:
    expected_logs.expect(LOGGED[script])
    host = hosts.fake(script)
    answer = hosts.ask(host)
    failed = answer.failed()
    assert failed.code == CODES[script]
    assert "kept" in failed.detail
    assert answer.text
    assert has_failed(host)
    assert host.last_error == failed.detail
    # Too short to break: a new worker answers it, with the model loaded again.
    assert hosts.ask(host, max_tokens=5).done().finish == "length"
    assert host.state is EngineState.READY
    assert answer.late_events() == []


@pytest.mark.parametrize("script", ["crash", "exit", "garbage"])
def test_requests_that_wait_survive_the_end_of_the_worker(
    hosts: Hosts, script: str, expected_logs: LogWatch
) -> None:
    expected_logs.expect(LOGGED[script])
    host = hosts.fake(script)
    breaking, waiting = hosts.ask(host), hosts.ask(host, max_tokens=5)
    breaking.failed()
    assert waiting.done().finish == "length"


def test_a_worker_that_ignores_a_cancel_is_killed_and_the_answer_counts_as_cancelled(hosts: Hosts) -> None:
    host = hosts.fake("hang", cancel_grace=0.2)
    answer = hosts.ask(host)
    answer.until_token(20)
    report = host.status()
    assert report is not None
    host.cancel(answer.request.id)
    done = answer.done()
    assert (done.finish, done.answer_tokens) == ("cancelled", 20)
    assert hosts.ask(host, max_tokens=5).done().finish == "length"
    assert answer.late_events() == []


def test_a_worker_that_falls_silent_is_killed_and_the_request_fails(hosts: Hosts) -> None:
    host = hosts.fake("hang", silence=4.0)
    answer = hosts.ask(host)
    failed = answer.failed()
    assert failed.code == "hung"
    assert hosts.ask(host, max_tokens=5).done().finish == "length"


def test_a_worker_killed_from_outside_is_explained_as_memory(hosts: Hosts, expected_logs: LogWatch) -> None:
    expected_logs.expect("the worker ended")
    if sys.platform == "win32":
        pytest.skip("Windows has no SIGKILL")
    host = hosts.fake("slow")
    answer = hosts.ask(host)
    answer.until_token()
    os.kill(child_pids()[0], signal.SIGKILL)
    failed = answer.failed()
    assert failed.code == "out_of_memory"
    assert "smaller model" in failed.detail


def test_after_three_failures_in_a_row_it_gives_up_until_retry(hosts: Hosts, expected_logs: LogWatch) -> None:
    expected_logs.expect("the worker ended")
    host = hosts.fake("crash")
    answers = [hosts.ask(host) for _ in range(5)]
    codes = [answer.failed().code for answer in answers]
    assert codes == ["abort"] * 3 + ["engine_failed"] * 2
    assert host.state is EngineState.FAILED
    assert "3 times" in host.last_error
    refused = hosts.ask(host, max_tokens=5).failed()
    assert refused.code == "engine_failed"
    assert child_pids() == []
    host.retry()
    assert hosts.ask(host, max_tokens=5).done().finish == "length"


def test_a_completed_answer_resets_the_count_of_failures(hosts: Hosts, expected_logs: LogWatch) -> None:
    expected_logs.expect("the worker ended")
    host = hosts.fake("crash")
    for _ in range(2):
        for _ in range(2):
            assert hosts.ask(host).failed().code == "abort"
        assert hosts.ask(host, max_tokens=5).done().finish == "length"


def test_a_command_that_cannot_start_fails_the_request_with_the_reason(tmp_path: Path) -> None:
    host = EngineHost([str(tmp_path / "missing")], backoff=(0.0,))
    try:
        host.load("fake")
        failed = Answer(host, Generate("a", messages("x", "y"))).failed()
        assert failed.code == "engine_failed"
        assert "could not be started" in failed.detail
        assert "missing" in failed.detail
    finally:
        host.close()


def test_a_program_that_is_no_worker_fails_the_request_with_its_last_words(expected_logs: LogWatch) -> None:
    expected_logs.expect("the worker ended")
    host = EngineHost([sys.executable, "-c", "import sys; sys.exit('no such engine')"], backoff=(0.0,))
    try:
        host.load("fake")
        failed = Answer(host, Generate("a", messages("x", "y"))).failed()
        assert failed.code == "engine_failed"
        assert "no such engine" in failed.detail
    finally:
        host.close()


def test_close_leaves_no_thread_and_no_process_and_ends_every_request(hosts: Hosts) -> None:
    before = set(threading.enumerate())
    host = hosts.fake("slow")
    running, waiting = hosts.ask(host), hosts.ask(host)
    running.until_token()
    host.close()
    assert running.failed().code == "closed"
    assert waiting.failed().code == "closed"
    assert set(threading.enumerate()) == before
    assert child_pids() == []
    assert host.state is EngineState.STOPPED
    host.close()
    assert running.late_events() == []


def test_close_kills_a_worker_that_does_not_end(hosts: Hosts, expected_logs: LogWatch) -> None:
    expected_logs.expect("did not end in time")
    host = hosts.fake("hang")
    answer = hosts.ask(host)
    answer.until_token(20)
    host.close(timeout=0.1)
    assert answer.failed().code == "closed"
    assert child_pids() == []


def test_close_in_prefill_ends_the_request(hosts: Hosts) -> None:
    host = hosts.fake("slow")
    answer = hosts.ask(host, "Be short.", "word " * 2000)
    answer.until(lambda event: isinstance(event, PromptProgress) and event.done > 0)
    host.close()
    assert answer.failed().code == "closed"


def test_a_closed_host_refuses_requests_and_loads(hosts: Hosts) -> None:
    host = hosts.fake("default")
    host.close()
    heard: list[object] = []
    host.generate(Generate("a", messages("x", "y")), heard.append)
    assert [event.code for event in heard if isinstance(event, Failed)] == ["closed"]
    assert host.count_tokens(["x"]) is None
    with pytest.raises(BugError):
        host.load("fake")


def test_a_host_that_was_never_used_closes_quietly(hosts: Hosts) -> None:
    before = threading.active_count()
    host = hosts("--engine", "fake", load=None)
    host.close()
    assert threading.active_count() == before


def test_the_worker_log_gets_its_stderr(tmp_path: Path, expected_logs: LogWatch) -> None:
    expected_logs.expect("the worker ended")
    log = tmp_path / "logs" / "worker.log"
    code = "import sys; print('last words', file=sys.stderr); sys.exit(9)"
    host = EngineHost([sys.executable, "-c", code], backoff=(0.0,), log_path=log)
    host.load("fake")
    Answer(host, Generate("a", messages("x", "y"))).failed()
    host.close()
    assert "last words" in log.read_text(encoding="utf-8")


def has_failed(host: EngineHost) -> bool:
    return host.state is EngineState.FAILED


def child_pids() -> list[int]:
    return [child.pid for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE]
