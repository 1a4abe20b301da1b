"""Makes the moving picture of docs/debug.md by driving the real app: `python screenshots/movie.py`.

Writes debugging.gif. Needs the `dev` extra, Pillow (which comes with CairoSVG) and DejaVu Sans Mono.
"""

from __future__ import annotations

import asyncio
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import cairosvg
from PIL import Image

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from ckpt_tui.tui.screens.resume import ResumeScreen  # noqa: E402 the repository itself, not an installed copy
from tests.tui.support import Driver, open_app  # noqa: E402

SIZE = (110, 32)
SCALE = 0.8
COLOURS = 32
SECONDS = 3.5
"""How long a picture stands."""


class Movie:
    """Pictures of the app, one after the other.

    Args:
        app: The app.
    """

    def __init__(self, app: Driver) -> None:
        self.app = app
        self.pictures: list[Image.Image] = []

    async def take(self, title: str) -> None:
        """Take a picture; its title says what happens."""
        await self.app.pilot.pause(0.3)
        svg = self.app.app.export_screenshot(title=title)
        neutral = ".venv/bin/python".ljust(len(sys.executable), "\N{NO-BREAK SPACE}")
        svg = svg.replace(sys.executable, neutral.replace("\N{NO-BREAK SPACE}", "&#160;"))
        svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL).replace("Fira Code", "DejaVu Sans Mono")
        png = cairosvg.svg2png(bytestring=svg.encode(), scale=SCALE)
        self.pictures.append(Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS))

    def save(self, path: Path) -> None:
        """Write all pictures as one that moves."""
        first, *others = self.pictures
        first.save(
            path, save_all=True, append_images=others, duration=int(SECONDS * 1000), loop=0, optimize=True, disposal=1
        )


async def story(app: Driver) -> Movie:
    """An invoice that is too low: where the price goes wrong, seen, changed, and compared."""
    movie = Movie(app)
    await movie.take("1. The invoice says 81.0. One discount of 10 % off 100 makes 90.")
    await app.press("home", "r")
    await app.shows("Whose code runs")
    screen = app.app.screen
    assert isinstance(screen, ResumeScreen)
    await app.until(lambda: not screen.form.is_looking, "the search ended")
    screen.form.set("python", sys.executable)
    await app.press("enter")
    await app.shows("RUN IT")
    await app.press("b")
    await app.type("executor:discount")
    await movie.take("2. r: run it again from its first checkpoint. b: pause before the discount is called")
    await app.press("enter", "ctrl+r")
    await app.shows("paused before discount")
    screen.say("")
    await movie.take("3. Paused before discount: the order comes from the cart, and its total is 100")
    await app.press("c")
    await app.until(lambda: screen.run is not None and (screen.run.paused or {}).get("source") == "stock", "again")
    screen.say("")
    await movie.take("4. c: paused before discount AGAIN. The order comes from stock, already at 90: that is the bug")
    await app.press("e", "ctrl+u")
    await app.type("messages.stock[0].data.total=100")
    await movie.take("5. e: what if stock sent the price without the discount?")
    await app.press("enter", "b", "ctrl+u", "enter")
    await app.press("c")
    await app.shows("■ done")
    screen.say("")
    await movie.take("6. c: the run goes on with the change, as a fork. please pay 90.0")
    await app.press("A")
    await app.shows("compare")
    await movie.take("7. A: both outcomes, side by side")
    return movie


async def main() -> None:
    """Make the picture."""
    directory = Path(tempfile.mkdtemp(prefix="shop-"))
    shutil.copy(HERE.parent / "tests" / "support" / "debugged" / "shop.py", directory)
    os.environ.update(XDG_STATE_HOME=str(directory / "state"), PYTHONPATH=str(HERE.parent))
    subprocess.run([sys.executable, "shop.py"], cwd=directory, check=True, stdout=subprocess.DEVNULL)
    os.chdir(directory)
    async with open_app(Path("orders"), SIZE) as app:
        movie = await story(app)
    movie.save(HERE / "debugging.gif")
    sys.stdout.write(f"debugging.gif: {(HERE / 'debugging.gif').stat().st_size // 1024} kB\n")


if __name__ == "__main__":
    asyncio.run(main())
