"""After a crash: answers whose process is gone are marked as interrupted, and what half an import left is taken out."""

from datetime import datetime

from copilot.services.deps import Deps
from copilot.storage import desk_state, listing
from copilot.storage.store import Db
from copilot.support.i18n import tr


def recover(deps: Deps) -> int:
    """Mark answers as interrupted whose process is gone; return how many there were."""
    with deps.store.read() as db:
        live = listing.live_owners(db)
        imports = desk_state.settings_from(db, desk_state.UNFINISHED_IMPORT)
    lost = [uid for uid, owner in live if not is_alive(owner)]
    if lost:
        with deps.store.write() as db:
            for uid in lost:
                _recover(db, uid, deps.clock.now())
    if imports:
        from copilot.services.storing import take_out_unfinished

        take_out_unfinished(deps, is_alive)
    return len(lost)


def _recover(db: Db, uid: str, now: datetime) -> None:
    """Mark an answer; a question that still waited for its turn is the ticket's draft again, if there is no other."""
    from copilot.services.unasked import give_back  # most starts find nothing to recover
    from copilot.storage import conversation

    answer = conversation.answer(db, uid)
    if answer is None:
        return
    asked = next((q for q in conversation.questions(db, answer.ticket) if q.uid == answer.question), None)
    if asked is None or asked.rendered:  # it was sent, or is to be answered once more
        why = tr("The program ended while this answer was being written.")
        conversation.mark_interrupted(db, uid, now, why)
    else:
        conversation.mark_interrupted(db, uid, now, tr("The program ended before this was asked."))
        give_back(db, asked, uid, now)


def owner_of(pid: int) -> str:
    """Return what names a process for good: its id and when it began."""
    import psutil  # 20 ms, and most starts find nothing to recover

    return f"{pid}:{psutil.Process(pid).create_time():.2f}"


def is_alive(owner: str) -> bool:
    """Tell whether the process that `owner_of` named still runs; one that only waits to be buried does not."""
    import psutil

    if not owner:
        return False
    pid = int(owner.split(":")[0])
    try:
        return owner_of(pid) == owner and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.Error:  # gone, or somebody else's
        return False
