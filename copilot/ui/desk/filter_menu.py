"""The menu that puts filters into the search line, and keeps searches as views."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from copilot.domain.listing import Priority, Status, TicketType
from copilot.domain.query import Query, SavedView, View
from copilot.services import saved_views
from copilot.services.bundle import Services
from copilot.support.i18n import tr
from copilot.support.text import one_line
from copilot.ui.widgets.marks import status_text, type_text


class FilterChoices(NamedTuple):
    """What the menu offers.

    Attributes:
        query: What the search line says now.
        names: People a ticket can be assigned to, me first.
        tags: Tags that are in use.
        views: Saved views.
    """

    query: Query
    names: Sequence[str]
    tags: Sequence[str]
    views: Sequence[SavedView]


def read_choices(services: Services, typed: str) -> FilterChoices:
    """Read what the menu offers beside the search line `typed`."""
    tickets = services.tickets
    views = saved_views.all_views(services.deps)
    return FilterChoices(tickets.query(View.ALL, typed), tickets.known_names(), tickets.common_tags(), views)


class FilterMenu(QMenu):
    """Deletes itself when it closes.

    Signals:
        toggled(str, str): Put this filter in, or take it out: its name and value.
        cleared(): Take everything out.
        save_requested(): Keep the search as a view.
        view_chosen(SavedView): Show this view.
        delete_requested(str): Forget the view of this name.
    """

    toggled = Signal(str, str)
    cleared = Signal()
    save_requested = Signal()
    view_chosen = Signal(object)
    delete_requested = Signal(str)

    def __init__(self, choices: FilterChoices, can_save: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.aboutToHide.connect(self.deleteLater)
        query = choices.query
        self._check("is", "open", tr("Open only"), query.open_only)
        self._check("is", "atrisk", tr("SLA at risk"), query.sla_at_risk)
        self._check("is", "pinned", tr("Pinned"), query.pinned_only)
        self.addSeparator()
        self._group(tr("Status"), "status", [(s, status_text(s)) for s in Status], query.statuses)
        self._group(tr("Priority"), "priority", [(p, p.value) for p in Priority], query.priorities)
        self._group(tr("Type"), "type", [(t, type_text(t)) for t in TicketType], query.types)
        people = [("none", tr("Nobody")), *((name, one_line(name, 40)) for name in choices.names)]
        assigned = [] if query.assignee is None else [query.assignee or "none"]
        self._group(tr("Assigned to"), "assignee", people, assigned)
        if choices.tags:
            self._group(tr("Tag"), "tag", [(tag, one_line(tag, 40)) for tag in choices.tags], query.tags)
        self.addSeparator()
        self._add(tr("Clear search and filters"), self.cleared, is_on=can_save)
        self._add(tr("Save this search as a view…"), self.save_requested, is_on=can_save)
        if choices.views:
            self.addSection(tr("Saved views"))
            for view in choices.views:
                self.addAction(_plain(view.name)).triggered.connect(partial(self._choose, view))
            gone = self.addMenu(tr("Delete a view"))
            for view in choices.views:
                gone.addAction(_plain(view.name)).triggered.connect(partial(self._delete, view.name))

    def _group(
        self, title: str, name: str, choices: Sequence[tuple[str, str]], chosen: Iterable[str]
    ) -> None:
        known = {value.casefold() for value in chosen}
        menu = self.addMenu(f"{title} ({len(known)})" if known else title)
        for value, text in choices:
            self._check(name, value, text, value.casefold() in known, menu)

    def _check(self, name: str, value: str, text: str, is_on: bool, menu: QMenu | None = None) -> None:
        action = QAction(_plain(text), self)
        action.setCheckable(True)
        action.setChecked(is_on)
        action.triggered.connect(partial(self._toggle, name, str(value)))
        (menu or self).addAction(action)

    def _add(self, text: str, signal: SignalInstance, *, is_on: bool) -> None:
        action = self.addAction(text)
        action.setEnabled(is_on)
        action.triggered.connect(partial(self._say, signal))

    def _say(self, signal: SignalInstance, _checked: bool = False) -> None:
        signal.emit()

    def _toggle(self, name: str, value: str, _checked: bool = False) -> None:
        self.toggled.emit(name, value)

    def _choose(self, view: SavedView, _checked: bool = False) -> None:
        self.view_chosen.emit(view)

    def _delete(self, name: str, _checked: bool = False) -> None:
        self.delete_requested.emit(name)


def _plain(text: str) -> str:
    return text.replace("&", "&&")  # or it would be a mnemonic
