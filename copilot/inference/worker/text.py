"""Turns the bytes of sampled tokens into text that may be shown: whole characters, nothing of a stop text."""

import codecs
from collections.abc import Sequence


class AnswerText:
    """Collects one answer.

    A token may end in the middle of a character or of a stop text; what is not yet certain is held back.

    Attributes:
        text: What has been handed out so far.
        stopped: Whether a stop text has come.
    """

    def __init__(self, stop: Sequence[str] = ()) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._stop = tuple(each for each in stop if each)
        self._held = ""
        self.text = ""
        self.stopped = False

    def feed(self, piece: bytes) -> str:
        """Take the bytes of a token; return what can be handed out now, which may be nothing."""
        self._held += self._decoder.decode(piece)
        ends = [at for at in (self._held.find(each) for each in self._stop) if at >= 0]
        if ends:
            self.stopped = True
            return self._hand_out(min(ends))
        return self._hand_out(len(self._held) - self._doubtful())

    def finish(self) -> str:
        """Return what was held back, at the end of the answer; half characters are dropped."""
        return "" if self.stopped else self._hand_out(len(self._held))

    @property
    def is_clean(self) -> bool:
        """Whether nothing is held back, so that the tokens so far say exactly `text`."""
        return not self._held and not self._decoder.getstate()[0]

    def _hand_out(self, length: int) -> str:
        out, self._held = self._held[:length], self._held[length:]
        self.text += out
        return out

    def _doubtful(self) -> int:
        """Return the length of the longest end that could be the beginning of a stop text."""
        longest = 0
        for each in self._stop:
            for length in range(min(len(each) - 1, len(self._held)), longest, -1):
                if self._held.endswith(each[:length]):
                    longest = length
                    break
        return longest
