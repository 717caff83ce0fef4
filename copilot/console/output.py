"""What a command prints: text for people, or one JSON document."""

import json
import sys
import time
from typing import Any

from copilot.support.text import clean


class Output:
    """With `as_json` nothing but the final document goes to stdout."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self._is_terminal = sys.stderr is not None and sys.stderr.isatty()
        self._progress_at = 0.0
        self._progress_open = False

    def text(self, text: str = "", end: str = "\n") -> None:
        """Print for a person; terminal escapes in `text` are taken out."""
        if not self.as_json:
            self._end_progress()
            print(clean(text), end=end, flush=True)

    def document(self, value: Any) -> None:
        """Print the JSON document."""
        if self.as_json:
            import msgspec  # the window prints no document

            print(json.dumps(msgspec.to_builtins(value), ensure_ascii=False, indent=2), flush=True)

    def error(self, sentence: str) -> None:
        """Print one readable line (or a short list) on stderr."""
        self._end_progress()
        print(f"technician-copilot: {clean(sentence)}", file=sys.stderr, flush=True)

    def note(self, sentence: str) -> None:
        """Print something beside the result, on stderr."""
        self._end_progress()
        print(clean(sentence), file=sys.stderr, flush=True)

    def progress(self, sentence: str, *, last: bool = False) -> None:
        """Show progress on stderr: in place on a terminal, else a line every 10 seconds."""
        now = time.monotonic()
        if self._is_terminal:
            if last or now - self._progress_at > 0.1:
                self._progress_at = now
                print(f"\r{clean(sentence):<78}", end="", file=sys.stderr, flush=True)
                self._progress_open = True
                if last:
                    self._end_progress()
        elif last or now - self._progress_at > 10:
            self._progress_at = now
            print(clean(sentence), file=sys.stderr, flush=True)

    def _end_progress(self) -> None:
        if self._progress_open:
            print(file=sys.stderr, flush=True)
            self._progress_open = False
