"""Directories that last as long as the process of the tests: what they hold is made once for many tests."""

from __future__ import annotations

import atexit
import shutil
from pathlib import Path
from tempfile import mkdtemp

_made: list[Path] = []


def lasting_directory(name: str) -> Path:
    """A new directory, which goes with the session of the tests.

    Args:
        name: What it is for.
    """
    path = Path(mkdtemp(prefix=f"ckpt-tui-{name}-"))
    _made.append(path)
    return path


@atexit.register
def remove_lasting_directories() -> None:
    """Remove them."""
    while _made:
        shutil.rmtree(_made.pop(), ignore_errors=True)
