"""Makes the moving pictures of README and docs by driving the real app: `python screenshots/animate.py [NAME...]`.

Each is one SVG without scripts: frames that follow each other by a style of its own, and one that stays for whoever
asked for less motion.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple, Protocol

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE))

from make import _previewed, replay  # noqa: E402 the pictures that stand still

from ckpt_tui.configuration import Config  # noqa: E402 the repository itself, not an installed copy
from ckpt_tui.demo.recorded_store import play, prepare  # noqa: E402 the repository itself, not an installed copy
from ckpt_tui.tui.screens.browse import Browse  # noqa: E402
from ckpt_tui.tui.screens.resume import ResumeScreen  # noqa: E402
from ckpt_tui.tui.themes import DARK  # noqa: E402
from tests.tui.support import Driver, open_app  # noqa: E402

LIMIT = 1_000_000
"""Bytes of a picture."""

TITLE = "ckpt-tui"


class Snap(Protocol):
    """Takes a frame, whose title says what happens."""

    async def __call__(self, title: str = TITLE) -> None:
        """Take it."""


async def live(app: Driver, snap: Snap) -> None:
    """A run is followed while it writes."""
    stop = threading.Event()
    directory = Path(app.screen.store.path)
    before = len(app.screen.list.view.places)
    threading.Thread(target=play, args=(directory, stop, 0.4), daemon=True).start()
    for number in range(1, 9):
        await app.until(lambda number=number: len(app.screen.list.view.places) >= before + number, "a checkpoint")
        await app.settled()
        await snap()
    stop.set()


async def replayed(app: Driver, snap: Snap) -> None:
    """A run is played step by step."""
    screen = await replay(app, 1)
    for place in range(1, 10):
        screen.playback.go(place)

        def is_shown() -> bool:
            frame = screen.playback.shown
            return frame is not None and frame.file == screen.position.node.ref.file

        await app.until(is_shown, "the step")
        screen.port.say("")
        await snap()


async def answer(app: Driver, snap: Snap) -> None:
    """A request is answered in a fork, and the run goes on there."""
    await snap()
    await _previewed(app)
    await snap()
    await app.press("ctrl+r")
    await snap()
    await app.shows("waits for an answer", "approval asks for Decision")
    await snap()
    await app.press("escape")
    await app.until(lambda: isinstance(app.app.screen, Browse), "the browser")
    await app.settled()
    await snap()


async def debugging(app: Driver, snap: Snap) -> None:
    """An invoice that is too low: where the price goes wrong, seen, changed, and compared."""
    await snap("1. The invoice says 81.0. One discount of 10 % off 100 makes 90.")
    await app.press("home", "r")
    await app.shows("Whose code runs")
    screen = app.app.screen
    assert isinstance(screen, ResumeScreen)
    await app.until(lambda: not screen.form.is_looking, "the search ended")
    screen.form.set("python", ".venv/bin/python")
    await app.press("enter")
    await app.shows("RUN IT")
    await app.press("b")
    await app.type("executor:discount")
    await snap("2. r: run it again from its first checkpoint. b: pause before the discount is called")
    await app.press("enter", "ctrl+r")
    await app.shows("paused before discount")
    screen.say("")
    await snap("3. Paused before discount: the order comes from the cart, and its total is 100")
    await app.press("c")
    await app.until(lambda: screen.run is not None and (screen.run.paused or {}).get("source") == "stock", "again")
    screen.say("")
    await snap("4. c: paused before discount AGAIN. The order comes from stock, already at 90: that is the bug")
    await app.press("ctrl+e", "ctrl+u")
    await app.type("messages.stock[0].data.total=100")
    await snap("5. ctrl+e: what if stock sent the price without the discount?")
    await app.press("enter", "b", "ctrl+u", "enter", "c")
    await app.shows("■ done")
    screen.say("")
    await snap("6. c: the run goes on with the change, as a fork. please pay 90.0")
    await app.press("A")
    await app.shows("compare")
    await snap("7. A: both outcomes, side by side")


def record_shop(store: Path) -> None:
    """Run the shop of docs/debug.md, beside whose store its program and its environment lie."""
    (store.parent / ".venv").symlink_to(sys.prefix)
    shutil.copy(HERE.parent / "tests" / "support" / "debugged" / "shop.py", store.parent)
    os.environ["PYTHONPATH"] = str(HERE.parent)
    subprocess.run([sys.executable, "shop.py"], cwd=store.parent, check=True, stdout=subprocess.DEVNULL)


class Movie(NamedTuple):
    """One moving picture.

    Attributes:
        act: What happens.
        record: Makes the store.
        store: Its name.
        size: Columns and lines.
        seconds: How long a frame is seen.
    """

    act: Callable[[Driver, Snap], Awaitable[None]]
    record: Callable[[Path], object] = prepare
    store: str = "review_flow"
    size: tuple[int, int] = (100, 26)
    seconds: float = 1.1


MOVIES = {
    "live": Movie(live),
    "replay": Movie(replayed),
    "answer": Movie(answer),
    "debugging": Movie(debugging, record_shop, "orders", (110, 32), 3.5),
}


async def main() -> None:
    """Make every picture, or those that are named."""
    for name, made in MOVIES.items():
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="ckpt-tui-movie-")
        store = Path(tempfile.mkdtemp()) / made.store
        made.record(store)
        frames: list[str] = []
        os.chdir(store.parent)  # the person's own directories are nobody's business
        async with open_app(store.name, made.size, Config(theme=DARK.name)) as app:

            async def snap(title: str = TITLE, app: Driver = app, frames: list[str] = frames) -> None:
                app.screen.checkpoints.changed_at = 0.0
                await app.pilot.pause(0.2)
                frames.append(app.app.export_screenshot(title=title))

            await made.act(app, snap)
        text = movie(frames, made.seconds)
        for directory in (store.parent, HERE.parent, Path(tempfile.gettempdir())):
            text = re.sub(rf"{re.escape(str(directory))}(/[^&<\s]*)", _short, text)
        assert len(text.encode()) < LIMIT, f"{name}: {len(text.encode()):,} bytes"
        (HERE / f"{name}-movie.svg").write_text(text, encoding="utf-8")
        sys.stdout.write(f"{name}: {len(frames)} frames, {len(text.encode()):,} bytes\n")


def _short(match: re.Match[str]) -> str:
    """A path of this machine as one that might be anybody's, as wide as it was."""
    kept = f".{match[1]}"
    return kept + "&#160;" * (len(match[0]) - len(kept))


