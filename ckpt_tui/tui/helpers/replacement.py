"""A file that is there already is replaced only where Enter is pressed twice."""

from __future__ import annotations

import os


class Replacement:
    """Remembers which file was named once."""

    def __init__(self) -> None:
        self._named = ""

    def why_not(self, path: str) -> str:
        """Why a file is not written yet: it exists, and this is the first time that it is named; else ""."""
        if not os.path.isfile(path) or path == self._named:
            return ""
        self._named = path
        return f"{path} exists: Enter once more replaces it."
