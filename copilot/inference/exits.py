"""Says in one breath why the worker process ended: what happened, what was kept, what to do."""

import signal
from collections.abc import Sequence

from copilot.support.i18n import tr

# Signal numbers are spelled out because Windows has no names for most of them. NTSTATUS values: [MS-ERREF] 2.3.1.
_BY_STATUS = {
    -4: "illegal_instruction",  # SIGILL
    0xC000001D: "illegal_instruction",
    -11: "crash",  # SIGSEGV
    0xC0000005: "crash",
    0xC00000FD: "crash",  # stack overflow
    -7: "model_unreadable",  # SIGBUS: a page of the mapped file cannot be read
    0xC0000006: "model_unreadable",  # the same, in-page error
    -9: "out_of_memory",  # SIGKILL: almost always the kernel's memory killer
    0xC0000017: "out_of_memory",
    0xC000012D: "out_of_memory",  # commitment limit
    -6: "abort",  # SIGABRT
    3: "abort",  # abort() in Microsoft's runtime
    0xC0000409: "abort",  # fast fail
    0xC0000135: "library_missing",
    0xC0000139: "library_missing",  # entry point not found
    0xC0000142: "library_missing",  # its initialisation failed
    -15: "ended",  # SIGTERM
    0: "ended",
}
_TAIL_SIGNS = (
    (
        "out_of_memory",
        ("bad_alloc", "MemoryError", "failed to allocate", "unable to allocate", "Cannot allocate"),
    ),
    ("library_missing", ("No module named 'llama_cpp'", "Failed to load shared library", "GLIBC", "GLIBCXX")),
)


def explain(returncode: int, stderr_tail: Sequence[str]) -> tuple[str, str]:
    """Return a code and the sentences that tell the user why the worker ended.

    Args:
        returncode: As `subprocess.Popen` gives it: negative is a signal, Windows' NTSTATUS comes signed or unsigned.
        stderr_tail: The last lines that the worker wrote to its stderr, oldest first.
    """
    status = returncode if returncode > -256 else returncode & 0xFFFFFFFF
    code = _BY_STATUS.get(status, "exit")
    if code in ("abort", "exit"):
        tail = "\n".join(stderr_tail)
        code = next((name for name, signs in _TAIL_SIGNS if any(sign in tail for sign in signs)), code)
    return code, sentence(code, _name(status), last_line(stderr_tail))


def sentence(code: str, status: str = "", reason: str = "") -> str:
    """Return the sentences for `code`; those without a text of their own name the status and the reason."""
    kept = tr("Your question and the part of the answer that had arrived are kept.")
    what, todo = _texts(code, status)
    if reason and code in ("abort", "exit", "library_missing"):
        what = tr("{what} Its last words: {reason}").format(what=what, reason=reason)
    return " ".join((what, kept, todo))


def last_line(stderr_tail: Sequence[str], limit: int = 200) -> str:
    """Return the last line that says something, cut to `limit` characters."""
    line = next((line.strip() for line in reversed(stderr_tail) if line.strip()), "")
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _texts(code: str, status: str) -> tuple[str, str]:
    match code:
        case "illegal_instruction":
            return (
                tr("This processor lacks an instruction that the engine was built with."),
                tr("Install the build for older processors."),
            )
        case "crash":
            return (
                tr("The engine crashed while reading memory ({status}).").format(status=status),
                tr("Ask again; if it happens twice, check the model file or choose another model."),
            )
        case "model_unreadable":
            return (
                tr("The model file could not be read any more."),
                tr("Check that its drive is connected and the file was not changed, then ask again."),
            )
        case "out_of_memory":
            return (
                tr("The engine was stopped, most likely because the computer ran out of memory."),
                tr("Choose a smaller model or close other programs, then ask again."),
            )
        case "library_missing":
            return (
                tr("A library that the engine needs is missing or does not fit this system."),
                tr("Repair or reinstall the program."),
            )
        case "ended":
            return (tr("The engine was ended from outside."), tr("Ask again to start it anew."))
        case "hung":
            return (
                tr("The engine stopped responding and was ended."),
                tr("Ask again; if it happens twice, choose a smaller model or close other programs."),
            )
        case "protocol":
            return (
                tr("The engine sent something that could not be understood, so it was ended."),
                tr("Ask again; if it happens twice, repair or reinstall the program."),
            )
        case "start_failed":
            return (tr("The engine could not be started."), tr("Repair or reinstall the program."))
        case "abort":
            return (
                tr("The engine gave up on an internal error."),
                tr("Ask again; if it happens twice, choose another model."),
            )
        case _:
            return (
                tr("The engine ended unexpectedly ({status}).").format(status=status),
                tr("Ask again to start it anew."),
            )


def _name(status: int) -> str:
    if status > 0xFFFF:
        return f"0x{status:08X}"
    if status >= 0:
        return tr("exit code {number}").format(number=status)
    try:
        return signal.Signals(-status).name
    except ValueError:
        return tr("signal {number}").format(number=-status)
