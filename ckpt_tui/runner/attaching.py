"""`--debugpy PORT`: an editor attaches to the process before its workflow begins."""

from __future__ import annotations

import asyncio
import os
import sys

from .faults import Fault, said
from .lines import Lines

HOST = "127.0.0.1"
"""Whoever reaches the port can run code: it is open to this machine alone."""


async def wait_for_editor(port: int, lines: Lines) -> None:
    """Listen at a port until an editor has attached.

    Raises:
        Fault: debugpy is not installed, or the port cannot be had.
    """
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # else it warns of modules that no editor stops in
    try:
        import debugpy  # type: ignore[import-not-found]  # late: an optional package of the program's environment
    except ImportError:
        fix = f"install it there: {sys.executable} -m pip install debugpy"
        raise Fault("debugpy", f"debugpy is not installed for {sys.executable}", fix) from None
    try:
        debugpy.listen((HOST, port))
    except Exception as error:
        raise Fault("debugpy", f"debugpy cannot listen at port {port}: {said(error)}", "choose another port") from None
    lines.say("debugpy", host=HOST, port=port, attached=False)
    await asyncio.to_thread(debugpy.wait_for_client)
    lines.say("debugpy", host=HOST, port=port, attached=True)
