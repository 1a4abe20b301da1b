"""`ckpt-tui tail`: a store is followed without a screen."""

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.cli.tail import Event, follow
from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.stores.registry import open_store
from tests.cli.commands import NEW, ROOT
from tests.support.patience import PATIENCE
from tests.support.schemas import hold
from tests.support.small_stores import write, write_chain


def files_by_time(place: Path) -> list[Path]:
    return sorted(place.glob("*.json"), key=lambda path: json.loads(path.read_text())["timestamp"])


def test_what_comes_changes_and_goes_is_said_once(tmp_path: Path) -> None:
    write_chain(tmp_path, "a", "b")
    stop = threading.Event()
    events: list[Event] = []
    acts = iter(
        [
            lambda: write(tmp_path, "c", previous_checkpoint_id="b", iteration_count=2),
            lambda: write(tmp_path, "c", previous_checkpoint_id="b", iteration_count=3, state={"more": "x" * 50}),
            lambda: (tmp_path / "b.json").unlink(),
            stop.set,
        ]
    )
    for event in follow(open_store(tmp_path), stop, from_start=True):
        events.append(event)
        if len(events) >= 2:
            next(acts)()
    assert [(event.kind, getattr(event.entry, "id", "")) for event in events] == [
        ("there", "a"), ("there", "b"), ("came", "c"), ("changed", "c"), ("gone", "b"),
    ]  # fmt: skip
    assert {event.run for event in events} == {"a"}
    assert all(isinstance(event.entry, CheckpointRef) and event.entry.facts is not None for event in events[:4])


@contextmanager
def tailing(place: Path, *args: str) -> Iterator[subprocess.Popen[str]]:
    """A process that follows a store, which ends with the context whatever happens there."""
    with subprocess.Popen(
        [sys.executable, "-m", "ckpt_tui", "tail", str(place), *args], cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("as_json", [True, False])
def test_a_run_is_followed_until_it_waits_for_an_answer(tmp_path: Path, as_json: bool) -> None:
    source = files_by_time(NEW / "hitl_pending")
    store = tmp_path / "store"
    store.mkdir()
    shutil.copy(source[0], store)
    with tailing(store, "--all", "--until", "waiting", *(["--json"] if as_json else [])) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline()]  # it is there, and whatever comes now is new
        for path in source[1:]:
            shutil.copy(path, store / f".{path.name}")
            (store / f".{path.name}").replace(store / path.name)
        lines += process.stdout.read().splitlines()
        assert process.wait(PATIENCE) == 0
    if not as_json:
        assert lines[0].startswith("· ") and lines[-1].startswith("+ ") and "waits" in lines[-1]
        return
    documents: list[dict[str, Any]] = [json.loads(line) for line in lines]
    for document in documents:
        hold(document)
    assert documents[0]["event"] == "there" and documents[-1]["checkpoint"]["status"] == "waiting"


def test_it_ends_quietly_when_its_reader_goes(tmp_path: Path) -> None:
    write_chain(tmp_path, *(f"c{number}" for number in range(50)))
    with tailing(tmp_path, "--all") as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        write(tmp_path, "one_more")
        assert process.wait(PATIENCE) == 0
        assert process.stderr.read() == ""
