"""Imported by every Python that the program starts before its workflow is taken over: no workflow runs there.

A program that hands its work to a process of its own would run the workflow for real, before anybody said yes.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any

_HERE = os.path.dirname(os.path.abspath(__file__))


def _refuse(event: str, args: tuple[Any, ...]) -> None:
    if event == "import" and args and args[0] == "agent_framework":
        raise ImportError(
            "ckpt-tui: this process was started by a program that is loaded to be resumed. "
            "Name the program that runs the workflow itself as the target."
        )


sys.path[:] = [each for each in sys.path if os.path.abspath(each or os.curdir) != _HERE]
sys.addaudithook(_refuse)
del sys.modules["sitecustomize"]
with contextlib.suppress(ImportError):  # the one that this one hides
    import sitecustomize  # type: ignore[import-not-found]  # noqa: F401
