"""The worker process by itself, spoken to over its pipes."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from copilot.domain.prompt import ChatMessage
from copilot.inference.protocol import (
    PROTOCOL,
    Cancel,
    Done,
    Event,
    Failed,
    Generate,
    Hello,
    Load,
    Loaded,
    LoadProgress,
    Message,
    Shutdown,
    Status,
    StatusReport,
    Token,
    Tokenize,
    Tokenized,
    decode_event,
    encode,
)
from tests.worker.worker_harness import PATIENCE, worker_command, worker_environment


class Pipe:
    def __init__(self, *arguments: str, command: list[str] | None = None) -> None:
        self.process = subprocess.Popen(
            command or worker_command(*arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **worker_environment()},
        )
        assert self.process.stdin
        assert self.process.stdout
        self.stdin, self.stdout = self.process.stdin, self.process.stdout

    def send(self, *requests: Message) -> None:
        self.stdin.write(b"".join(encode(request) for request in requests))
        self.stdin.flush()

    def next(self, *kinds: type[Event]) -> Event:
        while line := self.stdout.readline():
            event = decode_event(line)
            if isinstance(event, kinds):
                return event
        raise AssertionError(f"the worker ended before {kinds}")

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self.stdin.close()
        self.stdout.close()
        if self.process.stderr:
            self.process.stderr.close()


@pytest.fixture
def slow() -> Iterator[Pipe]:
    pipe = Pipe("--engine", "fake", "--fake-script", "slow")
    yield pipe
    pipe.close()


def ask(request_id: str, text: str = "Hello?") -> Generate:
    return Generate(request_id, (ChatMessage("user", text),))


def test_hello_comes_first_and_names_protocol_engine_and_process(slow: Pipe) -> None:
    hello = decode_event(slow.stdout.readline())
    assert hello == Hello(PROTOCOL, "fake", "1", slow.process.pid)


def test_load_reports_progress_and_a_description_that_says_fake(slow: Pipe) -> None:
    slow.send(Load("fake", 2048))
    assert isinstance(slow.next(LoadProgress), LoadProgress)
    loaded = slow.next(Loaded)
    assert isinstance(loaded, Loaded)
    assert (loaded.path, loaded.n_ctx, loaded.description) == ("fake", 2048, "fake engine")


def test_generate_without_a_model_fails(slow: Pipe) -> None:
    slow.send(ask("a"))
    failed = slow.next(Failed)
    assert isinstance(failed, Failed)
    assert (failed.id, failed.code) == ("a", "no_model")


def test_control_lane_answers_while_decoding(slow: Pipe) -> None:
    slow.send(Load("fake"), ask("a"))
    slow.next(Token)
    slow.send(Status("s"), Tokenize("t", ("one two", "")))
    report = slow.next(StatusReport, Done)
    assert isinstance(report, StatusReport)
    assert (report.id, report.loaded, report.busy, report.n_ctx) == ("s", True, True, 4096)
    assert report.n_used > 0
    assert slow.next(Tokenized, Done) == Tokenized("t", (2, 0))
    slow.send(Cancel("a"))
    done = slow.next(Done)
    assert isinstance(done, Done)
    assert done.finish == "cancelled"


def test_garbage_on_stdin_is_reported_and_the_worker_goes_on(slow: Pipe) -> None:
    slow.stdin.write(b"\xff\xfe{nonsense\n[1,2]\n\n" + encode(Status("s")))
    slow.stdin.flush()
    for _ in range(2):
        failed = slow.next(Failed, StatusReport)
        assert isinstance(failed, Failed)
        assert (failed.id, failed.code) == ("", "protocol")
    assert isinstance(slow.next(StatusReport), StatusReport)


def test_answers_come_in_order_of_request_and_a_waiting_one_can_be_cancelled(slow: Pipe) -> None:
    slow.send(Load("fake"), ask("a"), ask("b"), ask("c"))
    slow.next(Token)
    slow.send(Cancel("b"), Cancel("a"))
    ends = [slow.next(Done), slow.next(Done)]
    assert {end.id for end in ends if isinstance(end, Done)} == {"a", "b"}
    token = slow.next(Token)
    assert isinstance(token, Token)
    assert token.id == "c"


def test_closing_stdin_ends_it_in_mid_decode(slow: Pipe) -> None:
    slow.send(Load("fake"), ask("a"))
    slow.next(Token)
    slow.stdin.close()
    assert slow.process.wait(PATIENCE) == 0


def test_shutdown_ends_it_in_mid_decode(slow: Pipe) -> None:
    slow.send(Load("fake"), ask("a"))
    slow.next(Token)
    slow.send(Shutdown())
    assert slow.process.wait(PATIENCE) == 0


def test_closing_stdin_ends_even_an_engine_that_does_not_listen() -> None:
    pipe = Pipe("--engine", "fake", "--fake-script", "hang")
    try:
        pipe.send(Load("fake"), ask("a"))
        for _ in range(20):
            pipe.next(Token)
        pipe.stdin.close()
        assert pipe.process.wait(PATIENCE) == 0
    finally:
        pipe.close()


NOISY = """
import os, sys
from copilot.inference.worker import main
from copilot.inference.worker.fake import FakeEngine
load = FakeEngine.load
def noisy(self, request, emit, stop):
    print("stray line", flush=True)
    os.write(1, b"stray bytes from a library\\n")
    return load(self, request, emit, stop)
FakeEngine.load = noisy
sys.exit(main.run(["--engine", "fake"]))
"""


def test_stray_output_of_the_process_does_not_enter_the_protocol() -> None:
    pipe = Pipe(command=[sys.executable, "-c", NOISY])
    try:
        pipe.send(Load("fake"))
        pipe.next(Loaded)  # reading every line before it as an event
        pipe.stdin.close()
        assert pipe.process.stderr
        errors = pipe.process.stderr.read()
        assert b"stray line" in errors
        assert b"stray bytes" in errors
    finally:
        pipe.close()
