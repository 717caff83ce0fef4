"""The particulars of a model that few need: licence, publisher, hash, path. Addresses are shown, never opened."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from copilot.services.models import ModelCard
from copilot.support.i18n import tr
from copilot.ui.format import absolute_time, number
from copilot.ui.settings.column_page import copy_text, label
from copilot.ui.widgets.elided_label import ElidedLabel
from copilot.ui.widgets.icon_button import IconButton


class ModelDetails(QWidget):
    """Name and value a line; addresses, hash and path with a button that copies them."""

    def __init__(self, card: ModelCard) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        lines = (
            (tr("Licence"), card.licence, False),
            (tr("Licence text"), card.licence_url, True),
            (tr("Publisher"), card.publisher, False),
            (tr("Publisher's page"), card.page, True),
            (tr("Trained for"), _tokens(card), False),
            (tr("SHA-256"), card.sha256, True),
            (tr("Checked"), absolute_time(card.verified_at) if card.verified_at else "", False),
            (tr("File"), card.path, True),
        )
        for row, (name, value, can_copy) in enumerate(line for line in lines if line[1]):
            grid.addWidget(label(name, "small"), row, 0)
            shown = ElidedLabel(value)
            shown.setProperty("kind", "mono" if can_copy else "small")
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(shown, row, 1)
            if can_copy:
                copy = IconButton("copy", tr("Copy: {what}").format(what=name))
                copy.clicked.connect(partial(copy_text, value))
                grid.addWidget(copy, row, 2)
            else:
                grid.setRowMinimumHeight(row, shown.sizeHint().height() + 8)


def _tokens(card: ModelCard) -> str:
    return tr("{n} tokens").format(n=number(card.context)) if card.context else ""
