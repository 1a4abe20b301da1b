"""`ckpt_tui.tui.ending`: what ends the browser, and what comes too late."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import BindingType

from ckpt_tui.tui.ending import EndsJobs


class Counting(EndsJobs):
    """An app with a key that counts."""

    BINDINGS: ClassVar[list[BindingType]] = [("f4", "count", "")]
    counted = 0

    def action_count(self) -> None:
        self.counted += 1


async def test_a_key_that_comes_once_the_app_ends_does_nothing() -> None:
    app = Counting()
    async with app.run_test() as pilot:
        await pilot.press("f4")
        assert app.counted == 1
        assert await app._check_bindings("f4")
        assert app.counted == 2
        app.exit()
        assert await app._check_bindings("f4")
        await app.on_event(events.Key("f4", None))
        assert app.counted == 2