def movie(frames: list[str], seconds: float) -> str:
    """One SVG of several: each is seen for so many seconds, over and over."""
    total = len(frames) * seconds
    share = 100 / len(frames)
    head = re.search(r"<svg[^>]*>", frames[0])
    assert head is not None
    style = (
        f"@keyframes turn {{0%,{share:.3f}% {{visibility:visible}} {share + 0.001:.3f}%,100% {{visibility:hidden}}}}"
        f".frame {{visibility:hidden;animation:turn {total:.1f}s linear infinite}}"
        "@media (prefers-reduced-motion:reduce) {.frame {animation:none} .frame:last-of-type {visibility:visible}}"
    )
    parts = [head[0], f"<style>{style}</style>"]
    for number, frame in enumerate(frames):
        inner = re.sub(
            r"@font-face \{.*?\}",
            "",
            frame[frame.index(">", frame.index("<svg")) + 1 : frame.rindex("</svg>")],
            flags=re.DOTALL,
        ).replace("Fira Code", "DejaVu Sans Mono")
        own = re.search(r"terminal-\d+", inner)
        assert own is not None
        inner = re.sub(r"\s*\n\s*", "\n", inner.replace(own[0], f"f{number}"))
        parts.append(f'<g class="frame" style="animation-delay:{number * seconds - total:.1f}s">{inner}</g>')
    return "\n".join([*parts, "</svg>"])


if __name__ == "__main__":
    asyncio.run(main())
