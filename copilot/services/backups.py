"""Backups: made by hand or when due, looked through, thinned out, and put back with a look before."""

import hashlib
import logging
import platform
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from copilot.services.deps import Deps
from copilot.services.settings import SettingsService
from copilot.storage import backup, conversation, desk_state, listing, tickets
from copilot.storage.backup import BackupFacts, StoppedError
from copilot.storage.difference import Difference, Named, difference
from copilot.storage.migrate import free_name
from copilot.storage.restore import Restored, drafts_left_out, restore
from copilot.storage.store import Db
from copilot.support.clock import Clock, from_text
from copilot.support.errors import BugError, KnownError
from copilot.support.i18n import tr
from copilot.support.ids import new_uid

__all__ = [
    "Backup",
    "BackupFacts",
    "BackupService",
    "Difference",
    "Every",
    "Kind",
    "Named",
    "Preview",
    "Progress",
    "Restored",
    "Schedule",
    "StoppedError",
    "preview_backup",
    "restore_backup",
    "verify_backup",
]

WEEKLY = 4  # weeks, of each of which one copy is kept beside the daily ones
KEEP_BEFORE = timedelta(days=90)
MOST = 99  # copies that the schedule can be told to keep
LOW_BATTERY = 20  # percent
_STAMP = re.compile(r"-(\d{8}-\d{6})(?:-|$)")
_logger = logging.getLogger(__name__)


class Every(StrEnum):
    """How often a copy is made by itself."""

    DAY = "day"
    WEEK = "week"
    OFF = "off"


class Kind(StrEnum):
    """Why a copy was made."""

    HAND = "hand"
    SCHEDULE = "schedule"
    RESTORE = "before_restore"
    MIGRATION = "before_migration"
    DAMAGED = "damaged"


class Schedule(NamedTuple):
    """When copies are made by themselves, how many are kept, and where; without a folder in the data folder."""

    every: Every = Every.DAY
    keep: int = 7
    folder: str = ""


class Progress(NamedTuple):
    """How far a copy is: a share of 0 to 1; None while it is checked."""

    share: float | None


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy that lies somewhere; `tickets` is None where it cannot be read."""

    path: Path
    when: datetime
    kind: Kind
    bytes: int
    tickets: int | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a restore would do.

    Attributes:
        facts: What the copy holds.
        when: When it was made.
        newest: When a ticket in it was changed last.
        difference: Against the desk; None where there is no desk that can be read.
        drafts_apart: Drafts of tickets that the copy does not hold: they stay in the copy of what was there.
    """

    facts: BackupFacts
    when: datetime
    newest: datetime | None
    difference: Difference | None
    drafts_apart: int = 0


def quiet(_: Progress) -> None:
    """Report nothing."""


