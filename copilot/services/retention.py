"""What is not needed any more is removed, by rules that the person at the desk sets in plain words."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from copilot.services.deps import Deps
from copilot.services.footprint import PlaceKind, footprint, forget_memory
from copilot.storage import desk_state, purge
from copilot.storage.store import Db
from copilot.support.clock import to_text
from copilot.support.i18n import tr, tr_n
from copilot.support.log import trim_log

_logger = logging.getLogger(__name__)
_STEP = 50  # rows deleted in one transaction; small rows
DEFAULT = {"closed_months": 0, "draft_days": 30, "undo_days": 1, "visit_days": 90, "log_days": 30}
"""The setting `retention`; 0 months keeps closed tickets for good."""
LONGEST = {"closed_months": 120, "draft_days": 365, "undo_days": 30, "visit_days": 3650, "log_days": 365}


@dataclass(frozen=True, slots=True)
class RetentionReport:
    """How much was removed.

    Attributes:
        tickets: Closed tickets past their time.
        hidden: Tickets whose making was taken back.
        texts: Messages and facts that were taken back and that nothing refers to.
        drafts: Drafts of closed tickets.
        undo: Entries that Undo would have needed.
        visits: Tickets that count as opened no longer.
        logs: Log and crash files, removed or shortened.
        ids: The tickets among them.
    """

    tickets: int = 0
    hidden: int = 0
    texts: int = 0
    drafts: int = 0
    undo: int = 0
    visits: int = 0
    logs: int = 0
    ids: frozenset[int] = frozenset()

    def counts(self) -> dict[str, int]:
        """Return the figures by name."""
        return {name: value for name, value in asdict(self).items() if isinstance(value, int)}


def rules(stored: Mapping[str, Any]) -> dict[str, int]:
    """Return the stored rules, made whole and brought within bounds."""
    whole = dict(DEFAULT)
    for name, longest in LONGEST.items():
        value = stored.get(name, DEFAULT[name])
        if isinstance(value, int) and not isinstance(value, bool):
            least = 0 if name == "closed_months" else 1
            whole[name] = min(max(value, least), longest)
    return whole


def apply(
    deps: Deps, data_dir: Path, now: datetime, between: Callable[[], None] = lambda: None
) -> RetentionReport:
    """Remove what is past its time, in small steps; `between` is called after each and may raise to stop."""
    with deps.store.read() as db:
        rule = rules(desk_state.get_setting(db, "retention", DEFAULT))
    undo_before = to_text(min(now - timedelta(days=rule["undo_days"]), _local_midnight(now)))
    draft_before = to_text(now - timedelta(days=rule["draft_days"]))
    visit_before = to_text(now - timedelta(days=rule["visit_days"]))
    steps = _Steps(deps, between)

    closed = list[int]()
    if rule["closed_months"]:
        closed = steps.ids(_CLOSED, to_text(months_before(now, rule["closed_months"])))
    undo = steps.delete("undo_entry", "coalesce(undone_at, at) < ?1", undo_before)
    hidden = _taken_back(deps, undo_before)  # after the entries that could bring them back
    for ticket in (*closed, *hidden):
        with deps.store.write() as db:
            purge.delete_ticket(db, ticket)
        forget_memory(data_dir, ticket)
        between()
    texts = steps.delete("message", _TAKEN_BACK_MESSAGE, undo_before)
    texts += steps.delete("evidence", _TAKEN_BACK_FACT, undo_before)
    report = RetentionReport(
        tickets=len(closed),
        hidden=len(hidden),
        texts=texts,
        drafts=steps.delete("draft", _OLD_DRAFT, draft_before, key="(ticket, slot)"),
        undo=undo,
        visits=steps.delete("visit", "at < ?1", visit_before),
        logs=_clear_logs(data_dir, now - timedelta(days=rule["log_days"])),
        ids=frozenset((*closed, *hidden)),
    )
    if closed or hidden or texts:
        purge.forget(deps.store, between)
    if any(report.counts().values()):
        _logger.info("retention removed %s", report.counts())
    return report


def sentence(report: RetentionReport) -> str:
    """Return what was removed, in words."""
    parts = [
        text
        for count, text in (
            (report.tickets, tr_n("{n} closed ticket", "{n} closed tickets", report.tickets)),
            (report.hidden, tr_n("{n} ticket taken back", "{n} tickets taken back", report.hidden)),
            (report.texts, tr_n("{n} text taken back", "{n} texts taken back", report.texts)),
            (report.drafts, tr_n("{n} old draft", "{n} old drafts", report.drafts)),
            (report.undo, tr_n("{n} undo entry", "{n} undo entries", report.undo)),
            (report.visits, tr_n("{n} visit", "{n} visits", report.visits)),
            (report.logs, tr_n("{n} log file", "{n} log files", report.logs)),
        )
        if count
    ]
    if not parts:
        return tr("Nothing was past its time.")
    return tr("Removed: {things}.").format(things=", ".join(parts))


def months_before(now: datetime, months: int) -> datetime:
    """Return the same day so many months ago, or the month's last where it is shorter."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    day = now.day
    while True:
        try:
            return now.replace(year=year, month=month + 1, day=day)
        except ValueError:
            day -= 1


