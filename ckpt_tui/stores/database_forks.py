"""Forks that are databases: opened, and where those of a database behind a URL are. Imported where there is one."""

from __future__ import annotations

import os
import re
import zlib

from ckpt_tui.stores.base import Store
from ckpt_tui.stores.langgraph import LangGraphStore
from ckpt_tui.user_directories import state_directory

LONGEST = 60
"""Characters of a URL that are in the name of a directory; a check sum distinguishes the rest."""


def open_database(path: str) -> Store:
    """The checkpoints in a fork."""
    return LangGraphStore(path)


def root_of_url(url: str) -> str:
    """The path that stands for a database behind a URL in our state directory; its forks are beside that."""
    words = "-".join(filter(None, re.split(r"\W+", url.partition("://")[2].rpartition("@")[2])))
    number = zlib.crc32(url.encode("utf-8", "surrogateescape"))
    return os.path.join(state_directory(), "databases", f"{words[:LONGEST]}-{number:08x}")
