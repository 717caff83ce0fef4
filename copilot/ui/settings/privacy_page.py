"""What is recorded about people: what, why, how long, where; and what can be done about it."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QPushButton, QWidget

from copilot.services.bundle import Services
from copilot.services.footprint import Place, PlaceKind
from copilot.services.privacy import Count
from copilot.support.i18n import tr, tr_n
from copilot.ui.bridge.hub import Hub
from copilot.ui.format import data_size
from copilot.ui.settings.column_page import ColumnPage, Section, copy_text, label, wrapping_line_of
from copilot.ui.settings.person_section import PersonSection
from copilot.ui.settings.register_section import RegisterSection
from copilot.ui.settings.retention_section import RetentionSection
from copilot.ui.widgets.elided_label import ElidedLabel
from copilot.ui.widgets.hairline import Hairline

_Facts = tuple[tuple[Count, ...], tuple[Place, ...]]


class PrivacyPage(ColumnPage):
    """Your data: the person, the rules, the places, the register."""

    widest = 960

    def __init__(self, hub: Hub, parent: QWidget | None = None) -> None:
        super().__init__(tr("Your data"), parent)
        self._hub = hub
        intro = label(
            tr(
                "Everything stays on this machine. This page says what is recorded about people, what for and how "
                "long; nothing is recorded that is not listed here."
            ),
            "quiet",
            wraps=True,
        )
        self.person = PersonSection(hub)
        self.retention = RetentionSection(hub)
        self.places = PlacesSection(hub)
        self.register = RegisterSection()
        self.column.addWidget(intro)
        for section in (self.person, self.retention, self.places, self.register):
            self.column.addWidget(Hairline())
            self.column.addWidget(section)
        self.column.addStretch(1)
        self._actions = self._make_actions()
        hub.changed.connect(self._on_changed)

    def actions_for_palette(self) -> list[QAction]:
        """Return this page's actions."""
        return [*self._actions, *super().actions_for_palette()]

    def refresh(self) -> None:
        """Count again."""
        self.retention.refresh()
        self._hub.tasks.read(self, partial(_facts, self._hub.services), self._show, key="facts")

    def _make_actions(self) -> list[QAction]:
        export = QAction(tr("Export my data…"), self)
        export.triggered.connect(self.person.choose_file)
        return [export]

    def _on_changed(self, _changes: object) -> None:
        if self.isVisible():
            self.refresh()

    def _show(self, facts: _Facts) -> None:
        counts, places = facts
        self.register.show_counts(counts)
        self.places.show_places(places)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()


class PlacesSection(Section):
    """The data folder, and how much of what lies there."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(tr("Where it lies"))
        folder = str(hub.services.data_dir)
        path = ElidedLabel(folder)
        path.setProperty("kind", "mono")
        path.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        path.setAccessibleName(tr("Data folder: {path}").format(path=folder))
        self.add_line(tr("Data folder"), path)
        self.copy_button = QPushButton(tr("Copy path"))
        self.copy_button.clicked.connect(partial(copy_text, folder))
        self.add_wide(wrapping_line_of(self.copy_button))
        self.add_gap()
        self.content = label(wraps=True)
        self.content.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.add_line(
            tr("What is there"),
            self.content,
            tr("Exports, printouts and copies that you put elsewhere are not known to the program."),
        )

    def show_places(self, places: Sequence[Place]) -> None:
        """Show how many files of each kind there are, and their size."""
        lines = []
        for kind, name in _kinds().items():
            of_kind = [place for place in places if place.kind is kind]
            if of_kind:
                files = tr_n("{n} file", "{n} files", len(of_kind))
                size = data_size(sum(place.bytes for place in of_kind))
                lines.append(f"{name}: {files}, {size}")
        self.content.setText("\n".join(lines))


def _facts(services: Services) -> _Facts:
    return services.privacy.counts(), services.privacy.places()


def _kinds() -> dict[PlaceKind, str]:
    return {
        PlaceKind.DATABASE: tr("The desk"),
        PlaceKind.COPY: tr("Copies of the desk"),
        PlaceKind.MEMORY: tr("What the model has read"),
        PlaceKind.LOG: tr("Logs"),
        PlaceKind.CRASH: tr("Crash reports"),
        PlaceKind.LOCK: tr("Locks of this program"),
        PlaceKind.UNKNOWN: tr("Files that are not the program's"),
    }