class BackupService:
    """The copies of one desk."""

    def __init__(
        self, deps: Deps, settings: SettingsService, stop_answers: Callable[[], None] = lambda: None
    ) -> None:
        """Take what every service takes, and how to end the answers that are being written."""
        self._deps = deps
        self._settings = settings
        self._stop_answers = stop_answers
        self._database = deps.store.path
        self._own = self._database.parent / "backups"

    # -- the schedule

    def schedule(self) -> Schedule:
        """Return when copies are made by themselves."""
        stored = self._settings.get("backup_schedule")
        try:
            return Schedule(
                Every(stored["every"]), max(1, min(MOST, int(stored["keep"]))), str(stored["folder"])
            )
        except (KeyError, TypeError, ValueError):
            return Schedule()

    def set_schedule(self, schedule: Schedule) -> None:
        """Set when copies are made by themselves.

        Raises:
            KnownError: The folder is not there, or so many copies cannot be kept.
        """
        if not 1 <= schedule.keep <= MOST:
            raise KnownError(tr("Between 1 and {most} backups can be kept.").format(most=MOST))
        if schedule.folder:
            _demand(Path(schedule.folder))
        self._settings.set("backup_schedule", dict(schedule._asdict()))

    def folder(self) -> Path:
        """Return where scheduled copies go."""
        chosen = self.schedule().folder
        return Path(chosen) if chosen else self._own

    def next_at(self) -> datetime | None:
        """Return from when on the next copy is due; None without a schedule. It may be past."""
        schedule = self.schedule()
        if schedule.every is Every.OFF:
            return None
        now, last = self._deps.clock.now(), self.last()
        if last is None or last > now + timedelta(days=1):  # made while the machine's clock was wrong
            return now
        day = last.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        return (day + timedelta(days=1 if schedule.every is Every.DAY else 7)).astimezone(UTC)

    def now(self) -> datetime:
        """Return the time by which the schedule goes."""
        return self._deps.clock.now()

    def due(self, now: datetime | None = None) -> bool:
        """Tell whether a copy is due: on another day (or a week later) than the last; never of an empty desk."""
        following = self.next_at()
        if following is None or following > (now or self._deps.clock.now()):
            return False
        with self._deps.store.read() as db:
            return tickets.count(db) > 0  # else copies of nothing would in time take the place of real ones

    def is_good_moment(self) -> bool:
        """Tell whether the machine can spare the power: not with a low battery."""
        charge = _battery()
        return charge is None or charge > LOW_BATTERY

    def run(
        self, progress: Callable[[Progress], None] = quiet, cancelled: Callable[[], bool] = backup.never
    ) -> BackupFacts:
        """Make the scheduled copy at an easy pace, then thin out the older ones.

        Raises:
            KnownError: The folder is not there or cannot be written, the disk is full, or a copy is not whole.
        """
        folder = self.folder()
        if folder != self._own:
            _demand(folder)
        name = f"desk-auto-{self._stamp()}-{self._id()}.db"
        pause = 0.05 if _battery() is not None else 0.01
        facts = self._copy(free_name(folder / name), progress, cancelled, pages=100, pause=pause)
        self.prune(known_whole=facts.path)
        return facts

    # -- by hand

    def create(
        self,
        target: Path | None = None,
        progress: Callable[[Progress], None] = quiet,
        cancelled: Callable[[], bool] = backup.never,
    ) -> BackupFacts:
        """Copy the database; without a target into the folder `backups` of the data folder.

        Raises:
            KnownError: It cannot be written there.
            StoppedError: `cancelled` said so.
        """
        target = target or free_name(self._own / f"desk-{self._stamp()}.db")
        return self._copy(target, progress, cancelled, pages=500, pause=0.0)

    def copies(self) -> list[Backup]:
        """Return every copy of this desk, newest first."""
        return [self._look_into(found) for found in self._found()]

    def prune(self, known_whole: Path | None = None) -> list[Path]:
        """Delete scheduled copies that are too many and old ones from before a change; return which.

        One made by hand is never deleted, nor the only whole one.
        """
        found, now = self._found(), self._deps.clock.now()
        scheduled = [each for each in found if each.kind is Kind.SCHEDULE and self._is_mine(each.path)]
        kept = _kept(scheduled, self.schedule().keep)
        extra = [each for each in scheduled if each not in kept and each.path != known_whole]
        before = (Kind.RESTORE, Kind.MIGRATION)
        extra += [each for each in found if each.kind in before and now - each.when > KEEP_BEFORE]
        others = [each.path for each in found if each not in extra and each.kind is not Kind.DAMAGED]
        if extra and not (known_whole or any(map(_is_whole, others))):
            whole = next((each for each in extra if _is_whole(each.path)), None)
            extra = [each for each in extra if each is not whole]
        for each in extra:
            each.path.unlink(missing_ok=True)
        for folder in (self._database.parent, self._own):
            for left in folder.glob("desk*.partial"):  # of a program that was killed
                if now.timestamp() - left.stat().st_mtime > 86_400:
                    left.unlink(missing_ok=True)
        return [each.path for each in extra]

    def delete(self, path: Path) -> None:
        """Delete one of the copies.

        Raises:
            KnownError: It is none of them, or cannot be deleted.
        """
        if path not in [each.path for each in self._found()]:
            raise KnownError(tr("{path} is no backup of this desk.").format(path=path))
        with backup.translated_places(path):
            for ending in ("", "-wal", "-shm"):
                path.with_name(path.name + ending).unlink(missing_ok=True)

    def verify(self, path: Path, cancelled: Callable[[], bool] = backup.never) -> BackupFacts:
        """Check that a copy is whole; raises what `storage.backup.verify` raises."""
        return backup.verify(path, cancelled=cancelled)

    def preview(self, path: Path, cancelled: Callable[[], bool] = backup.never) -> Preview:
        """Say what restoring `path` would do; nothing is changed."""
        return preview_backup(path, self._database.parent, cancelled)

    def restore(self, path: Path) -> Restored:
        """Put a copy in place while the desk is open; nothing is read or written by this program meanwhile.

        Raises:
            KnownError: It is no whole copy, or the desk cannot be written.
        """
        backup.examine(path)  # before an answer is stopped for it
        self._stop_answers()
        with self._deps.store.closed_to_others():
            return _restore(path, self._database, self._deps.clock)

    def may_tell_failure(self) -> bool:
        """Tell whether today's failure has yet to be told, and take note that it is told now."""
        today = f"{self._deps.clock.now().astimezone():%Y-%m-%d}"
        if self._settings.get("backup_told") == today:
            return False
        try:
            self._settings.set("backup_told", today)
        except KnownError:  # the disk that is too full for a copy may be too full for this
            _logger.info("that a backup failed could not be noted")
        return True

    # -- inner parts

    def _copy(
        self,
        target: Path,
        progress: Callable[[Progress], None],
        cancelled: Callable[[], bool],
        *,
        pages: int,
        pause: float,
    ) -> BackupFacts:
        def step(done: int, total: int) -> None:
            progress(Progress(done / total))
            time.sleep(pause)

        progress(Progress(0.0))
        facts = backup.create(self._database, target, step=step, pages=pages, cancelled=cancelled)
        progress(Progress(1.0))
        return facts

    def _stamp(self) -> str:
        return f"{self._deps.clock.now():%Y%m%d-%H%M%S}"

    def _id(self) -> str:
        """Return what tells this desk's copies from another's in a folder that both use."""
        place = f"{platform.node()}\n{self._database.resolve()}"
        return hashlib.sha256(place.encode("utf-8", "replace")).hexdigest()[:8]

    def _is_mine(self, path: Path) -> bool:
        return path.parent == self._own or path.stem.split("-")[4:5] == [self._id()]

    def last(self) -> datetime | None:
        """Return when the last scheduled copy was made."""
        scheduled = (
            each.when for each in self._found() if each.kind is Kind.SCHEDULE and self._is_mine(each.path)
        )
        return max(scheduled, default=None)

    def _found(self) -> list[Backup]:
        """Return every copy by its name alone, newest first."""
        places = [self._database.parent.glob("desk-*.db"), self._own.glob("*.db")]
        if (chosen := self.folder()) != self._own:
            places.append(chosen.glob("desk-*.db"))
        found = list[Backup]()
        for place in places:
            for path in place:
                try:
                    kind, facts = _kind(path, self._database), path.stat()
                except OSError:  # deleted by another program just now
                    continue
                if kind is not None:
                    found.append(Backup(path, _when(path), kind, facts.st_size))
        return sorted(found, key=lambda each: (each.when, each.path.name), reverse=True)

    @staticmethod
    def _look_into(found: Backup) -> Backup:
        if found.kind is Kind.DAMAGED:
            return found
        return Backup(found.path, found.when, found.kind, found.bytes, backup.count(found.path))


