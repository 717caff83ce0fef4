"""Which model answers, and how much it reads at once."""

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QPushButton, QWidget

from copilot.services.bundle import Services
from copilot.services.models import ModelCard
from copilot.support.errors import KnownError
from copilot.support.i18n import tr
from copilot.support.text import one_line
from copilot.ui.bridge.hub import Hub
from copilot.ui.format import number
from copilot.ui.settings import model_words as words
from copilot.ui.settings.column_page import Section, line_of
from copilot.ui.widgets.chip import Chip
from copilot.ui.widgets.elided_label import ElidedLabel

WINDOWS = (2048, 4096, 8192)  # tokens


@dataclass(frozen=True, slots=True)
class _Facts:
    name: str
    card: ModelCard | None
    window: int


class ModelSection(Section):
    """Shows the model; it is changed on the models page.

    Signals:
        models_requested: The button was pressed.
    """

    models_requested = Signal()

    def __init__(self, hub: Hub, parent: QWidget | None = None) -> None:
        super().__init__(tr("Model"), parent)
        self._hub = hub
        self._name = ElidedLabel()
        self._state = Chip()
        self.models_button = QPushButton(tr("Models…"))
        self.models_button.setToolTip(tr("Install, import, choose and remove models"))
        self.models_button.clicked.connect(self.models_requested)
        self._note = self.add_line(tr("Answers with"), line_of(self._name, self._state, self.models_button))
        self.window_box = QComboBox()
        for tokens in WINDOWS:
            self.window_box.addItem(tr("{n} tokens").format(n=number(tokens)), tokens)
        self.window_box.setAccessibleName(tr("Context window"))
        self.window_box.activated.connect(self._on_window)
        line = line_of(self.window_box)
        line.setFocusProxy(self.window_box)
        self.add_line(
            tr("Context window"),
            line,
            tr(
                "How much the model reads at once: the ticket's evidence, your question and its answer; "
                "1,000 tokens are about 700 words. It applies when the model is loaded next."
            ),
        )
        self._fit = Chip()
        self._cost = self.add_line(tr("Memory"), line_of(self._fit))
        hub.model_changed.connect(self.refresh)

    def refresh(self) -> None:
        """Read model and window again."""
        self._hub.tasks.read(self, partial(_facts, self._hub.services), self._show, key="model")

    def _show(self, facts: _Facts) -> None:
        card = facts.card
        self._name.setText(facts.name)
        self._state.set_mark(words.state_mark(card.state) if card else None)
        self._state.setToolTip(words.state_explanation(card.state) if card else "")
        self._fit.set_mark(words.fit_mark(card) if card else None)
        self._cost.setText(card.memory if card else tr("No model, no memory."))
        self._cost.show()
        if self.window_box.findData(facts.window) < 0:  # set by hand, on the console
            self.window_box.addItem(tr("{n} tokens").format(n=number(facts.window)), facts.window)
        self.window_box.setCurrentIndex(self.window_box.findData(facts.window))
        too_long = bool(card and 0 < card.context < facts.window)
        self._note.setVisible(too_long)
        if card and too_long:
            text = tr("It was trained for {n} tokens: a larger window makes its answers worse.")
            self._note.setText(text.format(n=number(card.context)))

    def _on_window(self, index: int) -> None:
        tokens = int(self.window_box.itemData(index))
        self._hub.tasks.write(
            self, partial(self._hub.services.settings.set, "context_tokens", tokens), self._on_stored
        )

    def _on_stored(self, _nothing: None) -> None:
        self._hub.model_changed.emit()  # what fits depends on the window


def _facts(services: Services) -> _Facts:
    models = services.models
    window = models.window()
    if models.is_fake:
        return _Facts(tr("Scripted engine"), None, window)
    chosen = models.chosen()
    try:
        card = models.card(chosen)
    except KnownError:  # an imported file that somebody deleted
        return _Facts(tr("{name} (its file is gone)").format(name=one_line(chosen, 60)), None, window)
    return _Facts(words.name_of(card), card, window)
