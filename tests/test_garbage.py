"""How often garbage is looked for."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Iterator

import pytest

from ckpt_tui import __main__
from ckpt_tui.cli import command_line
from ckpt_tui.garbage import collect_rarely
from ckpt_tui.stores.directory import DirectoryStore
from ckpt_tui.tui.app import CkptApp
from tests.support.patience import PATIENCE


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


async def test_a_screen_looks_for_what_it_drew_more_often_than_a_verb_looks(tmp_path: object) -> None:
    collect_rarely()
    rarely, *_ = gc.get_threshold()
    app = CkptApp(DirectoryStore(str(tmp_path)))
    async with app.run_test():
        async with asyncio.timeout(PATIENCE):
            while gc.get_threshold()[0] == rarely:
                await asyncio.sleep(0)
        assert 0 < gc.get_threshold()[0] <= rarely // 4


def test_nothing_is_looked_through_for_garbage_when_a_command_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["ckpt-tui", "--version"])
    there: list[int] = []

    def run(args: list[str]) -> int:
        there.append(gc.get_freeze_count())
        return 3

    monkeypatch.setattr(command_line, "run", run)
    with pytest.raises(SystemExit) as ended:
        __main__.main()
    assert ended.value.code == 3
    assert there == [0]
    assert gc.get_freeze_count() > 1_000
