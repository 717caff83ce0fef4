"""The pages beside the desk, each imported when it is first opened: a start pays for the desk alone."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from copilot.ui.theme.manager import ThemeManager

if TYPE_CHECKING:
    from copilot.ui.main_window import MainWindow


def make_page(window: "MainWindow", theme: ThemeManager, name: str) -> QWidget:
    """Return a page that leads back to the desk by itself."""
    if name == "new":
        from copilot.ui.desk.new_ticket import NewTicketPanel

        new = NewTicketPanel(window.hub)
        new.created.connect(window.open_ticket)
        new.closed.connect(window.show_desk)
        return new
    if name == "import":
        from copilot.ui.desk.import_panel import ImportPanel

        imports = ImportPanel(window.hub)
        imports.imported.connect(window.show_imported)
        imports.closed.connect(window.show_desk)
        return imports
    if name == "print":
        from copilot.ui.desk.print_page import PrintPage

        paper = PrintPage(window.hub)
        paper.closed.connect(window.show_desk)
        return paper
    if name == "export":
        from copilot.ui.desk.export_panel import ExportPanel

        exports = ExportPanel(window.hub, window.sidebar.listing)
        exports.closed.connect(window.show_desk)
        return exports
    if name == "settings":
        from copilot.ui.settings.settings_page import SettingsPage

        page = SettingsPage(window.hub, theme)
        page.models_requested.connect(window.show_models)
        page.privacy_requested.connect(window.show_privacy)
        page.closed.connect(window.show_desk)
        return page
    if name == "privacy":
        from copilot.ui.settings.privacy_page import PrivacyPage

        privacy = PrivacyPage(window.hub)
        privacy.closed.connect(window.show_desk)
        return privacy
    from copilot.ui.settings.models_page import ModelsPage

    models = ModelsPage(window.hub)
    models.closed.connect(window.show_desk)
    return models
