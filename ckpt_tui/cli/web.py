"""`ckpt-tui --web`: the browser in a web browser, for this machine alone; needs textual-serve, an extra."""

from __future__ import annotations

import asyncio
import logging
import os
import shlex
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import click
from aiohttp import web
from textual_serve.server import Server

from ckpt_tui.errors import UsageError
from ckpt_tui.stores.postgres_address import keep_for_children

HOST = "127.0.0.1"
"""This machine alone: whoever reaches the page can resume workflows with the rights of the person who started it."""

PORTS = range(8000, 8020)
"""Ports of which the first free one is taken where none is named."""

PAGE = Path(__file__).with_name("web_page")
"""The directory of the page, which loads nothing from elsewhere."""


class LocalServer(Server):
    """A server that only its own page can use, and whose output is one line.

    Args:
        command: What is started for each page that is opened.
        port: The port.
    """

    def __init__(self, command: str, port: int) -> None:
        super().__init__(command, HOST, port, "ckpt-tui", f"http://{HOST}:{port}", templates_path=PAGE)
        self._origins = {f"http://{host}:{port}" for host in (HOST, "localhost")}

    def initialize_logging(self) -> None:
        logging.basicConfig(level="ERROR", format="ckpt-tui: %(message)s")

    async def on_startup(self, app: web.Application) -> None:
        self._announcing = asyncio.create_task(self._announce())

    async def _announce(self) -> None:
        """Print the address once the server answers: the application starts before it listens."""
        while True:
            try:
                _, writer = await asyncio.open_connection(self.host, self.port)
            except OSError:
                await asyncio.sleep(0.02)
                continue
            writer.close()
            click.echo(f"ckpt-tui: {self.public_url} (for this machine alone; Ctrl+C ends it)", err=True)
            return

    async def handle_index(self, request: web.Request) -> web.StreamResponse:
        answer: web.StreamResponse = await super().handle_index(request)
        answer.headers["Content-Security-Policy"] = "frame-ancestors 'none'"
        return answer

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Refuse other pages: any page that is open in the same browser could press keys here."""
        if request.headers.get("Origin") not in self._origins:
            raise web.HTTPForbidden(text="Only the page of this server may connect.")
        answer: web.WebSocketResponse = await super().handle_websocket(request)
        return answer


def serve(words: Sequence[str], port: int | None) -> int:
    """Serve the browser until Ctrl+C; returns the exit code.

    Args:
        words: The arguments that the browser is started with, for each page that is opened.
        port: The port; None for the first free one.

    Raises:
        UsageError: the port is taken.
    """
    found = next((each for each in ([port] if port is not None else PORTS) if _is_free(each)), None)
    if found is None:
        raise UsageError(f"Port {port or f'{PORTS[0]} to {PORTS[-1]}'} is taken.", "Name another one with --port.")
    keep_for_children()
    # -P: nothing is imported from the current directory, which may be that of a store.
    command = shlex.join([sys.executable, "-P", "-m", "ckpt_tui", *words])
    with suppress(KeyboardInterrupt):
        LocalServer(command, found).serve()
    return 0


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        if os.name != "nt":
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, port))
        except OSError:
            return False
    return True
