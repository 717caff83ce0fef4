"""The register of what is recorded about people, as a table a person can read."""

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from copilot.domain.personal_data import About
from copilot.services.privacy import Count
from copilot.support.i18n import tr
from copilot.ui.format import number
from copilot.ui.models.text_table import TextTableModel
from copilot.ui.settings.column_page import label
from copilot.ui.widgets.full_table import FullTable


class RegisterSection(QWidget):
    """Three tables: about you, about requesters, about anybody a text names."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        titles = {
            About.TECHNICIAN: tr("About you"),
            About.REQUESTER: tr("About requesters"),
            About.THIRD_PARTY: tr("About anybody a text names"),
        }
        self.models: dict[About, TextTableModel] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for about, title in titles.items():
            if self.models:
                column.addSpacing(16)
            column.addWidget(label(title, "title"))
            headers = (tr("What"), tr("Holds"), tr("For"), tr("Kept"), tr("Seen by"), tr("Now"))
            self.models[about] = TextTableModel(headers, self)
            column.addWidget(FullTable(self.models[about], title, (4, 6, 5, 4, 4, 0)))

    def show_counts(self, counts: Sequence[Count]) -> None:
        """Show the register with how many records there are of each."""
        for about, model in self.models.items():
            model.set_rows(
                [
                    (
                        c.field.name,
                        c.field.what,
                        c.field.why,
                        c.field.kept,
                        c.field.seen_by,
                        number(c.records),
                    )
                    for c in counts
                    if c.field.about is about
                ]
            )
