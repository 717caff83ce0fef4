"""Garbage is collected on the GUI thread, whoever made it: a cycle may hold a widget."""

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from copilot.ui.bridge.garbage import GarbageCollector
from tests.helpers.window import PATIENCE


class Ring(QObject):
    """Holds itself."""

    def __init__(self) -> None:
        super().__init__()
        self.ring = self


@pytest.fixture
def collector(qapp: QObject) -> Iterator[GarbageCollector]:
    owner = QObject()
    made = GarbageCollector(owner)
    made._timer.setInterval(10)
    yield made
    made._timer.stop()
    gc.unfreeze()
    gc.enable()


def test_a_ring_that_a_worker_made_goes_on_the_gui_thread(collector: GarbageCollector, qtbot: QtBot) -> None:
    ends = list[int]()

    def work() -> None:
        """Make much more garbage than Python's own collector lets lie."""
        for n in range(5000):
            ring = Ring()
            if n == 0:
                weakref.finalize(ring, lambda: ends.append(threading.get_ident()))

    worker = threading.Thread(target=work)
    worker.start()
    worker.join()
    assert ends == []  # though the worker allocated enough for several collections
    qtbot.waitUntil(lambda: bool(ends), timeout=PATIENCE)
    assert ends == [threading.get_ident()]


def test_each_generation_is_collected_when_it_is_due(
    collector: GarbageCollector, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = list[int]()
    collector._timer.stop()
    with monkeypatch.context() as patch:
        patch.setattr(gc, "collect", done.append)
        patch.setattr(gc, "get_threshold", lambda: (700, 10, 10))
        for counts in ((700, 10, 10), (701, 0, 0), (0, 11, 3), (5, 5, 11)):
            patch.setattr(gc, "get_count", lambda counts=counts: counts)
            collector.look()
    assert done == [0, 1, 2]
