"""Answers arrive on the engine's thread; here they become queued signals, merged at 30 Hz."""

import threading

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from copilot.services.answer_events import AnswerEvent, Chunk, Ended, Listener, Reading, Waiting

FRAME_MS = 33


class AnswerFeed(QObject):
    """One for a window; every answer that this process receives comes through it.

    Signals:
        waiting(str, int, int): Answer uid, its ticket, place in the line; 0 once it waits for nothing but the model.
        reading(str, int, int, int): Answer uid, tokens read, tokens in all, tokens known already.
        text_arrived(str, int, str): Answer uid, where the text belongs (characters), text since the last signal.
        ended(object): The stored Answer.
    """

    waiting = Signal(str, int, int)
    reading = Signal(str, int, int, int)
    text_arrived = Signal(str, int, str)
    ended = Signal(object)
    _wake = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._events: list[AnswerEvent] = []
        self._closed = False
        self._timer = QTimer(self, interval=FRAME_MS, singleShot=True)
        self._timer.timeout.connect(self._flush)
        self._wake.connect(self._start_timer, Qt.ConnectionType.QueuedConnection)

    @property
    def listener(self) -> Listener:
        """The callback to hand to `AskService.ask`; may be called on any thread."""
        return self._take

    def close(self) -> None:
        """Stop passing events on."""
        self._closed = True
        self._timer.stop()

    def _take(self, event: AnswerEvent) -> None:
        with self._lock:
            self._events.append(event)
            is_first = len(self._events) == 1
        if is_first and not self._closed:
            self._wake.emit()

    def _start_timer(self) -> None:
        if not self._closed and not self._timer.isActive():
            self._timer.start()

    def _flush(self) -> None:
        with self._lock:
            events, self._events = self._events, []
        texts: dict[str, tuple[int, list[str]]] = {}
        progress: dict[str, Reading] = {}

        def send_texts() -> None:
            for uid, (start, parts) in texts.items():
                self.text_arrived.emit(uid, start, "".join(parts))
            texts.clear()

        for event in events:
            match event:
                case Chunk():
                    texts.setdefault(event.answer, (event.start, []))[1].append(event.text)
                case Reading():
                    progress[event.answer] = event
                case Waiting():
                    self.waiting.emit(event.answer, event.ticket, event.place)
                case Ended():
                    send_texts()
                    self.ended.emit(event.answer)
        for reading in progress.values():
            self.reading.emit(reading.answer, reading.done, reading.total, reading.cached)
        send_texts()
