"""After a crash: answers whose process is gone are marked as interrupted, and what half an import left is taken out."""

from copilot.services.deps import Deps
from copilot.storage import desk_state, listing
from copilot.support.i18n import tr


def recover(deps: Deps) -> int:
    """Mark answers as interrupted whose process is gone; return how many there were."""
    with deps.store.read() as db:
        live = listing.live_owners(db)
        imports = desk_state.settings_from(db, desk_state.UNFINISHED_IMPORT)
    lost = [uid for uid, owner in live if not is_alive(owner)]
    if lost:
        from copilot.storage import conversation  # most starts find nothing to recover

        with deps.store.write() as db:
            for uid in lost:
                sentence = tr("The program ended while this answer was being written.")
                conversation.mark_interrupted(db, uid, deps.clock.now(), sentence)
    if imports:
        from copilot.services.storing import take_out_unfinished

        take_out_unfinished(deps, is_alive)
    return len(lost)


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
