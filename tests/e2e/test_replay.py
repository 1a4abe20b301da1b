"""A replay as a person plays it, in a real pseudo-terminal."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.terminal import ROOT, run

LOOP = ROOT / "tests" / "data" / "agent-framework" / "1.23.0" / "loop"


def test_a_run_plays_to_a_breakpoint_and_back_to_another(tmp_path: Path) -> None:
    before = sorted(path.name for path in LOOP.iterdir())
    with run(str(LOOP), XDG_STATE_HOME=str(tmp_path)) as terminal:
        terminal.shows("loop · run 1", "20 checkpoints", "done")
        terminal.press("g")
        terminal.shows("▸ ○")
        terminal.press(" ")
        terminal.shows("replay", "playing 1×")
        terminal.press("b")
        terminal.shows("stop where", "JMESPath that becomes true")
        terminal.press("state.last > `3`\r")
        terminal.shows("◇ state.last > `3`")
        terminal.press(">" * 5)
        terminal.shows("paused · recorded")
        terminal.press(" ")
        terminal.shows("◆ stopped at step 7: state.last > `3` became true", "┃ ● counter ┃", "│ ◌ inc │", "last  3 → 4")
        terminal.press("b")
        terminal.shows("stop where", "JMESPath that becomes true")
        terminal.press("state.last == `2`\r")
        terminal.shows("◇ state.last == `2`")
        terminal.press("\x7f")
        terminal.shows("◆ stopped backwards at step 4: state.last == `2` became true", "┃ ● inc ┃")
        terminal.press("\x1b")
        terminal.shows("▸ ●  4 inc", "[Overview]")
        terminal.press("q")
        assert terminal.exit_code() == 0
    assert sorted(path.name for path in LOOP.iterdir()) == before, "nothing is written beside the checkpoints"
    assert [path.parent.name for path in tmp_path.rglob("*.json")] == ["notes"]


def test_a_replay_fits_80_by_24(tmp_path: Path) -> None:
    with run(str(LOOP), columns=80, rows=24, XDG_STATE_HOME=str(tmp_path)) as terminal:
        terminal.shows("20 checkpoints", "done")
        terminal.press("g ")
        terminal.shows("Step 0 of 19")
        terminal.press(" ]]]")
        terminal.shows("Step 3 of 19", "● counter", "state changed", "space play")
        assert all(len(line) <= 80 for line in terminal.text.split("\n"))
        terminal.press("q")
        terminal.shows("▸ ●  3 counter")
