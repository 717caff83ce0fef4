"""The top of the models page: what a model is, which one to begin with, and bringing a file of one's own."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from copilot.services.models import ModelCard
from copilot.support.i18n import tr
from copilot.ui.format import data_size
from copilot.ui.settings import model_words as words
from copilot.ui.settings.column_page import label, wrapping_line_of


class ModelsHead(QWidget):
    """A sentence and one or two buttons; the primary one only while there is no model.

    Signals:
        install_requested(str): The recommended model is wanted.
        import_requested(): A file is to be picked.
    """

    install_requested = Signal(str)
    import_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offer: ModelCard | None = None
        self._sentence = label("", wraps=True)
        self.install_button = QPushButton()
        self.install_button.setProperty("kind", "primary")
        self.install_button.clicked.connect(self._on_install)
        self.install_button.hide()
        self.import_button = QPushButton(tr("Import a GGUF file…"))
        self.import_button.setToolTip(tr("Or drop the file anywhere on this page"))
        self.import_button.clicked.connect(self.import_requested)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._sentence)
        column.addWidget(wrapping_line_of(self.install_button, self.import_button))

    @property
    def sentence(self) -> str:
        """What it says."""
        return self._sentence.text()

    def set_cards(self, cards: list[ModelCard], *, is_fake: bool) -> None:
        """Say what fits the models there are."""
        is_needed = bool(cards) and not any(words.is_usable(card) for card in cards)
        self._offer = offer = recommended(cards) if is_needed else None
        self.install_button.setVisible(offer is not None)
        if offer is not None:
            self.install_button.setText(tr("Install {name}").format(name=words.name_of(offer)))
        if is_fake:
            text = tr("This window runs the scripted engine: it plays fixed answers and uses no model.")
        elif offer is not None:
            text = tr(
                "No model is installed yet. A model is one file that writes the answers, on this machine alone. "
                "We recommend {name}: {size}, fetched once. After that no network is needed. "
                "Without a network, import the file from a folder or a USB stick."
            ).format(name=words.name_of(offer), size=data_size(offer.file_bytes))
        else:
            text = tr(
                "A model is one file that writes the answers, on this machine alone. A larger one answers better, "
                "more slowly, and needs more memory. Nothing is fetched until you press Install."
            )
        self._sentence.setText(text)

    def set_blocked(self, blocked: bool) -> None:
        """Hold the buttons back while something is under way."""
        self.install_button.setEnabled(not blocked)
        self.import_button.setEnabled(not blocked)

    def _on_install(self) -> None:
        if self._offer is not None:
            self.install_requested.emit(self._offer.id)


def recommended(cards: list[ModelCard]) -> ModelCard | None:
    """Return the catalogue's default; where it does not fit into memory, the first of the list that does."""
    offers = [card for card in cards if card.can_download and not card.for_tests]
    ranked = sorted(offers, key=_not_chosen)
    return next((card for card in ranked if card.fits), ranked[0] if ranked else None)


def _not_chosen(card: ModelCard) -> bool:
    return not card.chosen
