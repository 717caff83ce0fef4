"""Record an answer of a real model: `python -m tests.worker.record_transcript MODEL LABEL OUT.jsonl`."""

import queue
import sys
import time
from pathlib import Path

from copilot.inference.host import EngineHost
from copilot.inference.protocol import Done, Event, Failed, Generate, Loaded, Queued
from copilot.inference.worker.transcript import Moment, Transcript, write_transcript
from tests.worker.worker_harness import messages, worker_command, worker_environment

QUESTION = (
    "You help IT support technicians. Answer in Markdown and cite the evidence by its label.",
    "E1 (user): The printer on floor 3 prints nothing since Monday.\n"
    "E2 (event log): Print spooler stopped 14 times.\n"
    "E3 (ticket 4711): The driver was updated on Sunday.\n\n"
    "What should I check first, and why?",
)


def record(model: Path, label: str, out: Path) -> str:
    """Record one answer; return its last event as text."""
    host = EngineHost(worker_command("--engine", "llama"), env=worker_environment())
    arrived: queue.SimpleQueue[tuple[float, Event]] = queue.SimpleQueue()
    loaded: queue.SimpleQueue[object] = queue.SimpleQueue()
    try:
        host.subscribe(lambda event: loaded.put(event) if isinstance(event, Loaded) else None)
        host.load(model)
        loaded.get(timeout=600)
        started = time.monotonic()
        request = Generate("recorded", messages(*QUESTION), max_tokens=120, seed=1)
        host.generate(request, lambda event: arrived.put((time.monotonic() - started, event)))
        moments: list[Moment] = []
        while not moments or not isinstance(moments[-1].event, Done | Failed):
            at, event = arrived.get(timeout=600)
            if not isinstance(event, Queued):
                moments.append(Moment(round(at, 4), event))
        write_transcript(out, Transcript(label, tuple(moments)))
        return repr(moments[-1].event)
    finally:
        host.close()


if __name__ == "__main__":
    print(record(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])))
