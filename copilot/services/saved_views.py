"""Saved views: keep a search under a name, and forget it."""

from copilot.domain.listing import ChangeSet
from copilot.domain.query import SavedView, View
from copilot.services.deps import Deps
from copilot.storage import desk_state, saved_views
from copilot.support.errors import KnownError
from copilot.support.i18n import tr
from copilot.support.text import one_line

NAME_LIMIT = 40  # characters


def all_views(deps: Deps) -> list[SavedView]:
    """Return every saved view, in the person's order."""
    with deps.store.read() as db:
        return saved_views.all_views(db)


def save(deps: Deps, name: str, view: View, typed: str) -> ChangeSet:
    """Keep a search under a name; one with the same name is replaced.

    Raises:
        KnownError: The name is empty.
    """
    name = one_line(name, NAME_LIMIT)
    if not name:
        raise KnownError(tr("A view needs a name."))
    return _change(deps, name, tr("View “{name}” saved").format(name=name), (view, one_line(typed, 500)))


def delete(deps: Deps, name: str) -> ChangeSet:
    """Forget a view."""
    return _change(deps, name, tr("View “{name}” deleted").format(name=name), None)


def _change(deps: Deps, name: str, label: str, new: tuple[View, str] | None) -> ChangeSet:
    with deps.store.write() as db:
        before = next((v for v in saved_views.all_views(db) if v.name.casefold() == name.casefold()), None)
        if new is None:
            saved_views.delete(db, name)
        else:
            saved_views.put(db, name, *new)
        inverse = [
            "saved_view",
            before.name if before else name,
            before.view if before else "",
            before.typed if before else "",
        ]
        entry = desk_state.add_undo(db, 0, label, [inverse], deps.clock.now())
    return ChangeSet(list_changed=True, undo_label=label, undo_id=entry)
