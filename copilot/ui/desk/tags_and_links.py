"""Below a ticket's fields: its tags, and the tickets that it is linked with."""

import itertools
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton, QWidget

from copilot.domain.link import LinkedTicket, LinkKind
from copilot.services.tickets import TicketCase
from copilot.support.i18n import tr, tr_n
from copilot.support.text import one_line
from copilot.ui.bridge.hub import Hub
from copilot.ui.desk.tag_field import TagField
from copilot.ui.widgets.flow_layout import FlowLayout
from copilot.ui.widgets.icon_button import IconButton
from copilot.ui.widgets.marks import status_text
from copilot.ui.widgets.removable_chip import RemovableChip

MOST_LINKS = 6  # the rest on a click


class TagsAndLinks(QWidget):
    """Chips that can be taken off; a link's chip opens the other ticket.

    Signals:
        link_requested: Link the ticket with another one.
    """

    link_requested = Signal()

    def __init__(self, hub: Hub, after: QWidget) -> None:
        super().__init__()
        self._after = after  # from which Tab comes here
        self._hub = hub
        self._ticket = 0
        self._shown: object = None
        self._case: TicketCase | None = None
        self._shows_all = False
        self._chips: list[RemovableChip] = []
        self._field = TagField(hub, can_remove=False)
        self._field.hide()
        self._field.given.connect(self._on_tags)
        self._field.left.connect(self._close_field)
        self._add_tag = IconButton("plus", tr("Tag"), show_label=True)
        self._add_tag.setAccessibleName(tr("Add a tag"))
        self._add_tag.clicked.connect(self.open_field)
        self._add_link = IconButton("link", tr("Link"), show_label=True)
        self._add_link.setAccessibleName(tr("Link with another ticket"))
        self._add_link.clicked.connect(self.link_requested)
        for button in (self._add_tag, self._add_link):
            button.setProperty("kind", "small")  # as high as a chip
        self._flow = FlowLayout(self, 4)
        for part in (self._field, self._add_tag, self._add_link):
            self._flow.addWidget(part)
        add = QAction(tr("Add a tag…"), self)
        add.triggered.connect(self.open_field)
        self._actions = [add]

    def show_case(self, case: TicketCase) -> None:
        """Show a ticket's tags and links."""
        shown = (case.ticket.id, case.ticket.tags, case.links, case.merged_here)
        if shown == self._shown:
            return
        if case.ticket.id != self._ticket:
            self._close_field()
            self._shows_all = False
        self._ticket, self._shown, self._case = case.ticket.id, shown, case
        focused = self.focusWidget()
        had_focus = focused is not None and any(chip.isAncestorOf(focused) for chip in self._chips)
        had_focus = had_focus and focused is not None and focused.hasFocus()
        for chip in self._chips:
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        tags = [self._tag_chip(tag) for tag in case.ticket.tags]
        links = self._link_chips(case)
        self._chips = [*tags, *links]
        while self._flow.count():
            self._flow.takeAt(0)
        for part in (*tags, self._field, self._add_tag, *links, self._add_link):
            self._flow.addWidget(part)
        for part in (*tags, *links):
            part.show()
        order = [
            self._after,
            *(
                each
                for part in (*tags, self._field, self._add_tag, *links, self._add_link)
                for each in _stops(part)
            ),
        ]
        for one, after in itertools.pairwise(order):
            QWidget.setTabOrder(one, after)
        if had_focus:
            (self._field if self._add_tag.isHidden() else self._add_tag).setFocus()
        self.updateGeometry()

    def open_field(self) -> None:
        """Let a tag be typed."""
        self._field.show()
        self._add_tag.hide()
        self._field.begin()

    def actions_for_palette(self) -> list[QAction]:
        """Return this part's actions."""
        return self._actions

    def _close_field(self) -> None:
        if not self._field.isHidden():
            had_focus = self._field.has_focus()
            self._field.hide()
            self._add_tag.show()
            if had_focus:
                self._add_tag.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_tags(self, add: list[str], _remove: list[str]) -> None:
        self._change_tags(add, [])

    def _change_tags(self, add: list[str], remove: list[str]) -> None:
        work = partial(self._hub.services.bulk.tag_many, [self._ticket], add, remove)
        self._hub.change(self, work)

    def _tag_chip(self, tag: str) -> RemovableChip:
        shown = one_line(tag, 40)
        chip = RemovableChip(
            shown,
            tr("Tag {name}").format(name=shown),
            tr("Remove the tag {name}").format(name=shown),
            tip=tr("Show the tickets with this tag in the search: tag:{name}").format(name=shown),
        )
        chip.removed.connect(partial(self._change_tags, [], [tag]))
        return chip

    def _link_chips(self, case: TicketCase) -> list[RemovableChip]:
        room = MOST_LINKS if not self._shows_all else len(case.links) + len(case.merged_here)
        links = [self._link_chip(link) for link in case.links[:room]]
        links += [self._merged_chip(*each) for each in case.merged_here[: room - len(links)]]
        more = len(case.links) + len(case.merged_here) - len(links)
        if more:
            chip = RemovableChip(tr_n("{n} more", "{n} more", more), tr("Show all links"))
            chip.clicked.connect(self._show_all)
            links.append(chip)
        return links

    def _show_all(self) -> None:
        self._shows_all, self._shown = True, None
        if self._case is not None:
            self.show_case(self._case)

    def _link_chip(self, link: LinkedTicket) -> RemovableChip:
        words = link_words(link)
        tip = f"{one_line(link.title, 200)}  ·  {status_text(link.status)}"
        remove = tr("Take away: {words}").format(words=words)
        chip = RemovableChip(words, f"{words}, {tip}", remove, "link", tip)
        chip.clicked.connect(partial(self._open, link.id))
        chip.removed.connect(partial(self._unlink, link.id))
        return chip

    def _merged_chip(self, ticket: int, number: str) -> RemovableChip:
        words = tr("Merged here: {number}").format(number=number)
        chip = RemovableChip(
            words, words, "", "merge", tr("Its messages and evidence are in this ticket now")
        )
        chip.clicked.connect(partial(self._open, ticket))
        return chip

    def _open(self, ticket: int) -> None:
        self._hub.ticket_requested.emit(ticket)

    def _unlink(self, other: int) -> None:
        self._hub.change(self, partial(self._hub.services.links.unlink, self._ticket, other))


def _stops(part: QWidget) -> list[QWidget]:
    """Return what Tab goes to in one of the parts."""
    if isinstance(part, QToolButton):
        return [part]
    return [each for each in part.findChildren(QWidget) if each.focusPolicy() & Qt.FocusPolicy.TabFocus]


def link_words(link: LinkedTicket) -> str:
    """Return what the other ticket is to the one that looks."""
    words = {
        (LinkKind.RELATED, True): tr("Related to {number}"),
        (LinkKind.RELATED, False): tr("Related to {number}"),
        (LinkKind.DUPLICATE_OF, True): tr("Duplicate of {number}"),
        (LinkKind.DUPLICATE_OF, False): tr("Has the duplicate {number}"),
        (LinkKind.CAUSED_BY, True): tr("Caused by {number}"),
        (LinkKind.CAUSED_BY, False): tr("Cause of {number}"),
    }[link.kind, link.is_first]
    return words.format(number=link.number)
