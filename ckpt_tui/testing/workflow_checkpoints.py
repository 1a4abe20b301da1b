"""The checkpoints of a workflow under test, and assertions on them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from agent_framework import InMemoryCheckpointStorage

from ckpt_tui.actions.checks import Checks
from ckpt_tui.actions.export_files import bundle_lines, write_file
from ckpt_tui.actions.exports import branch_of, make_bundle
from ckpt_tui.actions.expressions import evaluate
from ckpt_tui.configured_rules import configured_rules
from ckpt_tui.core.checks.check_file import Check
from ckpt_tui.core.checks.expectation import items_of
from ckpt_tui.core.checks.outcome import Failure, failure_lines
from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.runs.ids import IdFault, find, latest
from ckpt_tui.core.runs.lineage import Node, Run, arrange
from ckpt_tui.core.show_document import show_document
from ckpt_tui.stores.base import Store, collect
from ckpt_tui.stores.record import Recorder
from ckpt_tui.stores.registry import open_store
from ckpt_tui.version import VERSION


class Checkpoints:
    """Keeps checkpoints, and asserts.

    Each assertion raises `AssertionError` with the checkpoint, the path, what was expected and what changed there. They
    are about the branch that ends at the newest checkpoint.

    Args:
        directory: Where the checkpoints go.
        base: The directory that names of recordings are relative to.
        records: Write recordings instead of comparing with them.

    Attributes:
        directory: Where the checkpoints are; `ckpt-tui DIRECTORY` browses them.
    """

    def __init__(self, directory: Path, base: Path, records: bool = False) -> None:
        self.directory = directory
        self._base = base
        self._records = records
        self._storage: Any = None

    @property
    def storage(self) -> Any:
        """A `CheckpointStorage` of Agent Framework: give it to the workflow as `checkpoint_storage`."""
        if self._storage is None:
            self._storage = Recorder(InMemoryCheckpointStorage(), self.directory)
        return self._storage

    def ids(self) -> list[str]:
        """The ids of the branch, root first."""
        return [node.ref.id for node in self._branch()[2]]

    def document(self, checkpoint: str = "latest") -> dict[str, Any]:
        """The document of `ckpt-tui show --json` of one checkpoint, secrets shown."""
        __tracebackhide__ = True
        store, run, branch = self._branch()
        try:
            node = branch[-1] if checkpoint == "latest" else find(checkpoint, (run,))
        except IdFault as fault:
            raise AssertionError(f"{fault.reason}; the branch has {', '.join(one.ref.id for one in branch)}") from None
        return show_document(store.load(node.ref.file, everything=True), run.id, node, reveal=True)

    def assert_checkpoint(self, checkpoint: str, expected: Mapping[str, Any]) -> None:
        """Assert the content of one checkpoint.

        Args:
            checkpoint: Its id, a beginning of it, `latest`, or either with `~N` for N parents up.
            expected: JMESPath → the value of the JSON of `show`, or a function that is true of it.
        """
        __tracebackhide__ = True
        document = self.document(checkpoint)
        failed = []
        for path, wanted in expected.items():
            value = evaluate(path, document)
            if callable(wanted):
                if not wanted(value):
                    failed.append(f"{path}: {_name(wanted)} is not true of {value!r}")
            elif not _equals(value, wanted):
                failed.append(f"{path}: expected {wanted!r}, found {value!r}")
        if failed:
            name = document["checkpoint"]["id"]
            raise AssertionError("\n".join([f"checkpoint {name} is not as expected", *(f"  {one}" for one in failed)]))

    def ran(self, *executors: str, times: int | None = None) -> int:
        """Assert that executors ran, in this order; returns how many times the last of them did.

        Args:
            executors: Their ids.
            times: How many times each of them ran; None for at least once.
        """
        __tracebackhide__ = True
        words: dict[str, Any] = {"at_least": 1} if times is None else {"equals": times}
        checks = [Check(f"{name} ran", "runs", (name,), words=words) for name in executors]
        if len(executors) > 1 and times != 0:
            checks.append(Check("order", "order", executors))
        return self._hold(checks)[len(executors) - 1]

    def asked(self, executor: str, times: int | None = None) -> list[dict[str, Any]]:
        """Assert that an executor asked for an answer from outside; returns its requests that wait now.

        Args:
            executor: Its id.
            times: How many times it asked; None for at least once.
        """
        __tracebackhide__ = True
        words: dict[str, Any] = {"at_least": 1} if times is None else {"equals": times}
        self._hold([Check(f"{executor} asked", "asked", (executor,), words=words)])
        return [request for request in self.document()["requests"] if request["executor"] == executor]

    def unchanged(self, recording: str | os.PathLike[str], ignore: Sequence[str] = (), strict: bool = False) -> None:
        """Assert that the run is as recorded, step by step; `pytest --record-checkpoints` writes the recording.

        Args:
            recording: A file, relative to that of the test: a bundle, or any store.
            ignore: Paths whose changes do not count, such as `state.started` or `messages.**`.
            strict: Count changes of times, random ids and the like, too.
        """
        __tracebackhide__ = True
        path = self._base / recording
        if self._records:
            store, run, branch = self._branch()
            path.parent.mkdir(parents=True, exist_ok=True)
            write_file(str(path), bundle_lines(make_bundle(store, (run,), branch, version=VERSION).document))
            return
        if not path.exists():
            raise AssertionError(f"there is no recording {path}: pytest --record-checkpoints writes it")
        self._hold([Check("unchanged", "same_as", (str(path),), ignore=tuple(ignore), is_strict=strict)])

    def safe(self) -> None:
        """Assert that nothing in the run is undecodable or dangerous to load."""
        __tracebackhide__ = True
        self._hold([Check("safe", "safe", ("",))])

    def _hold(self, checks: Sequence[Check]) -> list[int]:
        """Raise an error for checks that failed; returns the count of each check."""
        __tracebackhide__ = True
        store, run, branch = self._branch()
        outcomes = Checks(store, run, branch[-1], configured_rules(), str(self._base)).evaluate(checks)
        failed = [(outcome.name, outcome.failure) for outcome in outcomes if outcome.failure is not None]
        if failed:
            raise AssertionError("\n".join(_text(name, failure) for name, failure in failed))
        return [outcome.number for outcome in outcomes]

    def _branch(self) -> tuple[Store, Run, list[Node]]:
        """The store as it is now, the newest run, and its branch."""
        __tracebackhide__ = True
        store = open_store(self.directory, must_exist=False)
        runs: tuple[Run, ...] = ()
        if self.directory.is_dir():
            runs = arrange(entry for entry in collect(store.scan()).values() if isinstance(entry, CheckpointRef))
        if not runs:
            raise AssertionError("the workflow wrote no checkpoint: give it checkpoints.storage as checkpoint_storage")
        newest = latest(node for run in runs for node in run.nodes)
        run = next(run for run in runs if any(node is newest for node in run.nodes))
        return store, run, branch_of(run, newest)


def _text(name: str, failure: Failure) -> str:
    return "\n".join([name, *(f"  {line}" for line in failure_lines(failure))])


def _name(function: Callable[..., Any]) -> str:
    return getattr(function, "__name__", repr(function))


def _equals(value: Any, wanted: Any) -> bool:
    """Whether a value of the JSON is what a test wrote: texts stand for dates, numbers and members of Enums."""
    if isinstance(value, dict) and value.keys() == {"$type", "$value"} and not isinstance(wanted, dict):
        return bool(value["$value"] == wanted or value["$value"] == str(wanted))
    if isinstance(wanted, list | tuple):
        return bool(items_of(value) == list(wanted))
    if isinstance(wanted, bool) or isinstance(value, bool):
        return value is wanted
    return bool(value == wanted)
