"""Every part of the window that people see, each brought on screen by a function.

A new page, panel or popup gets a function here: the tests of overflow and of the translations then look at it.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from copilot.domain.evidence import EvidenceKind
from copilot.domain.query import View
from copilot.domain.ticket import (
    Asset,
    Message,
    Person,
    Priority,
    Status,
    Ticket,
    TicketDraft,
    TicketType,
    Visibility,
)
from copilot.services.bundle import Services
from copilot.ui.desk.filter_menu import FilterMenu
from copilot.ui.desk.ticket_list_view import TicketListView
from tests.helpers.window import Page, button, child

Scene = Callable[[Page], None]
SCENES: dict[str, Scene] = {}
SIGHT = (1280, 800)
_NOW = datetime.now(UTC)


def scene(show: Scene) -> Scene:
    """Register a function that brings a part on screen; each starts on the desk of `made_desk`."""
    SCENES[show.__name__.replace("_", " ")] = show
    return show


def made_desk(services: Services) -> None:
    """Fill a desk with tickets in no Latin letters, so that what is in them is no word of ours."""
    services.settings.set("me", "Ольга")
    services.tickets.store_all([_draft(n) for n in range(1, 9)])


def _draft(n: int) -> TicketDraft:
    at = _NOW - timedelta(hours=3 * n)
    ticket = Ticket(
        0,
        f"INC-{n}",
        TicketType.INCIDENT,
        f"Принтер не печатает {n}",
        "Ошибка 0x0000011 с понедельника.",
        Person("Анна Петрова", "анна@пример"),
        list(Status)[n % 4],
        list(Priority)[n % 4],
        at,
        at,
        assignee="Ольга" if n % 3 else "",
        category="Печать",
        service="Почта",
        site="Минск",
        assets=(Asset("ПК-1", "Виндоус 11", "Модель", "1234"),),
        tags=("склад", "этаж 2"),
    )
    thread = tuple(
        Message("", 0, at + timedelta(minutes=minute), author, visibility, "Перезапуск не помог.", outside)
        for minute, author, visibility, outside in (
            (5, "Анна Петрова", Visibility.PUBLIC, True),
            (9, "Ольга", Visibility.INTERNAL, False),
        )
    )
    return TicketDraft(ticket, thread)


def list_view(page: Page) -> TicketListView:
    return child(page.sidebar, TicketListView)


def pop_up(page: Page) -> QWidget:
    """Return the menu that has just opened."""
    page.wait(QApplication.activePopupWidget)
    found = QApplication.activePopupWidget()
    assert found is not None
    return found


# -- the desk


@scene
def desk(page: Page) -> None:
    page.open("INC-1")


@scene
def other_views(page: Page) -> None:
    page.sidebar.set_view(View.SLA_AT_RISK)


@scene
def nothing_found(page: Page) -> None:
    page.sidebar.set_search("нет такого")


@scene
def no_filter(page: Page) -> None:
    page.sidebar.set_search("status:нет")


@scene
def evidence(page: Page) -> None:
    page.services.tickets.add_evidence(page.open("INC-1"), EvidenceKind.PASTE, "Журнал\n" * 40, "буфер")
    page.open("INC-2")
    page.open("INC-1")
    page.case.show_evidence("E1")


@scene
def coached_question(page: Page) -> None:
    page.open("INC-1")
    page.draft_question("my password is Sommer2024!")


@scene
def improved_question(page: Page) -> None:
    page.open("INC-1")
    page.draft_question("42?")
    page.run("Improve the question")


@scene
def answer(page: Page) -> None:
    page.open("INC-1")
    page.ask("42?")


@scene
def answer_overridden(page: Page) -> None:
    page.open("INC-1")
    page.ask("42?")
    page.run("Override the answer…")


@scene
def answer_escalated(page: Page) -> None:
    page.open("INC-1")
    page.ask("42?")
    page.run("Escalate…")


@scene
def note(page: Page) -> None:
    page.open("INC-1")
    page.run("Write an internal note")


@scene
def reply(page: Page) -> None:
    page.open("INC-1")
    page.ask("42?")
    page.run("Accept the answer into the reply")


@scene
def resolved(page: Page) -> None:
    page.open("INC-1")
    page.ask("42?")
    page.run("Resolve the ticket")


@scene
def delete_bar(page: Page) -> None:
    page.open("INC-1")
    page.run("Delete the ticket…")


@scene
def exact_text(page: Page) -> None:
    page.open("INC-1")
    page.run("Show the exact text that the model gets")


@scene
def status_menu(page: Page) -> None:
    page.run("Change the status…")
    pop_up(page)


@scene
def copy_menu(page: Page) -> None:
    button(page.case.header, "Copy and print").click()
    pop_up(page)


# -- the list


@scene
def filter_menu(page: Page) -> None:
    page.sidebar.open_filters()
    page.wait(lambda: page.sidebar.findChildren(FilterMenu))
    pop_up(page)


@scene
def saved_view_naming(page: Page) -> None:
    page.sidebar.set_search("Принтер")
    page.settle()
    page.run("Save this search as a view…")


@scene
def row_menu(page: Page) -> None:
    view = list_view(page)
    view.customContextMenuRequested.emit(view.visualRect(view.model().index(0, 0)).center())
    pop_up(page)


def select(page: Page) -> None:
    page.sidebar.set_view(View.ALL)
    page.settle()
    list_view(page).choose(list_view(page)._tickets.ids[:3])


@scene
def selection_bar(page: Page) -> None:
    select(page)


@scene
def selection_tags(page: Page) -> None:
    select(page)
    page.run("Selected tickets: add or remove tags…")


@scene
def merge_page(page: Page) -> None:
    select(page)
    page.run("Merge with other tickets…")


@scene
def link_page(page: Page) -> None:
    page.open("INC-1")
    page.run("Link with another ticket…")


@scene
def changes_of_today(page: Page) -> None:
    page.services.tickets.change(page.open("INC-1"), "priority", "P1")
    page.run("Changes of today")


# -- pages


@scene
def new_ticket(page: Page) -> None:
    page.run("New ticket")


@scene
def new_from_clipboard(page: Page) -> None:
    QGuiApplication.clipboard().setText("От: Анна <анна@пример>\nТема: Принтер\n\nНе печатает.")
    page.run("New ticket from clipboard")
    page.wait(lambda: "new" in page.window._pages)


@scene
def import_start(page: Page) -> None:
    page.run("Import tickets…")


@scene
def import_mapping(page: Page) -> None:
    from copilot.ui.desk.import_panel import ImportPanel

    file = page.services.data_dir / "файл.csv"
    file.write_text("номер,что,кто\nИ-1,Принтер,Анна\nИ-2,Мышь,Пётр\n", encoding="utf-8")
    page.run("Import tickets…")
    child(page.window, ImportPanel).read_file(file)


@scene
def import_faults(page: Page) -> None:
    from copilot.ui.desk.import_panel import ImportPanel

    file = page.services.data_dir / "файл.csv"
    file.write_text("number,title,priority\n1,Принтер,P2\n2,,P9\n", encoding="utf-8")
    page.run("Import tickets…")
    child(page.window, ImportPanel).read_file(file)


@scene
def export_page(page: Page) -> None:
    page.run("Export tickets…")


@scene
def print_page(page: Page) -> None:
    page.open("INC-1")
    page.run("Print or save as PDF…")


@scene
def settings(page: Page) -> None:
    page.run("Settings")


@scene
def backups(page: Page) -> None:
    from copilot.ui.settings.settings_page import SettingsPage

    page.services.backups.create()
    page.run("Settings")
    page.settle()
    section = child(page.window, SettingsPage).backups
    page.wait(lambda: section.rows)
    button(section.rows[0], "Restore…").click()


@scene
def your_data(page: Page) -> None:
    page.run("Your data")


@scene
def models(page: Page) -> None:
    page.run("Models")


# -- popups


@scene
def recent_popup(page: Page) -> None:
    page.open("INC-1")
    page.open("INC-2")
    page.run("Recent tickets…")


@scene
def command_palette(page: Page) -> None:
    page.window._palette_box.open_action.trigger()  # type: ignore[union-attr]


@scene
def crash_report(page: Page) -> None:
    page.window.offer_crash_report()


# -- other windows


@scene
def compact_window(page: Page) -> None:
    page.open("INC-1")
    page.run("Compact window")


@scene
def compact_list(page: Page) -> None:
    page.open("INC-1")
    page.run("Compact window")
    page.settle()
    button(page.window, "Tickets").click()


@scene
def ticket_window(page: Page) -> None:
    page.open("INC-1")
    page.run("Open the ticket in a window of its own")
    page.wait(page.window.popouts.windows)


@scene
def answer_window(page: Page) -> None:
    page.open("INC-1")
    page.ask("42?")
    page.run("Open the answer in a window of its own")
    page.wait(page.window.popouts.windows)


def menus(page: Page) -> list[QMenu]:
    return [menu for menu in page.window.menuBar().findChildren(QMenu) if menu.actions()]


def on_screen() -> list[QWidget]:
    """Return every window and menu that is open."""
    return [window for window in QApplication.topLevelWidgets() if window.isVisible()]


def put_away(page: Page) -> None:
    """Close what a scene opened above the window."""
    while (popup := QApplication.activePopupWidget()) is not None:
        popup.close()
    for toast in page.toasts():
        toast.hide()
