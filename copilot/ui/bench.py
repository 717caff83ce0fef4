"""Figures of the window, each measured beside its control in the same run."""

import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication, QScrollArea, QTextEdit

from copilot.domain.conversation import Answer
from copilot.domain.query import View
from copilot.services.bundle import Services
from copilot.support.errors import KnownError
from copilot.support.i18n import tr
from copilot.support.paths import is_frozen
from copilot.ui.application import application, make_window
from copilot.ui.bridge.garbage import GarbageCollector
from copilot.ui.main_window import MainWindow
from copilot.ui.widgets.answer_body import AnswerBody
from copilot.ui.widgets.stream_cost import plain_cost, stream_cost

STARTS = 15  # pairs of starts, one of each kind in turn; with half as many, load moves the ratio by a fifth
STREAMS = 5
IDLE_SECONDS = 10.0
Figure = dict[str, Any]

# A bare window with one empty list; it says so once its first frame is through.
_CONTROL = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QListWidget, QMainWindow
app = QApplication(sys.argv)
window = QMainWindow()
window.setCentralWidget(QListWidget())
window.show()
def shown():
    print("list", flush=True)
    print("ticket", flush=True)
    app.quit()
timer = QTimer(window, interval=2, singleShot=True)
timer.timeout.connect(shown)
timer.start()
app.exec()
"""
# The program as it is started without a command, but for the probe.
_OURS = """
import sys
def build(*options):
    from copilot.app import build_desk
    return build_desk(*options)
def run_window(opening, request):
    from copilot.app import run_window
    return run_window(opening, request, probe=True)