def restore_backup(source: Path, data_dir: Path, clock: Clock) -> Restored:
    """Put a copy in place of the database, which need not be readable; see `storage.restore.restore`."""
    return _restore(source, data_dir / "desk.db", clock)


def verify_backup(path: Path | None, data_dir: Path) -> BackupFacts:
    """Check a copy, or the database itself where no path is given."""
    return backup.verify(path or data_dir / "desk.db", is_live=path is None)


def preview_backup(path: Path, data_dir: Path, cancelled: Callable[[], bool] = backup.never) -> Preview:
    """Say what restoring `path` would do; the desk need not be readable.

    Raises:
        KnownError: It is no whole copy.
    """
    database = data_dir / "desk.db"
    backup.refuse_itself(path, database)
    facts = backup.examine(path, cancelled=cancelled)
    newest = from_text(facts.newest) if facts.newest else None
    try:
        apart = difference(database, path) if database.is_file() else None
        left_out = drafts_left_out(path, database) if apart else 0
    except (KnownError, BugError):  # whatever is wrong with the desk, a restore mends it
        apart, left_out = None, 0
    return Preview(facts, _when(path), newest, apart, left_out)


def _restore(source: Path, database: Path, clock: Clock) -> Restored:
    def prepare(db: Db) -> None:
        """Give the content a name of its own, and end the answers that were being written when the copy was made."""
        desk_state.set_setting(db, "restored", new_uid("restored"))
        sentence = tr("The backup was made while this answer was being written.")
        for uid, _ in listing.live_owners(db):
            conversation.mark_interrupted(db, uid, clock.now(), sentence)

    return restore(source, database, prepare=prepare)


def _kept(scheduled: Iterable[Backup], keep: int) -> list[Backup]:
    """Return the newest of each of the last `keep` days, and beside these of each of the weeks before."""
    kept = list[Backup]()
    for most, form in ((keep, "%Y-%m-%d"), (WEEKLY, "%G-%V")):
        newest: dict[str, Backup] = {}
        for each in scheduled:  # newest first
            newest.setdefault(each.when.astimezone().strftime(form), each)
        kept += [each for each in newest.values() if each not in kept][:most]
    return kept


def _kind(path: Path, database: Path) -> Kind | None:
    if not path.is_file():
        return None
    if path.parent == database.parent:
        for kind, name in (
            (Kind.RESTORE, "before-restore"),
            (Kind.MIGRATION, "before-schema"),
            (Kind.DAMAGED, "damaged"),
        ):
            if path.name.startswith(f"{database.stem}-{name}"):
                return kind
        return None
    return Kind.SCHEDULE if path.name.startswith("desk-auto-") else Kind.HAND


def _when(path: Path) -> datetime:
    """Return when a copy was made: by its name, else by its file."""
    if match := _STAMP.search(path.stem):
        try:
            return datetime.strptime(match[1], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
        except ValueError:
            pass
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _is_whole(path: Path) -> bool:
    try:
        backup.examine(path)
    except KnownError:
        return False
    return True


def _demand(folder: Path) -> None:
    if not folder.is_dir():
        raise KnownError(
            tr("The folder for backups, {folder}, is not there.").format(folder=folder),
            tr("Nothing was changed."),
            tr("Plug its drive in, or choose another folder."),
        )


def _battery() -> float | None:
    """Return the charge in percent while the machine runs on its battery; None on mains power."""
    import psutil

    try:
        battery: Any = psutil.sensors_battery()
    except (AttributeError, OSError, RuntimeError, NotImplementedError):  # not on every system
        return None
    return None if battery is None or battery.power_plugged is not False else float(battery.percent)
