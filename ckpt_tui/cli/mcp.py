"""`ckpt-tui mcp`: a store as tools of an agent, by the Model Context Protocol."""

from __future__ import annotations

import click

from ckpt_tui.cli.output import open_named, stores_argument
from ckpt_tui.errors import UsageError


@click.command("mcp")
@stores_argument
def command(stores: tuple[str, ...]) -> int:
    """Serve a store to an agent on standard input and output, by the Model Context Protocol.

    Tools: list_checkpoints, overview, show, diff, history, find, doctor. Answers are small and masked; nothing runs,
    writes or deletes. Needs the extra: pip install "ckpt-tui[mcp]".
    """
    open_named(stores)  # what is wrong with the path is said now
    try:
        from ckpt_tui.cli.mcp_server import server  # late: an extra
    except ModuleNotFoundError as missing:
        raise UsageError(f"The MCP SDK is not installed: {missing}.", 'pip install "ckpt-tui[mcp]"') from None
    server(stores).run()
    return 0
