"""Keep two setups from working in the same checkout at once."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator

from places import CACHE
from progress import say


@contextlib.contextmanager
def only_one_at_a_time() -> Iterator[None]:
    """Wait until no other setup is at work in this checkout."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "setup.lock").open("a+b") as file:
        if not _lock(file.fileno(), wait=False):
            say("Another setup is at work in this folder; waiting for it to end.")
            _lock(file.fileno(), wait=True)
        yield  # closing the file gives the lock back, even if we are killed


def _lock(handle: int, *, wait: bool) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            while True:  # LK_LOCK itself gives up after ten seconds
                try:
                    os.lseek(handle, 0, os.SEEK_SET)
                    msvcrt.locking(handle, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
                    return True
                except OSError:
                    if not wait:
                        raise
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            return True
    except OSError:
        return False
