"""Makes the moving pictures of the README by driving the real app: `python screenshots/animate.py [NAME...]`.

Each is one SVG without scripts: frames that follow each other by a style of its own, and one that stays for whoever
asked for less motion.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE))

from make import _previewed, replay  # noqa: E402 the pictures that stand still

from ckpt_tui.config import Config  # noqa: E402 the repository itself, not an installed copy
from ckpt_tui.demo.recorded_store import play, prepare  # noqa: E402 the repository itself, not an installed copy
from ckpt_tui.tui.screens.browse import Browse  # noqa: E402
from ckpt_tui.tui.themes import DARK  # noqa: E402
from tests.tui.support import Driver, open_app  # noqa: E402

SIZE = (100, 26)

LIMIT = 1_000_000
"""Bytes of a picture."""

Snap = Callable[[], Awaitable[None]]


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
        screen.say("")
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


MOVIES = {"live": live, "replay": replayed, "answer": answer}


async def main() -> None:
    """Make every picture, or those that are named."""
    for name, act in MOVIES.items():
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="ckpt-tui-movie-")
        store = Path(tempfile.mkdtemp()) / "review_flow"
        prepare(store)
        frames: list[str] = []
        os.chdir(store.parent)  # the person's own directories are nobody's business
        async with open_app(store.name, SIZE, Config(theme=DARK.name)) as app:

            async def snap(app: Driver = app, frames: list[str] = frames) -> None:
                app.screen.checkpoints.changed_at = 0.0
                await app.pilot.pause(0.2)
                frames.append(app.app.export_screenshot(title="ckpt-tui"))

            await act(app, snap)
        text = movie(frames, 1.1)
        text = re.sub(rf"(?:{re.escape(str(HERE.parent))}|{re.escape(tempfile.gettempdir())})/[^&<\s]*", _short, text)
        assert len(text.encode()) < LIMIT, f"{name}: {len(text.encode()):,} bytes"
        (HERE / f"{name}-movie.svg").write_text(text, encoding="utf-8")
        sys.stdout.write(f"{name}: {len(frames)} frames, {len(text.encode()):,} bytes\n")


def _short(match: re.Match[str]) -> str:
    """A path of this machine as one that might be anybody's, as wide as it was."""
    path = match[0].removeprefix(str(HERE.parent))
    kept = f".{path}" if path != match[0] else "./review_flow.forks"[: len(path)]
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
