"""Checks whether everything works on this machine, and gives a report to send to somebody."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPushButton, QWidget

from copilot.support.i18n import tr
from copilot.ui.bridge.hub import Hub
from copilot.ui.format import data_size, number
from copilot.ui.settings.column_page import Section, copy_text, wrapping_line_of
from copilot.ui.settings.message_line import MessageLine
from copilot.ui.widgets.plain_text import PlainTextView

if TYPE_CHECKING:  # what a check needs is loaded when one is made
    from copilot.services.bundle import Services
    from copilot.services.doctor import Report


class MachineSection(Section):
    """One button and its report."""

    def __init__(self, hub: Hub, parent: QWidget | None = None) -> None:
        super().__init__(tr("This machine"), parent)
        self._hub = hub
        self.check_button = QPushButton(tr("Check this machine"))
        self.check_button.clicked.connect(self.check)
        self.copy_button = QPushButton(tr("Copy report"))
        self.copy_button.clicked.connect(self._copy)
        self.copy_button.hide()
        line = wrapping_line_of(self.check_button, self.copy_button)
        line.setFocusProxy(self.check_button)
        self.add_line(
            tr("Check"),
            line,
            tr(
                "Looks at database, model file, memory and speed; takes up to two minutes. "
                "The report holds nothing about tickets or people."
            ),
        )
        self.message = MessageLine(can_cancel=False)
        self.report = PlainTextView(tr("Report on this machine"), monospace=True)
        self.report.evidence_action.setVisible(False)
        self.report.hide()
        self.add_wide(self.message)
        self.add_wide(self.report)

    def check(self) -> None:
        """Run all checks."""
        self.check_button.setEnabled(False)
        self.message.show_progress(tr("Reading the model file, loading it, answering once…"), None)
        self._hub.tasks.errand(self, partial(_examine, self._hub.services), self._show, self._on_failed)

    def _show(self, report: "Report") -> None:
        self.check_button.setEnabled(True)
        failed = [check.name for check in report.checks if check.ok is False]
        if failed:
            self.message.show_problem(tr("Something is wrong: {names}.").format(names=", ".join(failed)))
        else:
            self.message.show_note(tr("Everything works."))
        self.report.show()
        self.report.set_text(report_text(report))
        self.copy_button.show()
        self._hub.model_changed.emit()  # its file was hashed

    def _on_failed(self, error: Exception) -> None:
        self.check_button.setEnabled(True)
        self.message.show_problem(tr("The check itself failed: {error}").format(error=error))

    def _copy(self) -> None:
        copy_text(self.report.toPlainText())


def _examine(services: "Services") -> "Report":
    return services.doctor.examine()


def report_text(report: "Report") -> str:
    """Return the report as plain text, a fact a line."""
    machine = report.machine
    checks = {True: tr("ok"), False: tr("FAILED"), None: tr("not here")}
    lines = [
        tr("Technician Copilot {version}, Python {python}").format(
            version=report.version, python=report.python
        ),
        *(f"{checks[check.ok]:<7} {check.name}: {check.detail}" for check in report.checks),
        tr("System: {system}, {architecture}").format(
            system=machine.system, architecture=machine.architecture
        ),
        tr("Processor: {cpu}, {cores} cores, {threads} threads").format(
            cpu=machine.cpu, cores=number(machine.physical_cores), threads=number(machine.logical_cores)
        ),
        tr("Features: {features}").format(features=", ".join(machine.cpu_features)),
        tr("Memory: {free} free of {total}").format(
            free=data_size(machine.available_memory), total=data_size(machine.total_memory)
        ),
        tr("Disk: {free} free").format(free=data_size(machine.free_disk)),
        tr("Libraries: {names}").format(
            names=", ".join(f"{name} {version}" for name, version in machine.libraries.items())
        ),
    ]
    return "\n".join(lines)
