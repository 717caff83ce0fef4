"""What a test leaves running or open behind it, by name."""

import gc
import threading
from collections.abc import Iterable

_PATIENCE = 2.0  # seconds for a thread that is about to end


def running_threads() -> set[threading.Thread]:
    """Return the threads that run now."""
    return set(threading.enumerate())


def leaked_threads(before: Iterable[threading.Thread]) -> list[str]:
    """Return the threads begun since `before` that keep the program alive or are our own."""
    leaked = []
    for thread in running_threads() - set(before):
        if thread.daemon and not _is_ours(thread):
            continue
        thread.join(_PATIENCE)
        if thread.is_alive():
            leaked.append(f"thread {thread.name!r} still runs")
    return leaked


def _is_ours(thread: threading.Thread) -> bool:
    target = getattr(thread, "_target", None)
    modules = (type(thread).__module__, getattr(target, "__module__", None) or "")
    return thread.name.startswith("copilot") or any(module.startswith("copilot") for module in modules)


def qt_leaks() -> dict[int, str]:
    """Return the timers, threads, animations and top-level widgets that are alive now, by identity.

    Needs a QApplication. Objects that only wait for their deletion are deleted first.
    """
    from PySide6.QtCore import QAbstractAnimation, QCoreApplication, QEvent, QObject, QThread, QTimer
    from PySide6.QtWidgets import QApplication
    from shiboken6 import isValid

    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    found: dict[int, str] = {}

    def note(what: str, thing: QObject) -> None:
        parent = thing.parent()
        owner = f" of {type(parent).__name__}" if parent is not None else ""
        found[id(thing)] = f"{what} {type(thing).__name__}{owner} {thing.objectName()!r}"

    for thing in gc.get_objects():
        kind = type(thing)  # not isinstance, which asks the object itself and may run its code
        if not issubclass(kind, QTimer | QThread | QAbstractAnimation) or not isValid(thing):
            continue
        if issubclass(kind, QTimer) and thing.isActive():
            note("active timer", thing)
        elif issubclass(kind, QThread) and thing.isRunning() and thing is not QThread.currentThread():
            note("running thread", thing)
        elif issubclass(kind, QAbstractAnimation) and thing.state() == QAbstractAnimation.State.Running:
            note("running animation", thing)
    for widget in QApplication.topLevelWidgets():
        if isValid(widget) and widget.metaObject().className() != "QTipLabel":  # Qt keeps its one tooltip
            note("top-level widget", widget)
    return found
