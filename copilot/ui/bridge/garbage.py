"""Collects garbage on the GUI thread only: a cycle that holds a widget must not be freed on a worker's thread."""

import gc

from PySide6.QtCore import QObject, QTimer

WAIT_MS = 1000


class GarbageCollector(QObject):
    """Takes the place of Python's own collector, which runs on whichever thread happens to allocate.

    It keeps to Python's thresholds, looked at once a second. Made once a start is complete: what the start made
    stays, and no collection walks it again.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        gc.freeze()
        self._timer = QTimer(self, interval=WAIT_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Collect the oldest generation that is due, and with it all younger ones."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if counts[generation] > thresholds[generation] > 0:
                gc.collect(generation)
                return
