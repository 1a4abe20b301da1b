"""The tab of the graph: a picture that is lit by the step, and what happened in words."""

from __future__ import annotations

import pytest

from ckpt_tui.core.drawing import drawing
from ckpt_tui.core.steps.learned_graph import Graph, given
from ckpt_tui.core.steps.steps import Step
from ckpt_tui.tui.widgets import graph_view
from ckpt_tui.tui.widgets.graph_view import GraphView
from tests.tui.support import NARROW, NORMAL, SAMPLES, Driver, open_app

TO_GRAPH = ("tab", "f6")


async def graph_tab(app: Driver, *keys: str) -> GraphView:
    """Open the tab of the graph at the checkpoint that these keys lead to."""
    await app.press(*keys)
    await app.settled()
    await app.press("tab")
    pane = app.screen.details[0]
    while pane.tab != "graph":
        await app.press("t")
    await app.until(lambda: isinstance(pane.body, GraphView), "the graph")
    view = pane.body
    assert isinstance(view, GraphView)
    await app.until(lambda: view.line_count > 0, "a picture")
    await app.pilot.pause()
    return view


class TestPicture:
    @pytest.mark.parametrize("size", [NARROW, NORMAL])
    async def test_who_ran_who_is_next_and_what_is_in_flight(self, size: tuple[int, int]) -> None:
        async with open_app(SAMPLES / "loop", size) as app:
            await graph_tab(app, "g", "j")
            await app.shows("┃ ● counter ┃", "│ ◌ inc │", "● ran", "◌ gets a message next", "▼")
            await app.shows("got the input", "counter → inc", "~ inferred: ran next")
            await app.press("right_square_bracket")
            await app.shows("│ ◌ counter │", "┃ ● inc ┃", "▲")

    async def test_who_waits_for_an_answer_is_reported_by_sign_and_word(self) -> None:
        async with open_app(SAMPLES / "hitl_pending") as app:
            await graph_tab(app, "G")
            await app.shows("┃ ‖ review ┃", "‖ waits", "2 answers", "asks for Decision")

    async def test_who_waits_for_others_is_reported_with_whom(self) -> None:
        async with open_app(SAMPLES / "fan_out_fan_in") as app:
            await graph_tab(app, "4", "g")
            await app.shows("‖ join", "a message of slow2; has fast")

    async def test_an_entry_has_run_nothing(self) -> None:
        async with open_app(SAMPLES / "loop") as app:
            await graph_tab(app, "g")
            await app.shows("◌ counter", "nothing yet: the input has come in", "input → counter")

    async def test_what_is_inferred_says_so(self) -> None:
        async with open_app(SAMPLES / "linear") as app:
            await graph_tab(app, "G")
            await app.shows("● reverse", "~ inferred: gets what exclaim sent", "┄ edge inferred")

    async def test_the_graph_is_kept_when_the_tab_is_left(self) -> None:
        async with open_app(SAMPLES / "loop") as app:
            await graph_tab(app, "g", "j")
            await app.press("T", "T")
            await app.shows("[Talk")
            await app.press("t", "t")
            await app.shows("┃ ● counter ┃")
            await app.press("q")
            assert app.screen.panes.pane is app.screen.list

    async def test_the_graph_of_a_workflow_that_was_loaded_is_exact(self) -> None:
        async with open_app(SAMPLES / "loop") as app:
            row = app.screen.list.view.runs[0].nodes[0]
            edges = [{"source": "counter", "target": "inc"}, {"source": "inc", "target": "counter"}]
            line = {"hash": row.ref.graph, "executors": {"counter": {}, "inc": {}}, "edges": edges, "start": "counter"}
            app.screen.port.graphs.take(line)
            await graph_tab(app, "2", "g")
            await app.shows("counter → inc")
            assert "inferred" not in app.text


