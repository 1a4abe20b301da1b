"""Makes the screenshots of the README and the docs by driving the real app: `python screenshots/make.py [NAMES]`.

Writes *.svg, and *.png for the README; only those whose names are given, if any are. `--every DIRECTORY [NAMES]` writes
every screen at 80x24, 120x36 and 200x50 as PNG into another directory, to be looked at.
Needs the `dev` extra, and DejaVu Sans Mono for the PNG.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

os.environ["COLORTERM"] = "truecolor"
os.environ.pop("NO_COLOR", None)

import cairosvg
from textual.widgets import Input

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from ckpt_tui.core.runs.listing import NodeRow  # noqa: E402
from ckpt_tui.stores.fork_directories import with_forks  # noqa: E402
from ckpt_tui.stores.registry import open_store  # noqa: E402
from ckpt_tui.tui.screens.browse import Browse  # noqa: E402 the repository itself, not an installed copy
from ckpt_tui.tui.screens.doctor import DoctorScreen  # noqa: E402
from ckpt_tui.tui.screens.event_file import EventsScreen  # noqa: E402
from ckpt_tui.tui.screens.prune import PruneScreen  # noqa: E402
from ckpt_tui.tui.screens.query_screen import QueryScreen  # noqa: E402
from ckpt_tui.tui.screens.replay import ReplayScreen  # noqa: E402
from ckpt_tui.tui.screens.resume import ResumeScreen  # noqa: E402
from tests.tui.support import DATA, Driver, open_app  # noqa: E402

STORE = HERE.parent / "ckpt_tui" / "demo" / "recorded" / "store"
WRITTEN, REVIEWED, WAITING = "ff0d465c", "3033b769", "b575da17"
"""Checkpoints of the demo: after the writer, after the reviewer, and one that waits for its approval."""

ANSWERED_TWICE = DATA / "langgraph" / "answered-twice" / "orders.sqlite"


async def select(app: Driver, id: str) -> None:
    """The cursor on a checkpoint, by the beginning of its id."""
    refs = [row.node.ref for row in app.screen.list.view.rows if isinstance(row, NodeRow)]
    (file,) = [ref.file for ref in refs if ref.id.startswith(id)]
    app.screen.list.select(file)
    await app.settled()


async def browse(app: Driver) -> None:
    """A checkpoint in the middle of a run with forks."""
    await select(app, REVIEWED)
    await app.press("enter")
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


async def prune(app: Driver) -> None:
    """What deleting all but a few of each run comes to."""
    await select(app, WRITTEN)
    await app.press("m", "k", "m", "P")
    await app.shows("would go")
    await app.press("down", "down", "down")
    await app.shows("descend from them")


async def compare(app: Driver) -> None:
    """What one round of a writer changed."""
    await select(app, WRITTEN)
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
    await select(app, WRITTEN)
    await app.press("tab")
    while app.screen.details[0].tab != "graph":
        await app.press("t")
    await app.shows("[Graph]", "● ")
    await app.until(lambda: "learning the edges" not in app.text, "all of the graph")


async def replay(app: Driver, place: int) -> ReplayScreen:
    """A replay of the first run, paused at a step, its rows of values pinned and one breakpoint set."""
    await select(app, WRITTEN)
    await app.press("space")
    await app.until(lambda: isinstance(app.app.screen, ReplayScreen), "the replay")
    screen = app.app.screen
    assert isinstance(screen, ReplayScreen)
    screen.playback.stop()
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
    book = screen.bookmarks.book
    assert book is not None
    book.pins, book.breakpoints = ["state.draft.score"], ["state.draft.score > `0.5`"]
    screen.watchlist.begin()
    await app.until(lambda: len(screen.jobs.pins["state.draft.score"]) == len(screen.position.track.nodes), "the pins")
    screen.playback.go(9)
    await app.shows("true here")
    screen.port.say("")


async def replay_3(app: Driver) -> None:
    """A request that waits for an answer."""
    screen = await replay(app, 9)
    nodes = screen.position.track.nodes
    screen.playback.go(next(at for at, node in enumerate(nodes) if at > 9 and node.ref.status == "waiting"))
    await app.shows("‖ approval", "asks for")


async def overview(app: Driver) -> None:
    """The first tab of a checkpoint that waits."""
    await select(app, WAITING)


async def stepping(app: Driver) -> None:
    """A run that is paused after its first superstep."""
    screen = await _previewed(app)
    await app.press("s")
    await app.shows("paused after step")
    screen.say("")


async def paused(app: Driver) -> None:
    """The browser beside a paused run that was taken back by one checkpoint."""
    await stepping(app)
    for step in (2, 3):
        before = app.text
        await app.press("s")
        await app.until(lambda before=before: app.text != before and "paused after step" in app.text, f"step {step}")
        await app.pilot.pause(1.0)
    await app.press("escape")
    await app.until(lambda: app.screen.list.is_new, "the cursor on what the run wrote")
    await app.settled()
    await app.press("[")


async def changes(app: Driver) -> None:
    """The tab of the changes."""
    await select(app, WRITTEN)
    await app.press("tab", "f5")
    await app.until(lambda: app.screen.panes.detail.place[1], "the changes")


async def file(app: Driver) -> None:
    """The tab of the file: ids, times, warnings."""
    await app.press("tab", "f7")


async def shares(app: Driver) -> None:
    """The tab of the file: where its characters are."""
    await app.press("tab", "f10")
    await app.shows("by path")


async def raw(app: Driver) -> None:
    """The tab of the file: its text."""
    await app.press("tab", "f11")


async def outcomes(app: Driver) -> None:
    """Two outcomes of one checkpoint."""
    await select(app, WAITING)
    await app.press("A")
    await app.shows("changes")


async def palette(app: Driver) -> None:
    """Commands by name."""
    await app.press("colon", *"doc")
    await app.shows("what is wrong or risky in the store")


async def opened(app: Driver) -> None:
    """A long text in full, searched."""
    await select(app, WRITTEN)
    await app.press("f3")
    app.screen.panes.focus_pane(app.screen.details[0])
    app.screen.details[0].rows.open_labels(("draft", "body"))
    await app.press("enter")
    await app.shows("esc closes")
    await app.press("slash", *"lamp", "enter")


async def prompt(app: Driver) -> None:
    """A text is asked for."""
    await app.press("f", *"waits")


async def events(app: Driver) -> None:
    """A saved stream of events."""
    await app.app.push_screen(EventsScreen(str(DATA / "dotnet" / "hpd_events" / "workflow.events.ndjson")))
    await app.shows("events")


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


SCREENS: dict[str, tuple[Path, Callable[[Driver], Awaitable[object]]]] = {
    "overview": (STORE, overview), "browse": (STORE, browse), "talk": (STORE, talk), "pending": (STORE, pending),
    "changes": (STORE, changes), "graph": (STORE, graph), "file": (STORE, file), "shares": (STORE, shares),
    "raw": (STORE, raw), "compare": (STORE, compare), "outcomes": (STORE, outcomes), "replay-1": (STORE, replay_1),
    "replay-2": (STORE, replay_2), "replay-3": (STORE, replay_3), "resume": (STORE, resume), "run": (STORE, run),
    "stepping": (STORE, stepping), "paused": (STORE, paused), "history": (STORE, history),
    "find": (STORE, find), "sizes": (STORE, sizes),
    "prune": (STORE, prune),
    "doctor": (DATA / "hostile", doctor), "problems": (DATA / "hostile", problems), "keys": (STORE, keys),
    "palette": (STORE, palette), "opened": (STORE, opened), "prompt": (STORE, prompt),
    "hpd": (DATA / "dotnet" / "hpd_hosted", hpd), "several": (DATA / "dotnet", several),
    "langgraph": (ANSWERED_TWICE, langgraph), "langgraph-outcomes": (ANSWERED_TWICE, langgraph_outcomes),
    "events": (STORE, events),
}  # fmt: skip
"""Each screen: the store, and what is pressed."""

SHOTS = {
    "overview-wide": ("overview", (200, 50)), "browse-narrow": ("browse", (80, 24)), "wide": ("browse", (170, 44)),
    "compare-narrow": ("compare", (80, 24)), "compare-wide": ("compare", (170, 44)),
    "replay-narrow": ("replay-2", (80, 24)), "langgraph-outcomes": ("langgraph-outcomes", (120, 16)),
    **{
        name: (name, (120, 36))
        for name in (
            "overview", "stepping", "paused", "browse", "talk", "pending", "problems", "doctor", "history", "find",
            "sizes", "prune", "compare", "resume", "run", "keys", "hpd", "several", "graph", "langgraph", "replay-1",
            "replay-2", "replay-3",
        )
    },
}  # fmt: skip
"""The pictures that are kept here: the screen and the size of the terminal."""

SIZES = ((80, 24), (120, 36), (200, 50))


async def drawn(name: str, size: tuple[int, int]) -> str:
    """A screen as SVG."""
    store, prepare = SCREENS[name]
    opened = with_forks(open_store(store)) if store == ANSWERED_TWICE else store
    os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="ckpt-tui-screenshots-")
    async with open_app(opened, size) as app:
        await prepare(app)
        await app.settled()
        # The person's own directories are nobody's business.
        app.screen.store.path = f"./{store.name}"
        app.screen.checkpoints.changed_at = 0.0
        for screen in app.app.screen_stack:
            if isinstance(screen, Browse):
                screen.bars.draw_head()
            elif isinstance(screen, DoctorScreen | QueryScreen | PruneScreen):
                screen.draw_head()
        await app.pilot.pause(0.2)
        svg = app.app.export_screenshot(title="ckpt-tui")
    neutral = ".venv/bin/python" + "&#160;" * (len(sys.executable) - len(".venv/bin/python"))
    svg = svg.replace(sys.executable, neutral)
    # The web font is replaced by one that every machine can have.
    return re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL).replace("Fira Code", "DejaVu Sans Mono")


async def main(arguments: list[str]) -> None:
    """Make every screenshot, or those that are named."""
    if arguments[:1] == ["--every"]:
        directory, names = Path(arguments[1]), arguments[2:] or [*SCREENS]
        directory.mkdir(parents=True, exist_ok=True)
        for name in names:
            for size in SIZES:
                svg = await drawn(name, size)
                file = directory / f"{name}-{size[0]}x{size[1]}.png"
                cairosvg.svg2png(bytestring=svg.encode(), write_to=str(file))
            sys.stdout.write(f"{name}\n")
        return
    for name in arguments or SHOTS:
        svg = await drawn(*SHOTS[name])
        (HERE / f"{name}.svg").write_text(svg)
        if name == "browse":
            cairosvg.svg2png(bytestring=svg.encode(), write_to=str(HERE / f"{name}.png"), scale=1.2)
        sys.stdout.write(f"{name}\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
