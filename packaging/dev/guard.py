"""Run a command that ends, with all that it started, as soon as our standard input closes.

So it ends with the program that waits for it, however that one ends: a compiler that is left behind would write into
the files of the next run.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time


def main() -> int:
    """Run the command that our arguments are; return its exit status."""
    if os.name == "posix":  # we lead a group of our own, and outlive the signals that we send to it
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda _number, _frame: None)
    process = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
    ending = threading.Event()
    thread = threading.Thread(target=_end_with_input, args=(process, ending), daemon=True)
    thread.start()
    status = process.wait()
    if ending.is_set():
        thread.join()  # the command is gone, but what it started may not be
    return status


def _end_with_input(process: subprocess.Popen[bytes], ending: threading.Event) -> None:
    os.read(0, 1)
    ending.set()
    if os.name == "posix":
        for number in (signal.SIGINT, signal.SIGTERM):  # asked, told
            os.killpg(0, number)
            time.sleep(1)
        os.killpg(0, signal.SIGKILL)  # and made, ourselves too
    else:
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)


if __name__ == "__main__":
    sys.exit(main())
