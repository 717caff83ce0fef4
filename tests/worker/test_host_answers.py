"""The host with the fake engine in a real child process: answers, waiting, cancelling."""

from copilot.inference.host import EngineState, StateChanged
from copilot.inference.protocol import Done, Event, Failed, Loaded, LoadProgress, PromptProgress, Token
from tests.helpers.logfail import LogWatch
from tests.worker.worker_harness import Hosts

LONG = ("Be short.", "word " * 2000)


def test_an_answer_streams_progress_then_tokens_then_its_end(hosts: Hosts) -> None:
    answer = hosts.ask(hosts.fake("default"))
    done = answer.done()
    kinds = [type(event) for event in answer.events if type(event) in (PromptProgress, Token, Done)]
    assert kinds == sorted(kinds, key=[PromptProgress, Token, Done].index)
    assert answer.progress[0].done == 0
    assert answer.progress[-1].done == done.prompt_tokens
    assert done.finish == "stop"
    assert done.answer_tokens == kinds.count(Token)
    assert "[E1]" in answer.text
    assert "[E2]" in answer.text
    assert "fake engine" in answer.text.splitlines()[-1]
    assert all(event.id == answer.request.id for event in answer.events)  # type: ignore[union-attr]


def test_the_same_question_gets_the_same_answer(hosts: Hosts) -> None:
    host = hosts.fake("default")
    first, second = hosts.ask(host), hosts.ask(host)
    first.done()
    second.done()
    assert first.text == second.text


def test_the_next_turn_rereads_nothing_of_prompt_and_answer(hosts: Hosts) -> None:
    host = hosts.fake("default")
    first = hosts.ask(host, "Be short.", "Why [E1]?")
    before = first.done()
    second = hosts.ask(host, "Be short.", "Why [E1]?", first.text, "And then?")
    assert second.done().cached_tokens == before.prompt_tokens + before.answer_tokens


def test_max_tokens_cuts_the_answer(hosts: Hosts) -> None:
    done = hosts.ask(hosts.fake("default"), max_tokens=7).done()
    assert (done.finish, done.answer_tokens) == ("length", 7)


def test_slow_and_burst_say_all_they_have_whatever_the_limit(hosts: Hosts) -> None:
    burst = hosts.ask(hosts.fake("burst"), max_tokens=5)
    burst.done()
    assert len(burst.text) >= 16_000
    assert "```powershell" in burst.text


def test_a_prompt_beyond_the_context_fails_with_its_counts(hosts: Hosts) -> None:
    failed = hosts.ask(hosts.fake("default"), "Be short.", "word " * 5000).failed()
    assert failed.code == "context_full"
    assert "4096" in failed.detail


def test_out_of_memory_is_reported_as_such_and_the_worker_lives_on(hosts: Hosts) -> None:
    host = hosts.fake("oom")
    assert hosts.ask(host).failed().code == "out_of_memory"
    assert host.state is EngineState.READY
    assert host.status() is not None


def test_cancel_in_prefill_keeps_what_was_read(hosts: Hosts) -> None:
    host = hosts.fake("slow")
    answer = hosts.ask(host, *LONG)
    answer.until(lambda event: isinstance(event, PromptProgress) and event.done >= 128)
    host.cancel(answer.request.id)
    done = answer.done()
    assert (done.finish, done.answer_tokens, answer.text) == ("cancelled", 0, "")
    read = answer.progress[-1].done
    assert 128 <= read < done.prompt_tokens
    again = hosts.ask(host, *LONG)
    first = again.until(lambda event: isinstance(event, PromptProgress))
    assert isinstance(first, PromptProgress)
    assert first.cached == read
    host.cancel(again.request.id)
    again.done()


def test_cancel_in_decode_ends_the_answer_and_the_next_request_works(hosts: Hosts) -> None:
    host = hosts.fake("slow")
    answer = hosts.ask(host)
    answer.until_token(3)
    host.cancel(answer.request.id)
    done = answer.done()
    assert done.finish == "cancelled"
    assert 3 <= done.answer_tokens < 200
    following = hosts.ask(host)
    following.until_token()
    host.cancel(following.request.id)
    following.done()
    assert answer.late_events() == []


