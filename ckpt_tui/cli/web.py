"""`ckpt-tui --web`: the browser in a web browser, for this machine alone; needs textual-serve, an extra."""

from __future__ import annotations

import os
import shlex
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress

import click
from textual_serve.server import Server

from ckpt_tui.errors import UsageError
from ckpt_tui.stores.postgres_address import keep_for_children

HOST = "127.0.0.1"
"""Nobody else may reach it: whoever does can resume workflows with the rights of the person who started it."""

PORTS = range(8000, 8020)
"""Ports of which the first free one is taken where none is named."""


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
    command = shlex.join([sys.executable, "-m", "ckpt_tui", *words])
    click.echo(f"ckpt-tui: http://{HOST}:{found} (for this machine alone; Ctrl+C ends it)", err=True)
    with suppress(KeyboardInterrupt):
        Server(command, HOST, found, "ckpt-tui", f"http://{HOST}:{found}").serve()
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
