"""The page that puts a ticket on paper or into a PDF: what will be on it, and two choices."""

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from copilot.services.clippings import Sheet
from copilot.support.errors import KnownError
from copilot.support.i18n import tr, tr_n
from copilot.ui.bridge.hub import Hub
from copilot.ui.desk.paper import paint, save_pdf
from copilot.ui.format import short_time
from copilot.ui.widgets.first_focus import begin_at
from copilot.ui.widgets.hairline import Hairline
from copilot.ui.widgets.icon_button import IconButton


class PrintPage(QWidget):
    """Shows the text of a ticket as it goes on paper; without internal notes unless they are asked for.

    Signals:
        closed(): Back to the desk.
    """

    closed = Signal()

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self._hub = hub
        self._ticket = 0
        self._sheet: Sheet | None = None
        heading = QLabel(tr("Print or save as PDF"))
        heading.setProperty("kind", "title")
        close = IconButton("close", tr("Close (Esc)"))
        close.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 12, 8)
        head.addWidget(heading, 1)
        head.addWidget(close)
        self._internal = QCheckBox(tr("With internal notes"))
        self._answers = QCheckBox(tr("With questions and answers"))
        self._answers.setChecked(True)
        self._hint = QLabel()
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        self._hint.setProperty("kind", "small")
        self._hint.setWordWrap(True)
        options = QHBoxLayout()
        options.setContentsMargins(16, 8, 16, 8)
        options.setSpacing(16)
        for box in (self._internal, self._answers):
            box.toggled.connect(self._reload)
            options.addWidget(box)
        options.addWidget(self._hint, 1)
        self._preview = QTextBrowser()
        self._preview.setAccessibleName(tr("Preview"))
        self._preview.setOpenLinks(False)
        self._preview.document().setDocumentMargin(24)
        self._save = QPushButton(tr("Save as PDF…"))
        self._save.setProperty("kind", "primary")
        self._save.clicked.connect(self._choose_pdf)
        self._print = QPushButton(tr("Print…"))
        self._print.clicked.connect(self._choose_printer)
        self._print.setVisible(_has_printers())
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 8, 16, 8)
        foot.setSpacing(8)
        foot.addWidget(self._save)
        foot.addWidget(self._print)
        foot.addStretch(1)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addLayout(head)
        page.addWidget(Hairline())
        page.addLayout(options)
        page.addWidget(self._preview, 1)
        page.addLayout(foot)
        leave = QAction(tr("Close the print page"), self)
        leave.setShortcut(QKeySequence("Esc"))
        leave.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        leave.triggered.connect(self.closed)
        self.addAction(leave)
        begin_at(self, self._save)

    def show_ticket(self, ticket: int) -> None:
        """Show a ticket; internal notes are left out again."""
        self._ticket = ticket
        self._internal.blockSignals(True)
        self._internal.setChecked(False)
        self._internal.blockSignals(False)
        self._reload()

    def save(self, path: Path) -> None:
        """Write the PDF beside everything else."""
        if self._sheet is not None:
            work = partial(save_pdf, self._sheet, path, self.font().family())
            self._hub.tasks.errand(self, work, partial(self._on_saved, path), self._hub.show_error)

    def preview_text(self) -> str:
        """Return what the page shows; for tests."""
        return self._preview.toPlainText()

    def _reload(self, *_: object) -> None:
        self._sheet = None
        self._show_state()
        work = partial(
            self._hub.services.clippings.sheet,
            self._ticket,
            short_time,
            with_internal=self._internal.isChecked(),
            with_answers=self._answers.isChecked(),
        )
        self._hub.tasks.read(self, work, self._on_sheet, self._hub.show_error, key="sheet")

    def _on_sheet(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._preview.setHtml(sheet.html)
        self._show_state()

    def _show_state(self) -> None:
        self._save.setEnabled(self._sheet is not None)
        self._print.setEnabled(self._sheet is not None)
        if self._internal.isChecked():
            self._hint.setText(tr("Internal notes are on it: not for the requester."))
        elif self._sheet is not None and self._sheet.left_out:
            self._hint.setText(
                tr_n(
                    "Without internal notes: {n} entry is left out, with what was taken from it.",
                    "Without internal notes: {n} entries are left out, notes and what was taken from them.",
                    self._sheet.left_out,
                )
            )
        else:
            self._hint.setText(tr("Without internal notes."))

    def _choose_pdf(self) -> None:
        if self._sheet is None:
            return
        name = "".join(c if c.isalnum() or c in "-_" else "_" for c in self._sheet.header.split("  ")[0])
        chosen, _ = QFileDialog.getSaveFileName(self, tr("Save as PDF"), f"{name}.pdf", tr("PDF (*.pdf)"))
        if chosen:
            path = Path(chosen)
            self.save(path if path.suffix.lower() == ".pdf" else path.with_name(path.name + ".pdf"))

    def _on_saved(self, path: Path, pages: int) -> None:
        text = tr_n("{{name}} saved, {n} page", "{{name}} saved, {n} pages", pages)
        self._hub.toast_requested.emit(text.format(name=path.name), 0)

    def _choose_printer(self) -> None:
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        if self._sheet is None or not QPrintDialog(printer, self).exec():
            return
        if not paint(self._sheet, printer, self.font().family()):
            error = KnownError(tr("The printer does not take it."), todo=tr("Save a PDF and print that."))
            self._hub.show_error(error)


def _has_printers() -> bool:
    try:
        from PySide6.QtPrintSupport import QPrinterInfo
    except ImportError:  # a system without the printing library
        return False
    names: list[Any] = QPrinterInfo.availablePrinterNames()
    return bool(names)
