"""Times, durations and numbers as people read them."""

import math
from datetime import datetime, timedelta

from PySide6.QtCore import QDateTime, QLocale

from copilot.domain.listing import SlaState
from copilot.support.i18n import tr


def relative_time(at: datetime, now: datetime) -> str:
    """Return how long ago `at` was ("5 min ago"); from a week on, and for the future, the local date.

    Both must know their time zone.
    """
    passed = now - at
    if passed < timedelta(minutes=-1):
        return _local(at, QLocale.FormatType.ShortFormat)
    if passed < timedelta(minutes=1):
        return tr("just now")
    if passed < timedelta(hours=1):
        return tr("{n} min ago").format(n=number(passed // timedelta(minutes=1)))
    if passed < timedelta(days=1):
        return tr("{n} h ago").format(n=number(passed // timedelta(hours=1)))
    if passed < timedelta(days=7):
        return tr("{n} d ago").format(n=number(passed // timedelta(days=1)))
    return QLocale().toString(_qt(at).date(), QLocale.FormatType.ShortFormat)


def absolute_time(at: datetime) -> str:
    """Return local date and time in the user's format, for a tooltip."""
    return _local(at, QLocale.FormatType.LongFormat)


def short_time(at: datetime) -> str:
    """Return local date and time in the user's short format."""
    return _local(at, QLocale.FormatType.ShortFormat)


def absolute_date(at: datetime) -> str:
    """Return the local date in the user's short format."""
    return QLocale().toString(_qt(at).date(), QLocale.FormatType.ShortFormat)


def time_of_day(at: datetime) -> str:
    """Return the local time in the user's format."""
    return QLocale().toString(_qt(at).time(), QLocale.FormatType.ShortFormat)


def duration(minutes: float) -> str:
    """Return a length of time in its two largest units ("2 h 10 min"); negative ones without their sign."""
    # A minute that is not over yet still counts: "0 min left" would say that it is over.
    whole = math.ceil(abs(minutes))
    days, rest = divmod(whole, 24 * 60)
    hours, left = divmod(rest, 60)
    if days:
        text = tr("{d} d {h} h") if hours else tr("{d} d")
    elif hours:
        text = tr("{h} h {m} min") if left else tr("{h} h")
    else:
        text = tr("{m} min")
    return text.format(d=number(days), h=number(hours), m=number(left))


def sla_text(sla: SlaState) -> str:
    """Return how the resolution target stands; empty once the ticket is no longer open."""
    if sla.left_minutes is None:
        return ""
    if sla.left_minutes < 0:
        return tr("{time} overdue").format(time=duration(sla.left_minutes))
    if sla.paused:
        return tr("paused")
    return tr("{time} left").format(time=duration(sla.left_minutes))


def number(value: float, decimals: int = 0) -> str:
    """Return `value` with the user's separators."""
    return QLocale().toString(float(value), "f", decimals)


def ordinal(n: int) -> str:
    """Return "1st", "2nd", "11th"."""
    ends = {1: tr("{n}st"), 2: tr("{n}nd"), 3: tr("{n}rd")}
    end = tr("{n}th") if n % 100 in (11, 12, 13) else ends.get(n % 10, tr("{n}th"))
    return end.format(n=number(n))


def waits_text(place: int) -> str:
    """Return where in the line a question stands; 0 for one that waits for nothing but the model."""
    if place > 1:
        return tr("Waits: {place} in line").format(place=ordinal(place))
    return tr("Waits: next in line") if place else tr("Waits for the model")


def percent(share: float, decimals: int = 0) -> str:
    """Return a share of 0 to 1 in percent."""
    return tr("{n} %").format(n=number(share * 100, decimals))


def data_size(size: int) -> str:
    """Return a number of bytes in kB, MB or GB (powers of 1000)."""
    return QLocale().formattedDataSize(size, 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def _local(at: datetime, form: QLocale.FormatType) -> str:
    return QLocale().toString(_qt(at), form)


def _qt(at: datetime) -> QDateTime:
    return QDateTime.fromMSecsSinceEpoch(round(at.timestamp() * 1000))  # local time
