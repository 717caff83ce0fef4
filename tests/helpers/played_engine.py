"""An engine for tests of what surrounds it: no process, no thread, every step told by the test."""

from collections.abc import Callable

from copilot.inference.protocol import Done, Event, Failed, Finish, Generate, PromptProgress, Token

Listener = Callable[[Event], None]


class PlayedEngine:
    """Answers at once with `text`, unless told to wait for the test's own steps."""

    def __init__(self) -> None:
        self.text = "**Likely cause:** the printer says 0x0000011b [E1]."
        self.waits = False
        self.requests: list[Generate] = []
        self.on_request: Callable[[Generate], None] = lambda _: None
        self._listeners: dict[str, Listener] = {}

    def generate(self, request: Generate, listener: Listener) -> None:
        """Take a question."""
        self.requests.append(request)
        self._listeners[request.id] = listener
        self.on_request(request)
        if not self.waits:
            listener(PromptProgress(request.id, 10, 10, 0))
            self.say(self.text)
            self.end()

    def say(self, text: str) -> None:
        """Send a piece of the newest answer."""
        self._tell(Token(self.requests[-1].id, text))

    def end(self, finish: Finish = "stop") -> None:
        """End the newest answer."""
        self._tell(Done(self.requests[-1].id, finish, 10, 0, 0.1, 5, 0.1))

    def fail(self, sentence: str) -> None:
        """Let the worker be gone."""
        self._tell(Failed(self.requests[-1].id, "crash", sentence))

    def cancel(self, uid: str) -> None:
        """Stop an answer."""
        self._listeners[uid](Done(uid, "cancelled", 10, 0, 0.1, 5, 0.1))

    @property
    def prompt(self) -> str:
        """The newest prompt as one text."""
        return "\n".join(f"{message.role}: {message.content}" for message in self.requests[-1].messages)

    def _tell(self, event: Event) -> None:
        self._listeners[self.requests[-1].id](event)
