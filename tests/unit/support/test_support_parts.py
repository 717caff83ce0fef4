"""Clock, ids, errors, places, log and translation."""

import gettext
import logging
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.support import i18n, log, paths
from copilot.support.clock import FixedClock, SystemClock, from_text, to_text
from copilot.support.errors import KnownError
from copilot.support.ids import new_uid, new_uids

ZONES = st.timezones() | st.builds(timezone, st.timedeltas(timedelta(hours=-23), timedelta(hours=23)))
TIMES = st.datetimes(datetime(1901, 1, 1), datetime(2200, 1, 1), timezones=ZONES)


@given(TIMES)
def test_a_time_comes_back_to_the_millisecond(at: datetime) -> None:
    back = from_text(to_text(at))
    assert back.tzinfo is UTC
    assert timedelta(0) <= at - back < timedelta(milliseconds=1)


@given(TIMES, TIMES)
def test_times_sort_as_text(one: datetime, other: datetime) -> None:
    if abs(one - other) >= timedelta(milliseconds=1):
        assert (to_text(one) < to_text(other)) == (one < other)


def test_a_time_without_a_zone_is_utc() -> None:
    assert from_text(" 2026-03-02T09:00:00 ") == datetime(2026, 3, 2, 9, tzinfo=UTC)
    with pytest.raises(ValueError, match="soon"):
        from_text("soon")


def test_a_fixed_clock_moves_only_when_told_to() -> None:
    clock = FixedClock(datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=1))))
    assert clock.now() == clock.now() == datetime(2026, 3, 2, 8, tzinfo=UTC)
    clock.advance(timedelta(hours=2))
    assert clock.now() == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert SystemClock().now().tzinfo is UTC


def test_ids_are_unique_and_carry_their_prefix() -> None:
    uids = [new_uid("ev") for _ in range(2000)]
    assert len(set(uids)) == len(uids)
    assert all(uid.startswith("ev_") and len(uid) == 19 and uid.isalnum() is False for uid in uids)


@pytest.mark.parametrize("count", [0, 1, 1024, 3000])
def test_many_ids_at_once_are_like_single_ones_and_in_order(count: int) -> None:
    uids = new_uids("ev", count)
    assert len(set(uids)) == len(uids) == count
    assert uids == sorted(uids)
    assert all(len(uid) == len(new_uid("ev")) and uid.startswith("ev_") for uid in uids)


def test_ids_sort_in_order_of_the_time_of_making(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter([1_000_000.0, 1_000_000.002, 1_700_000_000.0, 1_700_000_000.001])
    monkeypatch.setattr("copilot.support.ids.time.time", lambda: next(seconds))
    uids = [new_uid("a") for _ in range(4)]
    assert uids == sorted(uids)


def test_a_known_error_reads_as_sentences() -> None:
    assert str(KnownError("It broke.")) == "It broke."
    assert str(KnownError("It broke.", todo="Mend it.")) == "It broke. Mend it."
    assert str(KnownError("It broke.", "Kept.", "Mend it.")) == "It broke. Kept. Mend it."


def test_resources_and_catalogue_are_there() -> None:
    assert (paths.resources() / "coach").is_dir()
    assert paths.catalogue().is_file()
    assert paths.is_checkout()


def test_the_data_folder_is_the_users(home: Path) -> None:
    assert home in paths.default_data_dir().parents


def test_the_program_starts_itself_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert paths.program_command("--worker") == [sys.executable, "-m", "copilot", "--worker"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert paths.program_command("--worker") == [sys.executable, "--worker"]
    assert not paths.is_checkout()


@pytest.fixture
def logger(tmp_path: Path) -> Iterator[logging.Logger]:
    logger = logging.getLogger("copilot")
    yield logger
    (tmp_path / "no folder").touch()
    log.log_to_file(tmp_path / "no folder")  # lets the last file go


def test_the_log_goes_to_the_folder_named_last(tmp_path: Path, logger: logging.Logger) -> None:
    for name in ("one", "one", "two"):
        log.log_to_file(tmp_path / name)
        logger.info("for %s", name)
    assert (tmp_path / "one" / "copilot.log").read_text(encoding="utf-8").count("for one") == 2
    assert (tmp_path / "two" / "copilot.log").read_text(encoding="utf-8").count("for") == 1


def test_a_log_that_is_long_begins_anew(tmp_path: Path, logger: logging.Logger) -> None:
    (tmp_path / "copilot.log").write_text("x" * (log.MAX_BYTES + 1), encoding="utf-8")
    log.log_to_file(tmp_path)
    logger.info("new")
    assert (tmp_path / "copilot.log").stat().st_size < 1000
    assert (tmp_path / "copilot.old.log").stat().st_size == log.MAX_BYTES + 1


def test_a_folder_that_cannot_hold_a_log_is_no_failure(tmp_path: Path, logger: logging.Logger) -> None:
    (tmp_path / "file").touch()
    log.log_to_file(tmp_path / "file")
    logger.info("lost")


def test_words_are_translated_and_english_is_the_fallback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class German(gettext.NullTranslations):
        def gettext(self, message: str) -> str:
            return {"Ticket": "Fall"}.get(message, message)

    assert i18n.tr_n("{n} row", "{n} rows", 1) == "1 row"
    assert i18n.tr_n("{n} row", "{n} rows", 3) == "3 rows"
    with monkeypatch.context() as patch:
        patch.setattr(i18n, "_translations", German())
        assert (i18n.tr("Ticket"), i18n.tr("Desk")) == ("Fall", "Desk")
    with monkeypatch.context() as patch:
        patch.setattr(i18n, "_translations", German())
        i18n.install(tmp_path, "xx")
        assert i18n.tr("Ticket") == "Ticket"
