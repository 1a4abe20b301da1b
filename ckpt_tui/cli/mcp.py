"""`ckpt-tui mcp`: a store as tools of an agent, by the Model Context Protocol."""

from __future__ import annotations

import io
from contextlib import redirect_stdout

import click

from ckpt_tui.cli.output import data_stream, open_named, storage_options, stores_argument
from ckpt_tui.errors import UsageError


@click.command("mcp")
@stores_argument
@storage_options
def command(stores: tuple[str, ...], storage: str | None, workflow_names: tuple[str, ...]) -> int:
    """Serve a store to an agent on standard input and output, by the Model Context Protocol.

    Tools: list_checkpoints, overview, show, diff, history, find, bisect, check, doctor. Answers are small and masked;
    no tool runs, writes or deletes. Needs the extra: pip install "ckpt-tui[mcp]".
    """
    opened = open_named(stores, storage, workflow_names)  # a wrong path is reported now
    try:
        from ckpt_tui.cli.mcp_server import server  # late: an extra
    except ModuleNotFoundError as missing:
        raise UsageError(f"The MCP SDK is not installed: {missing}.", 'pip install "ckpt-tui[mcp]"') from None
    stream = data_stream()
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(line_buffering=True)  # the SDK sends what is printed to stderr, if nothing of it is kept
    with redirect_stdout(stream):
        server(stores, opened if storage is not None else None).run()
    return 0
