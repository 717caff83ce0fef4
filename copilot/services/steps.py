"""Long work in short transactions: others get in between, it tells how far it is, and it can be stopped."""

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from copilot.storage.store import Db, Store

T = TypeVar("T")
Tell = Callable[[int, int], None]  # so many done, of so many
Stop = Callable[[], bool]

LONGEST = 0.012  # seconds that a transaction shall take
MOST = 500  # items of one
_FIRST = 8


def silent(_done: int, _all: int) -> None:
    """Tell nobody."""


def never() -> bool:
    """Go on to the end."""
    return False


def nothing(_db: Db) -> None:
    """Close a transaction with nothing more."""


def in_steps(
    store: Store,
    items: Sequence[T],
    work: Callable[[Db, T], None],
    tell: Tell = silent,
    stop: Stop = never,
    close: Callable[[Db], None] = nothing,
) -> int:
    """Do `work` for each item, as many in one transaction as fit into `LONGEST`; return how many were reached.

    Args:
        store: The database.
        items: What to work on.
        work: Called for each.
        tell: Called after each transaction.
        stop: Asked before each transaction.
        close: Called at the end of each transaction, inside it.
    """
    done, step = 0, _FIRST
    while done < len(items) and not stop():
        part = items[done : done + min(step, MOST)]
        began = time.perf_counter()
        with store.write() as db:
            for item in part:
                work(db, item)
            close(db)
        took = time.perf_counter() - began  # with the commit, in which the search index writes most
        done += len(part)
        step = max(1, round(len(part) * min(2.0, LONGEST / max(took, 1e-6))))
        tell(done, len(items))
        if done < len(items):
            time.sleep(0.0005)  # or whoever waits for the lock would not get it
            store.give_way()
    return done
