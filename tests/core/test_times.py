"""Times at the ends of the calendar are shown as they are, in every zone."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.running.event_lines import clock_of
from ckpt_tui.core.runs.lineage import arrange
from ckpt_tui.core.runs.listing import NodeRow, rows, run_title, when_text
from ckpt_tui.core.runs.time_texts import clock_text, date_text, moment_text, utc_moment
from ckpt_tui.core.times import local_time, parse_time, utc_text
from tests.support.views import make_view

EXTREMES = [
    "0001-01-01T00:00:00", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00.000001-12:00",
    "0001-01-02T00:00:00Z", "9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59+14:00",
    "1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "1900-01-01T00:00:00Z",
]  # fmt: skip


@pytest.fixture(params=["UTC", "America/Los_Angeles", "Asia/Tokyo", "Pacific/Kiritimati", "Africa/Monrovia"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("text", EXTREMES)
def test_an_extreme_time_is_shown_in_every_zone(text: str, zone: str) -> None:
    when = parse_time(text)
    assert when
    year = text[:4]
    assert date_text(when)[:4] in (year, str(int(year) - 1).zfill(4), str(int(year) + 1).zfill(4))
    assert len(clock_text(when)) == 8
    assert utc_text(when).endswith("Z")
    assert clock_of(text) == text[:10]


@pytest.mark.parametrize("text", EXTREMES)
def test_a_time_that_cannot_be_true_is_shown_as_the_file_has_it(text: str, zone: str) -> None:
    ref = CheckpointRef("a", "a.json", "w", "g", None, text, parse_time(text), 0, 10)
    assert ref.utc == text
    assert moment_text(ref) == utc_moment(ref) == text


def test_what_lies_beyond_the_calendar_is_its_first_or_last_moment(zone: str) -> None:
    assert local_time(-1e15).year == 1
    assert local_time(1e15).isoformat() == "9999-12-31T23:59:59"


@pytest.mark.parametrize("text", EXTREMES)
def test_row_and_heading_show_a_time_that_cannot_be_true(text: str, zone: str) -> None:
    def row(name: str, above: str | None, time: str) -> CheckpointRef:
        return CheckpointRef(name, f"{name}.json", "w", "g", above, time, parse_time(time), 0, 10)

    refs = [row("a", None, "2026-11-20T10:00:00Z"), row("b", "a", text), row("c", "b", "2026-11-20T10:00:05Z")]
    shown = [when_text(row) for row in rows(arrange(refs), []) if isinstance(row, NodeRow)]
    assert shown[1] == text[:10]
    assert len(shown[0]) == len(shown[2]) == len("10:00:05")
    assert make_view(refs).has_days
    title = run_title(arrange([row("b", None, text)])[0])
    assert f" · {text} · " in title[1]
    assert not make_view(refs[:1]).has_days


def test_an_ordinary_time_is_local(zone: str) -> None:
    ref = CheckpointRef("a", "a.json", "w", "g", None, "", 1e9, 0, 10)
    assert utc_moment(ref) == "2001-09-09 01:46:40Z"
    assert moment_text(ref)[:16] == date_text(1e9)
    assert local_time(1e9) == type(local_time(0)).fromtimestamp(1e9)


def test_what_is_not_a_date_has_no_time() -> None:
    assert parse_time("yesterday") == 0.0
    assert date_text(0.0) == "no date"
