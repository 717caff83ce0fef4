"""One model: what it is, whether it is here and fits, and what can be done with it."""

from collections.abc import Callable
from enum import StrEnum
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QFont, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from copilot.services.models import ModelCard, ModelState
from copilot.support.i18n import tr
from copilot.ui.format import data_size
from copilot.ui.settings import model_words as words
from copilot.ui.settings.column_page import copy_text, label
from copilot.ui.settings.message_line import MessageLine
from copilot.ui.settings.model_details import ModelDetails
from copilot.ui.widgets.chip import Chip
from copilot.ui.widgets.hairline import Hairline
from copilot.ui.widgets.icon_button import IconButton


class Act(StrEnum):
    """What a row can ask for."""

    INSTALL = "install"
    INSTALL_FROM = "install_from"
    USE = "use"
    VERIFY = "verify"
    REMOVE = "remove"


class ModelRow(QWidget):
    """A model in the list. It only asks; the page acts.

    Signals:
        requested(Act, str): What is wanted, and the model's id.
        cancelled(): Cancel was pressed.
    """

    requested = Signal(object, str)
    cancelled = Signal()

    def __init__(self, card: ModelCard) -> None:
        super().__init__()
        self.card = card
        self._is_blocked = False
        self._are_details_shown = False
        self._name = label()
        self._state = Chip()
        self._chosen = Chip()
        self._facts = label("", "small", wraps=True)
        self._note = label("", wraps=True)
        self._fit = Chip()
        self._memory = label("", "small", wraps=True)
        self.message = MessageLine()
        self.message.cancelled.connect(self.cancelled)
        self._details: ModelDetails | None = None

        self.main_button = QPushButton()
        self.main_button.clicked.connect(self._on_main)
        self.verify_button = QPushButton(tr("Verify"))
        self.verify_button.clicked.connect(partial(self._ask, Act.VERIFY))
        self.remove_button = QPushButton(tr("Remove"))
        self.remove_button.clicked.connect(self.ask_to_remove)
        self.details_button = IconButton("chevron-right", tr("Licence and details"), show_label=True)
        self.details_button.clicked.connect(self._toggle_details)
        self._more = IconButton("more", tr("More actions"))
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._more.setMenu(self._menu)
        self._make_menu()
        self._confirm = QWidget()
        self._make_confirm()
        self._lay_out()
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_context_menu)
        self.set_card(card)

    def set_card(self, card: ModelCard) -> None:
        """Show what is true now; a note or problem stays."""
        was, self.card = self.card, card
        name = words.name_of(card)
        self.setAccessibleName(name)
        self._name.setText(name)
        self._set_kind(self._name, "quiet" if card.for_tests else "")
        self._state.set_mark(words.state_mark(card.state))
        self._state.setToolTip(words.state_explanation(card.state))
        self._chosen.set_mark(words.chosen_mark() if card.chosen and words.is_usable(card) else None)
        self._facts.setText(words.facts(card))
        note = words.note(card)
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self._set_kind(self._note, "quiet" if card.for_tests else "")
        self._fit.set_mark(words.fit_mark(card))
        self._memory.setText(card.memory)
        if self._details is not None and was != card:
            self._show_details()
        self._refresh_buttons()

    def set_blocked(self, blocked: bool) -> None:
        """Hold back what changes files while something is under way, here or in another row."""
        self._is_blocked = blocked
        self._refresh_buttons()

    def ask_to_remove(self) -> None:
        """Turn the buttons into the question."""
        self.message.clear()
        self._sure.setText(tr("Remove {size}?").format(size=data_size(self.card.bytes_on_disk)))
        self._buttons.hide()
        self._confirm.show()
        self.no_button.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def is_confirming(self) -> bool:
        """Whether the question of removal is open."""
        return not self._confirm.isHidden()

    # -- building

    def _make_menu(self) -> None:
        def action(text: str, run: Callable[[], None]) -> QAction:
            made = self._menu.addAction(text)
            made.triggered.connect(run)
            return made

        self.install_from = action(
            tr("Install from a folder or USB stick…"), partial(self._ask, Act.INSTALL_FROM)
        )
        self._menu.addSeparator()
        self._menu_verify = action(tr("Verify"), partial(self._ask, Act.VERIFY))
        self._menu_remove = action(tr("Remove…"), self.ask_to_remove)
        self._menu.addSeparator()
        action(tr("Copy the model's id"), self._copy_id)
        action(tr("Copy the path of its file"), self._copy_path)

    def _make_confirm(self) -> None:
        self._sure = label()
        self.yes_button = QPushButton(tr("Yes"))
        self.yes_button.setProperty("kind", "danger")
        self.yes_button.clicked.connect(self._on_yes)
        self.no_button = QPushButton(tr("No"))
        self.no_button.setToolTip(tr("Keep the file (Esc)"))
        self.no_button.clicked.connect(self._on_no)
        row = QHBoxLayout(self._confirm)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (self._sure, self.yes_button, self.no_button):
            row.addWidget(widget)
        row.addStretch(1)
        self._confirm.hide()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        font = QFont()  # says only the weight, so that the size follows the text size
        font.setWeight(QFont.Weight.DemiBold)
        self._name.setFont(font)
        for widget in (self._name, self._state, self._chosen):
            head.addWidget(widget)
        head.addStretch(1)
        memory = QHBoxLayout()
        memory.setSpacing(8)
        memory.addWidget(self._fit, 0, Qt.AlignmentFlag.AlignTop)
        memory.addWidget(self._memory, 1)
        self._buttons = QWidget()
        buttons = QHBoxLayout(self._buttons)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(8)
        for button in (self.main_button, self.verify_button, self.remove_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.details_button)
        buttons.addWidget(self._more)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._facts)
        column.addWidget(self._note)
        column.addLayout(memory)
        column.addSpacing(4)
        column.addWidget(self.message)
        column.addWidget(self._buttons)
        column.addWidget(self._confirm)
        self._details_at = column.count()
        column.addSpacing(8)
        column.addWidget(Hairline())

    # -- inner parts

    def _refresh_buttons(self) -> None:
        card, is_here = self.card, self.card.state not in (ModelState.MISSING, ModelState.PARTIAL)
        name = words.name_of(card)
        is_idle = not (self._is_blocked and self.message.is_running)
        text = self._main_text() if is_idle else ""
        self.main_button.setText(text)
        self.main_button.setVisible(bool(text))
        self.main_button.setAccessibleName(f"{text}: {name}")
        self.verify_button.setVisible(is_here and is_idle)
        self.remove_button.setVisible(card.bytes_on_disk > 0 and is_idle)
        self.verify_button.setAccessibleName(tr("Verify: {name}").format(name=name))
        self.remove_button.setAccessibleName(tr("Remove: {name}").format(name=name))
        self.yes_button.setAccessibleName(tr("Yes, remove {name}").format(name=name))
        self.no_button.setAccessibleName(tr("No, keep {name}").format(name=name))
        self.details_button.setAccessibleName(tr("Licence and details: {name}").format(name=name))
        self._more.setAccessibleName(tr("More actions: {name}").format(name=name))
        self.install_from.setVisible(bool(card.page) and not words.is_usable(card))
        self._menu_verify.setVisible(is_here)
        self._menu_remove.setVisible(card.bytes_on_disk > 0)
        hint = tr("Another model is being worked on; wait for it, or cancel it.") if self._is_blocked else ""
        for control in (self.main_button, self.verify_button, self.remove_button):
            control.setEnabled(not self._is_blocked)
            control.setToolTip(hint)
        for entry in (self.install_from, self._menu_verify, self._menu_remove):
            entry.setEnabled(not self._is_blocked)
        if self._is_blocked and self.is_confirming:
            self._close_confirm()

    def _main_text(self) -> str:
        card = self.card
        if words.is_usable(card):
            return "" if card.chosen else tr("Use")
        if not card.can_download:
            return ""
        return {ModelState.PARTIAL: tr("Go on"), ModelState.DAMAGED: tr("Install again")}.get(
            card.state, tr("Install")
        )

    def _on_main(self) -> None:
        self._ask(Act.USE if words.is_usable(self.card) else Act.INSTALL)

    def _ask(self, act: Act) -> None:
        self.requested.emit(act, self.card.id)

    def _on_yes(self) -> None:
        self._close_confirm()
        self._ask(Act.REMOVE)

    def _on_no(self) -> None:
        self._close_confirm()
        self.remove_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _close_confirm(self) -> None:
        self._confirm.hide()
        self._buttons.show()

    def _toggle_details(self) -> None:
        self._are_details_shown = not self._are_details_shown
        self._show_details()

    def _show_details(self) -> None:
        shown = self._are_details_shown
        self.details_button.set_icon("chevron-down" if shown else "chevron-right")
        self.details_button.setAccessibleDescription(tr("open") if shown else tr("closed"))
        if self._details is not None:
            self._details.hide()
            self._details.deleteLater()
            self._details = None
        if shown:
            self._details = ModelDetails(self.card)
            column = self.layout()
            assert isinstance(column, QVBoxLayout)
            column.insertWidget(self._details_at, self._details)

    def _on_context_menu(self, at: QPoint) -> None:
        self._menu.popup(self.mapToGlobal(at))

    def _copy_id(self) -> None:
        copy_text(self.card.id)

    def _copy_path(self) -> None:
        copy_text(self.card.path)

    def _set_kind(self, widget: QWidget, kind: str) -> None:
        if (widget.property("kind") or "") != kind:
            widget.setProperty("kind", kind)
            widget.style().unpolish(widget)
            widget.style().polish(widget)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.is_confirming:
            self._on_no()
        else:
            super().keyPressEvent(event)
