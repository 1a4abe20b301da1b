"""A headless Chromium, driven by its own protocol: what a page shows once its scripts ran."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.support.patience import PATIENCE

HAS_CHROMIUM = shutil.which("chromium") is not None


class Page:
    """An open page.

    Args:
        socket: Its end of the protocol.
    """

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._count = 0

    async def _call(self, method: str, **params: Any) -> dict[str, Any]:
        self._count += 1
        await self._socket.send_json({"id": self._count, "method": method, "params": params})
        while True:
            answer: dict[str, Any] = await self._socket.receive_json()
            if answer.get("id") == self._count:
                found: dict[str, Any] = answer["result"]
                return found

    async def value(self, expression: str) -> Any:
        """What an expression of JavaScript gives."""
        found = await self._call("Runtime.evaluate", expression=expression, returnByValue=True)
        return found["result"].get("value")

    async def until(self, expression: str) -> None:
        """Wait until an expression holds."""
        async with asyncio.timeout(PATIENCE):
            while not await self.value(expression):
                await asyncio.sleep(0.05)

    async def prefer_dark(self) -> None:
        """Prefer dark colours, as a system may."""
        features = [{"name": "prefers-color-scheme", "value": "dark"}]
        await self._call("Emulation.setEmulatedMedia", features=features)

    async def press(self, key: str) -> None:
        """Press a key with a character."""
        await self._call("Input.dispatchKeyEvent", type="char", text=key)

    async def picture(self) -> bytes:
        """What it looks like, as PNG."""
        found = await self._call("Page.captureScreenshot", format="png")
        return base64.b64decode(found["data"])


@asynccontextmanager
async def open_page(address: str, profile: Path, width: int = 1200) -> AsyncIterator[Page]:
    """A page that has loaded, and the browser that shows it, which ends with the context.

    Args:
        address: What to open.
        profile: A new directory for the browser.
        width: Pixels of its window.
    """
    process = await asyncio.create_subprocess_exec(
        "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0",
        f"--user-data-dir={profile}", f"--window-size={width},900", address,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
            target = await _target(session, profile / "DevToolsActivePort")
            async with session.ws_connect(target, max_msg_size=0) as socket:
                page = Page(socket)
                await page.until("location.href != 'about:blank' && document.readyState == 'complete'")
                yield page
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # and the processes that it started
        await process.wait()


async def _target(session: aiohttp.ClientSession, port: Path) -> str:
    """The address of the page in the protocol, once the browser has one."""
    while not port.exists() or "\n" not in port.read_text():
        await asyncio.sleep(0.05)
    number = port.read_text().splitlines()[0]
    while True:
        async with session.get(f"http://127.0.0.1:{number}/json/list") as answer:
            pages = [each for each in json.loads(await answer.text()) if each["type"] == "page"]
        if pages:
            found: str = pages[0]["webSocketDebuggerUrl"]
            return found
        await asyncio.sleep(0.05)
