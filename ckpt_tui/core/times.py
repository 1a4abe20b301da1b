"""Times as people read them; every time in a file can be shown, however early or late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_AT_1970 = 1e-9
"""The moment from which seconds are counted, since 0.0 means no date."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


_POSSIBLE = 31_536_000.0, 7_258_118_400.0
"""1971 and 2200: no checkpoint was or will be written outside of them."""


def is_possible(seconds: float) -> bool:
    """Whether a checkpoint may have been written then; 0.0, which means no date, is not such a time."""
    return _POSSIBLE[0] <= seconds < _POSSIBLE[1]


def local_time(seconds: float) -> datetime:
    """The local date and time, without a zone.

    A time for which there is no local one (years 1 and 9999 in most zones) is given in UTC, and what lies
    beyond those years as the first or the last moment there is.

    Args:
        seconds: Since 1970, in UTC.
    """
    try:
        return datetime.fromtimestamp(seconds)
    except (ValueError, OverflowError, OSError):
        return _utc(seconds).replace(tzinfo=None)


def utc_text(seconds: float) -> str:
    """The time in UTC, ISO 8601 with `Z`.

    Args:
        seconds: Since 1970.
    """
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        moment = _utc(seconds)
    return moment.isoformat().replace("+00:00", "Z")


def _utc(seconds: float) -> datetime:
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        return (datetime.min if seconds < 0 else datetime.max.replace(microsecond=0)).replace(tzinfo=UTC)


def parse_time(text: str) -> float:
    """Seconds since 1970 of an ISO 8601 text; a text without a zone is taken as UTC; 0.0 when it is not a date."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return moment.timestamp() or _AT_1970
    except (ValueError, OverflowError):
        return 0.0
