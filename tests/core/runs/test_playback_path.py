"""The way through a run: its forks, the choices, and what happens when the run grows."""

from __future__ import annotations

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.overview.sparkline import sparkline
from ckpt_tui.core.replay.cadence import LONGEST, SHORTEST, SPEEDS, pause_before
from ckpt_tui.core.runs.lineage import Run, arrange
from ckpt_tui.core.runs.playback_path import path_through, steps_to_tip, take


def run_of(**parents: str) -> Run:
    refs = [
        CheckpointRef(name, f"{name}.json", "flow", "cafe", parent or None, "", 1_000.0 + at, at, 10)
        for at, (name, parent) in enumerate(parents.items())
    ]
    return arrange(refs)[0]


FORKED = run_of(a="", b="a", c="b", d="c", e="b", f="e", g="e", h="g")


def names(run: Run, checkpoint: str, **choices: str) -> str:
    return "".join(node.ref.id for node in path_through(run, checkpoint, choices).nodes)


def test_the_way_leads_through_the_checkpoint_that_is_asked_for() -> None:
    assert names(FORKED, "d") == "abcd"
    assert names(FORKED, "h") == "abegh"
    assert names(FORKED, "a") == "abcd"
    assert names(FORKED, "unknown") == "abcd"


def test_a_choice_made_before_is_kept_where_the_way_goes_on() -> None:
    assert names(FORKED, "e", e="g") == "abegh"
    assert names(FORKED, "e") == "abef"
    assert names(FORKED, "d", b="e") == "abcd", "the way to the checkpoint counts more"


def test_forks_are_reported_with_their_branches() -> None:
    track = path_through(FORKED, "e")
    assert list(track.forks) == [1, 2]
    assert [node.ref.id for node in track.forks[1].branches] == ["c", "e"]
    assert (track.forks[1].taken, track.forks[1].decided) == (1, True)
    assert (track.forks[2].taken, track.forks[2].decided) == (0, False)
    fork = track.next_fork(2)
    assert fork is not None and fork.at == 2
    last = track.next_fork(3)
    assert last is not None and last.at == 2


def test_another_way_can_be_taken() -> None:
    track = path_through(FORKED, "a")
    other = take(track, track.forks[1], 1)
    assert "".join(node.ref.id for node in other.nodes) == "abef"
    further = take(other, other.forks[2], 1)
    assert "".join(node.ref.id for node in further.nodes) == "abegh"
    assert further.place("g") == 3
    assert further.place("c") == -1


def test_a_run_that_grows_extends_the_way() -> None:
    short = path_through(run_of(a="", b="a"), "a")
    longer = path_through(run_of(a="", b="a", c="b"), short.nodes[0].ref.id, short.choices)
    assert len(longer.nodes) == 3


def test_the_length_of_a_way_is_that_of_its_longest_branch() -> None:
    by_id = {node.ref.id: node for node in FORKED.nodes}
    length, last = steps_to_tip(FORKED, by_id["e"])
    assert (length, last.ref.id) == (3, "h")
    assert steps_to_tip(FORKED, by_id["c"])[0] == 2


def test_fixed_speeds_do_not_look_at_the_recording() -> None:
    assert [pause_before(speed, 99.0).seconds for speed in range(4)] == [2.0, 1.0, 0.5, 0.25]
    assert pause_before(1, 99.0).recorded is None


def test_the_recorded_cadence_squeezes_long_waits_and_says_so() -> None:
    recorded = SPEEDS.index("recorded")
    assert pause_before(recorded, 1.5) == (1.5, None)
    assert pause_before(recorded, 3_600.0) == (LONGEST, 3_600.0)
    assert pause_before(recorded, 0.0).seconds == SHORTEST
    assert pause_before(recorded, -5.0).seconds == SHORTEST
    assert pause_before(recorded, None).seconds == 1.0


def test_numbers_are_bars_of_their_size() -> None:
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8) == "▁▂▃▄▅▆▇█"
    assert sparkline([5, 5], 8) == "▄▄"
    assert sparkline([None, 1, float("nan"), 3, float("inf")], 8) == " ▁ █ "
    assert sparkline([], 8) == "" and sparkline([None], 8) == ""
    assert sparkline([-1.7e308, 1.7e308], 8) == "▁█"


def test_more_numbers_than_cells_show_the_last_of_each_group() -> None:
    assert len(sparkline(list(range(1_000)), 20)) == 20
    assert sparkline([0, 9, 0, 9], 2) == "▄▄"
