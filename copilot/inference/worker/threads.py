"""How many threads to compute with, while it runs: ggml waits for its slowest thread.

A thread that the scheduler has taken off stalls all others, so two threads on a busy 2-core machine decode several
times slower than one. The count therefore follows what other programs leave free.
"""

import os
import sys
import threading
import time
from collections.abc import Callable

import psutil

_EVERY = 1.0  # seconds between looks at the machine


class ThreadCount:
    """The number of threads to use now. Thread-safe."""

    def __init__(self, cores: int | None = None, busy_elsewhere: Callable[[], float] | None = None) -> None:
        """Prepare.

        Args:
            cores: Physical cores; asked of the system if None.
            busy_elsewhere: Gives the number of cores that other processes kept busy since the last call.
        """
        self._cores = cores or usable_cores()
        self._busy_elsewhere = busy_elsewhere or _Load()
        self._fixed = 0
        self._chosen = max(1, self._cores // 2)  # careful until the first look

    def watch(self) -> None:
        """Look at the machine once a second from now on.

        Also between answers: a wrong number costs seconds on the first tokens, before a look then could tell.
        """
        threading.Thread(target=self._watch, name="load", daemon=True).start()

    def look(self) -> None:
        """Choose by what others leave free at the moment."""
        free = self._cores - self._busy_elsewhere()
        self._chosen = max(1, min(most_threads(self._cores), round(free)))

    def fix(self, n: int) -> None:
        """Use `n` threads whatever the load; 0 follows the load again."""
        self._fixed = max(0, n)

    def current(self) -> int:
        """Return the number to use."""
        return self._fixed or self._chosen

    def _watch(self) -> None:
        while True:
            time.sleep(_EVERY)
            self.look()


def most_threads(cores: int) -> int:
    """Return the threads for an idle machine: one core stays free for the window, but of two both are worth using."""
    return max(1, cores if cores <= 2 else cores - 1)


def usable_cores() -> int:
    """Return the physical cores that this process may use."""
    physical = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    if sys.platform == "linux":  # containers and taskset; the other systems have no such call in Python 3.11
        physical = min(physical, len(os.sched_getaffinity(0)))
    return max(1, physical)


class _Load:
    """Cores kept busy by others since the last call, from the system's and our own CPU time."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._last = self._sample()

    def __call__(self) -> float:
        now = self._sample()
        seconds, system, own = (new - old for new, old in zip(now, self._last, strict=True))
        self._last = now
        return max(0.0, (system - own) / seconds) if seconds > 0 else 0.0

    def _sample(self) -> tuple[float, float, float]:
        total = psutil.cpu_times()
        own = self._process.cpu_times()
        # Guests are counted within user time; waiting for the disk is not work.
        busy = sum(
            getattr(total, name, 0.0) for name in ("user", "nice", "system", "irq", "softirq", "steal")
        )
        return time.monotonic(), busy, own.user + own.system
