"""Putting a backup in place of the desk while its windows are open."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from copilot.domain.listing import ChangeSet
from copilot.support.errors import KnownError
from copilot.support.i18n import tr, tr_n
from copilot.ui.bridge.hub import Hub

if TYPE_CHECKING:
    from copilot.services.backups import Restored

Done = Callable[[], None]
Failed = Callable[[Exception], None]


class DeskReplacement(QObject):
    """Restores: everything typed is stored before, no window takes input meanwhile, all is read anew after."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub)
        self._hub = hub

    def restore(self, path: Path, done: Done | None = None, failed: Failed | None = None) -> None:
        """Put a backup in place, then call `done`; the toast offers the way back."""
        failed = failed or self._hub.show_error
        self._hub.desk_replacing.emit(True)  # the windows store what is typed, so that it comes along
        # Behind the drafts on the writer's thread; only here is it known whether these could be stored.
        self._hub.tasks.write(self, _nothing, partial(self._on_stored, path, done, failed))

    def _on_stored(self, path: Path, done: Done | None, failed: Failed, _: None) -> None:
        if self._hub.drafts.why:
            error = KnownError(
                tr("What you typed is not stored yet: {why}").format(why=self._hub.drafts.why),
                tr("Nothing was restored."),
                tr("Mend that first, so that no word is lost."),
            )
            self._on_failed(failed, error)
            return
        self._hub.tasks.write(
            self,
            partial(_restore, self._hub, path),
            partial(self._on_restored, done),
            partial(self._on_failed, failed),
        )

    def _on_restored(self, done: Done | None, result: "tuple[Restored, str]") -> None:
        restored, self._hub.restored = result
        self._hub.drafts.forget()
        self._hub.desk_replaced.emit()
        self._hub.changed.emit(ChangeSet(list_changed=True))
        self._hub.model_changed.emit()  # it is a setting
        self._hub.desk_replacing.emit(False)
        if done is not None:
            done()
        tickets = tr_n("{n} ticket", "{n} tickets", restored.facts.tickets)
        text = tr("Restored: {tickets}. What was there before is kept as a backup.").format(tickets=tickets)
        if restored.kept:
            self._hub.action_offered.emit(text, tr("Go back"), partial(self.restore, restored.kept))
        else:
            self._hub.toast_requested.emit(text, 0)

    def _on_failed(self, failed: Failed, error: Exception) -> None:
        self._hub.desk_replacing.emit(False)
        failed(error)


def _restore(hub: Hub, path: Path) -> "tuple[Restored, str]":
    done = hub.services.backups.restore(path)
    return done, str(hub.services.settings.get("restored"))


def _nothing() -> None:
    """Stand in a queue."""