class TestRoom:
    async def test_a_graph_that_is_too_wide_scrolls(self) -> None:
        async with open_app(SAMPLES / "loop", NARROW) as app:
            view = await graph_tab(app, "g")
            view.show(fan(12), None)
            await app.pilot.pause()
            assert view.is_cut and not view.is_list
            assert "worker_0" in app.text and "worker_11" not in app.text
            await app.press(*["L"] * 20)
            assert "worker_11" in app.text and "worker_0 " not in app.text
            await app.press(*["H"] * 20)
            assert "worker_0" in app.text

    async def test_what_happens_is_in_sight_however_wide_the_graph_is(self) -> None:
        async with open_app(SAMPLES / "loop", NARROW) as app:
            view = await graph_tab(app, "g")
            view.show(fan(12), lit("worker_11"))
            await app.pilot.pause()
            assert "● worker_11" in app.text
            # Where not all that is lit has room, what comes next does.
            view.show_lights(fan(12), {f"worker_{at}": "next" if at == 10 else "ran" for at in range(12)})
            await app.pilot.pause()
            await app.shows("◌ worker_10")

    async def test_without_room_it_is_a_list(self) -> None:
        async with open_app(SAMPLES / "loop", (60, 11)) as app:
            view = await graph_tab(app, "g", "j")
            assert view.is_list
            await app.shows("● counter ▶ inc", "◌ inc")

    async def test_a_graph_with_so_many_edges_that_a_picture_takes_seconds_is_a_list(self) -> None:
        async with open_app(SAMPLES / "loop", NARROW) as app:
            view = await graph_tab(app, "g")
            names = [f"worker_{at}" for at in range(20)]
            pairs = [(source, target) for source in names for target in names]
            view.show(given(names, pairs[:250], "worker_0"), None)
            assert not view.is_list
            view.show(given(names, pairs[:251], "worker_0"), None)
            assert view.is_list

    async def test_a_replay_never_draws_a_graph_that_is_a_list(self, monkeypatch: pytest.MonkeyPatch) -> None:
        drawn: list[int] = []
        make = drawing.Drawing.__init__

        def noted(made: drawing.Drawing, graph: Graph, boxed: bool = True) -> None:
            drawn.append(len(graph.nodes))
            make(made, graph, boxed)

        monkeypatch.setattr(drawing.Drawing, "__init__", noted)
        monkeypatch.setattr(graph_view, "MOST_NODES", 1)
        async with open_app(SAMPLES / "loop", NARROW) as app:
            await app.press("space")
            await app.shows("What happened", "step 19 of 19")
            await app.press("left_square_bracket")
            await app.shows("step 18 of 19")
            assert max(drawn, default=0) <= 1

    async def test_of_two_hundred_executors_those_that_are_active_are_in_sight(self) -> None:
        async with open_app(SAMPLES / "loop", NARROW) as app:
            view = await graph_tab(app, "g")
            view.show(fan(200), lit("worker_3", "worker_90", "worker_199"))
            await app.pilot.pause()
            assert view.is_list
            await app.shows("⋯ 4 idle", "● worker_3", "⋯ 86 idle", "● worker_90", "⋯ 108 idle", "● worker_199")
            await app.press(".")
            assert "● worker_3" in app.text and "· worker_4" in app.text and "worker_90" not in app.text
            await app.press(".")
            await app.shows("● worker_90")
            view.show_lights(fan(200), {"worker_150": "waiting"})
            await app.pilot.pause()
            await app.shows("‖ worker_150")

    async def test_names_are_never_markup_or_escape_sequences(self) -> None:
        async with open_app(SAMPLES / "loop") as app:
            view = await graph_tab(app, "g")
            view.show(given([], [("[b]x[/b]", "\x1b[31mred"), ("漢字", "[b]x[/b]")]), None)
            await app.pilot.pause()
            assert "[b]x[/b]" in app.text and "漢字" in app.text and "\x1b" not in app.text


def fan(width: int) -> Graph:
    names = [f"worker_{number}" for number in range(width)]
    return given([], [("start", name) for name in names] + [(name, "end") for name in names], "start")


def lit(*names: str) -> Step:
    from ckpt_tui.core.model import CheckpointRef
    from ckpt_tui.core.steps.steps import Ran

    ref = CheckpointRef("a", "a.json", "flow", "", None, "", 0.0, 0, 0)
    return Step(ref, None, "superstep", None, tuple(Ran(name, "") for name in names), (), (), (), (), names)
