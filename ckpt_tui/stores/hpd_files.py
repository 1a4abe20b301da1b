"""The layout of the files below the root of a JsonWorkflowStore.

```
checkpoints/{execution}/{20 digits of ticks}-{checkpoint}.checkpoint.json
definitions/{graph}.graph.json|yaml|yml
executions/{graph}/{execution}.execution.json      logs/{graph}/{execution}.logs.ndjson
```

Names are escaped as in URIs. Files are named by their path below the root.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

from ckpt_tui.core.documents.document import DocumentFault, parse
from ckpt_tui.core.late_patterns import LatePattern
from ckpt_tui.core.model import parse_time
from ckpt_tui.stores.document_values import members, text
from ckpt_tui.stores.files import FileTrouble, Stamp, read_whole, stamp_of
from ckpt_tui.stores.hpd_graph import Definition, find_definitions, read_definition

NAME = LatePattern(r"\d{20}-.*\.checkpoint\.json\Z", re.DOTALL)

_FOLDERS = 64
"""Entries of a directory that are read to recognise it."""

_LOG_BYTES = 8 * 1024 * 1024
_LOG_LINES = 500
"""Lines of a log that are listed for one step, the newest."""


class HpdFiles:
    """The files of a store.

    Args:
        root: Its root.
        only: The name of the one checkpoint file to look at, or None.
        folder: The name of the one execution folder to look at, or None.
    """

    def __init__(self, root: str, only: str | None = None, folder: str | None = None) -> None:
        self.root = root
        self.only = only
        self.folder = folder

    def place(self, file: str) -> str:
        """The path of a file."""
        return os.path.join(self.root, file)

    # -- checkpoints -------------------------------------------------------------------------------------------------

    def folders(self) -> Iterator[tuple[str, list[str]]]:
        """The execution folders with checkpoints, and the names of these, in order."""
        for folder in self._folder_names():
            try:
                listed = os.listdir(self.place(f"checkpoints/{folder}"))
            except OSError:
                continue
            found = sorted(name for name in listed if NAME.compiled.match(name))
            if found and (self.only is None or self.only in found):
                yield folder, found

    def names(self) -> list[str]:
        """Everything in the execution folders."""
        found = []
        for folder in self._folder_names():
            try:
                found += [f"checkpoints/{folder}/{name}" for name in os.listdir(self.place(f"checkpoints/{folder}"))]
            except OSError:
                continue
        return found

    def _folder_names(self) -> list[str]:
        if self.folder is not None:
            return [self.folder]
        try:
            with os.scandir(self.place("checkpoints")) as entries:
                return sorted(entry.name for entry in entries if entry.is_dir())
        except OSError:
            return []

    # -- stamps ------------------------------------------------------------------------------------------------------

    def stamp(self, file: str) -> Stamp | None:
        """The stamp of a file; None where it is gone."""
        try:
            return stamp_of(os.stat(self.place(file)))
        except (OSError, ValueError):
            return None

    def stamps(self) -> dict[str, Stamp]:
        """The stamps of checkpoints, definitions and executions."""
        files = [f"checkpoints/{folder}/{name}" for folder, names in self.folders() for name in names]
        files += [name for below in ("definitions", "executions") for name in self._below(below)]
        return {file: stamp for file in files if (stamp := self.stamp(file)) is not None}

    def _below(self, below: str) -> Iterator[str]:
        """The files in a folder and in the folders below it."""
        try:
            with os.scandir(self.place(below)) as entries:
                for entry in entries:
                    if entry.is_dir():
                        for name in os.listdir(entry.path):
                            yield f"{below}/{entry.name}/{name}"
                    else:
                        yield f"{below}/{entry.name}"
        except OSError:
            return

    # -- beside the checkpoints --------------------------------------------------------------------------------------

    def definitions(self) -> dict[str, Definition]:
        """Graph id → its definition."""
        found: dict[str, Definition] = {}
        for file, graph in find_definitions(self.root):
            definition = read_definition(self.place(file), file, graph)
            found.setdefault(definition.graph_id, definition)
        return found

    def execution(self, graph: str, run: str) -> dict[str, Any]:
        """The file of an execution; empty where there is none."""
        try:
            return members(parse(read_whole(self.place(_beside("executions", graph, run, ".execution.json")))[1]).value)
        except (FileTrouble, DocumentFault):
            return {}

    def log(self, graph: str, run: str, since: float, until: float) -> list[dict[str, Any]]:
        """The lines of an execution's log after a time and not after another, in epoch seconds; the newest of many."""
        try:
            data = read_whole(self.place(_beside("logs", graph, run, ".logs.ndjson")), _LOG_BYTES)[1]
        except FileTrouble:
            return []
        lines = []
        for line in data.split(b"\n"):
            try:
                found = members(parse(line).value) if line.strip() else {}
            except DocumentFault:
                continue
            if found and since < parse_time(text(found.get("timestamp"))) <= until:
                lines.append({key: value for key, value in found.items() if key not in ("graphId", "executionId")})
        return lines[-_LOG_LINES:]


def _beside(below: str, graph: str, run: str, suffix: str) -> str:
    # An id may hold half a character, which no name of a file has.
    parts = (quote(part, safe="~", errors="backslashreplace") for part in (graph, run))
    return f"{below}/{'/'.join(parts)}{suffix}"


# -- recognising a directory -------------------------------------------------------------------------------------------


class Located(NamedTuple):
    """The root of a store, and the name of the one execution folder that was meant, or None."""

    root: str
    folder: str | None = None


def locate(path: str) -> Located | None:
    """The store that a directory is the root of, its `checkpoints`, or one execution folder of; else None."""
    path = path.rstrip(os.sep) or path
    name = os.path.basename(os.path.abspath(path))
    if _holds_files(path):  # an execution folder
        if os.path.basename(os.path.dirname(os.path.abspath(path))) == "checkpoints":
            return Located(os.path.normpath(os.path.join(path, os.pardir, os.pardir)), name)
        return None
    if any(_holds_files(os.path.join(path, "checkpoints", folder)) for folder in _some_folders(path, "checkpoints")):
        return Located(path)
    if name == "checkpoints":
        if any(_holds_files(os.path.join(path, folder)) for folder in _some_folders(path, "")):
            return Located(os.path.normpath(os.path.join(path, os.pardir)))
        return None
    return Located(path) if find_definitions(path) else None


def _some_folders(path: str, below: str) -> list[str]:
    try:
        with os.scandir(os.path.join(path, below)) as entries:
            return [entry.name for _, entry in zip(range(_FOLDERS), entries, strict=False) if entry.is_dir()]
    except OSError:
        return []


def _holds_files(path: str) -> bool:
    try:
        with os.scandir(path) as entries:
            return any(NAME.compiled.match(entry.name) for _, entry in zip(range(_FOLDERS), entries, strict=False))
    except OSError:
        return False
