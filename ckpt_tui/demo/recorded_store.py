"""Lays out the recorded store, and plays the recorded live run back into it, as the framework would write it."""

from __future__ import annotations

import json
import os
import sys
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ckpt_tui.actions.resume.plan import Target
from ckpt_tui.actions.resume.targets import remember
from ckpt_tui.errors import CkptError

RECORDED = Path(__file__).parent / "recorded"

MAX_RUNS = 20
"""Runs played before it ends: an app left open overnight then holds about 10 MB more, not a full disk."""

PAUSE_BETWEEN_RUNS = 4
"""In intervals, after the last one: long enough to see that a run is over before the next begins."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One recorded checkpoint: its own id and parent as recorded, and the document of its file."""

    id: str
    parent: str | None
    document: dict[str, Any]

    def rewritten(self, new_id: str, parent: str | None, moment: datetime) -> bytes:
        """The file with another id, parent and time, as the framework writes it."""
        header = {"checkpoint_id": new_id, "previous_checkpoint_id": parent, "timestamp": moment.isoformat()}
        return json.dumps({**self.document, **header}, indent=2).encode()


def prepare(directory: Path) -> None:
    """Copy the recorded store into a directory that is empty or does not exist yet.

    Raises:
        CkptError: The directory holds something, cannot be made, or has no room for the store.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        taken = any(directory.iterdir())
    except OSError as fault:
        what = f"{directory} cannot be used for the demo: {fault.strerror}."
        raise CkptError(what, "Name another directory.") from fault
    if taken:
        raise CkptError(f"{directory} is not empty.", "The demo writes only into a new or empty directory.")
    written: list[Path] = []
    try:
        for recorded in sorted((RECORDED / "store").glob("*.json")):
            written.append(directory / recorded.name)
            _write(directory, recorded.stem, recorded.read_bytes())
    except OSError as fault:
        for file in written:  # a part of the store is none
            file.unlink(missing_ok=True)
        what = f"The demo cannot be written to {directory}: {fault.strerror}."
        raise CkptError(what, "Name another directory.") from fault


def suggest(directory: Path) -> None:
    """Remember the workflow of the recorded store, so that it is proposed for a resume."""
    story = "ckpt_tui.demo.story"
    remember(str(directory), Target(f"{story}:review_flow", sys.executable, {"pause": 0.3}, f"{story}:open_storage"))


def live_run() -> list[Recording]:
    """The recorded live run, parents before children."""
    loaded: list[tuple[str, Recording]] = []
    for path in (RECORDED / "live").glob("*.json"):
        document = json.loads(path.read_bytes())
        parent = document["previous_checkpoint_id"]
        loaded.append((document["timestamp"], Recording(path.stem, parent, document)))
    # One process wrote them one after the other, so a parent always has the earlier stamp.
    return [recording for _, recording in sorted(loaded, key=lambda item: datetime.fromisoformat(item[0]))]


def play(
    directory: Path,
    stop: threading.Event,
    interval: float = 1.5,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
    max_runs: int = MAX_RUNS,
) -> None:
    """Write the recorded live run into `directory` one checkpoint at a time, over and over, until `stop` is set.

    Args:
        directory: A store that exists already. If it is removed meanwhile, playing ends.
        stop: Set it to end playing at once.
        interval: Seconds between two checkpoints.
        clock: The present time; each checkpoint is stamped with it.
        new_id: A fresh checkpoint id.
        max_runs: Runs after which playing ends by itself.

    Raises:
        OSError: a checkpoint cannot be written.
    """
    run = live_run()
    for _ in range(max_runs):
        ids: dict[str, str] = {}
        for recording in run:
            if stop.is_set() or not directory.is_dir():
                return
            ids[recording.id] = new_id()
            parent = None if recording.parent is None else ids[recording.parent]
            _write(directory, ids[recording.id], recording.rewritten(ids[recording.id], parent, clock()))
            if stop.wait(interval):
                return
        if stop.wait(PAUSE_BETWEEN_RUNS * interval):
            return


def _write(directory: Path, identifier: str, content: bytes) -> None:
    """Write as the framework does: a hidden temporary file beside it, moved into place whole."""
    temporary = directory / f".maf-ckpt-{uuid.uuid4().hex}.tmp"
    try:
        temporary.write_bytes(content)
        os.replace(temporary, directory / f"{identifier}.json")
    finally:
        temporary.unlink(missing_ok=True)
