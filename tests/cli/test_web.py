"""The browser in a web page: what `--web` starts, and what drives it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.cli.commands import NEW, ROOT, command, without
from tests.support.chromium import HAS_CHROMIUM, open_page
from tests.support.patience import PATIENCE

DRIVER = "textual.drivers.web_driver:WebDriver"


def web_environment(directory: Path) -> dict[str, str]:
    """The variables of an app that a web server starts."""
    return {
        **os.environ, "PYTHONPATH": str(ROOT), "TEXTUAL_DRIVER": DRIVER, "COLUMNS": "100", "ROWS": "30",
        "TEXTUAL_COLOR_SYSTEM": "truecolor", "TMPDIR": str(directory),
    }  # fmt: skip


@pytest.mark.parametrize("args", [(str(NEW / "linear"),), ("demo", "--still")])
def test_the_driver_of_a_web_page_is_a_screen(args: tuple[str, ...], tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "ckpt_tui", *args], env=web_environment(tmp_path), cwd=tmp_path, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None and process.stdin is not None
        assert process.stdout.readline() == b"__GANGLION__\n"
        seen = b""
        while b"following" not in seen:
            read = os.read(process.stdout.fileno(), 65_536)
            assert read, process.stderr.read() if process.stderr is not None else ""
            seen += read
        process.stdin.close()  # as when the server is gone
        process.stdout.read()
        assert process.wait(PATIENCE) == 0


@pytest.mark.parametrize("moment", [b"__GANGLION__", b"following"])
def test_an_app_ends_whenever_its_server_is_gone(moment: bytes, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "ckpt_tui", str(NEW / "linear")], env=web_environment(tmp_path), cwd=tmp_path,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None and process.stdin is not None and process.stderr is not None
        seen = b""
        while moment not in seen:
            read = os.read(process.stdout.fileno(), 65_536)
            assert read, process.stderr.read()
            seen += read
        process.stdin.close()
        process.stdout.close()
        assert (process.wait(PATIENCE), process.stderr.read()) == (0, b"")


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
            assert not await page.value("document.querySelector('#starting').checkVisibility()")
            # The page waits for what it links: it may link nothing that a slow network keeps from it.
            loaded = await page.value("performance.getEntriesByType('resource').map(each => each.name)")
            assert any(each.endswith("textual.js") for each in loaded)
            assert all(each.startswith(("http://127.0.0.1:", "data:")) for each in loaded)
            await page.until("document.activeElement.closest('.textual-terminal') !== null")
            await page.press("q")
            await page.until("document.body.classList.contains('-closed')")
            assert await page.value("document.querySelector('#ended').checkVisibility()")


async def test_another_page_cannot_press_keys() -> None:
    with served(NEW / "linear") as line:
        address = line.split()[1]
        async with aiohttp.ClientSession() as session:
            for origin in (
                {"Origin": "http://elsewhere.example"},
                {"Origin": address.replace("127.0.0.1", "rebound.example")},
                {},
            ):
                with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                    await session.ws_connect(f"{address}/ws", headers=origin)
            async with session.ws_connect(f"{address}/ws", headers={"Origin": address}) as socket:
                assert (await socket.receive()).type is aiohttp.WSMsgType.BINARY
            async with session.get(address) as page:
                assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


def test_what_cannot_be_opened_is_said_before_a_page_is_served() -> None:
    done = command("postgresql://127.0.0.1:0/", "--web")
    assert done.code and "http:" not in done.err


@contextmanager
def served(store: Path) -> Iterator[str]:
    """What `--web` says once it serves a store; it ends with the context."""
    with subprocess.Popen(
        [sys.executable, "-m", "ckpt_tui", str(store), "--web"], stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, start_new_session=True,
    ) as process:  # fmt: skip
        assert process.stderr is not None
        try:
            yield process.stderr.readline()
        finally:
            os.killpg(process.pid, signal.SIGKILL)  # and the apps that it started
