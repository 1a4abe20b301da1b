"""Makes the screenshots of the README and the docs by driving the real app: `python screenshots/make.py`.

Writes *.svg, and *.png for the README; only those whose names are given, if any are.
Needs the `dev` extra, and DejaVu Sans Mono for the PNG.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import cairosvg
from textual.widgets import Input

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from ckpt_tui.core.runs.listing import NodeRow  # noqa: E402
from ckpt_tui.stores.fork_directories import with_forks  # noqa: E402
from ckpt_tui.stores.registry import open_store  # noqa: E402
from ckpt_tui.tui.screens.browse import Browse  # noqa: E402 the repository itself, not an installed copy
from ckpt_tui.tui.screens.doctor import DoctorScreen  # noqa: E402
from ckpt_tui.tui.screens.query_screen import QueryScreen  # noqa: E402
from ckpt_tui.tui.screens.replay import ReplayScreen  # noqa: E402
from ckpt_tui.tui.screens.resume import ResumeScreen  # noqa: E402
from tests.tui.support import DATA, Driver, open_app  # noqa: E402

STORE = HERE.parent / "ckpt_tui" / "demo" / "recorded" / "store"


async def browse(app: Driver) -> None:
    """A checkpoint in the middle of a run with forks."""
    await app.press("1", "3", "g", "enter")
    app.screen.details[0].pick("state")
    app.screen.details[0].rows.open_labels(("draft", "score"))


async def talk(app: Driver) -> None:
    """The conversation of a waiting checkpoint."""
    await app.press("tab")
    app.screen.details[0].pick("talk")


async def pending(app: Driver) -> None:
    """A request that waits for an answer."""
    await app.press("tab")
    app.screen.details[0].pick("pending")


async def problems(app: Driver) -> None:
    """Hostile and broken files."""
    await app.press("G")


async def doctor(app: Driver) -> None:
    """What is dangerous or wrong in a store of hostile files."""
    await app.press("D")
    await app.shows("66 files")
    await app.press("3", "j")


async def history(app: Driver) -> None:
    """Every value that a path took."""
    app.screen.details[0].pick("state")
    app.screen.panes.focus_pane(app.screen.details[0])
    app.screen.details[0].rows.open_labels(("draft", "score"))
    await app.press("b")
    await app.shows("values in")


async def find(app: Driver) -> None:
    """A text in every checkpoint."""
    await app.press("ctrl+f")
    await app.type("first version")
    await app.press("enter")
    await app.shows("checkpoints · first")
    await app.press("j", "j")


async def sizes(app: Driver) -> None:
    """What each step of a run adds, and what is written again and again."""
    await app.press("S")
    await app.shows("written again and again")


async def compare(app: Driver) -> None:
    """What one round of a writer changed."""
    await app.press("1", "3", "g")
    await app.settled()
    await app.press("d")
    await app.shows("1/11")


async def resume(app: Driver) -> None:
    """The preview of a run: whose code, the form of a request, what will happen."""
    _tidy(await _previewed(app))


async def _previewed(app: Driver) -> ResumeScreen:
    rows = [row for row in app.screen.list.view.rows if isinstance(row, NodeRow)]
    waiting = next(row.node.ref for row in rows if row.tip and row.node.ref.status == "waiting")
    app.screen.list.select(waiting.file)
    await app.settled()
    await app.press("r")
    await app.shows("Whose code runs")
    screen = app.app.screen
    assert isinstance(screen, ResumeScreen)
    for name, text in (("workflow", "story:review_flow"), ("storage", "story:open_storage"), ("args", "pause=0.05")):
        screen.form.set(name, text.replace("story", "ckpt_tui.demo.story"))
    screen.form.set("python", sys.executable)
    screen.form.set("into", tempfile.mkdtemp())
    await app.press("enter")
    await app.shows("approval asks for Decision")
    await app.press("right", "right", "enter", *"Too", "space", *"short", "enter", *"support", "enter")
    await app.shows("RUN IT")
    return screen


async def run(app: Driver) -> None:
    """The log of a run that asks again."""
    await _previewed(app)
    await app.press("ctrl+r")
    await app.shows("waits for an answer", "approval asks for Decision")


def _tidy(screen: ResumeScreen) -> None:
    """The person's own directories are nobody's business."""
    run = screen.run
    assert run is not None
    run.latest["hello"]["executable"] = ".venv/bin/python"
    run.latest["check"]["file"] = "ckpt_tui/demo/story.py"
    into = f"./review_flow.forks/{screen.source.id[:8]}-1"
    target = replace(run.plan.target, python=".venv/bin/python")
    shown = replace(run.plan, into=into, target=target, source=replace(run.plan.source, store="./review_flow"))
    kept, run.plan = run.plan, shown
    screen.panes.show_preview()
    run.plan = kept
    for name, text in (("python", ".venv/bin/python"), ("into", into)):
        field = screen.query_one(f"#{name}", Input)
        with field.prevent(Input.Changed):
            field.value = text


async def keys(app: Driver) -> None:
    """The help screen."""
    await app.press("question_mark")


async def hpd(app: Driver) -> None:
    """A run of HPD-Agent that waits, with the exact graph of its definition."""
    await app.press("enter")
    app.screen.details[0].pick("graph")
    await app.shows("research", "END")


async def several(app: Driver) -> None:
    """Stores of three frameworks as one list."""
    await app.press("g")


async def graph(app: Driver) -> None:
    """The executors of a checkpoint, lit."""
    await app.press("5", "g", "tab")
    while app.screen.details[0].tab != "graph":
        await app.press("t")
    await app.shows("● ran")


async def replay(app: Driver, place: int) -> ReplayScreen:
    """A replay of the first run, paused at a step, its rows of values pinned and one breakpoint set."""
    await app.press("1", "3", "g")
    await app.settled()
    await app.press("space")
    await app.until(lambda: isinstance(app.app.screen, ReplayScreen), "the replay")
    screen = app.app.screen
    assert isinstance(screen, ReplayScreen)
    screen.stop()
    await app.until(lambda: screen.playback.swept[0] == len(screen.position.track.nodes), "all steps read")
    screen.playback.go(place)

    def is_shown() -> bool:
        frame = screen.playback.shown
        return frame is not None and frame.file == screen.position.node.ref.file

    await app.until(is_shown, "the step")
    await app.pilot.pause(0.2)
    return screen


async def replay_1(app: Driver) -> None:
    """Executors side by side, and one that waits for the rest of them."""
    await replay(app, 3)


async def replay_2(app: Driver) -> None:
    """In the loop: a pinned score, and a breakpoint that has become true."""
    screen = await replay(app, 8)
    assert screen.notebook is not None
    screen.notebook.pins, screen.notebook.breakpoints = ["state.draft.score"], ["state.draft.score > `0.5`"]
    screen.watchlist.begin()
    await app.until(lambda: len(screen.jobs.pins["state.draft.score"]) == len(screen.position.track.nodes), "the pins")
    screen.playback.go(9)
    await app.shows("true here")
    screen.say("")


async def replay_3(app: Driver) -> None:
    """A request that waits for an answer."""
    screen = await replay(app, 9)
    nodes = screen.position.track.nodes
    screen.playback.go(next(at for at, node in enumerate(nodes) if at > 9 and node.ref.status == "waiting"))
    await app.shows("‖ approval", "asks for")


async def overview(app: Driver) -> None:
    """The first tab of a checkpoint that waits."""
    await app.press("1", "0", "g")


async def stepping(app: Driver) -> None:
    """A run that is paused after its first superstep."""
    screen = await _previewed(app)
    await app.press("s")
    await app.shows("paused after step")
    screen.say("")


async def langgraph(app: Driver) -> None:
    """A thread of LangGraph that was answered twice, at the checkpoint that asked."""
    await app.settled()
    (run,) = app.screen.list.view.runs
    app.screen.list.select(next(node.ref.file for node in run.nodes if node.ref.iteration == 1))
    await app.settled()


async def langgraph_outcomes(app: Driver) -> None:
    """What the two answers came to."""
    await langgraph(app)
    await app.press("A")
    await app.settled()


SHOTS = (
    ("overview", STORE, (120, 36), overview),
    ("overview-wide", STORE, (200, 50), overview),
    ("stepping", STORE, (120, 36), stepping),
    ("browse", STORE, (120, 36), browse),
    ("browse-narrow", STORE, (80, 24), browse),
    ("wide", STORE, (170, 44), browse),
    ("talk", STORE, (120, 36), talk),
    ("pending", STORE, (120, 36), pending),
    ("problems", DATA / "hostile", (120, 36), problems),
    ("doctor", DATA / "hostile", (120, 36), doctor),
    ("history", STORE, (120, 36), history),
    ("find", STORE, (120, 36), find),
    ("sizes", STORE, (120, 36), sizes),
    ("compare", STORE, (120, 36), compare),
    ("compare-narrow", STORE, (80, 24), compare),
    ("compare-wide", STORE, (170, 44), compare),
    ("resume", STORE, (120, 36), resume),
    ("run", STORE, (120, 36), run),
    ("keys", STORE, (120, 36), keys),
    ("hpd", DATA / "dotnet" / "hpd_hosted", (120, 36), hpd),
    ("langgraph", DATA / "langgraph" / "answered-twice" / "orders.sqlite", (120, 24), langgraph),
    ("langgraph-outcomes", DATA / "langgraph" / "answered-twice" / "orders.sqlite", (120, 16), langgraph_outcomes),
    ("several", DATA / "dotnet", (120, 36), several),
    ("graph", STORE, (120, 36), graph),
    ("replay-1", STORE, (120, 36), replay_1),
    ("replay-2", STORE, (120, 36), replay_2),
    ("replay-3", STORE, (120, 36), replay_3),
    ("replay-narrow", STORE, (80, 24), replay_2),
)
"""Name, store, size of the terminal, and what is pressed."""


async def main() -> None:
    """Make every screenshot, or those that are named."""
    for name, store, size, prepare in SHOTS:
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="ckpt-tui-screenshots-")
        opened = with_forks(open_store(store)) if name.startswith("langgraph") else store
        async with open_app(opened, size) as app:
            await prepare(app)
            await app.settled()
            # The person's own directories are nobody's business.
            app.screen.store.path = f"./{store.name}"
            app.screen.checkpoints.changed_at = 0.0
            for screen in app.app.screen_stack:
                if isinstance(screen, Browse):
                    screen.bars.draw_head()
                elif isinstance(screen, DoctorScreen | QueryScreen):
                    screen.draw_head()
            await app.pilot.pause(0.2)
            svg = app.app.export_screenshot(title="ckpt-tui")
        neutral = ".venv/bin/python".ljust(len(sys.executable), "\N{NO-BREAK SPACE}").replace(
            "\N{NO-BREAK SPACE}", "&#160;"
        )
        svg = svg.replace(sys.executable, neutral)
        # The web font is replaced by one that every machine can have.
        svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL).replace("Fira Code", "DejaVu Sans Mono")
        (HERE / f"{name}.svg").write_text(svg)
        if name == "browse":
            cairosvg.svg2png(bytestring=svg.encode(), write_to=str(HERE / f"{name}.png"), scale=1.2)
        sys.stdout.write(f"{name}\n")


if __name__ == "__main__":
    asyncio.run(main())
