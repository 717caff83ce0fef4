"""Several tickets at once: selecting, changing, merging, linking, taking back."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QPushButton, QRadioButton

from copilot.domain.link import LinkKind
from copilot.domain.query import View
from copilot.domain.ticket import Priority, Status, TicketDraft
from copilot.services.ticket_list import PAGE
from copilot.ui.desk.bulk_actions import BulkActions
from copilot.ui.desk.changes_page import ChangesPage
from copilot.ui.desk.link_page import LinkPage
from copilot.ui.desk.merge_page import MergePage
from copilot.ui.desk.merged_bar import MergedBar
from copilot.ui.desk.selection_bar import SelectionBar
from copilot.ui.desk.tag_field import TagField
from copilot.ui.desk.tags_and_links import TagsAndLinks
from copilot.ui.desk.ticket_list_view import TicketListView
from copilot.ui.models.ticket_list import TicketListModel
from copilot.ui.widgets.removable_chip import RemovableChip
from tests.helpers.storage_kit import plain_ticket
from tests.helpers.window import (
    CONTROL,
    PATIENCE,
    SHIFT,
    Page,
    button,
    child,
    children,
    page_fixture,
    shown_texts,
)

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

page = page_fixture("fast")


@pytest.fixture
def desk_page(page: Page) -> Iterator[Page]:
    """The window with every ticket in the list, the second one open."""
    page.sidebar.set_view(View.ALL)
    page.settle()
    page.sidebar.select(ids(page)[1])
    page.settle()
    view(page).setFocus()
    yield page
    page.wait(lambda: not bulk(page).is_busy)


def view(page: Page) -> TicketListView:
    return child(page.sidebar, TicketListView)


def bulk(page: Page) -> BulkActions:
    found = page.sidebar.findChild(BulkActions)
    assert isinstance(found, BulkActions)
    return found


def bar(page: Page) -> SelectionBar:
    return child(page.sidebar, SelectionBar)


def ids(page: Page) -> list[int]:
    return list(view(page)._tickets.ids)


def click(page: Page, place: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    where = view(page).visualRect(view(page).model().index(place, 0)).center()
    QTest.mouseClick(view(page).viewport(), Qt.MouseButton.LeftButton, modifier, where)


def settle(page: Page) -> None:
    page.wait(lambda: not bulk(page).is_busy)
    page.settle()


def in_row(page: Page, places: list[int]) -> list[int]:
    known = ids(page)
    return [known[place] for place in places]


# -- selecting


def test_ctrl_and_shift_select_and_the_open_ticket_stays(desk_page: Page) -> None:
    page, opened = desk_page, ids(desk_page)[1]
    click(page, 3, CONTROL)
    assert page.sidebar.chosen() == in_row(page, [1, 3])
    click(page, 6, SHIFT)
    assert len(page.sidebar.chosen()) > 2
    page.settle()
    assert page.ticket == page.sidebar.current_id() == opened
    assert bar(page).isVisible()
    click(page, 4)
    page.settle()
    assert page.sidebar.chosen() == in_row(page, [4])
    assert page.ticket == ids(page)[4]
    assert not bar(page).isVisible()


def test_what_is_left_alone_is_opened(desk_page: Page) -> None:
    page = desk_page
    click(page, 3, CONTROL)
    click(page, 1, CONTROL)  # takes the open one out again
    page.settle()
    assert page.sidebar.chosen() == in_row(page, [3])
    assert page.ticket == ids(page)[3]
    click(page, 3, CONTROL)  # the last one is not let go
    assert page.sidebar.chosen() == in_row(page, [3])


def test_keys_select_and_escape_goes_back_to_one(desk_page: Page) -> None:
    page, opened = desk_page, ids(desk_page)[1]
    page.press(Qt.Key.Key_Down, SHIFT)
    page.press(Qt.Key.Key_Down, SHIFT)
    assert page.sidebar.chosen() == in_row(page, [1, 2, 3])
    page.press(Qt.Key.Key_Up, SHIFT)
    assert page.sidebar.chosen() == in_row(page, [1, 2])
    page.press(Qt.Key.Key_A, CONTROL)
    assert page.sidebar.chosen() == ids(page)
    page.settle()
    assert page.ticket == opened
    assert shown_texts(bar(page))[0] == f"{len(ids(page))} selected"
    page.press(Qt.Key.Key_Escape)
    assert page.sidebar.chosen() == [opened]
    assert not bar(page).isVisible()
    page.press(Qt.Key.Key_Down)
    page.settle()
    assert page.ticket == ids(page)[2]


def test_ctrl_a_reads_no_row(desk_page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    page = desk_page
    asked: list[int] = []
    real = TicketListModel.data

    def data(self: TicketListModel, index: object, role: int = 0) -> object:
        asked.append(role)
        return real(self, index, role)  # type: ignore[arg-type]

    model = view(page)._tickets
    model.set_ids(range(1_000_000, 1_100_000))
    monkeypatch.setattr(TicketListModel, "data", data)
    view(page).selectAll()
    assert len(page.sidebar.chosen()) == 100_000
    assert len(asked) < 1000  # what is in view is painted, no more


def test_the_selection_stays_with_its_tickets_when_the_list_changes(desk_page: Page) -> None:
    page = desk_page
    chosen = in_row(page, [1, 4, 9])
    view(page).choose(chosen)
    made = page.services.tickets.create("A new one", "Body")[1]
    page.hub.announce_change(made)
    page.hub.announce_change(page.services.tickets.change(chosen[2], "priority", "P1"))
    page.settle()
    assert len(ids(page)) == len(set(ids(page)))
    assert set(page.sidebar.chosen()) == set(chosen)
    assert page.sidebar.chosen() != chosen  # one of them stands elsewhere now
    assert page.ticket == chosen[0]
    page.sidebar._field.setText(f"number:{page.services.tickets.case(chosen[1]).ticket.number}")
    page.settle()
    assert page.sidebar.chosen() == []  # the open one is not in the list, and one is no selection
    assert not bar(page).isVisible()


def test_a_search_of_several_pages_keeps_what_is_selected_on_the_later_ones(desk_page: Page) -> None:
    page = desk_page
    drafts = [TicketDraft(plain_ticket(f"Zebra {n}")) for n in range(PAGE + 50)]
    page.services.tickets.store_all(drafts)
    page.sidebar._field.setText("zebra")
    page.settle()
    assert len(ids(page)) == PAGE + 50
    chosen = in_row(page, [0, 120, PAGE + 9])
    view(page).choose(chosen)
    page.sidebar._field.setText("zeb")  # its first page comes first
    page.settle()
    assert len(ids(page)) == PAGE + 50
    assert page.sidebar.chosen() == chosen


def test_all_means_the_later_pages_too(desk_page: Page) -> None:
    page = desk_page
    page.services.tickets.store_all([TicketDraft(plain_ticket(f"Zebra {n}")) for n in range(PAGE + 50)])
    page.sidebar._rest.setInterval(PATIENCE)
    page.sidebar._field.setText("zebra")
    page.wait(lambda: page.hub.tasks.is_idle and len(ids(page)) == PAGE)
    view(page).selectAll()
    assert len(page.sidebar.chosen()) == PAGE
    page.sidebar._rest.setInterval(0)
    page.sidebar._rest.start()
    page.settle()
    assert len(page.sidebar.chosen()) == PAGE + 50


def test_scattered_rows_are_selected_without_comparing_each_with_each(desk_page: Page) -> None:
    model, list_view = view(desk_page)._tickets, view(desk_page)
    model.set_ids(range(1_000_000, 1_020_000))
    assert list_view.choose(range(1_000_000, 1_020_000, 2)) == 10_000
    assert list_view.chosen() == list(range(1_000_000, 1_020_000, 2))
    assert list_view.chosen_count() == 10_000


# -- changing


def test_the_bar_changes_all_with_one_undo(desk_page: Page) -> None:
    page = desk_page
    chosen = in_row(page, [0, 2, 5])
    view(page).choose(chosen)
    before = [page.services.tickets.case(each).ticket.priority for each in chosen]
    button(bar(page), "Priority").click()
    (menu,) = children(page.sidebar, QMenu)
    next(action for action in menu.actions() if action.text() == "P4").trigger()
    menu.hide()
    settle(page)
    assert {page.services.tickets.case(each).ticket.priority for each in chosen} == {Priority.P4}
    assert page.told() == "Priority is now P4: 3 tickets"
    assert set(page.sidebar.chosen()) == set(chosen)
    page.undo()
    assert [page.services.tickets.case(each).ticket.priority for each in chosen] == before
    assert page.told() == "Taken back"


def test_tags_are_added_and_removed_from_the_bar(desk_page: Page) -> None:
    page = desk_page
    chosen = in_row(page, [0, 2])
    view(page).choose(chosen)
    page.run("Selected tickets: add or remove tags…")
    assert page.has_focus(child(bar(page), TagField))
    page.type("outage, floor 2")
    page.press(Qt.Key.Key_Return)
    settle(page)
    for each in chosen:
        assert page.services.tickets.case(each).ticket.tags[-2:] == ("outage", "floor 2")
    button(bar(page), "Tags").click()
    page.type("OUTAGE")
    button(child(bar(page), TagField), "Remove").click()
    settle(page)
    assert all("outage" not in page.services.tickets.case(each).ticket.tags for each in chosen)
    page.window.activateWindow()  # offscreen, the list of known tags leaves no window active
    page.wait(page.window.isActiveWindow)
    button(bar(page), "Tags").click()
    page.press(Qt.Key.Key_Escape)
    assert not child(bar(page), TagField).isVisible()
    assert len(page.sidebar.chosen()) == 2  # Esc closes the field first


def test_commands_for_several_are_there_only_for_several(desk_page: Page) -> None:
    page = desk_page
    assert not page.action("Selected tickets: set the status…").isEnabled()
    view(page).choose(in_row(page, [0, 1]))
    assert page.action("Selected tickets: set the status…").isEnabled()
    page.run("Selected tickets: assign to me")
    settle(page)
    me = page.services.tickets.my_name()
    assert all(page.services.tickets.case(each).ticket.assignee == me for each in page.sidebar.chosen())
    page.run("Selected tickets: select only the open one")
    assert page.sidebar.chosen() == [page.ticket]
    assert not page.action("Selected tickets: assign to me").isEnabled()


def test_the_right_click_acts_on_all_and_says_so(desk_page: Page) -> None:
    page, opened = desk_page, desk_page.ticket
    chosen = in_row(page, [0, 2, 3])
    view(page).choose(chosen)
    where = view(page).visualRect(view(page).model().index(2, 0)).center()
    QTest.mousePress(view(page).viewport(), Qt.MouseButton.RightButton, pos=where)
    assert page.sidebar.chosen() == chosen
    assert page.sidebar.current_id() == opened
    view(page).customContextMenuRequested.emit(where)
    (menu,) = [
        each for each in children(page.sidebar, QMenu) if each.actions()[0].text() == "3 tickets selected"
    ]
    status = next(action.menu() for action in menu.actions() if action.text() == "Status")
    assert isinstance(status, QMenu)
    assert "Merged" not in [action.text() for action in status.actions()]
    next(action for action in status.actions() if action.text() == "Resolved").trigger()
    menu.hide()
    settle(page)
    assert {page.services.tickets.case(each).ticket.status for each in chosen} == {Status.RESOLVED}


def test_a_long_change_shows_progress_and_can_be_stopped(
    desk_page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = desk_page
    monkeypatch.setattr("copilot.services.steps.MOST", 1)  # one ticket a transaction
    view(page).selectAll()
    count = len(page.sidebar.chosen())
    controller = bulk(page)
    controller._waiting.setInterval(0)
    controller._telling.setInterval(0)
    real = controller._note

    def note(done: int, of: int) -> None:
        real(done, of)
        if done == 3:  # hold it there until somebody stops it
            controller._stop.wait(30)

    monkeypatch.setattr(controller, "_note", note)
    controller.change("assignee", "Somebody New")
    page.wait(lambda: bar(page).is_running and "3 tickets changed" in shown_texts(bar(page)))
    assert not page.action("Selected tickets: set the status…").isEnabled()
    button(bar(page), "Stop").click()
    settle(page)
    assert not bar(page).is_running
    assert page.told() == f"Assignee is now Somebody New: 3 of {count} changed, then stopped"
    page.undo()
    assert page.services.tickets.search(View.ALL, 'assignee:"Somebody New"') == []


# -- merging


def test_tickets_are_merged_and_parted_again(desk_page: Page) -> None:
    page = desk_page
    chosen = in_row(page, [1, 2])
    numbers = [page.services.tickets.case(each).ticket.number for each in chosen]
    view(page).choose(chosen)
    button(bar(page), "Merge…").click()
    merge = child(page.window, MergePage)
    page.wait(lambda: any("go over" in text for text in shown_texts(merge)))
    first = next(each for each in children(merge, QRadioButton) if each.text().startswith(numbers[0]))
    first.click()
    page.wait(lambda: f"Merge 1 ticket into {numbers[0]}" in [b.text() for b in children(merge, QPushButton)])
    page.settle()
    button(merge, f"Merge 1 ticket into {numbers[0]}").click()
    page.wait(lambda: page.told().startswith(numbers[1]))
    page.settle()
    assert page.told() == f"{numbers[1]} merged into {numbers[0]}"
    assert page.ticket == chosen[0]
    assert f"Merged here: {numbers[1]}" in chips(page)
    assert any(f"(from {numbers[1]})" in text for text in shown_texts(page.case.messages))
    page.sidebar.select(chosen[1])
    page.settle()
    merged = child(page.case, MergedBar)
    assert merged.isVisible()
    assert f"Merged into {numbers[0]}" in shown_texts(merged)
    button(merged, "Go there").click()
    page.settle()
    assert page.ticket == chosen[0]
    assert not merged.isVisible()
    page.sidebar.select(chosen[1])
    page.settle()
    page.wait(lambda: button(merged, "Undo the merge").isEnabled())
    button(merged, "Undo the merge").click()
    page.settle()
    assert page.stored().ticket.status is not Status.MERGED
    assert not merged.isVisible()
    assert chips(page) == list(page.stored().ticket.tags)


def test_one_ticket_is_merged_into_another_that_is_looked_up(desk_page: Page) -> None:
    page, source = desk_page, desk_page.ticket
    target = ids(page)[5]
    number = page.services.tickets.case(target).ticket.number
    page.run("Merge with other tickets…")
    merge = child(page.window, MergePage)
    page.settle()
    page.wait(lambda: page.has_focus(merge))
    page.type(number)
    page.wait(lambda: any(number in each.text() for each in children(merge, QRadioButton)))
    button_of = next(each for each in children(merge, QRadioButton) if each.text().startswith(number))
    button_of.click()
    page.wait(lambda: any(each.text().startswith("Merge 1") for each in children(merge, QPushButton)))
    next(each for each in children(merge, QPushButton) if each.text().startswith("Merge 1")).click()
    page.wait(lambda: page.ticket == target)
    page.settle()
    assert page.services.tickets.case(source).ticket.merged_into == target


def test_escape_leaves_the_merge_page_and_merges_nothing(desk_page: Page) -> None:
    page = desk_page
    view(page).choose(in_row(page, [0, 1]))
    merged = page.services.tickets.search(View.ALL, "status:merged")
    page.run("Merge with other tickets…")
    page.settle()
    page.press(Qt.Key.Key_Escape)
    assert not child(page.window, MergePage).isVisible()
    assert page.services.tickets.search(View.ALL, "status:merged") == merged
    assert len(page.sidebar.chosen()) == 2


# -- links and tags of one ticket


def chips(page: Page) -> list[str]:
    return [each.text for each in children(child(page.case, TagsAndLinks), RemovableChip)]


def test_a_link_is_made_opened_and_taken_away(desk_page: Page) -> None:
    page, one = desk_page, desk_page.ticket
    other = ids(page)[6]
    number = page.services.tickets.case(other).ticket.number
    button(child(page.case, TagsAndLinks), "Link with another ticket").click()
    links = child(page.window, LinkPage)
    page.settle()
    links._kind.setCurrentIndex(links._kind.findData(LinkKind.CAUSED_BY.value))
    links._picker._field.setText(number)
    page.wait(lambda: any(each.text().startswith(number) for each in children(links, QRadioButton)))
    next(each for each in children(links, QRadioButton) if each.text().startswith(number)).click()
    button(links, "Link").click()
    page.settle()
    assert f"Caused by {number}" in chips(page)
    chip = next(c for c in children(page.case, RemovableChip) if c.text == f"Caused by {number}")
    chip.clicked.emit()
    page.settle()
    assert page.ticket == other
    back = f"Cause of {page.services.tickets.case(one).ticket.number}"
    chip = next(c for c in children(page.case, RemovableChip) if c.text == back)
    button(chip, f"Take away: {back}").click()
    page.settle()
    assert back not in chips(page)
    page.undo()
    assert back in chips(page)


def test_many_links_are_shown_on_a_click(desk_page: Page) -> None:
    page = desk_page
    others = [each for each in ids(page) if each != page.ticket][:9]
    page.hub.announce_change(page.services.links.link(others, page.ticket, LinkKind.CAUSED_BY))
    page.settle()
    assert [text for text in chips(page) if "Cause" not in text][-1] == "3 more"
    next(c for c in children(page.case, RemovableChip) if c.text == "3 more").clicked.emit()
    assert len([text for text in chips(page) if text.startswith("Cause of")]) == 9
    assert "3 more" not in chips(page)


def test_tags_of_one_ticket_are_edited_in_its_head(desk_page: Page) -> None:
    page = desk_page
    before = list(page.stored().ticket.tags)
    page.run("Add a tag…")
    page.type("a & b, <b>x</b>")
    page.press(Qt.Key.Key_Return)
    page.settle()
    assert chips(page) == [*before, "a & b", "<b>x</b>"]
    assert page.has_focus(child(page.case, TagField))  # for the next one
    page.press(Qt.Key.Key_Escape)
    assert not child(page.case, TagField).isVisible()
    chip = next(c for c in children(page.case, RemovableChip) if c.text == "a & b")
    chip._word.setFocus()
    page.press(Qt.Key.Key_Delete)
    page.settle()
    assert chips(page) == [*before, "<b>x</b>"]
    page.undo()
    assert chips(page) == [*before, "a & b", "<b>x</b>"]


# -- changes of today


def rows(changes: ChangesPage) -> list[tuple[str, str]]:
    """Return each change on screen with what its button says."""
    return [
        (each.accessibleName().partition(": ")[2], each.text())
        for each in children(changes, QPushButton)
        if each.property("change")
    ]


def test_any_change_of_today_is_taken_back_and_done_again(desk_page: Page) -> None:
    page, ticket = desk_page, desk_page.ticket
    service = page.services.tickets
    number, status = service.case(ticket).ticket.number, service.case(ticket).ticket.status
    for value in ("awaiting_user", "resolved"):
        page.hub.announce_change(service.change(ticket, "status", value))
    page.hub.announce_change(service.change(ticket, "assignee", "Priya"))
    page.run("Changes of today")
    changes = child(page.window, ChangesPage)
    page.wait(lambda: rows(changes))
    assert [undo for _, undo in rows(changes)] == ["Undo"] * 3
    assert rows(changes)[0][0] == f"{number}: assignee is now Priya"
    press(changes, 2)  # the oldest: a later one is in its way
    page.settle()
    assert page.told().startswith(f"{number}'s status has been changed since (to resolved).")
    for place in (1, 2):
        press(changes, place)
        page.settle()
    assert [text for _, text in rows(changes)] == ["Undo", "Do again", "Do again"]
    assert service.case(ticket).ticket.status is status
    assert service.case(ticket).ticket.assignee == "Priya"
    press(changes, 2)
    page.settle()
    assert service.case(ticket).ticket.status is Status.AWAITING_USER
    page.press(Qt.Key.Key_Escape)
    assert not changes.isVisible()


def press(changes: ChangesPage, place: int) -> None:
    [each for each in children(changes, QPushButton) if each.property("change")][place].click()


def test_a_day_without_changes_says_what_would_be_there(desk_page: Page) -> None:
    page = desk_page
    page.run("Changes of today")
    page.settle()
    assert any("Nothing was changed today" in text for text in shown_texts(child(page.window, ChangesPage)))


def test_a_large_change_is_taken_back_beside_other_writes(
    desk_page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = desk_page
    monkeypatch.setattr("copilot.ui.bridge.hub.LONG_UNDO", 5)
    known = ids(page)
    before = [page.services.tickets.case(each).ticket.assignee for each in known]
    change = page.services.bulk.change_many(known, "assignee", "Somebody New")
    page.hub.undo(change.undo_id)
    page.settle()
    assert [toast.text for toast in page.toasts()] == [
        f"Taking back the change of {len(before)} tickets…",
        "Taken back",
    ]
    assert [page.services.tickets.case(each).ticket.assignee for each in known] == before
    page.hub.undo(change.undo_id)
    page.settle()
    assert page.told() == "There is nothing to undo."