def _local_midnight(now: datetime) -> datetime:
    """Return when today began at the desk: a change can be undone all day."""
    return now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)


def _taken_back(deps: Deps, before: str) -> list[int]:
    """Return tickets whose making was taken back; none while an import is under way, whose tickets are hidden too."""
    with deps.store.read() as db:
        if desk_state.settings_from(db, desk_state.UNFINISHED_IMPORT):
            return []
        return [row[0] for row in db.execute(_HIDDEN, (before,))]


class _Steps:
    """Small transactions."""

    def __init__(self, deps: Deps, between: Callable[[], None]) -> None:
        self._store = deps.store
        self._between = between

    def ids(self, sql: str, before: str) -> list[int]:
        with self._store.read() as db:
            return [row[0] for row in db.execute(sql, (before,))]

    def delete(self, table: str, where: str, before: str, key: str = "rowid") -> int:
        total = 0
        while True:
            with self._store.write() as db:
                count = _delete_some(db, table, where, before, key)
            total += count
            if count < _STEP:
                return total
            self._between()


def _delete_some(db: Db, table: str, where: str, before: str, key: str) -> int:
    names = key.strip("()")
    db.execute(
        f"DELETE FROM {table} WHERE {key} IN (SELECT {names} FROM {table} WHERE {where} LIMIT {_STEP})",
        (before,),
    )
    return db.changes()


def _clear_logs(data_dir: Path, before: datetime) -> int:
    cleared = 0
    for place in footprint(data_dir):
        if place.kind not in (PlaceKind.LOG, PlaceKind.CRASH) or place.path.name == "crash.log":
            continue  # crash.log is open while the program runs
        if place.at < before and place.path.name != "copilot.log":
            try:
                place.path.unlink()
            except OSError:  # open elsewhere, on Windows
                continue
            cleared += 1
    return cleared + trim_log(data_dir / "logs", before)


_CLOSED = (
    "SELECT id FROM ticket WHERE hidden = 0 AND status IN ('closed', 'cancelled', 'merged') "
    "AND coalesce(closed_at, updated_at) < ?1"
)
# A ticket is hidden when its making is taken back. One that Undo could still bring back stays.
_HIDDEN = (
    "SELECT id FROM ticket t WHERE hidden = 1 AND merged_into IS NULL AND updated_at < ?1 "
    "AND NOT EXISTS (SELECT 1 FROM undo_entry u WHERE u.ticket = t.id "
    "OR EXISTS (SELECT 1 FROM json_each(u.tickets) WHERE value = t.id))"
)
_TAKEN_BACK_MESSAGE = (
    "hidden = 1 AND at < ?1 AND NOT EXISTS (SELECT 1 FROM undo_entry WHERE instr(inverse, message.uid))"
)
# A fact that a question or an answer was given stays for those who look it up there.
_TAKEN_BACK_FACT = (
    "removed = 1 AND observed_at < ?1 "
    "AND NOT EXISTS (SELECT 1 FROM undo_entry WHERE instr(inverse, evidence.uid)) "
    "AND NOT EXISTS (SELECT 1 FROM suggestion s WHERE s.ticket = evidence.ticket AND instr(s.evidence, evidence.uid)) "
    "AND NOT EXISTS (SELECT 1 FROM question q WHERE q.ticket = evidence.ticket AND instr(q.evidence, evidence.uid))"
)
_OLD_DRAFT = (
    "ticket <> 0 AND updated_at < ?1 AND NOT EXISTS (SELECT 1 FROM ticket WHERE id = draft.ticket "
    "AND status NOT IN ('resolved', 'closed', 'cancelled', 'merged'))"
)