def test_requests_wait_in_order_and_are_told_their_place(hosts: Hosts) -> None:
    host = hosts.fake("slow")
    answers = [hosts.ask(host) for _ in range(4)]
    answers[0].until_token()
    host.cancel(answers[2].request.id)
    assert answers[2].done() == Done(answers[2].request.id, "cancelled")
    assert answers[2].text == ""
    host.cancel(answers[0].request.id)
    answers[0].done()
    answers[1].until_token()
    host.cancel(answers[1].request.id)
    answers[1].done()
    answers[3].until_token()
    host.cancel(answers[3].request.id)
    answers[3].done()
    assert answers[1].places[-1] == 1
    assert answers[3].places[-3:] == [3, 2, 1]


def test_cancelling_an_unknown_request_changes_nothing(hosts: Hosts) -> None:
    host = hosts.fake("default")
    host.cancel("nobody")
    assert hosts.ask(host).done().finish == "stop"


def test_status_and_token_counts_are_answered_while_decoding(hosts: Hosts) -> None:
    host = hosts.fake("slow")
    answer = hosts.ask(host)
    answer.until_token()
    report = host.status()
    assert report is not None
    assert report.busy
    assert report.n_used > 0
    assert host.count_tokens(["one two three", ""]) == [3, 0]
    assert host.count_tokens(["one"], chat=True) == [5]
    host.cancel(answer.request.id)
    assert answer.done().finish == "cancelled"


def test_without_a_model_requests_fail_and_nothing_is_counted(hosts: Hosts) -> None:
    host = hosts("--engine", "fake", load=None)
    assert hosts.ask(host).failed().code == "no_model"
    assert host.count_tokens(["one"]) is None
    assert host.status() is None
    assert host.state is EngineState.STOPPED


def test_states_and_load_progress_are_told(hosts: Hosts) -> None:
    host = hosts("--engine", "fake", load=None)
    heard: list[object] = []
    unsubscribe = host.subscribe(heard.append)
    host.load("some/model.gguf", n_ctx=512)
    hosts.ask(host).done()
    states = [event.state for event in heard if isinstance(event, StateChanged)]
    assert states == [
        EngineState.STARTING,
        EngineState.LOADING,
        EngineState.READY,
        EngineState.BUSY,
        EngineState.READY,
    ]
    assert any(isinstance(event, LoadProgress) for event in heard)
    assert [event.n_ctx for event in heard if isinstance(event, Loaded)] == [512]
    assert host.model_path is not None
    assert host.model_path.name == "model.gguf"
    unsubscribe()
    count = len(heard)
    hosts.ask(host).done()
    assert len(heard) == count


def test_a_second_load_replaces_the_first_between_two_answers(hosts: Hosts) -> None:
    host = hosts.fake("slow")
    answer = hosts.ask(host)
    answer.until_token()
    host.load("second", n_ctx=1024)
    following = hosts.ask(host)
    assert host.state is EngineState.BUSY
    host.cancel(answer.request.id)
    answer.done()
    following.until_token()
    assert host.loaded is not None
    assert (host.loaded.path, host.loaded.n_ctx) == ("second", 1024)
    host.cancel(following.request.id)
    following.done()


def test_a_listener_that_fails_does_not_harm_the_others(hosts: Hosts, expected_logs: LogWatch) -> None:
    host = hosts.fake("default")

    expected_logs.expect("a listener failed on")

    def broken(event: object) -> None:
        raise RuntimeError("listener")

    host.subscribe(broken)
    assert hosts.ask(host).done().finish == "stop"


def test_text_that_utf8_cannot_carry_fails_only_its_own_request(hosts: Hosts) -> None:
    host = hosts.fake("default")
    assert hosts.ask(host, "Be short.", "half a pair: \ud83d").failed().code == "protocol"
    assert hosts.ask(host).done().finish == "stop"


def test_a_request_from_within_a_listener_is_answered(hosts: Hosts) -> None:
    host = hosts.fake("default")
    first = hosts.ask(host)
    nested: list[object] = []

    def follow(event: Event) -> None:
        if isinstance(event, Done | Failed) and not nested:
            nested.append(hosts.ask(host))

    host.generate(first.request, follow)
    first.done()
    last = hosts.ask(host)
    last.done()
    assert host.state in (EngineState.READY, EngineState.BUSY)
    assert len(nested) == 1
    assert nested[0].done().finish == "stop"  # type: ignore[attr-defined]
