"""Files of the state directory: small, written whole, readable by their owner alone."""

from __future__ import annotations

import contextlib
import json
import os
from typing import Any

from ckpt_tui.user_directories import state_directory


def write_privately(path: str, data: bytes) -> None:
    """Write a file beside its place and move it there whole; its directory is made where it is missing.

    Raises:
        OSError: it cannot be written.
    """
    temporary = f"{path}.{os.getpid()}.tmp"
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


class StateTable:
    """A JSON object that is remembered between sessions, the entry used last at its end.

    Args:
        name: The name of its file.
        kept: Entries that are kept; the oldest are forgotten.
    """

    def __init__(self, name: str, kept: int) -> None:
        self.name, self.kept = name, kept

    def read(self) -> dict[str, Any]:
        """Its entries, which may be anything; none where the file is missing or is not a JSON object."""
        try:
            with open(self._path(), encoding="utf-8") as file:
                found = json.load(file)
        except (OSError, ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def write(self, entries: dict[str, Any]) -> None:
        """Keep the newest entries; a state directory that cannot be written is not a reason to fail."""
        newest = dict(list(entries.items())[-self.kept :])
        with contextlib.suppress(OSError):
            write_privately(self._path(), json.dumps(newest, indent=1).encode())

    def _path(self) -> str:
        return os.path.join(state_directory(), self.name)
