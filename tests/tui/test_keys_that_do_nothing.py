"""A key that can do nothing where it is pressed says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from ckpt_tui.stores.registry import open_store
from ckpt_tui.tui.app import CkptApp
from ckpt_tui.tui.widgets.status import BarLine
from tests.tui.support import NARROW, NORMAL, RECORDED, open_app


@pytest.mark.parametrize("size", [NARROW, NORMAL])
async def test_keys_of_other_places_name_the_place(size: tuple[int, int]) -> None:
    async with open_app(RECORDED, size) as app:
        await app.press("b")
        await app.shows("b works in the values of a checkpoint")
        await app.press("e")
        await app.shows("e works in the values of a checkpoint")
        await app.press("plus")
        await app.shows("+ works in the values of a checkpoint · decode more")
        await app.press("i")
        await app.shows("i works in a comparison")
        await app.press("j")
        await app.until(lambda: "works in" not in app.lines[-1], "the keys")


async def test_a_key_that_does_nothing_anywhere_says_so_and_data_is_no_key() -> None:
    async with open_app(RECORDED) as app:
        await app.press("underscore")
        await app.shows("_ does nothing here: ? shows the keys.")
        await app.press("slash")
        await app.type("_b")
        assert "does nothing" not in app.text


async def test_a_comparison_and_a_replay_say_it_too_and_take_it_back() -> None:
    async with open_app(RECORDED) as app:
        await app.press("d")
        await app.shows("compare", "J K")
        await app.press("D")
        await app.shows("D works in the browser")
        await app.press("J")
        await app.until(lambda: "works in" not in app.text, "the keys")
        await app.press("escape")
        await app.press("space")
        await app.shows("replay")
        await app.press("i")
        await app.shows("i works in a comparison")


@pytest.mark.parametrize(
    ("keys", "title"),
    [
        (["ctrl+f", *"first", "enter"], "checkpoints · first"), (["f3", "tab", "b"], "values in"), (["S"], "files"),
        (["D"], "types to allow"), (["question_mark"], "Keys and signs"),
    ],
)  # fmt: skip
async def test_screens_of_answers_say_it_in_the_line_of_keys_until_the_next_key(keys: list[str], title: str) -> None:
    async with open_app(RECORDED) as app:
        await app.press(*keys)
        await app.shows(title)
        await app.press("m")
        await app.shows("m works in the list of checkpoints")
        await app.press("j")
        await app.until(lambda: "works in the list" not in app.text, "the keys")


async def test_a_stream_of_events_says_it_too(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text('{"kind":"event","seq":1,"type":"executor_invoked","executor_id":"a"}\n')
    app = CkptApp(open_store(str(tmp_path), must_exist=False), events=str(file))
    async with app.run_test(size=NORMAL) as pilot:
        await pilot.press("x")
        foot = app.screen.query_one("#foot", BarLine)
        assert "x works on the screen of a run" in foot.shown
        await pilot.press("j")
        assert "works on" not in foot.shown


async def test_a_number_before_t_goes_as_many_tabs_further() -> None:
    async with open_app(RECORDED) as app:
        detail = app.screen.details[0]
        await app.press("t", "t", "t")
        third = detail.tab
        await app.press("T", "T", "T")
        assert detail.tab == "overview"
        await app.press("3", "t")
        assert detail.tab == third
        assert app.screen.list.typed == 0


async def test_rows_that_lead_nowhere_say_so() -> None:
    async with open_app(RECORDED) as app:
        await app.press("f3", "tab", "g", "C", "left")
        await app.shows("No row is above this one")
        await app.press("E", "j", "j", "e")
        await app.shows("Nothing is folded below this row.")
        await app.press("f2", "g", "enter")
        await app.shows("[File]")