from copilot.console.main import run
run(["--engine", "fake", "--data-dir", sys.argv[1]], build, run_window, list)
"""


def measure(build: Callable[[Any], Services], world: Callable[..., Any]) -> list[Figure]:
    """Run all measurements; about a minute."""
    if is_frozen():
        raise KnownError(tr("The benchmark runs from a source checkout only."))
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")) and sys.platform == "linux":
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        data = Path(folder)
        services = build(world(data, "fake", "fast"))
        try:
            services.exchange.make_samples()
            app = application(sys.argv[:1])
            with shown_window(app, services) as window:
                idle = gaps(lambda done: QTimer.singleShot(round(IDLE_SECONDS * 1000), done))
                streaming = gaps(lambda done: _stream(window, services, done))
                cost, plain = _stream_costs()
        finally:
            services.close()
        begun = starts(data)
        real = _real_engine(build, world, data / "real")
    bare, first_list, first_ticket = (statistics.median(column) for column in zip(*begun, strict=True))
    return [
        figure("start_ratio", first_list / bare, "x", 2.0),
        figure("start_ms", first_list * 1000, "ms"),
        figure("start_first_ticket_ms", first_ticket * 1000, "ms"),
        figure("start_control_ms", bare * 1000, "ms"),
        figure("gap_p99_ms", percentile(streaming, 0.99), "ms", 16.0),
        figure("gap_p999_ms", percentile(streaming, 0.999), "ms", 33.0),
        *real,
        figure("gap_idle_p99_ms", percentile(idle, 0.99), "ms"),
        figure("gap_idle_p999_ms", percentile(idle, 0.999), "ms"),
        figure("stream_ratio", statistics.median(cost) / statistics.median(plain), "x", 0.5),
        figure("stream_ms", statistics.median(cost) * 1000, "ms"),
        figure("stream_control_ms", statistics.median(plain) * 1000, "ms"),
    ]


@contextmanager
def shown_window(app: QApplication, services: Services) -> Iterator[MainWindow]:
    """Show the window with its first ticket, garbage collected as in a real one; close it afterwards."""
    window = make_window(app, services)
    window.completed.connect(partial(GarbageCollector, window))
    window.show()
    loop = QEventLoop()
    timer = QTimer()
    timer.setInterval(1)
    timer.timeout.connect(lambda: loop.quit() if window.shows_all() else None)
    timer.start()
    loop.exec()
    timer.stop()
    try:
        yield window
    finally:
        window.shut_down()
        window.deleteLater()
        app.processEvents()
        gc.unfreeze()
        gc.enable()


def gaps(run: Callable[[Callable[[], None]], None]) -> list[float]:
    """Return how much later than asked the event loop came back each time, in milliseconds."""
    loop, gaps, last = QEventLoop(), list[float](), time.perf_counter()

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        gaps.append(max(0.0, (now - last) * 1000 - 1.0))
        last = time.perf_counter()

    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.setInterval(1)
    timer.timeout.connect(tick)
    timer.start()
    run(loop.quit)
    loop.exec()
    timer.stop()
    return sorted(gaps)


def _stream(window: MainWindow, services: Services, done: Callable[[], None]) -> None:
    """Let the fake engine write a long answer into the ticket that is shown."""
    ticket = services.tickets.search(View.MY_QUEUE)[0]
    window.show_ticket(ticket)

    def ended(_: Answer) -> None:
        done()

    window.hub.answers.ended.connect(ended)
    window.hub.tasks.errand(
        window,
        lambda: services.ask.ask(ticket, "What is the likely cause?", window.hub.answers.listener),
        window.case.follow_answer,
    )


def _real_engine(build: Callable[[Any], Services], world: Callable[..., Any], data: Path) -> list[Figure]:
    """Return the gaps while the real engine writes, where COPILOT_TEST_MODEL names a model to write with."""
    model = Path(os.environ.get("COPILOT_TEST_MODEL", ""))
    if not model.is_file():
        return []
    services = build(world(data, "llama"))
    try:
        services.exchange.make_samples()
        card = services.models.import_file(model, progress=lambda _: None, cancelled=lambda: False)
        services.models.choose(card.id)
        with shown_window(application(sys.argv[:1]), services) as window:
            found = gaps(lambda done: _stream(window, services, done))
    finally:
        services.close()
    return [
        figure("gap_real_p99_ms", percentile(found, 0.99), "ms"),
        figure("gap_real_p999_ms", percentile(found, 0.999), "ms"),
    ]


def _stream_costs() -> tuple[list[float], list[float]]:
    """Cost of 16k characters of Markdown in 4-character tokens: our answer body, and plain text one by one."""
    words = (
        "## Likely cause\n\nThe lease is *missing* [E3]: the adapter has **169.254.10.7**, so no DHCP server answered "
        "on the port that the dock uses since it was moved.\n\n1. Check the port\n2. Renew the lease\n\n"
    )
    code = "```powershell\nipconfig /renew\n```\n\n"
    text = ((words * 13 + code) * 20)[:16_000]
    tokens = [text[i : i + 4] for i in range(0, len(text), 4)]
    ours, plain = list[float](), list[float]()
    for _ in range(STREAMS):
        body = AnswerBody(lambda _code, _language: ("reads", ""))
        pane = QScrollArea()  # as in the window; QTextEdit scrolls by itself
        pane.setWidgetResizable(True)
        pane.setWidget(body)
        body.setAttribute(Qt.WidgetAttribute.WA_StaticContents)  # as in the ticket's pane
        pane.resize(600, 400)
        pane.show()
        ours.append(stream_cost(body, tokens, per_flush=0))
        pane.close()
        pane.deleteLater()
        edit = QTextEdit()
        edit.resize(600, 400)
        edit.show()
        plain.append(plain_cost(edit, tokens, per_paint=0))
        edit.close()
        edit.deleteLater()
    return ours, plain


def starts(data: Path, pairs: int = STARTS) -> list[tuple[float, float, float]]:
    """Return (bare window, our list, our first ticket) in seconds from the start of the process; one after the
    other, so that load hits all alike."""
    package = str(Path(__file__).resolve().parents[2])
    # Compiled modules are kept, as they are by every installed program, also where this process keeps none.
    environment = {**os.environ, "PYTHONPATH": package, "PYTHONPYCACHEPREFIX": str(data / "pycache")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    times = []
    for _ in range(pairs + 1):
        bare, _ = _start((_CONTROL,), environment)
        times.append((bare, *_start((_OURS, str(data)), environment)))
    return times[1:]  # the first pair fills the page cache


def _start(command: tuple[str, ...], environment: dict[str, str]) -> tuple[float, float]:
    begun = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", *command], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        moments = []
        for _ in range(2):
            if not process.stdout.readline():
                raise KnownError(tr("The window did not start."))
            moments.append(time.perf_counter() - begun)
    return moments[0], moments[1]


def percentile(values: list[float], share: float) -> float:
    """Return the value below which `share` of the sorted `values` lie."""
    return values[min(len(values) - 1, int(len(values) * share))]


def figure(name: str, value: float, unit: str, target: float | None = None) -> Figure:
    """Return one line of the report; `target` is the most it may be."""
    return {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "op": "<=" if target is not None else "",
        "target": target,
    }
