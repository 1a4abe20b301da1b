"""The first screen of a large directory, kept apart from the rest of its cache, so that it is read at once."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from ckpt_tui.core.runs.groups import Group, PackedGroups
from ckpt_tui.core.runs.header_table import HeaderTable
from ckpt_tui.core.runs.table_runs import TableRuns

SHOWN = 64
"""Runs of the first screen."""

MOST_FILES = 2_048
"""Checkpoints of the longest run that it shows: all of them are read before it is shown."""


class FirstScreen(NamedTuple):
    """The newest runs of a directory.

    Attributes:
        groups: The groups, the newest first.
        files: The names of the files of the first of them.
        total: How many files the directory has.
    """

    groups: Sequence[Group]
    files: Sequence[str]
    total: int

    @property
    def packed(self) -> bytes:
        """The same as bytes."""
        return zlib.compress(json.dumps(self).encode(), 1)


def unpacked(data: bytes) -> FirstScreen:
    """The screen that these bytes were made of."""
    groups, files, total = json.loads(zlib.decompress(data))
    return FirstScreen([Group(*group) for group in groups], files, total)


def first_screen(headers: HeaderTable, runs: TableRuns, groups: PackedGroups) -> FirstScreen:
    """The first screen of the known runs; without runs where it would hold all, or the first of them is too long."""
    members = runs.members(runs.order[0]) if len(groups) > SHOWN else ()
    if not 0 < len(members) <= MOST_FILES:
        return FirstScreen((), (), len(headers))
    return FirstScreen(list(islice(groups, SHOWN)), list(headers.names.some(members)), len(headers))
