"""Figures of a desk with 100,000 tickets, each measured beside its control in the same run."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from copilot.domain.query import View
from copilot.services.bench_import import measure_import
from copilot.services.bench_search import BarePages
from copilot.services.bundle import Services
from copilot.services.made_up_tickets import made_up
from copilot.services.storing import store_all
from copilot.support.errors import KnownError
from copilot.support.i18n import tr
from copilot.support.paths import is_frozen, resources
from copilot.ui.application import application
from copilot.ui.bench import Figure, figure, gaps, percentile, shown_window, starts
from copilot.ui.main_window import MainWindow

TICKETS = int(os.environ.get("COPILOT_BENCH_TICKETS", "100000"))
IMPORTED = 5000  # while somebody searches
SCROLL_STEPS = 900
STARTS = 9
_MOST_GAP = 33.0  # ms; two frames

# Opens the window on a desk, lets it read all it reads, searches, scrolls, and says how much memory that took.
_MEMORY = """
import json, sys
from pathlib import Path
import psutil
from copilot.app import World, build
from copilot.ui.bench_desk import use_list
services = build(World(Path(sys.argv[1]), "fake", "fast"))
use_list(services)
print(json.dumps(psutil.Process().memory_full_info().uss))
services.close()
"""


def measure(build: Callable[[Any], Services], world: Callable[..., Any]) -> list[Figure]:
    """Run all measurements; some minutes."""
    if is_frozen():
        raise KnownError(tr("The benchmark runs from a source checkout only."))
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")) and sys.platform == "linux":
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        data, empty = Path(folder) / "desk", Path(folder) / "empty"
        services = build(world(data, "fake", "fast"))
        try:
            ours, bare = measure_import(services, TICKETS)
            figures = [
                figure("import_ratio", ours / bare, "x", 3.0),
                figure("import_s", ours, "s"),
                figure("import_control_s", bare, "s"),
            ]
            with shown_window(application(sys.argv[:1]), services) as window:
                figures += _measure_window(window, services)
        finally:
            services.close()
        build(world(empty, "fake", "fast")).close()
        begun = starts(data, STARTS)
        memory = _memory(data) - _memory(empty)
    control, first_list, first_ticket = (statistics.median(column) for column in zip(*begun, strict=True))
    return [
        figure("start_ratio", first_list / control, "x", 2.0),
        figure("start_ms", first_list * 1000, "ms"),
        figure("start_first_ticket_ms", first_ticket * 1000, "ms"),
        figure("start_control_ms", control * 1000, "ms"),
        *figures,
        figure("memory_mb", memory / 1e6, "MB", 120.0),
    ]


def use_list(services: Services) -> None:
    """Open the window, show every ticket, search and scroll."""
    with shown_window(application(sys.argv[:1]), services) as window:
        window.sidebar.set_view(View.ALL)
        _spin(1000)
        _type(window, "pri")
        _type(window, "")
        _spin(1000)
        loop = QEventLoop()
        _scroll(window, loop.quit, 200)
        loop.exec()


def _measure_window(window: MainWindow, services: Services) -> list[Figure]:
    window.sidebar.set_view(View.ALL)
    _spin(1000)
    prefixes = [
        line
        for line in (resources() / "bench" / "search_prefixes.txt").read_text("utf-8").splitlines()
        if not line.startswith("#")
    ]
    control = BarePages(services)
    searches, bare = list[float](), list[float]()
    for prefix in prefixes:
        searches.append(_type(window, prefix))
        bare.append(control.seconds(View.ALL, prefix) * 1000)
    _type(window, "")
    views, bare_views = list[float](), list[float]()
    for _ in range(25):
        for view in View:
            views.append(_switch(window, view))
            bare_views.append(control.seconds(view, "") * 1000)
    scroll = _scroll_gaps(window)
    while_import, views_while_import = _search_while_importing(window, services, prefixes)
    control.close()
    return [
        figure("search_p95_ms", _p95(searches), "ms", 30.0),
        figure("search_ratio", _p95(searches) / _p95(bare), "x", 3.0),
        figure("search_control_p95_ms", _p95(bare), "ms"),
        figure("search_median_ms", statistics.median(searches), "ms"),
        figure("view_p95_ms", _p95(views), "ms", 30.0),
        figure("view_ratio", _p95(views) / _p95(bare_views), "x", 3.0),
        figure("view_control_p95_ms", _p95(bare_views), "ms"),
        figure("search_while_import_p95_ms", _p95(while_import), "ms", 30.0),
        figure("view_while_import_p95_ms", _p95(views_while_import), "ms", 30.0),
        figure("scroll_gap_ms", scroll[-1], "ms", _MOST_GAP),
        figure("scroll_gap_p99_ms", percentile(scroll, 0.99), "ms"),
    ]


def _type(window: MainWindow, text: str) -> float:
    """Return milliseconds from a changed search line to the first page on screen."""
    return _until_listed(window, lambda: window.sidebar.set_search(text))


def _switch(window: MainWindow, view: View) -> float:
    return _until_listed(window, lambda: window.sidebar.set_view(view))


def _until_listed(window: MainWindow, act: Callable[[], None]) -> float:
    loop = QEventLoop()
    window.sidebar.listed.connect(loop.quit)
    began = time.perf_counter()
    act()
    loop.exec()
    window.sidebar.repaint()
    taken = (time.perf_counter() - began) * 1000
    window.sidebar.listed.disconnect(loop.quit)
    return taken


def _scroll_gaps(window: MainWindow) -> list[float]:
    """Return the gaps of the event loop, in order of size, while every ticket is scrolled by."""
    window.sidebar.set_view(View.ALL)
    _spin(1500)
    return gaps(lambda done: _scroll(window, done, SCROLL_STEPS))


def _scroll(window: MainWindow, done: Callable[[], None], steps: int) -> None:
    bar = window.sidebar.scroll_bar()
    at = 0
    timer = QTimer(window, interval=5)

    def step() -> None:
        nonlocal at
        at += 1
        bar.setValue(bar.maximum() * at // steps)
        if at >= steps:
            timer.stop()
            timer.deleteLater()
            done()

    timer.timeout.connect(step)
    timer.start()


def _search_while_importing(
    window: MainWindow, services: Services, prefixes: list[str]
) -> tuple[list[float], list[float]]:
    """Return what typing and switching views takes while tickets are imported in this process."""
    deps = services.deps
    drafts = [
        replace(draft, ticket=replace(draft.ticket, number=f"NEW-{place}"))
        for place, draft in enumerate(made_up(IMPORTED, 99, deps.clock.now(), deps.me()))
    ]
    ended = list[object]()
    window.hub.tasks.errand(window, lambda: store_all(deps, drafts, "import"), ended.append)
    searches, views = list[float](), list[float]()
    at = 0
    while not ended:
        searches.append(_type(window, prefixes[at % len(prefixes)]))
        at += 1
        if at % 5 == 0:
            _type(window, "")
            views.append(_switch(window, list(View)[at // 5 % len(View)]))
        _spin(20)
    _type(window, "")
    return searches, views


def _memory(data: Path) -> int:
    """Return the bytes that only the window's process uses, after it was used on the desk in `data`."""
    package = str(Path(__file__).resolve().parents[2])
    run = subprocess.run(
        [sys.executable, "-c", _MEMORY, str(data)],
        env={**os.environ, "PYTHONPATH": package},
        stdout=subprocess.PIPE,
        check=True,
    )
    return int(json.loads(run.stdout))


def _spin(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
    QApplication.processEvents()


def _p95(values: list[float]) -> float:
    return percentile(sorted(values), 0.95)
