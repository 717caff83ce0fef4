"""Decide: window, console command or worker process."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from copilot.services.bundle import Services
    from copilot.services.opening import Opening, StartRequest


def main(argv: list[str] | None = None) -> int:
    """Run the program; returns the exit status (0 done, 1 a bug, 2 something the user can mend)."""
    arguments = sys.argv[1:] if argv is None else argv
    if arguments[:1] == ["--worker"]:
        from copilot.inference.worker.main import run as run_worker

        return run_worker(arguments[1:])
    from copilot.console.main import run

    return run(arguments, _build, _run_window, _run_bench)


def _build(data_dir: Path | None, engine: str, fake_script: str) -> "Services":
    from copilot.app import build_desk

    return build_desk(data_dir, engine, fake_script)


def _run_window(opening: "Opening", request: "StartRequest") -> int:
    from copilot.app import run_window

    return run_window(opening, request)


def _run_bench(what: str) -> "list[dict[str, Any]]":
    from copilot.app import bench_window

    return bench_window(what)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # while modules were still being imported
        sys.exit(130)
