"""`make bench`: a table of figures, each beside its control in the same run."""

import os
import sys
import tempfile
import time
from pathlib import Path

from copilot.app import World, bench_window, build
from copilot.domain.coaching import Intent
from copilot.domain.query import View
from copilot.services.answer_events import AnswerEvent, Ended
from copilot.services.bundle import Services

Row = tuple[str, float, str, str]


def main() -> int:
    """Measure the window, a large desk, the coach and the real engine."""
    rows: list[Row] = []
    for figure in [*bench_window("ui"), *bench_window("desk")]:
        target = f"{figure['op']} {figure['target']}" if figure["op"] else ""
        rows.append((figure["name"], figure["value"], figure["unit"], target))
    rows += _coach()
    rows += _engine()
    width = max(len(row[0]) for row in rows)
    print(f"| {'figure':<{width}} | {'value':>10} | unit | target |")
    print(f"|{'-' * (width + 2)}|{'-' * 12}|------|--------|")
    for name, value, unit, target in rows:
        print(f"| {name:<{width}} | {value:>10.3f} | {unit:<4} | {target:<6} |")
    return 0


def _coach() -> list[Row]:
    """One pass of the coach on every sample ticket, beside reading the same ticket from the database."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        services = build(World(Path(folder), "fake"))
        try:
            services.exchange.make_samples()
            passes, reads = list[float](), list[float]()
            for ticket in services.tickets.search(View.ALL):
                begun = time.perf_counter()
                case = services.tickets.case(ticket)
                reads.append(time.perf_counter() - begun)
                context = services.ask.coach_context(ticket)
                text = f"{case.ticket.title}. {case.ticket.body}"[:1800] or "What is wrong?"
                begun = time.perf_counter()
                report = services.ask.examine(text, context)
                passes.append(time.perf_counter() - begun)
                assert report.intent in Intent
        finally:
            services.close()
    return [
        ("coach_pass_p95_ms", _p95(passes) * 1000, "ms", ""),
        ("coach_control_read_ticket_p95_ms", _p95(reads) * 1000, "ms", ""),
    ]


def _engine() -> list[Row]:
    """The real engine on the test model: the first question on a ticket beside the second on the same one."""
    model = os.environ.get("COPILOT_TEST_MODEL", "")
    if not model or not Path(model).is_file():
        print("COPILOT_TEST_MODEL names no file: the real engine is left out.", file=sys.stderr)
        return []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        services = build(World(Path(folder)))
        try:
            services.exchange.make_samples()
            card = services.models.import_file(Path(model), progress=lambda _: None, cancelled=lambda: False)
            services.models.choose(card.id)
            ticket = services.tickets.search(View.ALL, "INC-1001")[0]
            first = _ask(services, ticket, "What is the likely cause?")
            second = _ask(services, ticket, "What do I check next?")
        finally:
            services.close()
    a, b = first.answer.timings, second.answer.timings
    return [
        ("real_first_prompt_tokens", a.prompt_tokens, "tok", ""),
        ("real_first_to_token_s", a.prompt_seconds, "s", ""),
        ("real_second_to_token_s", b.prompt_seconds, "s", ""),
        ("real_second_new_share", 1 - b.cached_tokens / max(b.prompt_tokens, 1), "x", ""),
        ("real_decode_per_s", a.answer_tokens / max(a.answer_seconds, 1e-9), "tok", ""),
    ]


def _ask(services: Services, ticket: int, question: str) -> Ended:
    ended = list[Ended]()

    def listen(event: AnswerEvent) -> None:
        if isinstance(event, Ended):
            ended.append(event)

    uid = services.ask.ask(ticket, question, listen)
    services.ask.wait(uid, 300)
    return ended[0]


def _p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


if __name__ == "__main__":
    sys.exit(main())
