"""Modules of ckpt-tui that the runner borrows from the files beside it: only while they are imported.

The program may import the ckpt_tui of its own environment.
"""

from __future__ import annotations

import contextlib
import os
import sys
import types
from collections.abc import Iterator


@contextlib.contextmanager
def borrowed() -> Iterator[None]:
    """Let `ckpt_tui` be the directory that the runner lies in, while modules of it are imported."""
    package = types.ModuleType("ckpt_tui")
    package.__path__ = [os.path.dirname(os.path.dirname(os.path.abspath(__file__)))]
    sys.modules["ckpt_tui"] = package
    try:
        yield
    finally:
        for name in [each for each in sys.modules if each.partition(".")[0] == "ckpt_tui"]:
            del sys.modules[name]
