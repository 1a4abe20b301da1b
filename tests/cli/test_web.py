"""The browser in a web page: what `--web` starts, and what drives it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.commands import NEW, ROOT, command, without
from tests.support.chromium import HAS_CHROMIUM, open_page

DRIVER = "textual.drivers.web_driver:WebDriver"


@pytest.mark.parametrize("args", [(str(NEW / "linear"),), ("demo", "--still")])
def test_the_driver_of_a_web_page_is_a_screen(args: tuple[str, ...], tmp_path: Path) -> None:
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "TEXTUAL_DRIVER": DRIVER, "COLUMNS": "100", "ROWS": "30",
        "TEXTUAL_COLOR_SYSTEM": "truecolor", "TMPDIR": str(tmp_path),
    }  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-m", "ckpt_tui", *args], env=environment, cwd=tmp_path, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None and process.stdin is not None
        assert process.stdout.readline() == b"__GANGLION__\n"
        seen = b""
        while b"following" not in seen:
            read = os.read(process.stdout.fileno(), 65_536)
            assert read, process.stderr.read() if process.stderr is not None else ""
            seen += read
        process.kill()


def test_without_the_extra_it_says_how_to_get_it(tmp_path: Path) -> None:
    done = command(str(NEW / "linear"), "--web", PYTHONPATH=without("textual_serve", tmp_path))
    assert done.code == 2 and 'pip install "ckpt-tui[web]"' in done.err


def test_a_page_is_served_to_this_machine_alone() -> None:
    with served(NEW / "linear") as line:
        assert line.startswith("ckpt-tui: http://127.0.0.1:80") and "this machine alone" in line


@pytest.mark.skipif(not HAS_CHROMIUM, reason="needs chromium")
async def test_a_browser_shows_the_page(tmp_path: Path) -> None:
    with served(NEW / "linear") as line:
        async with open_page(line.split()[1], tmp_path / "profile") as page:
            # The splash goes with the first byte that the app writes.
            await page.until("document.body.classList.contains('-first-byte')")
            assert await page.value("document.querySelector('.textual-terminal').checkVisibility()")


@contextmanager
def served(store: Path) -> Iterator[str]:
    """What `--web` says once it serves a store; it ends with the context."""
    with subprocess.Popen(
        [sys.executable, "-m", "ckpt_tui", str(store), "--web"], stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:  # fmt: skip
        assert process.stderr is not None
        yield process.stderr.readline()
        process.kill()
