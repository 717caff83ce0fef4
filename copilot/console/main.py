"""The command line: parse, open the desk, run one command, turn errors into exit statuses."""

import argparse
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from copilot import __version__
from copilot.console.context import Context, Figure
from copilot.console.output import Output, OutputError, forget, write
from copilot.console.window import add_options, is_file_name, window
from copilot.services.bundle import Services
from copilot.services.opening import Opening, StartRequest
from copilot.support import i18n
from copilot.support.errors import KnownError
from copilot.support.i18n import tr
from copilot.support.paths import resources
from copilot.support.text import clean

Build = Callable[[Path | None, str, str], Services]
RunWindow = Callable[[Opening, StartRequest], int]
RunBench = Callable[[str], list[Figure]]
_PROGRAM = "technician-copilot"


def run(arguments: Sequence[str], build: Build, run_window: RunWindow, run_bench: RunBench) -> int:
    """Run one command; returns 0 when done, 2 for what the user can mend, 1 for a bug, 130 when interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    speaks = i18n.chosen(
        "", i18n.system_language()
    )  # until the desk is open, which may have its own language
    i18n.install(resources() / "i18n", speaks)
    try:
        options = _read(arguments)
    except OutputError as error:
        return _end_without_stdout(error)
    except BrokenPipeError:
        return _end_without_stdout()
    output = Output(as_json=options.json)
    context = Context(options, output, build, run_window, run_bench)
    try:
        return int(options.command(context))
    except OutputError as error:
        return _end_without_stdout(error)
    except KnownError as error:
        output.error(str(error))
        return 2
    except KeyboardInterrupt:
        output.error(tr("Stopped."))
        return 130
    except BrokenPipeError:
        return _end_without_stdout()
    except Exception as error:
        logging.getLogger("copilot").exception("unexpected")
        output.error(
            tr("This should not have happened ({error}). What was stored before is kept.").format(
                error=f"{type(error).__name__}: {error}"
            )
        )
        return 1
    finally:
        context.close()


def _read(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options. Without a command the commands' modules, half of the program, are not even imported."""
    plain = _Parser(prog=_PROGRAM, add_help=False)
    _add_common(plain, suppress=False)
    add_options(plain)
    plain.set_defaults(command=window, file="")
    options, rest = plain.parse_known_args(arguments)
    if len(rest) == 1 and is_file_name(rest[0]):
        options.file = rest[0]
        return options
    return parser().parse_args(arguments) if rest else options


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """Exit with 2."""
        self.exit(2, f"{self.prog}: {clean(message)} ({tr('--help shows how')})\n")

    def _print_message(self, message: str, file: Any = None) -> None:
        """Say what argparse keeps to itself: that it cannot be printed."""
        if file is sys.stdout:
            write(message, file)
        else:
            Output(as_json=False).beside(message)


def _end_without_stdout(error: OutputError | None = None) -> int:
    """End where stdout takes no more; without an error the reader has gone, and that is no trouble."""
    if error is not None:
        Output(as_json=False).error(str(error))
    forget(sys.stdout)
    return 0 if error is None else 2


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line; options work before and after the command."""
    from copilot.console import ask, backup, bench, doctor, models, privacy, search, start, tickets

    common = argparse.ArgumentParser(add_help=False)
    _add_common(common, suppress=True)
    main = _Parser(
        prog=_PROGRAM,
        description=tr(
            "An offline AI copilot for IT support technicians. Without a command the window opens; "
            "with the name of a ticket file instead of a command it opens on the import of that file."
        ),
    )
    _add_common(main, suppress=False)
    add_options(main)
    main.add_argument("--version", action="version", version=__version__)
    main.set_defaults(command=window, file="")
    groups = main.add_subparsers(title=tr("commands"), metavar="COMMAND")
    for module in (start, tickets, search, ask, models, backup, privacy, doctor, bench):
        module.add_commands(groups, common)
    return main


def _add_common(parser: argparse.ArgumentParser, *, suppress: bool) -> None:
    def default(value: object) -> object:
        return argparse.SUPPRESS if suppress else value

    parser.add_argument(
        "--data-dir", type=Path, default=default(None), metavar="DIR", help=tr("use another data folder")
    )
    parser.add_argument(
        "--json",
        action="store_true",
        default=default(False),
        help=tr("print one JSON document and nothing else"),
    )
    parser.add_argument(
        "--engine",
        choices=["llama", "fake"],
        default=default("llama"),
        help=tr("fake: a scripted engine for tests"),
    )
    parser.add_argument(
        "--fake-script",
        default=default("default"),
        metavar="NAME",
        help=tr("what the fake engine plays: default, slow, fast, … or a transcript file"),
    )
