"""The head of a ticket: what it is, and the fields one changes."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from copilot.domain.rich_text import RichText
from copilot.domain.ticket import Priority, Status
from copilot.services.tickets import TicketCase
from copilot.support.i18n import tr
from copilot.support.text import one_line
from copilot.ui.bridge.hub import Hub
from copilot.ui.copying import copy_rich
from copilot.ui.desk.merged_bar import MergedBar
from copilot.ui.desk.tags_and_links import TagsAndLinks
from copilot.ui.format import absolute_time, relative_time
from copilot.ui.widgets.chip import Chip
from copilot.ui.widgets.elided_label import ElidedLabel
from copilot.ui.widgets.flow_layout import FlowLayout
from copilot.ui.widgets.icon_button import IconButton
from copilot.ui.widgets.leavable_line import LeavableLine
from copilot.ui.widgets.marks import Mark, priority_mark, sla_mark, status_text


class CaseHeader(QWidget):
    """Number, title, requester and asset; status, assignee and priority as boxes that change the ticket at once.

    Signals:
        print_requested(int): The ticket shall go on paper.
        leaving(): What is being typed is about to be copied: store it.
    """

    print_requested = Signal(int)
    leaving = Signal()

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self._hub = hub
        self._case: TicketCase | None = None
        self._is_renaming = False
        self._number = QLabel()
        self._number.setProperty("kind", "mono")
        self._number.setTextFormat(Qt.TextFormat.PlainText)
        self._number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._sample = Chip(Mark("info", tr("sample")))
        self._sample.setToolTip(tr("A made-up ticket to learn with; it is not from your desk."))
        self._sla = Chip()
        self._title = ElidedLabel()
        self._title.setProperty("kind", "large")
        self._title_edit = LeavableLine()
        self._title_edit.setAccessibleName(tr("Title"))
        self._title_edit.editingFinished.connect(self._on_title_edited)
        self._title_edit.left.connect(self._close_title)
        self._rename = IconButton("edit", tr("Change the title (F2)"))
        self._rename.clicked.connect(self._edit_title)
        self._out = IconButton("external", tr("Open in a window of its own (Ctrl+Shift+O)"))
        self._out.clicked.connect(self._ask_out)
        self._people = ElidedLabel()
        self._people.setProperty("kind", "quiet")
        self._created = QLabel()
        self._created.setProperty("kind", "quiet")

        self._status = _box(tr("Status"))
        for status in Status:
            if status is not Status.MERGED:
                self._status.addItem(status_text(status), status.value)
        self._status.setPlaceholderText(status_text(Status.MERGED))  # what is no choice
        self._priority = _box(tr("Priority"))
        for priority in Priority:
            self._priority.addItem(priority_mark(priority).text, priority.value)
        self._assignee = _box(tr("Assignee"))
        self._assignee.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for field, box in (
            ("status", self._status),
            ("priority", self._priority),
            ("assignee", self._assignee),
        ):
            box.activated.connect(partial(self._on_chosen, field, box))

        titles = QWidget()
        self._title_stack = QStackedLayout(titles)
        shown = QWidget()
        shown_row = QHBoxLayout(shown)
        shown_row.setContentsMargins(0, 0, 0, 0)
        shown_row.setSpacing(4)
        shown_row.addWidget(self._title, 1)
        shown_row.addWidget(self._rename)
        self._title_stack.addWidget(shown)
        self._title_stack.addWidget(self._title_edit)

        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self._number)
        top.addWidget(self._sample)
        top.addStretch(1)
        top.addWidget(self._sla)
        top.addWidget(self._out)
        self._more = IconButton("more", tr("Copy and print"))
        self._more.clicked.connect(self._open_menu)
        top.addWidget(self._more)
        fields = QWidget()
        flow = FlowLayout(fields, 8)
        for box in (self._status, self._priority, self._assignee):
            flow.addWidget(box)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 12, 20, 12)
        column.setSpacing(4)
        self._merged = MergedBar(hub)
        column.addWidget(self._merged)
        column.addLayout(top)
        column.addWidget(titles)
        people = QHBoxLayout()
        people.setSpacing(0)
        people.addWidget(self._people)
        people.addWidget(self._created)
        people.addStretch(1)
        column.addLayout(people)
        column.addSpacing(4)
        column.addWidget(fields)
        self.tags_and_links = TagsAndLinks(hub, self._assignee)
        column.addSpacing(2)
        column.addWidget(self.tags_and_links)
        self._actions = self._make_actions()
        self._ways_out = self._actions[-5:]

    def show_case(self, case: TicketCase) -> None:
        """Show a ticket's head."""
        is_other = self._case is None or self._case.ticket.id != case.ticket.id
        if is_other:
            self._on_title_edited()  # of the ticket that was shown
        self._case = case
        ticket = case.ticket
        self._number.setText(ticket.number)
        self._sample.setVisible(ticket.is_sample)
        self._sla.set_mark(sla_mark(case.sla))
        self._sla.setVisible(sla_mark(case.sla) is not None)
        self._title.setText(one_line(ticket.title, 400) or tr("(no title)"))
        asset = next((a for a in ticket.assets if a.host or a.os), None)
        parts = [
            one_line(ticket.requester.name, 60) or tr("unknown requester"),
            tr("VIP") if ticket.requester.vip else "",
            " ".join(
                part for part in ((one_line(asset.host, 40), one_line(asset.os, 40)) if asset else ()) if part
            ),
            one_line(ticket.site, 40),
        ]
        self._people.setText("  ·  ".join(part for part in parts if part))
        age = relative_time(ticket.created_at, self._hub.services.tickets.now())
        self._created.setText(f"  ·  {age}")
        self._created.setToolTip(tr("Created {time}").format(time=absolute_time(ticket.created_at)))
        _choose(self._status, ticket.status)
        _choose(self._priority, ticket.priority)
        self._merged.show_case(case)
        self.tags_and_links.show_case(case)
        self._hub.tasks.read(self, self._hub.services.tickets.known_names, self._show_names, key="names")

    def show_way_out(self, shown: bool) -> None:
        """Offer a window of its own; not where the ticket has one."""
        self._out.setVisible(shown)

    def actions_for_palette(self) -> list[QAction]:
        """Return this part's actions."""
        return [*self._actions, *self.tags_and_links.actions_for_palette()]

    def _ask_out(self) -> None:
        if self._case is not None:
            self._hub.ticket_window_requested.emit(self._case.ticket.id)

    def _show_names(self, names: list[str]) -> None:
        if self._case is None:
            return
        current = self._case.ticket.assignee
        known = ["", *dict.fromkeys([*names, *([current] if current else [])])]
        if known != [self._assignee.itemData(index) for index in range(self._assignee.count())]:
            self._assignee.clear()  # not while it stands: the list may be open
            for name in known:
                words = tr("{name} (me)").format(name=name) if name == names[0] else name
                self._assignee.addItem(words or tr("Unassigned"), name)
        _choose(self._assignee, current)

    def _on_chosen(self, field: str, box: QComboBox, index: int) -> None:
        self._set(field, str(box.itemData(index)))

    def _set(self, field: str, value: str) -> None:
        if self._case is None:
            return
        ticket = self._case.ticket.id
        self._hub.change(
            self,
            partial(self._hub.services.tickets.change, ticket, field, value),
        )

    def _edit_title(self) -> None:
        if self._case is None:
            return
        self._is_renaming = True
        self._title_edit.setText(self._case.ticket.title)
        self._title_stack.setCurrentIndex(1)
        self._title_edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._title_edit.selectAll()

    def _on_title_edited(self) -> None:
        if not self._is_renaming or self._case is None:
            return
        self._close_title()
        title = self._title_edit.text().strip()
        if title and title != self._case.ticket.title:
            self._set("title", title)

    def _close_title(self) -> None:
        self._is_renaming = False  # first: the field says that it is finished once more when it goes
        self._title_stack.setCurrentIndex(0)

    def _assign_to_me(self) -> None:
        self._set("assignee", self._hub.services.tickets.my_name())

    def _copy_number(self) -> None:
        if self._case:
            QGuiApplication.clipboard().setText(self._case.ticket.number)
            self._hub.toast_requested.emit(tr("{number} copied").format(number=self._case.ticket.number), 0)

    def _copy_as(self, what: str) -> None:
        if self._case:
            service = self._hub.services.clippings
            write = service.reply if what == "reply" else service.resolution
            self.leaving.emit()
            ticket = self._case.ticket.id
            # Behind what is typed on the writer's thread, so that the last words go along.
            self._hub.tasks.write(self, _nothing, partial(self._copy_now, partial(write, ticket)))

    def _copy_now(self, work: Callable[[], RichText], _: None) -> None:
        copy_rich(self._hub, self, work)

    def _print(self) -> None:
        if self._case:
            self.print_requested.emit(self._case.ticket.id)

    def _open_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(self._ways_out)
        menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))

    def _delete(self) -> None:
        if self._case:
            self._hub.delete_requested.emit(self._case.ticket.id)

    def _open_box(self, box: QComboBox) -> None:
        box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        box.showPopup()

    def _make_actions(self) -> list[QAction]:
        made = []
        for text, key, run in (
            (tr("Assign the ticket to me"), "Ctrl+Shift+A", self._assign_to_me),
            (tr("Change the status…"), "Ctrl+Shift+S", partial(self._open_box, self._status)),
            (tr("Change the priority…"), "Ctrl+Shift+P", partial(self._open_box, self._priority)),
            (tr("Change the assignee…"), "", partial(self._open_box, self._assignee)),
            (tr("Resolve the ticket"), "Ctrl+Shift+R", partial(self._set, "status", Status.RESOLVED.value)),
            (tr("Change the title"), "F2", self._edit_title),
            (tr("Copy the ticket's number"), "", self._copy_number),
            (tr("Copy the reply being written"), "", partial(self._copy_as, "reply")),
            (tr("Copy as resolution"), "", partial(self._copy_as, "resolution")),
            (tr("Print or save as PDF…"), "Ctrl+P", self._print),
            (tr("Delete the ticket…"), "", self._delete),
        ):
            action = QAction(text, self)
            action.setShortcut(QKeySequence(key))
            action.triggered.connect(partial(_call, run))
            made.append(action)
        return made


def _nothing() -> None:
    """Stand in a queue."""


def _call(run: Callable[[], None], *_: object) -> None:
    run()


def _box(name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setToolTip(name)
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return box


def _choose(box: QComboBox, value: str) -> None:
    box.setCurrentIndex(box.findData(str(value)))
